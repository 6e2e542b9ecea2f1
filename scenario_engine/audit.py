"""The audit trail: appended to in the transaction of the act, searched, exported, never changed (triggers hold it)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from scenario_engine.models import AuditEntry

#: columns of an export, in order
COLUMNS = ("id", "at", "actor", "action", "subject_type", "subject_id", "details")
#: rows read from the database at a time while exporting
CHUNK = 1_000


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which entries; None asks nothing."""

    actor: str | None = None
    #: a whole action, or a family of them with the dot at its end: ``scenario.``
    action: str | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    #: first instant, included
    since: datetime | None = None
    #: last instant, not included
    until: datetime | None = None
    #: part of the actor, the action or the details, or the whole subject id
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which part of the entries found."""

    #: from 1
    number: int = 1
    size: int = 25
    newest_first: bool = True


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of entries, and how many there are in all."""

    entries: Sequence[AuditEntry]
    total: int


@dataclass(frozen=True, kw_only=True)
class Facets:
    """The values that occur, for the filters of a page; each sorted."""

    actors: Sequence[str]
    actions: Sequence[str]
    subject_types: Sequence[str]


def record(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject_type: str,
    subject_id: object | None = None,
    **details: Any,
) -> None:
    """Append one entry in the caller's transaction. `details` must be JSON and free of personal data."""
    session.add(
        AuditEntry(
            at=at,
            actor=actor,
            action=action,
            subject_type=subject_type,
            subject_id=None if subject_id is None else str(subject_id),
            details=details,
        )
    )


def select_entries(filters: Filters) -> Select[AuditEntry]:
    """The entries that the filters let through, in no order."""
    return select(AuditEntry).where(*_conditions(filters))


def search(session: Session, filters: Filters, page: Page) -> Found:
    """A page of the entries that the filters let through."""
    wanted = select_entries(filters)
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*_conditions(filters))) or 0
    order = AuditEntry.id.desc() if page.newest_first else AuditEntry.id
    entries = session.scalars(wanted.order_by(order).limit(page.size).offset((page.number - 1) * page.size)).all()
    return Found(entries=entries, total=total)


def facets(session: Session) -> Facets:
    """Actors, actions and kinds of subject that occur in the trail."""
    columns = (AuditEntry.actor, AuditEntry.action, AuditEntry.subject_type)
    actors, actions, subjects = (session.scalars(select(c).distinct().order_by(c)).all() for c in columns)
    return Facets(actors=actors, actions=actions, subject_types=subjects)


def as_dict(entry: AuditEntry) -> dict[str, Any]:
    """An entry as JSON values; the instant in ISO 8601, UTC."""
    values = {name: getattr(entry, name) for name in COLUMNS}
    values["at"] = entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return values


def export(session: Session, filters: Filters, form: Literal["csv", "jsonl"]) -> Iterator[str]:
    """The entries as lines of a file, oldest first; memory does not grow with their number.

    CSV begins with a header, and a cell that a spreadsheet would run as a formula gets an apostrophe before it. JSON
    Lines holds every value as it is.
    """
    rows = session.scalars(select_entries(filters).order_by(AuditEntry.id).execution_options(yield_per=CHUNK))
    if form == "csv":
        yield _csv_line(COLUMNS)
    for entry in rows:
        values = as_dict(entry)
        if form == "jsonl":
            yield json.dumps(values, ensure_ascii=False) + "\n"
        else:
            values["details"] = json.dumps(entry.details, ensure_ascii=False)
            yield _csv_line([_harmless(values[name]) for name in COLUMNS])
        session.expunge(entry)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for value, column in (
        (filters.actor, AuditEntry.actor),
        (filters.subject_type, AuditEntry.subject_type),
        (filters.subject_id, AuditEntry.subject_id),
    ):
        if value is not None:
            found.append(column == value)
    if filters.action is not None:
        family = filters.action.endswith(".")
        found.append(
            AuditEntry.action.startswith(filters.action, autoescape=True)
            if family
            else AuditEntry.action == filters.action
        )
    if filters.since is not None:
        found.append(AuditEntry.at >= filters.since)
    if filters.until is not None:
        found.append(AuditEntry.at < filters.until)
    if filters.text:
        found.append(_mentions(filters.text))
    return found


def _mentions(text: str) -> ColumnElement[bool]:
    # JSON on SQLite is stored with letters beyond ASCII written as \uXXXX: ask for both spellings
    escaped = json.dumps(text)[1:-1]
    details = cast(AuditEntry.details, String)
    return or_(
        AuditEntry.actor.icontains(text, autoescape=True),
        AuditEntry.action.icontains(text, autoescape=True),
        AuditEntry.subject_id == text,
        details.contains(text, autoescape=True),
        details.contains(escaped, autoescape=True),
    )


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


class _Line:
    """A file of one line, for the csv module."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)


def _csv_line(values: Sequence[Any]) -> str:
    line = _Line()
    csv.writer(line, lineterminator="\r\n").writerow(["" if value is None else value for value in values])
    return line.text
