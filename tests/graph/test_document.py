"""Reading documents: defaults, refusals, formats, the hash that an approval is bound to."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from scenario_engine.errors import Invalid
from scenario_engine.graph import upgrade
from scenario_engine.graph.canonical import MAX_BYTES
from scenario_engine.graph.document import MAX_NODES, Settings, content_hash, read_document
from scenario_engine.nodes.catalogue import GROUPS
from tests.graph.documents import a_document, a_good_document


def codes_of(raw: Any) -> list[str]:
    """Codes of the problems for which the document is refused."""
    with pytest.raises(Invalid) as refused:
        read_document(raw)
    return [problem.code for problem in refused.value.problems]


def test_settings_that_are_not_given_have_the_defaults_of_the_design() -> None:
    assert read_document(a_good_document()).settings == Settings(
        track="collection",
        priority=10,
        reentry_days=30,
        policy="ru-230",
        goal={"kind": "overdue_paid"},
        conversion_window_days=7,
        holdout_percent=0,
    )


def test_a_note_has_a_size_and_the_colour_of_a_group_of_the_palette() -> None:
    note = {"id": "t1", "text": "Why", "position": {"x": 0, "y": 0}, "width": 320, "height": 90}
    noted = [{**note, "id": f"t{place}", "color": group} for place, group in enumerate(GROUPS)]

    assert [found["color"] for found in read_document({**a_good_document(), "notes": noted}).notes] == list(GROUPS)
    assert codes_of({**a_good_document(), "notes": [{**note, "color": "#ff0000"}]}) == ["document.schema"]
    assert codes_of({**a_good_document(), "notes": [{**note, "height": 0}]}) == ["document.schema"]


def test_no_reentry_is_said_with_null() -> None:
    assert read_document(a_document({}, reentry=None)).settings.reentry_days is None


def test_nodes_and_edges_are_read_as_they_were_drawn() -> None:
    read = read_document(a_good_document())

    assert [(node.id, node.type, node.position) for node in read.nodes][1] == ("text", "sms", (200.0, 0.0))
    assert (read.edges[1].source, read.edges[1].source_port, read.edges[1].target) == ("text", "sent", "rest")
    assert read.nodes[2].params == {"days": 1}
    assert read.raw == a_good_document()


@pytest.mark.parametrize("given", [None, 0, "1", 2, 1.0, True, [1]])
def test_a_format_that_is_not_known_is_refused(given: Any) -> None:
    assert codes_of(a_good_document() | {"format": given}) == ["document.format"]


def test_a_document_without_format_is_refused() -> None:
    document = a_good_document()
    del document["format"]
    assert codes_of(document) == ["document.format"]


def test_an_older_format_is_upgraded_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(upgrade.UPGRADES, -1, lambda raw: {**raw, "format": 0, "title": raw["called"]})
    monkeypatch.setitem(
        upgrade.UPGRADES,
        0,
        lambda raw: (
            {k: v for k, v in raw.items() if k not in ("called", "title")} | {"format": 1, "name": raw["title"]}
        ),
    )
    old = a_good_document() | {"format": -1, "called": "Old"}
    del old["name"]
    before = copy.deepcopy(old)

    assert read_document(old).name == "Old"
    assert old == before


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("{", "document.not_json"),
        (b"\xff\xfe", "document.not_json"),
        ("", "document.not_json"),
        ('{"a": NaN}', "document.not_json"),
        ("[" * 100_000, "document.not_json"),
        ("[" * 70 + "]" * 70, "document.not_json"),
        ([], "document.schema"),
        (None, "document.schema"),
        ("5", "document.schema"),
        ({"format": 1, "name": "\0"}, "document.not_json"),
        ({"format": 1, "name": "\ud800"}, "document.not_json"),
        ({"format": 1, "name": "x", "nodes": [10**30]}, "document.not_json"),
        ({1: 2}, "document.not_json"),
        ({"format": 1, "name": "x" * (MAX_BYTES + 1)}, "document.too_large"),
        ("x" * (3 * MAX_BYTES), "document.too_large"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_document_is_refused_with_the_reason(raw: Any, code: str) -> None:
    assert codes_of(raw) == [code]


@pytest.mark.parametrize("identity", ["", "a b", "ж", "x" * 41, "a\n", "../a", 5, None])
def test_ids_are_short_and_plain(identity: Any) -> None:
    document = a_document({"a": ["exit"]})
    document["nodes"][0]["id"] = identity
    assert codes_of(document) == ["document.schema"]


def test_too_many_nodes_are_refused() -> None:
    assert len(read_document(a_document({f"n{number}": ["exit"] for number in range(MAX_NODES)})).nodes) == MAX_NODES
    assert codes_of(a_document({f"n{number}": ["exit"] for number in range(MAX_NODES + 1)})) == ["document.schema"]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE loans; --", "{{ 7*7 }}", "\u202e\u0301", "🧨" * 30]
)
def test_hostile_texts_are_just_texts(text: str) -> None:
    document = a_good_document() | {"name": text}
    document["nodes"][0]["data"]["label"] = text
    read = read_document(json.dumps(document))
    assert (read.name, read.nodes[0].label) == (text, text)


def test_the_hash_covers_positions_and_labels_and_no_order_of_keys() -> None:
    document = a_good_document()
    turned = dict(reversed(document.items()))
    moved, named = copy.deepcopy(document), copy.deepcopy(document)
    moved["nodes"][0]["position"]["x"] += 1
    named["nodes"][0]["data"]["label"] = "x"

    assert content_hash(document) == content_hash(turned)
    assert len({content_hash(given) for given in (document, moved, named)}) == 3
    assert len(content_hash(document)) == 64
