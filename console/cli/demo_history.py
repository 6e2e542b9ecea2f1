"""Three weeks of the demo, lived through day by day with the engine's own functions on a past clock."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from console.cli.output import Report
from console.cli.shell import installed_connectors
from console.configuration import open_vault
from scenario_engine import audit, authoring, work
from scenario_engine.database import Database
from scenario_engine.engine import cohorts
from scenario_engine.engine.events import react
from scenario_engine.engine.outbox import deliver
from scenario_engine.engine.tick import run_tick
from scenario_engine.manual_contacts import chances
from scenario_engine.models import Loan, MonitoringRule, Offer, Task
from scenario_engine.monitoring.look import look
from scenario_engine.registry import bucket_history, delinquency, payments, promises
from scenario_engine.registry.days import local_day, start_of
from scenario_engine.settings import Settings

HISTORY_DAYS = 20
#: local hours of the ticks of a day; between them payments come in
TICK_HOURS = (10, 13, 17)
#: what an operator finds on the phone, with weights
_OUTCOMES = (("promised", 35), ("not_reached", 45), ("refused", 20))
#: tasks that the invented operators close in a day
_TASKS_A_DAY = 30


def publish_scenarios(database: Database, documents: Mapping[str, dict[str, Any]], *, now: datetime) -> None:
    """Draw, submit and approve scenarios, by their keys: the manager draws, compliance approves."""
    for number, (key, document) in enumerate(documents.items()):
        drawn = now + timedelta(minutes=10 * number)
        with database.write() as session:
            made = authoring.create(
                session, name=document["name"], key=key, document=document, actor="manager", now=drawn, demo=True
            )
            version = authoring.submit(
                session, made.id, revision=made.revision, comment="Первая версия", actor="manager", now=drawn
            )
            authoring.approve(
                session, version.id, content_hash=version.content_hash, actor="compliance",
                now=drawn + timedelta(minutes=5),
            )  # fmt: skip


def live_through(
    database: Database,
    later: Sequence[payments.NewPayment],
    *,
    began: date,
    now: datetime,
    settings: Settings,
    seed: int,
    report: Report,
    days: int = HISTORY_DAYS,
) -> None:
    """Bring the portfolio that stands at the day `began` over `days` to `now`: rolls, ticks, payments, operators,
    outbox.
    """
    randomness = Random(seed)
    connectors, vault = installed_connectors(), open_vault(settings)
    zone = settings.time_zone
    today = local_day(now, zone)
    waiting = list(later)
    for number in range(days + 1):
        day = began + timedelta(days=number)
        morning = min(start_of(day, zone) + timedelta(hours=6), now)
        _roll(database, day, morning, zone)
        for hour in TICK_HOURS:
            moment = start_of(day, zone) + timedelta(hours=hour)
            if moment > now:
                break
            waiting = _receive(database, waiting, moment, zone)
            run_tick(database, now=moment, settings=settings, timer=time.perf_counter, enrol=hour == TICK_HOURS[0])
            cohorts.group_all(database)
            while deliver(
                database, connectors, vault=vault, now=moment, settings=settings, randomness=randomness, limit=2_000
            ).taken:
                pass
            if hour == TICK_HOURS[1]:
                _work(database, randomness, moment, zone)
        report(number + 1, days + 1)
    if today == began + timedelta(days=days):
        _receive(database, waiting, now, zone)


def _roll(database: Database, day: date, moment: datetime, zone: str) -> None:
    with database.write() as session:
        delinquency.roll(session, on=day, now=moment)
        promises.decide(session, on=day, now=moment, time_zone=zone)
        bucket_history.close_day(session, on=day)
        for rule in session.scalars(select(MonitoringRule).where(MonitoringRule.enabled)).all():
            look(session, rule, on=day, now=moment, time_zone=zone)
        react(session, now=moment, time_zone=zone)
        audit.record(
            session, at=moment, actor="engine", action="registry.rolled", subject_type="registry",
            subject_id=day.isoformat(),
        )  # fmt: skip


def _receive(
    database: Database, waiting: list[payments.NewPayment], moment: datetime, zone: str
) -> list[payments.NewPayment]:
    """Record what was paid up to the moment; gives what is still to come."""
    arrived = [payment for payment in waiting if payment.paid_at <= moment]
    if arrived:
        with database.write() as session:
            payments.record(session, arrived, now=moment, source="demo", time_zone=zone)
            react(session, now=moment, time_zone=zone)
    return waiting[len(arrived) :]


def _work(database: Database, randomness: Random, moment: datetime, zone: str) -> None:
    """Operators close some tasks, of borrowers who may be called, and some borrowers answer their offers."""
    outcomes = [outcome for outcome, _weight in _OUTCOMES]
    weights = [weight for _outcome, weight in _OUTCOMES]
    with database.write() as session:
        tasks = session.execute(
            select(Task, Loan.overdue)
            .join(Loan, Loan.id == Task.loan_id)
            .where(Task.state == "open", Loan.state == "open", Loan.overdue > 0)
            .order_by(Task.priority, Task.created_at, Task.id)
        ).all()
        closed = 0
        for task, overdue in tasks:
            (chance,) = chances(session, task.loan_id, ["operator_call"], now=moment, task=task)
            if not chance.answer.allowed:
                continue
            keys = {item["key"]: item for item in _dispositions(task)}
            wanted = randomness.choices(outcomes, weights)[0]
            key = wanted if wanted in keys else randomness.choice([name for name in keys if name != "promised"])
            promise = None
            if keys[key].get("needs") == "promise":
                day = local_day(moment, zone) + timedelta(days=randomness.randint(1, 5))
                promise = work.PromiseGiven(amount=overdue, due_on=day)
            work.close(
                session, task.id, disposition=key, actor="operator", now=moment + timedelta(seconds=20 * closed),
                time_zone=zone, promise=promise,
            )  # fmt: skip
            closed += 1
            if closed == _TASKS_A_DAY:
                break
    with database.write() as session:
        answer_offers(session, randomness, moment, zone)


def _dispositions(task: Task) -> list[dict[str, Any]]:
    return list(task.dispositions.get("items", []))


def answer_offers(session: Session, randomness: Random, moment: datetime, zone: str) -> None:
    """Some borrowers accept or decline what they were offered and may still answer."""
    # one that has expired stays open until its case moves on, which waits while the outbox is full
    in_time = or_(Offer.expires_at.is_(None), Offer.expires_at > moment)
    offers = session.scalars(select(Offer).where(Offer.state == "open", in_time).order_by(Offer.id)).all()
    for offer in offers:
        if randomness.random() < 0.08:
            work.answer_offer(
                session, offer.id, accepted=randomness.random() < 0.6, actor="operator", now=moment, time_zone=zone
            )
