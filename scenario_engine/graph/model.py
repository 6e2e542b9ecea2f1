"""The document as a networkx graph: who leads where, and in which order a tick goes through it."""

from __future__ import annotations

import networkx as nx

from scenario_engine.graph.document import ScenarioDocument
from scenario_engine.graph.kinds import Catalogue


def build(document: ScenarioDocument, catalogue: Catalogue) -> nx.MultiDiGraph[str]:
    """The graph of the document: nodes carry `type` and `kind` (null for an unknown type), edges the port as key.

    Edges that lead from or to a node which is not there are left out, and of two edges at one port the first is taken:
    `checks` reports both.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in document.nodes:
        if node.id not in graph:
            graph.add_node(node.id, type=node.type, kind=catalogue.get(node.type))
    wired: set[tuple[str, str]] = set()
    for edge in document.edges:
        port = (edge.source, edge.source_port)
        if edge.source in graph and edge.target in graph and port not in wired:
            wired.add(port)
            graph.add_edge(edge.source, edge.target, key=edge.source_port, id=edge.id)
    return graph


def instant_part(graph: nx.MultiDiGraph[str]) -> nx.DiGraph[str]:
    """The part a case may run through in one tick: without the ways out of nodes where cases always rest."""
    instant: nx.DiGraph[str] = nx.DiGraph()
    instant.add_nodes_from(graph)
    instant.add_edges_from(
        (source, target) for source, target in graph.edges() if not getattr(graph.nodes[source]["kind"], "rests", False)
    )
    return instant


def instant_order(document: ScenarioDocument, catalogue: Catalogue) -> list[str]:
    """Node ids so that within one tick every node comes after those that lead to it; ties by the order in the document.

    Raises networkx.NetworkXUnfeasible when a cycle does not pass through a wait; `analyse` says so before publishing.
    """
    graph = build(document, catalogue)
    place = {identity: position for position, identity in enumerate(graph)}
    return list(nx.lexicographical_topological_sort(instant_part(graph), key=place.__getitem__))
