"""The numbers of a version, by node, port and day.

entered = here + left + failed holds at every node at every moment: a case enters once a visit, and leaves by a port, is
set aside, or is still here. Over a period the cases that stood there when it began join in: before + entered = here +
left + failed. A node's conversion is the share of its visits of a day that were followed by a payment
within the version's window; a day younger than the window has not matured and says so.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine.engine.counters import ENTERED, FAILED
from scenario_engine.engine.frame import local_day
from scenario_engine.errors import NotFound
from scenario_engine.models import Attribution, Case, NodeCount, Version, VersionNode
from scenario_engine.texts import Text


def numbers_revision(session: Session, version_id: int) -> str:
    """A word that changes whenever the numbers of the version do; cheap."""
    counts = session.execute(
        select(func.max(NodeCount.id), func.count()).where(NodeCount.version_id == version_id)
    ).one()
    paid = session.scalar(select(func.max(Attribution.id)).where(Attribution.version_id == version_id))
    return f"{version_id}-{counts[0] or 0}-{counts[1]}-{paid or 0}"


def version_numbers(
    session: Session, version_id: int, *, date_from: date, date_to: date, now: datetime, time_zone: str
) -> dict[str, Any]:
    """Numbers of all nodes for the local days of a period, both ends included. Amounts in kopecks.

    `before` stood there when the period began and `here` when it ended, now at the latest; everything else counts what
    happened in the period.
    """
    version = session.get(Version, version_id)
    if version is None:
        raise NotFound(Text("There is no version {id}.", "Нет версии {id}.").format(id=version_id))
    keys = {
        row.id: row.key
        for row in session.execute(select(VersionNode.id, VersionNode.key).where(VersionNode.version_id == version_id))
    }
    nodes: dict[str, dict[str, Any]] = {key: _empty() for key in keys.values()}
    days: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(_empty_day))
    period = (date_from.isoformat(), date_to.isoformat())

    counts = session.execute(
        select(
            NodeCount.node_id,
            NodeCount.port,
            NodeCount.day,
            func.sum(NodeCount.cases),
            func.sum(NodeCount.amount),
        )
        .where(NodeCount.version_id == version_id)
        .group_by(NodeCount.node_id, NodeCount.port, NodeCount.day)
    )
    for node_id, port, day, cases, amount in counts:
        if day > period[1]:
            continue
        key = keys[node_id]
        cases, amount = int(cases), int(amount or 0)
        change = cases if port == ENTERED else -cases
        node = nodes[key]
        node["here"] += change
        if day < period[0]:
            node["before"] += change
            continue
        at = days[key][day]
        if port == ENTERED:
            node["entered"] += cases
            node["entered_amount"] += amount
            at["entered"] += cases
        elif port == FAILED:
            node["failed"] += cases
            at["failed"] += cases
        else:
            node["left"] += cases
            at["left"] += cases
            way = node["ports"].setdefault(port, {"cases": 0, "amount": 0})
            way["cases"] += cases
            way["amount"] += amount

    _add_payments(session, version_id, keys, nodes, days, period)
    today = local_day(now, time_zone)
    youngest = (today - timedelta(days=version.window_days)).isoformat()
    for key, node in nodes.items():
        node["days"] = [{"day": day, **values, "matured": day < youngest} for day, values in sorted(days[key].items())]
    return {
        "version_id": version_id,
        "revision": numbers_revision(session, version_id),
        "window_days": version.window_days,
        "from": period[0],
        "to": period[1],
        "nodes": nodes,
        "totals": _totals(session, version_id, period),
    }


def _add_payments(
    session: Session,
    version_id: int,
    keys: dict[int, str],
    nodes: dict[str, dict[str, Any]],
    days: dict[str, dict[str, dict[str, int]]],
    period: tuple[str, str],
) -> None:
    inside = (
        Attribution.version_id == version_id,
        Attribution.day >= period[0],
        Attribution.day <= period[1],
    )
    # a case that visits a node twice on a day and pays once has paid once: cases and payments are counted distinct
    once = (
        select(
            Attribution.node_id, Attribution.day, Attribution.case_id, Attribution.payment_id,
            func.max(Attribution.amount).label("amount"),
        )
        .where(*inside)
        .group_by(Attribution.node_id, Attribution.day, Attribution.case_id, Attribution.payment_id)
        .subquery()
    )  # fmt: skip
    by_day = session.execute(
        select(once.c.node_id, once.c.day, func.count(once.c.case_id.distinct()), func.sum(once.c.amount)).group_by(
            once.c.node_id, once.c.day
        )
    )
    for node_id, day, cases, amount in by_day:
        at = days[keys[node_id]][day]
        at["paid_cases"] += int(cases)
        at["paid_amount"] += int(amount)
    payments = (
        select(
            Attribution.node_id,
            Attribution.case_id,
            Attribution.payment_id,
            func.max(Attribution.amount).label("amount"),
        )
        .where(*inside)
        .group_by(Attribution.node_id, Attribution.case_id, Attribution.payment_id)
        .subquery()
    )
    by_node = session.execute(
        select(payments.c.node_id, func.count(payments.c.case_id.distinct()), func.sum(payments.c.amount)).group_by(
            payments.c.node_id
        )
    )
    for node_id, cases, amount in by_node:
        nodes[keys[node_id]]["paid_cases"] = int(cases)
        nodes[keys[node_id]]["paid_amount"] = int(amount)


def _totals(session: Session, version_id: int, period: tuple[str, str]) -> dict[str, int]:
    active, ended = session.execute(
        select(func.count().filter(Case.ended_at.is_(None)), func.count().filter(Case.ended_at.is_not(None))).where(
            Case.version_id == version_id
        )
    ).one()
    entered = session.scalar(
        select(func.coalesce(func.sum(NodeCount.cases), 0))
        .join(VersionNode, VersionNode.id == NodeCount.node_id)
        .where(
            NodeCount.version_id == version_id, NodeCount.port == ENTERED, VersionNode.type.like("entry.%"),
            NodeCount.day >= period[0], NodeCount.day <= period[1],
        )
    )  # fmt: skip
    paid = (
        select(Attribution.case_id, Attribution.payment_id, func.max(Attribution.amount).label("amount"))
        .where(Attribution.version_id == version_id, Attribution.day >= period[0], Attribution.day <= period[1])
        .group_by(Attribution.case_id, Attribution.payment_id)
        .subquery()
    )
    cases, amount = session.execute(
        select(func.count(paid.c.case_id.distinct()), func.coalesce(func.sum(paid.c.amount), 0))
    ).one()
    return {
        "entered": int(entered or 0),
        "active": int(active),
        "ended": int(ended),
        "paid_cases": int(cases),
        "paid_amount": int(amount),
    }


def _empty() -> dict[str, Any]:
    return {
        "before": 0, "entered": 0, "entered_amount": 0, "here": 0, "left": 0, "failed": 0, "ports": {},
        "paid_cases": 0, "paid_amount": 0, "days": [],
    }  # fmt: skip


def _empty_day() -> dict[str, int]:
    return {"entered": 0, "left": 0, "failed": 0, "paid_cases": 0, "paid_amount": 0}
