"""A scenario as large as a document may be: it compiles and runs on both databases, whatever its shape.

A way without a rest that no statement can hold is walked in parts, a tick each.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.graph.checks import analyse
from scenario_engine.graph.document import MAX_NODES
from scenario_engine.models import Case, LoanTag, NodeCount, Trail
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

NODES = 500
CONDITIONS = 200


def asking(number: int) -> dict[str, Any]:
    """A rule with a look at the registry and one at the history."""
    return {
        "combinator": "or",
        "rules": [
            {"field": "balance", "operator": ">", "value": number},
            {"field": "payments_count_30d", "operator": "=", "value": number},
        ],
    }


def in_one_go() -> dict[str, Any]:
    """Entry, 200 conditions that each skip a tag, and tags to the end: all of it in one tick."""
    nodes: dict[str, tuple[str, dict[str, Any]]] = {"in": ("entry.segment", {"rule": overdue_rule(1)})}
    edges = ["in:next>c0"]
    for number in range(CONDITIONS):
        nodes[f"c{number}"] = ("condition", {"rule": asking(number)})
        nodes[f"t{number}"] = ("tag", {"tag": f"t{number}"})
        after = f"c{number + 1}" if number + 1 < CONDITIONS else "x0"
        edges += [f"c{number}:yes>t{number}", f"c{number}:no>{after}", f"t{number}:next>{after}"]
    rest = NODES - len(nodes) - 1
    for number in range(rest):
        nodes[f"x{number}"] = ("tag", {"tag": "x"})
        edges.append(f"x{number}:next>{f'x{number + 1}' if number + 1 < rest else 'out'}")
    nodes["out"] = ("exit", {})
    return a_document(nodes, edges)


def with_a_rest_between() -> dict[str, Any]:
    """200 times a condition, a wait and, for some, a tag."""
    nodes: dict[str, tuple[str, dict[str, Any]]] = {"in": ("entry.segment", {"rule": overdue_rule(1)})}
    edges = ["in:next>c0"]
    for number in range(CONDITIONS):
        nodes[f"c{number}"] = ("condition", {"rule": asking(number)})
        nodes[f"w{number}"] = ("wait.duration", {"minutes": 1})
        after = f"c{number + 1}" if number + 1 < CONDITIONS else "out"
        edges += [f"c{number}:yes>w{number}", f"c{number}:no>out", f"w{number}:next>{after}"]
    for number in range(NODES - len(nodes) - 1):
        nodes[f"t{number}"] = ("tag", {"tag": "x"})
        edges = [edge.replace(f"c{number}:yes>w{number}", f"c{number}:yes>t{number}") for edge in edges]
        edges.append(f"t{number}:next>w{number}")
    nodes["out"] = ("exit", {})
    return a_document(nodes, edges)


@pytest.mark.parametrize("drawn", [in_one_go, with_a_rest_between])
def test_a_scenario_of_500_nodes_with_200_conditions_runs(database: Database, drawn: Any) -> None:
    document = drawn()
    found = analyse(document, load_catalogue(), CheckScope())
    assert found.publishable, [problem.text.en for problem in found.problems]
    assert len(document["nodes"]) <= MAX_NODES
    with database.write() as session:
        for balance in (50, 3_000_000):
            a_loan(session, dpd=5, overdue=100_00, balance=balance)
        a_live_version(session, document)
    for minute in range(3 if drawn is with_a_rest_between else 14):
        run_tick(database, now=NOON + timedelta(minutes=2 * minute), settings=SETTINGS, timer=lambda: 0.0)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Trail))
        cases = session.scalars(select(Case)).all()
        assert len(cases) == 2
        assert [case.error for case in cases] == [None, None]
        if drawn is in_one_go:
            assert [case.end_reason for case in cases] == ["exit", "exit"]
            tags = select(LoanTag.loan_id, func.count()).group_by(LoanTag.loan_id).order_by(LoanTag.loan_id)
            assert [count for _loan, count in session.execute(tags)] == [51, 201]
            entered = select(func.sum(NodeCount.cases)).where(NodeCount.port == "@in")
            left = select(func.sum(NodeCount.cases)).where(NodeCount.port != "@in")
            assert session.scalar(entered) == session.scalar(left)
