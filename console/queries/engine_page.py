"""How the engine is doing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal_column, select, text
from sqlalchemy.orm import Session

from console.queries.engine_figures import LATE_AFTER, STAGES, STOPPED_AFTER, backlog, leader, queues, work
from scenario_engine.models import Batch, Case, Heartbeat, Loan, Scenario, Version, VersionNode
from scenario_engine.models.scenario import shown_name

_BATCHES = 50
_ERRORS = 200
_GROUPS = 50
#: spelled as the partial index has it: SQLite uses it for no other spelling
_FAILED = text("cases.end_reason = 'failed'")
#: the span that tells how fast the engine works
_LATELY = timedelta(minutes=5)


def engine_state(session: Session, now: datetime) -> dict[str, Any]:
    """Running, late or stopped, and since when work waits."""
    newest = session.execute(
        select(Heartbeat.seen_at, Heartbeat.last_tick_at, Heartbeat.last_tick_ms)
        .order_by(Heartbeat.seen_at.desc())
        .limit(1)
    ).one_or_none()
    lag, due = backlog(session, now)
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


def engine_page(session: Session, now: datetime, *, outbox_most: int) -> dict[str, Any]:
    """The page; `outbox_most` messages fill the outbox."""
    state, waits = engine_state(session, now), queues(session, now)
    leads = leader(session, now)
    processes = session.scalars(select(Heartbeat).order_by(Heartbeat.seen_at.desc()).limit(20))
    day = work(session, Batch.at >= now - timedelta(hours=24), Batch.at <= now)
    lately = work(session, Batch.at >= now - _LATELY, Batch.at <= now)
    return {
        "state": state["state"],
        "seen_at": state["seen_at"],
        "leader": leads,
        "processes": [
            {
                "process": beat.process,
                "started_at": beat.started_at,
                "seen_at": beat.seen_at,
                "last_tick_at": beat.last_tick_at,
                "last_tick_ms": beat.last_tick_ms,
                "last_error": beat.last_error,
                "retries": beat.retries,
                "alive": now - beat.seen_at <= STOPPED_AFTER,
                "leads": beat.process == leads,
            }
            for beat in processes
        ],
        "lag_seconds": state["lag_seconds"],
        "due_cases": state["due_cases"],
        "waiting_cases": waits.active_cases,
        "queued_messages": waits.queued_messages,
        "outbox_most": outbox_most,
        "outbox_full": waits.queued_messages >= outbox_most,
        "waiting_signals": waits.waiting_signals,
        "queued_jobs": waits.queued_jobs,
        "running_jobs": waits.running_jobs,
        "set_aside": waits.set_aside,
        "stages": [
            {
                "stage": stage,
                "batches": day[stage].batches,
                "cases": day[stage].cases,
                "messages": day[stage].messages,
                "micros": day[stage].micros,
                "slowest_micros": day[stage].slowest,
                "lately_cases": lately[stage].cases,
                "lately_micros": lately[stage].micros,
            }
            for stage in STAGES
        ],
        "paused": _paused(session),
        "batches": _batches(session),
        "groups": _groups(session),
        "errors": _errors(session),
        "last_24h": _last_day(session, now),
    }


def _paused(session: Session) -> list[dict[str, Any]]:
    """Scenarios that the engine itself has paused: somebody has to decide."""
    rows = session.execute(
        select(Scenario.id, shown_name().label("name"), Scenario.pause_cause)
        .where(Scenario.state == "paused", Scenario.pause_cause.is_not(None))
        .order_by(Scenario.id)
    )
    return [{"scenario": {"id": row.id, "name": row.name}, "cause": row.pause_cause} for row in rows if row.pause_cause]


def _groups(session: Session) -> list[dict[str, Any]]:
    """Cases set aside, by step and reason."""
    rows = session.execute(
        select(
            Case.version_id,
            Case.node_id,
            func.coalesce(Case.error, "").label("error"),
            func.count().label("cases"),
            func.min(Case.ended_at).label("first_at"),
            func.max(Case.ended_at).label("last_at"),
            Scenario.id.label("scenario_id"),
            shown_name().label("name"),
            VersionNode.key,
            VersionNode.label,
        )
        .join(Scenario, Scenario.id == Case.scenario_id)
        .join(VersionNode, VersionNode.id == Case.node_id)
        .where(_FAILED)
        .group_by(Case.version_id, Case.node_id, Case.error, Scenario.id, VersionNode.key,
                  VersionNode.label)
        .order_by(func.count().desc(), Case.node_id)
        .limit(_GROUPS)
    )  # fmt: skip
    return [
        {
            "version_id": row.version_id,
            "node_id": row.node_id,
            "error": row.error,
            "cases": row.cases,
            "first_at": row.first_at,
            "last_at": row.last_at,
            "scenario": {"id": row.scenario_id, "name": row.name},
            "node": {"key": row.key, "label": row.label},
        }
        for row in rows
    ]


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
            shown_name().label("name"),
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
            shown_name().label("name"),
            Case.version_id,
            VersionNode.key,
            VersionNode.label,
        )
        .join(Loan, Loan.id == Case.loan_id)
        .join(Scenario, Scenario.id == Case.scenario_id)
        .outerjoin(VersionNode, VersionNode.id == Case.node_id)
        .where(_FAILED)
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
    sent, moved = Batch.kind == "send", Batch.kind == "advance"
    rows = session.execute(
        select(
            hour,
            func.sum(Batch.cases),
            func.sum(case((sent, 0), else_=Batch.messages)),
            func.sum(case((sent, Batch.messages), else_=0)),
            func.sum(case((moved, Batch.cases), else_=0)),
            func.sum(func.coalesce(Batch.micros, 0)),
        )
        .where(Batch.at >= first, Batch.at <= now)
        .group_by(hour)
        .order_by(hour)
    )
    names = ("cases", "messages", "sent", "moved", "micros")
    return [
        {"hour": f"{at}:00:00Z"} | {name: int(figure) for name, figure in zip(names, figures, strict=True)}
        for at, *figures in rows
    ]
