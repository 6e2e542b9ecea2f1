"""Contact policies and the calendar over REST: four eyes, the bench, decreed days, and why a contact was refused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from scenario_engine.models import Loan, Trail
from scenario_engine.policies import shelf
from scenario_engine.policies.shipped import SHIPPED
from tests.console.client import PASSWORD, Console, Person
from tests.console.world import NOW, World


@pytest.fixture
def second(console: Console) -> str:
    """Another person of compliance."""
    with console.app.app_context():
        sm: Any = console.app.extensions["appbuilder"].sm
        role = sm.find_role("Compliance")
        assert sm.add_user("second", "S", "S", "second@example.invalid", [role], password=PASSWORD)
    return "second"


def stricter() -> dict[str, Any]:
    return {**SHIPPED["ru-230"].document, "hours": {"working": ["10:00", "18:00"], "rest": ["10:00", "17:00"]}}


def draft(person: Person, **over: Any) -> dict[str, Any]:
    answer = person.post("/policies/ru-230/versions", {"document": stricter(), "note": "why", **over})
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json["versions"][0]
    return found


def test_a_version_shows_what_it_changes_and_comes_into_force_by_a_second_person(console: Console, second: str) -> None:
    with console.database.write() as session:
        shelf.ship(session, now=NOW - timedelta(days=60), actor="command")
    first = console.sign_in("compliance")
    made = draft(first)
    (change,) = made["changes"]
    assert (change["title"], "08:00" in change["before"], "10:00" in change["after"]) == ("Hours", True, True)
    assert first.post(f"/policies/versions/{made['id']}/submit").status_code == 200
    assert first.post(f"/policies/versions/{made['id']}/approve").status_code == 403
    other = console.sign_in(second)
    approved = other.post(f"/policies/versions/{made['id']}/approve", {"remark": "fine"}).json
    assert [(one["revision"], one["state"], one["in_force"]) for one in approved["versions"]] == [
        (2, "approved", True), (1, "approved", False),
    ]  # fmt: skip
    actions = [entry["action"] for entry in first.get("/audit").json["items"]]
    assert [action for action in actions if action.startswith("policy.")] == [
        "policy.drafted", "policy.submitted", "policy.approved",
    ]  # fmt: skip


def test_a_draft_that_somebody_changed_meanwhile_is_not_overwritten(console: Console) -> None:
    person = console.sign_in("compliance")
    made = draft(person)
    body = {"document": stricter(), "note": "later", "changed_at": made["changed_at"]}
    console.now = NOW + timedelta(minutes=1)
    assert person.put(f"/policies/versions/{made['id']}", body).status_code == 200
    assert person.put(f"/policies/versions/{made['id']}", body).status_code == 409
    assert person.delete(f"/policies/versions/{made['id']}").status_code == 204


@pytest.mark.parametrize("document", [[], {}, {**stricter(), "hours": {"working": ["x", "y"], "rest": 1}}, "x"])
def test_a_document_that_does_not_fit_is_refused(console: Console, document: Any) -> None:
    person = console.sign_in("compliance")
    answer = person.post("/policies/ru-230/versions", {"document": document})
    assert answer.status_code == 422
    assert answer.json["error"]["problems"]


def test_the_bench_answers_for_a_made_up_borrower_and_for_a_real_one(console: Console, world: World) -> None:
    person = console.sign_in("auditor", language="ru")
    question = {"kind": "call", "channel": "operator_call", "at": NOW.isoformat()}
    history = [{"kind": "call", "at": (NOW - timedelta(hours=3)).isoformat()}]
    free = person.post("/policies/ru-230/trial", question).json
    full = person.post("/policies/ru-230/trial", {**question, "history": history}).json
    assert (free["allowed"], full["allowed"], full["code"]) == (True, False, "limit:1:day")
    assert datetime.fromisoformat(full["until"]) == NOW + timedelta(hours=21)
    assert full["text"] == "Лимит исчерпан: не больше 1 в день"
    with console.database.read() as session:
        number = session.scalar(select(Loan.external_id).where(Loan.id == world.loan))
    assert person.post("/policies/ru-230/trial", {**question, "loan": number}).json["allowed"] is True
    assert person.post("/policies/ru-230/trial", {**question, "loan": "nobody"}).status_code == 422


def test_a_decreed_day_is_seen_in_the_year_and_taken_back(console: Console) -> None:
    person = console.sign_in("compliance")

    def day() -> dict[str, Any]:
        days = person.get("/calendar/RU/2026").json["days"]
        assert len(days) == 365
        found: dict[str, Any] = next(one for one in days if one["day"] == "2026-11-24")
        return found

    assert (day()["rest"], day()["decreed"]) == (False, False)
    assert person.put("/calendar/RU/2026-11-24", {"rest": True, "note": "decree"}).status_code == 200
    assert (day()["rest"], day()["decreed"], day()["name"]) == (True, True, "decree")
    assert person.put("/calendar/RU/2026-11-24", {"rest": None}).status_code == 200
    assert (day()["rest"], day()["decreed"]) == (False, False)
    assert person.get("/calendar/XX/2026").status_code == 404
    assert person.put("/calendar/RU/someday", {"rest": True}).status_code == 404


def test_an_operator_sees_whether_a_call_is_allowed_and_their_call_counts(console: Console, world: World) -> None:
    operator = console.sign_in("operator")
    assert operator.get(f"/tasks/{world.task}").json["call"]["allowed"] is True
    made = operator.post(f"/loans/{world.loan}/contacts", {"channel": "operator_call"})
    assert made.status_code == 201
    again = operator.post(f"/loans/{world.loan}/contacts", {"channel": "operator_call"})
    assert (again.status_code, again.json["error"]["code"]) == (409, "contact.forbidden")
    call = operator.get(f"/tasks/{world.task}").json["call"]
    assert (call["allowed"], call["code"]) == (False, "limit:1:day")
    chances = {one["channel"]: one["allowed"] for one in operator.get(f"/loans/{world.loan}/contacts").json["items"]}
    assert chances == {"operator_call": False, "sms": True, "email": True, "meeting": True}


def test_the_timeline_and_the_case_say_why_no_contact_was_made(console: Console, world: World) -> None:
    person = console.sign_in("auditor")
    key = person.get(f"/cases/{world.case}").json["visits"][-1]["node"]["key"]
    with console.database.write() as session:
        trail = session.scalars(select(Trail).where(Trail.case_id == world.case).order_by(Trail.at.desc())).first()
        assert trail is not None
        seen = json.dumps({key: {"@contact": "limit:2:week"}})
        session.execute(update(Trail).where(Trail.batch_id == trail.batch_id).values(seen=seen))
    events = person.get(f"/loans/{world.loan}/timeline").json["items"]
    texts = [event["text"] for event in events if event["kind"] == "contact"]
    assert texts == ["The limit is used up: at most 2 a week"]
    visits = person.get(f"/cases/{world.case}").json["visits"]
    assert [visit["guard"] for visit in visits if visit["guard"]] == texts
    assert all("@contact" not in visit["seen"] for visit in visits)
