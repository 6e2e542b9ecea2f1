"""A node as the compiler sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scenario_engine.graph.document import ScenarioDocument
from scenario_engine.graph.model import instant_order
from scenario_engine.graph.params import read_params
from scenario_engine.nodes.base import NodeType
from scenario_engine.rules.condition import fields_of


@dataclass(frozen=True, kw_only=True)
class Step:
    """One node of a version, at its place in the order of a tick."""

    index: int
    key: str
    id: int
    type: NodeType
    params: Mapping[str, Any]
    ports: tuple[str, ...]
    wired: frozenset[str]
    #: (index, port) of every edge that leads here
    incoming: tuple[tuple[int, str], ...]
    #: ports by which a contact is made
    contacts: tuple[str, ...]

    @property
    def column(self) -> str:
        """Name of the column with the hop that was taken."""
        return f"p{self.index}"

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Fields that the rules of the node ask about, sorted."""
        return tuple(sorted({name for rule in self.type.rules(self.params).values() for name in fields_of(rule)}))


def steps_of(
    document: ScenarioDocument, catalogue: Mapping[str, NodeType], node_ids: Mapping[str, int], frame: Any
) -> tuple[Step, ...]:
    """The nodes of a document in the order of a tick; `frame` is any frame, to see what the nodes write."""
    nodes = {node.id: node for node in document.nodes}
    order = [key for key in instant_order(document, catalogue) if key in node_ids]
    index = {key: position for position, key in enumerate(order)}
    steps = []
    for key in order:
        node = nodes[key]
        kind = catalogue[node.type]
        params = read_params(kind, node.params, key)
        steps.append(
            Step(
                index=index[key],
                key=key,
                id=node_ids[key],
                type=kind,
                params=params,
                ports=("end",) if kind.terminal else tuple(port.key for port in kind.ports(params)),
                wired=frozenset(edge.source_port for edge in document.edges if edge.source == key),
                incoming=tuple((index[edge.source], edge.source_port) for edge in document.edges if edge.target == key),
                contacts=tuple(effect.on for effect in kind.effects(params, frame) if effect.table == "contacts"),
            )
        )
    return tuple(steps)
