"""Monitoring: the rules, what they are now and were before, and the loans that they fired for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.queries.visibility import seen_loans
from console.state_words import BUCKETS
from scenario_engine.errors import NotFound
from scenario_engine.models import (
    SIGNAL_KINDS,
    Loan,
    MonitoringChange,
    MonitoringFiring,
    MonitoringRule,
    MonitoringVersion,
)
from scenario_engine.monitoring.rulebook import RAISED, title_of
from scenario_engine.rules.words import rule_in_words
from scenario_engine.texts import Text

#: days that the board shows
SHOWN_DAYS = 30

EXPORTED = (
    Column(Text("Since", "С"), "since"),
    Column(Text("Until", "По"), "until"),
    Column(Text("Rule", "Правило"), "rule.name"),
    Column(Text("Loan", "Займ"), "loan.external_id"),
    Column(Text("Days past due", "Дней просрочки"), "dpd"),
    Column(Text("Bucket", "Корзина"), "bucket", words=BUCKETS),
    Column(Text("Overdue", "Просрочено"), "overdue", money=True),
)


def board(session: Session, actor: Actor, *, on: date) -> dict[str, Any]:
    """Every rule with what it fired for in each of the last days, and the signals that a rule may raise."""
    days = [on - timedelta(days=back) for back in range(SHOWN_DAYS - 1, -1, -1)]
    fired: dict[int, dict[date, int]] = {}
    counted = select(MonitoringFiring.rule_id, MonitoringFiring.since, func.count()).where(
        MonitoringFiring.since >= days[0], MonitoringFiring.told
    )
    for rule_id, day, loans in session.execute(counted.group_by(MonitoringFiring.rule_id, MonitoringFiring.since)):
        fired.setdefault(rule_id, {})[day] = loans
    held = select(MonitoringFiring.rule_id, func.count()).where(MonitoringFiring.until.is_(None))
    holding: dict[int, int] = {
        rule_id: loans for rule_id, loans in session.execute(held.group_by(MonitoringFiring.rule_id))
    }
    rules = session.scalars(select(MonitoringRule).order_by(MonitoringRule.enabled.desc(), MonitoringRule.id)).all()
    return {
        "days": days,
        "signals": [{"key": kind, "title": SIGNAL_KINDS[kind].say(actor.language)} for kind in RAISED],
        "rules": [
            {
                **rule_item(rule, actor.language),
                "holding": holding.get(rule.id, 0),
                "fired": [fired.get(rule.id, {}).get(day, 0) for day in days],
            }
            for rule in rules
        ],
        "waiting": waiting(session, actor),
    }


def waiting(session: Session, actor: Actor, *, rule_id: int | None = None) -> list[dict[str, Any]]:
    """What waits for a second person, of all rules or of one, the oldest first; what it would change, in words."""
    asked = (
        select(MonitoringChange, MonitoringRule)
        .join(MonitoringRule, MonitoringRule.id == MonitoringChange.rule_id)
        .where(MonitoringChange.state == "waiting")
        .order_by(MonitoringChange.id)
    )
    if rule_id is not None:
        asked = asked.where(MonitoringChange.rule_id == rule_id)
    return [
        {
            "id": change.id,
            "rule": {"id": rule.id, "name": title_of(rule, rule.key).say(actor.language)},
            "asked_by": change.asked_by,
            "asked_at": change.asked_at,
            "own": change.asked_by == actor.name,
            "differences": _differences(rule, change, actor.language),
        }
        for change, rule in session.execute(asked)
    ]


def _differences(rule: MonitoringRule, change: MonitoringChange, language: str) -> list[dict[str, Any]]:
    """What of the rule would be otherwise, each part before and after. A rule that is switched on is told whole."""
    now, then = _words(rule, rule.key, language), _words(change, rule.key, language)
    found = [
        {"part": part, "before": None if not rule.enabled and now[part] == then[part] else now[part], "after": said}
        for part, said in then.items()
        if now[part] != said or (not rule.enabled and part in ("rule", "signal"))
    ]
    return found if rule.enabled else [{"part": "enabled", "before": "off", "after": "on"}, *found]


def _words(found: MonitoringRule | MonitoringChange, key: str, language: str) -> dict[str, str]:
    return {
        "name": title_of(found, key).say(language),
        "rule": rule_in_words(found.rule, language),
        "signal": SIGNAL_KINDS[found.signal_kind].say(language),
        "quiet_days": str(found.quiet_days),
    }


def rule_item(rule: MonitoringRule, language: str) -> dict[str, Any]:
    """A rule as JSON, with its condition in words."""
    return {"id": rule.id, "key": rule.key, "watched_since": rule.watched_since, **_said(rule, rule.key, language)}


def rule_card(session: Session, rule_id: int, actor: Actor) -> dict[str, Any]:
    """A rule with everything it was before, the newest first; NotFound."""
    rule = session.get(MonitoringRule, rule_id)
    if rule is None:
        raise NotFound(Text("There is no such rule.", "Такого правила нет."), code="monitoring.unknown")
    versions = session.scalars(
        select(MonitoringVersion)
        .where(MonitoringVersion.rule_id == rule_id)
        .order_by(MonitoringVersion.revision.desc())
    )
    return {
        **rule_item(rule, actor.language),
        "rule": rule.rule,
        "versions": [_said(version, rule.key, actor.language) for version in versions],
        "waiting": waiting(session, actor, rule_id=rule.id),
    }


def _said(found: MonitoringRule | MonitoringVersion, key: str, language: str) -> dict[str, Any]:
    return {
        "name": title_of(found, key).say(language),
        "signal_kind": found.signal_kind,
        "signal": SIGNAL_KINDS[found.signal_kind].say(language),
        "words": rule_in_words(found.rule, language),
        "quiet_days": found.quiet_days,
        "enabled": found.enabled,
        "revision": found.revision,
        "changed_at": found.changed_at,
        "changed_by": found.changed_by,
    }


def firing_list(actor: Actor, filters: Mapping[str, Any]) -> Listing:
    """The loans that rules fired for, as far as the actor may see them."""
    where = [seen_loans(actor), MonitoringFiring.told]
    if filters.get("rule"):
        where.append(MonitoringFiring.rule_id == filters["rule"])
    if filters.get("day"):
        where.append(MonitoringFiring.since == filters["day"])
    if filters.get("holds") is not None:
        where.append(MonitoringFiring.until.is_(None) if filters["holds"] else MonitoringFiring.until.is_not(None))
    if filters.get("q", "").strip():
        where.append(searches(filters["q"], Loan.external_id))
    return Listing(
        select=select(
            MonitoringFiring.id,
            MonitoringFiring.since,
            MonitoringFiring.until,
            MonitoringFiring.loan_id,
            MonitoringRule,
            Loan.external_id,
            Loan.dpd,
            Loan.bucket,
            Loan.overdue,
        )
        .join(MonitoringRule, MonitoringRule.id == MonitoringFiring.rule_id)
        .join(Loan, Loan.id == MonitoringFiring.loan_id)
        .where(*where),
        sorts={
            "since": MonitoringFiring.since,
            "until": MonitoringFiring.until,
            "rule": MonitoringFiring.rule_id,
            "loan": Loan.external_id,
            "dpd": Loan.dpd,
            "overdue": Loan.overdue,
        },
        order="-since",
        tie=MonitoringFiring.id,
        item=lambda row: _firing(row, actor.language),
        columns=EXPORTED,
        file_name="monitoring",
    )


def _firing(row: Row[*tuple[Any, ...]], language: str) -> dict[str, Any]:
    rule = row.MonitoringRule
    return {
        "id": row.id,
        "since": row.since,
        "until": row.until,
        "rule": {"id": rule.id, "name": title_of(rule, rule.key).say(language)},
        "loan": {"id": row.loan_id, "external_id": row.external_id},
        "dpd": row.dpd,
        "bucket": row.bucket,
        "overdue": row.overdue,
    }
