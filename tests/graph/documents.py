"""Documents in shorthand: nodes as ``{"n1": ["entry.segment", {...}]}``, edges as ``"n1:next>n2"``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

RULE = {"combinator": "and", "rules": [{"field": "dpd", "operator": ">=", "value": 1}]}


def a_document(
    nodes: Mapping[str, Sequence[Any]], edges: Sequence[str] = (), *, name: str = "Test", **settings: Any
) -> dict[str, Any]:
    """A document of the current format; settings that are not given are left to their defaults."""
    return {
        "format": 1,
        "name": name,
        "settings": settings,
        "nodes": [
            {
                "id": identity,
                "type": given[0],
                "position": {"x": 200 * number, "y": 0},
                "data": {"label": "", "params": given[1] if len(given) > 1 else {}},
            }
            for number, (identity, given) in enumerate(nodes.items())
        ],
        "edges": [an_edge(f"e{number}", edge) for number, edge in enumerate(edges, 1)],
        "notes": [],
    }


def an_edge(identity: str, words: str) -> dict[str, Any]:
    """An edge from ``source:port>target``."""
    source, target = words.split(">")
    node, port = source.split(":")
    return {"id": identity, "source": node, "sourceHandle": port, "target": target, "targetHandle": "in"}


def a_good_document() -> dict[str, Any]:
    """Entry, message, wait, exit: nothing is wrong with it."""
    return a_document(
        {
            "in": ["entry.segment", {"rule": RULE}],
            "text": ["sms", {"template": "{{ first_name }}, {{ creditor_name }}, {{ creditor_phone }}"}],
            "rest": ["wait.duration", {"days": 1}],
            "out": ["exit"],
        },
        ["in:next>text", "text:sent>rest", "text:blocked>rest", "rest:next>out"],
    )
