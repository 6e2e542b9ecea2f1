"""The library of message templates."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Key, KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import message_templates as shapes
from console.clock import now
from console.context import database, settings
from console.queries.message_templates import (
    changes,
    looked_at,
    named_revision,
    options,
    template_card,
    template_list,
)
from scenario_engine import library
from scenario_engine.texts import Text

STATES = ("active", "archived")


class TemplateQuery(ListQuery):
    """Filters of the list."""

    channel = Line(longest=100)
    state = fields.String(validate=validate.OneOf(STATES))


class ChangesQuery(Schema):
    """The revision that another is compared with; without one, that before it."""

    against = KeyFilter(load_default=None)


TEMPLATES = Source(
    title=Text("Message templates", "Шаблоны сообщений"),
    right="template.read",
    query=TemplateQuery,
    make=lambda asked: template_list(asked.query),
)


class SaidBody(Schema):
    """What is said in one language."""

    subject = Line(longest=1_000, load_default="")
    body = Line(longest=20_000, load_default="")


class TextsBody(Schema):
    """Texts by language; at least one says something."""

    ru = fields.Nested(SaidBody, load_default=None, allow_none=True)
    en = fields.Nested(SaidBody, load_default=None, allow_none=True)


class TemplateBody(Schema):
    """A template as it is to be."""

    title = Line(longest=250, required=True)
    texts = fields.Nested(TextsBody, required=True)
    note = Line(longest=1_000, load_default="")


class NewTemplate(TemplateBody):
    """A template that is made; channel and key stay."""

    channel = Line(longest=64, required=True)
    key = Line(longest=64, load_default=None, allow_none=True)


class ChangedTemplate(TemplateBody):
    """A template that is changed; `revision` is the one that the change began from."""

    revision = Key(required=True)


class RestoreBody(Schema):
    """The revision that comes back, and the newest one that the person saw."""

    number = Key(required=True)
    revision = Key(required=True)


class LookBody(Schema):
    """Texts, saved or not, and the loan that they are shown for; without one, example values."""

    channel = fields.String(required=True, validate=validate.OneOf(library.CHANNELS))
    texts = fields.Nested(TextsBody, required=True)
    loan_id = Key(load_default=None, allow_none=True)


class MessageTemplatesApi(Api):
    """Templates of messages."""

    resource_name = "message-templates"

    @route("GET", "", right="template.read", query=TemplateQuery, answer=shapes.TemplatePage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """Templates with their newest texts and the number of scenarios that use them."""
        return TEMPLATES.page(actor, query)

    @route("GET", "/options", right="template.read", answer=shapes.Options)
    def options(self, *, actor: Actor) -> dict[str, Any]:
        """Channels, what a text may name, and what a part of an SMS costs."""
        with database().read() as session:
            return options(session, actor.language, settings())

    @route("POST", "/look", right="template.read", body=LookBody, answer=shapes.Look)
    def look(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """What is wrong with texts, and how they would be read."""
        with database().read() as session:
            return looked_at(session, actor, body["channel"], body["texts"], body["loan_id"], settings())

    @route(
        "GET",
        "/named/<string:template_key>/<key:number>",
        right="template.read",
        answer=shapes.NamedRevision,
    )
    def named(self, *, actor: Actor, template_key: str, number: int) -> dict[str, Any]:
        """One revision, as a step of a scenario names it."""
        with database().read() as session:
            return named_revision(session, template_key.replace("\0", ""), number)

    @route("POST", "", right="template.edit", body=NewTemplate, answer=shapes.TemplateCard, status=201)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Make a template."""
        with database().write() as session:
            made = library.create(session, **_told(body), actor=actor.name, now=now())
            return template_card(session, made.id)

    @route("GET", "/<key:template_id>", right="template.read", answer=shapes.TemplateCard)
    def get(self, *, actor: Actor, template_id: int) -> dict[str, Any]:
        """A template with all its revisions and the steps that use it."""
        with database().read() as session:
            return template_card(session, template_id)

    @route("PUT", "/<key:template_id>", right="template.edit", body=ChangedTemplate, answer=shapes.TemplateCard)
    def put(self, *, actor: Actor, template_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Change a template: other texts are a new revision."""
        with database().write() as session:
            library.revise(session, template_id, **_told(body), actor=actor.name, now=now())
            return template_card(session, template_id)

    @route(
        "GET",
        "/<key:template_id>/revisions/<key:number>/changes",
        right="template.read",
        query=ChangesQuery,
        answer=shapes.Changes,
    )
    def changes(self, *, actor: Actor, template_id: int, number: int, query: dict[str, Any]) -> dict[str, Any]:
        """What a revision changed, word by word."""
        against = number - 1 if query["against"] is None else query["against"]
        with database().read() as session:
            return changes(session, template_id, number, against)

    @route("POST", "/<key:template_id>/restore", right="template.edit", body=RestoreBody, answer=shapes.TemplateCard)
    def restore(self, *, actor: Actor, template_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Bring the texts of an earlier revision back, as a new one."""
        with database().write() as session:
            library.restore(session, template_id, **body, actor=actor.name, now=now())
            return template_card(session, template_id)

    @route("POST", "/<key:template_id>/archive", right="template.edit", answer=shapes.TemplateCard)
    def archive(self, *, actor: Actor, template_id: int) -> dict[str, Any]:
        """Put a template away: no step can choose it any more."""
        with database().write() as session:
            library.archive(session, template_id, actor=actor.name, now=now())
            return template_card(session, template_id)

    @route("POST", "/<key:template_id>/bring-back", right="template.edit", answer=shapes.TemplateCard)
    def bring_back(self, *, actor: Actor, template_id: int) -> dict[str, Any]:
        """Let steps choose a template again."""
        with database().write() as session:
            library.bring_back(session, template_id, actor=actor.name, now=now())
            return template_card(session, template_id)


def _told(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "texts": {language: said for language, said in body["texts"].items() if said is not None}}
