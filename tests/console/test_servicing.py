"""Changes of loans through the API: tried out, made, refused in words, decided by a second person; scenarios follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from scenario_engine.models import AuditEntry, Case, Signal
from tests.builders import a_product
from tests.console.client import Console
from tests.console.world import NOW, World
from tests.registry.lending.offers import PAYDAY, some_terms

DAY = timedelta(days=1)


@pytest.fixture
def loan(both: Console, both_world: World) -> int:
    with both.database.write() as session:
        terms = some_terms(**PAYDAY, prolongations=1)
        product = a_product(session, code="payday", kind="bullet", offered=True, terms=terms.as_document()).id
    answer = both.sign_in("supervisor").post(
        "/loans",
        {"borrower_id": both_world.borrower, "product_id": product, "principal": 1_000_000, "term": 30},
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def restructuring(day: Any) -> dict[str, Any]:
    return {"first_on": day.isoformat(), "count": 3, "unit": "month", "interest": "capitalise", "penalty": "waive"}


def test_a_prolongation_is_tried_out_refused_in_words_and_made(both: Console, loan: int) -> None:
    supervisor = both.sign_in("supervisor", language="ru")
    both.now = NOW + 30 * DAY
    body = {"kind": "prolonged", "asked": {"term": 30}}
    answer = supervisor.post(f"/servicing/loans/{loan}/preview", body)
    assert answer.status_code == 422
    assert "Сначала нужно погасить проценты" in answer.json["error"]["message"]
    supervisor.post(f"/loans/{loan}/payments", {"amount": 240_000, "external_id": "P"})
    found = supervisor.post(f"/servicing/loans/{loan}/preview", body).json
    assert [(line["amount"], line["principal"]) for line in found["lines"]][-1] == (1_240_000, 1_000_000)
    assert supervisor.get(f"/servicing/loans/{loan}").json["prolonged"] == 0
    made = supervisor.post(f"/servicing/loans/{loan}/changes", body)
    assert (made.status_code, made.json["waits"], made.json["overdue"]) == (201, False, 0)
    assert supervisor.get(f"/servicing/loans/{loan}").json["prolonged"] == 1
    again = supervisor.post(f"/servicing/loans/{loan}/changes", body)
    assert again.status_code == 422
    assert "пролонгаций" in again.json["error"]["message"]
    with both.database.read() as session:
        assert session.scalar(select(Signal.kind).where(Signal.kind == "prolonged", Signal.loan_id == loan))
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "loan.changed")).one()
        assert entry.details["kind"] == "prolonged"


def test_whoever_may_not_take_payments_takes_none_with_a_prolongation(both: Console, loan: int) -> None:
    supervisor, operator = both.sign_in("supervisor", language="ru"), both.sign_in("operator")
    both.now = NOW + 35 * DAY
    body = {"kind": "prolonged", "asked": {"term": 30, "pays": 1}}
    assert operator.post(f"/servicing/loans/{loan}/changes", body).status_code == 403
    refused = supervisor.post(f"/servicing/loans/{loan}/preview", body)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "amendment.price")
    owed = supervisor.get(f"/servicing/loans/{loan}").json["owed"]
    body["asked"]["pays"] = owed["balance"] - 1_000_000
    shown = supervisor.post(f"/servicing/loans/{loan}/preview", body).json
    assert (shown["price"], shown["after"]["balance"]) == (owed["balance"] - 1_000_000, 1_000_000)
    made = supervisor.post(f"/servicing/loans/{loan}/changes", body)
    assert (made.status_code, made.json["overdue"], made.json["balance"]) == (201, 0, 1_000_000)
    with both.database.read() as session:
        entries = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(4)).all()
        assert {"payment.recorded", "loan.changed"} <= set(entries)
    assert supervisor.get(f"/loans/{loan}/ledger").json["events"][1]["paid"] == shown["price"]


def test_whoever_asks_for_a_restructuring_does_not_agree_to_it(both: Console, loan: int) -> None:
    supervisor, compliance = both.sign_in("supervisor"), both.sign_in("compliance")
    both.now = NOW + 60 * DAY
    body = {"kind": "restructured", "asked": restructuring((NOW + 80 * DAY).date())}
    assert supervisor.post(f"/servicing/loans/{loan}/changes", body).json["waits"]
    assert supervisor.post(f"/servicing/loans/{loan}/changes", body).status_code == 409
    (request,) = compliance.get("/servicing/requests").json["items"]
    assert (request["kind"], request["own"]) == ("restructured", False)
    own = supervisor.post(f"/servicing/requests/{request['id']}/approval")
    assert (own.status_code, own.json["error"]["code"]) == (403, "four_eyes")
    assert compliance.post(f"/servicing/loans/{loan}/changes", body).status_code == 403
    done = compliance.post(f"/servicing/requests/{request['id']}/approval").json
    assert (done["waits"], done["overdue"]) == (False, 0)
    card = supervisor.get(f"/loans/{loan}").json
    assert card["loan"]["dpd"] == 0
    assert compliance.post(f"/servicing/requests/{request['id']}/approval").status_code == 409


def test_a_request_can_be_refused_or_taken_back(both: Console, loan: int) -> None:
    supervisor, compliance = both.sign_in("supervisor"), both.sign_in("compliance")
    body = {"kind": "written_off", "asked": {"reason": "hopeless"}}
    for person in (compliance, supervisor):
        supervisor.post(f"/servicing/loans/{loan}/changes", body)
        (request,) = supervisor.get("/servicing/requests").json["items"]
        refused = person.post(f"/servicing/requests/{request['id']}/rejection", {"reason": "too early"})
        assert refused.json["state"] == "rejected", refused.text
    assert supervisor.get("/servicing/requests").json["items"] == []
    assert supervisor.get(f"/loans/{loan}").json["loan"]["state"] == "open"


def test_wrong_input_is_named_by_field_and_an_operator_changes_nothing(both: Console, loan: int) -> None:
    supervisor = both.sign_in("supervisor")
    answer = supervisor.post(f"/servicing/loans/{loan}/changes", {"kind": "prolonged", "asked": {"term": "x", "y": 1}})
    assert answer.status_code == 422
    assert {problem["field"] for problem in answer.json["error"]["problems"]} == {"term", "y"}
    assert supervisor.post(f"/servicing/loans/{loan}/changes", {"kind": "nonsense", "asked": {}}).status_code == 404
    operator = both.sign_in("operator")
    assert operator.post(f"/servicing/loans/{loan}/changes", {"kind": "resumed", "asked": {}}).status_code == 403


def test_the_scenarios_of_a_loan_that_is_sold_end(both: Console, both_world: World, loan: int) -> None:
    supervisor, compliance = both.sign_in("supervisor"), both.sign_in("compliance")
    with both.database.write() as session:
        active = session.scalars(select(Case).where(Case.loan_id == both_world.loan, Case.ended_at.is_(None))).first()
        assert active is not None
        active.loan_id = loan
        case = active.id
    supervisor.post(f"/servicing/loans/{loan}/changes", {"kind": "sold", "asked": {"buyer": "Agency", "price": 100}})
    (request,) = compliance.get("/servicing/requests").json["items"]
    done = compliance.post(f"/servicing/requests/{request['id']}/approval").json
    assert (done["state"], done["ended_cases"], done["balance"]) == ("sold", 1, 0)
    with both.database.read() as session:
        assert session.get_one(Case, case).end_reason == "stopped"
    assert supervisor.get(f"/loans/{loan}/ledger").json["events"][0]["more"] == {"buyer": "Agency", "price": 100}
