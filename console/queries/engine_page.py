"""How the engine is doing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal_column, select
from sqlalchemy.orm import Session

from scenario_engine.models import Batch, Case, Heartbeat, Loan, Message, Scenario, Version, VersionNode

#: a process that has not been seen for so long has stopped
STOPPED_AFTER = timedelta(seconds=60)
#: work that waits longer than this makes the engine late
LATE_AFTER = timedelta(seconds=60)
_BATCHES = 50
_ERRORS = 200


def engine_state(session: Session, now: datetime) -> dict[str, Any]:
    """Running, late or stopped, and since when work waits."""
    newest = session.execute(
        select(Heartbeat.seen_at, Heartbeat.last_tick_at, Heartbeat.last_tick_ms)
        .order_by(Heartbeat.seen_at.desc())
        .limit(1)
    ).one_or_none()
    lag, due = _backlog(session, now)
    if newest is None or now - newest.seen_at > STOPPED_AFTER:
        state = "stopped"
    else:
        state = "late" if lag > LATE_AFTER.total_seconds() else "running"
    return {
        "state": state,
        "seen_at": newest.seen_at if newest else None,
        "last_tick_at": newest.last_tick_at if newest else None,
        "last_tick_ms": newest.last_tick_ms if newest else None,
        "lag_seconds": lag,
        "due_cases": due,
    }


def _runs() -> ColumnElement[bool]:
    """Over `Case`: its scenario is not paused. Cases of a paused one are not late, they wait."""
    return Case.scenario_id.in_(select(Scenario.id).where(Scenario.state != "paused"))


def _backlog(session: Session, now: datetime) -> tuple[int, int]:
    oldest, due = session.execute(
        select(func.min(Case.due_at), func.count()).where(Case.due_at <= now, Case.ended_at.is_(None), _runs())
    ).one()
    return (max(0, int((now - oldest).total_seconds())) if oldest else 0), due


def engine_page(session: Session, now: datetime) -> dict[str, Any]:
    """The page as api.md describes it."""
    state = engine_state(session, now)
    processes = session.scalars(select(Heartbeat).order_by(Heartbeat.seen_at.desc()).limit(20))
    return {
        "state": state["state"],
        "processes": [
            {
                "process": beat.process,
                "started_at": beat.started_at,
                "seen_at": beat.seen_at,
                "last_tick_at": beat.last_tick_at,
                "last_tick_ms": beat.last_tick_ms,
                "last_error": beat.last_error,
                "alive": now - beat.seen_at <= STOPPED_AFTER,
            }
            for beat in processes
        ],
        "lag_seconds": state["lag_seconds"],
        "due_cases": state["due_cases"],
        "waiting_cases": session.scalar(select(func.count()).where(Case.ended_at.is_(None))) or 0,
        "queued_messages": session.scalar(select(func.count()).where(Message.state == "queued")) or 0,
        "batches": _batches(session),
        "errors": _errors(session),
        "last_24h": _last_day(session, now),
    }


def _batches(session: Session) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            Batch.id,
            Batch.kind,
            Batch.version_id,
            Batch.at,
            Batch.cases,
            Batch.messages,
            Batch.micros,
            Batch.error,
            Scenario.id.label("scenario_id"),
            Scenario.name,
        )
        .outerjoin(Version, Version.id == Batch.version_id)
        .outerjoin(Scenario, Scenario.id == Version.scenario_id)
        .order_by(Batch.id.desc())
        .limit(_BATCHES)
    )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "at": row.at,
            "cases": row.cases,
            "messages": row.messages,
            "micros": row.micros,
            "error": row.error,
            "version_id": row.version_id,
            "scenario": {"id": row.scenario_id, "name": row.name} if row.scenario_id else None,
        }
        for row in rows
    ]


def _errors(session: Session) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            Case.id,
            Case.error,
            Case.entered_at,
            Case.ended_at,
            Case.loan_id,
            Loan.external_id,
            Scenario.id.label("scenario_id"),
            Scenario.name,
            Case.version_id,
            VersionNode.key,
            VersionNode.label,
        )
        .join(Loan, Loan.id == Case.loan_id)
        .join(Scenario, Scenario.id == Case.scenario_id)
        .outerjoin(VersionNode, VersionNode.id == Case.node_id)
        .where(Case.end_reason == "failed")
        .order_by(Case.ended_at.desc(), Case.id.desc())
        .limit(_ERRORS)
    )
    return [
        {
            "case_id": row.id,
            "error": row.error,
            "entered_at": row.entered_at,
            "failed_at": row.ended_at,
            "loan_id": row.loan_id,
            "loan_external_id": row.external_id,
            "scenario": {"id": row.scenario_id, "name": row.name},
            "version_id": row.version_id,
            "node": {"key": row.key, "label": row.label},
        }
        for row in rows
    ]


def _hour(session: Session) -> ColumnElement[str]:
    """The UTC hour of a batch, e.g. ``2026-11-24T09``."""
    if session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m-%dT%H", Batch.at)
    return func.to_char(Batch.at.op("AT TIME ZONE")(literal_column("'UTC'")), 'YYYY-MM-DD"T"HH24')


def _last_day(session: Session, now: datetime) -> list[dict[str, Any]]:
    first = now - timedelta(hours=24)
    hour = cast(_hour(session), String).label("hour")
    rows = session.execute(
        select(
            hour,
            func.sum(Batch.cases),
            func.sum(Batch.messages),
            func.sum(func.coalesce(Batch.micros, 0)),
        )
        .where(Batch.at >= first, Batch.at <= now)
        .group_by(hour)
        .order_by(hour)
    )
    return [
        {"hour": f"{at}:00:00Z", "cases": int(cases), "messages": int(messages), "micros": int(micros)}
        for at, cases, messages, micros in rows
    ]
