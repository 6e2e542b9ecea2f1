"""Payments that are taken back: the bank returned the money, or it was another borrower's.

On a ledger the loan then stands as if the payment had never come, interest and penalties of the days since included;
the payment and its reversal both stay in the books. What the payment was credited to in the numbers of scenarios is
taken back as well. A case that it ended stays ended: the loan comes in again by the rules of the entries.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, literal, select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Attribution, Loan, Payment, Signal
from scenario_engine.registry import delinquency, rowsets
from scenario_engine.registry.days import local_day
from scenario_engine.registry.ledger import acts
from scenario_engine.texts import Text


def reverse(session: Session, payment_id: int, *, reason: str, actor: str, now: datetime, time_zone: str) -> Loan:
    """Take the payment back in the caller's transaction and tell it as the signal ``payment_reversed``; the loan.

    Raises `Invalid` without a reason, `NotFound`, and `Conflict` when it was taken back already or the loan has no
    ledger: its balance is another system's word, or what a file said, and has to be put right there.
    """
    if not (reason := reason.strip()):
        text = Text("Say why the payment is taken back.", "Напишите, почему платёж отменяется.")
        raise Invalid(text, code="payment.reason", problems=[Problem(code="payment.reason", field="reason", text=text)])
    payment = session.get(Payment, payment_id)
    if payment is None:
        raise NotFound(Text("There is no such payment.", "Такого платежа нет."), code="payment.unknown")
    rowsets.lock_loans(session, select(literal(payment.loan_id)))
    loan = session.get_one(Loan, payment.loan_id)
    if loan.servicing != "ledger":
        raise Conflict(
            Text(
                "Loan {loan} has no ledger here: correct the payment where the loan is kept, and import its balance.",
                "Учёт займа {loan} ведётся не здесь: исправьте платёж там, где ведётся займ, и загрузите остаток.",
            ).format(loan=loan.external_id),
            code="payment.no_ledger",
        )
    on = local_day(now, time_zone)
    # both ways: the money counts until today, and what is missed without it is told
    delinquency.roll(session, on=on, now=now, loans=[loan.id])
    acts.reverse(session, payment_id, actor=actor, now=now)
    delinquency.roll(session, on=on, now=now, loans=[loan.id])
    session.execute(delete(Attribution).where(Attribution.payment_id == payment_id))
    session.add(
        Signal(
            key=f"payment_reversed:{payment_id}", loan_id=loan.id, kind="payment_reversed", at=now,
            data={"amount": payment.amount}, source="operator",
        )
    )  # fmt: skip
    audit.record(
        session, at=now, actor=actor, action="payment.reversed", subject_type="payment", subject_id=payment_id,
        loan=loan.external_id, amount=payment.amount, reason=reason,
    )  # fmt: skip
    session.flush()
    session.refresh(loan)
    return loan
