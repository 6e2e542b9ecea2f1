"""How a borrower is reached: addresses, consents, refusals, third parties; and the end of a lending restriction."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Key, Line
from console.api.loans import TimelineQuery
from console.api.shapes import contacts as shapes
from console.api.shapes.loans import Timeline
from console.clock import now, today
from console.context import database, settings
from console.queries.borrower_contacts import contact_card
from console.queries.contact_timeline import contact_timeline
from console.queries.visibility import require_borrower
from scenario_engine.contacts import consents, points, refusals, third_parties
from scenario_engine.engine.events import react
from scenario_engine.models import Loan
from scenario_engine.models.consent import CHANNELS, CONSENT_SOURCES, PURPOSES
from scenario_engine.models.contact_point import POINT_KINDS, POINT_SOURCES
from scenario_engine.registry import restriction


class PointBody(Schema):
    """An address; of a third party when one is named. `in_use`: messages to the borrower go there from now on."""

    kind = fields.String(required=True, validate=validate.OneOf(list(POINT_KINDS)))
    value = Line(longest=250, required=True)
    third_party_id = Key(load_default=None, allow_none=True)
    valid_from = fields.Date(load_default=None, allow_none=True)
    in_use = fields.Boolean(load_default=False)
    source = fields.String(load_default="operator", validate=validate.OneOf(list(POINT_SOURCES)))


class PartyBody(Schema):
    """A person beside the borrower."""

    full_name = Line(longest=250, required=True)
    relation = Line(longest=64, required=True)


class WordBody(Schema):
    """What the borrower, or a third party, has said."""

    act = fields.String(required=True, validate=validate.OneOf(["given", "revoked"]))
    purpose = fields.String(required=True, validate=validate.OneOf(list(PURPOSES)))
    channel = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(CHANNELS)))
    third_party_id = Key(load_default=None, allow_none=True)
    said_by = fields.String(load_default="borrower", validate=validate.OneOf(["borrower", "third_party"]))
    source = fields.String(load_default="operator", validate=validate.OneOf(list(CONSENT_SOURCES)))
    dated = fields.Date(load_default=None, allow_none=True)
    document = Line(longest=250, load_default=None, allow_none=True)


class RefusalBody(Schema):
    """A channel, or every one (null), that the borrower refuses or allows again."""

    channel = fields.String(required=True, allow_none=True, validate=validate.OneOf(list(CHANNELS)))
    refused = fields.Boolean(required=True)


class ReasonBody(Schema):
    """Why."""

    reason = Line(longest=250, shortest=1, required=True)


class ContactsApi(Api):
    """Contacts of a borrower."""

    resource_name = "contacts"

    @route("GET", "/<key:borrower_id>", right="loan.read", answer=shapes.ContactCard)
    def get(self, *, actor: Actor, borrower_id: int) -> dict[str, Any]:
        """Loans, addresses, consents, refusals and contacts of a borrower."""
        with database().read() as session:
            require_borrower(session, actor, borrower_id)
            return contact_card(session, actor, borrower_id, now=now())

    @route("GET", "/<key:borrower_id>/timeline", right="loan.read", query=TimelineQuery, answer=Timeline)
    def timeline(self, *, actor: Actor, borrower_id: int, query: dict[str, Any]) -> dict[str, Any]:
        """Contacts with a borrower over all loans, and what they said about it; newest first."""
        with database().read() as session:
            require_borrower(session, actor, borrower_id)
            return contact_timeline(session, actor, borrower_id, query["before"])

    @route(
        "POST", "/<key:borrower_id>/points", right="contact.edit", body=PointBody, answer=shapes.ContactCard, status=201
    )
    def post_point(self, *, actor: Actor, borrower_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Write an address down."""
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            points.add(session, borrower_id, **body, actor=actor.name, now=now())
            return _changed(session, actor, borrower_id)

    @route("POST", "/<key:borrower_id>/points/<key:point_id>/use", right="contact.edit", answer=shapes.ContactCard)
    def use_point(self, *, actor: Actor, borrower_id: int, point_id: int) -> dict[str, Any]:
        """Send to this address from now on."""
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            points.use(session, borrower_id, point_id, actor=actor.name, now=now())
            return _changed(session, actor, borrower_id)

    @route("POST", "/<key:borrower_id>/points/<key:point_id>/verify", right="contact.edit", answer=shapes.ContactCard)
    def verify_point(self, *, actor: Actor, borrower_id: int, point_id: int) -> dict[str, Any]:
        """Note that somebody made sure whose address it is."""
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            points.verify(session, borrower_id, point_id, actor=actor.name, now=now())
            return _changed(session, actor, borrower_id)

    @route("POST", "/<key:borrower_id>/points/<key:point_id>/close", right="contact.edit", answer=shapes.ContactCard)
    def close_point(self, *, actor: Actor, borrower_id: int, point_id: int) -> dict[str, Any]:
        """Note that the address reaches nobody any more."""
        moment = now()
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            on = today(moment, settings().time_zone)
            points.close(session, borrower_id, point_id, on=on, actor=actor.name, now=moment)
            return _changed(session, actor, borrower_id)

    @route(
        "POST", "/<key:borrower_id>/third-parties", right="contact.edit", body=PartyBody, answer=shapes.ContactCard,
        status=201,
    )  # fmt: skip
    def post_party(self, *, actor: Actor, borrower_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Write a third party down; nobody may talk to them before both consents are there."""
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            third_parties.add_party(session, borrower_id, **body, actor=actor.name, now=now())
            return _changed(session, actor, borrower_id)

    @route(
        "DELETE", "/<key:borrower_id>/third-parties/<key:third_party_id>", right="contact.edit",
        answer=shapes.ContactCard,
    )  # fmt: skip
    def delete_party(self, *, actor: Actor, borrower_id: int, third_party_id: int) -> dict[str, Any]:
        """Take a third party off the card; what was said stays in the history."""
        moment = now()
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            on = today(moment, settings().time_zone)
            third_parties.remove_party(session, borrower_id, third_party_id, on=on, actor=actor.name, now=moment)
            return _changed(session, actor, borrower_id)

    @route(
        "POST", "/<key:borrower_id>/consents", right="contact.edit", body=WordBody, answer=shapes.ContactCard,
        status=201,
    )  # fmt: skip
    def post_consent(self, *, actor: Actor, borrower_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Write a consent down, or that one is withdrawn; it takes effect at once."""
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            consents.write_down(session, borrower_id, consents.Word(**body), actor=actor.name, now=now())
            return _changed(session, actor, borrower_id)

    @route("POST", "/<key:borrower_id>/refusals", right="contact.stop", body=RefusalBody, answer=shapes.ContactCard)
    def post_refusal(self, *, actor: Actor, borrower_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Refuse a channel for the borrower, who has said so, or allow it again; what is queued is dropped at once."""
        act = refusals.refuse if body["refused"] else refusals.allow
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            act(session, borrower_id, body["channel"], source="operator", actor=actor.name, now=now())
            return _changed(session, actor, borrower_id)

    @route(
        "POST", "/<key:borrower_id>/allow-lending", right="lending.allow", body=ReasonBody, answer=shapes.ContactCard
    )
    def allow_lending(self, *, actor: Actor, borrower_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Allow new loans to a borrower again; other systems are told."""
        with database().write() as session:
            require_borrower(session, actor, borrower_id)
            restriction.lift(session, borrower_id, reason=body["reason"], actor=actor.name, now=now())
            return _changed(session, actor, borrower_id)


def react_to_contacts(session: Session, borrower_id: int) -> None:
    """Let the cases of the borrower's loans react at once, when another address was told to them."""
    loans = session.scalars(select(Loan.id).where(Loan.borrower_id == borrower_id, Loan.state == "open")).all()
    if loans:
        react(session, now=now(), time_zone=settings().time_zone, loans=loans)


def _changed(session: Session, actor: Actor, borrower_id: int) -> dict[str, Any]:
    react_to_contacts(session, borrower_id)
    session.flush()
    return contact_card(session, actor, borrower_id, now=now())
