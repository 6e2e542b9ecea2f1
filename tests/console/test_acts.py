"""What people do through the API, and what it leaves behind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from console.security import pair
from scenario_engine.models import AuditEntry, Borrower, Case, Loan, Message, Task
from tests.console.client import Console
from tests.console.world import NOW, World, document


def _audited(console: Console) -> list[tuple[str, str]]:
    with console.database.read() as session:
        rows = session.execute(
            select(AuditEntry.actor, AuditEntry.action)
            .where(AuditEntry.actor.not_in(("engine", "command")), AuditEntry.action.not_like("user.%"))
            .order_by(AuditEntry.id)
        )
        return [(actor, action) for actor, action in rows]


def test_a_payment_that_cures_ends_the_case_in_its_own_transaction(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor")
    answer = person.post(f"/loans/{both_world.loan}/payments", {"amount": 500_000, "external_id": "X-1"})
    assert answer.status_code == 201, answer.text
    assert (answer.json["cured"], answer.json["ended_cases"]) == (True, 1)
    again = person.post(f"/loans/{both_world.loan}/payments", {"amount": 500_000, "external_id": "X-1"})
    assert (again.status_code, again.json["payment_id"]) == (200, answer.json["payment_id"])
    other = person.post(f"/loans/{both_world.loan}/payments", {"amount": 1, "external_id": "X-1"})
    assert other.status_code == 409
    with both.database.read() as session:
        assert session.get_one(Case, both_world.case).end_reason == "cured"
        assert session.get_one(Task, both_world.task).state == "cancelled"
        assert session.get_one(Loan, both_world.loan).overdue == 0
    assert _audited(both) == [("supervisor", "payment.recorded")]


def test_a_payment_on_an_unknown_loan_is_refused(both: Console) -> None:
    body = {"amount": 5, "external_id": "X-2", "loan_external_id": "nothing"}
    assert both.sign_in("supervisor").post("/payments", body).status_code == 404


def test_a_task_is_taken_and_closed_with_a_promise(both: Console, both_world: World) -> None:
    person = both.sign_in("operator")
    assert person.post(f"/tasks/{both_world.task}/take").json["assignee"] == "operator"
    card = person.get(f"/tasks/{both_world.task}").json
    assert [(each["key"], each["needs"]) for each in card["dispositions"]] == [
        ("promise", "promise"),
        ("no_answer", None),
    ]
    path = f"/tasks/{both_world.task}/close"
    assert person.post(path, {"disposition": "promise"}).status_code == 422
    assert person.post(path, {"disposition": "nonsense"}).status_code == 422
    promise = {"amount": 300_000, "due_on": "2026-11-27"}
    closed = person.post(path, {"disposition": "promise", "note": "обещал", "promise": promise})
    assert closed.status_code == 200, closed.text
    assert (closed.json["state"], closed.json["disposition"], closed.json["closed_by"]) == (
        "done",
        "promise",
        "operator",
    )
    assert closed.json["promises"][0]["amount"] == 300_000
    assert person.post(path, {"disposition": "no_answer"}).status_code == 409
    with both.database.read() as session:
        case = session.get_one(Case, both_world.case)
        assert (case.outcome, case.due_at) == ("promise", NOW)
    assert ("operator", "task.closed") in _audited(both)


def test_a_supervisor_gives_tasks_to_people_who_exist(console: Console, world: World) -> None:
    person = console.sign_in("supervisor")
    assert {each["name"] for each in person.get("/operators").json["items"]} == {"operator", "supervisor"}
    path = f"/tasks/{world.task}/assign"
    assert person.post(path, {"assignee": "operator"}).json["assignee"] == "operator"
    for nobody in ("nobody", "auditor", ""):
        assert person.post(path, {"assignee": nobody}).status_code == 422
    assert person.post(path, {"assignee": None}).json["assignee"] is None


def test_a_supervisor_gives_many_tasks_at_once(both: Console, both_world: World) -> None:
    with both.database.write() as session:
        task = session.get_one(Task, both_world.task)
        closed = Task(
            loan_id=task.loan_id, borrower_id=task.borrower_id, queue="soft", title="Done before", state="done",
            dispositions=task.dispositions, created_at=NOW,
        )  # fmt: skip
        session.add(closed)
        session.flush()
        closed_id = closed.id
    person = both.sign_in("supervisor")
    answer = person.post("/tasks/assign", {"tasks": [both_world.task, closed_id, 4_000], "assignee": "operator"})
    assert answer.status_code == 200, answer.text
    assert answer.json["assigned"] == [both_world.task]
    assert [(each["task"], each["code"]) for each in answer.json["refused"]] == [
        (closed_id, "task.closed"),
        (4_000, "not_found"),
    ]
    assert person.get(f"/tasks/{both_world.task}").json["assignee"] == "operator"
    assert _audited(both) == [("supervisor", "task.assigned")]


def test_many_tasks_at_once_are_asked_for_properly(console: Console, world: World) -> None:
    person = console.sign_in("supervisor")
    for wrong in ([], [0], ["1"], [1] * 1_001, None):
        assert person.post("/tasks/assign", {"tasks": wrong, "assignee": "operator"}).status_code == 422, wrong
    for nobody in ("nobody", "auditor", ""):
        assert person.post("/tasks/assign", {"tasks": [world.task], "assignee": nobody}).status_code == 422
    assert person.get(f"/tasks/{world.task}").json["assignee"] is None


def test_who_assigns_without_overseeing_gives_only_the_tasks_they_see(console: Console, world: World) -> None:
    with console.app.app_context():
        sm = console.app.extensions["appbuilder"].sm
        role = sm.find_role("Operator")
        role.permissions.append(sm.add_permission_view_menu(*pair("task.assign")))
        sm.session.commit()
    with console.database.write() as session:
        session.get_one(Task, world.task).assignee = "supervisor"
    answer = console.sign_in("operator").post("/tasks/assign", {"tasks": [world.task], "assignee": "operator"})
    assert (answer.json["assigned"], answer.json["refused"][0]["code"]) == ([], "not_found")
    with console.database.read() as session:
        assert session.get_one(Task, world.task).assignee == "supervisor"


def test_contacts_are_forbidden_and_allowed_again(both: Console, both_world: World) -> None:
    person = both.sign_in("compliance")
    path = f"/borrowers/{both_world.borrower}/contact-stop"
    assert person.post(path, {"reason": "Банкротство"}).json["contact_stop"] == "Банкротство"
    retry = both.sign_in("supervisor").post(f"/outbox/{both_world.message}/retry")
    assert (retry.status_code, retry.json["error"]["code"]) == (409, "contact_stop")
    assert person.post(path, {"reason": None}).json["contact_stop"] is None
    with both.database.read() as session:
        assert session.get_one(Borrower, both_world.borrower).contact_stop is None


def test_a_failed_message_is_sent_again_or_kept_back(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor")
    assert person.post(f"/outbox/{both_world.message}/cancel").status_code == 409
    assert person.post(f"/outbox/{both_world.message}/retry").json["state"] == "queued"
    with both.database.read() as session:
        assert session.get_one(Message, both_world.message).attempts == 0
    assert person.post(f"/outbox/{both_world.message}/cancel").json["state"] == "cancelled"
    assert _audited(both)[-2:] == [("supervisor", "message.retried"), ("supervisor", "message.cancelled")]


def test_an_offer_is_answered_once(both: Console, both_world: World) -> None:
    person = both.sign_in("operator")
    path = f"/offers/{both_world.offer}/answer"
    assert person.post(path, {"accepted": True}).json["state"] == "accepted"
    assert person.post(path, {"accepted": False}).status_code == 409


def test_a_signal_is_noted(both: Console, both_world: World) -> None:
    person = both.sign_in("operator")
    path = f"/loans/{both_world.loan}/signals"
    assert person.post(path, {"kind": "reply", "data": {"text": "ок"}}).status_code == 201
    assert person.post(path, {"kind": "payment_received"}).status_code == 422
    assert person.post(path, {"kind": "nonsense"}).status_code == 422


def test_nobodys_work_is_lost_when_two_people_edit_a_scenario(both: Console, both_world: World) -> None:
    person = both.sign_in("manager")
    path = f"/scenarios/{both_world.scenario}/draft"
    mine = document("Soft, mine")
    saved = person.put(path, {"document": mine, "revision": 1})
    assert saved.json["revision"] == 2
    late = person.put(path, {"document": document("Soft, late"), "revision": 1})
    assert late.status_code == 409
    assert late.json["error"]["code"] == "conflict"
    assert late.json["theirs"]["document"]["name"] == "Soft, mine"
    assert (late.json["theirs"]["revision"], late.json["theirs"]["draft_by"]) == (2, "manager")
    assert late.json["theirs"]["draft_at"] == "2026-11-24T09:00:00Z"


def _submitted(console: Console) -> dict[str, Any]:
    manager = console.sign_in("manager")
    made = manager.post("/scenarios", {"name": "Fresh", "document": document("Fresh")}).json
    answer = manager.post(f"/scenarios/{made['id']}/submit", {"revision": made["revision"], "comment": "look"})
    assert answer.status_code == 201, answer.text
    version: dict[str, Any] = answer.json
    return version | {"scenario": made["id"]}


def test_a_version_goes_live_through_two_people(both: Console) -> None:
    version = _submitted(both)
    compliance = both.sign_in("compliance")
    assert [each["id"] for each in compliance.get("/reviews").json["items"]] == [version["id"]]
    path = f"/versions/{version['id']}/approve"
    assert compliance.post(path, {"content_hash": "0" * 64}).status_code == 409
    approved = compliance.post(path, {"content_hash": version["content_hash"], "comment": "fine"})
    assert approved.status_code == 200, approved.text
    assert (approved.json["state"], approved.json["scenario"]["state"]) == ("published", "live")
    manager = both.sign_in("manager")
    path = f"/scenarios/{version['scenario']}"
    assert manager.post(f"{path}/pause", {"reason": "holiday"}).json["state"] == "paused"
    assert manager.post(f"{path}/resume").json["state"] == "live"
    assert manager.delete(path).status_code == 409
    assert manager.post(f"{path}/archive").json["state"] == "archived"
    assert len(manager.get(f"{path}/versions").json["items"]) == 1


def test_a_version_is_returned_at_a_node(both: Console) -> None:
    version = _submitted(both)
    answer = both.sign_in("compliance").post(f"/versions/{version['id']}/return", {"reason": "unclear", "node": "n1"})
    assert (answer.json["state"], answer.json["review_node"]) == ("returned", "n1")


def test_a_scenario_travels_as_a_file(both: Console, both_world: World) -> None:
    person = both.sign_in("manager")
    file = person.get(f"/scenarios/{both_world.scenario}/export")
    assert file.headers["Content-Disposition"] == 'attachment; filename="soft.json"'
    made = person.post("/scenarios/import", {"document": file.json})
    assert made.status_code == 201, made.text
    assert made.json["draft"]["nodes"] == file.json["nodes"]
    assert person.delete(f"/scenarios/{made.json['id']}").status_code == 204
    version = person.get(f"/versions/{both_world.version}/export")
    assert version.headers["Content-Disposition"] == 'attachment; filename="soft-1.json"'
    assert version.json["nodes"] == person.get(f"/versions/{both_world.version}").json["document"]["nodes"]


def test_rules_are_counted_and_worded(both: Console, both_world: World) -> None:
    rule = {"combinator": "and", "rules": [{"field": "dpd", "operator": ">=", "value": 1}]}
    answer = both.sign_in("manager", language="ru").post("/rules/count", {"rule": rule}).json
    assert (answer["loans"], answer["borrowers"], answer["overdue"], answer["sql"]) == (1, 1, 500_000, None)
    assert answer["words"]
    assert "SELECT" in both.sign_in("admin").post("/rules/count", {"rule": rule}).json["sql"]


def test_a_payment_that_is_told_twice_under_one_key_is_answered_twice_and_recorded_once(
    both: Console, both_world: World
) -> None:
    person, key = both.sign_in("supervisor"), {"Idempotency-Key": "a-1"}
    body = {"loan_external_id": "L-1", "external_id": "P-77", "amount": 100_000}
    first = person.post("/payments", body, headers=key)
    again = person.post("/payments", body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    other = person.post("/payments", body | {"amount": 200_000}, headers=key)
    assert (other.status_code, other.json["error"]["code"]) == (422, "idempotency_key")
    # without a key the payment's own number tells
    assert person.post("/payments", body).status_code == 200
