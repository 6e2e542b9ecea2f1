"""What people do with single loans takes effect at once, and only once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine import work
from scenario_engine.contacts.stops import set_contact_stop
from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.errors import Conflict, Invalid, KaskadError, NotFound
from scenario_engine.models import (
    AuditEntry,
    Borrower,
    Case,
    Contact,
    Loan,
    Message,
    Offer,
    Promise,
    Scenario,
    Signal,
    Task,
)
from scenario_engine.work import PromiseGiven
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

ZONE = SETTINGS.time_zone
SOON = NOON + timedelta(hours=1)
CALL = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "call": (
            "task",
            {
                "title": "Позвонить",
                "dispositions": [
                    {"key": "promise", "title": "Обещал", "needs": "promise"},
                    {"key": "refused", "title": "Отказался"},
                ],
                "expires": {"days": 2},
            },
        ),
        "kept": ("exit", {"reason": "promised"}),
        "lost": ("exit", {"reason": "refused"}),
    },
    ["in:next>call", "call:promise>kept", "call:refused>lost", "call:expired>lost"],
)
OFFER = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "offer": ("offer", {"kind": "discount", "size": 10, "valid_days": 3}),
        "yes": ("exit", {"reason": "yes"}),
        "no": ("exit", {"reason": "no"}),
    },
    ["in:next>offer", "offer:accepted>yes", "offer:declined>no", "offer:expired>no"],
)


def tick(database: Database, hours: float = 0) -> None:
    run_tick(database, now=NOON + timedelta(hours=hours), settings=SETTINGS, timer=lambda: 0.0)


def with_a_case(database: Database, document: dict[str, Any]) -> Database:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, document)
    tick(database)
    return database


@pytest.fixture
def called(database: Database) -> Database:
    """One case that rests at a task, and its open task."""
    return with_a_case(database, CALL)


def the_task(session: Session) -> Task:
    return session.scalars(select(Task)).one()


def close(session: Session, disposition: str = "refused", **over: Any) -> Task:
    values: dict[str, Any] = {"actor": "olga", "now": SOON, "time_zone": ZONE}
    return work.close(session, the_task(session).id, disposition=disposition, **values | over)


def a_task(session: Session, **over: Any) -> Task:
    loan = a_loan(session)
    values: dict[str, Any] = {
        "loan_id": loan.id,
        "borrower_id": loan.borrower_id,
        "queue": "calls",
        "title": "Call",
        "dispositions": {
            "items": [
                {"key": "spoke", "title": {"en": "spoke", "ru": "говорили"}, "needs": None, "contact": True},
                {"key": "checked", "title": {"en": "checked", "ru": "проверено"}, "needs": None, "contact": False},
            ]
        },
        "created_at": NOON,
    }
    task = Task(**values | over)
    session.add(task)
    session.flush()
    return task


# -- whose task ---------------------------------------------------------------------------------------------------


def test_a_task_belongs_to_whoever_took_it_first(database: Database) -> None:
    with database.write() as session:
        task = a_task(session)
        work.take(session, task.id, actor="olga", now=NOON)
        work.take(session, task.id, actor="olga", now=NOON)
        for act in (work.take, work.release):
            with pytest.raises(Conflict):
                act(session, task.id, actor="ivan", now=NOON)
        with pytest.raises(Conflict):
            close(session, "spoke", actor="ivan")
        work.assign(session, task.id, assignee="ivan", actor="boss", now=NOON)
        with pytest.raises(Conflict):
            work.release(session, task.id, actor="olga", now=NOON)
        work.release(session, task.id, actor="ivan", now=NOON)
        assert task.assignee is None
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
            "task.taken",
            "task.assigned",
            "task.released",
        ]


def test_many_tasks_are_given_at_once_and_those_that_cannot_be_are_named(database: Database) -> None:
    with database.write() as session:
        free, taken, his, closed, hidden = (a_task(session, queue=queue) for queue in ("a", "a", "a", "a", "b"))
        taken.assignee, his.assignee = "olga", "ivan"
        closed.state = "done"
        ids = [hidden.id, closed.id, taken.id, his.id, free.id, free.id, 999]
        refused = work.assign_many(session, ids, assignee="ivan", actor="boss", now=NOON, seen=Task.queue == "a")
        assert {task_id: type(error) for task_id, error in refused.items()} == {
            closed.id: Conflict,
            hidden.id: NotFound,
            999: NotFound,
        }
        assert [task.assignee for task in (free, taken, his, closed, hidden)] == ["ivan", "ivan", "ivan", None, None]
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(entry.action, entry.subject_id, entry.details) for entry in entries] == [
            ("task.assigned", str(free.id), {"before": None, "assignee": "ivan"}),
            ("task.assigned", str(taken.id), {"before": "olga", "assignee": "ivan"}),
        ]


def test_many_given_tasks_are_given_back(database: Database) -> None:
    with database.write() as session:
        ids = [a_task(session, assignee="olga").id, a_task(session).id]
        assert work.assign_many(session, ids, assignee=None, actor="boss", now=NOON) == {}
        assert set(session.scalars(select(Task.assignee))) == {None}


def test_of_many_who_take_a_task_at_once_one_gets_it(database: Database) -> None:
    with database.write() as session:
        task_id = a_task(session).id
    together = threading.Barrier(4)

    def take(who: str) -> bool:
        together.wait(10)
        try:
            with database.write() as session:
                work.take(session, task_id, actor=who, now=NOON)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, ["a", "b", "c", "d"])) == 1


def test_a_closed_or_unknown_task_takes_no_act(database: Database) -> None:
    with database.write() as session:
        task = a_task(session)
        close(session, "spoke")
        for act in (
            lambda: work.take(session, task.id, actor="olga", now=NOON),
            lambda: work.release(session, task.id, actor="olga", now=NOON),
            lambda: work.assign(session, task.id, assignee="ivan", actor="boss", now=NOON),
            lambda: close(session, "spoke"),
        ):
            with pytest.raises(Conflict):
                act()
        with pytest.raises(NotFound):
            work.take(session, 999, actor="olga", now=NOON)


# -- closing ------------------------------------------------------------------------------------------------------


def test_the_case_leaves_by_the_disposition(called: Database) -> None:
    with called.write() as session:
        task = close(session, "refused", note="  Сказал, что не будет платить ")
        assert (task.state, task.closed_by, task.closed_at, task.assignee) == ("done", "olga", SOON, "olga")
        assert (task.disposition, task.note) == ("refused", "Сказал, что не будет платить")
        case = session.scalars(select(Case)).one()
        assert (case.outcome, case.due_at, case.ended_at) == ("refused", SOON, None)
    tick(called, 2)
    with called.read() as session:
        assert session.scalars(select(Case)).one().ended_at == NOON + timedelta(hours=2)
        assert the_task(session).state == "done"


def test_a_promise_is_written_with_its_signal(called: Database) -> None:
    with called.write() as session:
        task = close(session, "promise", promise=PromiseGiven(amount=50_00, due_on=date(2026, 3, 10)))
        promise = session.scalars(select(Promise)).one()
        assert (promise.amount, promise.due_on, promise.task_id) == (50_00, date(2026, 3, 10), task.id)
        signal = session.scalars(select(Signal)).one()
        assert (signal.kind, signal.handled) == ("promise_given", True)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "task.closed")).one()
        assert entry.details["promise"] == promise.id


@pytest.mark.parametrize(
    ("disposition", "promise", "field"),
    [
        ("expired", None, "disposition"),
        ("", None, "disposition"),
        ("promise", None, "promise"),
        ("refused", PromiseGiven(amount=1, due_on=date(2026, 3, 10)), "promise"),
        ("promise", PromiseGiven(amount=0, due_on=date(2026, 3, 10)), "promise.amount"),
        ("promise", PromiseGiven(amount=10**18, due_on=date(2026, 3, 10)), "promise.amount"),
        ("promise", PromiseGiven(amount=1, due_on=date(2026, 3, 3)), None),
        ("promise", PromiseGiven(amount=1, due_on=date(9999, 3, 3)), None),
    ],
)
def test_a_wrong_result_closes_nothing(
    called: Database, disposition: str, promise: PromiseGiven | None, field: str | None
) -> None:
    with pytest.raises(Invalid) as raised, called.write() as session:
        close(session, disposition, promise=promise)
    if field is not None:
        assert [problem.field for problem in raised.value.problems] == [field]
    with called.read() as session:
        assert the_task(session).state == "open"
        assert session.scalars(select(Case)).one().outcome is None
        assert session.scalar(select(func.count()).select_from(Contact)) == 0


@pytest.mark.parametrize("note", ["x" * 4_001, "a\0b", "\ud800"])
def test_a_note_that_cannot_be_stored_closes_nothing(database: Database, note: str) -> None:
    with database.write() as session:
        task = a_task(session)
        with pytest.raises(Invalid):
            close(session, "spoke", note=note)
        assert task.state == "open"


def test_a_contact_is_counted_unless_the_result_says_there_was_none(database: Database) -> None:
    with database.write() as session:
        spoken, checked = a_task(session), a_task(session)
        for task, key in ((spoken, "spoke"), (checked, "checked")):
            work.close(session, task.id, disposition=key, actor="olga", now=SOON, time_zone=ZONE)
        contact = session.scalars(select(Contact)).one()
        assert (contact.borrower_id, contact.kind, contact.at) == (spoken.borrower_id, "call", SOON)


def test_a_case_that_went_on_meanwhile_is_left_alone(called: Database) -> None:
    with called.write() as session:
        case = session.scalars(select(Case)).one()
        case.node_id += 1
        session.flush()
        close(session, "refused")
        session.refresh(case)
        assert case.outcome is None


# -- offers, signals, contact stop ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("accepted", "state", "reason"), [(True, "accepted", "yes"), (False, "declined", "no")])
def test_an_answered_offer_lets_the_case_go_on(database: Database, accepted: bool, state: str, reason: str) -> None:
    with_a_case(database, OFFER)
    with database.write() as session:
        offer = session.scalars(select(Offer)).one()
        work.answer_offer(session, offer.id, accepted=accepted, actor="olga", now=SOON, time_zone=ZONE)
        assert (offer.state, offer.answered_at) == (state, SOON)
        with pytest.raises(Conflict):
            work.answer_offer(session, offer.id, accepted=True, actor="olga", now=SOON, time_zone=ZONE)
    tick(database, 2)
    with database.read() as session:
        case = session.scalars(select(Case)).one()
        assert case.ended_at is not None
        assert session.scalars(select(Offer)).one().state == state


def test_an_offer_that_ran_out_cannot_be_answered(database: Database) -> None:
    with_a_case(database, OFFER)
    late = NOON + timedelta(days=3)
    with database.write() as session:
        offer = session.scalars(select(Offer)).one()
        with pytest.raises(Conflict):
            work.answer_offer(session, offer.id, accepted=True, actor="olga", now=late, time_zone=ZONE)
        with pytest.raises(NotFound):
            work.answer_offer(session, 999, accepted=True, actor="olga", now=NOON, time_zone=ZONE)


def record(session: Session, loan_id: int, kind: str = "reply", **over: Any) -> Signal:
    values: dict[str, Any] = {"actor": "olga", "now": SOON, "time_zone": ZONE}
    return work.record_signal(session, loan_id, kind=kind, **values | over)


def test_a_signal_wakes_what_waits_for_it(database: Database) -> None:
    waiting = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "wait": ("wait.signal", {"signal_kinds": ["reply"], "timeout": {"days": 3}}),
            "out": ("exit", {"reason": "done"}),
        },
        ["in:next>wait", "wait:received>out", "wait:timeout>out"],
    )
    with_a_case(database, waiting)
    with database.write() as session:
        loan_id = session.scalars(select(Loan.id)).one()
        record(session, loan_id, data={"text": "Заплачу завтра"})
        case = session.scalars(select(Case)).one()
        assert (case.outcome, case.due_at) == ("received", SOON)


def test_the_same_key_is_noted_once(database: Database) -> None:
    with database.write() as session:
        loan, other = a_loan(session), a_loan(session)
        first = record(session, loan.id, key="reply-1", source="api")
        assert record(session, loan.id, key="reply-1", source="api").id == first.id
        with pytest.raises(Conflict):
            record(session, other.id, key="reply-1")
        assert session.scalar(select(func.count()).select_from(Signal)) == 1


def test_news_becomes_what_rules_read(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        record(session, loan.id, "bailiff_news", data={"state": "opened"})
        record(session, loan.id, "bureau_news", data={"state": "worse"})
        record(session, loan.id, "bureau_news", data={"state": "hacked"}, key="x")
        assert (loan.bailiff_state, loan.bureau_state) == ("opened", "worse")


@pytest.mark.parametrize(
    ("kind", "over"),
    [
        ("no_such_kind", {}),
        ("payment_received", {}),
        ("overdue_paid", {}),
        ("offer_accepted", {}),
        ("reply", {"data": [1]}),
        ("reply", {"data": {"x": "a\0b"}}),
        ("reply", {"data": {"x": "y" * 30_000}}),
        ("reply", {"data": {"x": float("inf")}}),
        ("reply", {"key": ""}),
        ("reply", {"key": "x" * 101}),
    ],
)
def test_an_unfit_signal_is_refused(database: Database, kind: str, over: dict[str, Any]) -> None:
    with database.write() as session:
        loan = a_loan(session)
        with pytest.raises(Invalid):
            record(session, loan.id, kind, **over)
        with pytest.raises(NotFound):
            record(session, loan.id + 1)
        assert session.scalar(select(func.count()).select_from(Signal)) == 0


def a_message(session: Session, borrower: Borrower, loan: Loan, number: int, **over: Any) -> Message:
    values: dict[str, Any] = {
        "case_id": number,
        "node_id": 1,
        "batch_id": 1,
        "version_id": 1,
        "loan_id": loan.id,
        "borrower_id": borrower.id,
        "channel": "sms",
        "connector": "sandbox",
        "queued_at": NOON,
        "due_at": NOON,
        "content": {},
    }
    message = Message(**values | over)
    session.add(message)
    session.flush()
    return message


def test_a_contact_stop_cancels_what_would_still_leave(database: Database) -> None:
    with database.write() as session:
        borrower, other = a_borrower(session), a_borrower(session)
        loan = a_loan(session, borrower)
        queued = a_message(session, borrower, loan, 1)
        sent = a_message(session, borrower, loan, 2, state="sent")
        hook = a_message(session, borrower, loan, 3, channel="webhook")
        others = a_message(session, other, a_loan(session, other), 4)
        assert set_contact_stop(session, borrower.id, reason=" bankruptcy ", actor="boss", now=NOON) == 1
        session.expire_all()
        assert borrower.contact_stop == "bankruptcy"
        assert [message.state for message in (queued, sent, hook, others)] == [
            "cancelled",
            "sent",
            "queued",
            "queued",
        ]
        set_contact_stop(session, borrower.id, reason=None, actor="boss", now=NOON)
        assert borrower.contact_stop is None
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
            "borrower.contact_stopped",
            "borrower.contact_allowed",
        ]


@pytest.mark.parametrize("reason", ["", " ", "x" * 41, "a\0"])
def test_a_contact_stop_needs_a_reason(database: Database, reason: str) -> None:
    with database.write() as session:
        borrower = a_borrower(session)
        with pytest.raises(Invalid):
            set_contact_stop(session, borrower.id, reason=reason, actor="boss", now=NOON)
        with pytest.raises(NotFound):
            set_contact_stop(session, 999, reason="x", actor="boss", now=NOON)


def test_a_paused_scenario_keeps_the_result_for_later(called: Database) -> None:
    with called.write() as session:
        session.scalars(select(Scenario)).one().state = "paused"
        close(session, "refused")
    tick(called, 2)
    with called.read() as session:
        assert session.scalars(select(Case)).one().outcome == "refused"


def test_every_refusal_is_said_in_both_languages(database: Database) -> None:
    with database.write() as session, pytest.raises(KaskadError) as raised:
        work.take(session, 999, actor="olga", now=NOON)
    assert raised.value.text.ru != raised.value.text.en
