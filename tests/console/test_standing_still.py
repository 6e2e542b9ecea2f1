"""What stands still says so on the pages it concerns, and a loan's card says why it is where it is."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from console import context
from scenario_engine.engine import events
from scenario_engine.engine.scheduler import Engine
from scenario_engine.engine.tick import run_tick
from scenario_engine.engine.trouble import pause
from scenario_engine.models import Loan, Message, Scenario
from scenario_engine.rules import syntax
from scenario_engine.settings import Settings
from scenario_engine.texts import Text
from tests.console.client import Console
from tests.console.world import NOW, World
from tests.engine.scenarios import a_document, a_live_version, overdue_rule
from tests.harness.gateway import VAULT


def a_scenario(console: Console, key: str, *, track: str, priority: int, days: int = 1) -> None:
    document = a_document(
        {"in": ("entry.segment", {"rule": overdue_rule(days)}), "out": ("exit", {"reason": "x"})},
        ["in:next>out"], track=track, priority=priority,
    )  # fmt: skip
    with console.database.write() as session:
        a_live_version(session, document, key=key, now=NOW)


def stop(console: Console, scenario_id: int) -> None:
    with console.database.write() as session:
        pause(session, session.get_one(Scenario, scenario_id), Text("The step fails.", "Шаг не работает."), now=NOW)


def test_a_scenario_that_the_engine_paused_says_why_wherever_it_shows(both: Console, both_world: World) -> None:
    stop(both, both_world.scenario)
    for language, said in (("en", "The step fails."), ("ru", "Шаг не работает.")):
        manager = both.sign_in("manager", language=language)
        listed = {item["id"]: item for item in manager.get("/scenarios").json["items"]}
        assert listed[both_world.scenario]["pause_reason"] == said
        assert manager.get(f"/scenarios/{both_world.scenario}").json["pause_reason"] == said
        cases = manager.get(f"/loans/{both_world.loan}").json["cases"]
        assert [case["paused"] for case in cases if case["ended_at"] is None] == [said]
        notices = manager.get("/notices").json["items"]
        assert [notice["scenario_id"] for notice in notices] == [both_world.scenario]
        assert said in notices[0]["text"]
    operator = both.sign_in("operator")
    assert operator.get("/notices").json["items"] == []


def test_an_outbox_that_is_full_is_said_and_the_engines_page_tells_how_full(
    both: Console, both_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with both.database.write() as session:
        session.get_one(Message, both_world.message).state = "queued"
    manager = both.sign_in("manager", language="en")
    page = manager.get("/engine").json
    assert page["queued_messages"] == 1
    assert (page["outbox_most"], page["outbox_full"]) == (200_000, False)
    assert manager.get("/notices").json["items"] == []
    for most, full in ((1, True), (2, False)):
        furnished = context.room(both.app)
        short = furnished.settings.model_copy(update={"outbox_most": most})
        monkeypatch.setitem(both.app.extensions, "kaskad", replace(furnished, settings=short))
        page = manager.get("/engine").json
        assert (page["outbox_most"], page["outbox_full"]) == (most, full)
        assert [notice["kind"] for notice in manager.get("/notices").json["items"]] == ["outbox"] * full


def test_pages_of_a_scenario_that_no_longer_works_open_and_say_what_to_do(
    both: Console, both_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with both.database.write() as session:
        scenario = session.get_one(Scenario, both_world.scenario)
        live = scenario.live_version_id
        key = scenario.key
    monkeypatch.setattr(events, "_STORES", {})
    monkeypatch.setattr(syntax, "FIELDS", {})
    run_tick(both.database, now=NOW, settings=Settings(), timer=lambda: 0.0)
    manager = both.sign_in("manager", language="ru")
    for page in (
        f"/scenarios/{both_world.scenario}", f"/versions/{live}", f"/versions/{live}/numbers", "/scenarios",
        f"/loans/{both_world.loan}", f"/loans/{both_world.loan}/scenarios", "/engine", "/home",
    ):  # fmt: skip
        assert manager.get(page).status_code == 200, page
    said = manager.get(f"/scenarios/{both_world.scenario}").json["pause_reason"]
    assert "dpd" in said, key
    assert "опубликуйте новую версию" in said
    problems = manager.get(f"/versions/{live}").json["analysis"]["problems"]
    assert [problem["code"] for problem in problems if "dpd" in problem["text"]][:1] == ["rule.field"]
    refused = manager.post(f"/scenarios/{both_world.scenario}/resume", {})
    assert refused.status_code == 422, refused.json
    assert refused.json["error"]["message"] == said


def verdicts(console: Console, loan: int, language: str = "en") -> dict[str, dict[str, Any]]:
    found = console.sign_in("manager", language=language).get(f"/loans/{loan}/scenarios")
    assert found.status_code == 200
    return {item["scenario"]["name"]: item for item in found.json["items"]}


def test_the_card_says_why_the_loan_is_in_this_scenario_and_not_in_the_others(both: Console, both_world: World) -> None:
    with both.database.read() as session:
        busy = session.get_one(Scenario, both_world.scenario).name
        assert session.get_one(Loan, both_world.loan).dpd > 0
    a_scenario(both, "same", track="collection", priority=77)
    a_scenario(both, "urgent", track="other", priority=2)
    a_scenario(both, "patient", track="other", priority=9)
    a_scenario(both, "old", track="third", priority=5, days=3_000)
    said = verdicts(both, both_world.loan)
    assert {name: item["verdict"] for name, item in said.items()} == {
        busy: "in", "same": "busy", "urgent": "next", "patient": "behind", "old": "unfit",
    }  # fmt: skip
    assert busy in said["same"]["text"]
    assert "77" in said["same"]["text"]
    assert "“urgent”" in said["patient"]["text"]
    assert list(said)[:1] == ["urgent"], "in the order in which they take loans"
    assert "первым" in verdicts(both, both_world.loan, "ru")["patient"]["text"]
    with both.database.write() as session:
        session.get_one(Loan, both_world.loan).state = "closed"
    assert verdicts(both, both_world.loan)["urgent"]["verdict"] == "closed"


def test_of_fifty_scenarios_that_want_one_loan_the_card_says_which_goes_first_and_why(
    both: Console, both_world: World
) -> None:
    for number in range(50):
        a_scenario(both, f"s{number}", track="crowded", priority=(number * 7 + 3) % 25)
    # of two with the same priority the older scenario comes first
    order = sorted(range(50), key=lambda number: ((number * 7 + 3) % 25, number))
    before = verdicts(both, both_world.loan)
    crowd = [name for name in before if name.startswith("s") and name[1:].isdigit()]
    assert crowd == [f"s{number}" for number in order], "in the order in which they take loans"
    first = crowd[0]
    assert [before[name]["verdict"] for name in crowd] == ["next"] + ["behind"] * 49
    assert all(f"“{first}” goes first: priority 0" in before[name]["text"] for name in crowd[1:])
    run_tick(both.database, now=NOW, settings=Settings(), timer=lambda: 0.0)
    cases = both.sign_in("manager").get(f"/loans/{both_world.loan}").json["cases"]
    assert [case["scenario"]["name"] for case in cases if case["scenario"]["name"] in crowd] == [first]


def test_a_sqlite_file_that_takes_no_changes_is_said_and_nothing_breaks(
    filled_sqlite: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.console.conftest import _open
    from tests.console.world import build

    file = tmp_path / "still.db"
    shutil.copy(filled_sqlite, file)
    for console in _open(f"sqlite:///{file}", tmp_path):
        with console.database.write() as session:
            world = build(session)
        signed_in = console.sign_in("supervisor")
    cookie = signed_in.client.get_cookie("kaskad_session")
    assert cookie is not None
    for console in _open(f"sqlite:///file:{file}?mode=ro&uri=true", tmp_path):
        with pytest.raises(AssertionError, match="не принимает изменений"):
            console.sign_in("supervisor")  # no login without a line in the audit trail
        manager = console.visitor()
        manager.client.set_cookie("kaskad_session", cookie.value)
        manager.token = signed_in.token
        refused = manager.post(f"/loans/{world.loan}/payments", {"amount": 1000, "paid_at": NOW.isoformat()})
        assert (refused.status_code, refused.json["error"]["code"]) == (503, "read_only")
        assert manager.get(f"/loans/{world.loan}").status_code == 200
        assert [notice["kind"] for notice in manager.get("/notices").json["items"]] == ["read_only"]
        engine = Engine(console.database, Settings(), {}, vault=VAULT, clock=lambda: NOW, randomness=random.Random(1))
        engine.renew()
        assert engine.tick() is None
        assert "read-only" in caplog.text
        assert "Traceback" not in caplog.text
    for console in _open(f"sqlite:///{file}", tmp_path):
        engine = Engine(console.database, Settings(), {}, vault=VAULT, clock=lambda: NOW, randomness=random.Random(1))
        engine.renew()
        assert engine.tick() is not None
        assert console.sign_in("manager").get("/notices").json["items"] == []


def test_a_database_that_takes_no_changes_is_said_and_nothing_breaks(
    filled_postgres: str, postgres_server: Any, tmp_path: Any
) -> None:
    from tests.console.conftest import _open
    from tests.console.world import build

    name = postgres_server.create_database(template=filled_postgres)
    for console in _open(postgres_server.url(name), tmp_path):
        with console.database.write() as session:
            world = build(session)
        manager = console.sign_in("supervisor")
        with console.database.engine.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
            connection.commit()
        console.database.engine.dispose()
        refused = manager.post(f"/loans/{world.loan}/payments", {"amount": 1000, "paid_at": NOW.isoformat()})
        assert refused.status_code == 503, refused.json
        assert refused.json["error"]["code"] == "read_only"
        assert "takes no changes" in refused.json["error"]["message"]
        assert manager.get(f"/loans/{world.loan}").status_code == 200
        assert [notice["kind"] for notice in manager.get("/notices").json["items"]] == ["read_only"]
    postgres_server.drop_database(name)
