"""Applications through the API: filed, explained, decided by people, confirmed by a second one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text, update

from console import repetition
from scenario_engine.models import Borrower, Product, RequestKey
from scenario_engine.registry.lending.decision import DecisionRules
from scenario_engine.vault import Vault
from tests.builders import a_product
from tests.console.client import Console, Person
from tests.console.world import NOW, World
from tests.registry.lending.offers import PAYDAY, some_terms
from tests.registry.lending.rules import a_rule, rules


@pytest.fixture
def product(both: Console) -> int:
    with both.database.write() as session:
        terms = some_terms(**PAYDAY)
        return a_product(session, code="payday", kind="bullet", offered=True, terms=terms.as_document()).id


def rule(console: Console, product: int, found: DecisionRules) -> None:
    with console.database.write() as session:
        session.get_one(Product, product).decision = found.as_document()


def asked(world: World, product: int, **over: Any) -> dict[str, Any]:
    return {"borrower_id": world.borrower, "product_id": product, "principal": 1_000_000, "term": 30} | over


def filed(person: Person, world: World, product: int, **over: Any) -> dict[str, Any]:
    answer = person.post("/applications", asked(world, product, **over))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_a_refusal_is_explained_by_its_rule_and_by_what_the_rule_read(
    both: Console, both_world: World, product: int
) -> None:
    rule(both, product, rules(a_rule("dpd", ">", 10, reason="Есть просрочка"), a_rule("repeat_borrower", "=", False)))
    supervisor = both.sign_in("supervisor", language="ru")
    made = filed(supervisor, both_world, product)
    found = supervisor.get(f"/applications/{made['id']}").json
    assert (found["state"], found["against"]) == ("refused", ["По правилу продукта: Есть просрочка"])
    assert found["rule"]["words"] == "просрочка больше 10 дней"
    assert [(one["title"], one["value"]) for one in found["seen"]] == [
        ("Дней просрочки, худший из действующих займов", "12 дней"),
        ("Повторный заёмщик", "да"),
    ]
    decision = supervisor.post("/loans/decision", asked(both_world, product)).json
    assert (decision["outcome"], decision["reason"], decision["approved"]) == ("refuse", "Есть просрочка", False)


def test_an_application_is_decided_by_a_person_and_confirmed_by_another(
    both: Console, both_world: World, product: int
) -> None:
    rule(both, product, rules(otherwise="person", confirm_above=900_000))
    supervisor, compliance, admin = (both.sign_in(name) for name in ("supervisor", "compliance", "admin"))
    path = f"/applications/{filed(supervisor, both_world, product)['id']}"
    direct = supervisor.post("/loans", asked(both_world, product))
    assert (direct.status_code, direct.json["error"]["code"]) == (409, "loan.person")
    assert supervisor.post(f"{path}/issue").status_code == 409
    own = supervisor.post(f"{path}/settle", {"approved": True, "note": "known"})
    assert (own.status_code, own.json["error"]["code"]) == (403, "application.own")
    assert not supervisor.get(path).json["may_settle"]
    assert admin.get(path).json["may_settle"]
    assert admin.post(f"{path}/settle", {"approved": True, "note": " "}).status_code == 422
    assert admin.post(f"{path}/settle", {"approved": True, "note": "known"}).json["state"] == "approved"
    wanted = supervisor.post(f"{path}/issue", {"number": "N-7"}).json
    assert (wanted["state"], wanted["requested_by"], wanted["may_confirm"]) == ("confirming", "supervisor", False)
    assert supervisor.post(f"{path}/confirm").status_code == 403
    assert compliance.get(path).json["may_confirm"]
    done = compliance.post(f"{path}/confirm").json
    assert (done["state"], done["confirmed_by"], done["loan"]["external_id"]) == ("issued", "compliance", "N-7")
    assert compliance.post(f"{path}/confirm").status_code == 409


def test_applications_are_listed_searched_sorted_and_exported(both: Console, both_world: World, product: int) -> None:
    supervisor = both.sign_in("supervisor")
    first = filed(supervisor, both_world, product)
    second = filed(supervisor, both_world, product, borrower_id=both_world.other_borrower, principal=2_000_000)
    third = filed(supervisor, both_world, product, term=31)

    def ids(**query: Any) -> list[int]:
        answer = supervisor.get("/applications", **query)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json["items"]]

    assert ids(sort="id") == [first["id"], second["id"], third["id"]]
    assert ids(sort="-principal", size=1) == [second["id"]]
    assert ids(state="refused") == [third["id"]]
    assert ids(q="Смирнова") == [second["id"]]
    assert ids(borrower=both_world.borrower, sort="id", page=2, size=1) == [third["id"]]
    assert supervisor.get("/applications", sort="colour").status_code == 422
    manager = both.sign_in("manager")
    masked = manager.get("/applications", sort="id").json["items"][0]["borrower"]["name"]
    assert masked == "И*** П."
    assert manager.get("/applications", q="Смирнова").json["total"] == 0
    exported = supervisor.get("/applications", format="csv")
    assert exported.status_code == 200
    assert "Смирнова Анна" in exported.text


def test_a_restricted_borrower_is_refused_by_every_door(both: Console, both_world: World, product: int) -> None:
    with both.database.write() as session:
        person = session.get_one(Borrower, both_world.borrower)
        person.lending_restricted_at, person.lending_restriction = NOW, "Просрочка"
    supervisor = both.sign_in("supervisor", language="ru")
    found = filed(supervisor, both_world, product)
    assert found["state"] == "refused"
    assert "Просрочка" in found["reason"]
    assert supervisor.post("/loans", asked(both_world, product)).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"principal": 0},
        {"principal": 1.5},
        {"principal": "1000000"},
        {"term": -1},
        {"channel": "pigeon"},
        {"debt_burden": -1},
        {"currency": "USD"},
        {"borrower_id": 2**63},
    ],
)
def test_a_senseless_application_is_refused(
    both: Console, both_world: World, product: int, wrong: dict[str, Any]
) -> None:
    supervisor = both.sign_in("supervisor")
    assert supervisor.post("/applications", asked(both_world, product, **wrong)).status_code == 422
    assert supervisor.get("/applications").json["total"] == 0


def test_an_old_loan_is_paid_off_by_a_new_one(both: Console, both_world: World, product: int) -> None:
    supervisor = both.sign_in("supervisor")
    old = supervisor.post("/loans", asked(both_world, product, external_id="OLD")).json["id"]
    wanted = asked(both_world, product, principal=3_000_000, refinanced_id=old)
    assert supervisor.post("/loans/decision", wanted).json["pays_off"] == 1_000_000
    made = supervisor.post("/applications", wanted).json
    assert made["refinanced"] == {"id": old, "external_id": "OLD"}
    done = supervisor.post(f"/applications/{made['id']}/issue", {"number": "NEW"}).json
    assert (done["state"], done["loan"]["external_id"], done["pays_off"]) == ("issued", "NEW", 1_000_000)
    card = supervisor.get(f"/loans/{old}").json
    assert (card["loan"]["state"], card["loan"]["balance"]) == ("closed", 0)
    assert [(one["amount"], one["source"]) for one in card["payments"]] == [(1_000_000, "refinance")]


# -- borrowers -------------------------------------------------------------------------------------------------------

ANNA = {
    "full_name": " Пример Анна ",
    "birth_date": "1990-02-28",
    "phone": "8 (900) 000-00-01",
    "email": "anna@example.test",
    "region": "RU-SVE",
}


def test_a_borrower_is_written_down_corrected_and_found(both: Console, both_world: World) -> None:
    supervisor = both.sign_in("supervisor")
    answer = supervisor.post("/borrowers", ANNA)
    assert answer.status_code == 201, answer.text
    made = answer.json
    assert (made["name"], made["phone"], made["time_zone"]) == ("Пример Анна", "+79000000001", "Asia/Yekaterinburg")
    assert made["external_id"].startswith("K-")
    changed = supervisor.put(f"/borrowers/{made['id']}", {"phone": "+7 900 000-00-02", "email": ""}).json
    assert (changed["name"], changed["phone"], changed["email"]) == ("Пример Анна", "+79000000002", None)
    (found,) = supervisor.get("/borrowers", q="Пример").json["items"]
    assert found["id"] == made["id"]
    assert supervisor.post("/borrowers", ANNA | {"external_id": made["external_id"]}).status_code == 409
    trail = both.sign_in("auditor").get("/audit", subject_type="borrower", subject_id=str(made["id"])).json["items"]
    assert sorted(entry["details"]["fields"] for entry in trail) == [
        ["birth_date", "email", "full_name", "phone", "region", "time_zone"],
        ["email", "phone"],
    ]
    assert "9000000002" not in str(trail)


def test_an_answer_that_is_kept_for_a_repetition_shows_nobody(both: Console, both_world: World) -> None:
    supervisor = both.sign_in("supervisor")
    key = {repetition.HEADER: "anna-1"}
    first = supervisor.post("/borrowers", ANNA, headers=key)
    assert first.status_code == 201, first.text
    with both.database.read() as session:
        row = session.execute(text("SELECT * FROM request_keys")).one()
    assert row.status == 201
    for shown in ("Пример", json.dumps("Пример")[1:-1], "9000000001", "anna@example", "1990-02-28"):
        assert shown not in str(row)
    again = supervisor.post("/borrowers", ANNA, headers=key)
    assert (again.status_code, again.json, again.headers[repetition.REPLAYED]) == (201, first.json, "true")


def test_an_answer_whose_seal_nobody_can_open_is_not_made_up(both: Console, both_world: World) -> None:
    supervisor = both.sign_in("supervisor")
    key = {repetition.HEADER: "anna-2"}
    assert supervisor.post("/borrowers", ANNA, headers=key).status_code == 201
    with both.database.write() as session:
        session.execute(update(RequestKey).values(answer=Vault(["another key"]).seal("{}")))
    again = supervisor.post("/borrowers", ANNA, headers=key)
    assert (again.status_code, again.json["error"]["code"]) == (409, "idempotency_key.sealed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"full_name": "  "},
        {"phone": "12"},
        {"email": "nobody"},
        {"birth_date": "2026-11-24"},
        {"birth_date": "1899-12-31"},
        {"region": "RU-XXX"},
    ],
)
def test_what_cannot_be_true_of_a_borrower_is_told_at_its_field(
    both: Console, both_world: World, wrong: dict[str, Any]
) -> None:
    supervisor = both.sign_in("supervisor")
    answer = supervisor.post("/borrowers", ANNA | wrong)
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json["error"]["problems"]] == list(wrong)
    assert supervisor.put(f"/borrowers/{both_world.borrower}", wrong).status_code == 422


def test_a_borrower_is_masked_for_who_may_not_see_persons(both: Console, both_world: World) -> None:
    manager = both.sign_in("manager")
    found = manager.get(f"/borrowers/{both_world.borrower}").json
    assert (found["name"], found["phone"], found["masked"]) == ("И*** П.", "+7********67", True)
    assert manager.get("/borrowers", q="Иванов").json["total"] == 0
    assert manager.put(f"/borrowers/{both_world.borrower}", {"phone": "+79000000003"}).status_code == 403
    operator = both.sign_in("operator")
    assert operator.get(f"/borrowers/{both_world.other_borrower}").status_code == 404
