"""One engine leads; another takes over when it has gone, and two leaders do no harm."""

from __future__ import annotations

import random
import threading
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select, update

from scenario_engine.database import Database
from scenario_engine.engine import lease
from scenario_engine.engine.scheduler import Engine
from scenario_engine.models import Batch, Case, Lease, Loan
from scenario_engine.settings import Settings
from tests.builders import a_loan
from tests.engine.scenarios import NOON, a_document, a_live_version, overdue_rule

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


def test_a_dead_leader_is_replaced_within_ten_seconds() -> None:
    assert lease.LEASE_SECONDS + lease.RENEW_SECONDS < 10


def an_engine(database: Database, now: datetime = NOON) -> Engine:
    engine = Engine(database, Settings(), {}, clock=lambda: now, randomness=random.Random(1))
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
