"""The whole way of a message: a vendor is switched on, the outbox sends, the vendor tells what became of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connectors.http import Limits
from connectors.smsc import Smsc
from connectors.telegram import Telegram
from console import context
from scenario_engine.engine.outbox import deliver
from scenario_engine.engine.outbox.listening import listen
from scenario_engine.models import Borrower, ChannelRefusal, Message, Signal
from tests.connectors.vendors import LOOPBACK, Asked, Said, Trouble, Vendor, serving
from tests.console.client import Console
from tests.console.world import World

KEY = "hookhookhookhook"
TOKEN = "123456:an-invented-token-of-a-bot-0001"
QUICK = Limits(connect=5, silence=1, whole=2)


class Desk:
    """Both vendors at one address."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.updates: list[dict[str, Any]] = []

    def __call__(self, asked: Asked) -> Said:
        if asked.path.endswith("/getUpdates"):
            self.updates = [each for each in self.updates if each["update_id"] >= asked.json.get("offset", 0)]
            return Said({"ok": True, "result": self.updates})
        if asked.path.endswith("/sendMessage"):
            self.texts[str(asked.json["chat_id"])] = asked.json["text"]
            return Said({"ok": True, "result": {"message_id": 5}})
        if asked.path.endswith("/status.php"):
            return Said({"status": 0 if asked.form["id"] in self.texts else -3})
        self.texts[asked.form["id"]] = asked.form["mes"]
        return Said({"id": asked.form["id"], "cnt": 1, "cost": "4.1"})


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def vendor(both: Console, desk: Desk) -> Iterator[Vendor]:
    room = context.room(both.app)
    allowed = room.settings.model_copy(update={"inner_networks": LOOPBACK})
    made = {**room.connectors, "smsc": Smsc(QUICK), "telegram": Telegram(QUICK)}
    context.furnish(both.app, replace(room, settings=allowed, connectors=made))
    with serving(desk) as running:
        yield running


def switch_on(both: Console, key: str, **values: str) -> None:
    answer = both.sign_in("admin").put(f"/connectors/{key}", {"mode": "live", "values": values})
    assert answer.status_code == 200, answer.text


def leave(both: Console, minutes: int = 0) -> Any:
    room = context.room(both.app)
    return deliver(
        both.database, room.connectors, vault=room.vault, now=both.now + timedelta(minutes=minutes),
        settings=room.settings, randomness=random.Random(1),
    )  # fmt: skip


def queue(both: Console, world: World, channel: str, connector: str, **borrower: str) -> None:
    with both.database.write() as session:
        for row in session.scalars(select(Message)):
            row.state = "cancelled"
        found = session.get_one(Borrower, world.borrower)
        for name, value in borrower.items():
            setattr(found, name, value)
        message = session.scalars(select(Message).where(Message.id == world.message)).one()
        message.state, message.channel, message.connector = "queued", channel, connector
        message.due_at, message.queued_at, message.attempts = both.now, both.now, 0
        message.content = {"template": "Займ {{ loan_number }}"}


def the_message(both: Console, world: World) -> Message:
    with both.database.read() as session:
        return session.scalars(select(Message).where(Message.id == world.message)).one()


def test_smsc_in_its_sandbox_is_sent_nothing(both: Console, both_world: World, vendor: Vendor) -> None:
    queue(both, both_world, "sms", "smsc", phone="+79991234567")
    assert leave(both).sent == 1
    assert vendor.heard == []


def test_a_message_without_an_answer_leaves_once_and_comes_back_delivered_with_a_refusal(
    both: Console, both_world: World, vendor: Vendor, desk: Desk
) -> None:
    switch_on(both, "smsc", secret="good", hook_key=KEY, countries="RU", address=vendor.url)
    queue(both, both_world, "sms", "smsc", phone="+79991234567")
    vendor.troubles.append(Trouble("never"))
    assert leave(both).retried == 1
    assert the_message(both, both_world).uncertain_at is not None
    assert leave(both, minutes=10).sent == 1
    found = the_message(both, both_world)
    assert list(desk.texts) == [found.receipt]
    assert found.uncertain_at is not None  # it is said to be so for good

    client = both.app.test_client()
    told = {"id": found.receipt, "phone": "79991234567", "status": "1", "ts": str(int(both.now.timestamp()))}
    assert client.post(f"/hooks/smsc?key={KEY}x", data=told).status_code == 401
    for _ in range(2):
        assert client.post(f"/hooks/smsc?key={KEY}", data=told).status_code == 200
    wrote = {"phone": "79991234567", "mes": "СТОП", "to": "79990000000", "ts": str(int(both.now.timestamp()))}
    assert client.post(f"/hooks/smsc?key={KEY}", data=wrote).status_code == 200
    with both.database.read() as session:
        told_once = session.scalars(select(Signal).where(Signal.kind == "delivered")).all()
        refused = session.execute(select(ChannelRefusal.borrower_id, ChannelRefusal.channel)).all()
    assert the_message(both, both_world).state == "delivered"
    assert len(told_once) == 1
    assert (both_world.borrower, "sms") in [tuple(row) for row in refused]


def test_what_a_person_answers_the_bot_is_heard_once(
    both: Console, both_world: World, vendor: Vendor, desk: Desk
) -> None:
    switch_on(both, "telegram", token=TOKEN, address=vendor.url)
    queue(both, both_world, "messenger", "telegram", messenger="4200")
    assert leave(both).sent == 1
    assert list(desk.texts) == ["4200"]
    chat = {"id": 4200, "type": "private"}
    moment = int(both.now.timestamp())
    desk.updates = [
        {"update_id": 7, "message": {"message_id": 1, "date": moment, "chat": chat, "text": "Заплачу завтра"}},
        {"update_id": 8, "message": {"message_id": 2, "date": moment, "chat": chat, "text": "/stop"}},
    ]
    room = context.room(both.app)
    for _ in range(2):
        listen(
            both.database, room.connectors, "telegram", vault=room.vault, clock=lambda: both.now,
            settings=room.settings,
        )  # fmt: skip
    assert desk.updates == []
    with both.database.read() as session:
        replies = session.scalars(select(Signal).where(Signal.kind == "reply")).all()
        refused = session.execute(select(ChannelRefusal.borrower_id, ChannelRefusal.channel)).all()
    assert len({reply.key for reply in replies}) == len(replies) >= 1
    assert (both_world.borrower, "messenger") in [tuple(row) for row in refused]
