"""The plans in use: compiled once a version, and again when the policy or the time zones of the registry change."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, func, select
from sqlalchemy.orm import Session

from scenario_engine.engine.batch import Emitter
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.plan import Plan, Source, compile_plan
from scenario_engine.engine.workable import must_be_workable
from scenario_engine.graph.document import read_document
from scenario_engine.models import Borrower, Scenario, Version, VersionNode
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.policies.shelf import edition_in_force, policy_in_force
from scenario_engine.policies.shipped import key_of

#: as `graph.schemas` has it for a document that names none
DEFAULT_PRIORITY = 10


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A plan with its statements."""

    plan: Plan
    emitter: Emitter


class PlanStore:
    """Compiled plans of one process, by version."""

    def __init__(self, home: str) -> None:
        """`home` is the portfolio's time zone."""
        self._home = home
        #: by database: what a plan knows of its paths is true of one database only
        self._plans: WeakKeyDictionary[Pool, dict[tuple[object, ...], Prepared]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def get(self, session: Session, version_id: int, *, now: datetime, zones: tuple[str, ...]) -> Prepared:
        """The plan of a version for a tick at `now`; raises `Unworkable` when this program cannot compile it."""
        database = session.get_bind().engine
        version, scenario = session.execute(
            select(Version, Scenario).join(Scenario, Scenario.id == Version.scenario_id).where(Version.id == version_id)
        ).one()
        policy_key = key_of(version.document)
        edition = edition_in_force(session, policy_key, now)
        key = (version_id, version.content_hash, zones, policy_key, edition)
        with self._lock:
            plans = self._plans.setdefault(database.pool, {})
            if key not in plans:
                must_be_workable(version)
                plan = compile_plan(
                    _source(session, version, scenario),
                    load_catalogue(),
                    zones=zones,
                    home=self._home,
                    policy=policy_in_force(session, policy_key, now),
                )
                for stale in [other for other in plans if other[0] == version_id]:
                    del plans[stale]
                plans[key] = Prepared(plan=plan, emitter=Emitter(plan, database.dialect.name))
            return plans[key]


def _source(session: Session, version: Version, scenario: Scenario) -> Source:
    ids = session.execute(select(VersionNode.key, VersionNode.id).where(VersionNode.version_id == version.id))
    return Source(
        version_id=version.id,
        scenario_id=scenario.id,
        scenario_key=scenario.key,
        document=read_document(version.document),
        node_ids={row.key: row.id for row in ids},
    )


def zones_of(session: Session) -> tuple[str, ...]:
    """Time zones that borrowers live in, sorted. One step through the index for each zone, however many borrowers."""
    zone = Borrower.time_zone
    zones = select(func.min(zone).label("zone")).cte("zones", recursive=True)
    following = select(func.min(zone)).where(zone > zones.c.zone).scalar_subquery()
    zones = zones.union_all(select(following).where(zones.c.zone.is_not(None)))
    return tuple(session.scalars(select(zones.c.zone).where(zones.c.zone.is_not(None)).order_by(zones.c.zone)))


def urgency(session: Session, versions: Collection[int]) -> Mapping[int, tuple[int, int, int]]:
    """What sorts versions, the most urgent first: the priority (the smallest number wins), then the older scenario."""
    rows = session.execute(
        select(Version.id, Version.scenario_id, Version.document["settings"]).where(Version.id.in_(versions))
    )
    return {row[0]: (_priority(row[2]), row[1], row[0]) for row in rows}


def _priority(settings: Mapping[str, Any] | None) -> int:
    return int((settings or {}).get("priority", DEFAULT_PRIORITY))


def live_versions(session: Session) -> Sequence[tuple[int, int]]:
    """(scenario id, live version id) of live scenarios, the most urgent first."""
    rows = session.execute(
        select(Scenario.id, Scenario.live_version_id, Version.document["settings"])
        .join(Version, Version.id == Scenario.live_version_id)
        .where(Scenario.state == "live")
    ).all()
    ordered = sorted(rows, key=lambda row: (_priority(row[2]), row[0]))
    return [(row[0], row[1]) for row in ordered if row[1] is not None]


def day_of(now: datetime, home: str) -> date:
    """The portfolio's local day at an instant."""
    return local_day(now, home)
