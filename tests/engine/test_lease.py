"""One engine leads; another takes over when it has gone, and two leaders do no harm."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, literal, select, text, update

from scenario_engine.database import Database
from scenario_engine.engine import lease, scheduler
from scenario_engine.engine.scheduler import Engine
from scenario_engine.engine.tick import TickResult
from scenario_engine.models import Batch, Case, Lease, Loan, UtcDateTime
from scenario_engine.settings import Settings
from tests.builders import a_loan
from tests.engine.scenarios import NOON, a_document, a_live_version, overdue_rule
from tests.harness.gateway import VAULT, Gateway

SIMPLE = a_document(
    {"in": ("entry.segment", {"rule": overdue_rule(1)}), "rest": ("wait.duration", {"days": 1}),
     "out": ("exit", {"reason": "x"})},
    ["in:next>rest", "rest:next>out"],
)  # fmt: skip


def let_lapse(database: Database) -> None:
    """As if the holder had died, and its time were over."""
    with database.write() as session:
        session.execute(update(Lease).values(until=datetime(2000, 1, 1, tzinfo=UTC)))


def test_the_lease_is_held_by_one_and_renewed_by_it(database: Database) -> None:
    assert lease.hold(database, "a")
    assert not lease.hold(database, "b")
    assert lease.hold(database, "a")


def test_another_takes_over_when_the_lease_has_lapsed_and_the_first_learns_of_it(database: Database) -> None:
    lease.hold(database, "a")
    let_lapse(database)
    assert lease.hold(database, "b")
    assert not lease.hold(database, "a")


def test_a_lease_that_was_given_up_is_free_at_once(database: Database) -> None:
    lease.hold(database, "a")
    lease.let_go(database, "b")
    assert not lease.hold(database, "b")
    lease.let_go(database, "a")
    assert lease.hold(database, "b")


def test_a_lease_from_before_the_clock_was_put_back_counts_as_lapsed(database: Database) -> None:
    lease.hold(database, "a")
    with database.write() as session:
        session.execute(update(Lease).values(until=datetime.now(UTC) + timedelta(hours=1)))
    assert lease.hold(database, "b")


LOCKS_AND_SLEEPS = """
import sys
from sqlalchemy import text
from scenario_engine.database import Database
with Database(sys.argv[1]).write() as session:
    session.execute(text("SELECT pg_advisory_xact_lock(77)"))
    print("locked", flush=True)
    session.execute(text("SELECT pg_sleep(600)"))
"""


class DatabaseClock:
    """The database's clock, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
        monkeypatch.setattr(lease, "database_now", lambda: literal(self.now, UtcDateTime()))


@pytest.mark.parametrize("stall", [0.0, 3 * lease.RENEW_SECONDS - 0.5])
def test_a_leader_that_dies_is_replaced_within_ten_seconds_whenever_the_others_look(
    database: Database, monkeypatch: pytest.MonkeyPatch, stall: float
) -> None:
    """`stall`: seconds for which the other process is held up when the lease lapses."""
    clock = DatabaseClock(monkeypatch)
    for phase in (0.0, 0.3, 0.6, 0.9):
        died = clock.now
        assert lease.hold(database, f"leader {phase}")  # its last renewal
        clock.now = died + timedelta(seconds=phase * lease.RENEW_SECONDS)
        while not lease.hold(database, "other"):
            assert clock.now - died < timedelta(seconds=lease.LEASE_SECONDS + lease.RENEW_SECONDS)
            late = stall if clock.now - died > timedelta(seconds=lease.LEASE_SECONDS - lease.RENEW_SECONDS) else 0.0
            clock.now += timedelta(seconds=lease.RENEW_SECONDS + late)
        assert clock.now - died < timedelta(seconds=10)
        lease.let_go(database, "other")


def test_a_leader_that_is_held_up_for_three_renewals_still_leads(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = DatabaseClock(monkeypatch)
    assert lease.hold(database, "leader")
    clock.now += timedelta(seconds=4 * lease.RENEW_SECONDS)
    assert not lease.hold(database, "other")
    assert lease.hold(database, "leader")


def test_the_lease_is_renewed_whatever_the_rest_of_the_engine_is_busy_with(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, renewed = threading.Barrier(4), threading.Event()
    over = threading.Event()

    def work(_engine: Engine, *_connector: str) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            busy.wait(timeout=20)
        over.wait(timeout=20)

    for name in ("tick", "send", "group"):
        monkeypatch.setattr(Engine, name, work)
    monkeypatch.setattr("scenario_engine.engine.scheduler.GROUP_SECONDS", 0.1)
    engine = Engine(
        database, Settings(tick_seconds=0.1), {"gateway": Gateway()}, vault=VAULT, randomness=random.Random(1)
    )
    engine.start()
    try:
        busy.wait(timeout=20)  # all three are at work
        monkeypatch.setattr(lease, "hold", lambda *_given: renewed.set() or True)
        assert renewed.wait(timeout=20)
    finally:
        over.set()
        engine.stop()


def test_a_process_that_becomes_leader_in_the_middle_of_a_tick_ends_it_and_looks_at_the_registry_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00, overdue_since=date(2026, 2, 1))
        a_live_version(session, SIMPLE)
    leader, other = an_engine(database), an_engine(database)
    leader.renew()
    leader.tick()
    asked: list[bool] = []

    def a_long_tick(_database: Database, **given: Any) -> TickResult:
        asked.append(given["stop"]())
        let_lapse(database)
        other.renew()
        asked.append(given["stop"]())
        return TickResult()

    monkeypatch.setattr(scheduler, "run_tick", a_long_tick)
    other.renew()
    other.tick()
    assert asked == [False, True]
    monkeypatch.undo()
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00, overdue_since=date(2026, 2, 1))
    result = other.tick()
    assert result is not None
    assert result.enrolled == 1


@pytest.mark.postgres
def test_what_a_killed_process_has_locked_is_free_though_its_statement_would_go_on(
    postgres_database: Database,
) -> None:
    with postgres_database.read() as session:
        if not session.scalar(text("SELECT current_setting('client_connection_check_interval', true)")):
            pytest.skip("this PostgreSQL cannot tell")
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    busy = subprocess.Popen([sys.executable, "-c", LOCKS_AND_SLEEPS, url], stdout=subprocess.PIPE, text=True)
    assert busy.stdout is not None
    assert busy.stdout.readline() == "locked\n"
    sleeping = text("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'")
    with postgres_database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(sleeping):
            assert busy.poll() is None
        busy.kill()
        busy.wait()
        busy.stdout.close()
        connection.execute(text("SET lock_timeout = '60s'"))
        assert connection.scalar(text("SELECT pg_advisory_lock(77)")) is not None
        connection.execute(text("RESET lock_timeout"))
        connection.execute(text("SELECT pg_advisory_unlock(77)"))


def an_engine(database: Database, now: datetime = NOON) -> Engine:
    engine = Engine(database, Settings(), {}, vault=VAULT, clock=lambda: now, randomness=random.Random(1))
    engine.process = f"host:{id(engine)}"
    return engine


def test_only_the_leader_enrols_and_rolls_and_the_others_wait_for_the_new_day(database: Database) -> None:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00, overdue_since=date(2026, 2, 1))
        a_live_version(session, SIMPLE)
    leader, other = an_engine(database), an_engine(database)
    leader.renew()
    other.renew()
    assert (leader.leads, other.leads) == (True, False)
    assert other.tick() is None, "the registry still stands at yesterday"
    result = leader.tick()
    assert result is not None
    assert (result.enrolled, result.advanced) == (1, 1)
    follower = other.tick()
    assert follower is not None
    assert follower.enrolled == 0
    with database.read() as session:
        assert session.scalar(select(Loan.dpd)) == 31


def test_two_leaders_at_once_do_no_harm(database: Database) -> None:
    with database.write() as session:
        for _number in range(40):
            a_loan(session, dpd=5, overdue=100_00, overdue_since=date(2026, 2, 1))
        a_live_version(session, SIMPLE)
    engines = [an_engine(database), an_engine(database)]
    for engine in engines:
        engine.renew()
        let_lapse(database)
    assert all(engine.leads for engine in engines)
    threads = [threading.Thread(target=engine.tick) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.tick()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 40
        assert session.scalar(select(func.sum(Batch.cases)).where(Batch.kind == "advance")) == 40
        assert set(session.scalars(select(Loan.dpd))) == {31}
