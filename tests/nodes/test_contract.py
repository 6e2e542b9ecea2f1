"""What holds for every node type that is installed, whoever wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import null, type_coerce

from scenario_engine.database import Database
from scenario_engine.graph.json_schema import params_schema
from scenario_engine.graph.params import read_params, try_params
from scenario_engine.models import Base, UtcDateTime
from scenario_engine.models.signal import SIGNAL_KINDS
from scenario_engine.nodes.base import ARRIVE, CheckScope, NodeType
from scenario_engine.nodes.catalogue import GROUPS, load_catalogue, palette
from scenario_engine.rules.condition import check_rule
from tests.builders import a_loan
from tests.graph.strategies import PARAMS, junk
from tests.nodes.frames import RegistryFrame, over_loans

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
KINDS = [pytest.param(kind, id=key) for key, kind in load_catalogue().items()]
LANGUAGES = ["en", "ru"]
#: columns that the engine fills in by itself
GIVEN = {"id", "case_id", "node_id", "batch_id", "loan_id", "borrower_id", "version_id"}


def defaults_of(kind: NodeType) -> dict[str, Any]:
    """Params of a node that was just put on the canvas."""
    return read_params(kind, kind.defaults_in("en"))


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_who_it_is_in_both_languages(kind: NodeType) -> None:
    assert kind.group in GROUPS
    assert re.fullmatch("[a-z0-9-]+", kind.icon)
    assert len(kind.help.en) > 60
    assert re.search("[А-Яа-я]", kind.help.ru)
    assert not re.search("[А-Яа-я]", kind.help.en + kind.title.en)


@pytest.mark.parametrize("kind", KINDS)
def test_its_defaults_are_valid_and_have_no_problem_but_a_choice_that_only_a_person_can_make(kind: NodeType) -> None:
    params = defaults_of(kind)
    problems = list(kind.check("n1", params, CheckScope(connectors=frozenset({"sandbox"}))))

    assert {problem.code for problem in problems} <= {"scenario.unknown"}
    for rule in kind.rules(params).values():
        assert check_rule(rule) == []


@pytest.mark.parametrize("kind", KINDS)
def test_its_ports_are_named_once_and_in_both_languages(kind: NodeType) -> None:
    ports = kind.ports(defaults_of(kind))
    keys = [port.key for port in ports]

    assert bool(ports) != kind.terminal
    assert len(keys) == len(set(keys))
    for port in ports:
        assert re.fullmatch("[A-Za-z0-9_-]{1,40}", port.key)
        assert port.title.en
        assert port.title.ru


@pytest.mark.parametrize("kind", KINDS)
def test_its_sentence_is_short_and_in_both_languages(kind: NodeType) -> None:
    sentence = kind.sentence(defaults_of(kind))

    for words in sentence:
        assert 0 < len(words) <= 160
        assert "\n" not in words
    assert re.search("[А-Яа-я]", sentence.ru) or kind.key == "sms"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_its_form_is_a_json_schema_that_accepts_the_defaults(kind: NodeType, language: str) -> None:
    schema = params_schema(kind, language)
    ui = schema.pop("ui")

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(kind.defaults_in("en"))
    Draft202012Validator(schema).validate(defaults_of(kind))
    assert ui["ui:order"] == list(schema["properties"])
    json.dumps([schema, ui])


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, shown in schema.get("properties", {}).items():
        yield name, shown
        yield from _fields(shown)
        yield from _fields(shown.get("items", {}))


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_its_form_has_a_title_in_the_readers_language(kind: NodeType) -> None:
    english, russian = (dict(_fields(params_schema(kind, language))) for language in LANGUAGES)

    for name, shown in russian.items():
        assert re.search("[А-Яа-я]", shown["title"]), name
        assert not re.search("[А-Яа-я]", english[name]["title"] + english[name].get("description", "")), name
        assert "Text(" not in json.dumps(shown)
        for pattern in re.findall(r'"pattern": "([^"]*)"', json.dumps(shown)):
            assert "\\\\A" not in pattern


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_typed_into_its_form_is_read_or_refused_with_the_field(kind: NodeType) -> None:
    names = list(kind.Params().fields)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.dictionaries(st.sampled_from([*names, "odd"]), junk, max_size=4))
    def check(raw: dict[str, Any]) -> None:
        params, problems = try_params(kind, raw, "n1")
        if not problems:
            assert kind.sentence(params) if not any(map(check_rule, kind.rules(params).values())) else True
            assert kind.ports(params) is not None
        for problem in problems:
            assert problem.code == "params"
            assert problem.node == "n1"

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_wherever_a_case_goes_from_it_there_is_a_port(kind: NodeType) -> None:
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(PARAMS.get(kind.key, st.just(kind.defaults_in("en"))))
    def check(raw: dict[str, Any]) -> None:
        params = read_params(kind, raw)
        keys = {port.key for port in kind.ports(params)}
        frame = RegistryFrame(NOW)
        if kind.rests:
            assert kind.on_due(params) in keys
            assert kind.rest_until(params, frame) is not None
        for wake in kind.wakes(params):
            assert wake.port in keys
            assert wake.signal_kind in SIGNAL_KINDS
        for effect in kind.effects(params, frame):
            assert effect.on in keys | {ARRIVE}

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_its_effects_fill_every_column_that_must_be_filled(kind: NodeType) -> None:
    for effect in kind.effects(defaults_of(kind), RegistryFrame(NOW)):
        columns = Base.metadata.tables[effect.table].c
        assert set(effect.values) <= set(columns.keys())
        if not effect.update:
            needed = {column.name for column in columns if not column.nullable} - GIVEN
            assert needed <= set(effect.values), effect.table


@pytest.mark.parametrize("kind", KINDS)
def test_its_sql_runs(kind: NodeType, database: Database) -> None:
    params = defaults_of(kind)
    frame = RegistryFrame(NOW)
    with database.write() as session:
        a_loan(session)
        until = kind.rest_until(params, frame)
        values = [
            value
            for effect in kind.effects(params, frame)
            for value in [*effect.values.values(), effect.where]
            if hasattr(value, "compile")
        ]
        route, rest, *_ = session.execute(
            over_loans(
                kind.route(params, frame),
                null() if until is None else type_coerce(until, UtcDateTime()),
                *[value.label(f"v{index}") for index, value in enumerate(values)],
            )
        ).one()

    assert route in {"@stay", "end", *(port.key for port in kind.ports(params))}
    assert (route == "@stay") == kind.rests
    assert (route == "end") == kind.terminal
    if kind.rests:
        assert (rest - NOW).total_seconds() >= 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_palette_shows_every_type_in_the_readers_language(language: str) -> None:
    shown = palette(language)

    assert {node["key"] for node in shown["nodes"]} == set(load_catalogue())
    assert {node["group"] for node in shown["nodes"]} <= {group["key"] for group in shown["groups"]}
    assert {variable["key"] for variable in shown["variables"]} >= {"first_name", "overdue"}
    json.dumps(shown)
