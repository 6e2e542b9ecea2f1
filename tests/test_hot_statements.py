"""No statement of the everyday work reads a history from end to end, on either database."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from console.api.actor import Actor
from console.queries import cases, engine_page, loan_card, outbox, task_card, task_list, timeline
from console.security import ROLE_RIGHTS
from scenario_engine import work
from scenario_engine.contacts.stops import set_contact_stop
from scenario_engine.database import Database
from scenario_engine.engine import cohorts
from scenario_engine.engine.events import react
from scenario_engine.engine.outbox import deliver, is_anything_due
from scenario_engine.engine.tick import run_tick
from scenario_engine.engine.upkeep import keep
from scenario_engine.models import Attribution, Case, Loan, Message, Task, Trail
from scenario_engine.ports import Delivery, Outgoing
from scenario_engine.registry import payments
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.harness.gateway import VAULT, Gateway
from tests.harness.plans import Plans, watched

ZONE = SETTINGS.time_zone
ANNA = Actor(
    user_id=1, name="anna", full_name="Anna", roles=("Admin",), rights=frozenset().union(*ROLE_RIGHTS.values()),
    queues=(), language="ru",
)  # fmt: skip
#: every table of history is written and read: messages, contacts under the guard, tasks, a child, signals, looks back
DOCUMENT = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "calm": (
            "condition",
            {
                "rule": {
                    "combinator": "and",
                    "rules": [
                        {"field": "contacts_message_7d", "operator": "<=", "value": 5},
                        {"field": "payments_amount_30d", "operator": ">=", "value": 0},
                    ],
                }
            },
        ),
        "sms": ("sms", {"template": "{{ creditor_name }} {{ creditor_phone }}", "connector": "sandbox"}),
        "rest": ("wait.duration", {"days": 1}),
        "call": ("task", {"title": "Call", "queue": "calls", "expires": {"days": 1}, "dispositions": [
            {"key": "promised", "title": "Promised", "needs": "promise"},
            {"key": "refused", "title": "Refused"},
        ]}),
        "sub": ("sub_scenario", {"scenario": "child"}),
        "out": ("exit", {"reason": "done"}),
    },
    [
        "in:next>calm", "calm:yes>sms", "calm:no>out", "sms:sent>rest", "sms:blocked>rest", "rest:next>call",
        "call:promised>sub", "call:refused>sub", "call:expired>sub", "sub:done>out", "sub:skipped>out",
    ],
)  # fmt: skip
CHILD = a_document(
    {
        "in": ("entry.signal", {"signal_kind": "reply", "rule": overdue_rule(1)}),
        "out": ("exit", {"reason": "done"}),
    },
    ["in:next>out"],
)


class Sandbox(Gateway):
    """Takes every message but the first."""

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Delivery]:
        """Answers at once."""
        return [
            Delivery(message_id=item.message_id, accepted=place > 0, error=None if place else "no")
            for place, item in enumerate(batch)
        ]


@pytest.fixture
def lived(database: Database) -> Database:
    """Some loans in the middle of a scenario, with a partition a month where there are any."""
    with database.write() as session:
        for number in range(40):
            a_loan(session, dpd=1 + number, overdue=100_00)
        a_live_version(session, CHILD, key="child")
        a_live_version(session, DOCUMENT)
    keep(database, now=NOON)
    return database


def tick(database: Database, moment: datetime) -> None:
    run_tick(database, now=moment, settings=SETTINGS, timer=lambda: 0.0)


def check(plans: Plans, *tables: str) -> None:
    """No scan; and the tables were searched at all, so the test would notice a scan."""
    assert plans.scans == []
    assert plans.searched >= set(tables)


def test_ticks_events_and_the_outbox(lived: Database) -> None:
    with watched(lived) as plans:
        for day in range(4):
            moment = NOON + timedelta(days=day)
            tick(lived, moment)
            with lived.read() as session:
                is_anything_due(session, now=moment)
            deliver(
                lived, {"sandbox": Sandbox()}, vault=VAULT, now=moment, settings=SETTINGS, randomness=random.Random(1)
            )
            with lived.write() as session:
                cohorts.group(session)
    check(plans, "trails", "messages", "contacts", "signals")
    with lived.read() as session:
        assert (session.scalar(select(func.count()).select_from(Message)) or 0) >= 40
        assert (session.scalar(select(func.count()).where(Task.state == "expired")) or 0) > 0
        assert (session.scalar(select(func.count()).where(Case.parent_id.is_not(None))) or 0) > 0


def test_a_payment(lived: Database) -> None:
    tick(lived, NOON)
    at = NOON + timedelta(hours=5)
    with lived.read() as session:
        loans = session.scalars(select(Loan).limit(3)).all()
    with watched(lived) as plans, lived.write() as session:
        rows = [
            payments.NewPayment(external_id=f"p{loan.id}", loan_id=loan.id, amount=loan.balance, paid_at=at)
            for loan in loans
        ]
        payments.record(session, rows, now=at, source="api", time_zone=ZONE)
        assert react(session, now=at, time_zone=ZONE).ended_cases == 3
    check(plans, "trails", "messages", "signals", "payments")
    with lived.read() as session:
        assert (session.scalar(select(func.count()).select_from(Attribution)) or 0) > 0


def test_what_people_do_and_look_at(lived: Database) -> None:
    for day in range(2):
        tick(lived, NOON + timedelta(days=day))
    now = NOON + timedelta(days=1, hours=1)
    with lived.read() as session:
        task = session.scalars(select(Task).where(Task.state == "open")).first()
        assert task is not None
    with watched(lived) as plans:
        with lived.write() as session:
            set_contact_stop(session, task.borrower_id, reason="asked", actor="anna", now=now)
            work.close(session, task.id, disposition="refused", actor="anna", now=now, time_zone=ZONE)
            work.record_signal(session, task.loan_id, kind="reply", actor="anna", now=now, time_zone=ZONE)
        with lived.read() as session:
            loan = session.get_one(Loan, task.loan_id)
            loan_card.loan_card(session, ANNA, loan, now=now, today=now.date())
            task_card.task_card(session, ANNA, task.id, now=now)
            engine_page.engine_page(session, now, outbox_most=SETTINGS.outbox_most)
            written = outbox.summary(session, today=NOON.date().isoformat(), time_zone="Europe/Moscow")["today"]
            page = timeline.timeline(session, ANNA, loan.id, None)
            visits = cases.visits(session, task.case_id or 0, {}, ANNA.language)
            listing = task_list.task_list(ANNA, {"state": "open"}, now)
            session.execute(listing.select.limit(25)).all()
    check(plans, "trails", "messages", "contacts", "signals", "payments")
    assert written == 40
    assert {"visit", "message", "task"} <= {event["kind"] for event in page["items"]}
    assert [visit["node"]["key"] for visit in visits] == ["in", "calm", "sms", "rest", "call"]


def test_a_scan_would_be_noticed(lived: Database) -> None:
    with watched(lived) as plans, lived.read() as session:
        session.execute(select(Trail.path_id).where(Trail.path_id == 1)).all()
        session.execute(text("SELECT count(*) FROM messages m WHERE m.state = 'sent'")).all()
    assert {table for table, _statement in plans.scans} >= {"trails"}
