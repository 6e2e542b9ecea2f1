"""Scenarios and their versions, as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session, aliased

from console import state_words
from console.analysis import problem_count
from console.api.listing import Listing, searches
from console.export import Column
from console.queries.pauses import pause_reason
from console.queries.scenario_numbers import active_by_version, recent
from scenario_engine.errors import NotFound
from scenario_engine.models import Scenario, Version
from scenario_engine.texts import Text

_LIVE = aliased(Version)


def require_scenario(session: Session, scenario_id: int) -> Scenario:
    """The scenario, or NotFound."""
    found = session.get(Scenario, scenario_id)
    if found is None:
        raise NotFound(Text("There is no such scenario.", "Такого сценария нет."))
    return found


def require_version(session: Session, version_id: int) -> Version:
    """The version, or NotFound."""
    found = session.get(Version, version_id)
    if found is None:
        raise NotFound(Text("There is no such version.", "Такой версии нет."))
    return found


def scenario_list(filters: Mapping[str, Any], today: date, language: str) -> Listing:
    """The scenarios that fit; archived ones only when their state is asked for."""
    where: list[ColumnElement[bool]] = []
    if filters.get("state"):
        where.append(Scenario.state.in_(filters["state"].split(",")))
    else:
        where.append(Scenario.state != "archived")
    if filters.get("q", "").strip():
        where.append(searches(filters["q"], Scenario.name, Scenario.key))
    return Listing(
        select=select(Scenario, _LIVE).outerjoin(_LIVE, _LIVE.id == Scenario.live_version_id).where(*where),
        sorts={
            "id": Scenario.id,
            "key": Scenario.key,
            "name": Scenario.name,
            "state": Scenario.state,
            "draft_at": Scenario.draft_at,
            "published_at": _LIVE.reviewed_at,
        },
        order="name",
        tie=Scenario.id,
        item=lambda row: scenario_item(row, language),
        enrich=lambda session, items: _add_numbers(session, items, today),
        columns=(
            Column(Text("Key", "Ключ"), "key"),
            Column(Text("Scenario", "Сценарий"), "name"),
            Column(Text("State", "Состояние"), "state", words=state_words.SCENARIOS),
            Column(Text("Live version", "Действующая версия"), "live_version.number"),
            Column(Text("Active cases", "Дел в работе"), "active_cases"),
            Column(Text("Entered in 30 days", "Вошло за 30 дней"), "entered_30d"),
            Column(Text("Paid in 30 days", "Оплатили за 30 дней"), "paid_30d_cases"),
            Column(Text("Paid in 30 days, ₽", "Оплачено за 30 дней, ₽"), "paid_30d_amount", money=True),
        ),
        file_name="scenarios",
    )


def scenario_item(row: Row[*tuple[Any, ...]], language: str) -> dict[str, Any]:
    """A row of the list as JSON; numbers are filled in for the whole page at once."""
    scenario, live = row
    nodes = scenario.draft.get("nodes") if isinstance(scenario.draft, dict) else None
    return {
        "id": scenario.id,
        "key": scenario.key,
        "name": scenario.name,
        "state": scenario.state,
        "pause_reason": pause_reason(scenario, language),
        "live_version": live_version(live),
        "submitted_version": None,
        "draft_revision": scenario.revision,
        "draft_by": scenario.draft_by,
        "draft_at": scenario.draft_at,
        "active_cases": 0,
        "entered_30d": 0,
        "paid_30d_cases": 0,
        "paid_30d_amount": 0,
        "nodes": len(nodes) if isinstance(nodes, list) else 0,
        "sparkline": [],
        "problems": problem_count(scenario.draft),
        "demo": scenario.demo,
    }


def _add_numbers(session: Session, items: list[dict[str, Any]], today: date) -> None:
    ids = [item["id"] for item in items]
    numbers = recent(session, ids, today)
    submitted = submitted_versions(session, ids)
    for item in items:
        found = numbers[item["id"]]
        item["active_cases"] = found.active_cases
        item["entered_30d"] = sum(found.entered)
        item["sparkline"] = found.entered
        item["paid_30d_cases"] = found.paid_cases
        item["paid_30d_amount"] = found.paid_amount
        item["submitted_version"] = submitted.get(item["id"])


def live_version(version: Version | None) -> dict[str, Any] | None:
    """The version that takes loans now."""
    if version is None:
        return None
    return {
        "id": version.id,
        "number": version.number,
        "published_at": version.reviewed_at,
        "published_by": version.reviewed_by,
    }


def submitted_versions(session: Session, scenario_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The version of each scenario that waits for review."""
    rows = session.scalars(
        select(Version)
        .where(Version.scenario_id.in_(scenario_ids), Version.state == "submitted")
        .order_by(Version.number)
    )
    return {row.scenario_id: {"id": row.id, "number": row.number, "submitted_by": row.submitted_by} for row in rows}


def version_item(version: Version, active_cases: int) -> dict[str, Any]:
    """A version in a list."""
    return {
        "id": version.id,
        "number": version.number,
        "state": version.state,
        "content_hash": version.content_hash,
        "comment": version.comment,
        "submitted_by": version.submitted_by,
        "submitted_at": version.submitted_at,
        "reviewed_by": version.reviewed_by,
        "reviewed_at": version.reviewed_at,
        "review_comment": version.review_comment,
        "review_node": version.review_node,
        "retired_at": version.retired_at,
        "active_cases": active_cases,
    }


def versions_of(session: Session, scenario_id: int) -> list[dict[str, Any]]:
    """All versions of a scenario, the newest first."""
    found = session.scalars(
        select(Version).where(Version.scenario_id == scenario_id).order_by(Version.number.desc())
    ).all()
    active = active_by_version(session, [version.id for version in found])
    return [version_item(version, active.get(version.id, 0)) for version in found]


def version_card(session: Session, version: Version) -> dict[str, Any]:
    """A version with its scenario, its document, and the version that was live before it."""
    scenario = session.get_one(Scenario, version.scenario_id)
    previous = session.execute(
        select(Version.id, Version.number)
        .where(
            Version.scenario_id == version.scenario_id,
            Version.number < version.number,
            or_(Version.state == "published", Version.state == "retired"),
        )
        .order_by(Version.number.desc())
        .limit(1)
    ).one_or_none()
    active = active_by_version(session, [version.id])
    return {
        **version_item(version, active.get(version.id, 0)),
        "scenario": {"id": scenario.id, "key": scenario.key, "name": scenario.name, "state": scenario.state},
        "document": version.document,
        "previous": None if previous is None else {"id": previous.id, "number": previous.number},
    }


def reviews(session: Session) -> list[dict[str, Any]]:
    """Everything that waits for review, the oldest first."""
    rows = session.execute(
        select(Version, Scenario.id, Scenario.key, Scenario.name, Scenario.state)
        .join(Scenario, Scenario.id == Version.scenario_id)
        .where(Version.state == "submitted")
        .order_by(Version.submitted_at, Version.id)
    )
    return [
        {**version_item(version, 0), "scenario": {"id": number, "key": key, "name": name, "state": state}}
        for version, number, key, name, state in rows
    ]
