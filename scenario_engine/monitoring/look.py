"""The daily look of a rule at all open loans: for which it begins to hold, and for which it holds no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, Integer, String, and_, exists, false, func, literal, null, select, true, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session, aliased

from scenario_engine.models import MonitoringFiring, MonitoringRule, UtcDateTime
from scenario_engine.registry import rowsets
from scenario_engine.registry.buckets import write_signals
from scenario_engine.rules.count import matching, registry_scope


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a look found: loans for which the rule begins to hold, those of them that were told, those it let go."""

    began: int
    told: int
    ended: int


def look(session: Session, rule: MonitoringRule, *, on: date, now: datetime, time_zone: str) -> Looked:
    """Let the rule look at the registry as it stands on the day `on`; a second look of a day finds nothing new.

    Writes the rule's signal once for every loan for which it begins to hold, unless it is the first look with this
    condition, which would fire for everything that has long been so, or the loan is in the rule's quiet days.
    Raises `Invalid` when the condition cannot be read any more.
    """
    last = session.scalar(select(func.max(MonitoringFiring.id))) or 0
    found = matching(rule.rule, registry_scope(now, time_zone)).subquery("found")
    today, open_one, former = literal(on, Date()), aliased(MonitoringFiring), aliased(MonitoringFiring)
    ended = rowsets.changed(
        session,
        update(MonitoringFiring)
        .where(
            MonitoringFiring.rule_id == rule.id,
            MonitoringFiring.until.is_(None),
            ~exists().where(found.c.id == MonitoringFiring.loan_id),
        )
        .values(until=today),
    )
    quiet = exists().where(
        former.rule_id == rule.id,
        former.loan_id == found.c.id,
        former.told,
        former.since > on - timedelta(days=rule.quiet_days),
    )
    # PostgreSQL would read an empty table for each loan, and each time find more rows of this statement in it
    quiet_days = rule.quiet_days if last else 0
    tells = false() if rule.watched_since is None else ~quiet if quiet_days else true()
    rows = select(literal(rule.id, Integer), found.c.id, literal(rule.revision, Integer), today, tells)
    if last:
        standing = and_(open_one.loan_id == found.c.id, open_one.rule_id == rule.id, open_one.until.is_(None))
        rows = rows.outerjoin(open_one, standing).where(open_one.id.is_(None))
    names = ["rule_id", "loan_id", "revision", "since", "told"]
    began = rowsets.changed(session, rowsets.insert_into(session, MonitoringFiring).from_select(names, rows))
    if rule.watched_since is None:
        rule.watched_since = on
    told = _tell(session, rule, last=last, now=now) if began else 0
    rowsets.forget(session, MonitoringFiring, ("until",))
    session.flush()
    return Looked(began=began, told=told, ended=ended)


def let_go(session: Session, *, on: date) -> None:
    """Rules that are switched off hold for nothing."""
    off = select(MonitoringRule.id).where(MonitoringRule.enabled.is_(False))
    rowsets.changed(
        session,
        update(MonitoringFiring)
        .where(MonitoringFiring.until.is_(None), MonitoringFiring.rule_id.in_(off))
        .values(until=on),
    )


def enabled_rules(session: Session) -> list[int]:
    """Ids of the rules that are switched on, in order."""
    return list(session.scalars(select(MonitoringRule.id).where(MonitoringRule.enabled).order_by(MonitoringRule.id)))


def _tell(session: Session, rule: MonitoringRule, *, last: int, now: datetime) -> int:
    new = MonitoringFiring
    return write_signals(
        session,
        select(
            literal("monitoring:", String) + sql_cast(new.id, String),
            new.loan_id,
            literal(rule.signal_kind, String),
            literal(now, UtcDateTime()),
            rowsets.document(
                {
                    "rule": sql_cast(literal(rule.key), String),
                    "name": sql_cast(literal(rule.name, String), String),
                    "firing_id": new.id,
                }
            ),
            literal("registry", String),
            false(),
            sql_cast(null(), Integer),
        ).where(new.id > last, new.rule_id == rule.id, new.told),
    )
