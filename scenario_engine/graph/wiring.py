"""Checks of how nodes are wired: every function looks at the whole graph and gives every problem of its kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import networkx as nx

from scenario_engine.errors import Fix, Problem
from scenario_engine.graph.document import Edge, Node, ScenarioDocument
from scenario_engine.graph.kinds import Catalogue, NodeKind, PortKind
from scenario_engine.graph.model import build, instant_part
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """The document with what is known of its nodes."""

    document: ScenarioDocument
    graph: nx.MultiDiGraph[str]
    #: nodes by id; of several with one id the first
    nodes: Mapping[str, Node]
    #: types of the nodes whose type is known
    kinds: Mapping[str, NodeKind]
    #: ways out of the nodes whose params are valid
    ports: Mapping[str, tuple[PortKind, ...]]
    #: nodes that are in the document but could not be read
    unread: frozenset[str]

    def name(self, identity: str) -> str:
        """What a person knows the node by."""
        node = self.nodes.get(identity)
        return node.label if node and node.label.strip() else identity


def wire(
    document: ScenarioDocument,
    catalogue: Catalogue,
    ports: Mapping[str, tuple[PortKind, ...]],
    unread: frozenset[str],
) -> Wiring:
    """The wiring of a document; `ports` holds the ways out of the nodes whose params are valid."""
    nodes: dict[str, Node] = {}
    for node in document.nodes:
        nodes.setdefault(node.id, node)
    kinds = {identity: catalogue[node.type] for identity, node in nodes.items() if node.type in catalogue}
    return Wiring(
        document=document,
        graph=build(document, catalogue),
        nodes=nodes,
        kinds=kinds,
        ports=ports,
        unread=unread,
    )


def _edge(code: str, edge: Edge, en: str, ru: str, node: str | None) -> Problem:
    fix = Fix(title=Text("Delete the line", "Удалить стрелку"), act="disconnect", values={"edges": [edge.id]})
    return Problem(code=code, text=Text(en, ru), node=node, field=f"edges.{edge.id}", fix=fix)


def _to_end(*ports: str) -> Fix | None:
    if not ports:
        return None
    title = Text("Lead to an exit", "Провести к выходу")
    return Fix(title=title, act="end", values={"ports": list(ports)})


def check_edges(wiring: Wiring) -> Iterator[Problem]:
    """Edges that lead nowhere, out of a port that is not there, into an entry, or twice out of one port."""
    taken: set[tuple[str, str]] = set()
    ids = Counter(edge.id for edge in wiring.document.edges)
    for identity, times in ids.items():
        if times > 1:
            yield Problem(
                code="edge.duplicate_id",
                text=Text(f"{times} edges have the id “{identity}”.", f"У {times} стрелок один id «{identity}»."),
                field=f"edges.{identity}",
            )
    for edge in wiring.document.edges:
        yield from _check_ends(wiring, edge)
        out = (edge.source, edge.source_port)
        if out in taken:
            yield _edge(
                "edge.duplicate_port",
                edge,
                f"Two edges leave “{wiring.name(edge.source)}” by the port “{edge.source_port}”; only one may.",
                f"Из выхода «{edge.source_port}» блока «{wiring.name(edge.source)}» ведут две стрелки, а может одна.",
                edge.source,
            )
        taken.add(out)


def _check_ends(wiring: Wiring, edge: Edge) -> Iterator[Problem]:
    for end in dict.fromkeys((edge.source, edge.target)):
        if end not in wiring.nodes and end not in wiring.unread:
            other = edge.target if end == edge.source else edge.source
            yield _edge(
                "edge.dangling",
                edge,
                f"The edge leads from or to the node “{end}”, which is not there.",
                f"Стрелка связана с блоком «{end}», которого нет.",
                other if other in wiring.nodes else None,
            )
    target = wiring.kinds.get(edge.target)
    if target is not None and target.entry:
        yield _edge(
            "edge.into_entry",
            edge,
            f"An edge leads into the entry “{wiring.name(edge.target)}”; cases come in there only from outside.",
            f"Стрелка ведёт во вход «{wiring.name(edge.target)}», а туда дела попадают только извне.",
            edge.source if edge.source in wiring.nodes else edge.target,
        )
    ports = wiring.ports.get(edge.source)
    if ports is not None and edge.source_port not in {port.key for port in ports}:
        yield _edge(
            "edge.unknown_port",
            edge,
            f"“{wiring.name(edge.source)}” has no way out called “{edge.source_port}”.",
            f"У блока «{wiring.name(edge.source)}» нет выхода «{edge.source_port}».",
            edge.source,
        )


def check_ports(wiring: Wiring) -> Iterator[Problem]:
    """Nodes that lead nowhere, and ports that must be wired and are not."""
    wired: dict[str, set[str]] = {}
    for edge in wiring.document.edges:
        wired.setdefault(edge.source, set()).add(edge.source_port)
    for identity, kind in wiring.kinds.items():
        if kind.terminal:
            continue
        name = wiring.name(identity)
        if identity not in wired:
            yield Problem(
                code="node.dead_end",
                text=Text(
                    f"“{name}” leads nowhere: wire its ways out, or end here with a goal or an exit.",
                    f"Из блока «{name}» нет пути дальше: проведите стрелки или поставьте цель либо выход.",
                ),
                node=identity,
                fix=_to_end(*(port.key for port in wiring.ports.get(identity, ()) if port.required)),
            )
            continue
        for port in wiring.ports.get(identity, ()):
            if port.required and port.key not in wired[identity]:
                yield Problem(
                    code="port.unwired",
                    text=Text(
                        f"The way out “{port.title.en}” of “{name}” leads nowhere.",
                        f"Выход «{port.title.ru}» блока «{name}» никуда не ведёт.",
                    ),
                    node=identity,
                    field=f"ports.{port.key}",
                    fix=_to_end(port.key),
                )


def _entries(wiring: Wiring) -> list[str]:
    return [identity for identity, kind in wiring.kinds.items() if kind.entry]


def check_reach(wiring: Wiring) -> Iterator[Problem]:
    """No entry, nodes that no case can reach, and no end that a case can reach."""
    entries = _entries(wiring)
    if not entries:
        # an entry that cannot be read is reported by itself
        if not wiring.unread:
            yield Problem(
                code="entry.missing",
                text=Text(
                    "The scenario has no entry: no loan can come in.",
                    "В сценарии нет входа: ни один займ в него не попадёт.",
                ),
                fix=Fix(title=Text("Add an entry", "Добавить вход"), act="add", values={"group": "entry"}),
            )
        return
    reached = set(chain.from_iterable(nx.bfs_layers(wiring.graph, entries)))
    if not wiring.unread:
        for identity in wiring.nodes:
            if identity not in reached:
                name = wiring.name(identity)
                yield Problem(
                    code="node.unreachable",
                    text=Text(f"No way leads to “{name}”.", f"До блока «{name}» не дойти ни от одного входа."),
                    node=identity,
                )
    if not any(kind.terminal and identity in reached for identity, kind in wiring.kinds.items()):
        yield Problem(
            code="end.unreachable",
            text=Text(
                "No goal and no exit can be reached: cases end only when the debt is paid or a port leads nowhere.",
                "Ни до цели, ни до выхода дойти нельзя: дела завершатся только оплатой или на выходе без стрелки.",
            ),
            severity="warning",
        )


def check_cycles(wiring: Wiring) -> Iterator[Problem]:
    """Cycles that a case could run round for ever within one tick."""
    instant = instant_part(wiring.graph)
    place = {identity: position for position, identity in enumerate(wiring.nodes)}
    for component in nx.strongly_connected_components(instant):
        part = instant.subgraph(component)
        if part.number_of_edges() == 0:
            continue
        first = min(component, key=place.__getitem__)
        cycle = [edge[0] for edge in nx.find_cycle(part, first)]
        names = " → ".join(f"“{wiring.name(identity)}”" for identity in [*cycle, cycle[0]])
        russian = " → ".join(f"«{wiring.name(identity)}»" for identity in [*cycle, cycle[0]])
        yield Problem(
            code="cycle.without_wait",
            text=Text(
                f"The circle {names} has no wait: put one in, or a case would run round for ever.",
                f"В круге {russian} нет ожидания: добавьте паузу, иначе дело будет ходить по нему бесконечно.",
            ),
            node=cycle[0],
            fix=_wait(wiring, cycle[-1], cycle[0]),
        )


def _wait(wiring: Wiring, source: str, target: str) -> Fix | None:
    """A wait in the edge that closes the circle."""
    edges = wiring.graph.get_edge_data(source, target) or {}
    edge = next((data["id"] for data in edges.values()), None)
    if edge is None:
        return None
    return Fix(title=Text("Put a wait in", "Вставить ожидание"), act="insert", values={"edge": edge, "group": "wait"})


def check_ids(wiring: Wiring) -> Iterator[Problem]:
    """Nodes that share an id."""
    for identity, times in Counter(node.id for node in wiring.document.nodes).items():
        if times > 1:
            yield Problem(
                code="node.duplicate_id",
                text=Text(f"{times} nodes have the id “{identity}”.", f"У {times} блоков один id «{identity}»."),
                node=identity,
            )


CHECKS: tuple[Callable[[Wiring], Iterator[Problem]], ...] = (
    check_ids,
    check_edges,
    check_ports,
    check_reach,
    check_cycles,
)
