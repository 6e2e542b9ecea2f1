"""Scenario documents written down in a few lines, laid out from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: id -> (type, label, params)
Nodes = Mapping[str, tuple[str, str, Mapping[str, Any]]]
#: (source, port, target)
Edges = Sequence[tuple[str, str, str]]

_COLUMN, _ROW = 300, 150


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
    """A column for each step away from the entries, a row for each node of a column."""
    order = list(nodes)
    column = dict.fromkeys(order, 0)
    for source in order:  # nodes are written down in the order of the flow
        for start, _port, target in edges:
            if start == source and order.index(target) > order.index(source):
                column[target] = max(column[target], column[source] + 1)
    rows: dict[int, int] = {}
    places = []
    for key in order:
        row = rows.get(column[key], 0)
        rows[column[key]] = row + 1
        places.append({"x": column[key] * _COLUMN, "y": row * _ROW})
    return places
