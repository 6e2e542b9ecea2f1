"""The same picture of both: what the engine wrote, and what the reference says it should have written."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.engine.history import trails_of
from scenario_engine.models import (
    Attribution,
    Borrower,
    Case,
    Contact,
    LoanTag,
    Message,
    NodeCount,
    Offer,
    Path,
    Signal,
    Task,
    Trail,
    VersionNode,
)
from tests.engine.reference.state import Portfolio

Rows = list[tuple[Any, ...]]


def adopt(session: Session, portfolio: Portfolio) -> None:
    """Give the reference's cases the ids that the database chose: they decide who comes first when contacts are few."""
    ids: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row in session.execute(select(Case.__table__).order_by(Case.id)).mappings():
        ids[row["version_id"], row["loan_id"], row["enrolled_at"], row["parent_id"]].append(row["id"])
    for case in portfolio.cases:
        parent = None if case.parent is None else case.parent.id
        found = ids[case.version.id, case.loan.id, case.enrolled_at, parent]
        if found:
            case.id = found.pop(0)


def expected(portfolio: Portfolio) -> dict[str, Rows]:
    """What the reference says."""
    world = portfolio.world
    mine = [[row for row in rows if hasattr(row, "case")] for rows in (world.contacts, world.tasks, world.offers)]
    contacts, tasks, offers = mine
    return {
        "cases": [
            (
                case.id, case.version.scenario.id, case.version.id, case.loan.id, case.loan.borrower_id,
                case.loan.shard, case.track, case.node, case.due_at, case.outcome, case.entered_at, case.enrolled_at,
                case.enrolled_overdue, case.ended_at, case.end_reason, case.parent.id if case.parent else None,
            )
            for case in portfolio.cases
        ],
        "trails": [
            (
                trail.case.id, trail.at, "".join(f"{node}:{port};" for node, port in trail.hops),
                {node: {name: _plain(value) for name, value in saw.items()} for node, saw in trail.seen.items()},
            )
            for trail in portfolio.trails
        ],
        "counts": [(*key, *counted) for key, counted in portfolio.counts.items() if any(counted)],
        "messages": [
            (
                row["case"].id, row["node"], row["queued_at"], row["channel"], row["connector"], row["state"],
                row["content"],
            )
            for row in portfolio.messages
        ],
        "contacts": [(row.case.id, row.node, row.at, row.kind, row.channel) for row in contacts],
        "tasks": [
            (
                row.case.id, row.node, row.created_at, row.state, row.queue, row.title, row.instruction,
                row.dispositions, row.priority, row.due_at, row.closed_at, row.closed_by, row.disposition,
            )
            for row in tasks
        ],
        "offers": [
            (row.case.id, row.node, row.made_at, row.state, row.kind, row.size, row.expires_at, row.answered_at)
            for row in offers
        ],
        "tags": [(row.loan_id, row.tag, row.at) for row in world.tags],
        "restricted": [(row.id, row.lending_restricted_at) for row in world.borrowers],
        "attributions": [
            (payment, case.version.id, node, case.id, at, number, day)
            for payment, case, at, node, number, day in portfolio.attributions
        ],
        "signals": [(row.id, bool(row.handled)) for row in world.signals],
    }  # fmt: skip


def written(session: Session) -> dict[str, Rows]:
    """What the database holds."""
    keys = dict(session.execute(select(VersionNode.id, VersionNode.key)).all())
    hops = dict(session.execute(select(Path.id, Path.hops)).all())
    trails = list(session.scalars(select(Trail)))
    at = {(trail.case_id, trail.batch_id): trail.at for trail in trails}
    chained = trails_of(select(Case.id.label("case_id"), Case.batch_id)).c
    assert {tuple(row) for row in session.execute(select(chained.case_id, chained.batch_id))} == at.keys()
    counts: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for row in session.scalars(select(NodeCount)):
        counted = counts[row.version_id, keys[row.node_id], row.port, row.day]
        counted[0] += row.cases
        counted[1] += row.amount
    return {
        "cases": [
            (
                row.id, row.scenario_id, row.version_id, row.loan_id, row.borrower_id, row.shard, row.track,
                keys[row.node_id], row.due_at, row.outcome, row.entered_at, row.enrolled_at, row.enrolled_overdue,
                row.ended_at, row.end_reason, row.parent_id,
            )
            for row in session.scalars(select(Case))
        ],
        "trails": [(row.case_id, row.at, hops[row.path_id], _seen(row.seen)) for row in trails],
        "counts": [(*key, *counted) for key, counted in counts.items() if any(counted)],
        "messages": [
            (row.case_id, keys[row.node_id], row.queued_at, row.channel, row.connector, row.state, row.content)
            for row in session.scalars(select(Message))
        ],
        "contacts": [
            (row.case_id, keys[row.node_id], row.at, row.kind, row.channel)
            for row in session.scalars(select(Contact).where(Contact.case_id.is_not(None)))
        ],
        "tasks": [
            (
                row.case_id, keys[row.node_id], row.created_at, row.state, row.queue, row.title, row.instruction,
                row.dispositions, row.priority, row.due_at, row.closed_at, row.closed_by, row.disposition,
            )
            for row in session.scalars(select(Task).where(Task.case_id.is_not(None)))
        ],
        "offers": [
            (
                row.case_id, keys[row.node_id], row.made_at, row.state, row.kind, row.size, row.expires_at,
                row.answered_at,
            )
            for row in session.scalars(select(Offer).where(Offer.case_id.is_not(None)))
        ],
        "tags": [(row.loan_id, row.tag, row.at) for row in session.scalars(select(LoanTag))],
        "restricted": [(row.id, row.lending_restricted_at) for row in session.scalars(select(Borrower))],
        "attributions": [
            (
                row.payment_id, row.version_id, keys[row.node_id], row.case_id, at[row.case_id, row.batch_id], row.hop,
                row.day,
            )
            for row in session.scalars(select(Attribution))
        ],
        "signals": [(row.id, row.handled) for row in session.scalars(select(Signal))],
    }  # fmt: skip


def assert_same(session: Session, portfolio: Portfolio, story: str) -> None:
    """The database holds what the reference says, row by row; `story` is what had just happened."""
    adopt(session, portfolio)
    found, wanted = written(session), expected(portfolio)
    for table, rows in wanted.items():
        ours, theirs = sorted(map(_show, rows)), sorted(map(_show, found[table]))
        missing = [row for row in ours if row not in theirs]
        surplus = [row for row in theirs if row not in ours]
        assert ours == theirs, "\n".join(
            [
                f"after {story}: {table}",
                *(f"  reference: {row}" for row in missing),
                *(f"  engine:    {row}" for row in surplus),
            ]
        )
    for borrower in session.scalars(select(Borrower)):
        reasons = portfolio.restrictions.get(borrower.id)
        assert reasons is None or borrower.lending_restriction in reasons, f"after {story}: {borrower.id} {reasons}"


def _show(value: Any) -> str:
    """As text that can be sorted; the order of keys means nothing."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_show(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(_show, value)) + ")"
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else repr(value)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, set):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def _seen(text: str | None) -> dict[str, dict[str, Any]]:
    read = json.loads(text) if text else {}
    for saw in read.values():
        for name, value in saw.items():
            saw[name] = sorted(value.split(", ")) if name == "tag" and value else [] if name == "tag" else _plain(value)
    return {node: dict(saw) for node, saw in read.items()}
