"""Everything that a run leaves behind, told by names and not by ids, so that two runs can be compared row by row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from scenario_engine.models import (
    Attribution,
    Borrower,
    Case,
    Contact,
    Loan,
    LoanTag,
    Message,
    NodeCount,
    Offer,
    Path,
    Payment,
    Promise,
    Scenario,
    Signal,
    Task,
    Trail,
    Version,
    VersionNode,
)

Picture = dict[str, list[tuple[Any, ...]]]


def _of_cases(entity: Any, *columns: Any) -> Select[Any]:
    """The columns after the name of the case (scenario, loan, when it was enrolled) that a row belongs to."""
    owner = Case.id if entity is Case else entity.case_id
    found = select(Scenario.key, Loan.external_id, Case.enrolled_at, *columns).select_from(entity)
    if entity is not Case:
        found = found.join(Case, Case.id == owner)
    return found.join(Loan, Loan.id == Case.loan_id).join(Scenario, Scenario.id == Case.scenario_id)


def _of_loans(entity: Any, *columns: Any) -> Select[Any]:
    return select(Loan.external_id, *columns).select_from(entity).join(Loan, Loan.id == entity.loan_id)


def _selects() -> dict[str, Select[Any]]:
    node = VersionNode.key
    return {
        "loans": select(
            Loan.external_id, Loan.state, Loan.balance, Loan.overdue, Loan.dpd, Loan.bucket, Loan.last_payment_on
        ),
        "borrowers": select(Borrower.external_id, Borrower.lending_restricted_at, Borrower.lending_restriction),
        "cases": _of_cases(
            Case, node, Case.due_at, Case.outcome, Case.entered_at, Case.ended_at, Case.end_reason,
            Case.enrolled_overdue, Case.error,
        ).join(VersionNode, VersionNode.id == Case.node_id),
        "trail": _of_cases(Trail, Trail.at, Path.hops, Trail.seen).join(Path, Path.id == Trail.path_id),
        "counters": select(
            Scenario.key, node, NodeCount.port, NodeCount.day, func.sum(NodeCount.cases), func.sum(NodeCount.amount)
        )
        .select_from(NodeCount)
        .join(VersionNode, VersionNode.id == NodeCount.node_id)
        .join(Version, Version.id == NodeCount.version_id)
        .join(Scenario, Scenario.id == Version.scenario_id)
        .group_by(Scenario.key, node, NodeCount.port, NodeCount.day),
        "outbox": _of_cases(
            Message, node, Message.channel, Message.connector, Message.state, Message.queued_at, Message.content,
            Message.recipient, Message.subject, Message.body,
        ).join(VersionNode, VersionNode.id == Message.node_id),
        "contacts": _of_loans(Contact, Contact.kind, Contact.channel, Contact.at),
        "tasks": _of_cases(
            Task, node, Task.state, Task.created_at, Task.closed_at, Task.closed_by, Task.disposition
        ).join(VersionNode, VersionNode.id == Task.node_id),
        "offers": _of_loans(Offer, Offer.kind, Offer.made_at, Offer.state, Offer.answered_at),
        "tags": _of_loans(LoanTag, LoanTag.tag, LoanTag.at),
        "promises": _of_loans(Promise, Promise.amount, Promise.state),
        "payments": select(Payment.external_id, Payment.amount, Payment.paid_at, Payment.recorded_at),
        "signals": _of_loans(Signal, Signal.kind, Signal.at, Signal.handled),
        "attributions": _of_cases(
            Attribution, Payment.external_id, node, Attribution.hop, Attribution.day, Attribution.amount
        )
        .join(Payment, Payment.id == Attribution.payment_id)
        .join(VersionNode, VersionNode.id == Attribution.node_id),
    }  # fmt: skip


def picture_of(session: Session) -> Picture:
    """The rows of every table that matters, sorted."""
    return {
        name: sorted((tuple(_plain(value) for value in row) for row in session.execute(statement)), key=repr)
        for name, statement in _selects().items()
    }


def _plain(value: Any) -> Any:
    """JSON is compared as what it says, not as it is written."""
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if isinstance(value, str) and value.startswith("{"):
        return json.dumps(json.loads(value), sort_keys=True, ensure_ascii=False)
    return value


def differences(expected: Picture, found: Picture, *, most: int = 5) -> list[str]:
    """What one picture has and the other has not, in words; none when they are equal."""
    said = []
    for name in expected:
        wanted, got = Counter(expected[name]), Counter(found[name])
        for label, rows in (("missing", wanted - got), ("too many", got - wanted)):
            if rows:
                said.append(f"{name}: {sum(rows.values())} {label}")
                said += [f"    {row}" for row in sorted(rows, key=repr)[:most]]
    return said


def leaks(session: Session) -> list[str]:
    """Nodes where not: entered = here + left + failed; and messages without their contact."""
    here = {
        row[0]: row[1]
        for row in session.execute(
            select(Case.node_id, func.count()).where(Case.ended_at.is_(None)).group_by(Case.node_id)
        )
    }
    counted: dict[int, Counter[str]] = {}
    for node, port, cases in session.execute(
        select(NodeCount.node_id, NodeCount.port, func.sum(NodeCount.cases)).group_by(NodeCount.node_id, NodeCount.port)
    ):
        counted.setdefault(node, Counter())[port] = int(cases)
    said = []
    for node, key in session.execute(select(VersionNode.id, VersionNode.key)):
        ports = counted.get(node, Counter())
        left = ports.total() - ports["@in"]
        if ports["@in"] != here.get(node, 0) + left:
            said.append(f"{key}: entered {ports['@in']}, here {here.get(node, 0)}, left or failed {left}")
    sent = session.scalar(select(func.count()).select_from(Message)) or 0
    made = session.scalar(select(func.count()).where(Contact.channel != "operator_call").select_from(Contact)) or 0
    if sent != made:
        said.append(f"{sent} messages and {made} contacts")
    return said


def sizes(picture: Picture) -> Sequence[tuple[str, int]]:
    """How many rows of each kind were compared."""
    return [(name, len(rows)) for name, rows in picture.items()]
