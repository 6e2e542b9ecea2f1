"""Channels that a borrower refused: nothing is queued for them any more, and what was queued is dropped at once.

A message that is just being sent is asked for once more by the outbox (`refused`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Invalid, NotFound
from scenario_engine.models import Borrower, ChannelRefusal, Consent, Loan, Message
from scenario_engine.models.consent import CHANNELS, CONSENT_SOURCES
from scenario_engine.texts import Text

_REFUSED = Text(
    "Not sent: the borrower refused this channel ({channel}).",
    "Не отправлено: заёмщик отказался от этого канала ({channel}).",
)


def refuse(session: Session, borrower_id: int, channel: str | None, *, source: str, actor: str, now: datetime) -> int:
    """The borrower refuses a channel, or every one (None): how many queued messages were cancelled.

    Again is fine. `source` is one of `CONSENT_SOURCES`. Raises `NotFound`, `Invalid`.
    """
    wanted = _wanted(session, borrower_id, channel, source)
    # messages before what belongs to the borrower (the lock order: see `scenario_engine.database`)
    cancelled = sum(_cancel(session, borrower_id, each) for each in wanted)
    values = [
        {"borrower_id": borrower_id, "channel": each, "since": now, "source": source, "by": actor} for each in wanted
    ]
    added = sorted(session.scalars(_insert(session).values(values).returning(ChannelRefusal.channel)))
    _write_down(session, borrower_id, added, "revoked", source=source, actor=actor, now=now, cancelled=cancelled)
    return cancelled


def allow(session: Session, borrower_id: int, channel: str | None, *, source: str, actor: str, now: datetime) -> int:
    """The borrower takes a refusal back, or all of them (None): how many there were. Raises `NotFound`, `Invalid`."""
    wanted = _wanted(session, borrower_id, channel, source)
    gone = sorted(
        session.scalars(
            delete(ChannelRefusal)
            .where(ChannelRefusal.borrower_id == borrower_id, ChannelRefusal.channel.in_(wanted))
            .returning(ChannelRefusal.channel)
        )
    )
    _write_down(session, borrower_id, gone, "given", source=source, actor=actor, now=now)
    return len(gone)


def refused(session: Session, borrowers: Collection[int]) -> set[tuple[int, str]]:
    """The pairs of borrower and channel by which nobody may reach them."""
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


def _cancel(session: Session, borrower_id: int, channel: str) -> int:
    found = session.execute(
        update(Message)
        .where(
            # messages are found by their loan
            Message.loan_id.in_(select(Loan.id).where(Loan.borrower_id == borrower_id)),
            Message.state == "queued",
            Message.channel == channel,
        )
        .values(state="cancelled", error=refusal_reason(channel))
    )
    return int(found.rowcount)  # type: ignore[attr-defined]


def _insert(session: Session) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(ChannelRefusal).on_conflict_do_nothing()


def _write_down(
    session: Session,
    borrower_id: int,
    channels: Iterable[str],
    act: str,
    *,
    source: str,
    actor: str,
    now: datetime,
    **details: int,
) -> None:
    named = list(channels)
    if not named:
        return
    session.add_all(
        Consent(
            borrower_id=borrower_id, said_by="borrower", purpose="contact", channel=each, act=act, at=now,
            source=source, by=actor,
        )
        for each in named
    )  # fmt: skip
    audit.record(
        session, at=now, actor=actor,
        action="borrower.channel_refused" if act == "revoked" else "borrower.channel_allowed",
        subject_type="borrower", subject_id=borrower_id, channels=named, source=source, **details,
    )  # fmt: skip
    session.flush()
