"""How the engine is doing, and cases that it set aside."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Key, Line
from console.api.shapes import pages as shapes
from console.api.shapes.common import Done
from console.clock import now
from console.context import database, settings
from console.queries.engine_page import engine_page
from scenario_engine.engine import retries


class GroupBody(Schema):
    """Cases that were set aside at one step for one reason."""

    version_id = Key(required=True)
    node_id = Key(required=True)
    error = Line(longest=500, required=True)


class EngineApi(Api):
    """The engine."""

    resource_name = "engine"

    @route("GET", "", right="engine.read", answer=shapes.Engine)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """Processes, lag, the last transactions, cases set aside."""
        with database().read() as session:
            return engine_page(session, now(), outbox_most=settings().outbox_most)

    @route("POST", "/retry/<key:case_id>", right="engine.retry", answer=Done)
    def retry(self, *, actor: Actor, case_id: int) -> dict[str, Any]:
        """Let a case go on that was set aside."""
        with database().write() as session:
            retries.retry(session, case_id, actor=actor.name, now=now(), home=settings().time_zone)
        return {"id": case_id, "state": "active"}

    @route("POST", "/retry", right="engine.retry", body=GroupBody, answer=shapes.Retried)
    def retry_group(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Let all cases go on that were set aside at a step for the same reason; `busy` are loans in another scenario
        of the track by now, `unfit` those that do not fit the entry's rule."""
        with database().write() as session:
            done = retries.retry_group(session, **body, actor=actor.name, now=now(), home=settings().time_zone)
        return vars(done)
