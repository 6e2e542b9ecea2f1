"""The audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Line
from console.api.listing import ListQuery, Source
from console.api.shapes import pages as shapes
from console.clock import now
from console.context import database
from console.queries.audit_trail import audit_list, facets
from scenario_engine import audit
from scenario_engine.texts import Text


class AuditQuery(ListQuery):
    """Filters of the list; days are the portfolio's, both included."""

    #: one entry by its number
    entry = fields.Integer(validate=validate.Range(1, 10**15))
    actor = Line()
    action = Line()
    subject_type = Line()
    subject_id = Line()
    date_from = fields.Date(data_key="from")
    date_to = fields.Date(data_key="to")


ENTRIES = Source(
    title=Text("Audit", "Журнал"),
    right="audit.read",
    query=AuditQuery,
    make=lambda asked: audit_list(asked.query, asked.time_zone),
)


class AuditApi(Api):
    """Audit entries."""

    resource_name = "audit"

    @route("GET", "", right="audit.read", query=AuditQuery, answer=shapes.AuditPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """The entries, the newest first. Taking them away as a file is an entry itself."""
        if query["format"]:
            with database().write() as session:
                note_export(session, query, actor.name, now())
        return ENTRIES.page(actor, query)

    @route("GET", "/facets", right="audit.read", answer=shapes.Facets)
    def facets(self, *, actor: Actor) -> dict[str, Any]:
        """The values that the filters can take."""
        with database().read() as session:
            return facets(session)


def note_export(session: Session, query: Mapping[str, Any], actor: str, moment: datetime) -> None:
    """The entry of who took entries away, and which."""
    asked = {name: str(value) for name, value in query.items() if value not in ("", None)}
    audit.record(session, at=moment, actor=actor, action="audit.exported", subject_type="audit", query=asked)
