"""A message that is not delivered leads its case to another channel; one that comes too late does not leave."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.engine.outbox import Delivered, deliver, hear
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import Batch, Case, Contact, Message, NodeCount, Signal, VersionNode
from scenario_engine.ports import Report
from tests.builders import a_loan
from tests.chaos.picture import leaks
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.engine.test_outbox_gate import BUSY, Wire, send
from tests.harness.gateway import VAULT, switch_on

#: by SMS, and by e-mail where the SMS is not delivered within a day
SMS = {"template": "{{ first_name }}", "connector": "wire", "confirm_hours": 24}
FALLBACK = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "sms": ("sms", SMS),
        "mail": ("email", {"template": "{{ first_name }}", "subject": "x", "connector": "wire"}),
        "out": ("exit", {"reason": "x"}),
    },
    [
        "in:next>sms", "sms:sent>out", "sms:not_delivered>mail", "sms:blocked>out", "mail:sent>out", "mail:blocked>out",
    ],
)  # fmt: skip


def tick(database: Database, hours: float = 0) -> None:
    run_tick(database, now=NOON + timedelta(hours=hours), settings=SETTINGS, timer=lambda: 0.0)


def begin(database: Database, loans: int = 1) -> None:
    with database.write() as session:
        for _number in range(loans):
            a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, FALLBACK)
    switch_on(database, "wire")
    tick(database)


def told(database: Database, kind: str, receipt: str, hours: float) -> None:
    now = NOON + timedelta(hours=hours)
    report = Report(kind=kind, key=f"{receipt}-{kind}", at=now, receipt=receipt)  # type: ignore[arg-type]
    hear(database, "wire", ("sms", "email"), [report], now=now, time_zone=SETTINGS.time_zone)


def channels(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Message.channel).order_by(Message.id)))


def receipts(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Message.receipt).order_by(Message.id)))  # type: ignore[arg-type]


def ended(database: Database) -> int:
    with database.read() as session:
        assert leaks(session) == []
        return session.scalar(select(func.count()).where(Case.ended_at.is_not(None))) or 0


def test_a_delivered_message_lets_its_case_go_on_and_writes_no_other(database: Database) -> None:
    begin(database)
    send(database, Wire())
    tick(database, 1)
    assert ended(database) == 0, "it waits to hear"
    told(database, "delivered", receipts(database)[0], 2)
    tick(database, 2)
    assert (ended(database), channels(database)) == (1, ["sms"])


@pytest.mark.parametrize("how", ["refused", "failed", "silent", "late receipt"])
def test_a_message_that_is_not_delivered_leads_to_the_other_channel(database: Database, how: str) -> None:
    begin(database)
    refused = {"accepted": False, "error": "no such number"}
    send(database, Wire(refused) if how == "refused" else Wire())
    hours = 2.0
    if how == "failed":
        told(database, "failed", receipts(database)[0], 1)
    if how in ("silent", "late receipt"):
        tick(database, 23.9)
        assert channels(database) == ["sms"]
        hours = 24.0
    tick(database, hours)
    assert channels(database) == ["sms", "email"]
    if how == "late receipt":
        told(database, "delivered", receipts(database)[0], 25)
        tick(database, 25)
    assert (ended(database), channels(database)) == (1, ["sms", "email"])


def test_news_of_another_message_of_the_loan_does_not_let_a_case_go_on(database: Database) -> None:
    begin(database)
    with database.write() as session:
        loan_id = session.scalars(select(Case.loan_id)).one()
        for kind in ("delivered", "not_delivered"):
            session.add(Signal(key=kind, loan_id=loan_id, kind=kind, at=NOON, data={}, source="api"))
    tick(database, 1)
    assert (ended(database), channels(database)) == (0, ["sms"])


def test_a_message_that_waits_for_its_next_attempt_keeps_the_case_waiting(database: Database) -> None:
    begin(database)
    assert send(database, Wire(BUSY)).retried == 1
    tick(database, 1)
    assert ended(database) == 0
    assert send(database, Wire(), seconds=4_000).sent == 1


def test_the_sandbox_stands_for_a_delivery(database: Database) -> None:
    begin(database)
    switch_on(database, "wire", mode="sandbox")
    done = deliver(
        database, {"wire": Wire(), "sandbox": Wire()}, vault=VAULT, now=NOON, settings=SETTINGS,
        randomness=random.Random(1),
    )  # fmt: skip
    assert done == Delivered(sent=1)
    tick(database, 1)
    assert (ended(database), channels(database)) == (1, ["sms"])


def test_a_step_that_waits_for_delivery_counts_its_message_once(database: Database) -> None:
    begin(database, loans=3)
    send(database, Wire())
    for receipt in receipts(database)[:2]:
        told(database, "delivered", receipt, 1)
    tick(database, 2)
    tick(database, 24)
    with database.read() as session:
        assert session.scalar(select(func.sum(Batch.messages))) == 4, "three by SMS, one by e-mail"
        assert session.scalar(select(func.count()).where(Contact.channel == "sms")) == 3
        counted = session.execute(
            select(NodeCount.port, func.sum(NodeCount.cases))
            .join(VersionNode, VersionNode.id == NodeCount.node_id)
            .where(VersionNode.key == "sms")
            .group_by(NodeCount.port)
        ).all()
        assert {row[0]: row[1] for row in counted} == {"@in": 3, "sent": 2, "not_delivered": 1}


def test_a_reminder_that_is_too_late_is_not_sent_and_counts_as_not_delivered(database: Database) -> None:
    late = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "sms": ("sms", SMS | {"not_later_hours": 3}),
            "mail": ("email", {"template": "{{ first_name }}", "subject": "x", "connector": "other"}),
            "out": ("exit", {"reason": "x"}),
        },
        [
            "in:next>sms", "sms:sent>out", "sms:not_delivered>mail", "sms:blocked>out", "mail:sent>out",
            "mail:blocked>out",
        ],
    )  # fmt: skip
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, late)
    switch_on(database, "wire")
    tick(database)
    assert send(database, Wire(), seconds=3 * 3_600) == Delivered(expired=1)
    tick(database, 3.1)
    assert channels(database) == ["sms", "email"]
