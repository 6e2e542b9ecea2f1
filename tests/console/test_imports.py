"""Files through the API: uploaded, looked at, tried, brought in, cancelled; and what a stopped server leaves."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from console import context, file_imports
from console.jobs import bring_in
from scenario_engine.jobs import Attempt
from scenario_engine.models import AuditEntry, Borrower, Case, FileImport, Loan, Payment, Task
from tests.console.client import Console, Person
from tests.console.world import NOW, World

HEADER = "Номер займа;Номер заёмщика;ФИО;Сумма займа;Весь долг;Дней просрочки"
ROWS = ("A-1;B-1;Вымышленный Пётр;10 000,00;12 500,50;35", "A-2;B-2;Придуманная Анна;5000;0;0")


def _csv(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    return "\r\n".join((header, *rows, "")).encode(encoding)


def _xlsx(*rows: tuple[Any, ...], sheet: str = "Займы") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.create_sheet("Справка").append(("Номер", "Пояснение"))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _send(person: Person, content: bytes, name: str = "loans.csv", kind: str = "loans") -> TestResponse:
    # Flask's client leaves the temporary file open in which it would encode a large form.
    boundary, data = encode_multipart({"kind": kind, "file": FileStorage(io.BytesIO(content), name)})
    return person.request("POST", "/imports", data=data, content_type=f"multipart/form-data; boundary={boundary}")


def _start(person: Person, upload: dict[str, Any], **more: Any) -> TestResponse:
    return person.post(f"/imports/{upload['upload_id']}/start", {"mapping": upload["mapping"], **more})


def _ended(console: Console, person: Person, answer: TestResponse) -> dict[str, Any]:
    """The card of a started import when its job has ended."""
    assert answer.status_code == 200, answer.text
    console.wait_for(answer.json["job_id"])
    card: dict[str, Any] = person.get(f"/imports/{answer.json['import_id']}").json
    return card


def _count(console: Console, model: type[Any]) -> int:
    with console.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _uploads(console: Console) -> list[str]:
    folder = context.room(console.app).settings.data_dir / "uploads"
    return [place.name for place in folder.iterdir()] if folder.is_dir() else []


def test_a_file_is_recognised_tried_and_brought_in(both: Console) -> None:
    person = both.sign_in("manager", language="ru")
    answer = _send(person, _csv(*ROWS, encoding="cp1251"), name="../../файлы/Займы за ноябрь.csv")
    assert answer.status_code == 201, answer.text
    upload = answer.json
    assert (upload["encoding"], upload["separator"], upload["format"]) == ("cp1251", ";", "csv")
    assert (upload["file_name"], upload["remembered"]) == ("Займы за ноябрь.csv", False)
    assert upload["columns"][2] == {"name": "ФИО", "samples": ["Вымышленный Пётр", "Придуманная Анна"]}
    assert upload["targets"][0]["title"] == "Номер займа"
    assert upload["mapping"]["dpd"]["column"] == "Дней просрочки"

    tried = _ended(both, person, _start(person, upload, dry_run=True))
    assert (tried["state"], tried["dry_run"], tried["rows_read"], tried["rows_added"]) == ("done", True, 2, 2)
    assert _count(both, Loan) == 0
    assert _uploads(both) == [upload["upload_id"]]

    done = _ended(both, person, _start(person, upload))
    assert (done["state"], done["rows_added"], done["rows_wrong"]) == ("done", 2, 0)
    with both.database.read() as session:
        loan = session.scalars(select(Loan).where(Loan.external_id == "A-1")).one()
        assert (loan.balance, loan.dpd) == (1_250_050, 35)
        assert session.scalar(select(Borrower.full_name).where(Borrower.id == loan.borrower_id)) == "Вымышленный Пётр"
    assert _uploads(both) == []
    assert _start(person, upload).status_code == 404

    again = _send(person, _csv(*ROWS)).json
    assert again["remembered"] is True
    repeated = _ended(both, person, _start(person, again))
    assert (repeated["state"], repeated["rows_added"], repeated["rows_updated"]) == ("done", 0, 0)
    listed = person.get("/imports", q="ноябрь").json
    assert [each["state"] for each in listed["items"]] == ["done", "done"]


def test_wrong_rows_are_refused_together_listed_and_left_out_when_asked(both: Console) -> None:
    person = both.sign_in("manager")
    wrong = ("A-3;B-3;=1+1;-5;100;0", "A-4;B-4;Вымышленный;1000;много;0")
    upload = _send(person, _csv(ROWS[0], *wrong)).json
    refused = _ended(both, person, _start(person, upload))
    assert (refused["state"], refused["rows_wrong"], refused["rows_added"]) == ("refused", 2, 0)
    assert refused["message"]
    assert _count(both, Loan) == 0
    assert [(each["row"], each["column"]) for each in refused["problems"]] == [
        (3, "Сумма займа"),
        (3, "ФИО"),
        (4, "Весь долг"),
    ]
    file = person.get(f"/imports/{refused['id']}/problems.csv")
    assert file.headers["Content-Disposition"] == f'attachment; filename="import-{refused["id"]}-problems.csv"'
    lines = file.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("3;Сумма займа;'-5;")
    taken = _ended(both, person, _start(person, upload, partial=True))
    assert (taken["state"], taken["rows_added"], taken["rows_wrong"]) == ("done", 1, 2)
    assert _count(both, Loan) == 1


def test_values_of_wrong_rows_are_hidden_from_who_may_not_see_persons(console: Console) -> None:
    person = console.sign_in("supervisor")
    upload = _send(person, _csv("A-4;B-4;Вымышленный;1000;много;0")).json
    card = _ended(console, person, _start(person, upload))
    assert card["problems"][0]["value"] == "много"
    for reader, seen in (("manager", "•••"), ("auditor", "много")):
        other = console.sign_in(reader)
        assert other.get(f"/imports/{card['id']}").json["problems"][0]["value"] == seen
        assert seen in other.get(f"/imports/{card['id']}/problems.csv").text


def test_a_workbook_is_read_sheet_by_sheet(console: Console) -> None:
    person = console.sign_in("admin")
    header = tuple(HEADER.split(";"))
    upload = _send(person, _xlsx(header, ("A-9", "B-9", "Вымышленная Ольга", 7000, 8100.5, 12)), name="loans.xlsx").json
    assert (upload["format"], upload["sheet"], upload["sheets"]) == ("xlsx", "Займы", ["Займы", "Справка"])
    other = person.post(f"/imports/{upload['upload_id']}/look", {"sheet": "Справка"})
    assert [each["name"] for each in other.json["columns"]] == ["Номер", "Пояснение"]
    back = person.post(f"/imports/{upload['upload_id']}/look", {"sheet": None})
    assert back.json["sheet"] == "Займы"
    done = _ended(console, person, _start(person, back.json))
    assert (done["state"], done["rows_added"]) == ("done", 1)


def test_payments_end_the_cases_of_the_loans_they_cure(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor")
    content = _csv("IMP-1;L-1;5000,00;23.11.2026", header="Номер платежа;Номер займа;Сумма;Дата платежа")
    upload = _send(person, content, name="payments.csv", kind="payments").json
    tried = _ended(both, person, _start(person, upload, dry_run=True))
    assert (tried["state"], tried["rows_added"]) == ("done", 1)
    with both.database.read() as session:
        assert session.get_one(Case, both_world.case).ended_at is None
    done = _ended(both, person, _start(person, upload))
    assert (done["state"], done["rows_added"]) == ("done", 1)
    with both.database.read() as session:
        assert session.get_one(Case, both_world.case).end_reason == "cured"
        assert session.get_one(Task, both_world.task).state == "cancelled"
        assert session.scalar(select(Payment.amount).where(Payment.external_id == "IMP-1")) == 500_000


def test_who_brought_what_in_is_audited(console: Console) -> None:
    person = console.sign_in("manager")
    card = _ended(console, person, _start(person, _send(person, _csv(*ROWS)).json))
    with console.database.read() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject_type == "import").order_by(AuditEntry.id)
        ).all()
        kept = session.get_one(FileImport, card["id"])
    assert [(each.actor, each.action) for each in entries] == [
        ("manager", "import.started"),
        ("manager", "import.finished"),
    ]
    assert (entries[0].details["hash"], entries[0].details["file"]) == (kept.file_hash, "loans.csv")
    assert [entries[1].details[name] for name in ("state", "added", "wrong")] == ["done", 2, 0]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"\r\n\r\n", "blank.csv"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "picture.csv"),
        (b"PK\x03\x04 this is no workbook", "broken.xlsx"),
    ],
)
def test_a_file_that_is_no_table_is_refused_and_not_kept(console: Console, content: bytes, name: str) -> None:
    answer = _send(console.sign_in("manager"), content, name=name)
    assert answer.status_code == 422
    assert answer.json["error"]["message"]
    assert _uploads(console) == []


def test_a_file_beyond_the_limit_is_refused_with_the_limit(console: Console) -> None:
    person = console.sign_in("manager")
    for size in (1_500_000, 3_000_000):
        answer = _send(person, b"x" * size)
        assert (answer.status_code, answer.json["error"]["code"]) == (413, "too_large")
        assert "1 MB" in answer.json["error"]["message"]
    assert _uploads(console) == []


def test_a_request_without_a_file_or_with_an_unknown_kind_is_named(console: Console) -> None:
    person = console.sign_in("manager")
    answer = person.request("POST", "/imports", data={"kind": "loans"}, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["error"]["problems"][0]["field"]) == (422, "file")
    answer = _send(person, _csv(*ROWS), kind="people")
    assert (answer.status_code, answer.json["error"]["problems"][0]["field"]) == (422, "kind")


def test_the_description_says_how_a_file_is_sent(console: Console) -> None:
    description = console.sign_in("manager").get("/openapi.json").json
    body = description["paths"]["/api/v1/imports"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    form = description["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    assert form["properties"]["file"] == {"type": "string", "format": "binary"}
    assert form["properties"]["kind"]["enum"] == ["loans", "borrowers", "payments", "signals"]
    assert sorted(form["required"]) == ["file", "kind"]


def test_an_upload_belongs_to_who_made_it(console: Console) -> None:
    upload = _send(console.sign_in("manager"), _csv(*ROWS)).json
    other = console.sign_in("admin")
    assert other.post(f"/imports/{upload['upload_id']}/look").status_code == 404
    assert _start(other, upload).status_code == 404
    for forged in ("0" * 32, "..", "..%2f..%2fetc", "x" * 400):
        assert console.sign_in("manager").post(f"/imports/{forged}/look").status_code == 404


def test_an_upload_waits_for_a_day(console: Console) -> None:
    person = console.sign_in("manager")
    old = _send(person, _csv(*ROWS)).json
    console.now = NOW + timedelta(hours=23)
    assert person.post(f"/imports/{old['upload_id']}/look").status_code == 200
    console.now = NOW + timedelta(hours=25)
    fresh = _send(person, _csv(*ROWS)).json
    assert _uploads(console) == [fresh["upload_id"]]


@pytest.mark.parametrize(
    "mapping",
    [{}, {"external_id": {"column": "nothing"}}, {"nonsense": {"column": "ФИО"}}, {"external_id": 5}, None, []],
)
def test_a_mapping_that_does_not_fit_is_refused_before_anything_starts(console: Console, mapping: Any) -> None:
    person = console.sign_in("manager")
    upload = _send(person, _csv(*ROWS)).json
    answer = person.post(f"/imports/{upload['upload_id']}/start", {"mapping": mapping})
    assert answer.status_code == 422
    assert answer.json["error"]["problems"]
    assert _count(console, FileImport) == 0


@pytest.mark.parametrize("look", [{"separator": "ab"}, {"encoding": "utf-9"}, {"encoding": "utf-16"}, {"sheet": 5}])
def test_a_reading_that_does_not_fit_is_refused_and_forgotten(console: Console, look: dict[str, Any]) -> None:
    person = console.sign_in("manager")
    upload = _send(person, _csv(*ROWS)).json
    path = f"/imports/{upload['upload_id']}/look"
    assert person.post(path, look).status_code == 422
    assert person.post(path).json["columns"] == upload["columns"]
    assert len(person.post(path, {"separator": ","}).json["columns"]) == 1
    assert len(person.post(path).json["columns"]) == 1
    assert person.post(path, {"separator": None}).json["columns"] == upload["columns"]


def test_an_import_is_cancelled_and_nothing_of_it_stays(both: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    person = both.sign_in("manager")
    upload = _send(person, _csv(*ROWS)).json
    report = Attempt.report

    # The import is cancelled at the moment at which it is told how far it is.
    def cancel_at_once(attempt: Attempt, done: int, total: int | None = None) -> None:
        import_id = attempt.params["import_id"]
        assert both.sign_in("supervisor").post(f"/imports/{import_id}/cancel").status_code == 200
        report(attempt, done, total)

    monkeypatch.setattr(Attempt, "report", cancel_at_once)
    card = _ended(both, person, _start(person, upload))
    assert (card["state"], card["rows_added"]) == ("cancelled", 0)
    assert _count(both, Loan) == 0
    answer = person.post(f"/imports/{card['id']}/cancel")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "import_ended")
    with both.database.read() as session:
        acts = session.execute(
            select(AuditEntry.actor, AuditEntry.action)
            .where(AuditEntry.subject_type == "import")
            .order_by(AuditEntry.id)
        ).all()
    assert [tuple(act) for act in acts][1:] == [
        ("supervisor", "import.cancelled"),
        ("manager", "import.finished"),
    ]


def test_a_file_that_a_command_left_in_the_middle_is_told_as_failed_after_a_day(both: Console) -> None:
    with both.database.write() as session:
        rows = [
            FileImport(
                kind="loans", file_name="loans.csv", file_hash="0" * 64, state="running", mapping={}, actor="command",
                started_at=NOW - timedelta(hours=hours), job_id=job_id,
            )
            for hours, job_id in ((1, None), (25, None), (25, 7))
        ]  # fmt: skip
        session.add_all(rows)
    settings = context.room(both.app).settings
    assert file_imports.recover(both.database, settings, NOW) == 1
    assert file_imports.recover(both.database, settings, NOW) == 0
    person = both.sign_in("auditor", language="ru")
    assert [person.get(f"/imports/{row.id}").json["state"] for row in rows] == ["running", "failed", "running"]
    assert "оборвалась" in person.get(f"/imports/{rows[1].id}").json["message"]
    with both.database.read() as session:
        actors = session.execute(select(AuditEntry.actor).where(AuditEntry.action == "import.finished"))
        assert [actor for (actor,) in actors] == ["server"]


def test_an_import_that_breaks_is_told_as_failed(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    person = console.sign_in("manager")
    upload = _send(person, _csv(*ROWS)).json

    def broken(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(bring_in.imports, "run", broken)
    card = _ended(console, person, _start(person, upload))
    assert (card["state"], card["rows_added"]) == ("failed", 0)
    assert "disk" not in card["message"]
    monkeypatch.undo()
    assert _ended(console, person, _start(person, upload))["state"] == "done"


def test_a_file_is_not_brought_in_twice_at_once(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    person = console.sign_in("manager")
    upload = _send(person, _csv(*ROWS)).json
    jobs = context.room(console.app).jobs
    monkeypatch.setattr(type(jobs), "dispatch", lambda _self, _job_id: None)
    first = _start(person, upload)
    assert first.status_code == 200
    assert _start(person, upload).json["error"]["code"] == "job_going"
    assert _count(console, FileImport) == 1
    monkeypatch.undo()
    jobs.dispatch(first.json["job_id"])
    assert _ended(console, person, first)["state"] == "done"
