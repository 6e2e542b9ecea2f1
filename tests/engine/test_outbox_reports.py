"""What comes back of messages: early, twice, out of order, for nobody; replies and refusals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import event, func, select

from scenario_engine.contacts import points
from scenario_engine.database import Database
from scenario_engine.engine.outbox import hear, listen, settle_early
from scenario_engine.engine.outbox.reports import Heard
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import (
    Borrower,
    Case,
    ChannelRefusal,
    ConnectorHour,
    ContactPoint,
    HeardReport,
    Loan,
    Message,
    Signal,
)
from scenario_engine.ports import Report
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.engine.test_outbox_gate import Wire, queue, send
from tests.harness.gateway import VAULT, switch_on


def told(kind: Any, receipt: str | None = None, key: str | None = None, **more: Any) -> Report:
    return Report(kind=kind, key=key or f"{receipt}-{kind}", at=more.pop("at", NOON), receipt=receipt, **more)


def take(database: Database, *reports: Report, minutes: float = 0) -> Heard:
    now = NOON + timedelta(minutes=minutes)
    return hear(database, "wire", ("sms",), reports, now=now, time_zone=SETTINGS.time_zone)


def sent(database: Database, messages: int, **over: Any) -> list[Message]:
    queue(database, messages)
    switch_on(database, "wire", **over)
    send(database, Wire())
    with database.read() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def states(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Message.state).order_by(Message.id)))


def signals(database: Database) -> list[tuple[str, int]]:
    with database.read() as session:
        return [(row[0], row[1]) for row in session.execute(select(Signal.kind, Signal.loan_id).order_by(Signal.id))]


def test_a_receipt_makes_a_message_delivered_and_tells_its_loan(database: Database) -> None:
    first, second = sent(database, 2, tariff=100)
    done = take(database, told("delivered", first.receipt, cost=180), told("failed", second.receipt, error="absent"))
    assert (done.new, done.delivered, done.undelivered) == (2, 1, 1)
    assert states(database) == ["delivered", "undelivered"]
    assert sorted(signals(database)) == [("delivered", first.loan_id), ("not_delivered", second.loan_id)]
    with database.read() as session:
        assert session.scalars(select(Message.cost).order_by(Message.id)).all() == [180, 100]
        assert session.scalars(select(Message.error).order_by(Message.id)).all() == [None, "absent"]
        assert session.scalar(select(func.count()).where(~Signal.handled)) == 0
        hour = session.scalars(select(ConnectorHour)).one()
        assert (hour.delivered, hour.undelivered, hour.cost) == (1, 1, 280)


def test_what_a_gateway_says_of_a_failure_is_kept_without_the_borrower(database: Database) -> None:
    switch_on(database, "wire")
    queue(database, 2)
    echo = "550 5.1.1 <anna@mail.example>: no such user; +7 900 123-45-67 (код 131026)"
    send(database, Wire({"accepted": False, "error": echo}))
    with database.read() as session:
        receipt = session.scalars(select(Message.receipt).where(Message.state == "sent")).one()
    take(database, told("failed", receipt, error="subscriber 79001234567 is absent"))
    with database.read() as session:
        assert session.scalars(select(Message.error).order_by(Message.id)).all() == [
            "550 5.1.1 … no such user; +… (код 131026)", "subscriber … is absent",
        ]  # fmt: skip
        assert session.scalars(select(HeardReport.error)).one() == "subscriber … is absent"


def test_a_receipt_that_comes_twice_changes_nothing(database: Database) -> None:
    (message,) = sent(database, 1)
    again = [told("delivered", message.receipt) for _number in range(3)]
    assert take(database, *again).new == 1
    assert take(database, *again) == Heard()
    assert take(database, told("delivered", message.receipt, key="other")).delivered == 0
    assert signals(database) == [("delivered", message.loan_id)]


def test_delivered_stays_delivered_whatever_is_told_before_or_after(database: Database) -> None:
    first, second, third = sent(database, 3)
    take(database, told("delivered", first.receipt))
    take(database, told("failed", first.receipt), told("failed", second.receipt))
    take(database, told("delivered", second.receipt))
    take(database, told("delivered", third.receipt), told("failed", third.receipt))
    assert states(database) == ["delivered"] * 3


def test_a_receipt_that_comes_before_the_answer_is_kept_until_the_message_is_known(database: Database) -> None:
    queue(database, 1)
    switch_on(database, "wire")
    with database.read() as session:
        message_id = session.scalars(select(Message.id)).one()
    early = told("delivered", f"r-{message_id}")
    assert take(database, early).unknown == 1
    assert settle_early(database, {"wire": ("sms",)}, now=NOON, time_zone=SETTINGS.time_zone) is None
    assert send(database, Wire()).sent == 1
    done = settle_early(database, {"wire": ("sms",)}, now=NOON, time_zone=SETTINGS.time_zone)
    assert done is not None
    assert done.delivered == 1
    assert states(database) == ["delivered"]
    assert settle_early(database, {"wire": ("sms",)}, now=NOON, time_zone=SETTINGS.time_zone) is None


def test_a_receipt_of_nobody_is_kept_and_harms_nothing(database: Database) -> None:
    sent(database, 1)
    assert take(database, told("delivered", "x" * 300), told("failed", "stranger")).unknown == 2
    assert states(database) == ["sent"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(HeardReport)) == 2


def test_a_receipt_of_another_connector_is_none_of_ours(database: Database) -> None:
    (message,) = sent(database, 1)
    hear(database, "other", (), [told("delivered", message.receipt)], now=NOON, time_zone=SETTINGS.time_zone)
    assert states(database) == ["sent"]


def test_a_reply_finds_its_borrower_by_message_or_by_phone(database: Database) -> None:
    first, second = sent(database, 2)
    with database.read() as session:
        phone = session.get_one(Borrower, second.borrower_id).phone
    assert phone is not None
    done = take(
        database,
        told("reply", first.receipt, text="Оплачу завтра"),
        told("reply", key="r2", address=phone.removeprefix("+"), text="Кто это?"),
        told("reply", key="r3", address="+79990000000", text="?"),
    )
    assert done.replies == 2
    assert sorted(signals(database)) == sorted([("reply", first.loan_id), ("reply", second.loan_id)])
    with database.read() as session:
        texts = {row["text"] for row in session.scalars(select(Signal.data))}
        assert texts == {"Оплачу завтра", "Кто это?"}


def test_a_stop_word_or_an_opt_out_refuses_the_channel(database: Database) -> None:
    first, second, third = sent(database, 3)
    done = take(
        database,
        told("reply", first.receipt, text="СТОП"),
        told("opt_out", second.receipt),
        told("reply", third.receipt, text="остановите это"),
    )
    assert done.refused == 2
    with database.read() as session:
        refused = session.execute(select(ChannelRefusal.borrower_id, ChannelRefusal.channel, ChannelRefusal.by)).all()
        assert sorted(tuple(row) for row in refused) == [
            (first.borrower_id, "sms", "wire"), (second.borrower_id, "sms", "wire"),
        ]  # fmt: skip


def test_a_case_that_waits_for_delivery_goes_on_in_the_same_transaction(database: Database) -> None:
    document = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "sms": ("sms", {"template": "{{ first_name }}", "connector": "wire"}),
            "wait": ("wait.signal", {"signal_kinds": ["delivered"], "timeout": {"days": 1}}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>sms", "sms:sent>wait", "sms:blocked>out", "wait:received>out", "wait:timeout>out"],
    )
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, document)
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    switch_on(database, "wire")
    send(database, Wire())
    with database.read() as session:
        receipt = session.scalars(select(Message.receipt)).one()
    take(database, told("delivered", receipt), minutes=1)
    with database.read() as session:
        assert session.scalars(select(Case.outcome)).one() == "received"


def test_a_connector_is_asked_and_may_forget_what_is_recorded(database: Database) -> None:
    (message,) = sent(database, 1)

    class Telling(Wire):
        def __init__(self) -> None:
            super().__init__()
            self.reports = [told("delivered", message.receipt)]
            self.taken: list[Report] = []

        def poll(self) -> Sequence[Report]:
            return [report for report in self.reports if report not in self.taken]

        def take(self, reports: Sequence[Report]) -> None:
            self.taken += reports

    wire = Telling()

    def ask() -> int:
        return listen(database, {"wire": wire}, "wire", vault=VAULT, clock=lambda: NOON, settings=SETTINGS)

    assert ask() == 1
    assert states(database) == ["delivered"]
    assert wire.taken == wire.reports
    switch_on(database, "wire", mode="sandbox")
    wire.taken = []
    assert ask() == 0


def test_many_receipts_cost_as_many_statements_as_a_few(database: Database) -> None:
    messages = sent(database, 44)
    counted = []
    for some in (messages[:4], messages[4:]):
        statements: list[str] = []

        def note(*seen: object, into: list[str] = statements) -> None:
            into.append(str(seen[2]))

        event.listen(database.engine, "before_cursor_execute", note)
        assert take(database, *[told("delivered", message.receipt) for message in some]).delivered == len(some)
        event.remove(database.engine, "before_cursor_execute", note)
        counted.append(len(statements))
    assert abs(counted[0] - counted[1]) <= 1, "the parameters of many signals may take a statement more"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Loan)) == 44


def addresses(database: Database) -> list[tuple[str | None, str | None]]:
    """The phone in use of each borrower, and why the one before ended."""
    with database.read() as session:
        rows = session.execute(
            select(Borrower.phone, ContactPoint.end_reason)
            .outerjoin(ContactPoint, ContactPoint.borrower_id == Borrower.id)
            .order_by(Borrower.id)
        )
        return [tuple(row) for row in rows]


def test_an_address_that_the_other_side_calls_nobodys_is_written_to_no_more(database: Database) -> None:
    queue(database, 4)
    switch_on(database, "wire")
    with database.write() as session:
        points.adopt(session, select(Borrower.id), kinds=("phone",), source="import", now=NOON)
        phones = session.scalars(select(Borrower.phone).order_by(Borrower.id)).all()
    refused = {"accepted": False, "error": "no such number", "dead": True}
    passing = {"accepted": False, "error": "busy", "retry": True}
    assert send(database, Wire(refused, passing)).sent == 2
    with database.read() as session:
        third, fourth = session.scalars(select(Message.receipt).order_by(Message.id)).all()[2:]
    done = take(database, told("dead", third, error="no such number"), told("failed", fourth, error="absent"))
    assert (done.undelivered, states(database)) == (2, ["failed", "queued", "undelivered", "undelivered"])
    assert addresses(database) == [(None, "dead"), (phones[1], None), (None, "dead"), (phones[3], None)]
