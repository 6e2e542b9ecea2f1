"""What the first page shows: the portfolio, the money that came in, the scenarios, the engine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.queries.engine_page import engine_state
from console.queries.scenario_numbers import DAYS, recent
from console.queries.visibility import seen_loans, seen_tasks
from scenario_engine.models import Loan, Message, MonitoringChange, Payment, Scenario, Task, Version
from scenario_engine.models.base import UtcDateTime
from scenario_engine.models.message import GIVEN_UP
from scenario_engine.models.scenario import shown_name
from scenario_engine.registry.buckets import BUCKETS
from scenario_engine.registry.days import end_of, start_of


def home(session: Session, actor: Actor, *, now: datetime, today: date, time_zone: str) -> dict[str, Any]:
    """The page as api.md describes it, over the loans and tasks that the actor may see."""
    buckets = _buckets(session, actor)
    late = buckets[1:]
    return {
        "buckets": buckets,
        "overdue_total": sum(bucket["overdue"] for bucket in buckets),
        "overdue_loans": sum(bucket["loans"] for bucket in late),
        "loans_total": sum(bucket["loans"] for bucket in buckets),
        "balance_total": sum(bucket["balance"] for bucket in buckets),
        "recovered": _recovered(session, actor, today, time_zone),
        "scenarios": _scenarios(session, today) if actor.may("scenario.read") else [],
        "engine": engine_state(session, now),
        "to_review": session.scalar(select(func.count()).select_from(Version).where(Version.state == "submitted")) or 0,
        "rules_waiting": session.scalar(
            select(func.count())
            .select_from(MonitoringChange)
            .where(MonitoringChange.state == "waiting", MonitoringChange.asked_by != actor.name)
        )
        or 0,
        "open_tasks": session.scalar(
            select(func.count()).select_from(Task).where(Task.state == "open", seen_tasks(actor))
        )
        or 0,
        "failed_messages": session.scalar(select(func.count()).select_from(Message).where(GIVEN_UP)) or 0,
    }


def _buckets(session: Session, actor: Actor) -> list[dict[str, Any]]:
    counted = session.execute(
        select(Loan.bucket, func.count(), func.sum(Loan.balance), func.sum(Loan.overdue))
        .where(Loan.state == "open", seen_loans(actor))
        .group_by(Loan.bucket)
    )
    by_bucket = {bucket: (loans, int(balance), int(overdue)) for bucket, loans, balance, overdue in counted}
    found = []
    for bucket in BUCKETS:
        loans, balance, overdue = by_bucket.get(bucket.key, (0, 0, 0))
        found.append(
            {
                "key": bucket.key,
                "title": bucket.title.say(actor.language),
                "loans": loans,
                "balance": balance,
                "overdue": overdue,
            }
        )
    return found


def _recovered(session: Session, actor: Actor, today: date, time_zone: str) -> dict[str, Any]:
    """Payments by local day of the portfolio: each day is a range of the index on `paid_at`."""
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    ranges = union_all(
        *(
            select(
                literal(day.isoformat()).label("day"),
                literal(start_of(day, time_zone), UtcDateTime()).label("first"),
                literal(end_of(day, time_zone), UtcDateTime()).label("last"),
            )
            for day in days
        )
    ).subquery()
    statement = select(ranges.c.day, func.sum(Payment.amount), func.count()).join(
        Payment, (Payment.paid_at >= ranges.c.first) & (Payment.paid_at < ranges.c.last)
    )
    if not actor.may("loan.all"):
        statement = statement.where(Payment.loan_id.in_(select(Loan.id).where(seen_loans(actor))))
    rows = session.execute(statement.group_by(ranges.c.day))
    by_day = {day: (int(amount), count) for day, amount, count in rows}
    listed = [
        {"day": day, "amount": by_day.get(day.isoformat(), (0, 0))[0], "count": by_day.get(day.isoformat(), (0, 0))[1]}
        for day in days
    ]
    return {
        "today": listed[-1]["amount"],
        "week": sum(each["amount"] for each in listed[-7:]),
        "month": sum(each["amount"] for each in listed),
        "days": listed,
    }


def _scenarios(session: Session, today: date) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Scenario.id, Scenario.key, shown_name().label("name"), Scenario.state)
        .where(Scenario.state.in_(("live", "paused")))
        .order_by(Scenario.state, Scenario.name, Scenario.id)
    ).all()
    numbers = recent(session, [row.id for row in rows], today)
    return [
        {
            "id": row.id,
            "key": row.key,
            "name": row.name,
            "state": row.state,
            "active_cases": numbers[row.id].active_cases,
            "entered_30d": sum(numbers[row.id].entered),
            "paid_30d_cases": numbers[row.id].paid_cases,
            "paid_30d_amount": numbers[row.id].paid_amount,
            "sparkline": numbers[row.id].entered,
        }
        for row in rows
    ]
