"""Loans: list, card, timeline, and what is recorded on them by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from console import repetition
from console.api.actor import Actor
from console.api.applications import ApplicationBody
from console.api.base import Api, route
from console.api.fields import Json, Key, KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.payments import PaymentBody, record_payment
from console.api.shapes import loans as shapes
from console.clock import now, today
from console.context import database, settings
from console.queries.contact_chances import chance_facts
from console.queries.ledger import ledger, quote
from console.queries.loan_card import loan_card
from console.queries.loans import loan_list
from console.queries.products import preview_facts
from console.queries.timeline import timeline
from console.queries.visibility import require_borrower, require_loan, require_offer
from scenario_engine import applications, manual_contacts, work
from scenario_engine.engine.claimants import claimants
from scenario_engine.models import Loan
from scenario_engine.registry.issue import Application, decide
from scenario_engine.texts import Text


class LoanQuery(ListQuery):
    """Filters of the list."""

    bucket = Line()
    product = Line()
    region = Line()
    state = Line()
    channel = Line()
    tag = Line(longest=64)
    scenario = Line(longest=64)
    borrower = KeyFilter()
    dpd_min = fields.Integer(validate=validate.Range(0, 100_000))
    dpd_max = fields.Integer(validate=validate.Range(0, 100_000))
    #: bucket in which it stood at the end of a day; two of them, for those that moved
    stood = Line()
    stood_on = fields.Date()
    stands = Line()
    stands_on = fields.Date()


LOANS = Source(
    title=Text("Loans", "Займы"),
    right="loan.read",
    query=LoanQuery,
    make=lambda asked: loan_list(asked.actor, asked.query),
)


class TimelineQuery(Schema):
    """Where the next page of the timeline begins."""

    before = Line(longest=80, load_default=None)


class SignalBody(Schema):
    """What happened."""

    kind = Line(longest=64, required=True)
    data = Json(load_default=None, allow_none=True)
    key = Line(longest=100, load_default=None, allow_none=True)


class AnswerBody(Schema):
    """The borrower's answer."""

    accepted = fields.Boolean(required=True)


class ContactBody(Schema):
    """A contact that a person makes."""

    channel = Line(longest=64, required=True)
    #: the borrower began it
    incoming = fields.Boolean(load_default=False)
    #: people talked
    talked = fields.Boolean(load_default=False)
    #: the borrower agreed to it beforehand
    consented = fields.Boolean(load_default=False)
    #: with whom, when not with the borrower
    third_party_id = Key(load_default=None, allow_none=True)


class QuoteQuery(Schema):
    """The day of closing."""

    on = fields.Date(load_default=None, allow_none=True, validate=validate.Range(date(2014, 7, 1), date(2099, 12, 31)))


class IssueBody(ApplicationBody):
    """An application, with the number of the loan; without one it is made up."""

    external_id = Line(longest=64, shortest=1, load_default=None, allow_none=True)


class LoansApi(Api):
    """Loans."""

    resource_name = "loans"

    @route("GET", "", right="loan.read", query=LoanQuery, answer=shapes.LoanPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """The loans that one may see."""
        return LOANS.page(actor, query)

    @route("GET", "/<key:loan_id>", right="loan.read", answer=shapes.LoanCard)
    def get(self, *, actor: Actor, loan_id: int) -> dict[str, Any]:
        """A loan with its borrower, schedule, payments, cases, offers, promises and tasks."""
        moment = now()
        with database().read() as session:
            loan = require_loan(session, actor, loan_id)
            return loan_card(session, actor, loan, now=moment, today=today(moment, settings().time_zone))

    @route("GET", "/<key:loan_id>/scenarios", right="loan.read", answer=shapes.Claimants)
    def scenarios(self, *, actor: Actor, loan_id: int) -> dict[str, Any]:
        """Every scenario that runs, and why the loan is in it or not, in the order in which they take loans."""
        with database().read() as session:
            loan = require_loan(session, actor, loan_id)
            found = claimants(session, loan, now=now(), home=settings().time_zone)
        return {
            "items": [
                {
                    "scenario": {"id": one.scenario_id, "name": one.name},
                    "track": one.track.say(actor.language),
                    "priority": one.priority,
                    "verdict": one.verdict,
                    "text": one.text.say(actor.language),
                }
                for one in found
            ]
        }

    @route("GET", "/<key:loan_id>/contacts", right="loan.read", answer=shapes.Chances)
    def contact_chances(self, *, actor: Actor, loan_id: int) -> dict[str, Any]:
        """Whether the borrower may be called, written to and visited now, and why not."""
        with database().read() as session:
            require_loan(session, actor, loan_id)
            found = manual_contacts.chances(session, loan_id, ("operator_call", "sms", "email", "meeting"), now=now())
        return {"items": [chance_facts(chance, actor.language) for chance in found]}

    @route(
        "POST", "/<key:loan_id>/contacts", right="signal.record", body=ContactBody, answer=shapes.ContactMade,
        status=201,
    )  # fmt: skip
    def post_contact(self, *, actor: Actor, loan_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Count a contact that one makes now; refused with the reason when the contact policy forbids it, or when a
        third party's consents are missing.
        """
        with database().write() as session:
            require_loan(session, actor, loan_id)
            made = manual_contacts.record(session, loan_id, **body, actor=actor.name, now=now())
            return {
                "id": made.id, "kind": made.kind, "channel": made.channel, "at": made.at,
                "third_party_id": made.third_party_id,
            }  # fmt: skip

    @route("GET", "/<key:loan_id>/timeline", right="loan.read", query=TimelineQuery, answer=shapes.Timeline)
    def timeline(self, *, actor: Actor, loan_id: int, query: dict[str, Any]) -> dict[str, Any]:
        """Everything that happened to a loan, newest first."""
        with database().read() as session:
            require_loan(session, actor, loan_id)
            return timeline(session, actor, loan_id, query["before"])

    @route(
        "POST",
        "/<key:loan_id>/payments",
        right="payment.record",
        body=PaymentBody,
        answer=shapes.Recorded,
        status=201,
        repeatable=True,
    )
    def post_payment(self, *, actor: Actor, loan_id: int, body: dict[str, Any]) -> Any:
        """Record a payment; cases that it cures end at once."""
        return record_payment(actor, body, loan_id=loan_id)

    @route(
        "POST",
        "/<key:loan_id>/signals",
        right="signal.record",
        body=SignalBody,
        answer=shapes.SignalTaken,
        status=201,
        repeatable=True,
    )
    def post_signal(self, *, actor: Actor, loan_id: int, body: dict[str, Any]) -> Any:
        """Note what happened to a loan; its cases react at once."""
        moment = now()

        def write(session: Session) -> dict[str, Any]:
            require_loan(session, actor, loan_id)
            signal = work.record_signal(
                session, loan_id, **body, actor=actor.name, now=moment, time_zone=settings().time_zone
            )
            return {"signal_id": signal.id, "kind": signal.kind}

        return repetition.once(database(), actor.name, moment, write)

    @route("GET", "/<key:loan_id>/ledger", right="loan.read", answer=shapes.Ledger)
    def ledger(self, *, actor: Actor, loan_id: int) -> dict[str, Any]:
        """Every event of a loan that is serviced here, and how it stood on every day."""
        with database().read() as session:
            require_loan(session, actor, loan_id)
            return ledger(session, loan_id)

    @route("GET", "/<key:loan_id>/quote", right="loan.read", query=QuoteQuery, answer=shapes.Quote)
    def quote(self, *, actor: Actor, loan_id: int, query: dict[str, Any]) -> dict[str, Any]:
        """What it would cost to close the loan on a day; today unless told otherwise."""
        on = query["on"] or today(now(), settings().time_zone)
        with database().read() as session:
            require_loan(session, actor, loan_id)
            return quote(session, loan_id, on)

    @route("POST", "/decision", right="loan.issue", body=ApplicationBody, answer=shapes.Decision)
    def decision(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Whether a loan may be issued today, what speaks against it, and what would be paid."""
        with database().read() as session:
            require_borrower(session, actor, body["borrower_id"])
            found = decide(session, Application(**body), on=today(now(), settings().time_zone))
        return {
            "outcome": found.outcome,
            "reason": None if found.rule is None else found.rule.reason or None,
            "confirm": found.confirm,
            "approved": found.approved,
            "ordinal": found.ordinal,
            "against": [problem.as_dict(actor.language) for problem in found.against],
            "pays_off": found.pays_off,
            "preview": found.preview and preview_facts(found.preview),
        }

    @route("POST", "", right="loan.issue", body=IssueBody, answer=shapes.Issued, status=201, repeatable=True)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Issue a loan: contract, schedule and ledger; refused with everything that speaks against it."""
        moment = now()
        number = body.pop("external_id")

        def write(session: Session) -> dict[str, Any]:
            require_borrower(session, actor, body["borrower_id"])
            application = applications.issue_now(
                session, Application(**body), number=number, actor=actor.name, now=moment,
                on=today(moment, settings().time_zone), time_zone=settings().time_zone,
            )  # fmt: skip
            loan = session.get_one(Loan, application.loan_id)
            return {"id": loan.id, "external_id": loan.external_id}

        return repetition.once(database(), actor.name, moment, write)


class OffersApi(Api):
    """Offers."""

    resource_name = "offers"

    @route("POST", "/<key:offer_id>/answer", right="signal.record", body=AnswerBody, answer=shapes.Answered)
    def answer(self, *, actor: Actor, offer_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Write down the borrower's answer."""
        with database().write() as session:
            require_offer(session, actor, offer_id)
            offer = work.answer_offer(
                session,
                offer_id,
                accepted=body["accepted"],
                actor=actor.name,
                now=now(),
                time_zone=settings().time_zone,
            )
            return {"id": offer.id, "state": offer.state}
