"""Monitoring rules as people make and change them. A change is a version that stays and holds from the next look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import SIGNAL_KINDS, MonitoringRule, MonitoringVersion
from scenario_engine.rules.condition import check_rule
from scenario_engine.rules.monitoring_rules import STANDARD
from scenario_engine.texts import Text

#: the signals that a rule may raise: those that nothing else in the house writes
RAISED = (
    "monitoring_fired",
    "early_payment",
    "prolongation_asked_often",
    "payments_shrinking",
    "activity_dropped",
    "several_loans",
)
LONGEST_QUIET = 365
LONGEST_NAME = 120


def ship(session: Session, *, now: datetime, actor: str, enabled: bool = False) -> int:
    """Write the standard rules that are not there yet; gives how many were new."""
    known = set(session.scalars(select(MonitoringRule.key)))
    new = [key for key in STANDARD if key not in known]
    for key in new:
        standard = STANDARD[key]
        _put(
            session,
            MonitoringRule(key=key, name=None, revision=0),
            signal_kind=standard.signal_kind,
            rule=dict(standard.rule),
            quiet_days=standard.quiet_days,
            enabled=enabled,
            actor=actor,
            now=now,
        )
    return len(new)


def create(session: Session, *, actor: str, now: datetime, name: str, **values: Any) -> MonitoringRule:
    """A new rule, in the caller's transaction; `values`: signal_kind, rule, quiet_days, enabled. Raises `Invalid`."""
    _check(name, values)
    made = MonitoringRule(key=uuid4().hex[:16], name=name.strip(), revision=0)
    _put(session, made, **values, actor=actor, now=now)
    _record(session, "monitoring.created", made, actor, now)
    return made


def change(
    session: Session, rule_id: int, *, revision: int, actor: str, now: datetime, name: str, **values: Any
) -> MonitoringRule:
    """The rule with other values. `revision` is the one that the change began from.

    Another condition begins anew: the next look only takes note. Raises `NotFound`, `Conflict` and `Invalid`.
    """
    found = session.scalar(select(MonitoringRule).where(MonitoringRule.id == rule_id).with_for_update())
    if found is None:
        raise NotFound(Text("There is no such rule.", "Такого правила нет."), code="monitoring.unknown")
    if found.revision != revision:
        raise Conflict(
            Text(
                "Somebody changed this rule meanwhile. Reload the page and repeat your change.",
                "Пока вы правили, правило изменил кто-то другой. Обновите страницу и повторите правку.",
            ),
            code="monitoring.changed",
        )
    _check(name, values)
    standard = STANDARD.get(found.key)
    found.name = None if standard is not None and name.strip() in standard.title else name.strip()
    _put(session, found, **values, actor=actor, now=now)
    _record(session, "monitoring.changed", found, actor, now)
    return found


def title_of(rule: MonitoringRule | MonitoringVersion, key: str) -> Text:
    """What the rule is called."""
    if rule.name is not None or key not in STANDARD:
        return Text(rule.name or key, rule.name or key)
    return STANDARD[key].title


def _put(
    session: Session,
    found: MonitoringRule,
    *,
    signal_kind: str,
    rule: Mapping[str, Any],
    quiet_days: int,
    enabled: bool,
    actor: str,
    now: datetime,
) -> None:
    if found.revision == 0 or found.rule != rule or (enabled and not found.enabled):
        found.watched_since = None
    found.signal_kind, found.rule, found.quiet_days, found.enabled = signal_kind, dict(rule), quiet_days, enabled
    found.revision += 1
    found.changed_at, found.changed_by = now, actor
    session.add(found)
    session.flush()
    session.add(
        MonitoringVersion(
            rule_id=found.id, revision=found.revision, name=found.name, signal_kind=signal_kind, rule=dict(rule),
            quiet_days=quiet_days, enabled=enabled, changed_at=now, changed_by=actor,
        )
    )  # fmt: skip
    session.flush()


def _check(name: str, values: Mapping[str, Any]) -> None:
    problems = []

    def wrong(field: str, en: str, ru: str) -> None:
        problems.append(Problem(code=f"monitoring.{field}", field=field, text=Text(en, ru)))

    if not 0 < len(name.strip()) <= LONGEST_NAME:
        wrong("name", "Give the rule a name of at most 120 characters.", "Назовите правило, не длиннее 120 символов.")
    if values["signal_kind"] not in RAISED or values["signal_kind"] not in SIGNAL_KINDS:
        wrong("signal_kind", "Choose a signal from the list.", "Выберите событие из списка.")
    if not 0 <= values["quiet_days"] <= LONGEST_QUIET:
        wrong("quiet_days", "From 0 to 365 days.", "От 0 до 365 дней.")
    if not (values["rule"] or {}).get("rules"):
        wrong("rule", "Say for which loans the rule holds.", "Укажите, для каких займов правило срабатывает.")
    else:
        problems += [
            Problem(code=found.code, field=f"rule.{found.field}" if found.field else "rule", text=found.text)
            for found in check_rule(values["rule"])
        ]
    if problems:
        raise Invalid(
            Text("The rule cannot be saved yet.", "Правило пока нельзя сохранить."),
            code="monitoring.invalid",
            problems=problems,
        )


def _record(session: Session, action: str, found: MonitoringRule, actor: str, now: datetime) -> None:
    audit.record(
        session, at=now, actor=actor, action=action, subject_type="monitoring_rule", subject_id=found.id,
        name=title_of(found, found.key).ru, revision=found.revision, enabled=found.enabled, signal=found.signal_kind,
        quiet_days=found.quiet_days, rule=found.rule,
    )  # fmt: skip
