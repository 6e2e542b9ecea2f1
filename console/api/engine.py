"""How the engine is doing, and cases that it set aside."""

from __future__ import annotations

from typing import Any

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.shapes import pages as shapes
from console.api.shapes.common import Done
from console.clock import now
from console.context import database, settings
from console.queries.engine_page import engine_page
from scenario_engine.engine import trouble


class EngineApi(Api):
    """The engine."""

    resource_name = "engine"

    @route("GET", "", right="engine.read", answer=shapes.Engine)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """Processes, lag, the last transactions, cases set aside."""
        with database().read() as session:
            return engine_page(session, now())

    @route("POST", "/retry/<key:case_id>", right="engine.retry", answer=Done)
    def retry(self, *, actor: Actor, case_id: int) -> dict[str, Any]:
        """Let a case go on that was set aside."""
        with database().write() as session:
            trouble.retry(session, case_id, actor=actor.name, now=now(), home=settings().time_zone)
        return {"id": case_id, "state": "active"}
