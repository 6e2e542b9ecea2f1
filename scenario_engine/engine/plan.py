"""The plan of a published version: its nodes in the order of a tick, and a leg for each node where cases are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scenario_engine.engine.frame import CompileFrame, Moments
from scenario_engine.engine.leg import Frames, Leg, compile_leg
from scenario_engine.engine.levels import AskedColumns
from scenario_engine.engine.paths import code_of
from scenario_engine.engine.step import Step, steps_of
from scenario_engine.graph.document import ScenarioDocument
from scenario_engine.nodes.base import ARRIVE, NodeType
from scenario_engine.policies.pack import ContactPolicy


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is compiled: a published version with the ids of its nodes."""

    version_id: int
    scenario_id: int
    scenario_key: str
    document: ScenarioDocument
    node_ids: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A compiled version. Good for as long as the policy and the list of time zones do not change.

    Legs are compiled when cases are first found at their node.
    """

    version_id: int
    scenario_id: int
    scenario_key: str
    document: ScenarioDocument
    steps: tuple[Step, ...]
    node_ids: Mapping[str, int]
    entries: tuple[str, ...]
    moments: Moments
    policy: ContactPolicy
    frames: Frames
    #: tables in which cases that rest leave open work behind
    opens: frozenset[str]
    #: (node, port) whose leaving puts a message into the outbox
    sends: frozenset[tuple[str, str]]
    _legs: dict[tuple[int, str], Leg] = field(default_factory=dict)

    def parameters(self, now: datetime) -> dict[str, Any]:
        """Values of the moments of a tick."""
        return dict(self.moments.values(now))

    def leg(self, node_id: int, dialect: str) -> Leg:
        """The leg of the cases found at a node, for a database; KeyError for a node of another version."""
        if (node_id, dialect) not in self._legs:
            by_id = {step.id: step for step in self.steps}
            self._legs[node_id, dialect] = compile_leg(by_id[node_id], self.steps, self.frames, dialect)
        return self._legs[node_id, dialect]


def compile_plan(
    source: Source,
    catalogue: Mapping[str, NodeType],
    *,
    zones: tuple[str, ...],
    home: str,
    policy: ContactPolicy,
) -> Plan:
    """The plan of a version. Linear in nodes and edges."""
    moments = Moments(zones, home)
    settings = source.document.settings

    def frame(columns: Any, asked: set[str], step: Step | None = None) -> CompileFrame:
        return CompileFrame(
            columns=columns,
            asked=asked,
            moments=moments,
            version_id=source.version_id,
            scenario_key=source.scenario_key,
            settings={"policy": settings.policy, "track": settings.track},
            policy=policy,
            node_id=step.id if step else 0,
            node_key=step.key if step else "",
        )

    steps = steps_of(source.document, catalogue, source.node_ids, frame(AskedColumns(), set()))
    effects = [
        (step, effect)
        for step in steps
        for effect in step.type.effects(step.params, frame(AskedColumns(), set(), step))
    ]
    return Plan(
        version_id=source.version_id,
        scenario_id=source.scenario_id,
        scenario_key=source.scenario_key,
        document=source.document,
        steps=steps,
        node_ids=source.node_ids,
        entries=tuple(step.key for step in steps if step.type.entry),
        moments=moments,
        policy=policy,
        frames=Frames(
            make=frame,
            code=lambda key, port: code_of(source.version_id, key, port),
            holdout_percent=settings.holdout_percent,
            holdout_key=source.scenario_key,
        ),
        opens=frozenset(
            effect.table
            for _step, effect in effects
            if effect.on == ARRIVE and effect.table in ("tasks", "offers", "cases")
        ),
        sends=frozenset((step.key, effect.on) for step, effect in effects if effect.table == "messages"),
    )
