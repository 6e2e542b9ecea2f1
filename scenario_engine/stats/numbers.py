"""The numbers of a version, by node, port and day.

entered = here + left + failed holds at every node at every moment: a case enters once a visit, and leaves by a port, is
set aside, or is still here. Over a period the cases that stood there when it began join in: before + entered = here +
left + failed. A node's conversion is the share of its visits of a day that were followed by a payment
within the version's window; a day younger than the window has not matured and says so.

Everybody's counts come from `node_counts`, a slice's from `path_counts`, where only what a trail said is counted: a
loan that was just taken in appears there with its first step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from scenario_engine.engine.counters import ENTERED, FAILED
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.paths import CURED, HOLDOUT
from scenario_engine.errors import NotFound
from scenario_engine.models import (
    Attribution,
    Batch,
    Case,
    Cohort,
    NodeCount,
    PathCount,
    PathHop,
    Version,
    VersionNode,
)
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.stats.slices import Conditions, Slice, conditions_of
from scenario_engine.texts import Text

#: the days of a node always cover at least so many, whatever the period
SPARK_DAYS = 30
#: (node id, port, day, cases, kopecks), as `node_counts` has them
_Count = tuple[int, str, str, int, int]


def numbers_revision(session: Session, version_id: int) -> str:
    """A word that changes whenever the numbers of the version do; cheap."""
    counts = session.execute(
        select(func.max(NodeCount.id), func.count()).where(NodeCount.version_id == version_id)
    ).one()
    paid = session.scalar(select(func.max(Attribution.id)).where(Attribution.version_id == version_id))
    grouped = session.scalar(select(func.max(Batch.id)).where(Batch.grouped))
    return f"{version_id}-{counts[0] or 0}-{counts[1]}-{paid or 0}-{grouped or 0}"


def version_numbers(
    session: Session,
    version_id: int,
    *,
    date_from: date,
    date_to: date,
    now: datetime,
    time_zone: str,
    only: Slice = Slice(),  # noqa: B008 (frozen)
) -> dict[str, Any]:
    """Numbers of all nodes for the local days of a period, both ends included. Amounts in kopecks.

    `before` stood there when the period began and `here` when it ended, now at the latest; everything else counts what
    happened in the period. `lost` ended there without a payment: set aside, stopped, or by a way out that leads
    nowhere. `dwell` is how long the cases that left had been there, seconds on average. `days` go back thirty days at
    least. `only` narrows everything to a slice of the borrowers.
    """
    version = session.get(Version, version_id)
    if version is None:
        raise NotFound(Text("There is no version {id}.", "Нет версии {id}.").format(id=version_id))
    rows = session.execute(select(VersionNode.id, VersionNode.key).where(VersionNode.version_id == version_id))
    keys = {row.id: row.key for row in rows}
    nodes: dict[str, dict[str, Any]] = {key: _empty() for key in keys.values()}
    days: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(_empty_day))
    period = (date_from.isoformat(), date_to.isoformat())
    spark = min(date_from, date_to - timedelta(days=SPARK_DAYS - 1)).isoformat()
    chosen = conditions_of(session, version, only) if only else None
    counts = _sliced(session, version_id, chosen, time_zone) if chosen else _counts(session, version_id)
    for node_id, port, day, cases, amount in counts:
        if day > period[1]:
            continue
        key = keys[node_id]
        node = nodes[key]
        change = cases if port == ENTERED else -cases
        node["here"] += change
        if day >= spark:
            days[key][day]["entered" if port == ENTERED else "failed" if port == FAILED else "left"] += cases
        if day < period[0]:
            node["before"] += change
        elif port == ENTERED:
            node["entered"] += cases
            node["entered_amount"] += amount
        elif port == FAILED:
            node["failed"] += cases
        else:
            node["left"] += cases
            way = node["ports"].setdefault(port, {"cases": 0, "amount": 0})
            way["cases"] += cases
            way["amount"] += amount

    _add_payments(session, version_id, chosen, keys, nodes, days, period, spark)
    _add_dwell(session, version_id, chosen, keys, nodes, period)
    _add_lost(version.document, nodes)
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
        "spark_from": spark,
        "nodes": nodes,
        "totals": _totals(session, version_id, chosen, nodes, period),
    }


def _counts(session: Session, version_id: int) -> Iterable[_Count]:
    """Everybody's counts."""
    columns = (NodeCount.node_id, NodeCount.port, NodeCount.day)
    rows = session.execute(
        select(*columns, func.sum(NodeCount.cases), func.sum(NodeCount.amount))
        .where(NodeCount.version_id == version_id)
        .group_by(*columns)
    )
    for node_id, port, day, cases, amount in rows:
        yield node_id, port, day, int(cases), int(amount or 0)


def _sliced(session: Session, version_id: int, chosen: Conditions, time_zone: str) -> Iterable[_Count]:
    """The counts of a slice. A case that leaves an entry has entered it: nobody rests there."""
    entries = select(VersionNode.id).where(VersionNode.version_id == version_id, VersionNode.type.like("entry.%"))
    came = or_(PathHop.entered, and_(PathHop.hop == 0, PathHop.port.is_not(None), PathHop.node_id.in_(entries)))
    columns = (PathHop.node_id, PathHop.port, PathCount.day, came.label("came"))
    rows = session.execute(
        select(*columns, func.sum(PathCount.cases), func.sum(PathCount.amount))
        .join(PathHop, PathHop.path_id == PathCount.path_id)
        .join(Cohort, Cohort.id == PathCount.cohort_id)
        .where(PathCount.version_id == version_id, chosen.cohorts)
        .group_by(*columns)
    )
    for node_id, port, day, entered, cases, amount in rows:
        if entered:
            yield node_id, ENTERED, day, int(cases), int(amount)
        if port is not None:
            yield node_id, port, day, int(cases), int(amount)
    failed = session.execute(
        select(Case.node_id, Case.ended_at, Case.enrolled_overdue).where(
            Case.version_id == version_id, Case.end_reason == "failed", Case.id.in_(chosen.cases(version_id))
        )
    )
    for node_id, at, amount in failed:
        assert at is not None  # it has ended
        yield node_id, FAILED, local_day(at, time_zone).isoformat(), 1, amount


def _paid_by(chosen: Conditions | None, version_id: int) -> ColumnElement[bool]:
    return Attribution.case_id.in_(chosen.cases(version_id)) if chosen else true()


def _add_payments(
    session: Session,
    version_id: int,
    chosen: Conditions | None,
    keys: dict[int, str],
    nodes: dict[str, dict[str, Any]],
    days: dict[str, dict[str, dict[str, int]]],
    period: tuple[str, str],
    spark: str,
) -> None:
    mine = (Attribution.version_id == version_id, _paid_by(chosen, version_id), Attribution.day <= period[1])
    # a case that visits a node twice on a day and pays once has paid once: cases and payments are counted distinct
    once = (
        select(
            Attribution.node_id, Attribution.day, Attribution.case_id, Attribution.payment_id,
            func.max(Attribution.amount).label("amount"),
        )
        .where(*mine, Attribution.day >= spark)
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
        .where(*mine, Attribution.day >= period[0])
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


def _add_dwell(
    session: Session,
    version_id: int,
    chosen: Conditions | None,
    keys: dict[int, str],
    nodes: dict[str, dict[str, Any]],
    period: tuple[str, str],
) -> None:
    """How long cases rested where they left: their seconds are kept with the path that led away."""
    rows = session.execute(
        select(PathHop.node_id, func.sum(PathCount.seconds), func.sum(PathCount.cases))
        .join(PathHop, and_(PathHop.path_id == PathCount.path_id, PathHop.port.is_not(None)))
        .join(Cohort, Cohort.id == PathCount.cohort_id)
        .where(
            PathCount.version_id == version_id, PathCount.day >= period[0], PathCount.day <= period[1],
            PathHop.hop == 0, chosen.cohorts if chosen else true(),
        )
        .group_by(PathHop.node_id)
    )  # fmt: skip
    for node_id, seconds, _cases in rows:
        node = nodes[keys[node_id]]
        # those who passed at once rested for nothing, and count in the average all the same
        if node["left"]:
            node["dwell"] = round(int(seconds) / node["left"])


def _add_lost(document: Mapping[str, Any], nodes: dict[str, dict[str, Any]]) -> None:
    """Cases that ended at a node without a payment, where the drawing does not end."""
    wired = {(edge["source"], edge["sourceHandle"]) for edge in document["edges"]}
    catalogue = load_catalogue()
    for drawn in document["nodes"]:
        node, kind = nodes.get(drawn["id"]), catalogue.get(drawn["type"])
        if node is None or kind is None or kind.terminal:
            continue
        nowhere = (
            way["cases"]
            for port, way in node["ports"].items()
            if port not in (CURED, HOLDOUT) and (drawn["id"], port) not in wired
        )
        node["lost"] = node["failed"] + sum(nowhere)


def _totals(
    session: Session,
    version_id: int,
    chosen: Conditions | None,
    nodes: Mapping[str, Mapping[str, Any]],
    period: tuple[str, str],
) -> dict[str, int]:
    mine = Case.id.in_(chosen.cases(version_id)) if chosen else true()
    active, ended = session.execute(
        select(func.count().filter(Case.ended_at.is_(None)), func.count().filter(Case.ended_at.is_not(None))).where(
            Case.version_id == version_id, mine
        )
    ).one()
    entries = session.scalars(
        select(VersionNode.key).where(VersionNode.version_id == version_id, VersionNode.type.like("entry.%"))
    )
    paid = (
        select(Attribution.case_id, Attribution.payment_id, func.max(Attribution.amount).label("amount"))
        .where(
            Attribution.version_id == version_id, _paid_by(chosen, version_id),
            Attribution.day >= period[0], Attribution.day <= period[1],
        )
        .group_by(Attribution.case_id, Attribution.payment_id)
        .subquery()
    )  # fmt: skip
    cases, amount = session.execute(
        select(func.count(paid.c.case_id.distinct()), func.coalesce(func.sum(paid.c.amount), 0))
    ).one()
    return {
        "entered": sum(nodes[key]["entered"] for key in entries),
        "active": int(active),
        "ended": int(ended),
        "paid_cases": int(cases),
        "paid_amount": int(amount),
    }


def _empty() -> dict[str, Any]:
    return {
        "before": 0, "entered": 0, "entered_amount": 0, "here": 0, "left": 0, "failed": 0, "ports": {},
        "paid_cases": 0, "paid_amount": 0, "lost": 0, "dwell": None, "days": [],
    }  # fmt: skip


def _empty_day() -> dict[str, int]:
    return {"entered": 0, "left": 0, "failed": 0, "paid_cases": 0, "paid_amount": 0}
