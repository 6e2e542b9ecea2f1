"""What a person may do with messages of the outbox: send them once more, put them away, keep one from leaving.

A message that is sent again keeps its idempotency key, and is written anew: with the borrower's address and data of
then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.contacts.refusals import refused
from scenario_engine.contacts.stops import NO_CONTACT
from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.models import Borrower, Message
from scenario_engine.texts import Text

#: states of messages that reached nobody: a person decides about them
DEAD = ("failed", "undelivered", "expired")
#: … and of those that may be sent again
AGAIN = (*DEAD, "cancelled", "dismissed")


def retry(session: Session, message_id: int, *, actor: str, now: datetime) -> Message:
    """Queue a message again that failed or was cancelled. Conflict for any other, and when contact is forbidden or the
    channel refused.
    """
    message = _locked(session, message_id)
    if message.state not in AGAIN:
        raise Conflict(
            Text(
                "Only a message that did not reach anybody can be sent again.",
                "Повторить можно только сообщение, которое никому не доставлено.",
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
    # a person wants it to leave, however late it is
    message.expires_at = message.receipt = message.told_at = message.note = None
    return _noted(session, message, "message.retried", actor, now)


def retry_many(session: Session, ids: Sequence[int], *, actor: str, now: datetime) -> int:
    """Queue those of the messages again that `retry` would; how many."""
    done = 0
    for message_id in sorted(set(ids)):
        try:
            retry(session, message_id, actor=actor, now=now)
        except (Conflict, NotFound):
            continue
        done += 1
    return done


def dismiss(session: Session, ids: Sequence[int], *, reason: str, actor: str, now: datetime) -> int:
    """Put messages away that reached nobody, with the reason; how many there were. Raises `Invalid` without one."""
    if not reason:
        raise Invalid(Text("Say why.", "Укажите причину."), code="reason")
    found = session.scalars(
        select(Message)
        .where(Message.id.in_(sorted(set(ids))), Message.state.in_(DEAD))
        .order_by(Message.id)
        .with_for_update()
    ).all()
    for message in found:
        was = message.state
        message.state, message.note = "dismissed", reason
        audit.record(
            session, at=now, actor=actor, action="message.dismissed", subject_type="message", subject_id=message.id,
            reason=reason, was=was,
        )  # fmt: skip
    session.flush()
    return len(found)


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
