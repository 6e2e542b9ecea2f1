"""Events act at once: what happened to loans changes their cases in the transaction that records it.

`react` handles every signal nobody has handled yet, however many, in a fixed number of statements: cured cases end,
their queued messages and open tasks are dropped, waiting cases are woken, entries by signal enrol, payments are
attributed. Two statements do it on PostgreSQL, and a third writes it down, unless loans are to be enrolled.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Pool, select
from sqlalchemy.orm import Session

from scenario_engine.engine import effects, enrolment, intake
from scenario_engine.engine.entries import enrol_apart
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.plan import Plan
from scenario_engine.engine.plans import PlanStore, live_versions, zones_of
from scenario_engine.engine.workable import Unworkable
from scenario_engine.models import Signal, Version

log = logging.getLogger(__name__)

_STORES: dict[str, PlanStore] = {}

#: by database: the kinds of signals by which a published version enrols, which never change
_ENTRIES: WeakKeyDictionary[Pool, dict[int, frozenset[str]]] = WeakKeyDictionary()
_ENTRIES_LOCK = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """What the signals did."""

    signals: int = 0
    ended_cases: int = 0
    woken: int = 0
    enrolled: int = 0
    #: id of the record of it; null when nothing had happened
    batch_id: int | None = None


def react(
    session: Session, *, now: datetime, time_zone: str, actor: str = "engine", loans: Sequence[int] | None = None
) -> Reaction:
    """Handle all signals that are not handled yet, in the caller's transaction; only those of `loans` when given: who
    brings one payment has no business with what a roll left for the next tick.

    `time_zone` is the portfolio's. Signals that another transaction is handling are left to it.
    """
    session.flush()
    parameters = {"now": now, "on_day": local_day(now, time_zone).isoformat()}
    taken = intake.take(session, parameters, loans)
    if taken is None:
        return Reaction()
    ended, woken = effects.apply(session, taken, parameters)
    enrolled = _enrol(session, taken, now, time_zone)
    intake.close(session, taken, parameters, actor=actor, ended=ended, woken=woken, enrolled=enrolled)
    return Reaction(signals=taken.signals, ended_cases=ended, woken=woken, enrolled=enrolled, batch_id=taken.batch_id)


def end_cases(
    session: Session, which: ColumnElement[bool], *, port: str, batch_id: int, now: datetime, day: str
) -> int:
    """End the active cases that `which` names by a system port (`paths.CURED`, `paths.STOPPED`); how many.

    Their queued messages, open tasks and open offers are dropped in the same transaction, and cases that wait for one
    of them as their sub-scenario go on. The caller has their loans.
    """
    session.flush()
    return effects.end(session, which, port=port, parameters={"now": now, "on_day": day, "batch": batch_id})


def _enrol(session: Session, taken: intake.Taken, now: datetime, home: str) -> int:
    called = {version for version in taken.entries if _entry_kinds(session, version) & taken.kinds}
    if not called:
        return 0
    zones = zones_of(session)
    store = plan_store(home)
    batch_id = taken.batch_id
    loans = select(Signal.loan_id).where(Signal.batch_id == batch_id)
    enrolled = 0
    for version in [version for _scenario, version in live_versions(session) if version in called]:
        try:
            plan = store.get(session, version, now=now, zones=zones).plan
        except Unworkable as error:
            # no reason to refuse a payment; the engine pauses the scenario at its next look
            log.warning("a signal enrolled nothing: %s", error)
            continue

        def enrol(only: ColumnElement[bool] | None, careful: bool, plan: Plan = plan) -> int:
            return enrolment.enrol_signals(
                session, plan, now=now, batch_id=batch_id, home=home, only=only, careful=careful
            )

        # the engine pauses the scenario at its next look when this fails often: its row comes before the loans
        enrolled += enrol_apart(session, plan, "entry.signal", enrol, loans, now=now, batch_id=batch_id, home=home)
    return enrolled


def _entry_kinds(session: Session, version_id: int) -> frozenset[str]:
    """The kinds of signals by which a published version enrols."""
    with _ENTRIES_LOCK:
        known = _ENTRIES.setdefault(session.get_bind().engine.pool, {})
    if version_id not in known:
        document: Mapping[str, object] = session.scalars(select(Version.document).where(Version.id == version_id)).one()
        known[version_id] = enrolment.signal_kinds(document)
    return known[version_id]


def plan_store(home: str) -> PlanStore:
    """The compiled plans of this process."""
    return _STORES.setdefault(home, PlanStore(home))


__all__ = ["Reaction", "end_cases", "plan_store", "react"]
