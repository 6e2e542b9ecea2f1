"""Connectors: set up and tried by an administrator, switched live, and what their other side tells at /hooks."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from console import connector_settings, context
from scenario_engine.errors import Invalid
from scenario_engine.models import AuditEntry, ConnectorSettings, ConnectorState, Message, Refusal
from scenario_engine.ports import Forged, Notification, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text
from tests.console.client import Console
from tests.console.world import World
from tests.harness.gateway import Gateway

VALUES = {"address": "sms.example.test", "password": "hush-hush"}


class Centre(Gateway):
    """An SMS centre with an address and a password; it tells in clear text."""

    key = "centre"
    title = Text("SMS centre", "СМС-центр")
    channels = ("sms",)
    fields: Sequence[SettingField] = (
        SettingField(key="address", title=Text("Address", "Адрес")),
        SettingField(key="password", title=Text("Password", "Пароль"), secret=True),
    )
    answer: Text | Exception = Text("Balance 100", "Баланс 100")
    seen: Setup | None = None

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        return Text("No spaces.", "Без пробелов.") if " " in chosen["address"] else None

    def test(self, setup: Setup) -> Text:
        self.seen = setup
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def hear(self, notification: Notification, setup: Setup) -> Sequence[Report]:
        kind, receipt, password = notification.body.decode().split(" ")
        if password != setup.chosen["password"]:
            raise Forged("signature")
        told: Any = kind
        return [Report(kind=told, key=f"{receipt}-{kind}", at=notification.received_at, receipt=receipt)]

    def greet(self, query: Mapping[str, str], setup: Setup) -> str | None:
        return query.get("challenge") if query.get("token") == setup.chosen["password"] else None


@pytest.fixture
def centre(both: Console) -> Centre:
    """It is installed."""
    room = context.room(both.app)
    made = Centre()
    context.furnish(both.app, replace(room, connectors={**room.connectors, "centre": made}))
    return made


def card(both: Console, who: str = "admin") -> dict[str, Any]:
    items = both.sign_in(who).get("/connectors").json["items"]
    found: dict[str, Any] = next(item for item in items if item["key"] == "centre")
    return found


def put(both: Console, **over: Any) -> Any:
    return both.sign_in("admin").put("/connectors/centre", {"mode": "live", "values": VALUES, **over})


def test_a_connector_is_in_its_sandbox_until_somebody_switches_it_on(both: Console, centre: Centre) -> None:
    assert card(both)["mode"] == "sandbox"
    assert put(both, rate=5, tariff=250, by_part=True).status_code == 200
    found = card(both)
    assert (found["mode"], found["rate"], found["tariff"], found["by_part"]) == ("live", 5, 250, True)
    shown = [(field["value"], field["known"]) for field in found["fields"]]
    assert shown == [("sms.example.test", False), (None, True)]
    with both.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "connector.changed")).one()
        assert (entry.details["mode"], entry.details["was_mode"]) == ("live", "sandbox")
        assert entry.details["changed"] == ["address", "password"]
        stored = session.execute(text("SELECT secrets FROM connector_settings")).scalar_one()
    assert "hush" not in stored + str(entry.details)


def test_a_secret_that_is_left_out_stays(both: Console, centre: Centre) -> None:
    put(both)
    assert put(both, values={"address": "other.example.test"}).status_code == 200
    with both.database.read() as session:
        found = session.get_one(ConnectorSettings, "centre")
        setup = connector_settings.filled_in.open_values(context.room(both.app).vault, centre.fields, found)
    assert setup == {"address": "other.example.test", "password": "hush-hush"}


def test_what_is_not_filled_in_cannot_be_live_but_may_wait_in_the_sandbox(both: Console, centre: Centre) -> None:
    refused = put(both, values={"address": "a b"})
    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json["error"]["problems"]] == ["password"]
    assert put(both, values={"address": "a b", "password": "p"}).status_code == 422
    assert put(both, mode="sandbox", values={"address": "a"}).status_code == 200
    assert put(both, mode="sandbox", values={"nothing": "a"}).status_code == 422
    assert both.sign_in("admin").put("/connectors/sandbox", {"mode": "live"}).status_code == 409
    assert both.sign_in("admin").put("/connectors/none", {"mode": "live"}).status_code == 404


def test_a_box_that_is_not_ticked_says_no_and_is_not_missing(console: Console) -> None:
    values = {"host": "mail.example.test", "sender": "post@example.test", "tls": "", "plain": ""}
    body = {"mode": "live", "values": values, "rate": None}
    assert console.sign_in("admin").put("/connectors/smtp", body).status_code == 200


def test_a_test_tells_in_words_what_came_and_stores_nothing(both: Console, centre: Centre) -> None:
    admin = both.sign_in("admin")
    tried = admin.post("/connectors/centre/test", {"values": VALUES}).json
    assert tried == {"is_good": True, "said": "Balance 100"}
    assert centre.seen is not None
    assert centre.seen.chosen == VALUES
    assert card(both)["fields"][1]["known"] is False
    centre.answer = Unreached("time")
    assert admin.post("/connectors/centre/test", {"values": VALUES}).json["said"].endswith("No answer in time")
    centre.answer = Invalid(Text("Wrong password.", "Неверный пароль."))
    assert admin.post("/connectors/centre/test", {"values": VALUES}).json["said"] == "Wrong password."
    centre.answer = RuntimeError("hush-hush")
    said = admin.post("/connectors/centre/test", {"values": VALUES}).json
    assert said["is_good"] is False
    assert "hush" not in said["said"]


def test_a_test_that_gets_no_answer_ends_in_time(centre: Centre) -> None:
    class Asleep(Centre):
        def test(self, setup: Setup) -> Text:
            time.sleep(1)
            return Text("late", "поздно")

    tried = connector_settings.try_out(Asleep(), Setup(chosen={}, networks=""), patience=0.01)
    assert (tried.is_good, "0.01" in tried.said.en) == (False, True)


def test_who_may_only_look_sees_how_it_fares_and_no_settings(both: Console, centre: Centre) -> None:
    put(both)
    assert card(both, "supervisor")["fields"] == []
    assert both.sign_in("operator").get("/connectors").status_code == 403


def test_a_person_may_have_a_connector_tried_at_once(both: Console, centre: Centre) -> None:
    put(both)
    with both.database.write() as session:
        session.add(
            ConnectorState(
                key="centre", breaker="open", failures=5, trips=1, retry_at=both.now + timedelta(hours=1),
                answers={"last": [{"at": both.now.isoformat(), "kind": "lost", "text": "no route"}]},
            )
        )  # fmt: skip
    found = card(both)
    assert (found["breaker"], found["answers"][0]["text"]) == ("open", "no route")
    assert both.sign_in("admin").post("/connectors/centre/try").status_code == 200
    assert card(both)["retry_at"] is None


def hook(both: Console, body: str) -> int:
    status: int = both.app.test_client().post("/hooks/centre", data=body).status_code
    return status


def test_what_a_connector_hears_becomes_of_its_message(both: Console, centre: Centre, both_world: World) -> None:
    assert hook(both, "delivered r-1 hush-hush") == 404, "it is in its sandbox"
    put(both)
    with both.database.write() as session:
        message_id = session.scalars(select(Message.id).order_by(Message.id)).first()
        session.execute(
            update(Message)
            .where(Message.id == message_id)
            .values(state="sent", connector="centre", receipt="r-1", queued_at=both.now)
        )
    assert hook(both, "delivered r-1 hush-hush") == 200
    assert hook(both, "delivered r-1 hush-hush") == 200
    assert hook(both, "failed r-1 guess") == 401
    with both.database.read() as session:
        state = session.scalars(select(Message.state).where(Message.id == message_id)).one()
        refusals = session.execute(select(Refusal.source, Refusal.reason, Refusal.count)).all()
    assert state == "delivered"
    assert [tuple(row) for row in refusals] == [("centre", "signature", 1)]
    assert hook(both, "x" * 100_000) == 413


def test_the_other_side_may_make_sure_of_the_address(both: Console, centre: Centre) -> None:
    put(both)
    client = both.app.test_client()
    good = client.get("/hooks/centre?token=hush-hush&challenge=17")
    assert (good.status_code, good.text, good.mimetype) == (200, "17", "text/plain")
    assert client.get("/hooks/centre?token=guess&challenge=17").status_code == 403
    assert client.get("/hooks/nobody").status_code == 404
