"""What the reference knows: scenarios as they are drawn, the registry, and every row the engine has to write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.graph.document import read_document
from scenario_engine.graph.model import instant_order
from scenario_engine.graph.params import read_params
from scenario_engine.models import (
    Borrower,
    Contact,
    Instalment,
    Loan,
    LoanTag,
    MonitoringFiring,
    MonitoringRule,
    Offer,
    Payment,
    Product,
    Promise,
    Scenario,
    Signal,
    Task,
    Version,
    VersionNode,
)
from scenario_engine.nodes.catalogue import load_catalogue
from tests.rules.reference import World

TABLES = {
    "products": Product,
    "borrowers": Borrower,
    "loans": Loan,
    "payments": Payment,
    "promises": Promise,
    "offers": Offer,
    "contacts": Contact,
    "signals": Signal,
    "tasks": Task,
    "tags": LoanTag,
    "instalments": Instalment,
}


@dataclass(kw_only=True)
class Drawing:
    """A published version as it was drawn."""

    id: int
    scenario: Scenario
    settings: Any
    types: dict[str, str]
    params: dict[str, Mapping[str, Any]]
    #: (node, port) -> node
    ways: dict[tuple[str, str], str]
    #: nodes so that each comes after those that lead to it at once
    order: list[str]
    #: node -> id of its row
    ids: dict[str, int]

    @property
    def entries(self) -> list[str]:
        """Where cases come in, in order."""
        return [key for key in self.order if self.types[key].startswith("entry.")]


@dataclass(kw_only=True, eq=False)
class Case:
    """One loan's way through one version."""

    id: int
    version: Drawing
    loan: Any
    track: str | None
    node: str
    due_at: datetime | None
    entered_at: datetime
    enrolled_at: datetime
    enrolled_overdue: int
    parent: Case | None = None
    outcome: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


@dataclass(kw_only=True, eq=False)
class Trail:
    """What one tick or event did with one case."""

    case: Case
    at: datetime
    day: str
    #: (node, port or `STAY`)
    hops: list[tuple[str, str]]
    #: the first hop was entered in this tick, and not where the tick found the case
    fresh: bool
    #: node -> field -> what the rule saw
    seen: dict[str, dict[str, Any]]


@dataclass(kw_only=True)
class Portfolio:
    """All of it."""

    world: World
    drawings: list[Drawing]
    cases: list[Case] = field(default_factory=list)
    trails: list[Trail] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    attributions: list[tuple[Any, ...]] = field(default_factory=list)
    #: (version, node, port, day) -> [cases, kopecks]
    counts: dict[tuple[int, str, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    #: borrower -> reasons of the steps that restricted lending in the same moment; one of them is written
    restrictions: dict[int, set[str]] = field(default_factory=dict)
    #: rows of the engine's own making get ids above every other
    last_id: int = 10**9

    def new_id(self) -> int:
        """The next id."""
        self.last_id += 1
        return self.last_id

    def count(self, case: Case, node: str, port: str, day: str, amount: int, cases: int = 1) -> None:
        """Count cases at a node."""
        counted = self.counts[case.version.id, node, port, day]
        counted[0] += cases
        counted[1] += amount


def copies(session: Session, entity: Any) -> list[SimpleNamespace]:
    """All rows of a table, apart from any session, by id."""
    rows = session.execute(select(entity.__table__).order_by(entity.__table__.c.id)).mappings()
    return [SimpleNamespace(**row) for row in rows]


def look(session: Session) -> World:
    """The registry as it is."""
    keys = {rule.id: rule.key for rule in copies(session, MonitoringRule)}
    return World(
        firings=[(keys[firing.rule_id], firing) for firing in copies(session, MonitoringFiring)],  # type: ignore[misc]
        **{name: copies(session, entity) for name, entity in TABLES.items()},  # type: ignore[arg-type]
    )


def drawing_of(session: Session, version: Version) -> Drawing:
    """What was drawn, with the ids that publishing gave its nodes."""
    document, catalogue = read_document(version.document), load_catalogue()
    ways: dict[tuple[str, str], str] = {}
    for edge in document.edges:
        ways.setdefault((edge.source, edge.source_port), edge.target)
    ids = session.execute(select(VersionNode.key, VersionNode.id).where(VersionNode.version_id == version.id))
    return Drawing(
        id=version.id,
        scenario=session.get_one(Scenario, version.scenario_id),
        settings=document.settings,
        types={node.id: node.type for node in document.nodes},
        params={node.id: read_params(catalogue[node.type], node.params, node.id) for node in document.nodes},
        ways=ways,
        order=instant_order(document, catalogue),
        ids={row.key: row.id for row in ids},
    )
