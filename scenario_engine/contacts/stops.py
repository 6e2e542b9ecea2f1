"""Stops: nobody may contact this person, by no channel, whatever they have consented to.

A stop holds until a person lifts it or, where it has an end, until the day's roll finds that the end has come.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.contacts import queue
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import STOP_REASONS, Borrower, Loan, Message
from scenario_engine.models.message import IN_QUEUE
from scenario_engine.texts import Text

#: channels that do not reach the borrower: no contact stop concerns them
NO_CONTACT = ("webhook",)
MAX_REASON = 40

_STOPPED = Text(
    "Not sent: contacts with the borrower were forbidden meanwhile ({reason}).",
    "Не отправлено: контакты с заёмщиком за это время запретили ({reason}).",
)
_EARLY = Text(
    "The law lets a borrower refuse all contact after {days} days overdue, here from {day} on. "
    "A channel can be refused today.",
    "Отказаться от взаимодействия можно после {days} дней просрочки, здесь — с {day}. "
    "Отказ от канала связи действует сразу.",
)
_NOT_OVERDUE = Text(
    "The law lets a borrower refuse all contact after {days} days overdue; no loan of theirs is overdue. "
    "A channel can be refused today.",
    "Отказаться от взаимодействия можно после {days} дней просрочки, а просрочки нет. "
    "Отказ от канала связи действует сразу.",
)


def stop_reason(reason: str) -> str:
    """What a person reads of a message that a contact stop kept from leaving."""
    return " / ".join(_STOPPED.format(reason=STOP_REASONS.get(reason, Text(reason, reason))))


def set_contact_stop(
    session: Session,
    borrower_id: int,
    *,
    reason: str | None,
    until: date | None = None,
    refusal_from_days: int | None = None,
    actor: str,
    now: datetime,
) -> int:
    """Forbid all contacts with a borrower (or allow them again: None); how many queued messages were cancelled.

    `until` is the last day, in the borrower's time zone, on which the stop holds; `refusal_from_days` the days past due
    from which the contact policy lets a borrower refuse (None: always). Webhooks do not reach the borrower and stay.
    Raises `NotFound`, `Invalid`, and `Conflict` for a refusal that comes before the law allows it.
    """
    found = select(Borrower).where(Borrower.id == borrower_id).with_for_update()
    borrower = session.scalar(found.execution_options(populate_existing=True))
    if borrower is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."), code="borrower.unknown")
    if reason is not None:
        reason = reason.strip()
        _check(session, borrower, reason, until, refusal_from_days, now)
    borrower.contact_stop = reason
    borrower.contact_stop_until = None if reason is None or until is None else _after(until, borrower.time_zone)
    cancelled = 0
    if reason is not None:
        cancelled = _drop(session, borrower_id, reason)
    audit.record(
        session, at=now, actor=actor, subject_type="borrower", subject_id=borrower_id,
        action="borrower.contact_stopped" if reason is not None else "borrower.contact_allowed",
        reason=reason, cancelled=cancelled, **({} if until is None else {"until": until.isoformat()}),
    )  # fmt: skip
    session.flush()
    return cancelled


def cancel_of(session: Session, people: Select[int]) -> int:
    """Drop what is queued for those of the borrowers who have come to be stopped: how many messages."""
    stopped = session.execute(
        select(Borrower.id, Borrower.contact_stop)
        .where(
            Borrower.id.in_(people),
            Borrower.contact_stop.is_not(None),
            exists().where(Message.borrower_id == Borrower.id, IN_QUEUE),
        )
        .order_by(Borrower.id)
    )
    return sum(_drop(session, row.id, row.contact_stop) for row in stopped.all())


def lift_ended(session: Session, *, now: datetime) -> int:
    """Lift the stops whose end has come: how many."""
    ended = (
        select(Borrower)
        .where(Borrower.contact_stop_until <= now)
        .order_by(Borrower.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    people = session.scalars(ended).all()
    for person in people:
        audit.record(
            session, at=now, actor="engine", action="borrower.contact_stop_ended", subject_type="borrower",
            subject_id=person.id, reason=person.contact_stop,
        )  # fmt: skip
        person.contact_stop = person.contact_stop_until = None
    session.flush()
    return len(people)


def last_day(person: Borrower) -> date | None:
    """The last day on which the person's stop holds, in their time zone; None: no end is known."""
    until = person.contact_stop_until
    return None if until is None else (until.astimezone(ZoneInfo(person.time_zone)) - timedelta(microseconds=1)).date()


def refusal_opens(session: Session, borrower_id: int, from_days: int) -> date | None:
    """The day from which the borrower, so many days past due, may refuse all contact; None: nothing is overdue."""
    since = session.scalar(
        select(func.min(Loan.overdue_since)).where(
            Loan.borrower_id == borrower_id, Loan.state == "open", Loan.overdue > 0
        )
    )
    return None if since is None else since + timedelta(days=from_days)


def _drop(session: Session, borrower_id: int, reason: str) -> int:
    return queue.drop(session, borrower_id, Message.channel.not_in(NO_CONTACT), stop_reason(reason))


def _check(
    session: Session, borrower: Borrower, reason: str, until: date | None, from_days: int | None, now: datetime
) -> None:
    if not 0 < len(reason) <= MAX_REASON or "\0" in reason:
        raise _invalid(
            "reason",
            Text(
                f"Give a reason of at most {MAX_REASON} characters.",
                f"Укажите причину, не длиннее {MAX_REASON} символов.",
            ),
        )
    on = now.astimezone(ZoneInfo(borrower.time_zone)).date()
    if until is not None and until < on:
        raise _invalid("until", Text("This day has passed.", "Этот день уже прошёл."))
    if reason == "refusal" and from_days is not None:
        opens = refusal_opens(session, borrower.id, from_days)
        if opens is None or opens > on:
            said = _NOT_OVERDUE if opens is None else _EARLY
            day = "" if opens is None else opens.strftime("%d.%m.%Y")
            raise Conflict(said.format(days=from_days, day=day), code="refusal.early")


def _invalid(field: str, text: Text) -> Invalid:
    return Invalid(text, problems=[Problem(code=field, field=field, text=text)])


def _after(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
