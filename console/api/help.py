"""Help pages."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from console import help_pages
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.shapes import pages as shapes
from scenario_engine.texts import LANGUAGES


class HelpQuery(Schema):
    """In which language; the reader's own by default."""

    lang = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


class HelpApi(Api):
    """Help."""

    resource_name = "help"

    @route("GET", "", query=HelpQuery, answer=shapes.HelpTopic, many=True)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> list[dict[str, Any]]:
        """The pages there are."""
        topics = help_pages.topics(query["lang"] or actor.language)
        return [{"slug": slug, "title": title} for slug, title in topics]

    @route("GET", "/<string:slug>", query=HelpQuery, answer=shapes.HelpPage)
    def get(self, *, actor: Actor, slug: str, query: dict[str, Any]) -> dict[str, Any]:
        """One page as HTML."""
        title, html = help_pages.page(slug, query["lang"] or actor.language)
        return {"title": title, "html": html}
