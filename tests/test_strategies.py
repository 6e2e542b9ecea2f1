"""The strategies that come with Kaskad: each is publishable as it stands and keeps to the law."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from scenario_engine import authoring, library, templates
from scenario_engine.database import Database
from scenario_engine.graph.checks import analyse
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.nodes.templates import CREDITOR, names_in
from scenario_engine.templates import Strategy, strategies
from scenario_engine.texts import LANGUAGES

ALL = pytest.mark.parametrize("strategy", strategies(), ids=lambda strategy: strategy.key)
SPOKEN = pytest.mark.parametrize("language", LANGUAGES)


def is_cyrillic(text: str) -> bool:
    return any("а" <= letter.lower() <= "я" for letter in text)


def test_every_stage_has_its_strategy() -> None:
    stages = {strategy.stage.en for strategy in strategies()}
    wanted = {"Before the due date", "1–5 days", "6–30 days", "31–60 days", "61–90 days", "90+ days", "Court"}
    assert stages >= wanted | {"Repeat borrower"}
    assert len({strategy.key for strategy in strategies()}) == len(strategies())


@ALL
@SPOKEN
def test_a_strategy_can_be_published_as_it_stands(strategy: Strategy, language: str) -> None:
    document = strategy.document_in(language)
    document.pop(library.SECTION, None)  # bringing it in puts these on the shelf
    found = analyse(document, load_catalogue(), CheckScope(connectors=frozenset({"sandbox"})))
    assert [problem.text.en for problem in found.problems] == []
    assert found.publishable


@SPOKEN
def test_every_strategy_is_brought_in_like_any_file(sqlite_database: Database, language: str) -> None:
    now = datetime(2026, 3, 4, 9, tzinfo=UTC)
    with sqlite_database.write() as session:
        for strategy in strategies():
            text = json.dumps(strategy.document_in(language), ensure_ascii=False)
            made = authoring.import_(session, document=text, actor="manager", now=now)
            drawn = {part: value for part, value in strategy.document_in(language).items() if part != library.SECTION}
            assert made.draft == drawn | {"settings": made.draft["settings"]}
            found = authoring.analyse(session, made.draft, now=now, scenario_key=made.key).problems
            # the shipped Russian policy has foreign messengers off, until compliance switches them on
            off = {node["id"] for node in made.draft["nodes"] if node["type"] == "messenger"}
            assert {(problem.code, problem.severity, problem.node) for problem in found} == {
                ("channel.off", "warning", node) for node in off
            }


@ALL
@SPOKEN
def test_every_message_names_the_creditor(strategy: Strategy, language: str) -> None:
    catalogue = load_catalogue()
    document = strategy.document_in(language)
    carried = {item["key"]: item["texts"] for item in document.get(library.SECTION, ())}
    messages = [node for node in document["nodes"] if catalogue[node["type"]].contact_kind is not None]
    assert messages
    for node in messages:
        params = node["data"]["params"]
        texts = carried[params["library"]["key"]].values() if "library" in params else [{"body": params["template"]}]
        assert all(names_in(text["body"]) >= CREDITOR for text in texts), node["id"]


@ALL
def test_each_language_is_its_own(strategy: Strategy) -> None:
    assert is_cyrillic(strategy.title.ru)
    shown = strategy.as_dict("en")
    for template in shown["document"].get(library.SECTION, ()):
        assert is_cyrillic(template["texts"].pop("ru")["body"])
    english = json.dumps([shown], ensure_ascii=False)
    assert not is_cyrillic(english), [word for word in english.split() if is_cyrillic(word)]
    labels = [node["data"]["label"] for node in strategy.document_in("ru")["nodes"]]
    assert all(is_cyrillic(label) for label in labels), labels


@ALL
def test_a_strategy_says_what_it_is_for_and_cards_do_not_overlap(strategy: Strategy) -> None:
    document = strategy.document_in("en")
    assert len(strategy.purpose.en) > 80
    assert document["notes"]
    assert document["name"] == strategy.title.en
    places = [(node["position"]["x"], node["position"]["y"]) for node in document["nodes"]]
    near = [
        (one, other)
        for index, one in enumerate(places)
        for other in places[index + 1 :]
        if abs(one[0] - other[0]) < 300 and abs(one[1] - other[1]) < 120
    ]
    assert near == []


def test_a_copy_may_be_changed() -> None:
    first = strategies()[0]
    first.document_in("en")["nodes"].clear()
    assert first.document_in("en")["nodes"]


def test_every_file_is_read() -> None:
    names = [entry.name for entry in files(templates).iterdir() if entry.name.endswith(".json")]
    assert len(names) == len(strategies()) >= 8
