"""The first page, and the search of the command palette."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Line
from console.api.shapes import pages as shapes
from console.clock import now, today
from console.context import database, settings
from console.queries.home import home
from console.queries.search import search


class HomeApi(Api):
    """The first page."""

    resource_name = "home"

    @route("GET", "", answer=shapes.Home)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """The portfolio, money that came in, scenarios and the engine, as far as one may see them."""
        moment, zone = now(), settings().time_zone
        with database().read() as session:
            return home(session, actor, now=moment, today=today(moment, zone), time_zone=zone)


class SearchQuery(Schema):
    """What is looked for."""

    q = Line(longest=200, load_default="")


class SearchApi(Api):
    """The command palette."""

    resource_name = "search"

    @route("GET", "", query=SearchQuery, answer=shapes.Found)
    def get(self, *, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
        """A few loans, scenarios and tasks that fit the words."""
        with database().read() as session:
            return search(session, actor, query["q"])
