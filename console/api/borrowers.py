"""Borrowers: found, written down, corrected, and their contacts stopped."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from console import repetition
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.contacts import react_to_contacts
from console.api.fields import Line
from console.api.listing import ListQuery, answer
from console.api.shapes import applications as application_shapes
from console.api.shapes import loans as shapes
from console.clock import now, today
from console.context import database, settings
from console.queries.borrower_contacts import refusal_from_days
from console.queries.borrowers import borrower_list
from console.queries.loan_card import borrower_facts
from console.queries.visibility import require_borrower
from scenario_engine.contacts.stops import set_contact_stop
from scenario_engine.policies.stop_ends import stop_ends
from scenario_engine.registry import borrowers


class BorrowerBody(Schema):
    """What a person writes down; a field that is left out stays as it is."""

    full_name = Line(longest=250)
    birth_date = fields.Date(allow_none=True)
    phone = Line(longest=32, allow_none=True)
    email = Line(longest=250, allow_none=True)
    messenger = Line(longest=64, allow_none=True)
    #: where letters go
    postal_address = Line(longest=250, allow_none=True)
    #: ISO 3166-2
    region = Line(longest=10, allow_none=True)
    #: of what is written to the borrower: ru or en
    language = Line(longest=2)


class NewBorrower(BorrowerBody):
    """A borrower who is not known yet; without a number one is made up."""

    external_id = Line(longest=64, load_default=None, allow_none=True)


class StopBody(Schema):
    """Why nobody may contact the borrower, and the last day of it; null allows it again.

    Without `until` the day is the contact policy's, where it has one; null: no end is known.
    """

    reason = Line(longest=250, required=True, allow_none=True)
    until = fields.Date(allow_none=True)


class BorrowersApi(Api):
    """Borrowers."""

    resource_name = "borrowers"

    @route("GET", "", right="loan.all", query=ListQuery, answer=application_shapes.BorrowerPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """Borrowers by name, number or phone."""
        return answer(database(), borrower_list(actor, query), query, actor)

    @route("GET", "/<key:borrower_id>", right="loan.read", answer=shapes.BorrowerFacts)
    def get(self, *, actor: Actor, borrower_id: int) -> dict[str, Any]:
        """A borrower with their loans; masked for those who may not see persons."""
        with database().read() as session:
            require_borrower(session, actor, borrower_id)
            return borrower_facts(session, actor, borrower_id, now=now())

    @route(
        "POST", "", right="borrower.edit", body=NewBorrower, answer=shapes.BorrowerFacts, status=201, repeatable=True
    )
    def post(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Write a new borrower down."""
        moment = now()
        external_id = body.pop("external_id")

        def write(session: Session) -> dict[str, Any]:
            found = borrowers.create(
                session, external_id=external_id, values=body, actor=actor.name, now=moment,
                on=today(moment, settings().time_zone),
            )  # fmt: skip
            return borrower_facts(session, actor, found.id, now=moment)

        return repetition.once(database(), actor.name, moment, write)

    @route("PUT", "/<key:borrower_id>", right="borrower.edit", body=BorrowerBody, answer=shapes.BorrowerFacts)
    def put(self, *, actor: Actor, borrower_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Correct what is known of a borrower; who may not see a value can replace it, not read it."""
        moment = now()
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            borrowers.change(
                session, borrower_id, values=body, actor=actor.name, now=moment,
                on=today(moment, settings().time_zone),
            )  # fmt: skip
            react_to_contacts(session, borrower_id)
            return borrower_facts(session, actor, borrower_id, now=moment)

    @route("POST", "/<key:borrower_id>/contact-stop", right="contact.stop", body=StopBody, answer=shapes.ContactStop)
    def contact_stop(self, *, actor: Actor, borrower_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Forbid contacts with a borrower, or allow them again."""
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            reason, moment = body["reason"], now()
            until = body["until"] if "until" in body else stop_ends(session, borrower_id, now=moment).get(reason)
            cancelled = set_contact_stop(
                session, borrower_id, reason=reason, until=until,
                refusal_from_days=refusal_from_days(session, moment), actor=actor.name, now=moment,
            )  # fmt: skip
            return {"id": borrower_id, "contact_stop": reason, "cancelled_messages": cancelled}
