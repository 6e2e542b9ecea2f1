"""A tick: react to what happened, enrol, and move every case that is due, batch by batch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import exists, func, insert, literal, select, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.engine import counters, enrolment, paths
from scenario_engine.engine.batch import Claim, Moment, PathTotal
from scenario_engine.engine.events import plan_store, react
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.plan import Plan
from scenario_engine.engine.plans import Prepared, live_versions, zones_of
from scenario_engine.engine.trouble import pause_when_failing, set_aside
from scenario_engine.models import Batch, Case, NodeCount, Offer, Scenario, Shard, Task, Trail, Version
from scenario_engine.settings import Settings

log = logging.getLogger(__name__)

Timer = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class TickResult:
    """What a tick did."""

    enrolled: int = 0
    advanced: int = 0
    ended: int = 0
    signals: int = 0
    messages: int = 0
    batches: int = 0
    set_aside: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Due:
    """Cases due in a shard for a version."""

    shard: int
    version_id: int
    cases: int


@dataclass
class _Tick:
    database: Database
    now: datetime
    settings: Settings
    timer: Timer
    stop: Callable[[], bool]
    first_batch: int = 0
    result: TickResult = field(default_factory=TickResult)

    def add(self, **more: int) -> None:
        self.result = replace(self.result, **{name: getattr(self.result, name) + n for name, n in more.items()})


def run_tick(
    database: Database,
    *,
    now: datetime,
    settings: Settings,
    timer: Timer,
    enrol: bool = True,
    stop: Callable[[], bool] = lambda: False,
) -> TickResult:
    """One tick at `now`; any number of processes may run one at the same time.

    `timer` gives seconds for the record of how long things took. `stop` is asked between batches.
    """
    tick = _Tick(database, now, settings, timer, stop)
    began = timer()
    with database.write() as session:
        reaction = react(session, now=now, time_zone=settings.time_zone)
        tick.add(signals=reaction.signals, enrolled=reaction.enrolled)
    if enrol:
        _enrol(tick)
    with database.read() as session:
        tick.first_batch = (session.scalar(select(func.max(Batch.id))) or 0) + 1
    _advance(tick)
    _fold(tick)
    return replace(tick.result, seconds=timer() - began)


def _enrol(tick: _Tick) -> None:
    with tick.database.read() as session:
        live = live_versions(session)
    for scenario_id, version_id in live:
        if tick.stop():
            return
        began = tick.timer()
        with tick.database.write() as session:
            scenario = session.scalar(
                select(Scenario).where(Scenario.id == scenario_id).with_for_update(skip_locked=True)
            )
            if scenario is None or scenario.state != "live" or scenario.live_version_id != version_id:
                continue
            prepared = _prepared(session, tick, version_id)
            batch = _open_batch(session, tick, "enrol", version_id)
            cases = enrolment.enrol_segments(
                session, prepared.plan, now=tick.now, batch_id=batch.id, home=tick.settings.time_zone
            )
            scenario.enrolled_at = tick.now
            if cases:
                _close_batch(session, tick, batch, cases=cases, began=began, action="engine.enrolled")
            else:
                session.delete(batch)
        tick.add(enrolled=cases)


def _advance(tick: _Tick) -> None:
    for shards, versions in _groups(_due(tick), tick.settings.batch_size):
        for version_id in versions:
            _advance_version(tick, shards, version_id)


def _due(tick: _Tick) -> Sequence[Due]:
    with tick.database.read() as session:
        some = exists(select(Case.id).where(Case.shard == Shard.id, Case.due_at <= tick.now))
        shards = session.scalars(select(Shard.id).where(some)).all()
        if not shards:
            return ()
        rows = session.execute(
            select(Case.shard, Case.version_id, func.count())
            .join(Version, Version.id == Case.version_id)
            .join(Scenario, Scenario.id == Version.scenario_id)
            .where(Case.shard.in_(shards), Case.due_at <= tick.now, Scenario.state == "live")
            .group_by(Case.shard, Case.version_id)
        )
        return [Due(shard=row[0], version_id=row[1], cases=row[2]) for row in rows]


def _groups(due: Sequence[Due], size: int) -> list[tuple[list[int], list[int]]]:
    """Shards put together until a group has about a batch of cases: (shards, versions)."""
    by_shard: dict[int, list[Due]] = {}
    for item in due:
        by_shard.setdefault(item.shard, []).append(item)
    groups: list[tuple[list[int], list[int]]] = []
    shards: list[int] = []
    versions: set[int] = set()
    cases = 0
    for shard in sorted(by_shard):
        more = sum(item.cases for item in by_shard[shard])
        if shards and cases + more > size:
            groups.append((shards, sorted(versions)))
            shards, versions, cases = [], set(), 0
        shards.append(shard)
        versions |= {item.version_id for item in by_shard[shard]}
        cases += more
    if shards:
        groups.append((shards, sorted(versions)))
    return groups


def _advance_version(tick: _Tick, shards: Sequence[int], version_id: int) -> None:
    limit = tick.settings.batch_size
    while not tick.stop():
        try:
            moved = _run_batch(tick, shards, version_id, limit=limit)
        except OperationalError:
            raise
        except DBAPIError as error:
            log.warning("a batch of version %s failed, looking for the case: %s", version_id, error.orig)
            _isolate(tick, shards, version_id)
            return
        if not moved:
            return


def _run_batch(
    tick: _Tick, shards: Sequence[int], version_id: int, *, limit: int, low: int = 0, high: int = 2**62
) -> int:
    began = tick.timer()
    with tick.database.write() as session:
        free = session.scalars(
            select(Shard.id).where(Shard.id.in_(shards)).order_by(Shard.id).with_for_update(skip_locked=True)
        ).all()
        if not free:
            return 0
        prepared = _prepared(session, tick, version_id)
        batch = _open_batch(session, tick, "advance", version_id)
        totals = prepared.emitter.run(
            session,
            moment=Moment(now=tick.now, today=local_day(tick.now, tick.settings.time_zone)),
            batch_id=batch.id, claim=Claim(shards=free, limit=limit, tick=tick.first_batch, low=low, high=high),
        )  # fmt: skip
        moved = sum(total.cases for total in totals)
        if not moved:
            session.delete(batch)
            return 0
        plan = prepared.plan
        day = local_day(tick.now, tick.settings.time_zone)
        counters.count_paths(session, plan, totals, day)
        _close_work(session, tick, plan, totals, batch.id)
        _wake_parents(session, tick, totals, batch.id)
        if "cases" in plan.opens:
            _count_children(session, batch, day.isoformat())
        messages = _messages(plan, totals)
        batch.messages = messages
        _close_batch(session, tick, batch, cases=moved, began=began, action="engine.advanced")
    tick.add(advanced=moved, ended=sum(total.ended for total in totals), messages=messages, batches=1)
    return moved


def _isolate(tick: _Tick, shards: Sequence[int], version_id: int) -> None:
    """Halve the failing batch until the poison cases are alone, set those aside, and move the rest."""
    with tick.database.read() as session:
        ids = session.scalars(
            select(Case.id)
            .where(
                Case.shard.in_(shards), Case.version_id == version_id, Case.due_at <= tick.now,
                Case.batch_id < tick.first_batch,
            )
            .order_by(Case.id)
        ).all()  # fmt: skip
    ranges = [(0, len(ids))] if ids else []
    while ranges:
        start, end = ranges.pop()
        try:
            _run_batch(tick, shards, version_id, limit=end - start, low=ids[start], high=ids[end - 1])
        except OperationalError:
            raise
        except DBAPIError as error:
            if end - start == 1:
                with tick.database.write() as session:
                    set_aside(
                        session,
                        ids[start],
                        reason=str(error.orig),
                        now=tick.now,
                        home=tick.settings.time_zone,
                    )
                tick.add(set_aside=1)
            else:
                middle = (start + end) // 2
                ranges += [(start, middle), (middle, end)]
    with tick.database.write() as session:
        pause_when_failing(session, version_id, now=tick.now)


def _prepared(session: Session, tick: _Tick, version_id: int) -> Prepared:
    store = plan_store(tick.settings.time_zone)
    return store.get(session, version_id, now=tick.now, zones=zones_of(session))


def _open_batch(session: Session, tick: _Tick, kind: str, version_id: int) -> Batch:
    day = local_day(tick.now, tick.settings.time_zone).isoformat()
    batch = Batch(kind=kind, version_id=version_id, at=tick.now, day=day)
    session.add(batch)
    session.flush()
    return batch


def _close_batch(session: Session, tick: _Tick, batch: Batch, *, cases: int, began: float, action: str) -> None:
    batch.cases = cases
    batch.micros = int((tick.timer() - began) * 1_000_000)
    audit.record(
        session, at=tick.now, actor="engine", action=action, subject_type="batch", subject_id=batch.id,
        version=batch.version_id, cases=cases, messages=batch.messages,
    )  # fmt: skip


def _messages(plan: Plan, totals: Sequence[PathTotal]) -> int:
    return sum(
        total.cases
        for total in totals
        for hop in paths.parse(total.text, plan.entries)
        if (hop.node, hop.port) in plan.sends
    )


def _close_work(session: Session, tick: _Tick, plan: Plan, totals: Sequence[PathTotal], batch_id: int) -> None:
    """Open tasks and offers of cases that moved on have expired."""
    moved = select(Trail.case_id).where(Trail.batch_id == batch_id)
    quiet = {"synchronize_session": False}
    if "tasks" in plan.opens:
        session.execute(
            update(Task)
            .where(Task.state == "open", Task.case_id.in_(moved), Task.batch_id != batch_id)
            .values(state="expired", closed_at=tick.now)
            .execution_options(**quiet)
        )
    if "offers" in plan.opens:
        session.execute(
            update(Offer)
            .where(Offer.state == "open", Offer.case_id.in_(moved), Offer.made_at < tick.now)
            .values(state="expired", answered_at=tick.now)
            .execution_options(**quiet)
        )


def _count_children(session: Session, batch: Batch, day: str) -> None:
    """Count the cases that sub-scenario nodes of this batch enrolled as entered at their entries."""
    parents = select(Trail.case_id).where(Trail.batch_id == batch.id)
    session.execute(
        insert(NodeCount).from_select(
            ["version_id", "node_id", "port", "day", "cases", "amount"],
            select(
                Case.version_id, Case.node_id, literal(counters.ENTERED), literal(day), func.count(),
                func.sum(Case.enrolled_overdue),
            )
            .where(Case.parent_id.in_(parents), Case.batch_id == batch.id)
            .group_by(Case.version_id, Case.node_id),
        )
    )  # fmt: skip


def _wake_parents(session: Session, tick: _Tick, totals: Sequence[PathTotal], batch_id: int) -> None:
    """A case that waits for its sub-scenario goes on when the sub-scenario's case has ended."""
    if not any(total.children for total in totals):
        return
    ended = (
        select(Case.parent_id)
        .join(Trail, Trail.case_id == Case.id)
        .where(Trail.batch_id == batch_id, Case.ended_at.is_not(None), Case.parent_id.is_not(None))
    )
    session.execute(
        update(Case)
        .where(Case.id.in_(ended), Case.ended_at.is_(None))
        .values(outcome="done", due_at=tick.now)
        .execution_options(synchronize_session=False)
    )


def _fold(tick: _Tick) -> None:
    with tick.database.write() as session:
        counters.fold(session)
