"""Everything that happened to a loan, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.queries import timeline_words as words
from console.queries.made_contacts import contacts_of_loan
from console.queries.timeline_events import Event, Source, event, merged, newest
from console.queries.visibility import seen_tasks
from scenario_engine.engine.history import trails_of
from scenario_engine.models import (
    SIGNAL_KINDS,
    Case,
    Message,
    Offer,
    PathHop,
    Payment,
    Promise,
    Scenario,
    Signal,
    Task,
    VersionNode,
)
from scenario_engine.models.scenario import shown_name
from scenario_engine.policies.reasons import DEFER, SEEN_AS, in_words
from scenario_engine.texts import Text

#: signals that another event of the timeline tells better
_TOLD_ELSEWHERE = ("payment_received", "promise_given", "offer_accepted", "offer_declined")


def timeline(session: Session, actor: Actor, loan_id: int, before: str | None) -> dict[str, Any]:
    """A page of a loan's events, and the cursor of the next one (None at the end)."""
    return merged(session, actor, loan_id, before, _SOURCES)


def _payments(session: Session, _actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    statement = select(Payment).where(Payment.loan_id == loan)
    for row in session.scalars(newest(statement, Payment.paid_at, Payment.id, moment, limit)):
        yield event(row.paid_at, "payment", words.PAYMENT, ("payment", row.id), amount=row.amount, icon="cash")


def _signals(session: Session, _actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    statement = select(Signal).where(Signal.loan_id == loan, Signal.kind.not_in(_TOLD_ELSEWHERE))
    for row in session.scalars(newest(statement, Signal.at, Signal.id, moment, limit)):
        title = SIGNAL_KINDS.get(row.kind, Text(row.kind, row.kind))
        amount = row.data.get("amount") if row.kind == "payment_reversed" else None
        yield event(
            row.at, "signal", title, ("signal", row.id), text=words.signal_text(row.data), amount=amount, icon="bolt"
        )


def _messages(session: Session, _actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    statement = select(Message).where(Message.loan_id == loan)
    for row in session.scalars(newest(statement, Message.queued_at, Message.id, moment, limit)):
        yield event(
            row.queued_at,
            "message",
            words.CHANNELS.get(row.channel, Text(row.channel, row.channel)),
            ("message", row.id),
            text=words.MESSAGE_STATES.get(row.state),
            icon="message",
        )


def _tasks(session: Session, actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    mine = select(Task).where(Task.loan_id == loan, seen_tasks(actor))
    for row in session.scalars(newest(mine, Task.created_at, Task.id, moment, limit)):
        yield event(row.created_at, "task", words.TASK_GIVEN, ("task", row.id), text=row.title, icon="headset")
    closed = mine.where(Task.closed_at.is_not(None))
    for row in session.scalars(newest(closed, Task.closed_at, Task.id, moment, limit)):
        assert row.closed_at is not None  # the select says so
        text = words.task_closed(row.title, row.dispositions, row.disposition)
        yield event(
            row.closed_at, "task_closed", words.TASK_ENDED[row.state], ("task", row.id), text=text, icon="headset"
        )


def _visits(session: Session, _actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    cases = select(Case.id.label("case_id"), Case.batch_id, Case.scenario_id).where(Case.loan_id == loan)
    trail = trails_of(cases, carry=("scenario_id",)).c
    statement = (
        select(trail.at, trail.batch_id, trail.case_id, PathHop.hop, VersionNode.label, shown_name().label("name"))
        .join(PathHop, PathHop.path_id == trail.path_id)
        .join(VersionNode, VersionNode.id == PathHop.node_id)
        .join(Scenario, Scenario.id == trail.scenario_id)
        .where(PathHop.entered)
    )
    latest = newest(statement, trail.at, trail.batch_id, moment, limit)
    for row in session.execute(latest.order_by(trail.case_id, PathHop.hop.desc())):
        visit = event(row.at, "visit", row.label, ("case", row.case_id), text=row.name, icon="route")
        visit["_rank"] = ("visit", row.batch_id, -row.case_id, row.hop)
        yield visit


def _not_contacted(session: Session, _actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    """Contacts that the guard did not let be made, and why."""
    cases = select(Case.id.label("case_id"), Case.batch_id, Case.version_id).where(Case.loan_id == loan)
    trail = trails_of(cases, carry=("version_id",)).c
    statement = select(trail.at, trail.batch_id, trail.case_id, trail.seen, trail.version_id).where(
        trail.seen.contains(SEEN_AS, autoescape=True)
    )
    for row in session.execute(newest(statement, trail.at, trail.batch_id, moment, limit)):
        for key, seen in json.loads(row.seen).items():
            if SEEN_AS not in seen:
                continue
            code = str(seen[SEEN_AS])
            label = session.scalar(
                select(VersionNode.label).where(VersionNode.version_id == row.version_id, VersionNode.key == key)
            )
            title = words.CONTACT_DEFERRED if code == DEFER else words.CONTACT_BLOCKED
            shown = title.format(step=(label or key).replace("{", "(").replace("}", ")"))
            told = event(row.at, "contact", shown, ("case", row.case_id), text=in_words(code), icon="hand-stop")
            told["_rank"] = ("contact", row.batch_id, -row.case_id, 0)
            yield told


def _cases(session: Session, _actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    statement = (
        select(Case, shown_name())
        .join(Scenario, Scenario.id == Case.scenario_id)
        .where(Case.loan_id == loan, Case.ended_at.is_not(None))
    )
    for case, name in session.execute(newest(statement, Case.ended_at, Case.id, moment, limit)):
        title = words.case_ended(name, case.end_reason)
        yield event(case.ended_at, "case_ended", title, ("case", case.id), text=case.error, icon="flag")


def _offers(session: Session, _actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    mine = select(Offer).where(Offer.loan_id == loan)
    for row in session.scalars(newest(mine, Offer.made_at, Offer.id, moment, limit)):
        yield event(row.made_at, "offer", words.offer_made(row.kind, row.size), ("offer", row.id), icon="gift")
    answered = mine.where(Offer.answered_at.is_not(None))
    for row in session.scalars(newest(answered, Offer.answered_at, Offer.id, moment, limit)):
        assert row.answered_at is not None  # the select says so
        text = words.offer_made(row.kind, row.size)
        title = words.OFFER_STATES.get(row.state, Text(row.state, row.state))
        yield event(row.answered_at, "offer_answered", title, ("offer", row.id), text=text, icon="gift")


def _promises(session: Session, _actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    statement = select(Promise).where(Promise.loan_id == loan)
    for row in session.scalars(newest(statement, Promise.given_at, Promise.id, moment, limit)):
        title = words.PROMISE.format(day=row.due_on.strftime("%d.%m.%Y"))
        state = words.PROMISE_STATES.get(row.state)
        yield event(row.given_at, "promise", title, ("promise", row.id), text=state, amount=row.amount, icon="calendar")


_SOURCES: tuple[Source, ...] = (
    _payments,
    _signals,
    _messages,
    _tasks,
    _visits,
    _not_contacted,
    contacts_of_loan,
    _cases,
    _offers,
    _promises,
)
