"""Checking documents for the pages, where the rest of the installation does not matter."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from scenario_engine.graph.checks import analyse
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue


def sentences_of(document: Any, language: str) -> dict[str, str]:
    """What every node of a document says on its card."""
    analysis = analyse(document, load_catalogue(), CheckScope())
    return {key: node.sentence.say(language) for key, node in analysis.nodes.items()}


def problem_count(document: Any) -> int:
    """How many errors a document has by itself, other scenarios left aside."""
    return _count(json.dumps(document, sort_keys=True))


@lru_cache(maxsize=500)
def _count(document: str) -> int:
    analysis = analyse(json.loads(document), load_catalogue(), CheckScope())
    return sum(problem.severity == "error" for problem in analysis.problems)
