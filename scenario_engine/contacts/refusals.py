"""Channels that a borrower refused: nothing is queued for them any more, and what was queued is dropped at once.

A message that is just being sent is asked for once more by the outbox (`refused`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.contacts import queue
from scenario_engine.errors import Invalid, NotFound
from scenario_engine.models import Borrower, ChannelRefusal, Consent, Message
from scenario_engine.models.consent import CHANNELS, CONSENT_SOURCES
from scenario_engine.texts import Text

Act = Literal["given", "revoked"]


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What became of a word about channels."""

    #: those that are refused or allowed otherwise than before, sorted
    channels: Sequence[str]
    #: messages that were queued and will not leave
    cancelled: int


_REFUSED = Text(
    "Not sent: the borrower refused this channel ({channel}).",
    "Не отправлено: заёмщик отказался от этого канала ({channel}).",
)


def refuse(session: Session, borrower_id: int, channel: str | None, *, source: str, actor: str, now: datetime) -> int:
    """The borrower refuses a channel, or every one (None): how many queued messages were cancelled.

    Again is fine. `source` is one of `CONSENT_SOURCES`. Raises `NotFound`, `Invalid`.
    """
    changed = change(session, borrower_id, channel, "revoked", source=source, actor=actor, now=now)
    _remember(session, borrower_id, channel, "revoked", changed, source=source, actor=actor, now=now)
    return changed.cancelled


def allow(session: Session, borrower_id: int, channel: str | None, *, source: str, actor: str, now: datetime) -> int:
    """The borrower takes a refusal back, or all of them (None): how many there were. Raises `NotFound`, `Invalid`."""
    changed = change(session, borrower_id, channel, "given", source=source, actor=actor, now=now)
    _remember(session, borrower_id, channel, "given", changed, source=source, actor=actor, now=now)
    return len(changed.channels)


def change(
    session: Session, borrower_id: int, channel: str | None, act: Act, *, source: str, actor: str, now: datetime
) -> Changed:
    """The same without a line in the history, for who writes one anyway."""
    wanted = _wanted(session, borrower_id, channel, source)
    if act == "revoked":
        # messages before what belongs to the borrower (the lock order: see `scenario_engine.database`)
        cancelled = sum(
            queue.drop(session, borrower_id, Message.channel == each, refusal_reason(each)) for each in wanted
        )
        rows = [
            {"borrower_id": borrower_id, "channel": each, "since": now, "source": source, "by": actor}
            for each in wanted
        ]
        statement = _insert(session).values(rows).returning(ChannelRefusal.channel)
    else:
        cancelled = 0
        statement = (
            delete(ChannelRefusal)
            .where(ChannelRefusal.borrower_id == borrower_id, ChannelRefusal.channel.in_(wanted))
            .returning(ChannelRefusal.channel)
        )
    changed = Changed(channels=sorted(session.scalars(statement)), cancelled=cancelled)
    if changed.channels:
        audit.record(
            session, at=now, actor=actor,
            action="borrower.channel_refused" if act == "revoked" else "borrower.channel_allowed",
            subject_type="borrower", subject_id=borrower_id, channels=list(changed.channels), source=source,
            cancelled=cancelled,
        )  # fmt: skip
    return changed


def refused(session: Session, borrowers: Collection[int] | Select[int]) -> set[tuple[int, str]]:
    """The pairs of borrower and channel by which nobody may reach them; `borrowers` are ids, or rows of them."""
    rows = session.execute(
        select(ChannelRefusal.borrower_id, ChannelRefusal.channel).where(ChannelRefusal.borrower_id.in_(borrowers))
    )
    return {(row.borrower_id, row.channel) for row in rows}


def refusal_reason(channel: str) -> str:
    """What a person reads of a message that a refusal kept from leaving."""
    return " / ".join(_REFUSED.format(channel=CHANNELS.get(channel, Text(channel, channel))))


def _wanted(session: Session, borrower_id: int, channel: str | None, source: str) -> list[str]:
    if source not in CONSENT_SOURCES:
        raise ValueError(f"no such source: {source}")
    if channel is not None and channel not in CHANNELS:
        raise Invalid(Text("There is no such channel.", "Такого канала нет."), code="channel.unknown")
    if session.scalar(select(Borrower.id).where(Borrower.id == borrower_id)) is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."), code="borrower.unknown")
    return sorted(CHANNELS) if channel is None else [channel]


def _insert(session: Session) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(ChannelRefusal).on_conflict_do_nothing()


def _remember(
    session: Session,
    borrower_id: int,
    channel: str | None,
    act: Act,
    changed: Changed,
    *,
    source: str,
    actor: str,
    now: datetime,
) -> None:
    if changed.channels:
        session.add(
            Consent(
                borrower_id=borrower_id, said_by="borrower", purpose="contact", channel=channel, act=act, at=now,
                source=source, by=actor,
            )
        )  # fmt: skip
        session.flush()
