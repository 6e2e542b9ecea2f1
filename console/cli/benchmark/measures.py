"""The measures: what the engine takes for a piece of work, and what the bare statements take on the same database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median, quantiles

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.cli.benchmark import dataset
from console.cli.benchmark.payment_event import measure_payments
from console.cli.benchmark.raw import Copies, Timer, bring_level, copy_rows, highest, timed
from scenario_engine.database import Database
from scenario_engine.engine import enrolment
from scenario_engine.engine.events import plan_store
from scenario_engine.engine.plans import day_of, zones_of
from scenario_engine.engine.tick import TickResult, run_tick
from scenario_engine.models import Batch, Case, Loan, Signal
from scenario_engine.registry import delinquency
from scenario_engine.settings import Settings
from scenario_engine.stats.numbers import version_numbers

#: what moving cases writes beside the cases themselves
WRITTEN = ("trails", "messages", "contacts")
#: columns of a case that a tick changes
MOVED = ("node_id", "due_at", "outcome", "entered_at", "ended_at", "end_reason", "batch_id")
#: columns of a loan that a roll changes
ROLLED = ("overdue", "overdue_since", "dpd", "bucket", "next_due_on", "next_due_amount")
QUICK_REPEATS = 20


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One line of the report; seconds of wall time."""

    name: str
    seconds: float
    rows: int
    raw_seconds: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times the raw limit."""
        return self.seconds / self.raw_seconds if self.raw_seconds else 0.0


@dataclass
class Run:
    """One database's run: measures as they come, and what was found wrong on the way."""

    database: Database
    settings: Settings
    timer: Timer
    loans: int
    say: Callable[[str], None] = lambda _line: None
    measures: list[Measure] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    #: seconds that building the registry took
    built: float = 0.0

    def add(self, measure: Measure) -> None:
        """Keep a measure and say it."""
        self.measures.append(measure)
        self.say(f"{measure.name}: {measure.seconds:.3f} s, raw {measure.raw_seconds:.3f} s, {measure.ratio:.2f}×")

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Note a failure when something did not do its work."""
        if found != wanted:
            self.failures.append(f"{self.database.dialect}: {what}: {found}, expected {wanted}")


def measure_all(run: Run) -> None:
    """Build the registry and take every measure."""
    database = run.database
    database.create_all()
    run.say(f"building {run.loans} loans")
    began = run.timer()
    dataset.build(database, run.loans)
    run.built = run.timer() - began
    version_id = dataset.publish_scenario(database)
    copies = Copies(database)
    _enrolment(run, version_id, copies)
    dataset.refresh_statistics(database)
    _first_tick(run, copies)
    _idle_tick(run)
    measure_payments(run)
    _roll(run, copies)
    _second_tick(run, copies)
    _statistics(run, version_id)


def _enrolment(run: Run, version_id: int, copies: Copies) -> None:
    home = run.settings.time_zone
    with run.database.read() as session:
        zones = zones_of(session)
        plan = plan_store(home).get(session, version_id, now=dataset.NOW, zones=zones).plan

    def enrol(session: Session) -> int:
        batch = Batch(kind="enrol", version_id=version_id, at=dataset.NOW, day=day_of(dataset.NOW, home).isoformat())
        session.add(batch)
        session.flush()
        batch.cases = enrolment.enrol_segments(session, plan, now=dataset.NOW, batch_id=batch.id, home=home)
        return batch.cases

    seconds, enrolled = timed(run.database, run.timer, enrol)
    copy = copies.table("cases")
    raw, copied = timed(run.database, run.timer, lambda session: copy_rows(session, "cases", copy))
    run.expect("loans enrolled", enrolled, run.loans)
    run.expect("cases copied", copied, run.loans)
    run.add(Measure(name="enrolment", seconds=seconds, rows=enrolled, raw_seconds=raw))


def _first_tick(run: Run, copies: Copies) -> None:
    young = dataset.young(run.loans)
    result, raw = _tick(run, copies, days=0)
    run.expect("cases moved", result.advanced, run.loans)
    run.expect("messages written", result.messages, young)
    run.expect("cases set aside", result.set_aside, 0)
    hops = young * 5 + (run.loans - young) * 3
    run.add(
        Measure(name="tick of 5 hops", seconds=result.seconds, rows=result.advanced, raw_seconds=raw,
                note=f"{hops} hops, {result.messages} messages")
    )  # fmt: skip


def _second_tick(run: Run, copies: Copies) -> None:
    with run.database.read() as session:
        waiting = session.scalar(select(func.count()).select_from(Case).where(Case.ended_at.is_(None))) or 0
    result, raw = _tick(run, copies, days=1)
    run.expect("cases ended a day later", result.ended, waiting)
    run.add(
        Measure(name="tick a day later", seconds=result.seconds, rows=result.advanced, raw_seconds=raw,
                note="the wait is over, every case ends; the signals of the roll come first")
    )  # fmt: skip


def _tick(run: Run, copies: Copies, *, days: int) -> tuple[TickResult, float]:
    """One tick, then the bare statements that bring the copies to the same rows; raw seconds."""
    cases = copies.table("cases")
    written = {name: copies.table(name) for name in WRITTEN}
    with run.database.read() as session:
        before = highest(session, *WRITTEN)
    now = dataset.NOW + timedelta(days=days, seconds=60 * days)
    result = run_tick(run.database, now=now, settings=run.settings, timer=run.timer, enrol=False)

    def raw(session: Session) -> None:
        bring_level(session, "cases", cases, MOVED)
        for name, copy in written.items():
            copy_rows(session, name, copy, before[name])

    seconds, _ = timed(run.database, run.timer, raw)
    return result, seconds


def _idle_tick(run: Run) -> None:
    now = dataset.NOW + timedelta(minutes=1)
    look = select(Case.id).where(Case.due_at <= now).limit(1)
    ticks, raws = [], []
    for _ in range(QUICK_REPEATS):
        result = run_tick(run.database, now=now, settings=run.settings, timer=run.timer, enrol=False)
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


def _roll(run: Run, copies: Copies) -> None:
    loans, signals = copies.fill("loans"), copies.table("signals")
    with run.database.read() as session:
        before = highest(session, "signals")["signals"]
    on, now = dataset.DAY + timedelta(days=1), dataset.NOW + timedelta(days=1)
    seconds, rolled = timed(run.database, run.timer, lambda session: delinquency.roll(session, on=on, now=now))

    def raw(session: Session) -> int:
        changed = bring_level(session, "loans", loans, ROLLED)
        copy_rows(session, "signals", signals, before)
        return changed

    raw_seconds, _ = timed(run.database, run.timer, raw)
    with run.database.read() as session:
        late = session.scalar(select(func.count()).select_from(Loan).where(Loan.dpd > 0)) or 0
        told = session.scalar(select(func.count()).select_from(Signal).where(Signal.id > before)) or 0
    run.expect("loans that the roll changed", rolled.changed >= late > 0, True)
    run.expect("signals of the roll", rolled.entered + rolled.missed, told)
    run.add(
        Measure(name="DPD roll", seconds=seconds, rows=rolled.changed, raw_seconds=raw_seconds,
                note=f"{told} signals")
    )  # fmt: skip


def _statistics(run: Run, version_id: int) -> None:
    """Reading every number of the version, against one SELECT of the counters."""
    table = "node_counts"
    now = dataset.NOW + timedelta(days=1, minutes=2)
    day = dataset.DAY
    reads, raws, found = [], [], {}
    from scenario_engine.models import Base

    counters = Base.metadata.tables[table]
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
            session.execute(select(counters).where(counters.c.version_id == version_id)).all()
        raws.append(run.timer() - began)
    for key, node in found["nodes"].items():
        sums = node["here"] + node["left"] + node["failed"]
        run.expect(f"entered = here + left + failed at {key}", sums, node["entered"])
    run.expect("loans that entered", found["nodes"]["entry"]["entered"], run.loans)
    run.add(
        Measure(name="statistics of the version", seconds=quantiles(reads, n=2)[0], rows=len(found["nodes"]),
                raw_seconds=median(raws), note=f"median of {QUICK_REPEATS}; raw: one SELECT of the counters")
    )  # fmt: skip
