"""What becomes of an incoming payment: credited in the transaction that writes it down, or settled by a person."""

from __future__ import annotations

import json
import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit, tills
from scenario_engine.database import Database
from scenario_engine.engine.events import Reaction, react
from scenario_engine.errors import Conflict, KaskadError, NotFound
from scenario_engine.models import IncomingPayment, Loan, Payment
from scenario_engine.ports import Told
from scenario_engine.registry import incoming, reversals
from scenario_engine.registry.payments import NewPayment
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

log = logging.getLogger(__name__)


def receive(database: Database, vault: Vault, source: str, told: Told, *, now: datetime, time_zone: str) -> None:
    """Take what a source told; the second time it changes nothing. What the registry refuses waits for a person."""
    hints = vault.seal(json.dumps(dict(told.hints), ensure_ascii=False)) if told.hints else None
    try:
        with database.write() as session:
            found = incoming.look(session, source, told, now=now)
            written = incoming.write(session, source, told, found, hints=hints, now=now)
            if written is not None and written.state == "credited":
                _record(session, written, written.loan_id or 0, actor=source, now=now, time_zone=time_zone)
    except KaskadError as error:
        log.warning("a payment of %s waits for a person: %s", source, error.code)
        with database.write() as session:
            refused = incoming.Found(loan_id=None, reason="refused")
            incoming.write(session, source, told, refused, hints=hints, now=now)


def credit(
    session: Session, incoming_id: int, loan: Loan, *, actor: str, now: datetime, time_zone: str
) -> tuple[IncomingPayment, Reaction]:
    """Credit an unmatched payment to the loan. Conflict when somebody was faster, or when it is no roubles."""
    found = _waiting(session, incoming_id)
    if not may_credit(found):
        raise Conflict(
            Text(
                "This cannot be credited as it is. If money came in, record a payment on the loan by hand and dismiss "
                "this.",
                "Зачислить это как есть нельзя. Если деньги пришли, внесите платёж на займ вручную, а это отклоните.",
            ),
            code="incoming.kind",
        )
    reaction = _record(session, found, loan.id, actor=actor, now=now, time_zone=time_zone)
    found.state, found.loan_id, found.hints = "credited", loan.id, None
    found.settled_at, found.settled_by = now, actor
    session.flush()
    return found, reaction


def dismiss(session: Session, incoming_id: int, *, note: str, actor: str, now: datetime) -> IncomingPayment:
    """Put an unmatched payment away, with the reason. Conflict when somebody was faster."""
    found = _waiting(session, incoming_id)
    found.state, found.note, found.hints = "dismissed", note, None
    found.settled_at, found.settled_by = now, actor
    audit.record(
        session,
        at=now,
        actor=actor,
        action="incoming.dismissed",
        subject_type="incoming",
        subject_id=found.id,
        source=found.source,
        amount=found.amount,
        reason=found.reason,
    )
    session.flush()
    return found


def take_back(session: Session, incoming_id: int, *, actor: str, now: datetime, time_zone: str) -> IncomingPayment:
    """Take back the payment that a refund gives back, and settle the refund. Conflict when there is none to take back
    whole, or somebody was faster.
    """
    found = _waiting(session, incoming_id)
    payment = refunded(session, found)
    if payment is None:
        raise Conflict(
            Text(
                "There is no payment here that this refund gives back as a whole.",
                "Здесь нет платежа, который этот возврат отменяет целиком.",
            ),
            code="incoming.refund",
        )
    reason = f"{found.source}: {found.external_id}"
    reversals.reverse(session, payment.id, reason=reason, actor=actor, now=now, time_zone=time_zone)
    react(session, now=now, time_zone=time_zone)
    found.state, found.loan_id, found.payment_id, found.hints = "noted", payment.loan_id, payment.id, None
    found.settled_at, found.settled_by = now, actor
    session.flush()
    return found


def refunded(session: Session, found: IncomingPayment) -> Payment | None:
    """The payment that a waiting refund gives back as a whole, on a loan whose ledger is kept here."""
    if found.kind != "refund" or found.state != "unmatched" or not found.original:
        return None
    code = incoming.payment_code(found.source, found.original)
    return session.scalar(
        select(Payment)
        .join(Loan, Loan.id == Payment.loan_id)
        .where(Payment.external_id == code, Payment.amount == found.amount, Loan.servicing == "ledger")
    )


def may_credit(found: IncomingPayment) -> bool:
    """Whether it is roubles that came in."""
    is_roubles = found.currency == incoming.CURRENCY and found.reason not in ("currency", "amount")
    return found.kind == "payment" and is_roubles and found.amount is not None


def _waiting(session: Session, incoming_id: int) -> IncomingPayment:
    found = session.scalar(select(IncomingPayment).where(IncomingPayment.id == incoming_id).with_for_update())
    if found is None:
        raise NotFound(Text("There is no such incoming payment.", "Такого поступления нет."))
    if found.state != "unmatched":
        raise Conflict(
            Text("Somebody has settled this payment already.", "С этим платежом уже кто-то разобрался."),
            code="incoming.settled",
        )
    return found


def _record(
    session: Session, found: IncomingPayment, loan_id: int, *, actor: str, now: datetime, time_zone: str
) -> Reaction:
    taken = tills.take(
        session,
        NewPayment(
            external_id=incoming.payment_code(found.source, found.external_id),
            loan_id=loan_id,
            amount=found.amount or 0,
            paid_at=found.received_at if found.reason == "time" else min(found.paid_at, now),
        ),
        actor=actor,
        source=found.source,
        now=now,
        time_zone=time_zone,
    )
    found.payment_id = taken.payment_id
    return taken.reaction
