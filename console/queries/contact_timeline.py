"""Contacts with a borrower over all loans, and what they said about being contacted; newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.queries import timeline_words as words
from console.queries.made_contacts import contacts_of_borrower
from console.queries.timeline_events import Event, Source, event, merged, newest
from console.queries.visibility import seen_tasks
from scenario_engine.models import SIGNAL_KINDS, Consent, Loan, Message, Signal, Task
from scenario_engine.models.consent import CHANNELS, CONSENT_SOURCES, PURPOSES
from scenario_engine.texts import Text

#: what comes back from the borrower, or of a message
_HEARD = ("reply", "delivered", "not_delivered", "contact_data_changed")
_GIVEN = Text("Consent given: {purpose}", "Дано согласие: {purpose}")
_REVOKED = Text("Consent withdrawn: {purpose}", "Отозвано согласие: {purpose}")
_ALLOWED = Text("May be reached again: {channel}", "Снова можно: {channel}")
_REFUSED = Text("Refused: {channel}", "Отказ: {channel}")
_EVERY = Text("every channel", "все каналы связи")


def contact_timeline(session: Session, actor: Actor, borrower_id: int, before: str | None) -> dict[str, Any]:
    """A page of them, and the cursor of the next one (None at the end)."""
    return merged(session, actor, borrower_id, before, _SOURCES)


def _of(borrower: int) -> Any:
    return select(Loan.id).where(Loan.borrower_id == borrower)


def _messages(session: Session, _actor: Actor, borrower: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    statement = (
        select(Message, Loan.external_id)
        .join(Loan, Loan.id == Message.loan_id)
        .where(Loan.borrower_id == borrower, Message.channel.in_(CHANNELS))
    )
    for row, loan in session.execute(newest(statement, Message.queued_at, Message.id, moment, limit)):
        state = words.MESSAGE_STATES.get(row.state, Text(row.state, row.state))
        yield event(
            row.queued_at, "message", words.CHANNELS.get(row.channel, Text(row.channel, row.channel)),
            ("message", row.id), text=Text(f"{loan}: {state.en}", f"{loan}: {state.ru}"), icon="message",
        )  # fmt: skip


def _tasks(session: Session, actor: Actor, borrower: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    closed = select(Task).where(
        Task.loan_id.in_(_of(borrower)), seen_tasks(actor), Task.state == "done", Task.closed_at.is_not(None)
    )
    for row in session.scalars(newest(closed, Task.closed_at, Task.id, moment, limit)):
        assert row.closed_at is not None  # the select says so
        text = words.task_closed(row.title, row.dispositions, row.disposition)
        yield event(
            row.closed_at, "task_closed", words.TASK_ENDED[row.state], ("task", row.id), text=text, icon="headset"
        )


def _heard(session: Session, _actor: Actor, borrower: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    statement = (
        select(Signal, Loan.external_id)
        .join(Loan, Loan.id == Signal.loan_id)
        .where(Loan.borrower_id == borrower, Signal.kind.in_(_HEARD))
    )
    for row, loan in session.execute(newest(statement, Signal.at, Signal.id, moment, limit)):
        remark = words.signal_text(row.data)
        yield event(
            row.at, "signal", SIGNAL_KINDS[row.kind], ("signal", row.id),
            text=Text(loan, loan) if remark is None else remark, icon="bolt",
        )  # fmt: skip


def _said(session: Session, _actor: Actor, borrower: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    statement = select(Consent).where(Consent.borrower_id == borrower)
    for row in session.scalars(newest(statement, Consent.at, Consent.id, moment, limit)):
        source = CONSENT_SOURCES.get(row.source)
        if row.purpose == "contact":
            named = _EVERY if row.channel is None else CHANNELS.get(row.channel, Text(row.channel, row.channel))
            title = (_ALLOWED if row.act == "given" else _REFUSED).format(channel=named)
        else:
            named = PURPOSES.get(row.purpose, Text(row.purpose, row.purpose))
            title = (_GIVEN if row.act == "given" else _REVOKED).format(purpose=named)
        yield event(row.at, "consent", title, ("consent", row.id), text=source, icon="flag")


_SOURCES: tuple[Source, ...] = (_messages, contacts_of_borrower, _tasks, _heard, _said)
