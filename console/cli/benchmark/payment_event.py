"""A payment that cures its loan: recorded, allocated, told as signals, its case ended, in one transaction. Beside it
the bare statements of such a payment, with every value known beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from console.cli.benchmark import dataset
from console.cli.benchmark.run import Measure, Run
from scenario_engine.engine.events import react
from scenario_engine.models import (
    Attribution,
    AuditEntry,
    Batch,
    Case,
    Instalment,
    Loan,
    Message,
    NodeCount,
    Path,
    Payment,
    Signal,
    Trail,
    VersionNode,
)
from scenario_engine.registry import payments

EVENTS = 200
WARM = 15


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the bare statements know of a loan beforehand."""

    loan_id: int
    case_id: int
    batch_id: int
    version_id: int
    node_id: int
    instalment_id: int
    path_id: int


def measure_payments(run: Run) -> None:
    """200 payments one by one, and 200 bare ones."""
    with run.database.read() as session:
        known = _choose(session, WARM + 2 * EVENTS)
    # a connection knows the statements after some payments, as in a process that has been running for a while
    for number, item in enumerate(known[:WARM]):
        with run.database.write() as session:
            _pay(session, item, number - WARM, run.settings.time_zone)
    del known[:WARM]
    event_times, ended = [], 0
    for number, item in enumerate(known[:EVENTS]):
        began = run.timer()
        with run.database.write() as session:
            ended += _pay(session, item, number, run.settings.time_zone)
        event_times.append(run.timer() - began)
    run.expect("cases ended by payments", ended, EVENTS)
    raw_times = []
    for number, item in enumerate(known[EVENTS:]):
        began = run.timer()
        with run.database.write() as session:
            _pay_bare(session, item, number)
        raw_times.append(run.timer() - began)
    cuts, raw_cuts = quantiles(event_times, n=100), quantiles(raw_times, n=100)
    for name, place in (("payment event, p50", 49), ("payment event, p99", 98)):
        run.add(
            Measure(name=name, seconds=cuts[place], rows=EVENTS, raw_seconds=raw_cuts[place],
                    note="each its own transaction; the case ends in it")
        )  # fmt: skip


def _choose(session: Session, count: int) -> list[Known]:
    rows = session.execute(
        select(Case, Instalment.id, Path.id)
        .join(Instalment, (Instalment.loan_id == Case.loan_id) & (Instalment.number == dataset.PAID_LINES + 1))
        .join(VersionNode, VersionNode.id == Case.node_id)
        .join(Path, (Path.version_id == Case.version_id) & (Path.hops == VersionNode.key + ":cured;"))
        .where(Case.ended_at.is_(None), Case.loan_id % 37 == 0)
        .order_by(Case.id)
        .limit(count)
    )
    return [
        Known(
            loan_id=case.loan_id,
            case_id=case.id,
            version_id=case.version_id,
            batch_id=case.batch_id,
            node_id=case.node_id,
            instalment_id=line,
            path_id=path,
        )
        for case, line, path in rows
    ]


def _pay(session: Session, item: Known, number: int, zone: str) -> int:
    at = dataset.NOW + timedelta(minutes=2)
    payments.record(
        session,
        [payments.NewPayment(external_id=f"event-{number}", loan_id=item.loan_id, amount=dataset.LINE, paid_at=at)],
        now=at,
        source="bench",
        time_zone=zone,
    )
    return react(session, now=at, time_zone=zone, loans=[item.loan_id]).ended_cases


def _pay_bare(session: Session, item: Known, number: int) -> None:
    """The same rows as `_pay` writes, each by its key."""
    at, day = dataset.NOW + timedelta(minutes=2), dataset.DAY
    payment = insert(Payment).values(
        external_id=f"bare-{number}", loan_id=item.loan_id, amount=dataset.LINE, paid_at=at, recorded_at=at,
        source="bench",
    )  # fmt: skip
    payment_id = session.execute(payment.returning(Payment.id)).scalar_one()
    quiet = {"synchronize_session": False}
    session.execute(
        update(Instalment)
        .where(Instalment.id == item.instalment_id)
        .values(paid=dataset.LINE, paid_on=day)
        .execution_options(**quiet)
    )
    session.execute(
        update(Loan)
        .where(Loan.id == item.loan_id)
        .values(balance=Loan.balance - dataset.LINE, overdue=0, overdue_since=None, dpd=0, bucket="current",
                last_payment_on=day)
        .execution_options(**quiet)
    )  # fmt: skip
    batch = insert(Batch).values(kind="signal", at=at, day=day.isoformat(), cases=1, messages=0)
    batch_id = session.execute(batch.returning(Batch.id)).scalar_one()
    session.execute(
        insert(Signal),
        [
            {"key": f"bare-{kind}-{number}", "loan_id": item.loan_id, "kind": kind, "at": at, "data": {},
             "source": "bench", "handled": True, "batch_id": batch_id, "payment_id": payment_id}
            for kind in ("payment_received", "overdue_paid")
        ],
    )  # fmt: skip
    session.execute(
        update(Case)
        .where(Case.id == item.case_id)
        .values(ended_at=at, end_reason="cured", due_at=None, outcome=None, batch_id=batch_id)
        .execution_options(**quiet)
    )
    session.execute(
        insert(Trail).values(
            batch_id=batch_id,
            case_id=item.case_id,
            previous_batch_id=item.batch_id,
            path_id=item.path_id,
            at=at,
            seen=None,
        )
    )
    session.execute(
        insert(NodeCount).values(version_id=item.version_id, node_id=item.node_id, port="cured", day=day.isoformat(),
                                 cases=1, amount=dataset.LINE)
    )  # fmt: skip
    session.execute(
        update(Message)
        .where(Message.loan_id == item.loan_id, Message.case_id == item.case_id, Message.state == "queued")
        .values(state="cancelled")
        .execution_options(**quiet)
    )
    visits = select(Trail.path_id).where(Trail.case_id == item.case_id, Trail.batch_id == item.batch_id)
    session.execute(visits).first()
    session.execute(
        insert(Attribution),
        [
            {"payment_id": payment_id, "version_id": item.version_id, "node_id": item.node_id,
             "case_id": item.case_id, "batch_id": item.batch_id, "hop": hop, "day": day.isoformat(),
             "amount": dataset.LINE}
            for hop in range(5)
        ],
    )  # fmt: skip
    session.execute(
        insert(AuditEntry).values(at=at, actor="engine", action="engine.signals", subject_type="batch",
                                  subject_id=str(batch_id), details={"signals": 2, "ended": 1})
    )  # fmt: skip
