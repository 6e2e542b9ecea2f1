"""SMSC over HTTP: what leaves, what is refused, what goes again, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.smsc import Smsc
from scenario_engine.errors import Invalid
from scenario_engine.ports import Connector, Forged, Hearing, Setup, Unreached
from tests.connectors.vendors import PHONE, QUICK, Asked, Said, Trouble, Vendor, call, message, send, serving, setup_of

KEY = "hookhookhookhook"


class Peer:
    """What SMSC keeps: the messages by their id."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        #: answers of send.php instead of a receipt, first come first served
        self.errors: list[int] = []

    def __call__(self, asked: Asked) -> Said:
        form = asked.form
        if form.get("apikey") != "good":
            return Said({"error": "authorise error", "error_code": 2})
        if asked.path == "/sys/balance.php":
            return Said({"balance": "100.05"})
        if asked.path == "/sys/status.php":
            status = 0 if form["id"] in self.texts else -3
            return Said({"status": status, "last_date": ""})
        assert (asked.path, form["fmt"], form["cost"]) == ("/sys/send.php", "3", "3")
        if self.errors:
            return Said({"error": "no", "error_code": self.errors.pop(0)})
        self.texts[form["id"]] = form["mes"]
        return Said({"id": form["id"], "cnt": 1, "cost": "4.1", "balance": "96"})


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
def vendor(peer: Peer) -> Iterator[Vendor]:
    with serving(peer) as running:
        yield running


@pytest.fixture
def setup(vendor: Vendor) -> Setup:
    return setup_of(SMSC, vendor.url, secret="good", sender="PRIMER", hook_key=KEY)


SMSC = Smsc(QUICK)


def test_a_message_leaves_under_our_key_with_its_cost_in_kopecks(setup: Setup, peer: Peer, vendor: Vendor) -> None:
    (sent,) = send(SMSC, setup, message(body="Привет & пока"))
    assert (sent.accepted, sent.receipt, sent.cost, sent.error) == (True, "7-1-3", 410, None)
    assert peer.texts == {"7-1-3": "Привет & пока"}
    assert (vendor.heard[0].form["phones"], vendor.heard[0].form["sender"]) == ("79991234567", "PRIMER")
    assert "good" not in vendor.heard[0].path + str(vendor.heard[0].query)


@pytest.mark.parametrize("code", [1, 5, 6, 7, 8, 77])
def test_what_concerns_one_message_refuses_it_in_words_and_the_next_one_leaves(
    code: int, setup: Setup, peer: Peer
) -> None:
    peer.errors = [code]
    refused, sent = send(SMSC, setup, message(1), message(2))
    assert (refused.accepted, refused.retry, refused.uncertain) == (False, False, False)
    assert "SMSC" in (refused.error or "")
    assert sent.accepted


@pytest.mark.parametrize(("code", "word"), [(2, "login"), (3, "funds"), (4, "blocked")])
def test_what_concerns_all_messages_is_the_connectors_trouble(code: int, word: str, setup: Setup, peer: Peer) -> None:
    peer.errors = [code]
    with pytest.raises(Unreached, match=word) as error:
        send(SMSC, setup, message(1), message(2))
    assert error.value.said.en != word
    assert peer.texts == {}


def test_too_many_at_once_pauses_and_the_rest_is_not_even_tried(setup: Setup, peer: Peer, vendor: Vendor) -> None:
    peer.errors = [9]
    first, second = send(SMSC, setup, message(1), message(2))
    assert [(each.retry, each.pause) for each in (first, second)] == [(True, 60.0), (True, 60.0)]
    assert len(vendor.heard) == 1


def test_a_message_that_got_no_answer_goes_again_under_its_id_and_leaves_once(
    setup: Setup, peer: Peer, vendor: Vendor
) -> None:
    vendor.troubles.append(Trouble("never"))
    (first,) = send(SMSC, setup, message())
    assert (first.accepted, first.uncertain, first.retry) == (False, True, True)
    (second,) = send(SMSC, setup, message(again=True))
    assert (second.accepted, second.receipt) == (True, "7-1-3")
    assert [asked.path for asked in vendor.heard] == ["/sys/send.php", "/sys/status.php"]


def test_a_message_that_never_arrived_is_sent_when_it_goes_again(setup: Setup, peer: Peer, vendor: Vendor) -> None:
    vendor.troubles.append(Trouble("hang_up", takes=False))
    send(SMSC, setup, message())
    (second,) = send(SMSC, setup, message(again=True))
    assert second.accepted
    assert list(peer.texts) == ["7-1-3"]


@pytest.mark.parametrize("phone", ["+380441234567", "+77011234567", "+12125550123"])
def test_a_phone_of_another_country_is_refused_unless_the_country_is_allowed(
    phone: str, setup: Setup, vendor: Vendor
) -> None:
    (refused,) = send(SMSC, setup, message(recipient=phone))
    assert (refused.accepted, refused.retry) == (False, False)
    assert "another country" in (refused.error or "")
    assert vendor.heard == []
    wider = replace(setup, chosen={**setup.chosen, "countries": "ru, UA,KZ,US"})
    assert send(SMSC, wider, message(recipient=phone))[0].accepted


@pytest.mark.parametrize("phone", ["", "12", "call me", "+7999123456789"])
def test_what_is_no_phone_is_refused(phone: str, setup: Setup, vendor: Vendor) -> None:
    (refused,) = send(SMSC, setup, message(recipient=phone))
    assert (refused.accepted, refused.retry) == (False, False)
    assert vendor.heard == []


def test_the_test_tells_the_balance_and_a_refused_key(setup: Setup, peer: Peer) -> None:
    assert "100.05" in SMSC.test(setup).en
    with pytest.raises(Invalid) as refused:
        SMSC.test(replace(setup, chosen={**setup.chosen, "secret": "bad"}))
    assert "bad" not in refused.value.text.en
    assert peer.texts == {}


def hear(setup: Setup, values: dict[str, Any], key: str = KEY) -> Any:
    return SMSC.hear(call(values, {"key": key}), setup)


def test_reports_and_replies_are_told_once_each_however_often_they_come(setup: Setup) -> None:
    told = {"id": "7-1-3", "phone": "79991234567", "status": "1", "ts": "1795510800", "cost": "4.10"}
    (delivered,) = hear(setup, told)
    assert (delivered.kind, delivered.receipt, delivered.address, delivered.cost) == ("delivered", "7-1-3", PHONE, 410)
    assert delivered.at == datetime.fromtimestamp(1795510800, UTC)
    assert hear(setup, told)[0].key == delivered.key
    (failed,) = hear(setup, told | {"status": "25"})
    assert (failed.kind, failed.receipt) == ("failed", "7-1-3")
    assert "reached" in failed.error
    assert hear(setup, told | {"status": "-1"}) == ()
    wrote = {"phone": "79991234567", "mes": " СТОП\x00 ", "to": "79990000000", "ts": "1795510800"}
    (reply,) = hear(setup, wrote)
    assert (reply.kind, reply.address, reply.text, reply.receipt) == ("reply", PHONE, "СТОП", None)
    assert hear(setup, wrote)[0].key == reply.key != hear(setup, wrote | {"ts": "1795510801"})[0].key


@pytest.mark.parametrize("key", ["", "x", KEY[:-1]])
def test_a_call_without_our_secret_is_forged(key: str, setup: Setup) -> None:
    with pytest.raises(Forged):
        hear(setup, {"id": "7-1-3", "status": "1"}, key)
    closed = replace(setup, chosen={**setup.chosen, "hook_key": ""})
    with pytest.raises(Forged):
        hear(closed, {"id": "7-1-3", "status": "1"}, key)


@pytest.mark.parametrize(
    "values", [{"countries": ""}, {"countries": "RU, XX"}, {"hook_key": "short"}, {"address": "smsc.ru"}]
)
def test_settings_that_cannot_work_are_told_before_it_is_switched_on(values: dict[str, str]) -> None:
    chosen = {each.key: each.default for each in SMSC.fields}
    assert SMSC.problem(chosen) is None
    assert SMSC.problem(chosen | values) is not None


def test_it_is_a_connector_that_hears() -> None:
    assert isinstance(SMSC, Connector)
    assert isinstance(SMSC, Hearing)
