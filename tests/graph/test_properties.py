"""What holds for every document, drawn at random."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scenario_engine.errors import Invalid
from scenario_engine.graph.checks import analyse
from scenario_engine.graph.document import content_hash, read_document
from scenario_engine.graph.json_schema import document_schema
from scenario_engine.graph.model import build, instant_order
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue
from tests.graph.strategies import broken_documents, junk, spoilt_documents, valid_documents

SCOPE = CheckScope(scenarios={"other": [], "absent": []}, scenario_key="me", connectors=frozenset({"sandbox"}))
several = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@several
@given(valid_documents())
def test_a_valid_document_is_publishable_and_every_node_is_worded(document: dict[str, Any]) -> None:
    found = analyse(document, load_catalogue(), SCOPE)

    assert found.publishable, [problem.text.en for problem in found.problems]
    assert set(found.nodes) == {node["id"] for node in document["nodes"]}
    for node in found.nodes.values():
        assert node.sentence.en
        assert node.sentence.ru


@several
@given(valid_documents())
def test_the_order_of_a_tick_respects_every_edge_that_is_taken_at_once(document: dict[str, Any]) -> None:
    catalogue, read = load_catalogue(), read_document(document)
    order = instant_order(read, catalogue)
    place = {identity: position for position, identity in enumerate(order)}

    assert sorted(order) == sorted(node.id for node in read.nodes)
    for edge in read.edges:
        if not build(read, catalogue).nodes[edge.source]["kind"].rests:
            assert place[edge.source] < place[edge.target]


@several
@given(valid_documents())
def test_text_and_values_are_the_same_document(document: dict[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=2)

    assert read_document(text) == read_document(document) == read_document(text.encode())
    assert content_hash(json.loads(text)) == content_hash(document)


@several
@given(valid_documents())
def test_what_the_program_reads_its_json_schema_accepts(document: dict[str, Any]) -> None:
    Draft202012Validator(document_schema()).validate(document)


@several
@given(broken_documents())
def test_what_was_broken_is_found(broken: tuple[dict[str, Any], str]) -> None:
    document, code = broken
    found = analyse(document, load_catalogue(), SCOPE)

    assert code in {problem.code for problem in found.problems}
    assert not found.publishable


@several
@given(st.one_of(junk, spoilt_documents()))
@example([])
@example({"format": 1, "name": "x", "nodes": [[]], "edges": [{}]})
def test_no_input_whatever_makes_the_analysis_fail(raw: Any) -> None:
    found = analyse(raw, load_catalogue(), SCOPE)

    json.dumps([found.as_dict("ru"), found.as_dict("en")])
    if found.publishable:
        read = read_document(raw)
        content_hash(raw)
        assert instant_order(read, load_catalogue())
    elif isinstance(raw, dict) and any(problem.code.startswith("document") for problem in found.problems):
        with pytest.raises(Invalid) as refused:
            read_document(raw)
        assert refused.value.problems
