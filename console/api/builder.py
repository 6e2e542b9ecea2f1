"""What the builder needs beside the scenario: palette, fields of rules, checks, counts."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Key, Line
from console.api.shapes import scenarios as shapes
from console.clock import now
from console.connectors import load_connectors
from console.context import database, settings
from console.queries.message_preview import preview
from scenario_engine import authoring
from scenario_engine.graph.json_schema import document_schema
from scenario_engine.models import Scenario
from scenario_engine.nodes.catalogue import palette
from scenario_engine.rules.catalogue import catalogue
from scenario_engine.rules.count import count, sql_text
from scenario_engine.rules.words import rule_in_words
from scenario_engine.templates import strategies


class RuleBody(Schema):
    """A rule, as react-querybuilder writes it."""

    rule = fields.Raw(required=True, allow_none=True)


class AnalyseBody(Schema):
    """A document, and the scenario that it belongs to."""

    document = fields.Raw(required=True, allow_none=True)
    scenario_id = Key(load_default=None, allow_none=True)


class MessageBody(Schema):
    """The text of a message, and the loan it is shown for."""

    template = Line(longest=10_000, required=True)
    loan_id = Key(load_default=None, allow_none=True)


class PresenceBody(Schema):
    """A tab, and what it is at."""

    tab = Line(longest=64, shortest=1, required=True)
    node = Line(longest=64, load_default=None, allow_none=True)
    editing = fields.Boolean(load_default=False)
    gone = fields.Boolean(load_default=False)


class PaletteApi(Api):
    """Node types."""

    resource_name = "palette"

    @route("GET", "", right="scenario.read", answer=shapes.Palette)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """Every node type with its ports, form and defaults, and the connectors that messages can leave through."""
        connectors = [
            {"key": key, "title": connector.title.say(actor.language), "channels": list(connector.channels)}
            for key, connector in load_connectors().items()
        ]
        return palette(actor.language) | {"connectors": connectors}


class PreviewApi(Api):
    """Messages before they are sent."""

    resource_name = "preview"

    @route("POST", "/message", right="scenario.read", body=MessageBody, answer=shapes.MessagePreview)
    def message(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """A message as one loan's borrower would read it, its length, and its length over a sample of loans."""
        with database().read() as session:
            return preview(session, actor, body["template"], body["loan_id"], settings())


class PresenceApi(Api):
    """Who has a scenario open."""

    resource_name = "presence"

    @route("POST", "/<key:scenario_id>", right="scenario.read", body=PresenceBody, answer=shapes.Present)
    def post(self, *, actor: Actor, scenario_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Say that this tab has the scenario open (or has closed it); the other tabs that have, and the revision."""
        with database().write() as session:
            if body.pop("gone"):
                authoring.leave(session, scenario_id, tab=body["tab"], person=actor.name)
                return {"others": [], "revision": 0}
            others = authoring.arrive(
                session, scenario_id, person=actor.name, full_name=actor.full_name, now=now(), **body
            )
            return {
                "others": [
                    {"tab": other.tab, "person": other.person, "full_name": other.full_name, "node": other.node,
                     "editing": other.editing}
                    for other in others
                ],
                "revision": session.get_one(Scenario, scenario_id).revision,
            }  # fmt: skip


class TemplatesApi(Api):
    """Strategies to begin with."""

    resource_name = "templates"

    @route("GET", "", right="scenario.read", answer=shapes.Templates)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """Ready strategies with their documents, by the stages of a loan's life, in the reader's language."""
        return {"items": [strategy.as_dict(actor.language) for strategy in strategies()]}


class FieldsApi(Api):
    """Fields of rules."""

    resource_name = "fields"

    @route("GET", "", right="scenario.read", answer=shapes.Fields)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """What a rule may ask about a loan."""
        with database().read() as session:
            return catalogue(session, actor.language)


class SchemaApi(Api):
    """The published JSON Schema."""

    resource_name = "schema"

    @route("GET", "/scenario", right="scenario.read")
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """The JSON Schema of a scenario document."""
        return document_schema()


class RulesApi(Api):
    """Rules by themselves."""

    resource_name = "rules"

    @route("POST", "/count", right="scenario.read", body=RuleBody, answer=shapes.Counted)
    def count(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """How many loans fit a rule now, and the rule in words."""
        moment, zone = now(), settings().time_zone
        with database().read() as session:
            found = count(session, body["rule"], moment, zone)
        return {
            "loans": found.loans,
            "borrowers": found.borrowers,
            "overdue": found.overdue,
            "words": rule_in_words(body["rule"], actor.language),
            "sql": sql_text(body["rule"], database().dialect, moment, zone) if actor.may("admin") else None,
        }

    @route("POST", "/words", right="scenario.read", body=RuleBody, answer=shapes.Words)
    def words(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """A rule as a sentence."""
        return {"words": rule_in_words(body["rule"], actor.language)}


class AnalyseApi(Api):
    """Checks of a document."""

    resource_name = "analyse"

    @route("POST", "", right="scenario.read", body=AnalyseBody, answer=shapes.Analysis)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Everything wrong with a document at once, and what its nodes say."""
        with database().read() as session:
            key = _key_of(session, body["scenario_id"])
            found = authoring.analyse(session, body["document"], now=now(), scenario_key=key)
            return found.as_dict(actor.language)


def _key_of(session: Session, scenario_id: int | None) -> str | None:
    scenario = session.get(Scenario, scenario_id) if scenario_id is not None else None
    return scenario.key if scenario is not None else None
