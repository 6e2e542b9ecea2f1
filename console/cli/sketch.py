"""Scenario documents written down in a few lines, laid out from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: id -> (type, label, params)
Nodes = Mapping[str, tuple[str, str, Mapping[str, Any]]]
#: (source, port, target)
Edges = Sequence[tuple[str, str, str]]

#: canvas units of the builder: a card, one way out of it, and room between cards for the words on connections
_CARD, _PORT, _GAP, _ROW = 260, 80, 70, 220


def sketch(name: str, nodes: Nodes, edges: Edges, **settings: Any) -> dict[str, Any]:
    """The document in format 1; `settings` are those of the document."""
    return {
        "format": 1,
        "name": name,
        "settings": settings,
        "nodes": [
            {"id": key, "type": kind, "position": place, "data": {"label": label, "params": dict(params)}}
            for (key, (kind, label, params)), place in zip(nodes.items(), _places(nodes, edges), strict=True)
        ],
        "edges": [
            {
                "id": f"e{number}",
                "source": source,
                "sourceHandle": port,
                "target": target,
                "targetHandle": "in",
            }
            for number, (source, port, target) in enumerate(edges, start=1)
        ],
        "notes": [],
    }


def rule(*comparisons: tuple[str, str, Any], combinator: str = "and") -> dict[str, Any]:
    """A rule of comparisons (field, operator, value)."""
    return {
        "combinator": combinator,
        "rules": [{"field": name, "operator": op, "value": value} for name, op, value in comparisons],
    }


def _places(nodes: Nodes, edges: Edges) -> list[dict[str, int]]:
    """A row for each step away from the entries; in it, each node as near below its parents as the others let it."""
    order = list(nodes)
    forward = [(start, end) for start, _port, end in edges if order.index(end) > order.index(start)]
    level = dict.fromkeys(order, 0)
    for source in order:  # nodes are written down in the order of the flow
        for start, end in forward:
            if start == source:
                level[end] = max(level[end], level[source] + 1)
    width = {key: max(_CARD, _PORT * sum(start == key for start, _port, _end in edges)) for key in order}
    #: the middle of each card
    across: dict[str, float] = {}
    #: the first way out leads to the left, the last to the right
    lean: dict[tuple[str, str], float] = {}
    for source in order:
        ends = [end for start, end in forward if start == source]
        lean |= {(source, end): 20 * (place - (len(ends) - 1) / 2) for place, end in enumerate(ends)}
    for row in range(max(level.values(), default=0) + 1):
        wanted = {
            key: _mean([across[start] + lean[start, end] for start, end in forward if end == key])
            for key in order
            if level[key] == row
        }
        edge = _mean(list(wanted.values())) - (sum(width[key] + _GAP for key in wanted) - _GAP) / 2
        for key in sorted(wanted, key=lambda key: wanted[key]):
            across[key] = edge + width[key] / 2
            edge += width[key] + _GAP
    return [{"x": round((across[key] - width[key] / 2) / 10) * 10, "y": level[key] * _ROW} for key in order]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
