"""Jobs through the API: exports handed in and taken away, seen and worked on by who may, on a queue that is away."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select, update

from console import context
from console.jobs.catalogue import open_desk
from console.jobs.send import hand_over
from scenario_engine.jobs import Attempt
from scenario_engine.models import AuditEntry, Job, Message
from scenario_engine.sql import database_now
from tests.console.client import Console, Person
from tests.console.world import NOW, World
from tests.jobs.kinds import let_pass

EXPORT = {"list": "loans", "query": {"sort": "-dpd"}, "format": "csv"}


def _idle(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody works on jobs."""
    monkeypatch.setattr(context.room(console.app).jobs, "dispatch", lambda _job_id: None)


def _export(person: Person, **over: Any) -> dict[str, Any]:
    answer = person.post("/jobs/exports", {**EXPORT, **over})
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_a_list_becomes_the_same_file_as_in_a_request(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor", language="ru")
    job = _export(person)
    assert (job["title"], job["actor"], job["kind"]) == ("Займы", "supervisor", "export")
    both.wait_for(job["id"])
    card = person.get(f"/jobs/{job['id']}").json
    assert (card["state"], card["may_download"], card["file"]["name"]) == ("done", True, "loans.csv")
    file = person.get(f"/jobs/{job['id']}/file")
    assert file.headers["Content-Disposition"] == "attachment; filename=loans.csv"
    assert file.data == person.get("/loans", sort="-dpd", format="csv").data
    assert (card["file"]["size"], card["done"]) == (len(file.data), card["file"]["rows"])
    assert card["file"]["rows"] == len(file.data.decode("utf-8-sig").splitlines()) - 1 > 0


def test_a_workbook_opens_and_filters_hold(console: Console, world: World) -> None:
    person = console.sign_in("supervisor")
    job = _export(person, format="xlsx", query={"q": "L-1"})
    console.wait_for(job["id"])
    book = openpyxl.load_workbook(io.BytesIO(person.get(f"/jobs/{job['id']}/file").data))
    rows = list(book.active.values)
    assert [row[0] for row in rows[1:]] == ["L-1"]


def test_personal_data_is_as_masked_as_in_the_list_of_who_asked(console: Console, world: World) -> None:
    for name in ("manager", "supervisor"):
        person = console.sign_in(name)
        job = _export(person)
        console.wait_for(job["id"])
        assert person.get(f"/jobs/{job['id']}/file").data == person.get("/loans", sort="-dpd", format="csv").data


def test_the_audit_trail_tells_who_took_it_away(console: Console, world: World) -> None:
    person = console.sign_in("auditor")
    job = _export(person, list="audit", query={"action": "user.logged_in"}, format="jsonl")
    console.wait_for(job["id"])
    assert person.get(f"/jobs/{job['id']}/file").text.count("user.logged_in") == 1
    with console.database.read() as session:
        rows = session.execute(
            select(AuditEntry.actor, AuditEntry.action, AuditEntry.subject_type)
            .where(AuditEntry.action.in_(("audit.exported", "job.queued", "job.finished")))
            .order_by(AuditEntry.id)
        )
        assert [tuple(row) for row in rows] == [
            ("auditor", "job.queued", "job"),
            ("auditor", "audit.exported", "audit"),
            ("server", "job.finished", "job"),
        ]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("manager", {"list": "audit"}, 403),
        ("operator", {"list": "outbox"}, 403),
        ("manager", {"list": "people"}, 422),
        ("manager", {"format": "exe"}, 422),
        ("manager", {"query": {"sort": "nonsense"}}, 422),
        ("manager", {"query": {"dpd_min": "many"}}, 422),
        ("manager", {"query": {"q": "a\0b"}}, 422),
        ("manager", {"query": ["a"]}, 422),
    ],
)
def test_an_export_that_cannot_be_is_refused_at_once(
    console: Console, name: str, body: dict[str, Any], status: int
) -> None:
    assert console.sign_in(name).post("/jobs/exports", {**EXPORT, **body}).status_code == status
    with console.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_rights_are_asked_anew_when_the_job_runs(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    _idle(console, monkeypatch)
    job = _export(console.sign_in("manager", language="ru"))
    with console.database.write() as session:
        session.scalars(select(User).where(User.username == "manager")).one().active = False
    context.room(console.app).jobs.runner.run(job["id"])
    row = console.wait_for(job["id"])
    assert (row.state, row.result) == ("failed", None)
    assert row.error is not None
    assert "вход закрыт" in row.error["ru"]


def test_everybody_sees_their_own_jobs_and_supervisors_all(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    _idle(console, monkeypatch)
    job = _export(console.sign_in("manager"))
    own = _export(console.sign_in("operator"))
    seen = {name: console.sign_in(name) for name in ("manager", "operator", "supervisor", "auditor")}
    listed = {name: [each["id"] for each in person.get("/jobs").json["items"]] for name, person in seen.items()}
    assert listed == {
        "manager": [job["id"]], "operator": [own["id"]], "supervisor": [own["id"], job["id"]],
        "auditor": [own["id"], job["id"]],
    }  # fmt: skip
    assert seen["supervisor"].get("/jobs", mine="true").json["items"] == []
    path = f"/jobs/{job['id']}"
    for act in ("cancel", "repeat"):
        assert seen["operator"].post(f"{path}/{act}").status_code == 404
        assert seen["auditor"].post(f"{path}/{act}").status_code == 403
    assert seen["operator"].get(path).status_code == 404
    assert seen["auditor"].get(path).json["may_cancel"] is False
    assert seen["manager"].post(f"{path}/repeat").json["error"]["code"] == "job_state"
    cancelled = seen["supervisor"].post(f"{path}/cancel").json
    assert (cancelled["state"], cancelled["may_repeat"]) == ("cancelled", True)
    assert seen["manager"].post(f"{path}/cancel").json["error"]["code"] == "job_ended"
    assert seen["manager"].post(f"{path}/repeat").json["state"] == "queued"


def test_a_file_is_its_owners_and_waits_for_a_day(console: Console) -> None:
    person = console.sign_in("supervisor")
    job = _export(person)
    assert person.get(f"/jobs/{10**9}/file").status_code == 404
    console.wait_for(job["id"])
    path = f"/jobs/{job['id']}/file"
    assert console.sign_in("operator").get(path).status_code == 404
    assert console.sign_in("admin").get(path).status_code == 403
    folder = context.room(console.app).settings.data_dir / "exports"
    desk = context.room(console.app).jobs
    console.now = NOW + timedelta(hours=23)
    desk.look()
    assert person.get(path).status_code == 200
    console.now = NOW + timedelta(hours=25)
    desk.look()
    assert list(folder.iterdir()) == []
    assert person.get(path).status_code == 404


def test_the_same_export_is_not_made_twice_at_once(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    _idle(console, monkeypatch)
    person = console.sign_in("manager")
    _export(person)
    again = person.post("/jobs/exports", EXPORT)
    assert (again.status_code, again.json["error"]["code"]) == (409, "job_going")
    _export(person, format="xlsx")
    _export(console.sign_in("supervisor"))


def test_one_person_has_five_exports_going_at_most(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    _idle(console, monkeypatch)
    person = console.sign_in("manager")
    jobs = [_export(person, query={"q": str(number)}) for number in range(5)]
    assert person.post("/jobs/exports", EXPORT).json["error"]["code"] == "too_many"
    person.post(f"/jobs/{jobs[0]['id']}/cancel")
    _export(person)


def test_an_export_is_cancelled_in_the_middle_and_leaves_no_file(
    both: Console, both_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.jobs.export_list.STEP", 1)
    person = both.sign_in("manager")
    desk = context.room(both.app).jobs
    kind = desk.kinds["export"]
    work = kind.work
    _idle(both, monkeypatch)

    # Another process cancels while it is written: what decides is the row.
    def cancelled_midway(attempt: Any) -> Any:
        assert both.sign_in("supervisor").post(f"/jobs/{attempt.job.id}/cancel").status_code == 200
        return work(attempt)

    monkeypatch.setattr(kind, "work", cancelled_midway)
    job = _export(person)
    desk.runner.run(job["id"])
    card = person.get(f"/jobs/{job['id']}").json
    assert (card["state"], card["file"]) == ("cancelled", None)
    assert list((context.room(both.app).settings.data_dir / "exports").iterdir()) == []


def test_a_silent_worker_is_told(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    _idle(console, monkeypatch)
    person = console.sign_in("manager")
    job = _export(person)
    with console.database.write() as session:
        row = session.get_one(Job, job["id"])
        row.state, row.worker, row.heartbeat_at = "running", "gone", database_now()
    console.now = NOW + timedelta(days=1)
    assert person.get(f"/jobs/{job['id']}").json["silent"] is False, "the clock of this process does not matter"
    let_pass(console.database, 31)
    assert person.get(f"/jobs/{job['id']}").json["silent"] is True
    assert [item["silent"] for item in person.get("/jobs").json["items"]] == [True]


def test_an_import_is_cancelled_and_started_again_as_a_job(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.console.test_imports import ROWS, _csv, _send, _start

    _idle(console, monkeypatch)
    person = console.sign_in("manager")
    upload = _send(person, _csv(*ROWS)).json
    started = _start(person, upload).json
    path = f"/jobs/{started['job_id']}"
    assert person.get(path).json["import_id"] == started["import_id"]
    assert person.post(f"{path}/cancel").json["state"] == "cancelled"
    card = person.get(f"/imports/{started['import_id']}").json
    assert (card["state"], card["rows_added"]) == ("cancelled", 0)
    assert (
        "отменена" in console.sign_in("manager", language="ru").get(f"/imports/{started['import_id']}").json["message"]
    )
    assert person.post(f"{path}/repeat").json["state"] == "queued"
    assert person.get(f"/imports/{started['import_id']}").json["state"] == "waiting"
    monkeypatch.undo()
    context.room(console.app).jobs.dispatch(started["job_id"])
    assert console.wait_for(started["job_id"]).state == "done"
    card = person.get(f"/imports/{started['import_id']}").json
    assert (card["state"], card["rows_added"]) == ("done", 2)


def test_an_import_goes_on_elsewhere_when_its_process_ends(both: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.console.test_imports import ROWS, _csv, _send, _start

    room = context.room(both.app)
    monkeypatch.setattr(room.jobs, "dispatch", lambda _job_id: None)
    person = both.sign_in("manager")
    started = _start(person, _send(person, _csv(*ROWS)).json).json
    ending, other = (open_desk(room.settings, both.database, {}, lambda: both.now) for _ in range(2))
    report = Attempt.report

    def end_the_process(attempt: Attempt, done: int, total: int | None = None) -> None:
        ending.runner.stopping.set()
        report(attempt, done, total)

    with monkeypatch.context() as patched:
        patched.setattr(Attempt, "report", end_the_process)
        ending.runner.run(started["job_id"])
    assert person.get(f"/jobs/{started['job_id']}").json["state"] == "queued"
    other.runner.run(started["job_id"])
    card = person.get(f"/imports/{started['import_id']}").json
    assert (card["state"], card["rows_added"]) == ("done", 2)


def test_an_import_whose_file_is_gone_says_so(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    from console import file_imports
    from tests.console.test_imports import ROWS, _csv, _send, _start

    _idle(console, monkeypatch)
    person = console.sign_in("manager")
    upload = _send(person, _csv(*ROWS)).json
    started = _start(person, upload).json
    file_imports.uploads_of(context.room(console.app).settings).drop(upload["upload_id"])
    context.room(console.app).jobs.runner.run(started["job_id"])
    card = person.get(f"/imports/{started['import_id']}").json
    assert card["state"] == "failed"
    assert "Choose it again" in card["message"]
    assert person.post(f"/jobs/{started['job_id']}/repeat").json["error"]["code"] == "file_gone"


def test_jobs_wait_when_the_broker_is_away_and_nobody_gets_an_error(console: Console) -> None:
    room = context.room(console.app)
    settings = room.settings.model_copy(update={"broker_url": "redis://127.0.0.1:1/0"})
    desk = open_desk(settings, room.database, {}, lambda: console.now)
    room.jobs._backend = desk._backend
    job = _export(console.sign_in("manager"))
    assert job["state"] == "queued"
    with console.database.read() as session:
        assert session.get_one(Job, job["id"]).sent_at is None


def test_the_outbox_is_emptied_by_one_job_when_there_is_a_broker(both: Console, both_world: World) -> None:
    room = context.room(both.app)
    desk = open_desk(room.settings, both.database, room.connectors, lambda: both.now)
    told: list[int] = []
    desk._backend = type(
        "Told", (), {"dispatch": lambda _self, job_id: told.append(job_id), "stop": lambda _self: None}
    )()
    both.now = NOW + timedelta(days=1)
    with both.database.write() as session:
        session.execute(update(Message).values(state="queued", attempts=0, sent_at=None))
        queued = session.scalar(select(func.count()).select_from(Message))
    for _ in range(2):  # two engines
        hand_over(both.database, desk, both.now)
    assert len(told) == 1
    desk.runner.run(told[0])
    row = both.wait_for(told[0])
    assert (row.state, row.error) == ("done", None)
    assert row.result is not None
    assert row.result["sent"] + row.result["failed"] == queued
    hand_over(both.database, desk, both.now)
    assert len(told) == 1
