"""The tick under other conditions: cases in random physical order, two processes, a month of days, larger graphs."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import column, delete, func, insert, select, table, text
from sqlalchemy.orm import Session

from console.cli.benchmark import dataset, scenarios
from console.cli.benchmark.engines import engine_processes
from console.cli.benchmark.raw import RawTick
from console.cli.benchmark.run import Curve, Measure, Run
from scenario_engine.models import Case, table_of
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.policies.days import is_rest_day

DAYS = 30
#: loans of the registries on which the size of graphs and of registries is varied
FEW = 50_000
ROUNDS = (1, 3, 7, 14)
LEGS = (5, 20, 40, 58)


def warm(run: Run) -> None:
    """What a process does once in its life: import the holidays, the node types, and connect."""
    is_rest_day(dataset.DAY, "RU")
    load_catalogue()
    run.tick(dataset.NOW)


def measure_random_order(run: Run) -> None:
    """The tick of 5 hops, with cases that lie in the table in no order at all."""
    now = dataset.NOW + timedelta(days=2)
    cases = _enrolled(run, scenarios.five_hops("random"), now)
    with run.database.write() as session:
        _shuffle(session)
    dataset.refresh_statistics(run.database)
    bare = RawTick(run.database, run.copies)
    result = run.tick(now)
    run.expect("cases moved in random order", result.advanced, cases)
    run.add(
        Measure(name="tick, cases in random order", seconds=result.seconds, rows=result.advanced,
                raw_seconds=bare.run(run.timer), note=f"the database holds {dataset.megabytes(run.database)} MB")
    )  # fmt: skip


def measure_two_processes(run: Run) -> None:
    """The tick of 5 hops by two engine processes, against the bare writes of two connections. PostgreSQL only."""
    if run.database.dialect != "postgresql":
        return
    now = dataset.NOW + timedelta(days=4)
    cases = _enrolled(run, scenarios.five_hops("two"), now)
    bare = RawTick(run.database, run.copies)
    with engine_processes(run, now, 2) as tick:
        began = run.timer()
        results = tick()
        seconds = run.timer() - began
    run.expect("cases moved by two processes", sum(result["advanced"] for result in results), cases)
    shares = " and ".join(f"{result['advanced']}" for result in results)
    run.add(
        Measure(name="tick of 5 hops, two processes", seconds=seconds, rows=cases,
                raw_seconds=bare.run(run.timer, streams=2), note=f"moved {shares}; raw: two connections")
    )  # fmt: skip


def measure_days(run: Run) -> None:
    """A tick a day for a month, a fifth of the loans waiting from day to day: the last days beside the first."""
    now = dataset.NOW + timedelta(days=10)
    cases = _enrolled(run, scenarios.daily("days"), now)
    seconds: list[float] = []
    bare = raw = None
    for day in range(DAYS + 1):
        if day == DAYS:
            bare = RawTick(run.database, run.copies)
        result = run.tick(now + timedelta(days=day, minutes=day))
        run.expect(f"cases moved on day {day}", result.advanced, cases)
        seconds.append(result.seconds)
    if bare is not None:
        raw = bare.run(run.timer)
    first, last = median(seconds[1:6]), median(seconds[-5:])
    run.add(
        Measure(name=f"tick of day {DAYS}", seconds=last, rows=cases, raw_seconds=raw or 0.0,
                note=f"{last / first:.2f} × the tick of day 1; medians of five days")
    )  # fmt: skip
    run.draw(
        Curve(name="day after day", across="day",
              points=tuple((float(day), 1e6 * took / max(cases, 1)) for day, took in enumerate(seconds) if day))
    )  # fmt: skip


def measure_sizes(run: Run) -> None:
    """Microseconds a case over the size of the scenario and of a leg, on a registry of its own."""
    run.database.create_all()
    dataset.build(run.database, run.loans)
    warm(run)
    for name, across, sizes, make in (
        ("nodes in the scenario, a leg of five", "nodes", ROUNDS, scenarios.rounds),
        ("nodes in one leg, every case passes all", "nodes", LEGS, scenarios.one_leg),
    ):
        points = []
        for number, size in enumerate(sizes):
            raw: dict[str, Any] = make(size, f"{make.__name__}{size}")
            now = dataset.NOW + timedelta(days=8 * number)
            cases = _enrolled(run, raw, now)
            result = run.tick(now)
            run.expect(f"cases of {len(raw['nodes'])} nodes moved", result.advanced, cases)
            points.append((float(len(raw["nodes"])), 1e6 * result.seconds / max(cases, 1)))
        run.draw(Curve(name=name, across=across, points=tuple(points)))


def measure_registry(run: Run) -> float:
    """Microseconds a case of the tick of 5 hops on a registry of this size."""
    run.database.create_all()
    dataset.build(run.database, run.loans)
    warm(run)
    _enrolled(run, scenarios.five_hops(), dataset.NOW)
    result = run.tick(dataset.NOW)
    run.expect("cases moved", result.advanced, run.loans)
    return 1e6 * result.seconds / run.loans


def _enrolled(run: Run, raw: dict[str, Any], now: datetime) -> int:
    """How many cases the scenario got. They are alone in the database: those of an earlier one would be due as well."""
    with run.database.write() as session:
        every = "TRUNCATE cases" if run.database.dialect == "postgresql" else "DELETE FROM cases"
        session.execute(text(every))
    version_id = scenarios.put_live(run.database, raw, now=now)
    with run.database.write() as session:
        cases = run.enrol(session, version_id, now)
    dataset.refresh_statistics(run.database)
    return cases


def _shuffle(session: Session) -> None:
    """Write the cases anew in random order, under new ids."""
    cases = table_of(Case)
    names = [each.name for each in cases.columns if each.name != "id"]
    held = table("held", *(column(name) for name in names))
    session.execute(text("CREATE TEMPORARY TABLE held AS SELECT * FROM cases"))
    session.execute(delete(cases).execution_options(synchronize_session=False))
    rows = select(*held.c).order_by(func.random())
    session.execute(insert(cases).from_select(names, rows, include_defaults=False))
    session.execute(text("DROP TABLE held"))
