"""The days of the chaos run: what happens at which moment, and when a moment is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.outbox import CLAIM, deliver
from scenario_engine.engine.roll import roll_registry
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import Case, Lease, Message, Scenario, Signal
from tests.chaos.actors import Recorder, engine_settings
from tests.chaos.acts import Act, perform, plan_acts
from tests.engine.scenarios import NOON, SETTINGS
from tests.harness.gateway import VAULT

#: how long after a message was claimed its claim has surely run out
CLAIMS_OVER = CLAIM + timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """An instant of the simulated clock, with what people do at it."""

    at: datetime
    acts: Sequence[Act]


def moments(
    read: Callable[[Callable[[Session], list[Act]]], list[Act]], *, days: int, seed: int, most: int
) -> Iterator[Moment]:
    """The moments one after the other; the acts of each are planned when the one before is over.

    Noon: the day's roll, enrolment and what is due, while some people pay. Afternoon: payments, results of tasks,
    answers to offers, and what follows from them. Evening: messages whose sender died leave again.
    """
    for day in range(days):
        noon = NOON + timedelta(days=day)
        for name, at, alone in (("noon", noon, True), ("afternoon", noon + timedelta(hours=2), False)):
            plan = partial(plan_acts, at=at, seed=f"{seed}/{day}/{name}", most=most, alone=alone)
            yield Moment(at=at, acts=read(plan))
        yield Moment(at=noon + timedelta(hours=2) + CLAIMS_OVER, acts=())


def is_over(session: Session, now: datetime) -> bool:
    """Nothing is left to do at this instant, but for messages that wait for the claim of a dead sender to run out."""
    if session.scalar(select(Lease.rolled_on)) != local_day(now, SETTINGS.time_zone):
        return False
    if session.scalar(select(exists().where(Scenario.state == "live", Scenario.enrolled_at.is_distinct_from(now)))):
        return False
    due = exists().where(Case.due_at <= now)
    waiting = exists().where(~Signal.handled)
    queued = exists().where(Message.state == "queued")
    dead = exists().where(Message.state == "sending", Message.claimed_at < now - CLAIM)
    return not session.scalar(select(due | waiting | queued | dead))


def sweep(database: Database, gateway: Recorder, now: datetime) -> bool:
    """Do in this process what an engine would find to do; false when there was nothing."""
    settings = engine_settings()
    done = run_tick(database, now=now, settings=settings, timer=lambda: 0.0)
    sent = deliver(
        database, {gateway.key: gateway}, vault=VAULT, now=now, settings=settings, randomness=Random(0), limit=5_000
    )
    return bool(done.enrolled or done.advanced or done.signals or sent.taken)


def walk_undisturbed(
    database: Database, home: Path, *, days: int, seed: int, most: int, say: Callable[[str], None]
) -> None:
    """The days in this process alone."""
    gateway = Recorder(home / "gateway.db")
    attempts = Attempts(Random(0), lambda _seconds: None)

    def read(plan: Callable[[Session], list[Act]]) -> list[Act]:
        with database.read() as session:
            return plan(session)

    for moment in moments(read, days=days, seed=seed, most=most):
        day = local_day(moment.at, SETTINGS.time_zone)
        roll_registry(database, on=day, now=moment.at, time_zone=SETTINGS.time_zone, attempts=attempts)
        for act in moment.acts:
            perform(database, act, attempts)
        while sweep(database, gateway, moment.at):
            pass
        if not moment.acts:
            with database.read() as session:
                say(f"{day}: {counts(session)}")


def counts(session: Session) -> str:
    """How far the run is, for the one who waits."""
    active = session.scalar(select(func.count()).where(Case.ended_at.is_(None)).select_from(Case))
    messages = session.scalar(select(func.count()).select_from(Message))
    return f"{active} active cases, {messages} messages"
