"""One wrong document for each check: exactly the problems that are there are found, and a person can read them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scenario_engine.graph.checks import analyse
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue
from tests.graph.documents import RULE, a_document, a_good_document

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("checks.json").read_text(encoding="utf-8"))
#: problems that do not stand against publishing
WARNINGS = {"policy", "end.unreachable", "entry.everyone", "template.creditor"}


def document_of(case: dict[str, Any]) -> dict[str, Any]:
    """The document that a row of the table describes."""
    nodes = {
        identity: [given[0], {"rule": RULE} if given[1:] == ["$rule"] else (given[1:] or [{}])[0]]
        for identity, given in case["nodes"].items()
    }
    document = a_document(nodes, case.get("edges", []), **case.get("settings", {}))
    if "repeat_node" in case:
        document["nodes"] += [node for node in document["nodes"] if node["id"] == case["repeat_node"]]
    if "rename_edge" in case:
        old, new = case["rename_edge"]
        next(edge for edge in document["edges"] if edge["id"] == old)["id"] = new
    return document


def scope_of(case: dict[str, Any]) -> CheckScope:
    """What the row says is known beside the document."""
    given = case.get("scope", {})
    return CheckScope(
        scenarios=given.get("scenarios", {}),
        scenario_key=given.get("scenario_key"),
        connectors=frozenset(given.get("connectors", ())),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_exactly_the_problems_that_are_there_are_found(case: dict[str, Any]) -> None:
    found = analyse(document_of(case), load_catalogue(), scope_of(case))

    shown = [[re.sub(r"^rule\..*", "rule.*", problem.code), problem.node, problem.field] for problem in found.problems]
    assert sorted(shown, key=str) == sorted(case["problems"], key=str)
    assert found.publishable == all(problem[0] in WARNINGS for problem in case["problems"])
    told = " ".join(" ".join(problem.text) for problem in found.problems)
    for words in case.get("says", ()):
        assert words in told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_problem_is_said_in_both_languages(case: dict[str, Any]) -> None:
    for problem in analyse(document_of(case), load_catalogue(), scope_of(case)).problems:
        assert re.search("[А-Яа-я]", problem.text.ru)
        assert not re.search("[А-Яа-я]", problem.text.en)
        assert problem.text.en[-1] in ".:" or problem.code in ("params", "document.schema") or "rule" in problem.code


def test_every_code_of_the_contract_stands_in_the_table() -> None:
    told = {problem[0] for case in CASES for problem in case["problems"]}
    assert told >= {
        "node.unknown_type", "node.duplicate_id", "edge.dangling", "edge.unknown_port", "edge.into_entry",
        "edge.duplicate_port", "entry.missing", "node.unreachable", "node.dead_end", "port.unwired",
        "cycle.without_wait", "params", "split.weights", "scenario.unknown", "scenario.recursion",
        "template.variable", "template.syntax", "connector.unknown", "end.unreachable", "policy", "document.schema",
    }  # fmt: skip


def test_problems_of_different_kinds_are_told_together() -> None:
    document = a_good_document()
    document["name"] = ""
    document["surprise"] = 1
    document["settings"] = {"priority": "high"}
    document["nodes"][1]["data"]["params"] = {"template": ""}
    document["nodes"][2]["data"]["label"] = "x" * 500
    document["edges"].append({"id": "e9", "source": "in"})

    found = {
        (problem.code, problem.node, problem.field)
        for problem in analyse(document, load_catalogue(), CheckScope()).problems
    }

    assert found == {
        ("document.schema", None, "name"),
        ("document.schema", None, "surprise"),
        ("document.schema", None, "settings.priority"),
        ("params", "text", "template"),
        ("document.schema", "rest", "data.label"),
        ("document.schema", None, "edges.4.sourceHandle"),
        ("document.schema", None, "edges.4.target"),
        ("end.unreachable", None, None),
    }


def test_a_half_written_switch_keeps_its_ways_out() -> None:
    branches = [{"key": "a", "title": "A", "rule": RULE}, {"key": "b", "title": "", "rule": RULE}]
    nodes = {"in": ["entry.segment", {"rule": RULE}], "s": ["switch", {"branches": branches}]}

    found = analyse(a_document(nodes, ["in:next>s", "s:b>s"]), load_catalogue(), CheckScope())

    assert [port.key for port in found.nodes["s"].ports] == ["a", "b", "otherwise"]
    assert "edge.unknown_port" not in {problem.code for problem in found.problems}


@pytest.mark.parametrize(
    "junk", [None, 5, "x", [], [None], [{}], [{"key": [], "title": {}}], [{"key": "a", "title": 5}]]
)
def test_ports_of_junk_are_none_or_readable(junk: Any) -> None:
    for key, field in (
        ("switch", "branches"),
        ("split", "arms"),
        ("task", "dispositions"),
        ("wait.signal", "signal_kinds"),
    ):
        found = analyse(a_document({"x": [key, {field: junk}]}), load_catalogue(), CheckScope())
        json.dumps(found.as_dict("ru"))
        assert all(isinstance(port.title.ru, str) for port in found.nodes["x"].ports)


def test_the_analysis_as_json_is_in_the_readers_language() -> None:
    found = analyse(a_good_document(), load_catalogue(), CheckScope())

    assert found.as_dict("ru")["nodes"]["rest"] == {
        "sentence": "Ждать 1 день",
        "ports": [{"key": "next", "title": "далее", "required": True}],
    }
    assert found.as_dict("en")["nodes"]["rest"]["sentence"] == "Wait 1 day"
    assert json.loads(json.dumps(found.as_dict("en")))["publishable"] is True


@pytest.mark.parametrize("shape", ["chain", "entries", "circle"])
def test_the_largest_scenario_is_analysed_whole(shape: str) -> None:
    half = 999
    nodes: dict[str, list[Any]] = {"in": ["entry.segment", {"rule": RULE}], "out": ["exit"]}
    edges: list[str] = []
    if shape == "entries":
        nodes |= {f"i{number}": ["entry.segment", {"rule": RULE}] for number in range(half)}
        edges += [f"i{number}:next>c{number}" for number in range(half)]
    else:
        nodes |= {f"w{number}": ["wait.duration", {"days": 1}] for number in range(half)}
    nodes |= {f"c{number}": ["condition", {"rule": RULE}] for number in range(half)}
    following = [f"c{number + 1}" for number in range(half - 1)] + ["c0" if shape == "circle" else "out"]
    edges += [f"c{number}:yes>{target}" for number, target in enumerate(following)]
    edges += [f"c{number}:no>{'out' if shape == 'entries' else f'w{number}'}" for number in range(half)]
    edges += [f"w{number}:next>out" for number in range(half) if shape != "entries"] + ["in:next>c0"]

    found = analyse(a_document(nodes, edges), load_catalogue(), CheckScope())

    assert {problem.code for problem in found.problems} == ({"cycle.without_wait"} if shape == "circle" else set())


def test_a_scenario_of_too_many_steps_is_refused_for_that_alone() -> None:
    steps = {f"n{number}": ["tag", {"tag": "late"}] for number in range(5_000)}
    edges = [f"n{number}:next>n{number + 1}" for number in range(4_999)]
    [problem] = analyse(a_document(steps, edges), load_catalogue(), CheckScope()).problems
    assert (problem.code, problem.field) == ("document.schema", "nodes")
    assert "2000" in problem.text.en
