"""Pages of a timeline: a few limited selects, merged, the newest event first.

The cursor is an instant and how many events of that very instant were shown already, so nothing is skipped or told
twice when many things happen at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.json_answers import plain
from scenario_engine.errors import Invalid
from scenario_engine.texts import Text

_PAGE = 50
Event = dict[str, Any]
#: gives its newest events of a subject, up to an instant and a number
Source = Callable[[Session, Actor, int, datetime | None, int], Iterable[Event]]


def merged(
    session: Session, actor: Actor, subject_id: int, before: str | None, sources: Iterable[Source]
) -> dict[str, Any]:
    """A page of a subject's events from all sources, and the cursor of the next one (None at the end)."""
    moment, shown = _read_cursor(before)
    limit = _PAGE + shown + 1
    events: list[Event] = []
    for source in sources:
        events += source(session, actor, subject_id, moment, limit)
    if moment is not None:
        events = [event for event in events if event["at"] <= moment]
    events.sort(key=lambda event: (event["at"], event["_rank"]), reverse=True)
    page = events[shown : shown + _PAGE]
    following = None
    if len(events) > shown + _PAGE:
        last = page[-1]["at"]
        same = sum(event["at"] == last for event in page)
        following = f"{plain(last)}~{same + (shown if last == moment else 0)}"
    for event in page:
        del event["_rank"]
        for name in ("title", "text"):
            if isinstance(event[name], Text):
                event[name] = event[name].say(actor.language)
    return {"items": page, "next": following}


def _read_cursor(before: str | None) -> tuple[datetime | None, int]:
    if not before:
        return None, 0
    instant, _, shown = before.partition("~")
    try:
        moment = datetime.fromisoformat(instant)
        count = int(shown or 0)
        if moment.tzinfo is None or not 0 <= count <= 100_000:
            raise ValueError
        return moment.astimezone(UTC), count
    except (ValueError, OverflowError) as error:
        raise Invalid(
            Text("`before` must be the `next` of an earlier page.", "Параметр before — это next предыдущей страницы.")
        ) from error


def newest(
    statement: Select[*tuple[Any, ...]], at: Any, key: Any, moment: datetime | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """The statement's rows up to a moment, the newest first."""
    if moment is not None:
        statement = statement.where(at <= moment)
    return statement.order_by(at.desc(), key.desc()).limit(limit)


def event(
    at: datetime,
    kind: str,
    title: Text | str,
    ref: tuple[str, int],
    *,
    text: Text | str | None = None,
    amount: int | None = None,
    icon: str,
) -> Event:
    """One event; `ref` is what it leads to."""
    return {
        "at": at,
        "kind": kind,
        "title": title,
        "text": text,
        "amount": amount,
        "ref": {"type": ref[0], "id": ref[1]},
        "icon": icon,
        "_rank": (kind, ref[1]),
    }
