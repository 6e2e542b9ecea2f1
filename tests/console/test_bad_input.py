"""Whatever is sent, the answer is a refusal that says what is wrong, never a fault of the server."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from scenario_engine.models import Payment, Signal
from tests.console.client import Console
from tests.console.world import World, document

HUGE = 2**63


def test_an_error_has_one_shape_in_the_readers_language(console: Console, world: World) -> None:
    for language, message in (("en", "There is no such loan."), ("ru", "Такого займа нет.")):
        person = console.sign_in("admin", language=language)
        answer = person.get("/loans/999")
        assert answer.status_code == 404
        assert answer.json == {"error": {"code": "not_found", "message": message, "problems": []}}


@pytest.mark.parametrize("key", ["0", "-1", "1.5", "abc", "%00", "01", str(HUGE), "9" * 30, "1%27"])
@pytest.mark.parametrize("path", ["/loans", "/tasks", "/scenarios", "/versions", "/cases", "/outbox"])
def test_a_forged_id_is_not_found(both: Console, path: str, key: str) -> None:
    answer = both.sign_in("admin").get(f"{path}/{key}")
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"page": str(HUGE)},
        {"size": "0"},
        {"size": "201"},
        {"sort": "password"},
        {"sort": "-"},
        {"sort": "dpd;drop table loans"},
        {"format": "exe"},
        {"dpd_min": "many"},
        {"dpd_min": str(HUGE)},
        {"q": "a\0b"},
        {"bucket": "\0"},
        {"q": "x" * 201},
    ],
)
def test_a_wrong_query_is_named(both: Console, query: dict[str, str]) -> None:
    answer = both.sign_in("admin").get("/loans", **query)
    assert answer.status_code == 422
    assert answer.json["error"]["problems"] or answer.json["error"]["message"]


@pytest.mark.parametrize("words", ["'", "%", "_", "\\", "100%", "<script>", "Ω≈ç√", "🙂", "a" * 200])
def test_any_words_can_be_searched_for(both: Console, both_world: World, words: str) -> None:
    person = both.sign_in("admin")
    for path in ("/loans", "/tasks", "/scenarios", "/outbox", "/audit"):
        assert person.get(path, q=words).status_code == 200
    assert person.get("/search", q=words).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[1, 2",
        b'{"amount": NaN}',
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b"1" * 5000,
    ],
)
def test_a_body_that_is_not_an_object_is_refused(console: Console, world: World, body: bytes) -> None:
    person = console.sign_in("admin")
    answer = person.request("POST", f"/loans/{world.loan}/payments", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json["error"]["code"] in ("bad_request", "invalid")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 0),
        ("amount", -5),
        ("amount", 1.5),
        ("amount", "100"),
        ("amount", None),
        ("amount", True),
        ("amount", HUGE),
        ("amount", 10**400),
        ("external_id", ""),
        ("external_id", "x" * 65),
        ("external_id", "a\0b"),
        ("external_id", "\ud800"),
        ("paid_at", "yesterday"),
        ("paid_at", "2026-11-24T09:00:00"),
        ("paid_at", "0001-01-01T00:00:00+14:00"),
        ("paid_at", 5),
        ("surprise", 1),
    ],
)
def test_a_wrong_payment_is_refused_and_nothing_is_written(
    both: Console, both_world: World, field: str, value: Any
) -> None:
    person = both.sign_in("admin")
    answer = person.post(f"/loans/{both_world.loan}/payments", {"amount": 100, field: value})
    assert answer.status_code == 422
    with both.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == 1
        assert session.scalar(select(func.count()).select_from(Signal)) == 1


@pytest.mark.parametrize(
    "document_",
    [
        None,
        [],
        "text",
        1,
        {},
        {"nodes": "x"},
        {"name": "\0"},
        {"a": {"b": "\ud800"}},
        {"x": 10**400},
        {"x": [[[]]] * 1000},
    ],
)
def test_any_document_can_be_analysed_and_none_breaks_a_draft(both: Console, both_world: World, document_: Any) -> None:
    person = both.sign_in("manager")
    assert person.post("/analyse", {"document": document_}).status_code in (200, 422)
    answer = person.put(f"/scenarios/{both_world.scenario}/draft", {"document": document_, "revision": 1})
    assert answer.status_code in (200, 422)
    assert person.get(f"/scenarios/{both_world.scenario}").status_code == 200
    assert person.get("/scenarios").status_code == 200


def test_a_rule_that_makes_no_sense_is_refused(console: Console) -> None:
    person = console.sign_in("manager")
    for rule in (None, [], {}, {"combinator": "and", "rules": [{"field": "nope", "operator": "=", "value": 1}]}):
        assert person.post("/rules/count", {"rule": rule}).status_code in (200, 422)
        assert person.post("/rules/words", {"rule": rule}).status_code in (200, 422)


def test_a_body_beyond_the_limit_is_refused(console: Console) -> None:
    person = console.sign_in("manager")
    answer = person.post("/analyse", {"document": {"x": "y" * 3_000_000}})
    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "too_large"


def test_an_unknown_address_answers_in_kind(console: Console) -> None:
    person = console.sign_in("manager")
    assert person.get("/nothing").json["error"]["code"] == "not_found"
    assert person.request("PATCH", "/loans").json["error"]["code"] == "method_not_allowed"
    assert "<html" in person.client.get("/nothing").text


def test_a_hostile_name_is_only_text(console: Console) -> None:
    person = console.sign_in("manager")
    name = "<script>alert(1)</script>"
    made = person.post("/scenarios", {"name": name, "document": document(name)})
    assert made.status_code == 201
    assert made.content_type == "application/json"
    assert made.json["name"] == name
