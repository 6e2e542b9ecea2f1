"""Applications for loans: filed, decided, confirmed, issued."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from console import repetition
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Amount, Key, KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import applications as shapes
from console.clock import now, today
from console.context import database, settings
from console.queries.applications import application_card, application_list
from console.queries.visibility import require_borrower
from scenario_engine import applications
from scenario_engine.registry.issue import Application
from scenario_engine.rules.loan_fields import CHANNELS
from scenario_engine.texts import Text


class ApplicationQuery(ListQuery):
    """Filters of the list."""

    state = Line()
    product = Line()
    borrower = KeyFilter()


APPLICATIONS = Source(
    title=Text("Applications", "Заявки"),
    right="application.read",
    query=ApplicationQuery,
    make=lambda asked: application_list(asked.actor, asked.query),
)


class ApplicationBody(Schema):
    """What a borrower asks for."""

    borrower_id = Key(required=True)
    product_id = Key(required=True)
    principal = Amount(required=True)
    term = Key(required=True)
    channel = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([key for key, _ in CHANNELS]))
    #: where they are left out, those of the borrower's newest loan count
    risk_score = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 100_000))
    debt_burden = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 100_000))
    #: an open loan of the borrower that the new one pays off
    refinanced_id = Key(load_default=None, allow_none=True)


class FiledBody(ApplicationBody):
    """The same; `external_id` makes it safe to send twice."""

    external_id = Line(longest=64, shortest=1, load_default=None, allow_none=True)


class SettleBody(Schema):
    """A person's decision and its reason."""

    approved = fields.Boolean(required=True)
    note = Line(longest=250, shortest=1, required=True)


class NoteBody(Schema):
    """Why it is taken back."""

    note = Line(longest=250, shortest=1, required=True)


class NumberBody(Schema):
    """The number of the loan; without one it is made up."""

    number = Line(longest=64, shortest=1, load_default=None, allow_none=True)


class ApplicationsApi(Api):
    """Applications."""

    resource_name = "applications"

    @route("GET", "", right="application.read", query=ApplicationQuery, answer=shapes.ApplicationPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """All applications, the newest first."""
        return APPLICATIONS.page(actor, query)

    @route("GET", "/<key:application_id>", right="application.read", answer=shapes.ApplicationCard)
    def get(self, *, actor: Actor, application_id: int) -> dict[str, Any]:
        """An application with what decided it."""
        with database().read() as session:
            return application_card(session, actor, application_id)

    @route("POST", "", right="loan.issue", body=FiledBody, answer=shapes.ApplicationCard, status=201, repeatable=True)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """File an application; the rules of the product decide at once, or leave it to a person."""
        moment = now()
        external_id = body.pop("external_id")

        def write(session: Session) -> dict[str, Any]:
            require_borrower(session, actor, body["borrower_id"])
            found = applications.file(
                session,
                Application(**body),
                external_id=external_id,
                actor=actor.name,
                now=moment,
                on=today(moment, settings().time_zone),
            )
            return application_card(session, actor, found.id)

        return repetition.once(database(), actor.name, moment, write)

    @route(
        "POST",
        "/<key:application_id>/settle",
        right="application.decide",
        body=SettleBody,
        answer=shapes.ApplicationCard,
    )
    def settle(self, *, actor: Actor, application_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Approve or refuse an application that the rules left to a person; refused to the one who filed it."""
        with database().write() as session:
            applications.settle(session, application_id, **body, actor=actor.name, now=now())
            return application_card(session, actor, application_id)

    @route(
        "POST", "/<key:application_id>/issue", right="loan.issue", body=NumberBody, answer=shapes.ApplicationCard
    )  # fmt: skip
    def issue(self, *, actor: Actor, application_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Issue the loan, or ask a second person to confirm it; the answer's state says which."""
        moment, zone = now(), settings().time_zone
        with database().write() as session:
            applications.proceed(
                session, application_id, number=body["number"], actor=actor.name, now=moment,
                on=today(moment, zone), time_zone=zone,
            )  # fmt: skip
            return application_card(session, actor, application_id)

    @route("POST", "/<key:application_id>/confirm", right="loan.confirm", answer=shapes.ApplicationCard)
    def confirm(self, *, actor: Actor, application_id: int) -> dict[str, Any]:
        """Confirm the issue as a second person; refused to the one who asked for it."""
        moment, zone = now(), settings().time_zone
        with database().write() as session:
            applications.confirm(
                session, application_id, actor=actor.name, now=moment, on=today(moment, zone), time_zone=zone
            )  # fmt: skip
            return application_card(session, actor, application_id)

    @route("POST", "/<key:application_id>/withdraw", right="loan.issue", body=NoteBody, answer=shapes.ApplicationCard)
    def withdraw(self, *, actor: Actor, application_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Take an application back that nothing has come of."""
        with database().write() as session:
            applications.withdraw(session, application_id, note=body["note"], actor=actor.name, now=now())
            return application_card(session, actor, application_id)
