"""The measures: what the engine takes for a piece of work, and what the bare statements take on the same database."""

from __future__ import annotations

from datetime import timedelta
from statistics import median, quantiles

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.cli.benchmark import conditions, dataset, scenarios
from console.cli.benchmark.engines import engine_processes
from console.cli.benchmark.payment_event import measure_payments
from console.cli.benchmark.payment_flow import measure_flow
from console.cli.benchmark.raw import RawTick, bring_level, copy_rows, highest, timed
from console.cli.benchmark.run import Measure, Run, log_between
from scenario_engine.engine.tick import TickResult
from scenario_engine.models import Case, Loan, NodeCount, Signal
from scenario_engine.registry import delinquency
from scenario_engine.stats.numbers import version_numbers

#: columns of a loan that a roll changes
ROLLED = ("overdue", "overdue_since", "dpd", "bucket", "next_due_on", "next_due_amount")
QUICK_REPEATS = 20


def measure_all(run: Run) -> None:
    """Build the registry and take every measure."""
    run.database.create_all()
    run.say(f"building {run.loans} loans")
    began = run.timer()
    dataset.build(run.database, run.loans)
    run.built = run.timer() - began
    run.megabytes = dataset.megabytes(run.database)
    version_id = scenarios.put_live(run.database, scenarios.five_hops(), now=dataset.NOW)
    conditions.warm(run)
    _enrolment(run, version_id)
    dataset.refresh_statistics(run.database)
    _first_tick(run, version_id)
    _idle_tick(run)
    measure_payments(run)
    _roll(run)
    _second_tick(run, version_id)
    _statistics(run, version_id)
    if not run.short:
        conditions.measure_random_order(run)
        conditions.measure_two_processes(run)
        conditions.measure_days(run)
    measure_flow(run)


def _enrolment(run: Run, version_id: int) -> None:
    before = run.log_position()
    seconds, enrolled = timed(run.database, run.timer, lambda session: run.enrol(session, version_id, dataset.NOW))
    written = log_between(before, run.log_position())
    copy = run.copies.table("cases")
    raw, copied = timed(run.database, run.timer, lambda session: copy_rows(session, "cases", copy))
    run.expect("loans enrolled", enrolled, run.loans)
    run.expect("cases copied", copied, run.loans)
    run.add(Measure(name="enrolment", seconds=seconds, rows=enrolled, raw_seconds=raw, log_bytes=written))


def _first_tick(run: Run, version_id: int) -> None:
    young = dataset.young(run.loans)
    bare = RawTick(run.database, run.copies)
    before = run.log_position()
    # in a process that does nothing else: its memory is the engine's
    with engine_processes(run, dataset.NOW, 1) as tick:
        (result,) = tick()
    written = log_between(before, run.log_position())
    run.peak = result["peak_megabytes"]
    run.expect("cases moved", result["advanced"], run.loans)
    run.expect("messages written", result["messages"], young)
    run.expect("cases set aside", result["set_aside"], 0)
    hops = young * 5 + (run.loans - young) * 3
    run.add(
        Measure(name="tick of 5 hops", seconds=result["seconds"], rows=result["advanced"],
                raw_seconds=bare.run(run.timer), log_bytes=written,
                note=f"{hops} hops, {result['messages']} messages; an engine process of its own")
    )  # fmt: skip


def _second_tick(run: Run, version_id: int) -> None:
    with run.database.read() as session:
        waiting = session.scalar(select(func.count()).select_from(Case).where(Case.ended_at.is_(None))) or 0
    bare = RawTick(run.database, run.copies)
    # the signals of the roll are the tick's first affair: they are dealt with by one that moves nobody
    run.tick(dataset.NOW + timedelta(hours=23))
    result: TickResult = run.tick(dataset.NOW + timedelta(days=1, minutes=1))
    run.expect("cases ended a day later", result.ended, waiting)
    run.add(
        Measure(name="tick a day later", seconds=result.seconds, rows=result.advanced,
                raw_seconds=bare.run(run.timer), note="the wait is over, every case ends")
    )  # fmt: skip


def _idle_tick(run: Run) -> None:
    now = dataset.NOW + timedelta(minutes=1)
    look = select(Case.id).where(Case.due_at <= now).limit(1)
    ticks, raws = [], []
    for _ in range(QUICK_REPEATS):
        result = run.tick(now)
        run.expect("cases moved by an idle tick", result.advanced, 0)
        ticks.append(result.seconds)
        began = run.timer()
        with run.database.read() as session:
            session.execute(look).all()
        raws.append(run.timer() - began)
    run.add(
        Measure(name="tick, nobody due", seconds=median(ticks), rows=0, raw_seconds=median(raws),
                note=f"median of {QUICK_REPEATS}; raw: one SELECT for a due case")
    )  # fmt: skip


def _roll(run: Run) -> None:
    loans, signals = run.copies.fill("loans"), run.copies.table("signals")
    with run.database.read() as session:
        before = highest(session, "signals")["signals"]
    on, now = dataset.DAY + timedelta(days=1), dataset.NOW + timedelta(days=1)
    seconds, rolled = timed(run.database, run.timer, lambda session: delinquency.roll(session, on=on, now=now))

    def raw(session: Session) -> int:
        changed = bring_level(session, "loans", loans, ROLLED)
        copy_rows(session, "signals", signals, Signal.id > before)
        return changed

    raw_seconds, _ = timed(run.database, run.timer, raw)
    with run.database.read() as session:
        late = session.scalar(select(func.count()).select_from(Loan).where(Loan.dpd > 0)) or 0
        told = session.scalar(select(func.count()).select_from(Signal).where(Signal.id > before)) or 0
    run.expect("loans that the roll changed", rolled.changed >= late > 0, True)
    run.expect("signals of the roll", rolled.entered + rolled.exited + rolled.missed, told)
    run.add(
        Measure(name="DPD roll", seconds=seconds, rows=rolled.changed, raw_seconds=raw_seconds,
                note=f"{told} signals")
    )  # fmt: skip


def _statistics(run: Run, version_id: int) -> None:
    """Reading every number of the version, against one SELECT of the counters."""
    now = dataset.NOW + timedelta(days=1, minutes=2)
    day = dataset.DAY
    reads, raws, found = [], [], {}
    for _ in range(QUICK_REPEATS):
        began = run.timer()
        with run.database.read() as session:
            found = version_numbers(
                session, version_id, date_from=day - timedelta(days=30), date_to=day + timedelta(days=1), now=now,
                time_zone=run.settings.time_zone,
            )  # fmt: skip
        reads.append(run.timer() - began)
        began = run.timer()
        with run.database.read() as session:
            session.execute(select(NodeCount).where(NodeCount.version_id == version_id)).all()
        raws.append(run.timer() - began)
    for key, node in found["nodes"].items():
        sums = node["here"] + node["left"] + node["failed"]
        run.expect(f"entered = here + left + failed at {key}", sums, node["entered"])
    run.expect("loans that entered", found["nodes"]["entry"]["entered"], run.loans)
    run.add(
        Measure(name="statistics of the version", seconds=quantiles(reads, n=2)[0], rows=len(found["nodes"]),
                raw_seconds=median(raws), note=f"median of {QUICK_REPEATS}; raw: one SELECT of the counters")
    )  # fmt: skip
