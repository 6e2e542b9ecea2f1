"""Amendments made: what was asked is read, planned against the loan as it stands today, and written on the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Account, Loan, LoanEvent, Signal
from scenario_engine.registry import bucket_history, delinquency, payments, rowsets
from scenario_engine.registry.amendments.base import Kind, Scene
from scenario_engine.registry.amendments.catalogue import KINDS
from scenario_engine.registry.days import local_day
from scenario_engine.registry.ledger import acts, mirror
from scenario_engine.registry.ledger.fold import Amended, Paid, Standing
from scenario_engine.registry.payments import NewPayment
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """What an amendment would change, before anybody does it."""

    kind: Kind
    amended: Amended
    before: Standing
    after: Standing
    #: kopecks that are paid with it
    price: int = 0


@dataclass(frozen=True, kw_only=True)
class Made:
    """What was done. `cured`: something was overdue before and nothing is now."""

    event_id: int
    loan: Loan
    cured: bool
    #: what was paid with it
    price: int = 0
    payment_id: int | None = None


def kind_of(key: str) -> Kind:
    """The kind of that key; `NotFound`."""
    if key not in KINDS:
        raise NotFound(Text("There is no such change of a loan.", "Такого изменения займа нет."), code="amendment.kind")
    return KINDS[key]


def read(kind: Kind, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, checked field by field; raises `Invalid`."""
    try:
        found: dict[str, Any] = kind.Params().load(dict(asked))
    except ValidationError as error:
        text = Text("Look at this field.", "Проверьте это поле.")
        problems = [Problem(code="amendment.field", field=str(name), text=text) for name in error.messages_dict]
        raise Invalid(
            Text("Something is missing or wrong.", "Не всё заполнено верно."), code="amendment.form", problems=problems
        ) from error
    return found


def look(session: Session, loan_id: int, key: str, asked: Mapping[str, Any], *, on: date) -> Prospect:
    """What it would come to on the day `on`; nothing is written. Raises what `make` raises."""
    kind = kind_of(key)
    loan = session.get_one(Loan, loan_id)
    standing = _standing(session, loan, lock=False)
    # the day's roll may be to come yet
    acts.go_on(standing, upto=on)
    before = deepcopy(standing)
    values = read(kind, asked)
    scene = _scene(session, loan, standing, on)
    price = kind.price(scene, values)
    if price:
        standing.pay(Paid(day=on, amount=price, order=kind.order))
    amended = _plan(session, kind, scene, values)
    after = acts.would_be(session, loan_id, standing, amended)
    return Prospect(kind=kind, amended=amended, before=before, after=after, price=price)


def make(
    session: Session, loan_id: int, key: str, asked: Mapping[str, Any], *, actor: str, now: datetime, time_zone: str
) -> Made:
    """Write the amendment in the caller's transaction, with the payment of its price, and tell it as a signal of its
    name.

    Raises `Invalid` with what speaks against it, `NotFound`, and `Conflict` when the loan has no ledger or is not open.
    """
    kind = kind_of(key)
    rowsets.lock_loans(session, select(literal(loan_id)))
    loan = session.get_one(Loan, loan_id)
    on = local_day(now, time_zone)
    _standing(session, loan, lock=True)
    delinquency.roll(session, on=on, now=now, loans=[loan_id])
    session.refresh(loan)
    was_overdue = loan.overdue > 0
    values = read(kind, asked)
    scene = _scene(session, loan, _standing(session, loan, lock=True), on)
    price = kind.price(scene, values)
    payment_id = None
    if price:
        payment_id = _take(session, loan, price, kind, now=now, time_zone=time_zone)
        scene = _scene(session, loan, _standing(session, loan, lock=True), on)
    amended = _plan(session, kind, scene, values)
    event_id = acts.amend(session, loan_id, amended, more=kind.told(values), actor=actor, now=now)
    if kind.leaves_as is not None:
        loan.state = kind.leaves_as
        session.flush()
    mirror.show(session, loans=[loan_id])
    delinquency.rebucket(session, [loan_id])
    bucket_history.note(session, on=on, now=now, scope=[Loan.id == loan_id], source="operator")
    session.add(
        Signal(key=f"{key}:{event_id}", loan_id=loan_id, kind=key, at=now, data=kind.told(values), source="operator")
    )
    session.flush()
    session.refresh(loan)
    cured = was_overdue and loan.overdue == 0
    return Made(event_id=event_id, loan=loan, cured=cured, price=price, payment_id=payment_id)


def _plan(session: Session, kind: Kind, scene: Scene, values: Mapping[str, Any]) -> Amended:
    day = kind.day(scene, values)
    if day < scene.on:
        scene = replace(scene, on=day, standing=acts.back_then(session, scene.loan.id, day))
    return kind.plan(scene, values)


def _take(session: Session, loan: Loan, price: int, kind: Kind, *, now: datetime, time_zone: str) -> int:
    """Record the payment of the price; its id."""
    latest = session.scalar(select(func.max(LoanEvent.id)).where(LoanEvent.loan_id == loan.id))
    paid = NewPayment(external_id=f"{kind.key}-{loan.id}-{latest}", amount=price, paid_at=now, loan_id=loan.id)
    recorded = payments.record(session, [paid], now=now, source="console", time_zone=time_zone, order=kind.order)
    session.refresh(loan)
    (payment_id,) = recorded.added
    return payment_id


def _standing(session: Session, loan: Loan, *, lock: bool) -> Standing:
    if loan.servicing != "ledger" or session.get(Account, loan.id) is None:
        raise Conflict(
            Text(
                "Loan {loan} has no ledger here: change it where it is kept.",
                "Учёт займа {loan} ведётся не здесь: меняйте его там, где он ведётся.",
            ).format(loan=loan.external_id),
            code="amendment.no_ledger",
        )
    if loan.state != "open":
        raise Conflict(
            Text("Loan {loan} is not open any more.", "Займ {loan} уже не действует.").format(loan=loan.external_id),
            code="amendment.not_open",
        )
    return acts.standing_of(session, loan.id, lock=lock)


def _scene(session: Session, loan: Loan, standing: Standing, on: date) -> Scene:
    return Scene(loan=loan, standing=standing, on=on, earlier=acts.amendments(session, loan.id))
