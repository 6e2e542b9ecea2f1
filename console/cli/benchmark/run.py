"""A run of the benchmark on one database: measures as they come, and what was found wrong on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from console.cli.benchmark.raw import Copies, Timer
from scenario_engine.database import Database
from scenario_engine.engine import enrolment
from scenario_engine.engine.events import plan_store
from scenario_engine.engine.plans import day_of, zones_of
from scenario_engine.engine.tick import TickResult, run_tick
from scenario_engine.models import Batch
from scenario_engine.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One line of the report; seconds of wall time."""

    name: str
    seconds: float
    rows: int
    raw_seconds: float
    note: str = ""
    #: bytes of write-ahead log, where the database says
    log_bytes: int | None = None

    @property
    def ratio(self) -> float:
        """How many times the raw limit."""
        return self.seconds / self.raw_seconds if self.raw_seconds else 0.0


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A plot of the report: microseconds a case over something that grows."""

    name: str
    across: str
    points: tuple[tuple[float, float], ...]


@dataclass
class Run:
    """One database's run."""

    database: Database
    settings: Settings
    timer: Timer
    loans: int
    #: a short run: the main measures only
    short: bool = False
    say: Callable[[str], None] = lambda _line: None
    measures: list[Measure] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    #: seconds that building the registry took, and its size in megabytes
    built: float = 0.0
    megabytes: int = 0
    #: largest resident memory of the engine's process in the tick of 5 hops, megabytes
    peak: int | None = None

    def __post_init__(self) -> None:
        """Copies for the raw limits."""
        self.copies = Copies(self.database)

    def add(self, measure: Measure) -> None:
        """Keep a measure and say it."""
        self.measures.append(measure)
        self.say(f"{measure.name}: {measure.seconds:.3f} s, raw {measure.raw_seconds:.3f} s, {measure.ratio:.2f}×")

    def draw(self, curve: Curve) -> None:
        """Keep a curve and say it."""
        self.curves.append(curve)
        points = ", ".join(f"{across:g}: {micros:.1f}" for across, micros in curve.points)
        self.say(f"{curve.name} (µs a case): {points}")

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Note a failure when something did not do its work."""
        if found != wanted:
            self.failures.append(f"{self.database.dialect}: {what}: {found}, expected {wanted}")

    def tick(self, now: datetime) -> TickResult:
        """One tick, without a look at the registry."""
        return run_tick(self.database, now=now, settings=self.settings, timer=self.timer, enrol=False, upkeep=False)

    def enrol(self, session: Session, version_id: int, now: datetime) -> int:
        """Cases for every loan that the version's entries want, in the caller's transaction; how many."""
        home = self.settings.time_zone
        plan = plan_store(home).get(session, version_id, now=now, zones=zones_of(session)).plan
        batch = Batch(kind="enrol", version_id=version_id, at=now, day=day_of(now, home).isoformat())
        session.add(batch)
        session.flush()
        batch.cases = enrolment.enrol_segments(session, plan, now=now, batch_id=batch.id, home=home)
        return batch.cases

    def log_position(self) -> int | None:
        """Bytes written to the write-ahead log so far; None where the database does not say."""
        if self.database.dialect != "postgresql":
            return None
        with self.database.read() as session:
            return int(session.execute(text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")).scalar_one())


def log_between(before: int | None, after: int | None) -> int | None:
    """Bytes of log between two positions."""
    return None if before is None or after is None else after - before
