"""What goes wrong outside the scenarios: errors in a rule, locks, lost connections, slow statements, no writing."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, case, func, literal, select, text
from sqlalchemy.exc import DBAPIError

from scenario_engine import authoring
from scenario_engine.database import Database, Failure, failure_of
from scenario_engine.engine import retries
from scenario_engine.engine.attempts import MOST_ATTEMPTS, Attempts
from scenario_engine.engine.scheduler import Engine
from scenario_engine.engine.tick import TickResult, run_tick
from scenario_engine.models import Case, Heartbeat, Loan, Message, Scenario, Shard
from scenario_engine.nodes.condition import Condition
from scenario_engine.registry.days import start_of
from scenario_engine.settings import Settings
from tests.builders import a_loan
from tests.chaos.picture import leaks
from tests.engine.poison import ASK, ERRORS, POISON, Error, fill, tick
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.harness.gateway import VAULT


def break_condition(monkeypatch: pytest.MonkeyPatch, error: Error) -> None:
    def route(_self: Condition, _params: Any, frame: Any) -> ColumnElement[str]:
        return case((error(frame.loan.dpd).is_not(None), literal("yes")), else_=literal("no"))

    monkeypatch.setattr(Condition, "route", route)


def test_a_case_on_which_a_rule_fails_is_set_aside_and_the_others_go_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, error in enumerate(ERRORS[database.dialect]):
        break_condition(monkeypatch, error)
        with database.write() as session:
            ids = [a_loan(session, dpd=POISON if n == 7 else 40, overdue=100_00).id for n in range(21)]
            a_live_version(session, {**ASK, "settings": {**ASK["settings"], "track": f"t{number}"}}, key=f"s{number}")
            before = set(session.scalars(select(Case.id)))
        tick(database, number * 3)
        result = tick(database, number * 3 + 1)
        assert result.set_aside >= 1, error
        with database.read() as session:
            cases = session.scalars(
                select(Case)
                .join(Scenario, Scenario.id == Case.scenario_id)
                .where(Case.loan_id.in_(ids), Scenario.key == f"s{number}", Case.id.not_in(before))
            ).all()
            failed = [found for found in cases if found.end_reason == "failed"]
            assert [session.get_one(Loan, found.loan_id).dpd for found in failed] == [POISON]
            assert failed[0].error
            assert sum(found.end_reason == "exit" for found in cases) == 20
            assert leaks(session) == []


def test_a_scenario_that_fails_for_a_tenth_of_its_loans_pauses_itself_and_says_why(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_condition(monkeypatch, ERRORS[database.dialect][0])
    version = fill(database, 40, poisoned=4)
    tick(database)
    tick(database, 1)
    with database.read() as session:
        scenario = session.scalars(select(Scenario)).one()
        assert scenario.state == "paused"
        assert scenario.pause_cause is not None
        assert "“rest”" in scenario.pause_cause["en"]
        assert "«rest»" in scenario.pause_cause["ru"]
        failed = session.scalars(select(Case.id).where(Case.version_id == version, Case.end_reason == "failed")).all()
    with database.write() as session:
        authoring.resume(session, scenario.id, actor="manager", now=NOON + timedelta(days=1, hours=1))
        retries.retry(session, failed[0], actor="admin", now=NOON + timedelta(days=1, hours=1), home="Europe/Moscow")
    assert tick(database, 1.1).set_aside == 1, "it fails again, one loan of few since the scenario went on"
    with database.read() as session:
        assert session.scalars(select(Scenario.state)).one() == "live"
        assert leaks(session) == []


def test_a_scenario_that_fails_for_fewer_goes_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    break_condition(monkeypatch, ERRORS[database.dialect][0])
    fill(database, 40, poisoned=3)
    tick(database)
    assert tick(database, 1).set_aside == 3
    with database.read() as session:
        assert session.scalars(select(Scenario.state)).one() == "live"


def test_one_loan_that_fails_again_and_again_is_one_loan(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    break_condition(monkeypatch, ERRORS[database.dialect][0])
    fill(database, 25)
    tick(database)
    for attempt in range(5):
        tick(database, 1 + attempt / 100)
        with database.write() as session:
            assert session.scalars(select(Scenario.state)).one() == "live", attempt
            failed = session.scalars(select(Case.id).where(Case.end_reason == "failed")).one()
            now = NOON + timedelta(days=1 + attempt / 100)
            retries.retry(session, failed, actor="admin", now=now, home="Europe/Moscow")
            assert leaks(session) == []


SENDS = a_document(
    {"in": ("entry.segment", {"rule": overdue_rule(1)}), "sms": ("sms", {"template": "{{ first_name }}"}),
     "out": ("exit", {"reason": "x"})},
    ["in:next>sms", "sms:sent>out", "sms:blocked>out"], track="letters",
)  # fmt: skip


def test_scenarios_that_send_wait_while_the_outbox_is_long_and_the_others_go_on(database: Database) -> None:
    fill(database, 30)
    with database.write() as session:
        a_live_version(session, SENDS, key="sends")
    narrow = Settings(batch_size=1000, outbox_most=10)
    result = tick(database, settings=narrow)
    assert result.messages == 10
    assert result.advanced == 30 + 10
    assert tick(database, 0.1, settings=narrow).advanced == 0
    with database.write() as session:
        for message in session.scalars(select(Message).limit(4)):
            message.state = "sent"
    assert tick(database, 0.2, settings=narrow).messages == 4


class Refusing(Exception):
    """An error as PostgreSQL reports it."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "failure"),
    [("40001", Failure.CONFLICT), ("40P01", Failure.CONFLICT), ("55P03", Failure.CONFLICT), ("57014", Failure.TIMEOUT),
     ("57P01", Failure.LOST), ("08006", Failure.LOST), ("25006", Failure.READ_ONLY), ("53100", Failure.FULL),
     ("22012", Failure.DATA), ("23505", Failure.DATA)],
)  # fmt: skip
def test_errors_are_told_apart_by_the_databases_own_code(sqlstate: str, failure: Failure) -> None:
    assert failure_of(DBAPIError("SELECT", {}, Refusing(sqlstate))) is failure


def test_a_conflict_is_tried_again_after_growing_pauses_and_not_for_ever() -> None:
    pauses: list[float] = []
    attempts = Attempts(random.Random(1), pauses.append)
    outcomes = iter(["40001", "40P01", ""])

    def work() -> str:
        state = next(outcomes)
        if state:
            raise DBAPIError("SELECT", {}, Refusing(state))
        return "done"

    assert attempts.make(work) == "done"
    assert attempts.retries == 2
    assert 0 < pauses[0] < pauses[1] * 3

    def never() -> None:
        raise DBAPIError("SELECT", {}, Refusing("40001"))

    with pytest.raises(DBAPIError):
        attempts.make(never)
    assert attempts.retries == 2 + MOST_ATTEMPTS - 1


def test_an_error_of_the_data_is_not_tried_again() -> None:
    attempts = Attempts(random.Random(1), lambda _seconds: pytest.fail("no pause"))

    def work() -> None:
        raise DBAPIError("SELECT", {}, Refusing("22012"))

    with pytest.raises(DBAPIError):
        attempts.make(work)


@pytest.mark.postgres
def test_a_batch_whose_connection_is_lost_in_the_middle_is_done_again(postgres_database: Database) -> None:
    fill(postgres_database, 20, poisoned=0)
    killed: list[int] = []

    def timer() -> float:
        """Asked in the middle of the first batches: ends every connection but its own."""
        if sum(killed) < 2:
            with postgres_database.read() as session:
                others = (
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
                )
                killed.append(len(session.execute(text(others)).all()))
        return 0.0

    results = [run_tick(postgres_database, now=NOON, settings=SETTINGS, timer=timer) for _time in range(3)]
    assert sum(killed) >= 1
    assert sum(result.retries for result in results) >= 1
    with postgres_database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 20
        assert leaks(session) == []


@pytest.mark.postgres
def test_shards_that_another_engine_works_on_are_left_to_it(postgres_database: Database) -> None:
    fill(postgres_database, 20, poisoned=0)
    tick(postgres_database)
    with postgres_database.write() as other:
        other.execute(select(Shard).with_for_update()).all()
        assert tick(postgres_database, 1).advanced == 0
    assert tick(postgres_database, 1).advanced == 20


@pytest.mark.postgres
def test_a_statement_that_takes_too_long_is_tried_with_fewer_and_the_slow_case_set_aside(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def route(_self: Condition, _params: Any, frame: Any) -> ColumnElement[str]:
        asked = func.length(func.concat(func.pg_sleep(case((frame.loan.dpd == POISON, 60.0), else_=0.0))))
        return case((asked >= 0, literal("yes")), else_=literal("no"))

    monkeypatch.setattr(Condition, "route", route)
    fill(postgres_database, 24)
    short = Settings(batch_size=1000, statement_seconds=0.5)
    tick(postgres_database)
    result = tick(postgres_database, 1, settings=short)
    assert (result.advanced, result.set_aside) == (23, 1)
    with postgres_database.read() as session:
        assert "0.5 s" in (session.scalars(select(Case.error).where(Case.end_reason == "failed")).one() or "")
        assert leaks(session) == []


@pytest.mark.postgres
def test_an_engine_on_a_database_that_takes_no_changes_says_so_and_goes_on_when_it_does(
    postgres_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    fill(postgres_database, 5, poisoned=0)
    engine = Engine(postgres_database, SETTINGS, {}, vault=VAULT, clock=lambda: NOON, randomness=random.Random(1))
    engine.renew()
    assert not postgres_database.is_read_only()
    name = postgres_database.engine.url.database
    with postgres_database.engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        connection.commit()
    postgres_database.engine.dispose()
    assert postgres_database.is_read_only()
    assert engine.tick() is None
    assert "read-only" in caplog.text
    assert "Traceback" not in caplog.text
    with postgres_database.engine.connect() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        connection.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
        connection.commit()
    postgres_database.engine.dispose()
    engine.renew()
    result = engine.tick()
    assert result is not None
    assert result.advanced == 5


def test_a_sqlite_file_opened_for_reading_alone_is_known_as_such(sqlite_database: Database) -> None:
    path = sqlite_database.engine.url.database
    sqlite_database.engine.dispose()
    with sqlite_database.read() as session:
        session.execute(text("PRAGMA wal_checkpoint"))
    reading = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert reading.is_read_only()
    with pytest.raises(DBAPIError) as refused, reading.write() as session:
        session.add(Heartbeat(process="x", started_at=NOON, seen_at=NOON))
    assert failure_of(refused.value) is Failure.READ_ONLY
    reading.dispose()
    assert not sqlite_database.is_read_only()


def test_a_tick_that_takes_longer_than_its_interval_does_not_overlap_itself(database: Database) -> None:
    """The clock is read first thing in a tick: the second reading beside a first one would be an overlap."""
    inside, most, seen, gate = [0], [0], threading.Semaphore(0), threading.Event()

    class Slow(Engine):
        def tick(self) -> TickResult | None:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            seen.release()
            gate.wait(0.3)  # six intervals
            inside[0] -= 1
            return None

    engine = Slow(database, Settings(tick_seconds=0.05), {}, vault=VAULT, clock=lambda: NOON)
    engine.start()
    for _time in range(3):
        seen.acquire()
    gate.set()
    engine.stop()
    assert most[0] == 1


@pytest.mark.parametrize("back", [timedelta(hours=3), timedelta(days=2)])
def test_a_clock_that_jumps_ahead_and_back_loses_nothing(database: Database, back: timedelta) -> None:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00, overdue_since=date(2026, 2, 27))
        a_live_version(session, ASK)
    clock = {"now": NOON}
    engine = Engine(
        database,
        Settings(enrol_seconds=0.001),
        {},
        vault=VAULT,
        clock=lambda: clock["now"],
        randomness=random.Random(1),
    )  # fmt: skip
    engine.renew()
    for now in (NOON, NOON + timedelta(days=5), NOON + timedelta(days=5) - back, NOON + timedelta(days=6, hours=1)):
        clock["now"] = now
        assert engine.tick() is not None
        with database.read() as session:
            assert leaks(session) == []
            assert session.scalar(select(func.count()).select_from(Case)) == 1
    with database.read() as session:
        found = session.scalars(select(Loan)).one()
        assert found.dpd == (date(2026, 3, 10) - date(2026, 2, 27)).days


@pytest.mark.parametrize(
    ("zone", "first"),
    [("Europe/Berlin", date(2026, 3, 28)), ("Europe/Berlin", date(2026, 10, 24)), ("Europe/Moscow", date(2028, 2, 28))],
)
def test_days_of_23_and_25_hours_and_leap_days_are_days(database: Database, zone: str, first: date) -> None:
    settings = Settings(time_zone=zone, enrol_seconds=0.001)
    with database.write() as session:
        a_loan(session, dpd=1, overdue=100_00, overdue_since=first - timedelta(days=1))
        a_live_version(session, ASK)
    clock = {"now": start_of(first, zone)}
    engine = Engine(database, settings, {}, vault=VAULT, clock=lambda: clock["now"], randomness=random.Random(1))
    engine.renew()
    last = start_of(first + timedelta(days=3), zone)
    while clock["now"] < last:
        assert engine.tick() is not None
        with database.read() as session:
            days = session.scalars(select(Loan.dpd)).one()
        assert (
            start_of(first + timedelta(days=days - 1), zone)
            <= clock["now"]
            < start_of(first + timedelta(days=days), zone)
        )
        clock["now"] += timedelta(minutes=30)
