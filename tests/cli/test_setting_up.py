"""`kaskad init`, `demo`, `doctor` and `users`: from nothing to an installation that people can sign in to."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from werkzeug.security import check_password_hash

from console.cli.demo_history import answer_offers
from console.security import ROLE_RIGHTS
from scenario_engine.database import Database
from scenario_engine.models import Offer
from scenario_engine.models.application import APPLICATION_STATES
from tests.builders import a_loan
from tests.cli.terminal import NOW, Answer, Terminal


def test_init_makes_the_database_and_may_be_repeated(terminal: Terminal) -> None:
    first, second = terminal.done("init", "--json"), terminal.done("init", "--json")
    assert first.json == second.json
    assert first.json["revision"] == terminal.ask("SELECT version_num FROM alembic_version")[0][0]
    assert "is ready" in terminal.done("init").out
    assert "готова" in terminal.done("init", KASKAD_LANGUAGE="ru").out


def test_the_demo_prints_one_login_for_each_role(made_demo: tuple[Terminal, Answer]) -> None:
    terminal, answer = made_demo
    assert answer.json["made"] is True
    assert list(dict.fromkeys(login["role"] for login in answer.json["logins"])) == list(ROLE_RIGHTS)
    assert terminal.ask("SELECT count(*), sum(demo) FROM loans WHERE servicing = 'kaskad'") == [(90, 90)]
    assert terminal.ask("SELECT count(*), sum(demo) FROM loans WHERE servicing = 'ledger'") == [(1, 1)]
    states = [row[0] for row in terminal.ask("SELECT DISTINCT state FROM applications ORDER BY state")]
    assert states == sorted(APPLICATION_STATES)
    waiting = "SELECT count(*) FROM incoming_payments WHERE state = 'unmatched'"
    assert terminal.ask(waiting)[0][0] >= 5
    assert terminal.ask("SELECT count(*) FROM scenarios WHERE state = 'live'") == [(4,)]
    assert terminal.ask("SELECT count(*) > 0 FROM cases") == [(1,)]


def test_the_demo_keeps_to_the_limits_of_calls_and_asks_the_sandbox_about_debts(
    made_demo: tuple[Terminal, Answer],
) -> None:
    terminal, _answer = made_demo
    calls: dict[int, list[datetime]] = {}
    for borrower, at in terminal.ask("SELECT borrower_id, at FROM contacts WHERE kind = 'call' ORDER BY at"):
        calls.setdefault(borrower, []).append(datetime.fromisoformat(at))
    assert any(len(made) > 1 for made in calls.values())
    for made in calls.values():
        assert all(after - before >= timedelta(days=1) for before, after in pairwise(made))
        assert all(third - first >= timedelta(days=7) for first, third in zip(made, made[2:], strict=False))
    asked = terminal.ask("SELECT subject, state, provider FROM inquiries ORDER BY id")
    assert asked == [(subject, "answered", "sandbox") for subject in ("bailiff", "bailiff", "bailiff", "bureau")]


def test_the_demo_is_made_once_and_then_prints_the_same_logins(demo: Terminal) -> None:
    payments = demo.ask("SELECT count(*) FROM payments")
    again = demo.done("demo", "--json").json
    assert again["made"] is False
    assert {login["role"] for login in again["logins"]} == set(ROLE_RIGHTS)
    assert demo.ask("SELECT count(*) FROM payments") == payments
    table = demo.done("demo")
    assert "there already" in table.out
    assert f"Supervisor\tsupervisor\t{again['logins'][3]['password']}" in table.out


def test_the_demo_is_never_mixed_into_real_loans(demo: Terminal) -> None:
    with sqlite3.connect(demo.database) as connection:
        connection.execute("UPDATE loans SET demo = 0")
    answer = demo.run("demo", "--now", NOW)
    assert answer.status == 2
    assert "empty" in answer.err


def test_a_demo_that_was_broken_off_is_made_anew(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, made_demo: tuple[Terminal, Answer]
) -> None:
    words = ("demo", "--borrowers", "60", "--loans", "90", "--now", NOW, "--json")
    with monkeypatch.context() as broken:

        def interrupted(*_anything: object, **_more: object) -> None:
            raise KeyboardInterrupt

        broken.setattr("console.cli.demo.live_through", interrupted)
        answer = terminal.run(*words)
    assert answer.status != 0
    assert "the next start makes it anew" in answer.err
    assert terminal.ask("SELECT count(*) FROM loans") == [(90,)]
    terminal.done("users", "add", "anna", "--role", "Admin", "--password", "long enough")
    again = terminal.done(*words)
    assert again.json["made"] is True
    assert "made anew" in again.err
    assert terminal.ask("SELECT count(*) FROM ab_user WHERE username = 'anna'") == [(1,)]
    for table in ("loans", "payments", "versions", "cases", "trails", "messages", "tasks", "applications"):
        count = f"SELECT count(*) FROM {table}"  # noqa: S608 - the names stand above
        assert terminal.ask(count) == made_demo[0].ask(count), table
    assert terminal.done(*words).json["made"] is False


def test_a_half_made_demo_with_other_loans_in_it_is_left_alone(demo: Terminal) -> None:
    with sqlite3.connect(demo.database) as connection:
        connection.execute(
            "INSERT INTO audit_entries (at, actor, action, subject_type, details)"
            " SELECT at, actor, 'demo.begun', subject_type, details FROM audit_entries WHERE action = 'demo.made'"
        )
        connection.execute("UPDATE loans SET demo = 0 WHERE id = 1")
    loans = demo.ask("SELECT count(*) FROM loans")
    assert demo.run("demo", "--now", NOW).status == 2
    assert demo.ask("SELECT count(*) FROM loans") == loans


def test_two_processes_do_not_make_the_demo_at_once(terminal: Terminal) -> None:
    (terminal.folder / "var").mkdir()
    other = sqlite3.connect(terminal.folder / "var" / "demo.lock", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    answer = terminal.run("demo", "--borrowers", "6", "--loans", "9", "--now", NOW)
    other.close()
    assert answer.status == 2
    assert "Another process" in answer.err
    assert terminal.ask("SELECT count(*) FROM loans") == [(0,)]


def test_doctor_finds_everything_in_order_but_the_engine_that_does_not_run(demo: Terminal) -> None:
    answer = demo.run("doctor", "--json")
    found = {item["check"]: item["ok"] for item in answer.json}
    assert answer.status == 1
    found.pop("pages")  # whether they are built is the machine's affair
    assert [name for name, ok in found.items() if not ok] == ["engine"]
    assert set(found) == {"plug-ins", "clock", "jobs", "database", "schema", "roles", "people", "engine", "zones"}
    assert "не запущен" in demo.run("doctor", KASKAD_LANGUAGE="ru").out


@pytest.mark.parametrize(
    ("url", "said"), [("redis://127.0.0.1:1/0", "does not answer"), ("http://queue", "is not understood")]
)
def test_doctor_tells_of_a_queue_that_is_away_or_misspelt(demo: Terminal, url: str, said: str) -> None:
    found = {item["check"]: item for item in demo.run("doctor", "--json", KASKAD_BROKER_URL=url).json}
    assert not found["jobs"]["ok"]
    assert said in found["jobs"]["text"]


def test_doctor_tells_what_to_do_about_a_database_that_was_never_migrated(terminal: Terminal) -> None:
    terminal.database.touch()
    answer = terminal.run("doctor")
    assert answer.status == 1
    assert "Run `kaskad init`" in answer.out


def test_doctor_sees_that_a_role_was_changed_by_hand(demo: Terminal) -> None:
    with sqlite3.connect(demo.database) as connection:
        connection.execute(
            "DELETE FROM ab_permission_view_role WHERE role_id = (SELECT id FROM ab_role WHERE name = 'Auditor')"
        )
    found = {item["check"]: item for item in demo.run("doctor", "--json").json}
    assert not found["roles"]["ok"]
    assert "Auditor" in found["roles"]["text"]


def test_people_are_added_listed_and_given_passwords(terminal: Terminal) -> None:
    terminal.done("init")
    terminal.done("users", "add", "anna", "--role", "Admin", "--role", "Auditor", "--password", "long enough")
    assert terminal.done("users", "list", "--json").json == [
        {"name": "anna", "full_name": "anna", "roles": ["Admin", "Auditor"], "active": True}
    ]
    terminal.done("users", "password", "anna", typed="another one\n")
    [(kept,)] = terminal.ask("SELECT password FROM ab_user")
    assert check_password_hash(kept, "another one")
    assert terminal.run("users", "password", "anna", typed="").status == 2
    twice = terminal.run("users", "add", "anna", "--role", "Admin", "--password", "long enough")
    assert twice.status == 2
    assert "anna" in twice.err


def test_a_database_named_on_the_command_line_goes_before_the_environment(terminal: Terminal, tmp_path: Path) -> None:
    other = tmp_path / "deeper" / "other.db"
    terminal.done("--database", f"sqlite:///{other}", "init")
    assert other.exists()
    assert not terminal.database.exists()


class _Talkative(Random):
    """Every borrower answers every offer."""

    def random(self) -> float:
        return 0.0


def test_the_demo_answers_no_offer_that_expired_while_its_case_waits_for_the_outbox(sqlite_database: Database) -> None:
    now = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    with sqlite_database.write() as session:
        ends = [now + timedelta(hours=hours) for hours in (-1, 0, 1)]
        made = [
            Offer(loan_id=a_loan(session).id, kind="discount", size=10, made_at=now, expires_at=end) for end in ends
        ]
        session.add_all(made)
        session.flush()
        answer_offers(session, _Talkative(), now, "Europe/Moscow")
        assert [offer.state for offer in made] == ["open", "open", "accepted"]
