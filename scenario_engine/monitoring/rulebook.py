"""Monitoring rules as people make and change them. A change is a version that stays and holds from the next look.

A rule that is on begins scenarios and wakes them. So what would make it do that otherwise than now waits until a second
person agrees; switching a rule off, a new name, and work on a rule that is off take effect at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from scenario_engine.models import SIGNAL_KINDS, MonitoringChange, MonitoringRule, MonitoringVersion
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
LONGEST_REASON = 500


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
    """A new rule, in the caller's transaction; `values`: signal_kind, rule, quiet_days, enabled. Raises `Invalid`.

    It is off until a second person agrees that it is switched on.
    """
    _check(name, values)
    made = MonitoringRule(key=uuid4().hex[:16], name=name.strip(), revision=0)
    _put(session, made, **values | {"enabled": False}, actor=actor, now=now)
    _record(session, "monitoring.created", made, actor, now)
    if values["enabled"]:
        _ask(session, made, made.name, values, actor, now)
    return made


def change(
    session: Session, rule_id: int, *, revision: int, actor: str, now: datetime, name: str, **values: Any
) -> MonitoringRule:
    """The rule with other values, or as it is, when they wait for a second person. What waited before is replaced.

    `revision` is the one that the change began from.

    Another condition begins anew: the next look only takes note. Raises `NotFound`, `Conflict` and `Invalid`.
    """
    found = _locked(session, rule_id)
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
    called = None if standard is not None and name.strip() in standard.title else name.strip()
    _replace(session, found.id)
    if values["enabled"] and _acts_otherwise(found, values):
        _ask(session, found, called, values, actor, now)
        return found
    found.name = called
    _put(session, found, **values, actor=actor, now=now)
    _record(session, "monitoring.changed", found, actor, now)
    return found


def approve(session: Session, change_id: int, *, actor: str, now: datetime) -> MonitoringRule:
    """Let what waits take effect. Raises `Forbidden` for whoever asked for it, `NotFound`, `Conflict` and `Invalid`."""
    found, asked = _waiting(session, change_id)
    if actor == asked.asked_by:
        raise Forbidden(
            Text(
                "Another person has to agree to this: you asked for it.",
                "Согласовать должен другой сотрудник: запрос ваш.",
            ),
            code="four_eyes",
        )
    values: dict[str, Any] = {
        "signal_kind": asked.signal_kind,
        "rule": asked.rule,
        "quiet_days": asked.quiet_days,
        "enabled": True,
    }
    _check(title_of(asked, found.key).ru, values)
    asked.state, asked.decided_by, asked.decided_at = "approved", actor, now
    found.name = asked.name
    _put(session, found, **values, actor=asked.asked_by, now=now)
    _record(session, "monitoring.approved", found, actor, now, asked_by=asked.asked_by)
    return found


def reject(session: Session, change_id: int, *, reason: str, actor: str, now: datetime) -> MonitoringRule:
    """Leave the rule as it is; whoever asked may take it back so. Raises `NotFound`, `Conflict` and `Invalid`."""
    found, asked = _waiting(session, change_id)
    if not (reason := reason.strip()) or len(reason) > LONGEST_REASON:
        text = Text("Say why, in up to 500 characters.", "Напишите почему, до 500 символов.")
        raise Invalid(
            text, code="monitoring.reason", problems=[Problem(code="monitoring.reason", field="reason", text=text)]
        )
    asked.state, asked.decided_by, asked.decided_at, asked.reason = "rejected", actor, now, reason
    session.flush()
    _record(session, "monitoring.rejected", found, actor, now, asked_by=asked.asked_by, reason=reason)
    return found


def title_of(rule: MonitoringRule | MonitoringVersion | MonitoringChange, key: str) -> Text:
    """What the rule is called."""
    if rule.name is not None or key not in STANDARD:
        return Text(rule.name or key, rule.name or key)
    return STANDARD[key].title


def _locked(session: Session, rule_id: int) -> MonitoringRule:
    found = session.scalar(select(MonitoringRule).where(MonitoringRule.id == rule_id).with_for_update())
    if found is None:
        raise NotFound(Text("There is no such rule.", "Такого правила нет."), code="monitoring.unknown")
    return found


def _acts_otherwise(found: MonitoringRule, values: Mapping[str, Any]) -> bool:
    """Whether the rule would begin or wake scenarios otherwise than it does now."""
    names = ("enabled", "signal_kind", "rule", "quiet_days")
    return any(getattr(found, name) != values[name] for name in names)


def _ask(
    session: Session, found: MonitoringRule, name: str | None, values: Mapping[str, Any], actor: str, now: datetime
) -> None:
    session.add(
        MonitoringChange(
            rule_id=found.id, name=name, signal_kind=values["signal_kind"], rule=dict(values["rule"]),
            quiet_days=values["quiet_days"], asked_by=actor, asked_at=now,
        )
    )  # fmt: skip
    session.flush()
    audit.record(
        session, at=now, actor=actor, action="monitoring.asked", subject_type="monitoring_rule", subject_id=found.id,
        name=title_of(found, found.key).ru, revision=found.revision, enabled=True, signal=values["signal_kind"],
        quiet_days=values["quiet_days"], rule=dict(values["rule"]),
    )  # fmt: skip


def _replace(session: Session, rule_id: int) -> None:
    """Nothing waits for the rule any more."""
    waits = [MonitoringChange.rule_id == rule_id, MonitoringChange.state == "waiting"]
    session.execute(update(MonitoringChange).where(*waits).values(state="replaced"))


def _waiting(session: Session, change_id: int) -> tuple[MonitoringRule, MonitoringChange]:
    """The rule, locked first as by everybody who changes it, and what waits for it."""
    rule_id = session.scalar(select(MonitoringChange.rule_id).where(MonitoringChange.id == change_id))
    if rule_id is None:
        raise NotFound(Text("There is no such request.", "Такого запроса нет."), code="monitoring.request")
    found = _locked(session, rule_id)
    asked = session.get_one(MonitoringChange, change_id, populate_existing=True)
    if asked.state != "waiting":
        raise Conflict(
            Text(
                "This was decided already, or the rule was changed otherwise meanwhile.",
                "Решение уже принято, или правило успели изменить иначе.",
            ),
            code="monitoring.decided",
        )
    return found, asked


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


def _record(session: Session, action: str, found: MonitoringRule, actor: str, now: datetime, **more: Any) -> None:
    audit.record(
        session, at=now, actor=actor, action=action, subject_type="monitoring_rule", subject_id=found.id,
        name=title_of(found, found.key).ru, revision=found.revision, enabled=found.enabled, signal=found.signal_kind,
        quiet_days=found.quiet_days, rule=found.rule, **more,
    )  # fmt: skip
