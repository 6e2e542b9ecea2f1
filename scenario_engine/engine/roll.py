"""The day's roll: the registry brought to a day, shard by shard, so that no payment waits for the whole of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select

from scenario_engine.contacts.stops import lift_ended
from scenario_engine.database import Database
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.events import react
from scenario_engine.errors import Invalid
from scenario_engine.models import SHARDS, Loan, MonitoringRule
from scenario_engine.monitoring.look import enabled_rules, let_go, look
from scenario_engine.registry import bucket_history, delinquency, promises

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class DayRolled:
    """What the roll of a day did: loans whose numbers changed, and the signals it wrote."""

    changed: int = 0
    entered: int = 0
    missed: int = 0


def roll_registry(database: Database, *, on: date, now: datetime, time_zone: str, attempts: Attempts) -> DayRolled:
    """Bring every open loan to day `on`, settle promises, and let cases react; a second time changes nothing.

    Each shard is a transaction of its own: a process that dies in between leaves the rest to the next one.
    """
    changed = entered = missed = 0
    for shard in range(SHARDS):
        rolled = attempts.make(partial(_roll_shard, database, shard, on=on, now=now, time_zone=time_zone))
        changed, entered, missed = changed + rolled.changed, entered + rolled.entered, missed + rolled.missed
    attempts.make(lambda: _settle(database, on=on, now=now, time_zone=time_zone))
    attempts.make(lambda: _close(database, on=on))
    _monitor(database, on=on, now=now, time_zone=time_zone, attempts=attempts)
    return DayRolled(changed=changed, entered=entered, missed=missed)


def _monitor(database: Database, *, on: date, now: datetime, time_zone: str, attempts: Attempts) -> None:
    """Let every monitoring rule look at the day, each in a transaction of its own; one that cannot be read any more
    is no reason not to begin the day.
    """
    with database.write() as session:
        let_go(session, on=on)
        rules = enabled_rules(session)
    for rule_id in rules:
        try:
            attempts.make(partial(_look, database, rule_id, on=on, now=now, time_zone=time_zone))
        except Invalid as error:
            log.warning("monitoring rule %s was left out: %s", rule_id, error)


def _look(database: Database, rule_id: int, *, on: date, now: datetime, time_zone: str) -> None:
    with database.write() as session:
        look(session, session.get_one(MonitoringRule, rule_id), on=on, now=now, time_zone=time_zone)
        react(session, now=now, time_zone=time_zone)


def _roll_shard(database: Database, shard: int, *, on: date, now: datetime, time_zone: str) -> delinquency.Rolled:
    with database.write() as session:
        loans = session.scalars(
            select(Loan.id)
            .where(Loan.shard == shard, Loan.state == "open")
            .order_by(Loan.id)
            .with_for_update(key_share=True)
        ).all()
        if not loans:
            return delinquency.Rolled(changed=0, entered=0, exited=0, missed=0)
        rolled = delinquency.roll(session, on=on, now=now, loans=loans)
        react(session, now=now, time_zone=time_zone)
        return rolled


def _settle(database: Database, *, on: date, now: datetime, time_zone: str) -> None:
    with database.write() as session:
        lift_ended(session, now=now)
        promises.decide(session, on=on, now=now, time_zone=time_zone)
        react(session, now=now, time_zone=time_zone)


def _close(database: Database, *, on: date) -> None:
    with database.write() as session:
        bucket_history.close_day(session, on=on)
