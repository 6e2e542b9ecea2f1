"""Events act at once: what happened to loans changes their cases in the transaction that records it.

`react` handles every signal nobody has handled yet, however many, in a fixed number of statements: cured cases end,
their
queued messages and open tasks are dropped, waiting cases are woken, entries by signal enrol, payments are attributed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.engine import counters, enrolment, paths
from scenario_engine.engine.entries import enrol_apart
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.history import trails_of
from scenario_engine.engine.plan import Plan
from scenario_engine.engine.plans import PlanStore, live_versions, zones_of
from scenario_engine.models import (
    Attribution,
    Batch,
    Case,
    Loan,
    Message,
    NodeCount,
    Offer,
    Path,
    PathHop,
    Payment,
    Signal,
    Task,
    Trail,
    UtcDateTime,
    Version,
    VersionNode,
    Wake,
    table_of,
)
from scenario_engine.sql import shift_instant

_STORES: dict[str, PlanStore] = {}

#: seconds by which the clocks of two machines may differ
CLOCKS_DIFFER = 120

#: written as the partial index has it: SQLite uses that index for no other spelling
_WAITING = text("NOT signals.handled")


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """What the signals did."""

    signals: int = 0
    ended_cases: int = 0
    woken: int = 0
    enrolled: int = 0
    #: id of the record of it; null when nothing had happened
    batch_id: int | None = None


def react(session: Session, *, now: datetime, time_zone: str, actor: str = "engine") -> Reaction:
    """Handle all signals that are not handled yet, in the caller's transaction.

    `time_zone` is the portfolio's. Signals that another transaction is handling are left to it.
    """
    if session.scalar(select(Signal.id).where(_WAITING).limit(1)) is None:
        return Reaction()
    day = local_day(now, time_zone)
    batch = Batch(kind="signal", version_id=None, at=now, day=day.isoformat())
    session.add(batch)
    session.flush()
    # Together with its loan, so that whoever works on a loan's cases has the loan, and waits for none (lock order).
    waiting = (
        select(Signal.id)
        .join(Loan, Loan.id == Signal.loan_id)
        .where(_WAITING)
        .with_for_update(of=(Signal, Loan), key_share=True, skip_locked=True)
    )
    taken = session.execute(
        update(Signal)
        .where(Signal.id.in_(waiting))
        .values(handled=True, batch_id=batch.id)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        session.delete(batch)
        return Reaction()
    reaction = Reaction(
        signals=taken.rowcount,  # type: ignore[attr-defined]
        ended_cases=_end_cured(session, batch.id, now, day.isoformat()),
        woken=_wake(session, batch.id, now),
        enrolled=_enrol(session, batch.id, now, time_zone),
        batch_id=batch.id,
    )
    _attribute(session, batch.id)
    batch.cases = reaction.ended_cases + reaction.woken + reaction.enrolled
    audit.record(
        session,
        at=now,
        actor=actor,
        action="engine.signals",
        subject_type="batch",
        subject_id=batch.id,
        signals=reaction.signals,
        ended=reaction.ended_cases,
        woken=reaction.woken,
        enrolled=reaction.enrolled,
    )
    session.flush()
    return reaction


def _of_batch(batch_id: int, *kinds: str) -> Any:
    return select(Signal.loan_id).where(Signal.batch_id == batch_id, Signal.kind.in_(kinds))


def _end_cured(session: Session, batch_id: int, now: datetime, day: str) -> int:
    goal = select(Version.id).where(Version.goal == "overdue_paid")
    return end_cases(
        session,
        and_(
            Case.loan_id.in_(_of_batch(batch_id, "overdue_paid")),
            exists(select(Loan.id).where(Loan.id == Case.loan_id, Loan.overdue == 0)),
            Case.version_id.in_(goal),
        ),
        port=paths.CURED,
        batch_id=batch_id,
        now=now,
        day=day,
    )


def end_cases(
    session: Session, which: ColumnElement[bool], *, port: str, batch_id: int, now: datetime, day: str
) -> int:
    """End the active cases that `which` names by a system port (`paths.CURED`, `paths.STOPPED`); how many.

    Their queued messages, open tasks and open offers are dropped in the same transaction, and cases that wait for one
    of them as their sub-scenario go on.
    """
    ended = _end(session, and_(Case.ended_at.is_(None), which), port=port, batch_id=batch_id, now=now)
    if not ended:
        return 0
    mine = and_(which, Case.batch_id == batch_id, Case.end_reason == port)
    session.execute(
        insert(NodeCount).from_select(
            ["version_id", "node_id", "port", "day", "cases", "amount"],
            select(
                Case.version_id,
                Case.node_id,
                literal(port),
                literal(day),
                func.count(),
                func.sum(Case.enrolled_overdue),
            )
            .where(mine)
            .group_by(Case.version_id, Case.node_id),
        )
    )
    _drop_work(session, mine, now)
    parents = select(Case.parent_id).where(mine, Case.parent_id.is_not(None))
    session.execute(
        update(Case)
        .where(Case.id.in_(parents), Case.ended_at.is_(None))
        .values(outcome="done", due_at=now)
        .execution_options(synchronize_session=False)
    )
    return ended


def _end(session: Session, which: ColumnElement[bool], *, port: str, batch_id: int, now: datetime) -> int:
    """Trails first, or together with the cases: a trail tells the batch that the case forgets here."""
    cases = table_of(Case)
    active = select(cases.c.id, cases.c.batch_id, cases.c.version_id, cases.c.node_id).where(which)
    end = update(cases).values(ended_at=now, end_reason=port, due_at=null(), outcome=null(), batch_id=batch_id)
    if session.get_bind().dialect.name == "postgresql":
        found = active.order_by(cases.c.id).with_for_update(of=cases).cte("found")
        ended = end.where(cases.c.id == found.c.id).returning(cases.c.id).cte("ended")
        trails = _last_trails(found, port, batch_id, now).cte("trails_written")
        return session.scalar(select(func.count()).select_from(ended).add_cte(trails)) or 0
    session.execute(_last_trails(active.subquery("found"), port, batch_id, now))
    return int(session.execute(end.where(which)).rowcount)  # type: ignore[attr-defined]


def _last_trails(found: Any, port: str, batch_id: int, now: datetime) -> Insert:
    return insert(table_of(Trail)).from_select(
        ["batch_id", "case_id", "previous_batch_id", "path_id", "at"],
        select(literal(batch_id, BigInteger()), found.c.id, found.c.batch_id, Path.id, literal(now, UtcDateTime()))
        .select_from(found)
        .join(VersionNode, VersionNode.id == found.c.node_id)
        .join(Path, and_(Path.version_id == found.c.version_id, Path.hops == VersionNode.key + f":{port};")),
    )


def _drop_work(session: Session, ended: ColumnElement[bool], now: datetime) -> None:
    case_ids = select(Case.id).where(ended)
    quiet = {"synchronize_session": False}
    session.execute(
        update(Message)
        .where(
            Message.state == "queued",
            # messages are found by their loan
            Message.loan_id.in_(select(Case.loan_id).where(ended)),
            Message.case_id.in_(case_ids),
        )
        .values(state="cancelled")
        .execution_options(**quiet)
    )
    session.execute(
        update(Task)
        .where(Task.state == "open", Task.case_id.in_(case_ids))
        .values(state="cancelled", closed_at=now)
        .execution_options(**quiet)
    )
    session.execute(
        update(Offer)
        .where(Offer.state == "open", Offer.case_id.in_(case_ids))
        .values(state="withdrawn", answered_at=now)
        .execution_options(**quiet)
    )


def _wake(session: Session, batch_id: int, now: datetime) -> int:
    """Cases that wait for such a signal leave by its port at the next tick. The oldest signal of a batch decides."""
    first = (
        select(Wake.port)
        .join(Signal, Signal.kind == Wake.signal_kind)
        .where(
            Signal.batch_id == batch_id,
            Signal.loan_id == Case.loan_id,
            Wake.node_id == Case.node_id,
            # the clocks of two machines may differ a little, and the signal is news: nobody has handled it before
            Signal.at >= shift_instant(Case.entered_at, -CLOCKS_DIFFER),
        )
        .order_by(Signal.at, Signal.id)
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    touched = select(Signal.loan_id).where(Signal.batch_id == batch_id)
    woken = session.execute(
        update(Case)
        .where(
            Case.ended_at.is_(None),
            Case.outcome.is_(None),
            Case.loan_id.in_(touched),
            Case.node_id.in_(select(Wake.node_id)),
            first.is_not(None),
        )
        .values(outcome=first, due_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(woken.rowcount)  # type: ignore[attr-defined]


def _enrol(session: Session, batch_id: int, now: datetime, home: str) -> int:
    entry_versions = set(
        session.scalars(select(VersionNode.version_id).where(VersionNode.type == "entry.signal").distinct())
    )
    live = [version for _scenario, version in live_versions(session) if version in entry_versions]
    if not live:
        return 0
    zones = zones_of(session)
    store = plan_store(home)
    loans = select(Signal.loan_id).where(Signal.batch_id == batch_id)
    enrolled = 0
    for version in live:
        plan = store.get(session, version, now=now, zones=zones).plan

        def enrol(only: ColumnElement[bool] | None, plan: Plan = plan) -> int:
            return enrolment.enrol_signals(session, plan, now=now, batch_id=batch_id, home=home, only=only)

        enrolled += enrol_apart(session, plan, "entry.signal", enrol, loans, now=now, batch_id=batch_id, home=home)
    return enrolled


def plan_store(home: str) -> PlanStore:
    """The compiled plans of this process."""
    return _STORES.setdefault(home, PlanStore(home))


def _attribute(session: Session, batch_id: int) -> None:
    """Note for every visit within the window before a payment that the payment followed it."""
    paid = (
        select(
            Case.id.label("case_id"),
            Case.batch_id,
            Case.version_id,
            Case.enrolled_at,
            Payment.id.label("payment_id"),
            Payment.amount,
            Payment.paid_at,
            shift_instant(Payment.paid_at, -86_400 * Version.window_days).label("since"),
        )
        .select_from(Payment)
        .join(Case, Case.loan_id == Payment.loan_id)
        .join(Version, Version.id == Case.version_id)
        .where(
            Payment.id.in_(select(Signal.payment_id).where(Signal.batch_id == batch_id, Signal.payment_id.is_not(None)))
        )
    )
    trail = trails_of(paid, carry=("version_id", "enrolled_at", "payment_id", "amount", "paid_at")).c
    entered = case((PathHop.hop == 0, trail.enrolled_at), else_=trail.at)
    session.execute(
        insert(Attribution).from_select(
            ["payment_id", "version_id", "node_id", "case_id", "batch_id", "hop", "day", "amount"],
            select(
                trail.payment_id,
                trail.version_id,
                PathHop.node_id,
                trail.case_id,
                trail.batch_id,
                PathHop.hop,
                trail.day,
                trail.amount,
            )
            .join(PathHop, PathHop.path_id == trail.path_id)
            .where(PathHop.entered, entered <= trail.paid_at, entered > trail.since),
        )
    )


__all__ = ["Reaction", "counters", "end_cases", "plan_store", "react"]
