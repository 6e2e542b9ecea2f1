"""Small documents and the shortest way from a document to a live scenario."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine.engine.publication import publish
from scenario_engine.graph.document import content_hash
from scenario_engine.models import Scenario, Version
from scenario_engine.settings import Settings

#: noon in Moscow on a working day: contacts are allowed everywhere from Kaliningrad to Yekaterinburg
NOON = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
SETTINGS = Settings(batch_size=1000)


def overdue_rule(days: int) -> dict[str, Any]:
    """DPD of at least so many days."""
    return {"combinator": "and", "rules": [{"field": "dpd", "operator": ">=", "value": days}]}


def a_document(nodes: dict[str, tuple[str, dict[str, Any]]], edges: list[str], **settings: Any) -> dict[str, Any]:
    """A document from ``{"n1": ("entry.segment", {...})}`` and edges written ``"n1:next>n2"``."""
    wired = []
    for number, edge in enumerate(edges, 1):
        source, target = edge.split(">")
        node, port = source.split(":")
        wired.append({"id": f"e{number}", "source": node, "sourceHandle": port, "target": target, "targetHandle": "in"})
    return {
        "format": 1,
        "name": "Test",
        "settings": {"track": "collection", "priority": 10, "reentry": None, "policy": "ru-230",
                     "goal": {"kind": "overdue_paid"}, "conversion_window_days": 7, "holdout_percent": 0, **settings},
        "nodes": [
            {"id": key, "type": kind, "position": {"x": 0, "y": 0}, "data": {"label": key, "params": params}}
            for key, (kind, params) in nodes.items()
        ],
        "edges": wired,
        "notes": [],
    }  # fmt: skip


def a_live_version(session: Session, document: dict[str, Any], *, key: str = "test", now: datetime = NOON) -> Version:
    """The document as the live version of the scenario of that key."""
    scenario = session.scalar(select(Scenario).where(Scenario.key == key))
    if scenario is None:
        scenario = Scenario(
            key=key, name=key, draft=document, draft_by="manager", draft_at=now, created_by="manager", created_at=now
        )
        session.add(scenario)
        session.flush()
    number = (session.scalar(select(func.max(Version.number)).where(Version.scenario_id == scenario.id)) or 0) + 1
    version = Version(
        scenario_id=scenario.id, number=number, state="submitted", document=document,
        content_hash=content_hash(document), submitted_by="manager", submitted_at=now,
    )  # fmt: skip
    session.add(version)
    session.flush()
    publish(session, version, now=now, actor="compliance")
    return version
