"""Changes of loans: tried out, made, asked for, and decided by a second person."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema
from sqlalchemy.orm import Session

from console import repetition
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Json, Line
from console.api.shapes import servicing as shapes
from console.clock import now, today
from console.context import database, settings
from console.queries.servicing import desk_of, prospect, request_facts, require_request, waiting
from console.queries.visibility import require_loan
from scenario_engine import servicing
from scenario_engine.errors import Forbidden
from scenario_engine.registry.amendments import desk
from scenario_engine.texts import Text


class ChangeBody(Schema):
    """What is to be done with a loan; `asked` as the kind has it."""

    kind = Line(longest=20, shortest=1, required=True)
    asked = Json(load_default=dict)


class RejectionBody(Schema):
    """Why not."""

    reason = Line(longest=500, shortest=1, required=True)


class ServicingApi(Api):
    """What is agreed about loans after their issue."""

    resource_name = "servicing"

    @route("GET", "/loans/<key:loan_id>", right="loan.read", answer=shapes.Desk)
    def get(self, *, actor: Actor, loan_id: int) -> dict[str, Any]:
        """Pauses of a loan, what was asked for, and its terms as far as a form needs them."""
        with database().read() as session:
            loan = require_loan(session, actor, loan_id)
            return desk_of(session, loan, actor, on=today(now(), settings().time_zone))

    @route("POST", "/loans/<key:loan_id>/preview", right="loan.amend", body=ChangeBody, answer=shapes.Prospect)
    def preview(self, *, actor: Actor, loan_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """What a change would come to; nothing is written."""
        _require(actor, body["asked"])
        with database().read() as session:
            require_loan(session, actor, loan_id)
            on = today(now(), settings().time_zone)
            return prospect(desk.look(session, loan_id, body["kind"], body["asked"], on=on))

    @route(
        "POST",
        "/loans/<key:loan_id>/changes",
        right="loan.amend",
        body=ChangeBody,
        answer=shapes.Done,
        status=201,
        repeatable=True,
    )
    def change(self, *, actor: Actor, loan_id: int, body: dict[str, Any]) -> Any:
        """Change the loan, or ask for it where a second person has to agree."""
        _require(actor, body["asked"])
        moment = now()

        def write(session: Session) -> dict[str, Any]:
            require_loan(session, actor, loan_id)
            outcome = servicing.change(
                session, loan_id, body["kind"], body["asked"],
                actor=actor.name, now=moment, time_zone=settings().time_zone,
            )  # fmt: skip
            return _done(outcome)

        return repetition.once(database(), actor.name, moment, write)

    @route("GET", "/requests", right="loan.read", answer=shapes.Requests)
    def requests(self, *, actor: Actor) -> dict[str, Any]:
        """What waits for a decision, oldest first."""
        with database().read() as session:
            return {"items": waiting(session, actor)}

    @route("POST", "/requests/<key:request_id>/approval", right="loan.approve", answer=shapes.Done)
    def approve(self, *, actor: Actor, request_id: int) -> dict[str, Any]:
        """Agree: it is done by the figures of today."""
        with database().write() as session:
            require_request(session, actor, request_id)
            outcome = servicing.approve(
                session, request_id, actor=actor.name, now=now(), time_zone=settings().time_zone
            )  # fmt: skip
            return _done(outcome)

    @route(
        "POST",
        "/requests/<key:request_id>/rejection",
        right=("loan.approve", "loan.amend"),
        body=RejectionBody,
        answer=shapes.Request,
    )
    def reject(self, *, actor: Actor, request_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Refuse; whoever asked may take it back."""
        with database().write() as session:
            found, number = require_request(session, actor, request_id)
            if not actor.may("loan.approve") and found.asked_by != actor.name:
                raise Forbidden(Text("Only your own request can be taken back.", "Отозвать можно только свой запрос."))
            request = servicing.reject(session, request_id, reason=body["reason"], actor=actor.name, now=now())
            return request_facts(request, number, actor)


def _require(actor: Actor, asked: Any) -> None:
    """Whoever takes money with a change has to be allowed that, too."""
    if isinstance(asked, dict) and asked.get("pays") is not None:
        actor.require("payment.record")


def _done(outcome: servicing.Outcome) -> dict[str, Any]:
    made = outcome.made
    return {
        "waits": made is None,
        "balance": made and made.loan.balance,
        "overdue": made and made.loan.overdue,
        "state": made and made.loan.state,
        "ended_cases": outcome.ended_cases,
    }
