"""What a person may do with a message of the outbox: send it once more, or keep it from leaving."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.contacts.refusals import refused
from scenario_engine.contacts.stops import NO_CONTACT
from scenario_engine.errors import Conflict, NotFound
from scenario_engine.models import Borrower, Message
from scenario_engine.texts import Text


def retry(session: Session, message_id: int, *, actor: str, now: datetime) -> Message:
    """Queue a message again that failed or was cancelled. Conflict for any other, and when contact is forbidden or the
    channel refused.
    """
    message = _locked(session, message_id)
    if message.state not in ("failed", "cancelled"):
        raise Conflict(
            Text(
                "Only a message that failed or was cancelled can be sent again.",
                "Повторить можно только неотправленное или отменённое сообщение.",
            )
        )
    stopped = session.scalar(select(Borrower.contact_stop).where(Borrower.id == message.borrower_id))
    if stopped is not None and message.channel not in NO_CONTACT:
        raise Conflict(
            Text("Contacts with this borrower are forbidden.", "Контакты с этим заёмщиком запрещены."),
            code="contact_stop",
        )
    if refused(session, [message.borrower_id]) & {(message.borrower_id, message.channel)}:
        raise Conflict(
            Text("The borrower refused this channel.", "Заёмщик отказался от этого канала."), code="channel_refused"
        )
    message.state, message.due_at, message.attempts, message.error = "queued", now, 0, None
    return _noted(session, message, "message.retried", actor, now)


def cancel(session: Session, message_id: int, *, actor: str, now: datetime) -> Message:
    """Keep a queued message from leaving. Conflict when it left already, or is on its way."""
    message = _locked(session, message_id)
    if message.state != "queued":
        raise Conflict(
            Text(
                "Only a message that waits can be cancelled.", "Отменить можно только сообщение, которое ждёт отправки."
            )
        )
    message.state = "cancelled"
    return _noted(session, message, "message.cancelled", actor, now)


def _locked(session: Session, message_id: int) -> Message:
    found = session.scalar(select(Message).where(Message.id == message_id).with_for_update())
    if found is None:
        raise NotFound(Text("There is no such message.", "Такого сообщения нет."))
    return found


def _noted(session: Session, message: Message, action: str, actor: str, now: datetime) -> Message:
    audit.record(session, at=now, actor=actor, action=action, subject_type="message", subject_id=message.id)
    session.flush()
    return message
