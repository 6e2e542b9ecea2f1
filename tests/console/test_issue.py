"""Loans through the API: decided, issued, their ledger read, closing quoted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from console import repetition
from scenario_engine.models import Borrower, Loan, Payment
from tests.builders import a_product
from tests.console.client import Console, Person
from tests.console.world import NOW, World
from tests.registry.lending.offers import PAYDAY, some_terms


@pytest.fixture
def product(both: Console) -> int:
    with both.database.write() as session:
        terms = some_terms(**PAYDAY)
        return a_product(session, code="payday", kind="bullet", offered=True, terms=terms.as_document()).id


def asked(world: World, product: int, **over: Any) -> dict[str, Any]:
    return {"borrower_id": world.borrower, "product_id": product, "principal": 1_000_000, "term": 30} | over


def issued(person: Person, world: World, product: int) -> int:
    answer = person.post("/loans", asked(world, product, external_id="N-1"))
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def test_a_decision_shows_what_would_be_paid(both: Console, both_world: World, product: int) -> None:
    found = both.sign_in("supervisor").post("/loans/decision", asked(both_world, product)).json
    assert (found["approved"], found["ordinal"], found["against"]) == (True, 2, [])
    assert found["preview"]["cost"] == {"rate": 292_000, "amount": 240_000}


def test_a_refusal_names_its_reasons_in_the_readers_language(both: Console, both_world: World, product: int) -> None:
    with both.database.write() as session:
        person = session.get_one(Borrower, both_world.borrower)
        person.lending_restricted_at, person.lending_restriction = NOW, "Просрочка"
    supervisor = both.sign_in("supervisor", language="ru")
    found = supervisor.post("/loans/decision", asked(both_world, product)).json
    assert not found["approved"]
    assert [problem["text"] for problem in found["against"]] == ["Новые займы этому заёмщику запрещены: Просрочка."]
    answer = supervisor.post("/loans", asked(both_world, product))
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "loan.refused")


def test_an_issued_loan_can_be_paid_and_its_ledger_read(both: Console, both_world: World, product: int) -> None:
    supervisor = both.sign_in("supervisor")
    loan = issued(supervisor, both_world, product)
    both.now = NOW + timedelta(days=10)
    assert supervisor.post(f"/loans/{loan}/payments", {"amount": 580_000, "external_id": "P"}).status_code == 201
    ledger = supervisor.get(f"/loans/{loan}/ledger").json
    assert ledger["owed"]["balance"] == 500_000
    assert [event["kind"] for event in ledger["events"]] == ["payment", *["accrued"] * 10, "issued"]
    assert [event["balance"] for event in ledger["events"][:2]] == [500_000, 1_080_000]
    assert [day["balance"] for day in ledger["days"]] == [1_000_000 + 8_000 * day for day in range(10)] + [500_000]
    card = supervisor.get(f"/loans/{loan}").json
    assert (card["loan"]["servicing"], card["loan"]["balance"]) == ("ledger", 500_000)
    assert card["instalments"][0]["paid"] == 500_000


def test_closing_is_quoted_for_days_to_come(both: Console, both_world: World, product: int) -> None:
    supervisor = both.sign_in("supervisor")
    loan = issued(supervisor, both_world, product)
    day = (NOW + timedelta(days=31)).date().isoformat()
    assert supervisor.get(f"/loans/{loan}/quote", on=day).json["owed"]["balance"] == 1_248_547
    for wrong in ("2026-11-01", "2028-01-01", "soon"):
        assert supervisor.get(f"/loans/{loan}/quote", on=wrong).status_code == 422


def test_a_loan_without_a_ledger_has_none_to_show(both: Console, both_world: World) -> None:
    supervisor = both.sign_in("supervisor")
    for path in ("ledger", "quote"):
        assert supervisor.get(f"/loans/{both_world.loan}/{path}").status_code == 404


def test_a_number_that_is_taken_is_a_conflict_and_one_is_made_up_without(
    both: Console, both_world: World, product: int
) -> None:
    supervisor = both.sign_in("supervisor")
    issued(supervisor, both_world, product)
    assert supervisor.post("/loans", asked(both_world, product, external_id="N-1")).status_code == 409
    # the second dear loan of November 2026 is the last that the law allows
    made = supervisor.post("/loans", asked(both_world, product))
    assert made.json["external_id"].startswith("K-")
    refused = supervisor.post("/loans", asked(both_world, product))
    assert [problem["code"] for problem in refused.json["error"]["problems"]] == ["loan.too_many"]


def test_a_payment_is_taken_back_by_who_may_and_the_card_says_so(
    both: Console, both_world: World, product: int
) -> None:
    supervisor = both.sign_in("supervisor")
    loan = issued(supervisor, both_world, product)
    both.now = NOW + timedelta(days=10)
    payment = supervisor.post(f"/loans/{loan}/payments", {"amount": 580_000, "external_id": "P"}).json["payment_id"]
    path = f"/payments/{payment}/reversal"
    assert both.sign_in("manager").post(path, {"reason": "not theirs"}).status_code == 403
    assert supervisor.post(path, {"reason": " "}).status_code == 422
    answer = supervisor.post(path, {"reason": "not theirs"})
    assert (answer.status_code, answer.json["balance"]) == (200, 1_080_000)
    assert supervisor.post(path, {"reason": "again"}).status_code == 409
    assert supervisor.post("/payments/999999/reversal", {"reason": "nothing"}).status_code == 404
    (shown,) = supervisor.get(f"/loans/{loan}").json["payments"]
    assert (shown["reversed_at"] is not None, shown["source"]) == (True, "console")
    told = supervisor.get(f"/loans/{loan}/timeline").json["items"]
    assert [event["amount"] for event in told if event["title"] == "Payment taken back"] == [580_000]


def test_a_loan_that_is_asked_for_twice_under_one_key_is_issued_once(
    both: Console, both_world: World, product: int
) -> None:
    person = both.sign_in("supervisor")
    body = asked(both_world, product)
    key = {repetition.HEADER: "order-1"}
    first, again = (person.post("/loans", body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert again.headers[repetition.REPLAYED] == "true"
    other = person.post("/loans", body | {"term": 20}, headers=key)
    assert (other.status_code, other.json["error"]["code"]) == (422, "idempotency_key")
    path = f"/loans/{first.json['id']}"
    for part, row in (("payments", {"amount": 100}), ("signals", {"kind": "reply"})):
        answers = [person.post(f"{path}/{part}", row, headers={repetition.HEADER: part}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
        assert answers[0].json == answers[1].json
    with both.database.read() as session:
        assert session.scalar(select(func.count()).where(Loan.servicing == "ledger")) == 1
        assert session.scalar(select(func.count()).where(Payment.loan_id == first.json["id"])) == 1


def test_what_is_made_under_one_key_is_made_once(both: Console) -> None:
    rows = {"external_id": "P-77", "full_name": "Придуманная Полина"}
    for path, body in (("/borrowers", rows), ("/scenarios", {"name": "Twice"})):
        person = both.sign_in("supervisor" if path == "/borrowers" else "manager")
        answers = [person.post(path, body, headers={repetition.HEADER: "once"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
        assert answers[1].json == answers[0].json
