"""Records that other systems send: written whole or not at all, safe to repeat, every wrong row named."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from console import repetition
from scenario_engine.models import AuditEntry, Borrower, Case, FileImport, Loan, Payment, RequestKey, Signal
from tests.console.client import Console, Person
from tests.console.world import NOW, World

LOAN = {
    "external_id": "L-1",
    "borrower_external_id": "P-1",
    "full_name": "Вымышленная Вера",
    "phone": "8 900 000-00-01",
    "principal": 1_000_000,
    "balance": 1_250_050,
    "dpd": 12,
}


def _count(console: Console, model: type[Any]) -> int:
    with console.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _send(person: Person, kind: str, rows: list[Any], key: str | None = None, **more: Any) -> TestResponse:
    headers = {} if key is None else {repetition.HEADER: key}
    return person.post(f"/intake/{kind}", {"rows": rows, **more}, headers=headers)


def _loan_number(console: Console, world: World) -> str:
    with console.database.read() as session:
        return session.get_one(Loan, world.loan).external_id


def _problems(answer: TestResponse) -> list[tuple[Any, ...]]:
    found = answer.json["error"]["problems"] if "error" in answer.json else answer.json["problems"]
    return [(problem["row"], problem["field"], problem["code"]) for problem in found]


def test_loans_come_with_their_borrowers_and_change_when_they_come_again(both: Console) -> None:
    person = both.sign_in("manager")
    first = _send(person, "loans", [LOAN, LOAN | {"external_id": "L-2", "balance": 0, "dpd": 0}])
    assert first.status_code == 200, first.text
    assert {key: first.json[key] for key in ("added", "updated", "unchanged", "wrong")} == {
        "added": 2, "updated": 0, "unchanged": 0, "wrong": 0,
    }  # fmt: skip
    again = _send(person, "loans", [LOAN | {"balance": 900_000}])
    assert (again.json["added"], again.json["updated"]) == (0, 1)
    with both.database.read() as session:
        loan = session.scalars(select(Loan).where(Loan.external_id == "L-1")).one()
        borrower = session.get_one(Borrower, loan.borrower_id)
        assert (loan.balance, loan.dpd, borrower.phone, borrower.loans_count) == (900_000, 12, "+79000000001", 2)
    history = person.get(f"/imports/{first.json['import_id']}").json
    assert (history["file_name"], history["state"], history["rows_added"], history["actor"]) == (
        "API", "done", 2, "manager",
    )  # fmt: skip


def test_borrowers_come_without_loans(both: Console) -> None:
    person = both.sign_in("manager")
    new = {"external_id": "P-9", "full_name": "Придуманный Пётр", "region": "Свердловская область"}
    assert _send(person, "borrowers", [new]).json["added"] == 1
    assert _send(person, "borrowers", [new]).json["unchanged"] == 1
    assert person.post("/intake/borrowers/one", {"record": new | {"full_name": "Другой"}}).json == {
        "outcome": "updated"
    }
    with both.database.read() as session:
        found = session.scalars(select(Borrower).where(Borrower.external_id == "P-9")).one()
        assert (found.full_name, found.region, found.time_zone) == ("Другой", "RU-SVE", "Asia/Yekaterinburg")
        noted = session.execute(select(AuditEntry.action, AuditEntry.subject_id).order_by(AuditEntry.id.desc())).first()
        assert noted is not None
        assert tuple(noted) == ("record.updated", "P-9")


def test_every_wrong_row_is_named_and_nothing_is_written(both: Console) -> None:
    person = both.sign_in("manager")
    rows = [
        LOAN,
        LOAN | {"external_id": "L-2", "balance": -5},
        LOAN | {"external_id": "L-3", "state": "asleep"},
        LOAN | {"external_id": "L-1"},
        LOAN | {"external_id": "L-4", "favourite_colour": "red"},
        {key: value for key, value in LOAN.items() if key != "dpd"},
        LOAN | {"external_id": ["L-5"]},
    ]
    # every row has the same fields, so that none is emptied by mistake
    rows = [row if number in (4, 5) else row | {"state": row.get("state", "open")} for number, row in enumerate(rows)]
    refused = _send(person, "loans", rows)
    assert refused.status_code == 422, refused.text
    assert _problems(refused) == [
        (2, "balance", "amount.negative"),
        (3, "state", "choice.unknown"),
        (4, "external_id", "row.repeated"),
        (5, "favourite_colour", "field.unknown"),
        (5, "state", "field.lacking"),
        (6, "dpd", "field.lacking"),
        (6, "state", "field.lacking"),
        (7, "external_id", "field.type"),
    ]
    assert _count(both, Loan) == 0
    assert _count(both, FileImport) == 0
    taken = _send(person, "loans", rows, partial=True)
    assert taken.status_code == 200, taken.text
    assert (taken.json["added"], taken.json["wrong"]) == (1, 6)
    assert len(_problems(taken)) == 8
    assert _count(both, Loan) == 1


def test_a_field_that_every_row_lacks_is_asked_for(both: Console) -> None:
    person = both.sign_in("supervisor")
    refused = _send(person, "payments", [{"external_id": "x", "amount": 100, "paid_at": "2026-11-20"}])
    assert _problems(refused) == [(1, "loan_external_id", "field")]


def test_payments_end_cases_and_known_ones_are_left_alone(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor")
    with both.database.read() as session:
        loan = session.get_one(Loan, both_world.loan)
    rows = [
        {"external_id": f"core-{part}", "loan_external_id": loan.external_id, "amount": loan.overdue // 2 + 1,
         "paid_at": "2026-11-24T08:00:00+00:00"} for part in (1, 2)
    ]  # fmt: skip
    answer = _send(person, "payments", rows)
    assert answer.status_code == 200, answer.text
    assert answer.json["added"] == 2
    with both.database.read() as session:
        assert session.get_one(Loan, both_world.loan).overdue == 0
        assert session.scalar(select(Case.end_reason).where(Case.loan_id == both_world.loan)) == "cured"
        assert {
            source for (source,) in session.execute(select(Payment.source).where(Payment.external_id.like("core-%")))
        } == {"api"}
    again = _send(person, "payments", rows)
    assert (again.json["added"], again.json["unchanged"]) == (0, 2)
    other = _send(person, "payments", [rows[0] | {"amount": 1}])
    assert _problems(other) == [(1, "external_id", "payment.differs")]
    lost = person.post(
        "/intake/payments/one", {"record": rows[0] | {"external_id": "z", "loan_external_id": "nowhere"}}
    )
    assert (lost.status_code, _problems(lost)) == (422, [(1, "loan_external_id", "loan.unknown")])


def test_signals_are_noted_once_and_news_becomes_the_state_of_the_loan(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor")
    number = _loan_number(both, both_world)
    news = {"external_id": "fssp-1", "loan_external_id": number, "kind": "bailiff_news", "data": {"state": "filed"}}
    later = news | {"external_id": "fssp-2", "data": {"state": "opened"}}
    plain = news | {"external_id": "app-7", "kind": "activity_dropped", "data": None}
    answer = _send(person, "signals", [news, later, plain])
    assert answer.status_code == 200, answer.text
    assert answer.json["added"] == 3
    assert _send(person, "signals", [news, later, plain]).json["unchanged"] == 3
    with both.database.read() as session:
        assert session.get_one(Loan, both_world.loan).bailiff_state == "opened"
        found = session.scalars(select(Signal).where(Signal.key == "app-7")).one()
        assert (found.data, found.source, found.handled) == ({}, "api", True)
    wrong = [
        plain | {"external_id": "a", "kind": "payment_received"},
        plain | {"external_id": "b", "data": "not JSON"},
        plain | {"external_id": "fssp-1"},
    ]
    assert _problems(_send(person, "signals", wrong)) == [
        (1, "kind", "choice.unknown"),
        (2, "data", "document"),
        (3, "external_id", "signal.differs"),
    ]
    operator = both.sign_in("operator")
    assert _send(operator, "signals", [plain]).status_code == 403


def test_the_same_key_gives_the_same_answer_and_another_request_is_refused(both: Console) -> None:
    person = both.sign_in("manager")
    first = _send(person, "loans", [LOAN], key="night-1")
    again = _send(person, "loans", [LOAN], key="night-1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json
    assert (first.headers.get(repetition.REPLAYED), again.headers.get(repetition.REPLAYED)) == (None, "true")
    other = _send(person, "loans", [LOAN | {"balance": 1}], key="night-1")
    assert (other.status_code, other.json["error"]["code"]) == (422, "idempotency_key")
    somebody = _send(both.sign_in("admin"), "loans", [LOAN], key="night-1")
    assert somebody.json["unchanged"] == 1
    assert _count(both, FileImport) == 2


def test_a_refused_request_leaves_no_key(both: Console) -> None:
    person = both.sign_in("manager")
    assert _send(person, "loans", [LOAN | {"balance": -1}], key="k").status_code == 422
    assert _count(both, RequestKey) == 0
    assert _send(person, "loans", [LOAN], key="k").status_code == 200


@pytest.mark.parametrize("key", ["", "я", "x" * 101])
def test_a_key_that_cannot_be_kept_is_refused(console: Console, key: str) -> None:
    person = console.sign_in("manager")
    headers = {repetition.HEADER: key.encode().decode("latin-1")}
    assert person.post("/intake/loans", {"rows": [LOAN]}, headers=headers).status_code == 400


def test_equal_requests_at_the_same_time_are_carried_out_once(both: Console, both_world: World) -> None:
    number = _loan_number(both, both_world)
    row = {"external_id": None, "loan_external_id": number, "amount": 10_001, "paid_at": "2026-11-24T08:00:00+00:00"}
    people = [both.sign_in("supervisor") for _ in range(4)]
    together = threading.Barrier(len(people))
    answers: list[TestResponse] = []

    def send(person: Person) -> None:
        together.wait()
        answers.append(_send(person, "payments", [row | {"external_id": "core-same"}], key="same"))

    threads = [threading.Thread(target=send, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [answer.json["added"] for answer in answers] == [1] * 4
    assert sorted(answer.headers.get(repetition.REPLAYED, "") for answer in answers) == ["", "true", "true", "true"]
    with both.database.read() as session:
        assert session.scalar(select(func.sum(Payment.amount)).where(Payment.external_id == "core-same")) == 10_001
    assert _count(both, RequestKey) == 1


def test_keys_are_forgotten_after_a_day(both: Console) -> None:
    _send(both.sign_in("manager"), "loans", [LOAN], key="old")
    repetition.clear(both.database, NOW + repetition.KEPT / 2)
    assert _count(both, RequestKey) == 1
    repetition.clear(both.database, NOW + repetition.KEPT * 2)
    assert _count(both, RequestKey) == 0


def test_what_is_no_list_of_objects_is_refused(console: Console) -> None:
    person = console.sign_in("manager")
    for rows in ([], [1], "rows", [{}] * 10_001):
        assert _send(person, "loans", rows).status_code == 422  # type: ignore[arg-type]


def test_the_description_tells_the_fields_of_a_record_and_the_key(console: Console) -> None:
    description = console.sign_in("admin").get("/openapi.json").json
    operation = description["paths"]["/api/v1/intake/payments"]["post"]
    assert [each["name"] for each in operation["parameters"]] == [repetition.HEADER]
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    record = description["components"]["schemas"][name]["properties"]["rows"]["items"]
    assert set(record["required"]) == {"external_id", "loan_external_id", "amount", "paid_at"}
    assert record["properties"]["amount"]["type"] == "integer"
