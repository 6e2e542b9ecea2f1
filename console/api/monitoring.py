"""Monitoring: rules that watch over the registry, and what they fired for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from console import repetition
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Json, Key, KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import monitoring as shapes
from console.clock import now, today
from console.context import database, settings
from console.queries.monitoring import board, firing_list, rule_card
from scenario_engine.errors import Forbidden, Invalid, Problem
from scenario_engine.models import MonitoringChange
from scenario_engine.monitoring import rulebook, trial
from scenario_engine.texts import Text

#: days that one request tries: the browser asks for more one after another and shows how far it is
MOST_DAYS = 7
_DAYS = validate.Range(date(2000, 1, 1), date(2099, 12, 31))


class FiringQuery(ListQuery):
    """Filters of the list."""

    rule = KeyFilter()
    day = fields.Date(validate=_DAYS)
    holds = fields.Boolean()


FIRINGS = Source(
    title=Text("What monitoring rules fired for", "Срабатывания мониторинга"),
    right="scenario.read",
    query=FiringQuery,
    make=lambda asked: firing_list(asked.actor, asked.query),
)


class RuleBody(Schema):
    """A rule as it is to be."""

    name = Line(longest=250, required=True)
    signal_kind = Line(longest=64, required=True)
    rule = Json(required=True)
    quiet_days = fields.Integer(required=True, strict=True)
    enabled = fields.Boolean(required=True)


class ChangedRule(RuleBody):
    """A rule that is changed; `revision` is the one that the change began from."""

    revision = Key(required=True)


class RejectionBody(Schema):
    """Why not."""

    reason = Line(longest=500, shortest=1, required=True)


class TrialBody(Schema):
    """A condition, saved or not, and the days to try."""

    rule = Json(required=True)
    first = fields.Date(required=True, validate=_DAYS)
    last = fields.Date(required=True, validate=_DAYS)


class MonitoringApi(Api):
    """Monitoring."""

    resource_name = "monitoring"

    @route("GET", "", right="scenario.read", answer=shapes.Board)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """Every rule with what it fired for in the last 30 days."""
        with database().read() as session:
            return board(session, actor, on=_today())

    @route("GET", "/firings", right="scenario.read", query=FiringQuery, answer=shapes.FiringPage)
    def firings(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """The loans that rules fired for, the newest first."""
        return FIRINGS.page(actor, query)

    @route("GET", "/rules/<key:rule_id>", right="scenario.read", answer=shapes.RuleCard)
    def card(self, *, actor: Actor, rule_id: int) -> dict[str, Any]:
        """A rule with its history."""
        with database().read() as session:
            return rule_card(session, rule_id, actor)

    @route("POST", "/rules", right="scenario.edit", body=RuleBody, answer=shapes.RuleCard, status=201, repeatable=True)
    def create(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Make a rule; one that is to be on waits for a second person."""
        moment = now()

        def write(session: Session) -> dict[str, Any]:
            made = rulebook.create(session, **body, actor=actor.name, now=moment)
            return rule_card(session, made.id, actor)

        return repetition.once(database(), actor.name, moment, write)

    @route("PUT", "/rules/<key:rule_id>", right="scenario.edit", body=ChangedRule, answer=shapes.RuleCard)
    def change(self, *, actor: Actor, rule_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Change a rule, switch it on or off; what makes it act otherwise waits for a second person."""
        with database().write() as session:
            rulebook.change(session, rule_id, **body, actor=actor.name, now=now())
            return rule_card(session, rule_id, actor)

    @route("POST", "/changes/<key:change_id>/approval", right="scenario.review", answer=shapes.RuleCard)
    def approve(self, *, actor: Actor, change_id: int) -> dict[str, Any]:
        """Agree to what waits: it holds from the next look."""
        with database().write() as session:
            found = rulebook.approve(session, change_id, actor=actor.name, now=now())
            return rule_card(session, found.id, actor)

    @route(
        "POST",
        "/changes/<key:change_id>/rejection",
        right=("scenario.review", "scenario.edit"),
        body=RejectionBody,
        answer=shapes.RuleCard,
    )
    def reject(self, *, actor: Actor, change_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Refuse; whoever asked may take it back."""
        with database().write() as session:
            asked = session.get(MonitoringChange, change_id)
            if asked is not None and not actor.may("scenario.review") and asked.asked_by != actor.name:
                raise Forbidden(Text("Only your own request can be taken back.", "Отозвать можно только свой запрос."))
            found = rulebook.reject(session, change_id, reason=body["reason"], actor=actor.name, now=now())
            return rule_card(session, found.id, actor)

    @route("POST", "/trial", right="scenario.read", body=TrialBody, answer=shapes.Trial)
    def try_out(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """For how many loans the condition would have begun to hold on each of at most seven days."""
        first, last = body["first"], min(body["last"], _today())
        if not first <= body["last"] < first + timedelta(days=MOST_DAYS):
            text = Text("Ask for one to seven days.", "Можно спросить от одного до семи дней.")
            raise Invalid(text, code="period", problems=[Problem(code="period", field="last", text=text)])
        with database().read() as session:
            days = trial.try_out(session, body["rule"], first=first, last=last, time_zone=settings().time_zone)
        return {
            "days": [{"day": day.day, "fired": day.fired} for day in days],
            "by_today": [field.title.say(actor.language) for field in trial.by_today(body["rule"])],
        }


def _today() -> date:
    return today(now(), settings().time_zone)
