"""Telegram: against a Telegram API server from npm, and against one that refuses, throttles and repeats itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from connectors.http import Client
from connectors.telegram import Telegram
from scenario_engine.errors import Invalid
from scenario_engine.ports import Connector, Report, Setup, Unreached
from tests.connectors.vendors import QUICK, Asked, Said, Vendor, message, send, serving, setup_of
from tests.harness.peers import Peer, peer

BOT = Telegram(QUICK)
TOKEN = "123456:an-invented-token-of-a-bot-0001"
CHAT = "4200"


# --- a server that others wrote ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Peer]:
    with peer("telegram.js") as running:
        yield running


@pytest.fixture
def real(server: Peer) -> Setup:
    return setup_of(Telegram(), f"http://127.0.0.1:{server.port}", token=TOKEN)


def person(setup: Setup, path: str, values: dict[str, Any]) -> Any:
    """What the user's side of the server says."""
    with Client(setup.chosen["address"], networks=setup.networks) as asking:
        return asking.post_json(path, values).read_object()["result"]


def test_a_person_gets_the_message_and_what_they_answer_is_told(real: Setup) -> None:
    (sent,) = send(Telegram(), real, message(recipient=CHAT, channel="messenger", body="Займ 1: просрочено 500 ₽"))
    assert sent.accepted, sent.error
    got = person(real, "/getUpdates", {"token": TOKEN, "chatId": CHAT})
    assert [(each["message"]["chat_id"], each["message"]["text"]) for each in got] == [
        (int(CHAT), "Займ 1: просрочено 500 ₽")
    ]
    wrote = {
        "botToken": TOKEN, "text": "/stop", "date": 1795510800, "from": {"id": int(CHAT), "first_name": "Иван"},
        "chat": {"id": int(CHAT), "type": "private", "first_name": "Иван"},
        "entities": [{"offset": 0, "length": 5, "type": "bot_command"}],
    }  # fmt: skip
    person(real, "/sendCommand", wrote)
    with Telegram().open(real) as link:
        (reply,) = link.poll()
        assert (reply.kind, reply.address, reply.text) == ("reply", CHAT, "/stop")
        link.take([reply])
        assert link.poll() == ()


def test_the_test_tells_the_name_of_the_bot_and_sends_nothing(real: Setup) -> None:
    assert "@TestNameBot" in Telegram().test(real).en


# --- one that behaves badly -------------------------------------------------------------------------


class Bad:
    """Says what it is told to, and keeps updates until they are confirmed, as Telegram does."""

    def __init__(self) -> None:
        self.instead: list[Said] = []
        self.updates: list[dict[str, Any]] = []

    def __call__(self, asked: Asked) -> Said:
        assert asked.path.startswith(f"/bot{TOKEN}/")
        if self.instead:
            return self.instead.pop(0)
        if asked.path.endswith("/getUpdates"):
            after = asked.json.get("offset", 0)
            self.updates = [each for each in self.updates if each["update_id"] >= after]
            return Said({"ok": True, "result": self.updates[: asked.json["limit"]]})
        return Said({"ok": True, "result": {"message_id": 77}})


@pytest.fixture
def bad() -> Bad:
    return Bad()


@pytest.fixture
def vendor(bad: Bad) -> Iterator[Vendor]:
    with serving(bad) as running:
        yield running


@pytest.fixture
def setup(vendor: Vendor) -> Setup:
    return setup_of(BOT, vendor.url, token=TOKEN)


def no(code: int, description: str, **more: Any) -> Said:
    return Said({"ok": False, "error_code": code, "description": description, **more}, code)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (no(403, "Forbidden: bot was blocked by the user"), "barred the bot"),
        (no(403, "Forbidden: bot can't initiate conversation with a user"), "never written"),
        (no(400, "Bad Request: chat not found"), "no such chat"),
        (no(400, "Bad Request: message text is empty"), "does not take"),
    ],
)
def test_what_concerns_one_chat_refuses_its_message_and_the_next_leaves(
    said: Said, words: str, setup: Setup, bad: Bad
) -> None:
    bad.instead = [said]
    refused, sent = send(BOT, setup, message(1, CHAT), message(2, CHAT))
    assert (refused.accepted, refused.retry, refused.uncertain) == (False, False, False)
    assert words in (refused.error or "")
    assert (sent.accepted, sent.receipt) == (True, "4200/77")


def test_telegram_says_in_the_body_how_long_to_wait(setup: Setup, bad: Bad, vendor: Vendor) -> None:
    bad.instead = [no(429, "Too Many Requests: retry after 34", parameters={"retry_after": 34})]
    results = send(BOT, setup, message(1, CHAT), message(2, CHAT))
    assert [(each.retry, each.pause) for each in results] == [(True, 34.0), (True, 34.0)]
    assert len(vendor.heard) == 1


@pytest.mark.parametrize("code", [401, 404])
def test_a_token_that_is_refused_is_the_connectors_trouble(code: int, setup: Setup, bad: Bad) -> None:
    bad.instead = [no(code, "Unauthorized"), no(code, "Unauthorized"), no(code, "Unauthorized")]
    with pytest.raises(Unreached, match="login"):
        send(BOT, setup, message(1, CHAT), message(2, CHAT))
    with BOT.open(setup) as link, pytest.raises(Unreached, match="login"):
        link.poll()
    with pytest.raises(Invalid) as refused:
        BOT.test(setup)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("recipient", ["@ivan", "", "t.me/ivan", "+7 999"])
def test_what_is_no_number_of_a_chat_is_refused(recipient: str, setup: Setup, vendor: Vendor) -> None:
    (refused,) = send(BOT, setup, message(1, recipient))
    assert (refused.accepted, refused.retry) == (False, False)
    assert vendor.heard == []


def test_a_text_that_is_too_long_is_refused(setup: Setup, vendor: Vendor) -> None:
    assert "4 096" in (send(BOT, setup, message(1, CHAT, body="я" * 4097))[0].error or "")
    assert vendor.heard == []


def wrote(number: int, text: str, kind: str = "message", **chat: Any) -> dict[str, Any]:
    inside = {"message_id": number, "date": 1795510800, "chat": {"id": 4200, "type": "private"} | chat, "text": text}
    return {"update_id": number, kind: inside}


def test_what_people_wrote_comes_again_until_it_is_taken(setup: Setup, bad: Bad) -> None:
    bad.updates = [wrote(5, "да"), wrote(6, "завтра"), wrote(7, "СТОП", "edited_message")]
    with BOT.open(setup) as link:
        first = link.poll()
        assert [(report.key, report.text) for report in first] == [
            ("update-5", "да"), ("update-6", "завтра"), ("update-7", "СТОП"),
        ]  # fmt: skip
        assert list(link.poll()) == list(first)
        link.take([first[0], first[2]])
        assert [report.text for report in link.poll()] == ["завтра", "СТОП"]
        link.take(link.poll())
        assert link.poll() == ()
    assert bad.updates == []


def test_updates_that_concern_nobody_do_not_stand_in_the_way(setup: Setup, bad: Bad) -> None:
    bad.updates = [wrote(number, "hi", type="group") for number in range(1, 251)]
    bad.updates.append(wrote(251, "да"))
    with BOT.open(setup) as link:
        (told,) = link.poll()
        assert told.text == "да"


def test_a_person_who_bars_the_bot_is_told_as_blocked(setup: Setup, bad: Bad) -> None:
    def member(number: int, status: str) -> dict[str, Any]:
        change = {"date": 1795510800, "chat": {"id": 4200, "type": "private"}, "new_chat_member": {"status": status}}
        return {"update_id": number, "my_chat_member": change}

    bad.updates = [member(1, "member"), member(2, "kicked")]
    with BOT.open(setup) as link:
        told: list[Report] = list(link.poll())
    assert [(report.kind, report.address, report.key) for report in told] == [("blocked", CHAT, "update-2")]


def test_somebody_else_who_reads_the_bot_is_said_to_be_in_the_way(setup: Setup, bad: Bad) -> None:
    bad.instead = [no(409, "Conflict: terminated by other getUpdates request")]
    with BOT.open(setup) as link, pytest.raises(Unreached, match="setup"):
        link.poll()


@pytest.mark.parametrize("values", [{"token": "abc"}, {"token": TOKEN + "/../x"}, {"address": "telegram"}])
def test_settings_that_cannot_work_are_told_before_it_is_switched_on(values: dict[str, str], setup: Setup) -> None:
    assert BOT.problem(setup.chosen) is None
    assert BOT.problem({**setup.chosen, **values}) is not None


def test_a_server_inside_is_not_reached_unless_its_network_is_allowed(setup: Setup, vendor: Vendor) -> None:
    assert isinstance(BOT, Connector)
    with pytest.raises(Invalid) as refused:
        send(BOT, replace(setup, networks=""), message(1, CHAT))
    assert refused.value.code == "address.inner"
    assert vendor.heard == []
