"""The audit trail."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Line
from console.api.listing import ListQuery, answer
from console.api.shapes import pages as shapes
from console.clock import now
from console.context import database, settings
from console.queries.audit_trail import audit_list, facets
from scenario_engine import audit


class AuditQuery(ListQuery):
    """Filters of the list; days are the portfolio's, both included."""

    actor = Line()
    action = Line()
    subject_type = Line()
    subject_id = Line()
    date_from = fields.Date(data_key="from")
    date_to = fields.Date(data_key="to")


class AuditApi(Api):
    """Audit entries."""

    resource_name = "audit"

    @route("GET", "", right="audit.read", query=AuditQuery, answer=shapes.AuditPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """The entries, the newest first. Taking them away as a file is an entry itself."""
        if query["format"]:
            asked = {name: str(value) for name, value in query.items() if value not in ("", None)}
            with database().write() as session:
                audit.record(
                    session, at=now(), actor=actor.name, action="audit.exported", subject_type="audit", query=asked
                )
        return answer(database(), audit_list(query, settings().time_zone), query, actor.language)

    @route("GET", "/facets", right="audit.read", answer=shapes.Facets)
    def facets(self, *, actor: Actor) -> dict[str, Any]:
        """The values that the filters can take."""
        with database().read() as session:
            return facets(session)
