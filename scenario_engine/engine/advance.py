"""One turn: a transaction that moves the due cases of some shards, and what becomes of the cases that make it fail."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.database import Database, Failure, failure_of
from scenario_engine.engine import counters, paths
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.batch import Claim, Moment, PathTotal
from scenario_engine.engine.events import plan_store
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.plan import Plan
from scenario_engine.engine.plans import Prepared, zones_of
from scenario_engine.engine.trouble import pause_when_failing, put_down, set_aside
from scenario_engine.engine.turns import DueCases, Turn
from scenario_engine.engine.workable import Unworkable
from scenario_engine.models import Batch, Case, NodeCount, Offer, Shard, Task, Trail
from scenario_engine.nodes.base import HELD
from scenario_engine.settings import Settings

log = logging.getLogger(__name__)

#: failures that concern the cases of a batch: it is halved until they stand alone, or are few enough
_OF_CASES = (Failure.DATA, Failure.TIMEOUT)


@dataclass(kw_only=True)
class Done:
    """What a tick has done so far."""

    advanced: int = 0
    ended: int = 0
    messages: int = 0
    batches: int = 0
    set_aside: int = 0


@dataclass(kw_only=True)
class Run:
    """A tick while it runs."""

    database: Database
    now: datetime
    settings: Settings
    timer: Callable[[], float]
    stop: Callable[[], bool]
    attempts: Attempts
    #: cases that a batch from here on has touched were moved by this tick
    first_batch: int = 0
    #: messages that may still be written before the outbox is too long
    room: int = 0
    done: Done = field(default_factory=Done)


def advance(run: Run, turn: Turn) -> DueCases:
    """Move the due cases of a turn, at most a batch of each version; what is left for the next round."""
    try:
        return _commit(run, turn.shards, turn.versions)
    except (DBAPIError, Unworkable) as error:
        if isinstance(error, DBAPIError) and failure_of(error) not in _OF_CASES:
            raise
        failed = error
    if len(turn.versions) > 1:
        # not all of them need to suffer for one
        parts = [advance(run, Turn(shards=turn.shards, versions={version: turn.versions[version]}))
                 for version in turn.versions]  # fmt: skip
        return {version: left for part in parts for version, left in part.items()}
    (version_id,) = turn.versions
    if isinstance(failed, Unworkable):
        give_up(run, version_id, failed)
        return {}
    log.warning("a batch of version %s failed, it is done in smaller parts: %s", version_id, failed.orig)
    return _halve(run, turn.shards, version_id)


def _commit(run: Run, shards: Sequence[int], due: DueCases, *, low: int = 0, high: int = 2**62) -> DueCases:
    """One transaction, made again when it must be: at most a batch of each version; what is left of those `due`.

    `low` and `high` bound the ids of the cases.
    """

    def move() -> tuple[dict[int, Mapping[int, int]], Done]:
        left: dict[int, Mapping[int, int]] = {}
        did = Done()
        with run.database.write() as session:
            run.database.limit_statements(session, run.settings.statement_seconds)
            free = session.scalars(
                select(Shard.id).where(Shard.id.in_(shards)).order_by(Shard.id).with_for_update(skip_locked=True)
            ).all()
            claim = Claim(shards=free, limit=run.settings.batch_size, tick=run.first_batch, low=low, high=high)
            for version_id in due if free else ():
                left[version_id] = _move(run, session, version_id, claim, due[version_id], did)
        return left, did

    left, did = run.attempts.make(move)
    for name in vars(did):
        setattr(run.done, name, getattr(run.done, name) + getattr(did, name))
    run.room -= did.messages
    return {version_id: more for version_id, more in left.items() if more}


def _move(
    run: Run, session: Session, version_id: int, claim: Claim, due: Mapping[int, int], did: Done
) -> Mapping[int, int]:
    began = run.timer()
    prepared = prepare(run, session, version_id)
    plan = prepared.plan
    if plan.sends:
        claim = replace(claim, limit=min(claim.limit, run.room - did.messages))
        if claim.limit <= 0:
            return {}
    batch = open_batch(run, session, "advance", version_id)
    day = local_day(run.now, run.settings.time_zone)
    moment = Moment(now=run.now, today=day)
    totals, left = prepared.emitter.run(session, moment=moment, batch_id=batch.id, claim=claim, due=due)
    moved = sum(total.cases for total in totals)
    if not moved:
        session.delete(batch)
        return {}
    counters.count_paths(session, plan, totals, day)
    _close_work(run, session, plan, batch.id)
    _wake_parents(run, session, totals, batch.id)
    if "cases" in plan.opens:
        _count_children(session, batch, day.isoformat())
    batch.messages = _messages(plan, totals)
    close_batch(run, session, batch, cases=moved, began=began, action="engine.advanced")
    did.advanced += moved
    did.ended += sum(total.ended for total in totals)
    did.messages += batch.messages
    did.batches += 1
    return left


def give_up(run: Run, version_id: int, error: Unworkable) -> None:
    """Leave a version that cannot be worked: its scenario is paused, or it is an old one and its due cases go aside."""
    log.warning("version %s: %s", version_id, error)

    def some() -> int:
        with run.database.write() as session:
            return put_down(session, version_id, error.text, now=run.now, home=run.settings.time_zone)

    while not run.stop():
        cases = run.attempts.make(some)
        if not cases:
            break
        run.done.set_aside += cases


def _halve(run: Run, shards: Sequence[int], version_id: int) -> DueCases:
    """Move a batch by halves: what takes too long gets smaller, and a case that fails alone is set aside.

    Gives what is left; nothing, when the scenario failed so often that it was paused.
    """
    due = (
        Case.shard.in_(shards), Case.version_id == version_id, Case.due_at <= run.now, Case.batch_id < run.first_batch
    )  # fmt: skip
    with run.database.read() as session:
        first = select(Case.id, Case.node_id).where(*due).order_by(Case.id).limit(run.settings.batch_size)
        rows = session.execute(first).all()
        later = select(Case.node_id, func.count()).where(*due, Case.id > (rows[-1].id if rows else 0))
        rest = {node_id: cases for node_id, cases in session.execute(later.group_by(Case.node_id))}
    ranges = _parts(0, len(rows))
    aside = run.done.set_aside
    while ranges and not run.stop():
        start, end = ranges.pop()
        part = Counter(row.node_id for row in rows[start:end])
        try:
            _commit(run, shards, {version_id: part}, low=rows[start].id, high=rows[end - 1].id)
        except DBAPIError as error:
            failure = failure_of(error)
            if failure not in _OF_CASES:
                raise
            if end - start > 1:
                ranges += _parts(start, end)
                continue
            _set_aside(run, rows[start].id, _reason(run, error, failure))
            if _pause(run, version_id):
                return {}
    if run.done.set_aside > aside and _pause(run, version_id):  # of a whole batch there may be enough to judge by
        return {}
    return {version_id: rest} if rest else {}


def _parts(start: int, end: int) -> list[tuple[int, int]]:
    """Both halves, the one to do first at the end."""
    middle = (start + end) // 2
    return [(low, high) for low, high in ((middle, end), (start, middle)) if high > low]


def _reason(run: Run, error: DBAPIError, failure: Failure) -> str:
    if failure is Failure.TIMEOUT:
        return f"It took longer than {run.settings.statement_seconds:g} s / Дольше {run.settings.statement_seconds:g} с"
    return str(error.orig)


def _set_aside(run: Run, case_id: int, reason: str) -> None:
    def work() -> bool:
        with run.database.write() as session:
            return set_aside(session, case_id, reason=reason, now=run.now, home=run.settings.time_zone)

    run.done.set_aside += run.attempts.make(work)


def _pause(run: Run, version_id: int) -> bool:
    """True when the scenario is paused for failing too often."""

    def work() -> bool:
        with run.database.write() as session:
            return pause_when_failing(session, version_id, now=run.now)

    return run.attempts.make(work)


# -- what enrolment shares -----------------------------------------------------------------------------------------


def prepare(run: Run, session: Session, version_id: int) -> Prepared:
    """The compiled plan of a version for this tick."""
    store = plan_store(run.settings.time_zone)
    return store.get(session, version_id, now=run.now, zones=zones_of(session))


def open_batch(run: Run, session: Session, kind: str, version_id: int) -> Batch:
    """The record of a transaction that begins."""
    day = local_day(run.now, run.settings.time_zone).isoformat()
    batch = Batch(kind=kind, version_id=version_id, at=run.now, day=day)
    session.add(batch)
    session.flush()
    return batch


def close_batch(run: Run, session: Session, batch: Batch, *, cases: int, began: float, action: str) -> None:
    """Write down what the transaction did."""
    batch.cases = cases
    batch.micros = int((run.timer() - began) * 1_000_000)
    audit.record(
        session, at=run.now, actor="engine", action=action, subject_type="batch", subject_id=batch.id,
        version=batch.version_id, cases=cases, messages=batch.messages,
    )  # fmt: skip


# -- what follows from a batch --------------------------------------------------------------------------------------


def _messages(plan: Plan, totals: Sequence[PathTotal]) -> int:
    return sum(
        total.cases
        for total in totals
        for hop in paths.parse(total.text, plan.entries)
        if (hop.node, HELD if hop.held else hop.port) in plan.sends
    )


def _close_work(run: Run, session: Session, plan: Plan, batch_id: int) -> None:
    """Open tasks and offers of cases that moved on have expired."""
    moved = select(Trail.case_id).where(Trail.batch_id == batch_id)
    quiet = {"synchronize_session": False}
    if "tasks" in plan.opens:
        session.execute(
            update(Task)
            .where(Task.state == "open", Task.case_id.in_(moved), Task.batch_id != batch_id)
            .values(state="expired", closed_at=run.now)
            .execution_options(**quiet)
        )
    if "offers" in plan.opens:
        session.execute(
            update(Offer)
            .where(Offer.state == "open", Offer.case_id.in_(moved), Offer.made_at < run.now)
            .values(state="expired", answered_at=run.now)
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


def _wake_parents(run: Run, session: Session, totals: Sequence[PathTotal], batch_id: int) -> None:
    """A case that waits for its sub-scenario goes on when the sub-scenario's case has ended."""
    if not any(total.children for total in totals):
        return
    ended = (
        select(Case.parent_id)
        .join(Trail, Trail.case_id == Case.id)
        .where(Trail.batch_id == batch_id, Case.ended_at.is_not(None), Case.parent_id.is_not(None))
    )
    # a tick waits for nobody's case: whoever holds the parent may wait for the child (see `scenario_engine.database`)
    waiting = (Case.id.in_(ended), Case.ended_at.is_(None))
    session.scalars(select(Case.id).where(*waiting).with_for_update(nowait=True)).all()
    session.execute(
        update(Case).where(*waiting).values(outcome="done", due_at=run.now).execution_options(synchronize_session=False)
    )
