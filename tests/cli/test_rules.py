"""`kaskad palette` and `rule`: what scenarios are made of, and what a rule finds."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from scenario_engine.nodes.catalogue import load_catalogue
from tests.cli.terminal import NOW, Terminal

LATE = {"combinator": "and", "rules": [{"field": "dpd", "operator": ">=", "value": 1}]}


def test_the_palette_gives_every_node_type_with_ports_and_a_schema_of_its_settings(terminal: Terminal) -> None:
    nodes = {node["key"]: node for node in terminal.done("palette", "--json").json["nodes"]}
    assert list(nodes) == list(load_catalogue())
    assert [port["key"] for port in nodes["condition"]["ports"]] == ["yes", "no"]
    for node in nodes.values():
        Draft202012Validator.check_schema(node["params_schema"])
        assert node["params_schema"]["type"] == "object"
        assert node["ports"] or node["terminal"]
    assert nodes["condition"]["params_schema"]["required"] == ["rule"]
    assert {"template", "library"} <= nodes["sms"]["params_schema"]["properties"].keys()


def test_the_palette_speaks_both_languages(terminal: Terminal) -> None:
    english, russian = (terminal.done("palette", KASKAD_LANGUAGE=language).rows for language in ("en", "ru"))
    assert [row[0] for row in english[1:]] == [row[0] for row in russian[1:]]
    assert ["condition", "Condition", "yes, no"] in english
    assert ["condition", "Условие", "yes, no"] in russian


def test_a_rule_counts_what_its_own_sql_finds(demo: Terminal) -> None:
    file = demo.file("late.json", LATE)
    counted = demo.done("rule", "count", file, "--now", NOW, "--json").json
    statement = demo.done("rule", "sql", file, "--now", NOW, "--json").json
    assert statement["dialect"] == "sqlite"
    assert len(demo.ask(statement["sql"])) == counted["loans"] > 0
    assert demo.ask("SELECT sum(overdue) FROM loans WHERE dpd >= 1 AND state = 'open'") == [(counted["overdue"],)]
    assert demo.ask("SELECT count(DISTINCT borrower_id) FROM loans WHERE dpd >= 1 AND state = 'open'") == [
        (counted["borrowers"],)
    ]


def test_a_rule_is_read_from_standard_input_and_said_in_words(demo: Terminal) -> None:
    typed = json.dumps(LATE)
    assert demo.done("rule", "words", "-", "--json", typed=typed).json == {"words": "delinquency is at least 1 day"}
    assert "просрочк" in demo.done("rule", "words", "-", typed=typed, KASKAD_LANGUAGE="ru").out
    assert "займов" in demo.done("rule", "count", "-", typed=typed, KASKAD_LANGUAGE="ru").out


def test_the_sql_of_a_rule_may_be_another_databases(terminal: Terminal) -> None:
    file = terminal.file("late.json", LATE)
    assert "dpd >= 1" in terminal.done("rule", "sql", file, "--dialect", "postgresql").out
