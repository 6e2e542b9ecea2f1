"""The few numbers that lists and the home page show of every scenario, each with one statement for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine.models import Attribution, Case, NodeCount, Version, VersionNode

#: days that the numbers look back, today included
DAYS = 30


@dataclass
class Numbers:
    """What one scenario did lately. Amounts in kopecks."""

    active_cases: int = 0
    paid_cases: int = 0
    paid_amount: int = 0
    #: cases that entered, by day, the oldest first
    entered: list[int] = field(default_factory=lambda: [0] * DAYS)


def recent(session: Session, scenario_ids: Sequence[int], today: date) -> dict[int, Numbers]:
    """The numbers of the scenarios over the last 30 days; every id gets an entry."""
    found: dict[int, Numbers] = defaultdict(Numbers, {each: Numbers() for each in scenario_ids})
    first = today - timedelta(days=DAYS - 1)
    active = select(Case.scenario_id, func.count()).where(Case.scenario_id.in_(scenario_ids), Case.ended_at.is_(None))
    for scenario_id, cases in session.execute(active.group_by(Case.scenario_id)):
        found[scenario_id].active_cases = cases
    entered = (
        select(Version.scenario_id, NodeCount.day, func.sum(NodeCount.cases))
        .join(VersionNode, VersionNode.id == NodeCount.node_id)
        .join(Version, Version.id == NodeCount.version_id)
        .where(
            Version.scenario_id.in_(scenario_ids),
            NodeCount.port == "@in",
            VersionNode.type.like("entry.%"),
            NodeCount.day >= first.isoformat(),
        )
        .group_by(Version.scenario_id, NodeCount.day)
    )
    for scenario_id, day, cases in session.execute(entered):
        place = (date.fromisoformat(day) - first).days
        if 0 <= place < DAYS:
            found[scenario_id].entered[place] = int(cases)
    # a payment is attributed to each node that it followed: here it counts once
    once = (
        select(
            Version.scenario_id,
            Attribution.case_id,
            Attribution.payment_id,
            func.max(Attribution.amount).label("amount"),
        )
        .join(Version, Version.id == Attribution.version_id)
        .where(Version.scenario_id.in_(scenario_ids), Attribution.day >= first.isoformat())
        .group_by(Version.scenario_id, Attribution.case_id, Attribution.payment_id)
        .subquery()
    )
    paid = select(once.c.scenario_id, func.count(once.c.case_id.distinct()), func.sum(once.c.amount))
    for scenario_id, cases, amount in session.execute(paid.group_by(once.c.scenario_id)):
        found[scenario_id].paid_cases, found[scenario_id].paid_amount = cases, int(amount)
    return dict(found)


def active_by_version(session: Session, version_ids: Sequence[int]) -> dict[int, int]:
    """Active cases of each version."""
    counted = session.execute(
        select(Case.version_id, func.count())
        .where(Case.version_id.in_(version_ids), Case.ended_at.is_(None))
        .group_by(Case.version_id)
    )
    return {version_id: cases for version_id, cases in counted}
