"""Payments as they come: two hundred a second while an engine moves every case, and a file of them at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import quantiles

from sqlalchemy import Table, bindparam, select, text, update
from sqlalchemy.orm import Session

from console.cli.benchmark import dataset, scenarios
from console.cli.benchmark.engines import engine_processes
from console.cli.benchmark.raw import copy_rows, highest, timed
from console.cli.benchmark.run import Measure, Run
from scenario_engine.engine.events import react
from scenario_engine.models import Base, Case
from scenario_engine.registry import payments

#: payments a second, from so many tills; and the smallest transactions a second beside them
RATE, TILLS, SMALLEST = 200, 8, 20
BULK = 100_000
#: after the roll of the second day: nobody is left to be rolled by a payment
NOW = dataset.NOW + timedelta(days=1, minutes=10)
#: more than any loan is overdue by then
ENOUGH = 3 * dataset.LINE
#: what a payment writes, and what it changes
WRITTEN = ("payments", "signals", "trails", "attributions")
CHANGED = {
    "cases": ("due_at", "outcome", "ended_at", "end_reason", "batch_id"),
    "loans": ("balance", "overdue", "overdue_since", "dpd", "bucket", "next_due_on", "next_due_amount", "state",
              "last_payment_on"),
    "instalments": ("paid", "paid_on"),
}  # fmt: skip

_TOUCH = text("UPDATE loans SET balance = balance WHERE id IN :loans").bindparams(bindparam("loans", expanding=True))


class Queue:
    """Payments that come each at its time: whichever till is free takes the next, as threads of a server do."""

    def __init__(self, began: float, rate: int) -> None:
        """The first comes at `began`, by the run's timer; then so many a second."""
        self._next = began
        self._rate = rate
        self._lock = threading.Lock()

    def take(self) -> float:
        """The time of the next payment."""
        with self._lock:
            at, self._next = self._next, self._next + 1 / self._rate
        return at


@dataclass
class Till:
    """Who takes payments in: seconds from the time at which each came until it was committed."""

    loans: Iterator[int]
    seconds: list[float] = field(default_factory=list)
    ended: int = 0


def measure_flow(run: Run) -> None:
    """Payments beside a tick of all cases. The limit is the smallest transaction that changes a loan, beside the same
    tick and the same payments: nothing that is kept can come back sooner.

    A batch takes a hundredth of the cases at most, as it does of a million: a payment seldom meets the one that runs.
    """
    settings = run.settings
    run.settings = settings.model_copy(update={"batch_size": max(min(settings.batch_size, run.loans // 100), 1)})
    _measure(run)
    run.settings = settings


def _measure(run: Run) -> None:
    version_id = scenarios.put_live(run.database, scenarios.one_leg(3, "payments"), now=NOW)
    with run.database.write() as session:
        cases = run.enrol(session, version_id, NOW)
    dataset.refresh_statistics(run.database)
    with run.database.read() as session:
        # spread over all shards, in an order that has nothing to do with the tick's
        waiting = select(Case.loan_id).where(Case.version_id == version_id)
        loans = sorted(session.scalars(waiting), key=lambda loan: loan * 2_654_435_761 % 4_294_967_296)
    tills = [Till(loans=iter(loans[number : len(loans) // 2 : TILLS])) for number in range(TILLS)]
    _meet(run, tills)
    smallest = Till(loans=iter(loans[:-BULK:-1]))
    over = threading.Event()
    with ThreadPoolExecutor(TILLS + 1) as pool, _ticking(run) as tick:
        began = run.timer()
        queue = Queue(began, RATE)
        work = [pool.submit(_take_in, run, till, queue, over, _pay) for till in tills]
        work.append(pool.submit(_take_in, run, smallest, Queue(began, SMALLEST), over, _touch))
        advanced = tick()
        lasted = run.timer() - began
        over.set()
        for each in work:
            each.result()
    run.expect("cases that the tick and the payments left", _active_at_entry(run, version_id), 0)
    times = [seconds for till in tills for seconds in till.seconds]
    cuts, least = quantiles(times, n=100), quantiles(smallest.seconds, n=100)
    note = (
        f"{len(times) / lasted:.0f} a second while a tick moved {advanced} of {cases} cases; raw: one UPDATE of a loan,"
        f" {SMALLEST} a second beside them"
    )
    for name, place in (("p50", 49), ("p99", 98)):
        run.add(
            Measure(name=f"payment beside a tick, {name}", seconds=cuts[place], rows=len(times),
                    raw_seconds=least[place], note=note)
        )  # fmt: skip
    _bulk(run, loans[len(loans) // 2 :][:BULK])


def _take_in(
    run: Run, till: Till, queue: Queue, over: threading.Event, act: Callable[[Run, Sequence[int]], int]
) -> None:
    """What comes until the tick is over. One that is late is late by the clock, not by the one before."""
    while not over.is_set():
        at = queue.take()
        if (early := at - run.timer()) > 0:
            time.sleep(early)
        till.ended += act(run, [next(till.loans)])
        till.seconds.append(run.timer() - at)


def _touch(run: Run, loans: Sequence[int]) -> int:
    """The smallest transaction that changes loans."""
    with run.database.write() as session:
        session.execute(_TOUCH, {"loans": loans})
    return 0


def _meet(run: Run, tills: list[Till]) -> None:
    """Let connections know the statements, as in a process that has been running for a while."""
    with ThreadPoolExecutor(len(tills)) as pool:
        for _ in range(15):
            list(pool.map(lambda till: _pay(run, [next(till.loans)]), tills))


def _pay(run: Run, loans: Sequence[int]) -> int:
    with run.database.write() as session:
        return _record(session, run, loans)


def _record(session: Session, run: Run, loans: Sequence[int]) -> int:
    rows = [payments.NewPayment(external_id=f"flow-{loan}", loan_id=loan, amount=ENOUGH, paid_at=NOW) for loan in loans]
    payments.record(session, rows, now=NOW, source="bench", time_zone=run.settings.time_zone)
    # one that comes alone is dealt with alone (scenario_engine.tills)
    only = loans if len(loans) == 1 else None
    return react(session, now=NOW, time_zone=run.settings.time_zone, loans=only).ended_cases


@contextmanager
def _ticking(run: Run) -> Iterator[Callable[[], int]]:
    """A tick that waits to begin: in a process of its own on PostgreSQL, in a thread beside the tills on SQLite."""
    if run.database.dialect == "postgresql":
        with engine_processes(run, NOW, 1) as tick:
            yield lambda: int(tick()[0]["advanced"])
    else:
        yield lambda: run.tick(NOW).advanced


def _active_at_entry(run: Run, version_id: int) -> int:
    with run.database.read() as session:
        waiting = select(Case.id).where(Case.version_id == version_id, Case.ended_at.is_(None), Case.due_at <= NOW)
        return len(session.scalars(waiting).all())


def _bulk(run: Run, loans: Sequence[int]) -> None:
    """Payments of a file: recorded and reacted to at once."""
    tables = Base.metadata.tables
    touched: dict[str, Table] = {name: run.copies.fill(name) for name in CHANGED}
    written: dict[str, Table] = {name: run.copies.table(name) for name in WRITTEN}
    with run.database.read() as session:
        before = highest(session, *WRITTEN)
    seconds, ended = timed(run.database, run.timer, lambda session: _record(session, run, loans))
    run.expect("cases ended by a file of payments", ended >= len(loans), True)
    new = {name: tables[name].c["batch_id" if name == "trails" else "id"] > before[name] for name in WRITTEN}
    paid = select(tables["payments"].c.loan_id).where(new["payments"])

    def raw(session: Session) -> None:
        for name, copy in written.items():
            copy_rows(session, name, copy, new[name])
        for name, columns in CHANGED.items():
            original, copy = tables[name], touched[name]
            key = original.c.id if name == "loans" else original.c.loan_id
            session.execute(
                update(copy)
                .where(copy.c.id == original.c.id, key.in_(paid))
                .values({column: original.c[column] for column in columns})
            )

    raw_seconds, _ = timed(run.database, run.timer, raw)
    run.add(
        Measure(name="payments at once", seconds=seconds, rows=len(loans), raw_seconds=raw_seconds,
                note="one transaction; every one ends a case")
    )  # fmt: skip
