"""Publishing: what a version needs in the database before cases can walk through it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from scenario_engine.engine import paths
from scenario_engine.graph.document import read_document
from scenario_engine.graph.model import instant_order
from scenario_engine.graph.params import read_params
from scenario_engine.models import Scenario, Version, VersionNode, Wake
from scenario_engine.nodes.catalogue import load_catalogue


def publish(session: Session, version: Version, *, now: datetime, actor: str) -> None:
    """Make a submitted version the live one, in the caller's transaction.

    The version that was live is retired: it takes no new loans, its cases go on to their end. The caller has
    checked that the document is publishable and that the actor may do this.
    """
    document = read_document(version.document)
    catalogue = load_catalogue()
    order = {key: position for position, key in enumerate(instant_order(document, catalogue))}
    session.execute(
        insert(VersionNode),
        [
            {
                "version_id": version.id,
                "key": node.id,
                "type": node.type,
                "label": node.label or catalogue[node.type].title.en,
                "position": order[node.id],
            }
            for node in document.nodes
        ],
    )
    ids = {node.key: node.id for node in session.query(VersionNode).filter_by(version_id=version.id)}
    wakes = [
        {
            "version_id": version.id,
            "node_id": ids[node.id],
            "signal_kind": wake.signal_kind,
            "port": wake.port,
            "own": wake.own or None,
        }
        for node in document.nodes
        for wake in catalogue[node.type].wakes(read_params(catalogue[node.type], node.params, node.id))
    ]
    if wakes:
        session.execute(insert(Wake), wakes)
    paths.register(
        session,
        version.id,
        {
            paths.code_of(version.id, node.id, port): f"{node.id}:{port};"
            for node in document.nodes
            for port in paths.SYSTEM_PORTS
        },
        ids,
        entries=(),
    )
    scenario = session.get_one(Scenario, version.scenario_id)
    if scenario.live_version_id is not None:
        former = session.get_one(Version, scenario.live_version_id)
        former.state = "retired"
        former.retired_at = now
    version.goal = str(document.settings.goal["kind"])
    version.window_days = document.settings.conversion_window_days
    version.state = "published"
    version.reviewed_by = actor
    version.reviewed_at = now
    scenario.live_version_id = version.id
    scenario.state = "live"
    scenario.pause_reason, scenario.pause_cause = None, None
    scenario.live_since = now
    scenario.enrolled_at = None
    session.flush()
