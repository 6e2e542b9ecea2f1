"""Payments: recorded and reacted to in one transaction."""

from __future__ import annotations

import uuid
from typing import Any

from flask import jsonify
from flask.wrappers import Response
from marshmallow import Schema

from console import repetition
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Amount, Instant, Line
from console.api.shapes import loans as shapes
from console.clock import now
from console.context import database, settings
from console.queries.visibility import require_loan, require_payment
from scenario_engine import tills
from scenario_engine.engine.events import react
from scenario_engine.registry import reversals
from scenario_engine.registry.payments import NewPayment


class PaymentBody(Schema):
    """A payment on a known loan. `external_id` makes it safe to send twice."""

    amount = Amount(required=True)
    paid_at = Instant(load_default=None, allow_none=True)
    external_id = Line(longest=64, shortest=1, load_default=None, allow_none=True)


class OutsidePayment(PaymentBody):
    """A payment as another system tells it."""

    loan_external_id = Line(longest=64, shortest=1, required=True)
    external_id = Line(longest=64, shortest=1, required=True)


class ReversalBody(Schema):
    """Why a payment is taken back."""

    reason = Line(longest=200, shortest=1, required=True)


class PaymentsApi(Api):
    """Payments that other systems tell of, and payments that are taken back."""

    resource_name = "payments"

    @route("POST", "", right="payment.record", body=OutsidePayment, answer=shapes.Recorded, status=201, repeatable=True)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Record a payment; the same `external_id` again answers 200 and changes nothing."""
        return record_payment(actor, body, loan_external_id=body["loan_external_id"])

    @route("POST", "/<key:payment_id>/reversal", right="payment.reverse", body=ReversalBody, answer=shapes.Reversed)
    def reverse(self, *, actor: Actor, payment_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Take a payment back: the loan then stands as if it had never come."""
        moment, zone = now(), settings().time_zone
        with database().write() as session:
            require_payment(session, actor, payment_id)
            loan = reversals.reverse(
                session, payment_id, reason=body["reason"], actor=actor.name, now=moment, time_zone=zone
            )
            react(session, now=moment, time_zone=zone)
            return {"payment_id": payment_id, "balance": loan.balance, "overdue": loan.overdue, "dpd": loan.dpd}


def record_payment(
    actor: Actor,
    body: dict[str, Any],
    *,
    loan_id: int | None = None,
    loan_external_id: str | None = None,
) -> dict[str, Any] | Response:
    """The answer for a payment on the loan, which a person names by its id and another system by its number; cases end,
    tasks close and messages are dropped in its transaction.
    """
    moment, zone = now(), settings().time_zone
    external_id = body["external_id"] or f"console-{uuid.uuid4()}"
    with database().write() as session:
        repetition.claim(session, actor.name, moment)
        if loan_id is not None:
            require_loan(session, actor, loan_id)
        taken = tills.take(
            session,
            NewPayment(
                external_id=external_id,
                loan_id=loan_id,
                loan_external_id=loan_external_id,
                amount=body["amount"],
                paid_at=body["paid_at"] or moment,
            ),
            actor=actor.name,
            source="console" if loan_id is not None else "api",
            now=moment,
            time_zone=zone,
        )
        found = {
            "payment_id": taken.payment_id,
            "cured": taken.overdue == 0,
            "ended_cases": taken.reaction.ended_cases,
            "repeated": not taken.is_new,
        }
        repetition.keep(session, actor.name, found, 201 if taken.is_new else 200)
    return found if taken.is_new else jsonify(found)
