"""The outbox: what leaves, and what must not leave any more."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event, select, update

from scenario_engine.contacts.optout import OptOut, read_token
from scenario_engine.contacts.stops import set_contact_stop
from scenario_engine.database import Database
from scenario_engine.engine.events import react
from scenario_engine.engine.outbox import CLAIM, Delivered, deliver
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import AuditEntry, Borrower, ChannelRefusal, Loan, Message
from scenario_engine.ports import Delivery, Outgoing
from scenario_engine.registry import payments
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.harness.gateway import VAULT, Gateway, switch_on

LETTERS = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "sms": ("sms", {"template": "{{ first_name }}", "connector": "wire"}),
        "hook": ("webhook", {"url": "https://core.example.com/block", "connector": "wire"}),
        "out": ("exit", {"reason": "x"}),
    },
    ["in:next>sms", "sms:sent>hook", "sms:blocked>hook", "hook:next>out"],
)

PATIENT = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "sms": ("sms", {"template": "{{ first_name }}", "connector": "wire"}),
        "rest": ("wait.duration", {"days": 3}),
        "out": ("exit", {"reason": "x"}),
    },
    ["in:next>sms", "sms:sent>rest", "sms:blocked>rest", "rest:next>out"],
)


class Wire(Gateway):
    """Takes every message and remembers it."""

    def __init__(self, answer: Callable[[Outgoing], Delivery] | None = None) -> None:
        self.left: list[Outgoing] = []
        self._answer = answer or (lambda item: Delivery(message_id=item.message_id, accepted=True))

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Delivery]:
        self.left += batch
        return [self._answer(item) for item in batch]


def queue(database: Database, loans: int) -> list[int]:
    """An SMS and a webhook for each of some new loans; the borrowers."""
    with database.write() as session:
        owners = [a_loan(session, dpd=5, overdue=100_00).borrower_id for _number in range(loans)]
        if session.scalar(select(Message.id).limit(1)) is None:
            a_live_version(session, LETTERS)
    switch_on(database, "wire")
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    return owners


def forbid(database: Database, borrowers: Sequence[int]) -> None:
    """As a file does it: the borrower is marked, and nobody looks for messages."""
    with database.write() as session:
        session.execute(update(Borrower).where(Borrower.id.in_(borrowers)).values(contact_stop="bankruptcy"))


def send(database: Database, wire: Wire, minutes: float = 0) -> Delivered:
    now = NOON + timedelta(minutes=minutes)
    return deliver(database, {"wire": wire}, vault=VAULT, now=now, settings=SETTINGS, randomness=random.Random(1))


def test_a_message_does_not_leave_when_contact_was_forbidden_after_it_was_queued(database: Database) -> None:
    stopped, free = queue(database, 2)
    forbid(database, [stopped])
    wire = Wire()
    assert send(database, wire) == Delivered(sent=3, cancelled=1)
    with database.read() as session:
        of_stopped = session.scalars(
            select(Message).join(Loan, Loan.id == Message.loan_id).where(Loan.borrower_id == stopped)
        ).all()
        states = {message.channel: message for message in of_stopped}
        sms, hook = states["sms"], states["webhook"]
        assert sms.state == "cancelled"
        assert sms.error == (
            "Not sent: contacts with the borrower were forbidden meanwhile (bankruptcy). / "
            "Не отправлено: контакты с заёмщиком за это время запретили (банкротство)."
        )
        assert (sms.sent_at, sms.body, sms.claimed_at) == (None, None, None)
        assert hook.state == "sent", "it does not reach the borrower"
        said = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "outbox.delivered")).one()
        assert said == {"connector": "wire", "sent": 3, "failed": 0, "retried": 0, "cancelled": 1, "expired": 0}
    assert sms.id not in {item.message_id for item in wire.left}
    assert len(wire.left) == 3
    assert free != stopped


def test_a_message_that_waits_for_another_attempt_does_not_leave_either(database: Database) -> None:
    (owner,) = queue(database, 1)
    busy = Wire(lambda item: Delivery(message_id=item.message_id, accepted=False, retry=True, error="busy"))
    assert send(database, busy).retried == 2
    forbid(database, [owner])
    wire = Wire()
    assert send(database, wire, minutes=60) == Delivered(sent=1, cancelled=1)
    assert [item.channel for item in wire.left] == ["webhook"]


def test_a_message_whose_sender_died_does_not_leave_after_a_stop(database: Database) -> None:
    (owner,) = queue(database, 1)
    with database.write() as session:
        session.execute(update(Message).values(state="sending", claimed_at=NOON, attempts=1))
    forbid(database, [owner])
    wire = Wire()
    assert send(database, wire) == Delivered()
    assert send(database, wire, minutes=CLAIM.total_seconds() / 60 + 1) == Delivered(sent=1, cancelled=1)


def test_a_payment_while_a_message_is_being_sent_leaves_no_second_attempt(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00).id
        a_live_version(session, PATIENT)
    switch_on(database, "wire")
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)

    def pay_meanwhile(item: Outgoing) -> Delivery:
        paid = payments.NewPayment(external_id="P-1", loan_id=loan, amount=100_00, paid_at=NOON)
        with database.write() as session:
            payments.record(session, [paid], now=NOON, source="api", time_zone=SETTINGS.time_zone)
            assert react(session, now=NOON, time_zone=SETTINGS.time_zone).ended_cases == 1
        return Delivery(message_id=item.message_id, accepted=False, retry=True, error="busy")

    assert send(database, Wire(pay_meanwhile)) == Delivered(cancelled=1)
    with database.read() as session:
        message = session.scalars(select(Message)).one()
        assert (message.state, message.sent_at) == ("cancelled", None)
        assert "the case ended" in (message.error or "")
    assert send(database, Wire(), minutes=60) == Delivered()


def test_a_message_of_a_case_that_came_to_its_exit_is_tried_again(database: Database) -> None:
    queue(database, 1)
    busy = Wire(lambda item: Delivery(message_id=item.message_id, accepted=False, retry=True, error="busy"))
    assert send(database, busy).retried == 2
    assert send(database, Wire(), minutes=60) == Delivered(sent=2)


def test_a_person_who_forbids_contact_leaves_the_same_reason(database: Database) -> None:
    (owner,) = queue(database, 1)
    with database.write() as session:
        assert set_contact_stop(session, owner, reason="bankruptcy", actor="anna", now=NOON) == 1
    with database.read() as session:
        message = session.scalars(select(Message).where(Message.state == "cancelled")).one()
        assert "bankruptcy" in (message.error or "")


def test_asking_costs_as_many_statements_for_many_messages_as_for_a_few(database: Database) -> None:
    counted: list[int] = []
    for loans in (2, 4, 40):  # the first of all writes down that the connector is there
        statements: list[str] = []
        forbid(database, queue(database, loans)[::2])

        def note(*seen: object, into: list[str] = statements) -> None:
            into.append(str(seen[2]))

        event.listen(database.engine, "before_cursor_execute", note)
        wire = Wire()
        done = send(database, wire)
        event.remove(database.engine, "before_cursor_execute", note)
        assert (done.sent, done.cancelled) == (loans + loans // 2, loans // 2)
        counted.append(len(statements))
    assert counted[1] == counted[2]


def test_messages_are_taken_by_their_index_and_not_sorted(database: Database) -> None:
    """Those of a batch are due at the same moment: with a sort, each batch would read all that wait behind it."""
    queue(database, 20)
    plans: list[str] = []

    def explain(connection: Connection, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if "ORDER BY messages.due_at" not in statement:
            return
        cursor = connection.connection.cursor()
        if database.dialect == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        else:
            for way in ("sort", "seqscan", "bitmapscan", "hashjoin", "mergejoin"):  # of so few it costs nothing
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute(f"EXPLAIN {statement}", parameters)
        plans.append(str(cursor.fetchall()))
        cursor.close()

    event.listen(database.engine, "before_cursor_execute", explain)
    assert send(database, Wire()).sent == 40
    event.remove(database.engine, "before_cursor_execute", explain)
    assert plans
    assert not [plan for plan in plans if re.search(r"TEMP B-TREE|Sort  \(", plan)]


def test_a_letter_carries_the_link_that_refuses_it_and_a_refusal_keeps_the_next_from_leaving(
    database: Database,
) -> None:
    document = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "mail": ("email", {"subject": "x", "template": "{{ optout_url }}", "connector": "wire"}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>mail", "mail:sent>out", "mail:blocked>out"],
    )
    with database.write() as session:
        person, other = (a_loan(session, dpd=5, overdue=100_00).borrower_id for _ in range(2))
        a_live_version(session, document)
    switch_on(database, "wire")
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    with database.write() as session:
        # as when it came between the queue and the sender
        session.add(ChannelRefusal(borrower_id=other, channel="email", since=NOON, source="link", by="borrower"))
    wire = Wire()
    assert send(database, wire).cancelled == 1
    [letter] = wire.left
    assert letter.content["optout_url"] == letter.body
    assert read_token(letter.body.rsplit("/", 1)[1], vault=VAULT) == OptOut(borrower_id=person, channel="email")


def test_a_message_that_waited_leaves_in_the_hours_of_contact(database: Database) -> None:
    queue(database, 1)
    busy = Wire(lambda item: Delivery(message_id=item.message_id, accepted=False, retry=True, error="busy"))
    assert send(database, busy) == Delivered(retried=2)
    wire = Wire()
    # half past eleven in the evening; the webhook is no contact
    assert send(database, wire, minutes=11.5 * 60) == Delivered(sent=1, retried=1)
    assert [item.channel for item in wire.left] == ["webhook"]
    assert send(database, wire, minutes=20 * 60 - 1).taken == 0
    assert send(database, wire, minutes=20 * 60) == Delivered(sent=1)
    with database.read() as session:
        sms = session.scalars(select(Message).where(Message.channel == "sms")).one()
        assert (sms.state, sms.attempts) == ("sent", 2), "waiting for the morning is no attempt"
