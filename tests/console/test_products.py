"""Products through the API: made, changed, drawn up, refused with figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from console.api.shapes import products as shapes
from tests.console.client import Console
from tests.console.world import World
from tests.registry.lending.offers import PAYDAY, some_terms
from tests.registry.lending.rules import a_rule, rules

TERMS = some_terms(**PAYDAY).as_document()


def body(**over: Any) -> dict[str, Any]:
    return {"code": "payday", "name": "До зарплаты", "offered": True, "terms": TERMS} | over


def test_a_product_is_made_listed_changed_and_found_again(both: Console) -> None:
    manager = both.sign_in("manager")
    made = manager.post("/products", body())
    assert made.status_code == 201, made.text
    card = made.json
    assert (card["code"], card["terms"], card["revision"], card["forecast"]) == ("payday", TERMS, 1, [])
    assert manager.get("/products", q="зарпл").json["items"][0]["id"] == card["id"]
    assert manager.get("/products", kind="annuity").json["total"] == 0
    change = {"name": "До аванса", "offered": False, "terms": TERMS, "decision": None, "revision": 1}
    assert manager.put(f"/products/{card['id']}", change).json["revision"] == 2
    again = manager.put(f"/products/{card['id']}", change)
    assert (again.status_code, again.json["error"]["code"]) == (409, "product.changed")
    assert manager.get("/products", offered="true").json["total"] == 0
    assert manager.post("/products", body()).status_code == 409


def test_the_rules_of_a_product_are_kept_said_in_words_and_refused_at_their_place(both: Console) -> None:
    manager = both.sign_in("manager")
    made = manager.post("/products", body()).json
    assert made["decision"] is None
    found = rules(a_rule("dpd", ">", 30, reason="late"), confirm_above=500_000).as_document()
    change = {"name": "x", "offered": True, "terms": TERMS, "decision": found, "revision": 1}
    card = manager.put(f"/products/{made['id']}", change).json
    assert card["decision"]["rules"] == [found["rules"][0] | {"words": "delinquency is more than 30 days"}]
    assert card["decision"]["confirm_above"] == 500_000
    wrong = rules(a_rule("product", "=", "x")).as_document()
    answer = manager.put(f"/products/{made['id']}", change | {"decision": wrong, "revision": 2})
    assert [problem["field"] for problem in answer.json["error"]["problems"]] == ["decision.rules.0"]
    fields = {field["name"]: field["label"] for field in manager.get("/products/fields").json["fields"]}
    assert fields["principal"] == "Sum asked for"
    assert "days_to_next_due" not in fields


def test_a_rate_above_the_cap_is_refused_with_figures_in_the_readers_language(console: Console) -> None:
    manager = console.sign_in("manager", language="ru")
    answer = manager.post("/products", body(terms=TERMS | {"rate_ppm": 10_000}))
    assert answer.status_code == 422
    (problem,) = answer.json["error"]["problems"]
    assert problem["field"] == "rate_ppm"
    assert "1\u00a0% в день — выше предела" in problem["text"]
    assert "0,8\u00a0%" in problem["text"]
    assert manager.get("/products").json["total"] == 0


def test_a_preview_draws_up_the_loan_and_its_full_cost(console: Console) -> None:
    asked = {"terms": TERMS, "principal": 1_000_000, "term": 30, "issued_on": "2026-04-01"}
    found = console.sign_in("auditor").post("/products/preview", asked).json
    assert found["cost"] == {"rate": 292_000, "amount": 240_000}
    assert (found["total"], found["ends_on"]) == (1_240_000, "2026-05-01")
    assert found["lines"] == [
        {"number": 1, "due_on": "2026-05-01", "amount": 1_240_000, "principal": 1_000_000, "interest": 240_000,
         "fee": 0, "left": 0}
    ]  # fmt: skip


def test_a_preview_without_a_day_is_of_today(console: Console) -> None:
    found = console.sign_in("manager").post("/products/preview", {"terms": TERMS, "principal": 1_000_000, "term": 7})
    assert found.json["issued_on"] == "2026-11-24"


def test_every_kind_of_nonsense_is_refused(console: Console) -> None:
    manager = console.sign_in("manager")
    for wrong in (
        {},
        body(terms={}),
        body(terms=TERMS | {"kind": "revolving"}),
        body(terms=TERMS | {"rate_ppm": 0.5}),
        body(terms=TERMS | {"principal_max": 10**12}),
        body(terms=TERMS | {"order": ["interest"]}),
        body(terms=TERMS | {"more": 1}),
        body(code="Большой"),
        body(name="\0"),
    ):
        assert manager.post("/products", wrong).status_code == 422, wrong
    for wrong in ({"issued_on": "9999-12-31"}, {"issued_on": "2026-02-29"}, {"term": 2**62}, {"principal": 10**12}):
        asked = {"terms": TERMS, "principal": 1_000_000, "term": 7} | wrong
        assert manager.post("/products/preview", asked).status_code == 422, wrong


def test_a_card_tells_what_will_be_forbidden_from_a_later_day_on(console: Console) -> None:
    console.now = console.now.replace(year=2026, month=2, day=1)
    manager = console.sign_in("manager")
    card = manager.post("/products", body(terms=TERMS | {"term_max": 140})).json
    (forecast,) = card["forecast"]
    assert forecast["on"] == "2026-04-01"
    assert [problem["field"] for problem in forecast["problems"]] == ["term_max"]


def test_the_rules_name_every_limit_with_its_days_and_source(console: Console) -> None:
    packs = {pack["key"]: pack for pack in console.sign_in("compliance").get("/products/policies").json["items"]}
    charges = {
        cap["valid_from"]: cap
        for cap in packs["ru-353"]["caps"]
        if (cap["measure"], cap["regime"]) == ("charges", "ordinary")
    }
    old, new = charges["2023-07-01"], charges["2026-04-01"]
    assert (old["limit_ppm"], old["valid_to"], old["in_force"]) == (1_300_000, "2026-03-31", False)
    assert (new["limit_ppm"], new["valid_to"], new["in_force"]) == (1_000_000, None, True)
    assert all(cap["source"] for pack in packs.values() for cap in pack["caps"])
    assert packs["neutral"]["caps"] == []


def test_a_mirrored_product_has_no_terms_and_counts_its_loans(console: Console, world: World) -> None:
    (item,) = console.sign_in("manager").get("/products").json["items"]
    assert (item["terms"], item["offered"], item["loans"], item["open_loans"]) == (None, False, 2, 2)
    assert set(item) == set(shapes.ProductItem().fields)
    assert console.now.date() == date(2026, 11, 24)
