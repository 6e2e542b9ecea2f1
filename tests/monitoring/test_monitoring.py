"""Monitoring rules: they fire once when they begin to hold, keep quiet when told to, and wake scenarios."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.roll import roll_registry
from scenario_engine.errors import Conflict, Forbidden, Invalid
from scenario_engine.models import (
    AuditEntry,
    Loan,
    MonitoringChange,
    MonitoringFiring,
    MonitoringRule,
    MonitoringVersion,
    Signal,
)
from scenario_engine.monitoring import rulebook, trial
from scenario_engine.monitoring.look import Looked, look
from scenario_engine.registry import bucket_history, delinquency, payments
from scenario_engine.rules.count import matching, registry_scope
from scenario_engine.rules.monitoring_rules import STANDARD
from tests.builders import a_borrower, a_loan, instalments_for

FIRST = date(2025, 3, 10)
ZONE = "Europe/Moscow"


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(ZONE))


def when(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"combinator": "and", "rules": [{"field": field, "operator": operator, "value": value}]}


LATE = when("dpd", ">=", 5)


def a_rule(session: Session, **over: Any) -> MonitoringRule:
    values: dict[str, Any] = {"name": "Late", "signal_kind": "monitoring_fired", "rule": LATE, "quiet_days": 0,
                              "enabled": True}  # fmt: skip
    made = rulebook.create(session, actor="manager", now=noon(FIRST), **values | over)
    agreed(session)
    return made


def agreed(session: Session) -> None:
    """A second person agrees to what waits."""
    for change in session.scalars(select(MonitoringChange.id).where(MonitoringChange.state == "waiting")).all():
        rulebook.approve(session, change, actor="compliance", now=noon(FIRST))


def looked(session: Session, rule: MonitoringRule, days: int) -> Looked:
    day = FIRST + timedelta(days=days)
    return look(session, rule, on=day, now=noon(day), time_zone=ZONE)


def set_dpd(session: Session, loan: Loan, dpd: int) -> None:
    loan.dpd = dpd
    session.flush()


def fired(session: Session) -> list[tuple[str, int]]:
    rows = session.scalars(select(Signal).where(Signal.data["rule"].is_not(None)).order_by(Signal.id))
    return [(row.kind, row.loan_id) for row in rows if "rule" in row.data]


def test_the_first_look_takes_note_and_later_ones_tell_what_begins(database: Database) -> None:
    with database.write() as session:
        old, fresh = a_loan(session, dpd=40), a_loan(session)
        rule = a_rule(session)
        assert looked(session, rule, 0) == Looked(began=1, told=0, ended=0)
        set_dpd(session, fresh, 6)
        assert looked(session, rule, 1) == Looked(began=1, told=1, ended=0)
        assert looked(session, rule, 1) == Looked(began=0, told=0, ended=0)
        assert looked(session, rule, 2) == Looked(began=0, told=0, ended=0)
        assert fired(session) == [("monitoring_fired", fresh.id)]
        signal = session.scalars(select(Signal)).one()
        assert (signal.data["rule"], signal.source) == (rule.key, "registry")
        assert old.id != fresh.id


def test_a_rule_that_holds_again_fires_again_unless_it_is_to_keep_quiet(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        loud, quiet = a_rule(session), a_rule(session, quiet_days=10)
        told = []
        for days, dpd in enumerate([0, 6, 0, 6, 0, *[0] * 8, 6]):
            set_dpd(session, loan, dpd)
            told.append((looked(session, loud, days).told, looked(session, quiet, days).told))
        assert [days for days, (one, _) in enumerate(told) if one] == [1, 3, 13]
        assert [days for days, (_, one) in enumerate(told) if one] == [1, 13]
        spells = session.scalars(
            select(MonitoringFiring).where(MonitoringFiring.rule_id == quiet.id).order_by(MonitoringFiring.id)
        ).all()
        assert [(row.since - FIRST).days for row in spells] == [1, 3, 13]
        assert [row.until and (row.until - FIRST).days for row in spells] == [2, 4, None]


def test_a_closed_loan_is_let_go(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd=9)
        rule = a_rule(session)
        looked(session, rule, 0)
        loan.state = "closed"
        session.flush()
        assert looked(session, rule, 1).ended == 1


def test_every_change_is_a_version_and_another_condition_begins_anew(database: Database) -> None:
    with database.write() as session:
        rule = a_rule(session)
        looked(session, rule, 0)
        same = {"signal_kind": "monitoring_fired", "rule": LATE, "quiet_days": 3, "enabled": True}
        rulebook.change(session, rule.id, revision=2, name="Later", actor="manager", now=noon(FIRST), **same)
        agreed(session)
        assert rule.watched_since == FIRST
        other = same | {"rule": when("dpd", ">=", 9)}
        rulebook.change(session, rule.id, revision=3, name="Later", actor="boss", now=noon(FIRST), **other)
        agreed(session)
        assert rule.watched_since is None
        with pytest.raises(Conflict):
            rulebook.change(session, rule.id, revision=3, name="Later", actor="boss", now=noon(FIRST), **other)
        versions = session.scalars(select(MonitoringVersion).order_by(MonitoringVersion.revision)).all()
        assert [(row.revision, row.name, row.quiet_days, row.changed_by) for row in versions] == [
            (1, "Late", 0, "manager"),
            (2, "Late", 0, "manager"),
            (3, "Later", 3, "manager"),
            (4, "Later", 3, "boss"),
        ]
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert actions == ["monitoring.created", *["monitoring.asked", "monitoring.approved"] * 3]


def test_a_rule_that_is_on_acts_otherwise_only_once_a_second_person_agrees(database: Database) -> None:
    with database.write() as session:
        loan, rule = a_loan(session), a_rule(session)
        looked(session, rule, 0)
        other = {"signal_kind": "early_payment", "rule": LATE, "quiet_days": 0, "enabled": True}
        rulebook.change(session, rule.id, revision=2, name="Late", actor="manager", now=noon(FIRST), **other)
        set_dpd(session, loan, 6)
        looked(session, rule, 1)
        assert fired(session) == [("monitoring_fired", loan.id)]
        (change,) = session.scalars(select(MonitoringChange).where(MonitoringChange.state == "waiting"))
        with pytest.raises(Forbidden):
            rulebook.approve(session, change.id, actor="manager", now=noon(FIRST))
        rulebook.approve(session, change.id, actor="compliance", now=noon(FIRST))
        with pytest.raises(Conflict):
            rulebook.reject(session, change.id, reason="late", actor="compliance", now=noon(FIRST))
        for days, dpd in ((2, 0), (3, 7)):
            set_dpd(session, loan, dpd)
            looked(session, rule, days)
        assert fired(session)[-1] == ("early_payment", loan.id)


def test_what_makes_a_rule_do_no_more_than_now_takes_effect_at_once(database: Database) -> None:
    with database.write() as session:
        rule = a_rule(session)
        values = {"signal_kind": "monitoring_fired", "rule": LATE, "quiet_days": 0, "enabled": True}
        by = {"actor": "manager", "now": noon(FIRST)}
        rulebook.change(session, rule.id, revision=2, name="Renamed", **by, **values)
        assert (rule.name, rule.revision) == ("Renamed", 3)
        rulebook.change(session, rule.id, revision=3, name="Renamed", **by, **values | {"quiet_days": 4})
        assert (rule.quiet_days, rule.revision) == (0, 3)
        rulebook.change(session, rule.id, revision=3, name="Renamed", **by, **values | {"enabled": False})
        assert not rule.enabled
        rulebook.change(
            session, rule.id, revision=4, name="Renamed", **by, **values | {"enabled": False, "quiet_days": 9}
        )
        assert rule.quiet_days == 9
        states = session.scalars(select(MonitoringChange.state).order_by(MonitoringChange.id)).all()
        assert states == ["approved", "replaced"]


def test_what_is_refused_leaves_the_rule_as_it_is(database: Database) -> None:
    with database.write() as session:
        rule = rulebook.create(
            session, actor="manager", now=noon(FIRST), name="Late", signal_kind="monitoring_fired", rule=LATE,
            quiet_days=0, enabled=True,
        )  # fmt: skip
        (change,) = session.scalars(select(MonitoringChange))
        with pytest.raises(Invalid):
            rulebook.reject(session, change.id, reason=" ", actor="compliance", now=noon(FIRST))
        rulebook.reject(session, change.id, reason="too many loans", actor="compliance", now=noon(FIRST))
        assert (rule.enabled, change.state, change.reason) == (False, "rejected", "too many loans")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"name": " "}, "name"),
        ({"signal_kind": "payment_received"}, "signal_kind"),
        ({"quiet_days": 366}, "quiet_days"),
        ({"rule": {"combinator": "and", "rules": []}}, "rule"),
        ({"rule": when("no_such_field", "=", 1)}, "rule.rules.0.field"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_its_place(
    sqlite_database: Database, over: dict[str, Any], field: str
) -> None:
    with sqlite_database.write() as session, pytest.raises(Invalid) as refused:
        a_rule(session, **over)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_the_standard_rules_are_written_once_and_are_off(database: Database) -> None:
    with database.write() as session:
        assert rulebook.ship(session, now=noon(FIRST), actor="command") == len(STANDARD)
        assert rulebook.ship(session, now=noon(FIRST), actor="command") == 0
        assert not any(session.scalars(select(MonitoringRule.enabled)))
        for key, standard in STANDARD.items():
            assert standard.signal_kind in rulebook.RAISED, key
            session.execute(matching(standard.rule, registry_scope(noon(FIRST), ZONE)))


def test_the_days_roll_lets_the_rules_look_and_leaves_those_that_are_off(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=[FIRST - timedelta(days=4)])
        a_rule(session)
        a_rule(session, name="Off", enabled=False)
    for days in (0, 1, 2):
        day = FIRST + timedelta(days=days)
        attempts = Attempts(random.Random(0), lambda _seconds: None)
        roll_registry(database, on=day, now=noon(day), time_zone=ZONE, attempts=attempts)
    with database.read() as session:
        assert fired(session) == [("monitoring_fired", loan.id)]
        assert session.scalars(select(Signal.handled).where(Signal.kind == "monitoring_fired")).all() == [True]


# -- the fields that the standard rules ask -----------------------------------------------------------------------


def holds(session: Session, field: str, operator: str, value: Any, day: date) -> list[int]:
    return list(session.scalars(matching(when(field, operator, value), registry_scope(noon(day), ZONE))))


def pay(session: Session, loan: Loan, amount: int, day: date) -> None:
    code = f"P-{loan.id}-{day}"
    paid = payments.NewPayment(external_id=code, loan_id=loan.id, amount=amount, paid_at=noon(day))
    payments.record(session, [paid], now=noon(day), source="api", time_zone=ZONE)


def test_a_drop_of_payments_compares_thirty_days_with_the_thirty_before(database: Database) -> None:
    with database.write() as session:
        shrinks, grows, silent = (a_loan(session) for _ in range(3))
        for loan, before, after in ((shrinks, 1_000, 400), (grows, 1_000, 2_000)):
            pay(session, loan, before, FIRST - timedelta(days=40))
            pay(session, loan, after, FIRST - timedelta(days=10))
        assert holds(session, "payments_drop_30d", ">=", 60, FIRST) == [shrinks.id]
        assert holds(session, "payments_drop_30d", ">", 60, FIRST) == []
        assert holds(session, "payments_drop_30d", "<", 0, FIRST) == [grows.id]
        assert holds(session, "payments_drop_30d", "null", "", FIRST) == [silent.id]


def test_silence_is_counted_from_the_last_sign_of_life(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        pay(session, loan, 1_000, FIRST - timedelta(days=30))
        session.add(Signal(key="x", loan_id=loan.id, kind="delivered", at=noon(FIRST), data={}, source="engine"))
        session.flush()
        assert holds(session, "days_since_activity", "=", 30, FIRST) == [loan.id]


def test_open_loans_are_counted_by_borrower_and_early_instalments_by_loan(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        one, other = a_loan(session, person), a_loan(session, person)
        a_loan(session)
        a_loan(session, person, state="closed")
        instalments_for(session, one, due=[FIRST + timedelta(days=days) for days in (5, 60)], amount=1_000)
        pay(session, one, 1_000, FIRST)
        assert sorted(holds(session, "open_loans", "=", 2, FIRST)) == [one.id, other.id]
        assert holds(session, "early_instalments_30d", ">=", 1, FIRST) == [one.id]


def test_the_rule_that_fired_last_can_be_asked_for(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        rule = a_rule(session)
        looked(session, rule, 0)
        set_dpd(session, loan, 6)
        looked(session, rule, 1)
        assert holds(session, "monitoring_fired", "=", rule.key, FIRST) == [loan.id]


# -- how often would it have fired ----------------------------------------------------------------------------------


def test_a_trial_tells_on_which_days_the_condition_began_to_hold(database: Database) -> None:
    with database.write() as session:
        gone, stays = a_loan(session), a_loan(session)
        for loan in (gone, stays):
            instalments_for(session, loan, due=[FIRST, FIRST + timedelta(days=200)], amount=1_000)
        for days in range(5):
            day = FIRST + timedelta(days=days)
            if days == 3:
                pay(session, gone, 1_000, day)
            delinquency.roll(session, on=day, now=noon(day))
            bucket_history.close_day(session, on=day)
        rule = when("bucket", "=", "1-30")
        days = trial.try_out(session, rule, first=date(2025, 1, 1), last=FIRST + timedelta(days=4), time_zone=ZONE)
        assert [(day.day - FIRST).days for day in days] == [1, 2, 3, 4]
        assert [day.fired for day in days] == [2, 0, 0, 0]
        paid = trial.try_out(
            session, when("payments_count_30d", ">=", 1), first=FIRST, last=FIRST + timedelta(days=4), time_zone=ZONE
        )
        assert [day.fired for day in paid] == [0, 0, 1, 0]


def test_a_trial_names_what_is_only_known_as_of_today(sqlite_database: Database) -> None:
    rule = {"combinator": "and", "rules": [*LATE["rules"], *when("bucket", "=", "1-30")["rules"]]}
    assert [field.key for field in trial.by_today(rule)] == ["dpd"]


def test_without_history_there_is_nothing_to_try(database: Database) -> None:
    with database.read() as session:
        assert trial.try_out(session, LATE, first=FIRST, last=FIRST, time_zone=ZONE) == []
