"""Inquiries at outside registers, the providers that answer them, and what the bureau is told in turn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Key, KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import inquiries as shapes
from console.api.shapes import jobs as job_shapes
from console.clock import now
from console.connectors import load_inquirers
from console.context import database, room, settings
from console.jobs.report_bureau import RIGHT, ReportBureau
from console.queries.inquiries import (
    Words,
    asking_facts,
    inquiry_card,
    inquiry_list,
    provider_cards,
    summary,
)
from console.queries.jobs import job_card, refuse_too_many
from console.queries.visibility import require_loan
from scenario_engine.errors import Invalid, NotFound
from scenario_engine.filled_in import open_values
from scenario_engine.inquiries import asking, providers
from scenario_engine.models import InquiryProvider
from scenario_engine.models.inquiry import NO_ANSWER, SUBJECTS
from scenario_engine.ports import Busy, Inquirer, Setup, Unreached
from scenario_engine.registry import bureau_report
from scenario_engine.texts import Text


class InquiryQuery(ListQuery):
    """Filters of the list; `news`: only answers that said something new."""

    state = Line()
    subject = Line()
    provider = Line()
    loan = KeyFilter()
    news = fields.Boolean(load_default=False)


class AskBody(Schema):
    """About which loan whom is asked; a passport that is given is kept."""

    loan_id = Key(required=True)
    subject = fields.String(required=True, validate=validate.OneOf(list(SUBJECTS)))
    passport = Line(longest=20, load_default="")


class AskingQuery(Schema):
    """Of which loan."""

    loan = KeyFilter(required=True)


class ReportBody(Schema):
    """Which day the bureau is told of."""

    day = fields.Date(required=True)


class ProviderBody(Schema):
    """A provider as it is to be; a secret that is left out stays."""

    enabled = fields.Boolean(required=True)
    values = fields.Dict(keys=Line(longest=64), values=Line(longest=500), load_default=dict)


def _words(actor: Actor) -> Words:
    return Words(actor, load_inquirers(), room().vault)


INQUIRIES = Source(
    title=Text("Inquiries", "Запросы"),
    right="inquiry.read",
    query=InquiryQuery,
    make=lambda asked: inquiry_list(asked.actor, asked.query, _words(asked.actor)),
)


class InquiriesApi(Api):
    """Inquiries."""

    resource_name = "inquiries"

    @route("GET", "", right="inquiry.read", query=InquiryQuery, answer=shapes.InquiryPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """What was asked, the newest first, with the answers in words."""
        return INQUIRIES.page(actor, query)

    @route("GET", "/summary", right="inquiry.read", answer=shapes.InquirySummary)
    def summary(self, *, actor: Actor) -> dict[str, Any]:
        """How many wait or have no answer, and whom one may ask."""
        with database().read() as session:
            return summary(session, actor.language, load_inquirers(), now=now())

    @route("GET", "/asking", right="inquiry.ask", query=AskingQuery, answer=shapes.AskingFacts)
    def asking(self, *, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
        """What is known before somebody asks about a loan."""
        with database().read() as session:
            return asking_facts(session, require_loan(session, actor, query["loan"]), settings().time_zone)

    @route("GET", "/<key:inquiry_id>", right="inquiry.read", answer=shapes.Inquiry)
    def get(self, *, actor: Actor, inquiry_id: int) -> dict[str, Any]:
        """One inquiry with its answer."""
        with database().read() as session:
            return inquiry_card(session, actor, inquiry_id, _words(actor))

    @route("POST", "", right="inquiry.ask", body=AskBody, answer=shapes.Inquiry, status=201)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Ask now about a loan's borrower."""
        moment = now()
        with database().write() as session:
            loan = require_loan(session, actor, body["loan_id"])
            if body["passport"].strip():
                actor.require("person.read")
                asking.keep_passport(
                    session, room().vault, loan.borrower_id, body["passport"].strip(), actor=actor.name, now=moment
                )
            made = asking.ask(
                session, loan.id, body["subject"], actor=actor.name, now=moment, time_zone=settings().time_zone
            )
            return inquiry_card(session, actor, made.id, _words(actor))

    @route("POST", "/<key:inquiry_id>/retry", right="inquiry.ask", answer=shapes.Inquiry)
    def retry(self, *, actor: Actor, inquiry_id: int) -> dict[str, Any]:
        """Ask again what got no answer."""
        with database().write() as session:
            inquiry_card(session, actor, inquiry_id, _words(actor))
            asking.ask_again(session, inquiry_id, actor=actor.name, now=now())
            session.expire_all()
            return inquiry_card(session, actor, inquiry_id, _words(actor))

    @route("POST", "/reports", right=RIGHT, body=ReportBody, answer=job_shapes.Job, status=202)
    def report(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Have the bureau's report of a day written into a file; a past day gives the same file again."""
        day, moment = body["day"], now()
        bureau_report.check_day(day, now=moment, time_zone=settings().time_zone)
        with database().write() as session:
            refuse_too_many(session, actor)
            title = Text("Bureau report for {day}", "Отчёт в бюро за {day}").format(
                day=Text(day.isoformat(), day.strftime("%d.%m.%Y"))
            )
            job = room().jobs.submit(
                session, ReportBureau.key, title=title, actor=actor.name, now=moment,
                params={"day": day.isoformat(), "user_id": actor.user_id, "language": actor.language},
                key=f"bureau-{day.isoformat()}-{actor.user_id}", noted={"day": day.isoformat()},
            )  # fmt: skip
        room().jobs.dispatch(job.id)
        with database().read() as session:
            return job_card(session, actor, job.id, silence=timedelta(seconds=settings().job_silence_seconds))


class InquiryProvidersApi(Api):
    """Providers."""

    resource_name = "inquiry-providers"

    @route("GET", "", right="admin", answer=shapes.Providers)
    def get_list(self, *, actor: Actor) -> dict[str, Any]:
        """Every installed provider with its settings; secrets are never told."""
        return _cards(actor)

    @route("PUT", "/<string:provider_key>", right="admin", body=ProviderBody, answer=shapes.Providers)
    def put(self, *, actor: Actor, provider_key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Set a provider up, switch it on or off."""
        inquirer = _inquirer(provider_key)
        with database().write() as session:
            providers.change(session, room().vault, inquirer, **body, actor=actor.name, now=now())
        return _cards(actor)

    @route("POST", "/<string:provider_key>/test", right="admin", answer=shapes.Tested)
    def test(self, *, actor: Actor, provider_key: str) -> dict[str, Any]:
        """Reach the provider and ask nothing about anybody, also while it is switched off."""
        inquirer = _inquirer(provider_key)
        with database().read() as session:
            values = open_values(room().vault, inquirer.fields, session.get(InquiryProvider, provider_key))
        if values is None:
            raise Invalid(Text("Save the settings first.", "Сначала сохраните настройки."), code="provider.settings")
        try:
            said = inquirer.test(Setup(chosen=values, networks=settings().inner_networks))
        except Busy as busy:
            text = Text("The provider asks for a pause of {n} s.", "Поставщик просит паузу, {n} с.")
            raise Invalid(text.format(n=round(busy.seconds)), code="provider.busy") from busy
        except Unreached as error:
            said = NO_ANSWER.get(str(error), error.said)
            raise Invalid(Text(f"{said.en}.", f"{said.ru}."), code="provider.unreached") from error
        return {"said": said.say(actor.language)}


def _inquirer(key: str) -> Inquirer:
    found = load_inquirers().get(key)
    if found is None:
        raise NotFound(Text("There is no such provider.", "Такого поставщика нет."))
    return found


def _cards(actor: Actor) -> dict[str, Any]:
    with database().read() as session:
        return {"items": provider_cards(session, actor.language, load_inquirers(), room().vault, now=now())}
