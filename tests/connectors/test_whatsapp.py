"""WhatsApp Cloud API: templates, refusals, signed calls with several things in one, and the check of our address."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from connectors.whatsapp import WhatsApp
from scenario_engine.errors import Invalid
from scenario_engine.ports import Connector, Forged, Hearing, Report, Setup, Unreached, Unreadable
from tests.connectors.vendors import PHONE, QUICK, Asked, Said, Vendor, call, message, send, serving, setup_of

WHATSAPP = WhatsApp(QUICK)
NUMBER = "106540352242922"


class Peer:
    """Meta's side."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.instead: list[Said] = []

    def __call__(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != "Bearer good":
            return error(190, 401)
        if self.instead:
            return self.instead.pop(0)
        if asked.method == "GET":
            assert asked.path == f"/v23.0/{NUMBER}"
            return Said({"id": NUMBER, "verified_name": "МКК Пример", "quality_rating": "GREEN"})
        assert asked.path == f"/v23.0/{NUMBER}/messages"
        self.taken.append(asked.json)
        return Said({"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": "wamid.HBgM"}]})


def error(code: int, status: int = 400) -> Said:
    return Said({"error": {"message": "(#1) +79991234567", "type": "OAuthException", "code": code}}, status)


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
def vendor(peer: Peer) -> Iterator[Vendor]:
    with serving(peer) as running:
        yield running


@pytest.fixture
def setup(vendor: Vendor) -> Setup:
    return setup_of(
        WHATSAPP, vendor.url, phone_id=NUMBER, token="good", app_secret="app", verify="word", template="reminder_1",
    )  # fmt: skip


def chosen(setup: Setup, **values: str) -> Setup:
    return replace(setup, chosen={**setup.chosen, **values})


def test_each_line_of_the_text_fills_a_gap_of_the_template(setup: Setup, peer: Peer) -> None:
    (sent,) = send(WHATSAPP, setup, message(body="Иван,   займ 1\n\n\tпросрочено 500 ₽\n"))
    assert (sent.accepted, sent.receipt) == (True, "wamid.HBgM")
    (taken,) = peer.taken
    assert (taken["to"], taken["type"], taken["biz_opaque_callback_data"]) == ("79991234567", "template", "7-1-3")
    template = taken["template"]
    assert (template["name"], template["language"]["code"]) == ("reminder_1", "ru")
    assert [each["text"] for each in template["components"][0]["parameters"]] == ["Иван, займ 1", "просрочено 500 ₽"]


def test_without_a_template_it_is_plain_text(setup: Setup, peer: Peer) -> None:
    send(WHATSAPP, chosen(setup, template=""), message(body="Иван,\nзайм 1"))
    assert (peer.taken[0]["type"], peer.taken[0]["text"]["body"]) == ("text", "Иван,\nзайм 1")


@pytest.mark.parametrize(("code", "words"), [(131026, "no WhatsApp"), (131047, "24 hours"), (132000, "lines"),
                                             (999999, "999999")])  # fmt: skip
def test_what_concerns_one_message_refuses_it_in_words_and_the_next_leaves(
    code: int, words: str, setup: Setup, peer: Peer
) -> None:
    peer.instead = [error(code)]
    refused, sent = send(WHATSAPP, setup, message(1), message(2))
    assert (refused.accepted, refused.retry, refused.uncertain) == (False, False, False)
    assert words in (refused.error or "")
    assert "9991234567" not in (refused.error or "")
    assert sent.accepted


def test_a_passing_trouble_of_meta_is_worth_another_attempt(setup: Setup, peer: Peer) -> None:
    peer.instead = [error(131000, 500)]
    (refused,) = send(WHATSAPP, setup, message())
    assert (refused.accepted, refused.retry, refused.uncertain) == (False, True, False)


@pytest.mark.parametrize(("code", "pause"), [(130429, 60), (80007, 300), (131056, 60), (131048, 3600)])
def test_a_limit_of_meta_pauses_everything(code: int, pause: float, setup: Setup, peer: Peer, vendor: Vendor) -> None:
    peer.instead = [error(code, 429)]
    results = send(WHATSAPP, setup, message(1), message(2))
    assert [(each.retry, each.pause) for each in results] == [(True, pause), (True, pause)]
    assert len(vendor.heard) == 1


@pytest.mark.parametrize(
    ("code", "word"), [(0, "login"), (190, "login"), (131042, "funds"), (131031, "blocked"), (132001, "setup")]
)
def test_what_concerns_all_messages_is_the_connectors_trouble(code: int, word: str, setup: Setup, peer: Peer) -> None:
    peer.instead = [error(code)]
    with pytest.raises(Unreached, match=word):
        send(WHATSAPP, setup, message(1), message(2))
    assert peer.taken == []


def test_a_text_that_is_empty_or_too_long_is_refused_here(setup: Setup, vendor: Vendor) -> None:
    for body in ("", " \n ", "я" * 1025):
        assert send(WHATSAPP, setup, message(body=body))[0].accepted is False
    assert vendor.heard == []


def test_the_test_tells_the_name_of_the_number_and_a_refused_token(setup: Setup, peer: Peer) -> None:
    assert "МКК Пример" in WHATSAPP.test(setup).en
    with pytest.raises(Invalid) as refused:
        WHATSAPP.test(chosen(setup, token="bad"))
    assert refused.value.code == "connector.login"
    assert peer.taken == []


# --- what it tells ----------------------------------------------------------------------------------


def tells(setup: Setup, value: dict[str, Any], *, by: str = "app", field: str = "messages") -> list[Report]:
    entry = {"id": "1", "changes": [{"field": field, "value": {"messaging_product": "whatsapp"} | value}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    signature = "sha256=" + hmac.new(by.encode(), body, hashlib.sha256).hexdigest()
    return list(WHATSAPP.hear(call(body, x_hub_signature_256=signature), setup))


def status(name: str, **more: Any) -> dict[str, Any]:
    return {"id": "wamid.1", "status": name, "timestamp": "1795510800", "recipient_id": "79991234567"} | more


def test_one_call_tells_of_several_messages_and_replies(setup: Setup) -> None:
    wrote = {"from": "79991234567", "id": "wamid.2", "timestamp": "1795510800", "type": "text",
             "text": {"body": "СТОП"}, "context": {"id": "wamid.1"}}  # fmt: skip
    failed = status("failed", errors=[{"code": 131026, "title": "Message undeliverable"}])
    told = tells(setup, {"metadata": {"phone_number_id": NUMBER}, "messages": [wrote],
                         "statuses": [status("sent"), status("delivered"), status("read"), failed]})  # fmt: skip
    assert [(report.kind, report.receipt) for report in told] == [
        ("delivered", "wamid.1"), ("delivered", "wamid.1"), ("failed", "wamid.1"), ("reply", "wamid.1"),
    ]  # fmt: skip
    assert told[0].key == told[1].key
    assert "no WhatsApp" in (told[2].error or "")
    assert (told[3].text, told[3].address) == ("СТОП", PHONE)
    assert tells(setup, {"messages": [wrote]})[0].key == told[3].key


def test_a_person_who_turned_us_off_in_whatsapp_has_opted_out(setup: Setup) -> None:
    told = tells(setup, {"statuses": [status("failed", errors=[{"code": 131050}])]})
    assert [(report.kind, report.address) for report in told] == [("failed", PHONE), ("opt_out", PHONE)]


def test_a_pressed_button_and_a_picture_are_replies_too(setup: Setup) -> None:
    base = {"from": "79991234567", "timestamp": "1795510800"}
    told = tells(setup, {"messages": [base | {"id": "a", "type": "button", "button": {"text": "Не писать"}},
                                      base | {"id": "b", "type": "image", "image": {"id": "x"}}]})  # fmt: skip
    assert [report.text for report in told] == ["Не писать", None]


def test_other_numbers_and_other_news_of_the_same_app_are_not_ours(setup: Setup) -> None:
    assert tells(setup, {"metadata": {"phone_number_id": "1"}, "statuses": [status("delivered")]}) == []
    assert tells(setup, {"statuses": [status("delivered")]}, field="account_update") == []


def test_a_call_that_meta_did_not_sign_is_forged(setup: Setup) -> None:
    with pytest.raises(Forged):
        tells(setup, {"statuses": [status("delivered")]}, by="another")
    with pytest.raises(Forged):
        WHATSAPP.hear(call(b"{}"), setup)
    with pytest.raises(Forged):
        tells(chosen(setup, app_secret=""), {"statuses": []}, by="")
    body = b"no json"
    signature = "sha256=" + hmac.new(b"app", body, hashlib.sha256).hexdigest()
    with pytest.raises(Unreadable):
        WHATSAPP.hear(call(body, x_hub_signature_256=signature), setup)


def test_meta_is_answered_with_its_challenge_only_for_our_word(setup: Setup) -> None:
    asks = {"hub.mode": "subscribe", "hub.verify_token": "word", "hub.challenge": "1158201444"}
    assert WHATSAPP.greet(asks, setup) == "1158201444"
    for wrong in (
        {"hub.verify_token": "x"},
        {"hub.mode": "x"},
        {"hub.challenge": "<script>"},
        {"hub.verify_token": ""},
    ):
        assert WHATSAPP.greet(asks | wrong, setup) is None
    assert WHATSAPP.greet(asks | {"hub.verify_token": ""}, chosen(setup, verify="")) is None


@pytest.mark.parametrize(
    "values",
    [{"phone_id": "+7999"}, {"template": "Напоминание"}, {"language": "русский"}, {"version": "23"}, {"countries": ""}],
)
def test_settings_that_cannot_work_are_told_before_it_is_switched_on(values: dict[str, str], setup: Setup) -> None:
    assert WHATSAPP.problem(setup.chosen) is None
    assert WHATSAPP.problem({**setup.chosen, **values}) is not None


def test_it_is_a_connector_that_hears() -> None:
    assert isinstance(WHATSAPP, Connector)
    assert isinstance(WHATSAPP, Hearing)
