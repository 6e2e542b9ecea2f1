"""A problem with one obvious way out offers it, and taking it leaves no such problem."""

from __future__ import annotations

from typing import Any

import pytest

from scenario_engine.errors import Fix, Problem
from scenario_engine.graph.checks import analyse
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue
from tests.engine.scenarios import a_document, overdue_rule

ENTRY = ("entry.segment", {"rule": overdue_rule(1)})
SMS = ("sms", {"template": "Pay now.", "connector": "sandbox"})


def problems(document: dict[str, Any], code: str) -> list[Problem]:
    return [found for found in analyse(document, load_catalogue(), CheckScope()).problems if found.code == code]


def fix_of(document: dict[str, Any], code: str) -> Fix:
    (found,) = problems(document, code)
    assert found.fix is not None
    assert found.as_dict("ru")["fix"]["title"] == found.fix.title.ru
    return found.fix


@pytest.mark.parametrize(
    ("weights", "mended"),
    [((50, 40), [56, 44]), ((80, 80, 40), [40, 40, 20]), ((0, 0, 0), [34, 33, 33]), ((1, 1, 1), [34, 33, 33])],
)
def test_shares_are_brought_to_a_hundred_in_proportion(weights: tuple[int, ...], mended: list[int]) -> None:
    arms = [{"key": f"a{place}", "title": "A", "weight": weight} for place, weight in enumerate(weights)]
    edges = ["in:next>s", *(f"s:a{place}>out" for place in range(len(arms)))]
    document = a_document({"in": ENTRY, "s": ("split", {"arms": arms}), "out": ("exit", {})}, edges)
    fix = fix_of(document, "split.weights")
    assert fix.act == "params"
    assert [arm["weight"] for arm in fix.values["arms"]] == mended
    document["nodes"][1]["data"]["params"] |= fix.values
    assert problems(document, "split.weights") == []


def test_a_message_without_its_sender_gets_the_sender() -> None:
    document = a_document({"in": ENTRY, "m": SMS, "out": ("exit", {})}, ["in:next>m", "m:sent>out", "m:blocked>out"])
    fix = fix_of(document, "template.creditor")
    assert fix.values["template"] == "Pay now. {{ creditor_name }}, {{ creditor_phone }}"
    document["nodes"][1]["data"]["params"] |= fix.values
    assert problems(document, "template.creditor") == []


def test_free_ways_out_are_led_to_an_end() -> None:
    free = a_document({"in": ENTRY, "m": SMS, "out": ("exit", {})}, ["in:next>m", "m:sent>out"])
    fix = fix_of(free, "port.unwired")
    assert (fix.act, fix.values) == ("end", {"ports": ["blocked"]})
    dead = a_document({"in": ENTRY, "m": SMS}, ["in:next>m"])
    assert fix_of(dead, "node.dead_end").values == {"ports": ["sent", "blocked"]}


def test_lines_that_cannot_be_are_deleted_and_circles_get_a_wait() -> None:
    dangling = a_document({"in": ENTRY, "out": ("exit", {})}, ["in:next>out", "in:sideways>out"])
    assert fix_of(dangling, "edge.unknown_port") == Fix(
        title=fix_of(dangling, "edge.unknown_port").title, act="disconnect", values={"edges": ["e2"]}
    )
    ask = ("condition", {"rule": overdue_rule(5)})
    circle = a_document(
        {"in": ENTRY, "a": ask, "b": ("tag", {"tag": "x"}), "out": ("exit", {})},
        ["in:next>a", "a:yes>b", "b:next>a", "a:no>out"],
    )
    fix = fix_of(circle, "cycle.without_wait")
    assert (fix.act, fix.values) == ("insert", {"edge": "e3", "group": "wait"})


def test_a_scenario_without_entry_gets_one_and_a_goal_is_set() -> None:
    document = a_document({"out": ("exit", {})}, [], goal={"kind": "none"})
    assert fix_of(document, "entry.missing").values == {"group": "entry"}
    assert fix_of(document, "policy").values == {"goal": {"kind": "overdue_paid"}}
