"""Inquiries through the API: asked, sent, read by role, set up, and the bureau's report of a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connectors.fssp_simulator import Simulator
from console import context
from console.jobs.inquire import inquire_due
from scenario_engine.models import AuditEntry, Borrower, Task
from tests.console.client import Console, Person
from tests.console.world import NOW, World
from tests.inquiries.asked import agree

ROW = {
    "name": "ИВАНОВ ПЁТР СЕРГЕЕВИЧ", "exe_production": "12345/26/77001-ИП от 05.03.2026",
    "details": "Судебный приказ № 2-345/2026", "subject": "Долг: 35000.00 руб.", "department": "Примерское РОСП",
    "bailiff": "ПРИСТАВОВА А. А.", "ip_end": "",
}  # fmt: skip


@pytest.fixture
def register() -> Iterator[Simulator]:
    with Simulator(delay=0, people={"иванов": [ROW]}) as running:
        yield running


def run(console: Console) -> None:
    """Have what is due asked, and wait for it."""
    room = context.room(console.app)
    inquire_due(console.database, room.jobs, console.now)
    jobs = [job["id"] for job in console.sign_in("admin").get("/jobs", kind="inquire").json["items"]]
    for job_id in jobs:
        assert console.wait_for(job_id).state == "done"


def switch_on(person: Person, url: str, key: str = "fssp", **more: str) -> Any:
    body = {"enabled": True, "values": {"address": url, "token": "demo-token", "price": "2,5", **more}}
    return person.put(f"/inquiry-providers/{key}", body)


@pytest.fixture
def reaching(console: Console) -> Console:
    """The console with leave to reach the loopback."""
    room = context.room(console.app)
    object.__setattr__(room.settings, "inner_networks", "127.0.0.0/8")
    return console


def test_by_default_nothing_leaves_and_the_answer_says_so(console: Console, world: World) -> None:
    supervisor = console.sign_in("supervisor")
    made = supervisor.post("/inquiries", {"loan_id": world.loan, "subject": "bailiff"})
    assert (made.status_code, made.json["state"], made.json["asked_by"]) == (201, "asked", "supervisor")
    again = supervisor.post("/inquiries", {"loan_id": world.loan, "subject": "bailiff"})
    assert (again.status_code, again.json["error"]["code"]) == (409, "inquiry.going")
    run(console)
    read = supervisor.get(f"/inquiries/{made.json['id']}").json
    assert (read["state"], read["provider_title"], read["is_news"]) == ("answered", "Sandbox", False)
    assert read["lines"] == ["Sandbox: nobody was asked", "the loan stands as before"]
    assert supervisor.get("/inquiries/summary").json["live"] == []


def test_an_answer_of_the_register_is_read_by_role(reaching: Console, world: World, register: Simulator) -> None:
    console = reaching
    admin = console.sign_in("admin")
    assert switch_on(admin, register.url).status_code == 200
    assert admin.post("/inquiry-providers/fssp/test").json["said"].startswith("The service answers")
    with console.database.write() as session:
        session.get_one(Borrower, world.borrower).birth_date = date(1990, 2, 1)
    made = admin.post("/inquiries", {"loan_id": world.loan, "subject": "bailiff"}).json["id"]
    run(console)
    console.now += timedelta(seconds=30)
    run(console)
    read = console.sign_in("supervisor").get(f"/inquiries/{made}").json
    assert (read["state"], read["outcome"], read["is_news"], read["cost"]) == ("answered", "opened", True, 250)
    assert "12345/26/77001-ИП" in read["said"]
    masked = console.sign_in("manager", language="ru").get("/inquiries", news="true").json["items"][0]
    assert "ПРИСТАВОВА" not in masked["said"]
    assert "12345" not in masked["said"]
    assert (masked["borrower"]["name"], masked["outcome_text"]) == ("И*** П.", "Идёт исполнительное производство")
    card = admin.get(f"/loans/{world.loan}").json["loan"]
    assert card["bailiff_state"] == "opened"
    assert any(entry["action"] == "inquiry.asked" for entry in admin.get("/audit", size=100).json["items"])
    assert admin.get("/inquiries", format="csv").status_code == 200
    used = admin.get("/inquiry-providers").json["items"][0]["quotas"][0]
    assert (used["most"], used["used"]) == (100, 1)


def test_operators_read_inquiries_about_the_loans_of_their_tasks_only(console: Console, world: World) -> None:
    admin, operator = console.sign_in("admin"), console.sign_in("operator")
    for loan in (world.loan, world.other_loan):
        assert admin.post("/inquiries", {"loan_id": loan, "subject": "bailiff"}).status_code == 201
    with console.database.read() as session:
        assert session.scalars(select(Task.loan_id)).all() == [world.loan]
    seen = operator.get("/inquiries").json["items"]
    assert [item["loan"]["id"] for item in seen] == [world.loan]
    other = next(item for item in admin.get("/inquiries").json["items"] if item["loan"]["id"] == world.other_loan)
    assert operator.get(f"/inquiries/{other['id']}").status_code == 404


def test_the_bureau_wants_a_consent_and_a_passport_is_kept_sealed(console: Console, world: World) -> None:
    supervisor = console.sign_in("supervisor")
    facts = supervisor.get("/inquiries/asking", loan=world.loan).json
    assert facts == {"consent_on": None, "has_passport": False, "going": [], "live": []}
    asked = {"loan_id": world.loan, "subject": "bureau"}
    refused = supervisor.post("/inquiries", asked)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "inquiry.consent")
    assert "has not agreed" in refused.json["error"]["message"]
    with console.database.write() as session:
        agree(session, world.borrower)
    wrong = supervisor.post("/inquiries", {**asked, "passport": "12"})
    assert [problem["field"] for problem in wrong.json["error"]["problems"]] == ["passport"]
    assert supervisor.get("/inquiries").json["items"] == [], "nothing half-done"
    assert supervisor.post("/inquiries", {**asked, "passport": "65 10 123456"}).status_code == 201
    facts = supervisor.get("/inquiries/asking", loan=world.loan).json
    assert (facts["consent_on"], facts["has_passport"], facts["going"]) == ("2026-01-15", True, ["bureau"])
    with console.database.read() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "borrower.passport_kept")).all()
        assert [(entry.subject_id, entry.details) for entry in told] == [(str(world.borrower), {})]


def test_what_got_no_answer_is_asked_again_by_a_person(reaching: Console, world: World, register: Simulator) -> None:
    admin = reaching.sign_in("admin")
    switch_on(admin, register.url)
    with reaching.database.write() as session:
        session.get_one(Borrower, world.borrower).region = None
    made = admin.post("/inquiries", {"loan_id": world.loan, "subject": "bailiff"}).json["id"]
    run(reaching)
    read = admin.get(f"/inquiries/{made}").json
    assert (read["state"], read["error_text"]) == ("failed", "The borrower's region is not known")
    assert admin.post(f"/inquiries/{made}/retry").json["state"] == "asked"
    assert admin.post(f"/inquiries/{made}/retry").status_code == 409


def test_secrets_go_in_and_never_come_out_and_a_second_provider_is_refused(console: Console, world: World) -> None:
    admin = console.sign_in("admin")
    assert admin.post("/inquiry-providers/fssp/test").json["error"]["code"] == "provider.settings"
    missing = admin.put("/inquiry-providers/fssp", {"enabled": True, "values": {}})
    assert {problem["field"] for problem in missing.json["error"]["problems"]} == {"address", "token"}
    for wrong in ({"price": "a lot"}, {"address": "not an address"}):
        assert switch_on(admin, "https://fssp.example.com", **wrong).status_code == 422
    card = switch_on(admin, "https://fssp.example.com", token="very secret").json["items"][0]
    assert card["enabled"]
    assert "very secret" not in admin.get("/inquiry-providers").text
    second = switch_on(admin, "https://other.example.com", "fssp_provider")
    assert [problem["code"] for problem in second.json["error"]["problems"]] == ["provider.other"]
    inner = switch_on(admin, "http://127.0.0.1:9").json["items"][0]
    assert inner["enabled"]
    assert admin.post("/inquiry-providers/fssp/test").json["error"]["code"] == "address.inner"
    with console.database.read() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "inquiry.provider_changed")).all()
        assert "very secret" not in str([entry.details for entry in noted])


def test_the_report_of_a_past_day_is_a_file_for_who_asked_and_the_same_again(console: Console, world: World) -> None:
    compliance = console.sign_in("compliance")
    day = (NOW - timedelta(days=1)).date().isoformat()
    files = []
    for _ in range(2):
        job = compliance.post("/inquiries/reports", {"day": day})
        assert job.status_code == 202
        assert console.wait_for(job.json["id"]).state == "done"
        files.append(compliance.get(f"/jobs/{job.json['id']}/file"))
    assert files[0].data == files[1].data == f"HEADER;RUTDF;{day}\r\nTRAILER;0\r\n".encode()
    assert f"rutdf-{day}.txt" in files[0].headers["Content-Disposition"]
    today = compliance.post("/inquiries/reports", {"day": NOW.date().isoformat()})
    assert (today.status_code, today.json["error"]["code"]) == (422, "report.day")
    assert console.sign_in("admin").get(f"/jobs/{job.json['id']}/file").status_code == 403
