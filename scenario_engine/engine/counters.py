"""Counters of nodes: appended deltas, folded now and then, always read as a sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from scenario_engine.engine.batch import PathTotal
from scenario_engine.engine.paths import parse
from scenario_engine.engine.plan import Plan
from scenario_engine.models import NodeCount, table_of

#: counted when a case enters a node
ENTERED = "@in"
#: counted when a case is set aside at a node
FAILED = "@failed"
#: written as the partial index has it: SQLite uses that index for no other spelling
_FRESH = text("NOT node_counts.folded")


def count_paths(session: Session, plan: Plan, totals: Iterable[PathTotal], day: date) -> None:
    """Append what the paths of one batch mean for every node: cases and their overdue debt (kopecks)."""
    cases: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    entries = frozenset(plan.entries)
    for total in totals:
        for hop in parse(total.text, entries):
            # an entry was counted as entered when the case was enrolled
            keys = [(hop.node, ENTERED)] if hop.entered and hop.node not in entries else []
            if hop.port is not None:
                keys.append((hop.node, hop.port))
            for key in keys:
                cases[key] += total.cases
                amounts[key] += total.overdue
    add(
        session,
        plan.version_id,
        {(plan.node_ids[node], port): (n, amounts[node, port]) for (node, port), n in cases.items()},
        day,
    )


def add(session: Session, version_id: int, counts: dict[tuple[int, str], tuple[int, int]], day: date) -> None:
    """Append counts by (node id, port): (cases, kopecks)."""
    rows = [
        {
            "version_id": version_id,
            "node_id": node,
            "port": port,
            "day": day.isoformat(),
            "cases": n,
            "amount": amount,
        }
        for (node, port), (n, amount) in counts.items()
        if n
    ]
    if rows:
        session.execute(insert(NodeCount), rows)


def fold(session: Session, *, at_least: int = 20_000) -> int:
    """Replace the deltas by their sums when there are at least so many; returns how many rows that saved.

    Deleting and reading is one statement: a delta that another engine commits meanwhile is left for the next time.
    Sums are left alone from then on, so folding costs as much after years as on the first day.
    """
    if (session.scalar(select(func.count()).select_from(NodeCount).where(_FRESH)) or 0) < at_least:
        return 0
    table = table_of(NodeCount)
    cases: Counter[tuple[int, int, str, str]] = Counter()
    amounts: Counter[tuple[int, int, str, str]] = Counter()
    rows = 0
    for version, node, port, day, count, amount in session.execute(
        delete(table)
        .where(_FRESH)
        .returning(table.c.version_id, table.c.node_id, table.c.port, table.c.day, table.c.cases, table.c.amount)
    ):
        rows += 1
        cases[version, node, port, day] += count
        amounts[version, node, port, day] += amount
    session.execute(
        insert(table),
        [
            {
                "version_id": key[0],
                "node_id": key[1],
                "port": key[2],
                "day": key[3],
                "cases": n,
                "amount": amounts[key],
                "folded": True,
            }
            for key, n in cases.items()
        ],
    )
    return rows - len(cases)
