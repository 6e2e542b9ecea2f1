"""Checking a document against what is live now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import library
from scenario_engine.errors import Invalid
from scenario_engine.graph import checks
from scenario_engine.models import Product, Scenario, Version, VersionNode
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.policies.pack import ContactPolicy
from scenario_engine.policies.shelf import policy_in_force
from scenario_engine.policies.shipped import SHIPPED, USUAL
from scenario_engine.texts import Text


def check_scope(
    session: Session, document: Any = None, scenario_key: str | None = None, *, now: datetime
) -> CheckScope:
    """What checks of a document compare it with: live scenarios, connectors, products, its policy, the library."""
    live = session.execute(
        select(Scenario.key, Scenario.live_version_id).where(
            Scenario.state == "live", Scenario.live_version_id.is_not(None)
        )
    ).all()
    calling = select(VersionNode.version_id).where(VersionNode.type == "sub_scenario")
    rows = session.execute(
        select(Version.id, Version.document).where(Version.id.in_([row[1] for row in live]), Version.id.in_(calling))
    )
    documents: dict[int | None, dict[str, Any]] = {row[0]: row[1] for row in rows}
    policy = _policy(session, document, now)
    followed = {} if policy is None else {"channels_off": policy.channels_off, "identification": policy.identification}
    return CheckScope(
        scenarios={key: _called(documents.get(version_id)) for key, version_id in live},
        scenario_key=scenario_key,
        connectors=frozenset(entry_points(group="kaskad.connectors").names),
        product_codes=frozenset(session.scalars(select(Product.code))),
        library=library.scope_of(session, document),
        **followed,
    )


def analyse(session: Session, document: Any, *, now: datetime, scenario_key: str | None = None) -> checks.Analysis:
    """Everything wrong with a document, against what is live now. Raises nothing for bad input."""
    return checks.analyse(document, load_catalogue(), check_scope(session, document, scenario_key, now=now))


def must_be_publishable(session: Session, scenario: Scenario, document: Any, now: datetime) -> None:
    """Raise `Invalid` with all problems when the document may not go live."""
    found = analyse(session, document, now=now, scenario_key=scenario.key)
    if not found.publishable:
        raise Invalid(
            Text(
                "The scenario cannot be published yet: mend what is listed first.",
                "Сценарий пока нельзя опубликовать: сначала исправьте то, что перечислено.",
            ),
            code="not_publishable",
            problems=found.problems,
        )


def _policy(session: Session, document: Any, now: datetime) -> ContactPolicy | None:
    settings = document.get("settings") if isinstance(document, dict) else None
    key = settings.get("policy", USUAL) if isinstance(settings, dict) else USUAL
    # a policy that nobody knows is a problem of its own
    known = isinstance(key, str) and key in SHIPPED
    return policy_in_force(session, key, now) if known else None


def _called(document: Mapping[str, Any] | None) -> Sequence[str]:
    if document is None:
        return ()
    return tuple(
        str(node["data"]["params"].get("scenario", "")) for node in document["nodes"] if node["type"] == "sub_scenario"
    )
