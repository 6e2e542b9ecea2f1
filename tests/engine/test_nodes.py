"""Node types at work: contacts within the policy, tasks, waits for signals, splits, sub-scenarios."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.engine.events import react
from scenario_engine.engine.tick import TickResult, run_tick
from scenario_engine.models import Borrower, Case, Contact, LoanTag, Message, Signal, Task
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

SMS = {"template": "{{ first_name }}, {{ overdue }}"}


def tick(database: Database, now: datetime = NOON) -> TickResult:
    return run_tick(database, now=now, settings=SETTINGS, timer=lambda: 0.0)


def reminder(track: str = "collection") -> dict[str, object]:
    return a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "sms": ("sms", SMS),
            "sent": ("exit", {"reason": "sent"}),
            "no": ("exit", {"reason": "blocked"}),
        },
        ["in:next>sms", "sms:sent>sent", "sms:blocked>no"],
        track=track,
    )


def test_an_sms_leaves_once_through_the_outbox(database: Database) -> None:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, reminder())
    assert tick(database).messages == 1
    assert tick(database, NOON + timedelta(minutes=1)).messages == 0
    with database.read() as session:
        message = session.scalars(select(Message)).one()
        assert (message.channel, message.state, message.content) == ("sms", "queued", SMS)


def test_the_limit_holds_for_all_loans_of_a_borrower_in_one_batch_and_over_scenarios(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        for _ in range(4):
            a_loan(session, person, dpd=5, overdue=100_00)
        a_live_version(session, reminder("one"), key="one")
        a_live_version(session, reminder("two"), key="two")
    tick(database)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 2
        assert session.scalar(select(func.count()).select_from(Message)) == 2
        assert session.scalar(select(func.count()).select_from(Case).where(Case.end_reason == "exit")) == 8


@pytest.mark.parametrize(("stop", "phone", "messages"), [("bankruptcy", "+79000000001", 0), (None, None, 0)])
def test_no_message_to_who_must_not_or_cannot_be_reached(
    database: Database, stop: str | None, phone: str | None, messages: int
) -> None:
    with database.write() as session:
        a_loan(session, a_borrower(session, contact_stop=stop, phone=phone), dpd=5, overdue=100_00)
        a_live_version(session, reminder())
    assert tick(database).messages == messages


def test_at_night_the_contact_waits_for_the_morning_of_the_borrower(database: Database) -> None:
    night = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)  # 04:00 in Moscow, 11:00 in Vladivostok
    with database.write() as session:
        moscow = a_loan(session, a_borrower(session, time_zone="Europe/Moscow"), dpd=5, overdue=100_00)
        a_loan(session, a_borrower(session, time_zone="Asia/Vladivostok"), dpd=5, overdue=100_00)
        a_live_version(session, reminder())
    assert tick(database, night).messages == 1
    with database.read() as session:
        waiting = session.scalars(select(Case).where(Case.loan_id == moscow.id)).one()
        assert waiting.due_at == datetime(2026, 3, 4, 5, 0, tzinfo=UTC)
    assert tick(database, night + timedelta(hours=4)).messages == 1


def test_a_task_is_opened_and_expires_with_its_time(database: Database) -> None:
    document = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "call": ("task", {"title": "Call", "dispositions": [{"key": "promised", "title": "P"}],
                              "expires": {"days": 2}}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>call", "call:promised>out", "call:expired>out"],
    )  # fmt: skip
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, document)
    tick(database)
    with database.read() as session:
        assert session.scalars(select(Task.state)).all() == ["open"]
    tick(database, NOON + timedelta(days=2))
    with database.read() as session:
        assert session.scalars(select(Task.state)).all() == ["expired"]
        assert session.scalars(select(Case.end_reason)).all() == ["exit"]


def test_a_signal_lets_a_waiting_case_go_and_the_timeout_the_others(database: Database) -> None:
    document = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "wait": ("wait.signal", {"signal_kinds": ["reply"], "timeout": {"days": 1}}),
            "tag": ("tag", {"tag": "answered"}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>wait", "wait:received>tag", "tag:next>out", "wait:timeout>out"],
    )
    with database.write() as session:
        answers, _silent = (a_loan(session, dpd=5, overdue=100_00) for _ in range(2))
        a_live_version(session, document)
    tick(database)
    with database.write() as session:
        hour = NOON + timedelta(hours=1)
        session.add(Signal(key="r1", loan_id=answers.id, kind="reply", at=hour, source="api"))
        session.flush()
        assert react(session, now=hour, time_zone=SETTINGS.time_zone).woken == 1
    assert tick(database, NOON + timedelta(hours=2)).ended == 1
    assert tick(database, NOON + timedelta(days=1)).ended == 1
    with database.read() as session:
        assert session.scalars(select(LoanTag.loan_id)).all() == [answers.id]


def test_a_split_is_sticky_by_borrower_and_keeps_its_shares(database: Database) -> None:
    document = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "ab": ("split", {"arms": [{"key": key, "title": key, "weight": n} for key, n in (("a", 70), ("b", 30))]}),
            "a": ("tag", {"tag": "a"}),
            "b": ("tag", {"tag": "b"}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>ab", "ab:a>a", "ab:b>b", "a:next>out", "b:next>out"],
    )  # fmt: skip
    with database.write() as session:
        for _ in range(200):
            person = a_borrower(session)
            for _ in range(2):
                a_loan(session, person, dpd=5, overdue=100_00)
        a_live_version(session, document)
    tick(database)
    with database.read() as session:
        tags = session.execute(select(Case.borrower_id, LoanTag.tag).join(LoanTag, LoanTag.case_id == Case.id)).all()
    by_borrower: dict[int, set[str]] = {}
    for borrower, tag in tags:
        by_borrower.setdefault(borrower, set()).add(tag)
    assert len(tags) == 400
    assert all(len(found) == 1 for found in by_borrower.values())
    share = sum(found == {"a"} for found in by_borrower.values()) / len(by_borrower)
    assert 0.6 < share < 0.8


def test_an_entry_by_call_takes_in_only_what_is_sent(database: Database) -> None:
    child = a_document(
        {
            "own": ("entry.signal", {"signal_kind": "promise_broken"}),
            "called": ("entry.call", {}),
            "no": ("tag", {"tag": "by itself"}),
            "yes": ("tag", {"tag": "sent"}),
            "out": ("exit", {"reason": "x"}),
        },
        ["own:next>no", "called:next>yes", "no:next>out", "yes:next>out"],
    )
    parent = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(5)}),
            "sub": ("sub_scenario", {"scenario": "child"}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>sub", "sub:done>out", "sub:skipped>out"],
    )
    with database.write() as session:
        sent = a_loan(session, dpd=5, overdue=600_00).id
        a_loan(session, dpd=1, overdue=100_00)
        a_live_version(session, child, key="child")
        a_live_version(session, parent, key="parent")
    for minute in range(3):
        tick(database, NOON + timedelta(minutes=minute))
    with database.read() as session:
        assert session.execute(select(LoanTag.loan_id, LoanTag.tag)).all() == [(sent, "sent")]
        assert session.scalars(select(Case.loan_id)).all() == [sent, sent]


def test_a_sub_scenario_runs_and_its_parent_goes_on(database: Database) -> None:
    child = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(500)}),
            "stop": ("restrict_lending", {"reason": "overdue"}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>stop", "stop:next>out"],
    )
    parent = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "sub": ("sub_scenario", {"scenario": "child"}),
            "tag": ("tag", {"tag": "after"}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>sub", "sub:done>tag", "tag:next>out", "sub:skipped>out"],
    )
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, child, key="child")
        a_live_version(session, parent, key="parent")
    for minute in range(3):
        tick(database, NOON + timedelta(minutes=minute))
    with database.read() as session:
        assert session.scalars(select(LoanTag.tag)).all() == ["after"]
        assert session.scalars(select(Borrower.lending_restricted_at)).all() != [None]
        assert session.scalars(select(Case.end_reason)).all() == ["exit", "exit"]
