"""A published version that a newer program cannot compile stops by itself, says why, and holds nobody up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from scenario_engine import authoring
from scenario_engine.database import Database
from scenario_engine.engine import cohorts, events
from scenario_engine.engine.claimants import claimants
from scenario_engine.engine.retries import retry
from scenario_engine.engine.tick import TickResult, run_tick
from scenario_engine.engine.workable import Unworkable
from scenario_engine.errors import Invalid
from scenario_engine.models import AuditEntry, Case, Loan, Payment, Scenario
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.registry import payments
from scenario_engine.registry.payments import NewPayment
from scenario_engine.rules import syntax
from scenario_engine.rules.fields import FIELDS
from tests.builders import a_loan
from tests.chaos.picture import leaks
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule


def over(field: str) -> dict[str, Any]:
    return {"combinator": "and", "rules": [{"field": field, "operator": ">", "value": 0}]}


def waiting(field: str, track: str = "collection") -> dict[str, Any]:
    """Waits a day and then asks about the field."""
    return a_document(
        {"in": ("entry.segment", {"rule": over("overdue")}), "day": ("wait.duration", {"days": 1}),
         "ask": ("condition", {"rule": over(field)}), "out": ("exit", {"reason": "x"})},
        ["in:next>day", "day:next>ask", "ask:yes>out", "ask:no>out"], track=track, reentry=None,
    )  # fmt: skip


def by_signal(rule: dict[str, Any]) -> dict[str, Any]:
    return a_document(
        {"in": ("entry.signal", {"signal_kind": "partial_payment"}), "ask": ("condition", {"rule": rule}),
         "out": ("exit", {"reason": "x"})},
        ["in:next>ask", "ask:yes>out", "ask:no>out"], track="other",
    )  # fmt: skip


def tick(database: Database, days: int = 0) -> TickResult:
    return run_tick(database, now=NOON + timedelta(days=days), settings=SETTINGS, timer=lambda: 0.0)


def a_newer_program(monkeypatch: pytest.MonkeyPatch, without: str) -> None:
    """Started anew, its catalogue knows the field no more."""
    monkeypatch.setattr(events, "_STORES", {})
    monkeypatch.setattr(syntax, "FIELDS", {key: field for key, field in FIELDS.items() if key != without})


def states(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {key: state for key, state in session.execute(select(Scenario.key, Scenario.state))}


def test_a_scenario_whose_rule_asks_for_a_lost_field_is_paused_with_the_step_and_the_others_go_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        for _number in range(3):
            a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, waiting("dpd"), key="lost")
        a_live_version(session, waiting("overdue", "other"), key="sound")
    assert tick(database).enrolled == 6
    with monkeypatch.context() as newer:
        a_newer_program(newer, "dpd")
        result = tick(database, 1)
        assert (result.ended, result.set_aside) == (3, 0)
        assert states(database) == {"lost": "paused", "sound": "live"}
        tick(database, 2)
        with database.read() as session:
            lost = session.scalars(select(Scenario).where(Scenario.key == "lost")).one()
            assert lost.pause_cause is not None
            for language, words in (("en", "publish a new version"), ("ru", "опубликуйте новую версию")):
                said = lost.pause_cause[language]
                assert all(part in said for part in ("1", "ask", "dpd", words)), said
            paused = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "scenario.paused")
            assert session.scalar(paused) == 1, "it is said once, not at every tick"
            open_cases = (
                select(func.count()).select_from(Case).where(Case.scenario_id == lost.id, Case.due_at.is_not(None))
            )
            assert session.scalar(open_cases) == 3, "nothing is lost: they wait where they are"
            assert leaks(session) == []
        with pytest.raises(Unworkable, match="ask"), database.write() as session:
            authoring.resume(session, lost.id, actor="manager", now=NOON)
    with database.write() as session:
        authoring.resume(session, lost.id, actor="manager", now=NOON)
    assert tick(database, 3).ended == 3


def test_cases_of_a_replaced_version_that_no_longer_works_go_aside_and_the_new_version_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        first = a_loan(session, dpd=5, overdue=100_00).id
        old = a_live_version(session, waiting("dpd")).id
    tick(database)
    with monkeypatch.context() as newer:
        a_newer_program(newer, "dpd")
        with database.write() as session:
            new = a_live_version(session, waiting("overdue")).id
            a_loan(session, dpd=5, overdue=100_00)
        result = tick(database, 1)
        assert (result.enrolled, result.set_aside) == (1, 1)
        assert tick(database, 2).ended == 1
        assert states(database) == {"test": "live"}
        with database.read() as session:
            aside = session.scalars(select(Case).where(Case.end_reason == "failed")).one()
            assert (aside.loan_id, aside.version_id) == (first, old)
            assert "“ask”" in (aside.error or "")
            assert "«ask»" in (aside.error or "")
            assert session.scalars(select(Case.end_reason).where(Case.version_id == new)).all() != ["failed"]
            assert leaks(session) == []
    monkeypatch.setattr(events, "_STORES", {})
    with database.write() as session:
        retry(session, aside.id, actor="manager", now=NOON + timedelta(days=3), home=SETTINGS.time_zone)
    assert tick(database, 3).ended == 1


def test_a_payment_is_recorded_whatever_became_of_the_scenario_that_it_calls(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00).id
        a_live_version(session, by_signal(overdue_rule(1)), key="called")
    a_newer_program(monkeypatch, "dpd")
    with database.write() as session:
        paid = NewPayment(external_id="p", loan_id=loan, amount=10_00, paid_at=NOON)
        payments.record(session, [paid], now=NOON, source="api", time_zone=SETTINGS.time_zone)
        events.react(session, now=NOON, time_zone=SETTINGS.time_zone)
    with database.read() as session:
        assert session.scalars(select(Payment.loan_id)).all() == [loan]
    assert states(database) == {"called": "live"}
    tick(database)
    assert states(database) == {"called": "paused"}


def test_the_card_of_a_loan_says_which_step_of_which_scenario_no_longer_works(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00).id
        a_live_version(session, waiting("overdue", "other"), key="sound")
        a_live_version(session, waiting("dpd"), key="lost")
    a_newer_program(monkeypatch, "dpd")
    with database.read() as session:
        said = {
            found.name: found
            for found in claimants(session, session.get_one(Loan, loan), now=NOON, home=SETTINGS.time_zone)
        }
    assert {name: found.verdict for name, found in said.items()} == {"lost": "broken", "sound": "next"}
    assert "“ask”" in said["lost"].text.en


def test_a_version_under_review_whose_field_is_lost_meanwhile_is_not_published(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        drawn = authoring.create(session, name="Drawn", document=waiting("dpd"), actor="manager", now=NOON)
        version = authoring.submit(session, drawn.id, revision=drawn.revision, actor="manager", now=NOON)
    a_newer_program(monkeypatch, "dpd")
    seen = version.content_hash
    with pytest.raises(Invalid) as approving, database.write() as session:
        authoring.approve(session, version.id, content_hash=seen, actor="compliance", now=NOON)
    with pytest.raises(Invalid) as submitting, database.write() as session:
        authoring.submit(session, drawn.id, revision=drawn.revision, actor="manager", now=NOON)
    for refused in (approving, submitting):
        (problem,) = refused.value.problems
        assert (problem.node, problem.field) == ("ask", "rule.rules.0.field")
        assert "dpd" in problem.text.ru


def test_counts_by_groups_go_on_when_a_kind_of_step_is_gone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, waiting("dpd"))
    tick(database)
    known = {key: kind for key, kind in load_catalogue().items() if key != "condition"}
    monkeypatch.setattr(cohorts, "load_catalogue", lambda: known)
    cohorts.group_all(database)
