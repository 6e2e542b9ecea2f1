"""Entries whose rule fails on some loans, or on many."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import case, event, func, select
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.engine import enrolment, look, retries, trouble
from scenario_engine.engine.events import react
from scenario_engine.errors import Conflict
from scenario_engine.models import Batch, Case, Loan, Scenario, Signal
from tests.builders import a_loan
from tests.chaos.picture import leaks
from tests.engine.poison import ASK, ERRORS, POISON, fill, tick
from tests.engine.scenarios import NOON, a_document, a_live_version, overdue_rule

#: the portfolio's time zone
HOME = "Europe/Moscow"


def test_a_loan_on_which_an_entrys_rule_fails_is_set_aside_and_the_others_enter(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ERRORS[database.dialect][0]
    monkeypatch.setattr(enrolment, "compile_rule", lambda _rule, _scope: error(Loan.dpd).is_not(None))  # type: ignore[arg-type]
    fill(database, 15)
    result = tick(database)
    assert result.enrolled == 15
    assert result.advanced == 14
    with database.read() as session:
        failed = session.scalars(select(Case).where(Case.end_reason == "failed")).one()
        assert session.get_one(Loan, failed.loan_id).dpd == POISON
        assert leaks(session) == []
    assert tick(database, 1).enrolled == 0, "it is not tried again until a person says so"


def break_entries(monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    error = ERRORS[database.dialect][0]
    monkeypatch.setattr(enrolment, "compile_rule", lambda _rule, _scope: error(Loan.dpd).is_not(None))  # type: ignore[arg-type]


def failed_loans(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(Case.loan_id).where(Case.end_reason == "failed").order_by(Case.loan_id)))


def test_a_scenario_whose_entry_fails_for_a_tenth_of_its_loans_pauses_itself_and_says_why(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_entries(monkeypatch, database)
    fill(database, 60, poisoned=40)
    tick(database)
    with database.read() as session:
        scenario = session.scalars(select(Scenario)).one()
        assert scenario.state == "paused"
        assert scenario.pause_cause is not None
        assert "“in” failed for" in scenario.pause_cause["en"]
        assert "«in» не сработал" in scenario.pause_cause["ru"]
        cases = session.scalars(select(Case)).all()
        aside = [found for found in cases if found.end_reason == "failed"]
        assert len(aside) >= trouble.FAILING_SAMPLE
        assert {session.get_one(Loan, found.loan_id).dpd for found in aside} == {POISON}
        assert all(found.error for found in aside)
        assert {session.get_one(Loan, found.loan_id).dpd for found in cases if found.ended_at is None} <= {40}
        (said,) = session.scalars(select(Batch.error).where(Batch.kind == "enrol"))
        assert "was not tried" in (said or "")
        assert leaks(session) == []


def test_an_entry_that_fails_for_many_loans_but_few_of_all_sets_them_aside_and_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_entries(monkeypatch, database)
    fill(database, 300, poisoned=25)
    assert tick(database).enrolled == 300
    with database.read() as session:
        assert session.scalars(select(Scenario.state)).one() == "live"
        assert leaks(session) == []
    assert len(failed_loans(database)) == 25


def test_a_loan_that_was_set_aside_at_an_entry_holds_up_no_further_look_and_is_not_set_aside_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_entries(monkeypatch, database)
    fill(database, 30, document={**ASK, "settings": {**ASK["settings"], "reentry": {"after_days": 0}}})
    assert tick(database).enrolled == 30
    aside = failed_loans(database)
    with database.write() as session:
        a_loan(session, dpd=40, overdue=100_00)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    assert tick(database, 0.1).enrolled == 1
    assert failed_loans(database) == aside
    assert not [said for said in statements if "ROLLBACK" in said.upper()], "the rule was not asked of it"


def test_what_one_look_leaves_because_too_many_loans_fail_the_next_one_does(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_entries(monkeypatch, database)
    monkeypatch.setattr(look, "MOST_APART", 5)
    fill(database, 150, poisoned=12)
    for _look in range(3):
        tick(database)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 150
        assert session.scalars(select(Scenario.state)).one() == "live"
        assert leaks(session) == []
    assert len(failed_loans(database)) == 12


def test_what_happened_is_recorded_though_an_entry_by_signal_fails_and_the_next_look_pauses_the_scenario(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_entries(monkeypatch, database)
    thanks = a_document(
        {"in": ("entry.signal", {"signal_kind": "reply", "rule": overdue_rule(1)}), "out": ("exit", {"reason": "x"})},
        ["in:next>out"],
    )
    fill(database, 60, poisoned=40, document=thanks)
    with database.write() as session:
        for loan in session.scalars(select(Loan.id)).all():
            session.add(Signal(key=f"r{loan}", loan_id=loan, kind="reply", at=NOON, data={}, source="api"))
        assert react(session, now=NOON, time_zone="Europe/Moscow").signals == 60
        assert session.scalars(select(Scenario.state)).one() == "live"
        (said,) = session.scalars(select(Batch.error).where(Batch.kind == "signal"))
        assert "«in»" in (said or "")
    assert len(failed_loans(database)) >= trouble.FAILING_SAMPLE
    tick(database, 0.01)
    with database.read() as session:
        scenario = session.scalars(select(Scenario)).one()
        assert scenario.state == "paused"
        assert "“in”" in (scenario.pause_cause or {})["en"]
        assert leaks(session) == []


def test_a_scenario_that_cannot_be_enrolled_for_does_not_stop_the_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_rule = enrolment.compile_rule
    error = ERRORS[database.dialect][0]

    def broken(rule: Any, scope: Any) -> Any:
        bad = error(case((Loan.dpd > 0, POISON), else_=POISON)).is_not(None)  # type: ignore[arg-type]
        return bad if rule == overdue_rule(1) else compile_rule(rule, scope)

    monkeypatch.setattr(enrolment, "compile_rule", broken)
    other = {**ASK, "settings": {**ASK["settings"], "track": "other", "priority": 99}}
    other["nodes"] = [
        {**ASK["nodes"][0], "data": {"label": "in", "params": {"rule": overdue_rule(2)}}},
        *ASK["nodes"][1:],
    ]
    fill(database, 30)
    with database.write() as session:
        a_live_version(session, other, key="other")
    assert tick(database).advanced == 30
    with database.read() as session:
        states = dict(session.execute(select(Scenario.key, Scenario.state)).all())
    assert states == {"test": "paused", "other": "live"}


def test_a_loan_that_was_set_aside_at_an_entry_is_asked_again_when_a_person_tries_it_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        break_entries(broken, database)
        fill(database, 15)
        tick(database)
        with database.read() as session:
            aside = session.scalars(select(Case).where(Case.end_reason == "failed")).one()
        with pytest.raises(Conflict, match="still fails"), database.write() as session:
            retries.retry(session, aside.id, actor="admin", now=NOON, home=HOME)
        with pytest.raises(Conflict, match="still fails"), database.write() as session:
            retry_all(session, aside)
    with database.write() as session:
        session.get_one(Loan, aside.loan_id).dpd = 0
    with pytest.raises(Conflict, match="does not fit"), database.write() as session:
        retries.retry(session, aside.id, actor="admin", now=NOON, home=HOME)
    with database.write() as session:
        assert retry_all(session, aside) == retries.Retried(retried=0, busy=0, unfit=1)
        session.get_one(Loan, aside.loan_id).dpd = 40
    with database.write() as session:
        assert retry_all(session, aside) == retries.Retried(retried=1, busy=0, unfit=0)
    assert tick(database, 0.1).advanced == 1
    with database.read() as session:
        assert leaks(session) == []


def retry_all(session: Session, aside: Case) -> retries.Retried:
    return retries.retry_group(
        session, version_id=aside.version_id, node_id=aside.node_id, error=aside.error or "", actor="admin", now=NOON,
        home=HOME,
    )  # fmt: skip
