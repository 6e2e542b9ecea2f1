"""Incoming payments: what payment sources told, and the few that wait for a person."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from console import incoming, payment_sources
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Key, KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import incoming as shapes
from console.clock import now
from console.connectors import load_payment_sources
from console.context import database, room, settings
from console.queries.incoming import incoming_card, incoming_list, source_cards, summary
from console.queries.visibility import require_loan
from scenario_engine.errors import NotFound
from scenario_engine.texts import Text


class IncomingQuery(ListQuery):
    """Filters of the list."""

    state = Line()
    source = Line()
    kind = Line()
    reason = Line()
    loan = KeyFilter()


INCOMING = Source(
    title=Text("Incoming payments", "Поступления"),
    right="incoming.read",
    query=IncomingQuery,
    make=lambda asked: incoming_list(asked.actor, asked.query, load_payment_sources()),
)


class CreditBody(Schema):
    """The loan that the payment is for."""

    loan_id = Key(required=True)


class DismissBody(Schema):
    """Why it is put away."""

    reason = Line(longest=500, shortest=1, required=True)


class SourceBody(Schema):
    """A source as it is to be; a secret that is left out stays."""

    enabled = fields.Boolean(required=True)
    values = fields.Dict(keys=Line(longest=64), values=Line(longest=500), load_default=dict)


class IncomingApi(Api):
    """Incoming payments."""

    resource_name = "incoming"

    @route("GET", "", right="incoming.read", query=IncomingQuery, answer=shapes.IncomingPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """What payment sources told, the newest first."""
        return INCOMING.page(actor, query)

    @route("GET", "/summary", right="incoming.read", answer=shapes.IncomingSummary)
    def summary(self, *, actor: Actor) -> dict[str, Any]:
        """How many payments wait for a person, by source."""
        with database().read() as session:
            return summary(session, actor.language, room().sources)

    @route("GET", "/<key:incoming_id>", right="incoming.read", answer=shapes.IncomingCard)
    def get(self, *, actor: Actor, incoming_id: int) -> dict[str, Any]:
        """An incoming payment with what helps to find its loan."""
        with database().read() as session:
            return incoming_card(session, actor, incoming_id, room().sources, room().vault)

    @route("POST", "/<key:incoming_id>/credit", right="payment.record", body=CreditBody, answer=shapes.Credited)
    def credit(self, *, actor: Actor, incoming_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Credit an unmatched payment to a loan; cases of a cured loan end in its transaction."""
        with database().write() as session:
            actor.require("incoming.read")
            loan = require_loan(session, actor, body["loan_id"])
            found, reaction = incoming.credit(
                session, incoming_id, loan, actor=actor.name, now=now(), time_zone=settings().time_zone
            )
            session.refresh(loan)
            return {
                "id": found.id,
                "payment_id": found.payment_id,
                "cured": loan.overdue == 0,
                "ended_cases": reaction.ended_cases,
            }

    @route("POST", "/<key:incoming_id>/dismiss", right="payment.record", body=DismissBody, answer=shapes.IncomingCard)
    def dismiss(self, *, actor: Actor, incoming_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Put an unmatched payment away, with the reason."""
        with database().write() as session:
            actor.require("incoming.read")
            incoming.dismiss(session, incoming_id, note=body["reason"].strip(), actor=actor.name, now=now())
            return incoming_card(session, actor, incoming_id, room().sources, room().vault)

    @route("POST", "/<key:incoming_id>/take-back", right="payment.reverse", answer=shapes.IncomingCard)
    def take_back(self, *, actor: Actor, incoming_id: int) -> dict[str, Any]:
        """Take back the payment that a refund gives back: the loan then stands as if it had never come."""
        with database().write() as session:
            actor.require("incoming.read")
            incoming_card(session, actor, incoming_id, room().sources, room().vault)
            incoming.take_back(session, incoming_id, actor=actor.name, now=now(), time_zone=settings().time_zone)
            return incoming_card(session, actor, incoming_id, room().sources, room().vault)


class SourcesApi(Api):
    """Payment sources."""

    resource_name = "sources"

    @route("GET", "", right="admin", answer=shapes.Sources)
    def get_list(self, *, actor: Actor) -> dict[str, Any]:
        """Every installed source with its settings; secrets are never told."""
        with database().read() as session:
            cards = source_cards(session, actor.language, room().sources, room().vault, now=now())
        return {"items": cards}

    @route("PUT", "/<string:source_key>", right="admin", body=SourceBody, answer=shapes.Sources)
    def put(self, *, actor: Actor, source_key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Set a source up, switch it on or off."""
        source = room().sources.get(source_key)
        if source is None:
            raise NotFound(Text("There is no such source.", "Такого источника нет."))
        with database().write() as session:
            payment_sources.change(session, room().vault, source, **body, actor=actor.name, now=now())
            cards = source_cards(session, actor.language, room().sources, room().vault, now=now())
        return {"items": cards}
