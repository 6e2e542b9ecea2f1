"""Checking documents for the pages: what is wrong, and what every node says, in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.connectors import load_connectors
from scenario_engine.graph.checks import Analysis, analyse
from scenario_engine.models import Product, Scenario, Version
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue


def check_scope(session: Session, scenario_key: str | None) -> CheckScope:
    """What a document is checked against: live scenarios with what they call, connectors, products."""
    live = session.execute(
        select(Scenario.key, Version.document)
        .join(Version, Version.id == Scenario.live_version_id)
        .where(Scenario.state.in_(("live", "paused")))
    )
    return CheckScope(
        scenarios={key: _called_by(document) for key, document in live},
        scenario_key=scenario_key,
        connectors=frozenset(load_connectors()),
        product_codes=frozenset(session.scalars(select(Product.code))),
    )


def _called_by(document: Any) -> list[str]:
    called = []
    for node in document.get("nodes", ()) if isinstance(document, dict) else ():
        if isinstance(node, dict) and node.get("type") == "sub_scenario":
            params = (node.get("data") or {}).get("params") or {}
            if isinstance(params.get("scenario"), str):
                called.append(params["scenario"])
    return called


def analysis_of(session: Session, document: Any, scenario_key: str | None, language: str) -> dict[str, Any]:
    """The analysis as api.md describes it."""
    return spoken(analyse(document, load_catalogue(), check_scope(session, scenario_key)), language)


def spoken(analysis: Analysis, language: str) -> dict[str, Any]:
    """An analysis in the reader's language."""
    return {
        "problems": [problem.as_dict(language) for problem in analysis.problems],
        "nodes": {
            key: {
                "sentence": node.sentence.say(language),
                "ports": [
                    {"key": port.key, "title": port.title.say(language), "required": port.required}
                    for port in node.ports
                ],
            }
            for key, node in analysis.nodes.items()
        },
        "publishable": analysis.publishable,
    }


def sentences_of(document: Any, language: str) -> dict[str, str]:
    """What every node of a document says on its card."""
    analysis = analyse(document, load_catalogue(), CheckScope())
    return {key: node.sentence.say(language) for key, node in analysis.nodes.items()}


def problem_count(scenario: Scenario) -> int:
    """How many errors the draft has, the scope of other scenarios left aside."""
    return _count(scenario.id, scenario.revision, _Draft(scenario.draft))


class _Draft:
    """A document that the cache does not look at: scenario and revision name it."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Draft)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=1000)
def _count(_scenario_id: int, _revision: int, draft: _Draft) -> int:
    analysis = analyse(draft.document, load_catalogue(), CheckScope())
    return sum(problem.severity == "error" for problem in analysis.problems)
