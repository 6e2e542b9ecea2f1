"""What lets messages out to a live connector: mode, rate, pauses, breaker; what is kept when it fails half-way."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from scenario_engine.database import Database
from scenario_engine.engine.outbox import CLAIM, MOST_ATTEMPTS, Delivered, deliver, is_anything_due
from scenario_engine.engine.outbox.gate import FIRST_REST, MOST_FAILURES, try_now
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import ConnectorHour, ConnectorState, Message, Signal
from scenario_engine.ports import Connector, Delivery, Link, Outgoing, Setup, Unreached
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.harness.gateway import VAULT, Gateway, switch_on

MESSAGES = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "sms": ("sms", {"template": "{{ first_name }}", "connector": "wire"}),
        "out": ("exit", {"reason": "x"}),
    },
    ["in:next>sms", "sms:sent>out", "sms:blocked>out"],
)


class Wire(Gateway):
    """Remembers what was handed to it; `answers` are given in turn, acceptance afterwards."""

    def __init__(self, *answers: dict[str, Any], down: bool = False) -> None:
        self.left: list[Outgoing] = []
        self.answers = list(answers)
        self.down = down
        self.opened = 0

    def open(self, setup: Setup) -> AbstractContextManager[Link]:
        self.opened += 1
        if self.down:
            raise Unreached("connection")
        return super().open(setup)

    def send(self, batch: Sequence[Outgoing]) -> Iterable[Delivery]:
        for item in batch:
            self.left.append(item)
            said = self.answers.pop(0) if self.answers else {"accepted": True, "receipt": f"r-{item.message_id}"}
            if said.get("gone"):
                raise Unreached("connection")
            yield Delivery(message_id=item.message_id, **said)


BUSY = {"accepted": False, "retry": True, "error": "busy"}


def queue(database: Database, messages: int) -> None:
    with database.write() as session:
        for _number in range(messages):
            a_loan(session, dpd=5, overdue=100_00)
        if session.scalar(select(Message.id).limit(1)) is None:
            a_live_version(session, MESSAGES)
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)


def send(database: Database, wire: Connector, seconds: float = 0, **over: Any) -> Delivered:
    now = NOON + timedelta(seconds=seconds)
    return deliver(
        database, {"wire": wire}, vault=VAULT, now=now, settings=SETTINGS, randomness=random.Random(1), **over
    )


def states(database: Database) -> dict[str, int]:
    with database.read() as session:
        rows = session.execute(select(Message.state, func.count()).group_by(Message.state))
        return {row[0]: row[1] for row in rows}


def state(database: Database) -> ConnectorState:
    with database.read() as session:
        return session.get_one(ConnectorState, "wire")


def test_nothing_leaves_through_a_connector_that_nobody_switched_on(database: Database) -> None:
    queue(database, 2)
    wire, sandbox = Wire(), Wire()
    done = deliver(
        database, {"wire": wire, "sandbox": sandbox}, vault=VAULT, now=NOON, settings=SETTINGS,
        randomness=random.Random(1),
    )  # fmt: skip
    assert (done.sent, wire.left, len(sandbox.left)) == (2, [], 2)


def test_secrets_whose_key_is_lost_keep_messages_waiting(database: Database) -> None:
    queue(database, 1)
    switch_on(database, "wire", secrets="not to be opened")
    wire = Wire()
    assert send(database, wire).taken == 0
    assert states(database) == {"queued": 1}
    assert "key" in state(database).answers["last"][0]["text"]


def test_the_rate_holds_over_any_number_of_engines(database: Database) -> None:
    queue(database, 40)
    switch_on(database, "wire", rate=10)
    engines = [Wire(), Wire(), Wire()]
    for tenth in range(21):  # three engines ask ten times a second, for two seconds
        for wire in engines:
            send(database, wire, seconds=tenth / 10)
    left = sum(len(wire.left) for wire in engines)
    assert 28 <= left <= 30, "ten at once, and ten a second"


def test_a_sender_that_waits_for_the_rate_says_for_how_long(database: Database) -> None:
    queue(database, 12)
    switch_on(database, "wire", rate=10)
    first = send(database, Wire())
    assert first.sent == 10
    assert first.wait is not None
    assert 0 < first.wait <= 1
    assert send(database, Wire(), seconds=1).sent == 2


def test_a_pause_that_the_other_side_asks_for_holds_for_all_and_costs_no_attempt(database: Database) -> None:
    queue(database, 2)
    switch_on(database, "wire")
    slow = {"accepted": False, "pause": 60.0, "error": "too many requests"}
    for minute in range(MOST_ATTEMPTS + 2):
        assert send(database, Wire(slow, slow), seconds=minute * 61).retried == 2
        assert send(database, Wire(), seconds=minute * 61 + 59).taken == 0
    with database.read() as session:
        assert not is_anything_due(session, now=NOON + timedelta(seconds=61 * (MOST_ATTEMPTS + 1) + 30))
    assert send(database, Wire(), seconds=61 * (MOST_ATTEMPTS + 2)).sent == 2
    assert state(database).breaker == "closed"


def test_a_gateway_that_cannot_be_reached_is_left_alone_after_some_failures_and_probed_with_one(
    database: Database,
) -> None:
    queue(database, 8)
    switch_on(database, "wire", batch=1)
    down = Wire(down=True)
    for second in range(MOST_FAILURES + 3):
        send(database, down, seconds=second)
    assert down.opened == MOST_FAILURES
    opened = state(database)
    assert opened.breaker == "open"
    later = MOST_FAILURES + FIRST_REST
    assert send(database, down, seconds=later).retried == 1
    assert (down.opened, state(database).breaker) == (MOST_FAILURES + 1, "open")
    assert send(database, Wire(), seconds=later + FIRST_REST).taken == 0, "it stays open twice as long"
    up = Wire()
    assert send(database, up, seconds=later + 4 * FIRST_REST).sent == 8
    assert state(database).breaker == "closed"
    with database.read() as session:
        assert set(session.scalars(select(Message.attempts))) == {1}, "what never left was no attempt"


def test_while_a_probe_is_on_its_way_nobody_else_sends(database: Database) -> None:
    queue(database, 3)
    switch_on(database, "wire")
    with database.write() as session:
        session.add(
            ConnectorState(key="wire", breaker="open", failures=5, trips=1, retry_at=NOON, answers={"last": []})
        )
    others: list[int] = []

    class Probed(Wire):
        def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
            others.append(send(database, Wire()).taken)
            assert len(batch) == 1
            yield from [Delivery(message_id=item.message_id, accepted=True) for item in batch]

    assert send(database, Probed(), limit=1).sent == 1
    assert others == [0]
    assert send(database, Wire()).sent == 2


def test_a_person_may_try_a_connector_at_once(database: Database) -> None:
    queue(database, 1)
    switch_on(database, "wire")
    with database.write() as session:
        later = NOON + timedelta(hours=1)
        session.add(
            ConnectorState(key="wire", breaker="open", failures=5, trips=3, retry_at=later, answers={"last": []})
        )
    assert send(database, Wire()).taken == 0
    with database.write() as session:
        try_now(session, "wire", now=NOON)
    assert send(database, Wire()).sent == 1


def test_what_was_accepted_before_the_connection_broke_is_kept_and_the_rest_may_have_left(database: Database) -> None:
    queue(database, 5)
    switch_on(database, "wire")
    wire = Wire({"accepted": True, "receipt": "a"}, {"accepted": True, "receipt": "b"}, {"gone": True})
    assert send(database, wire) == Delivered(sent=2, retried=3)
    with database.read() as session:
        doubtful = session.scalars(select(Message).where(Message.uncertain_at.is_not(None))).all()
        assert len(doubtful) == 3
        assert {message.state for message in doubtful} == {"queued"}
    again = Wire()
    assert send(database, again, seconds=600).sent == 3
    assert all(item.again for item in again.left)
    with database.read() as session:
        marked = select(func.count()).where(Message.uncertain_at.is_not(None), Message.state == "sent")
        assert session.scalar(marked) == 3, "it stays marked: it may have been sent twice"


def test_an_answer_that_leaves_out_a_message_leaves_it_in_doubt(database: Database) -> None:
    queue(database, 2)
    switch_on(database, "wire")

    class Half(Gateway):
        def send(self, batch: Sequence[Outgoing]) -> Iterable[Delivery]:
            return [Delivery(message_id=batch[0].message_id, accepted=True), Delivery(message_id=-1, accepted=True)]

    assert send(database, Half()) == Delivered(sent=1, retried=1)
    with database.read() as session:
        left = session.scalars(select(Message).where(Message.state == "queued")).one()
        assert left.uncertain_at == NOON


def test_what_a_dead_sender_had_in_flight_is_marked_when_it_is_taken_again(database: Database) -> None:
    queue(database, 2)
    switch_on(database, "wire")
    with database.write() as session:
        first = session.scalars(select(Message.id).order_by(Message.id)).first()
        session.execute(update(Message).where(Message.id == first).values(state="sending", claimed_at=NOON, attempts=1))
    later = CLAIM.total_seconds() + 1
    wire = Wire()
    assert send(database, wire, seconds=later).sent == 2
    with database.read() as session:
        marked = session.scalars(select(Message.id).where(Message.uncertain_at.is_not(None))).all()
        assert marked == [first]


def test_results_are_written_while_a_slow_gateway_goes_on_and_the_claim_is_renewed(database: Database) -> None:
    queue(database, 4)
    switch_on(database, "wire")
    moment = [NOON]
    seen: list[dict[str, int]] = []

    class Slow(Gateway):
        def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
            for item in batch:
                seen.append(states(database))
                others = send(database, Wire(), seconds=(moment[0] - NOON).total_seconds())
                assert others.taken == 0, "it is still being sent"
                moment[0] += timedelta(minutes=4)
                yield Delivery(message_id=item.message_id, accepted=True)

    def clock() -> datetime:
        return moment[0]

    assert send(database, Slow(), clock=clock).sent == 4
    assert [counts.get("sent", 0) for counts in seen] == [0, 1, 2, 3]


def test_a_message_that_another_engine_took_over_is_marked_and_stays_theirs(database: Database) -> None:
    queue(database, 1)
    switch_on(database, "wire")
    inside: list[Delivered] = []

    class Asleep(Gateway):
        def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
            inside.append(send(database, Wire(), seconds=CLAIM.total_seconds() + 60))
            yield Delivery(message_id=batch[0].message_id, accepted=True, receipt="mine")

    assert send(database, Asleep()).taken == 0
    assert inside == [Delivered(sent=1)]
    with database.read() as session:
        message = session.scalars(select(Message)).one()
        assert (message.state, message.receipt) == ("sent", f"r-{message.id}")
        assert message.uncertain_at is not None


def test_attempts_come_to_an_end_and_the_loan_hears_of_it(database: Database) -> None:
    queue(database, 1)
    switch_on(database, "wire")
    for hours in range(MOST_ATTEMPTS):
        send(database, Wire(BUSY), seconds=hours * 5_000)
    assert states(database) == {"failed": 1}
    with database.read() as session:
        message, signal = session.scalars(select(Message)).one(), session.scalars(select(Signal)).one()
        assert (signal.kind, signal.case_id, signal.visit_id) == ("not_delivered", message.case_id, message.batch_id)
    with database.write() as session:  # a person sends it again, and it fails again
        session.execute(update(Message).values(state="queued", attempts=0, due_at=NOON))
    assert send(database, Wire({"accepted": False, "error": "no such number"}), seconds=90_000).failed == 1


def test_a_message_that_is_too_late_is_not_sent(database: Database) -> None:
    queue(database, 2)
    switch_on(database, "wire")
    with database.write() as session:
        first = session.scalars(select(Message.id).order_by(Message.id)).first()
        session.execute(update(Message).where(Message.id == first).values(expires_at=NOON + timedelta(hours=1)))
    wire = Wire()
    assert send(database, wire, seconds=3_600) == Delivered(sent=1, expired=1)
    assert [item.message_id for item in wire.left] != [first]
    with database.read() as session:
        late = session.get_one(Message, (first)) if database.dialect == "sqlite" else None
        found = late or session.scalars(select(Message).where(Message.id == first)).one()
        assert (found.state, found.attempts) == ("expired", 0)
        assert "too late" in (found.error or "")


def test_one_connector_that_is_down_holds_up_no_other(database: Database) -> None:
    queue(database, 2)
    with database.write() as session:
        first = session.scalars(select(Message.id).order_by(Message.id)).first()
        session.execute(update(Message).where(Message.id == first).values(connector="other"))
    switch_on(database, "wire", "other")
    wire, other = Wire(), Wire(down=True)
    done = deliver(
        database, {"wire": wire, "other": other}, vault=VAULT, now=NOON, settings=SETTINGS,
        randomness=random.Random(1),
    )  # fmt: skip
    assert (done.sent, done.retried, len(wire.left)) == (1, 1, 1)


def test_messages_of_a_connector_that_is_gone_fail(database: Database) -> None:
    queue(database, 1)
    done = deliver(database, {}, vault=VAULT, now=NOON, settings=SETTINGS, randomness=random.Random(1))
    assert done == Delivered(failed=1)
    with database.read() as session:
        assert session.scalars(select(Message.error)).one() == "no connector “wire”"


def test_what_messages_cost_is_what_the_other_side_says_or_the_tariff(database: Database) -> None:
    queue(database, 3)
    switch_on(database, "wire", tariff=250, by_part=True)
    wire = Wire({"accepted": True, "cost": 310}, {"accepted": True}, {"accepted": False, "error": "no such number"})
    assert send(database, wire) == Delivered(sent=2, failed=1)
    with database.read() as session:
        assert sorted(session.scalars(select(Message.cost)), key=str) == [250, 310, None]
        hour = session.scalars(select(ConnectorHour)).one()
        assert (hour.connector, hour.channel, hour.sent, hour.failed, hour.cost) == ("wire", "sms", 2, 1, 560)


def test_answers_are_kept_without_persons(database: Database) -> None:
    queue(database, 1)
    switch_on(database, "wire")
    said = {"accepted": False, "error": "+7 900 000-00-01 <anna@example.test> is barred"}
    send(database, Wire(said))
    (answer,) = state(database).answers["last"]
    assert answer == {"at": NOON.isoformat(), "kind": "refused", "text": answer["text"]}
    assert "barred" in answer["text"]
    assert not {"900", "anna"} & {word for word in ("900", "anna") if word in answer["text"]}
