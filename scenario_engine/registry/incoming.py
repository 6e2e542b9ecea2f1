"""Payments that outside systems tell of: each is written down once, and finds its loan or waits for a person."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scenario_engine.models import Borrower, IncomingPayment, Loan, Payment, Refusal
from scenario_engine.ports import Told
from scenario_engine.registry.payments import MAX_AMOUNT
from scenario_engine.registry.rowsets import dialect_of

CURRENCY = "RUB"
#: how far ahead a sender's clock may be
_AHEAD = timedelta(days=1)
#: nothing was paid to a lender of ours before
_EARLIEST = datetime(2014, 7, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Found:
    """The loan that an incoming payment is for, and why it cannot be credited without a person, if so."""

    loan_id: int | None
    #: null: it can
    reason: str | None


def payment_code(source: str, external_id: str) -> str:
    """The external id under which an incoming payment is recorded."""
    return f"{source}:{external_id}"


def look(session: Session, source: str, told: Told, *, now: datetime) -> Found:
    """Where what was told belongs."""
    if told.kind == "refund":
        paid = select(Payment.loan_id).where(Payment.external_id == payment_code(source, told.original or ""))
        return Found(loan_id=session.scalar(paid) or find_loan(session, told.named).loan_id, reason="refund")
    found = find_loan(session, told.named)
    for reason, is_so in (
        ("currency", told.currency != CURRENCY),
        ("amount", told.amount is None or not 0 < told.amount <= MAX_AMOUNT),
        ("time", not _EARLIEST <= told.paid_at <= now + _AHEAD),
    ):
        if is_so:
            return Found(loan_id=found.loan_id, reason=reason)
    return found


def find_loan(session: Session, names: Sequence[str]) -> Found:
    """The one open loan with one of these numbers; else the only open loan of the borrower with one of them. Numbers
    of a loan and of somebody else than its borrower contradict each other.
    """
    if not names:
        return Found(loan_id=None, reason="loan")
    wanted = select(Loan.id, Loan.state, Loan.borrower_id)
    loans = session.execute(wanted.where(Loan.external_id.in_(names))).all()
    owners = set(session.scalars(select(Borrower.id).where(Borrower.external_id.in_(names))))
    if not loans and owners:
        loans = session.execute(wanted.where(Loan.borrower_id.in_(owners), Loan.state == "open").limit(2)).all()
    if len(loans) == 1 and owners <= {loans[0].borrower_id}:
        return Found(loan_id=loans[0].id, reason=None if loans[0].state == "open" else "closed")
    return Found(loan_id=None, reason="ambiguous" if loans else "loan")


def write(
    session: Session, source: str, told: Told, found: Found, *, hints: str | None, now: datetime
) -> IncomingPayment | None:
    """Write down what was told; None when it had been told before. Of two at the same moment one waits here.

    The same payment with another amount is no repetition: it is written beside the first and waits for a person.
    """
    state = "noted" if told.kind == "other" else "unmatched" if found.reason else "credited"
    values: dict[str, object] = {
        "source": source,
        "kind": told.kind,
        "external_id": told.external_id,
        "delivery": told.delivery,
        "state": state,
        "reason": found.reason if state == "unmatched" else None,
        "received_at": now,
        "amount": told.amount,
        "currency": told.currency[:8],
        "paid_at": told.paid_at,
        "named": "\n".join(told.named)[:400],
        "original": told.original,
        "hints": hints if state == "unmatched" else None,
        "loan_id": found.loan_id,
    }
    written = _insert(session, values)
    if written is not None or told.kind == "other":
        return written
    earlier = select(IncomingPayment.amount, IncomingPayment.currency).where(
        IncomingPayment.source == source,
        IncomingPayment.kind == told.kind,
        IncomingPayment.external_id == told.external_id,
    )
    known = session.execute(earlier).one_or_none()
    if known is None or (known.amount, known.currency) == (told.amount, told.currency[:8]):
        return None
    mark = hashlib.sha256(f"{told.amount} {told.currency}".encode()).hexdigest()[:8]
    apart = {"external_id": f"{told.external_id}~{mark}", "delivery": None, "state": "unmatched", "reason": "differs"}
    return _insert(session, values | apart | {"hints": hints})


def _insert(session: Session, values: Mapping[str, object]) -> IncomingPayment | None:
    insert = postgresql.insert if dialect_of(session) == "postgresql" else sqlite.insert
    statement = insert(IncomingPayment).values(**values).on_conflict_do_nothing()
    found: IncomingPayment | None = session.scalar(statement.returning(IncomingPayment))
    return found


def count_refusal(session: Session, source: str, reason: str, sender: str, *, now: datetime) -> None:
    """Count something that was refused; of its sender only the network is kept."""
    values = {
        "source": source,
        "hour": now.replace(minute=0, second=0, microsecond=0),
        "reason": reason[:20],
        "count": 1,
        "last_at": now,
        "last_sender": mask_sender(sender),
    }
    insert = postgresql.insert if dialect_of(session) == "postgresql" else sqlite.insert
    session.execute(
        insert(Refusal)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["source", "hour", "reason"],
            set_={"count": Refusal.count + 1, "last_at": now, "last_sender": values["last_sender"]},
        )
    )


def mask_sender(sender: str) -> str:
    """«203.0.113.7» → «203.0.113.*»: enough to ask a provider about, too little to be a person's."""
    try:
        address = ipaddress.ip_address(sender)
    except ValueError:
        return "?"
    if address.version == 4:
        return f"{sender.rpartition('.')[0]}.*"
    return f"{':'.join(address.exploded.split(':')[:3])}:*"
