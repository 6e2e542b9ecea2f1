"""SMS Aero: what leaves, what is refused, and what it tells."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.smsaero import SmsAero
from scenario_engine.errors import Invalid
from scenario_engine.ports import Connector, Forged, Hearing, Report, Setup, Unreached, Unreadable
from tests.connectors.vendors import QUICK, Asked, Said, Vendor, call, message, send, serving, setup_of

AERO = SmsAero(QUICK)
GOOD = "Basic " + base64.b64encode(b"core@example.test:good").decode()


class Peer:
    """What SMS Aero keeps."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        #: answers to /sms/send instead of a receipt, first come first served
        self.instead: list[Said] = []

    def __call__(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != GOOD:
            return Said(
                {"success": False, "data": None, "message": "Your request was made with invalid credentials."}, 401
            )
        if asked.path == "/v2/balance":
            return Said(b'{"success": true, "data": {"balance": 337.03}, "message": null}')
        if self.instead:
            return self.instead.pop(0)
        self.taken.append(asked.json | {"path": asked.path})
        return Said(
            b'{"success": true, "data": {"id": 12345, "status": 8, "extendStatus": "moderation", "cost": 5.49}}'
        )


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
        AERO, vendor.url, email="core@example.test", secret="good", sign="PRIMER",
        callback="https://kaskad.example.test/hooks/smsaero",
    )  # fmt: skip


def chosen(setup: Setup, **values: str) -> Setup:
    return replace(setup, chosen={**setup.chosen, **values})


def test_a_message_leaves_with_its_signature_and_its_cost_in_kopecks(setup: Setup, peer: Peer) -> None:
    (sent,) = send(AERO, setup, message())
    assert (sent.accepted, sent.receipt, sent.cost) == (True, "12345", 549)
    (taken,) = peer.taken
    assert (taken["path"], taken["number"], taken["text"], taken["sign"]) == (
        "/v2/sms/send", "79991234567", "Займ 1", "PRIMER",
    )  # fmt: skip


def test_in_test_mode_nothing_is_really_sent(setup: Setup, peer: Peer) -> None:
    send(AERO, chosen(setup, trial="yes"), message())
    assert [taken["path"] for taken in peer.taken] == ["/v2/sms/testsend"]


def test_a_message_is_refused_in_words_and_the_next_one_leaves(setup: Setup, peer: Peer) -> None:
    peer.instead = [Said({"success": False, "data": {"sign": ["wrong"]}, "message": "Validation error."}, 400)]
    refused, sent = send(AERO, setup, message(1), message(2))
    assert (refused.accepted, refused.retry, refused.uncertain) == (False, False, False)
    assert "the signature" in (refused.error or "")
    assert sent.accepted


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (Said({"success": False, "message": "no"}, 401), "login"),
        (Said({"success": False, "message": "no"}, 402), "funds"),
        (Said({"result": "no credits"}), "funds"),
    ],
)
def test_what_concerns_all_messages_is_the_connectors_trouble(said: Said, word: str, setup: Setup, peer: Peer) -> None:
    peer.instead = [said]
    with pytest.raises(Unreached, match=word):
        send(AERO, setup, message(1), message(2))


def test_the_test_tells_the_balance_and_a_refused_key(setup: Setup) -> None:
    assert "337.03" in AERO.test(setup).ru
    with pytest.raises(Invalid) as refused:
        AERO.test(chosen(setup, secret="bad"))
    assert refused.value.code == "connector.login"


def hear(setup: Setup, peer: Peer, values: dict[str, Any], **query: str) -> list[Report]:
    given = dict(parse_qsl(urlsplit(peer.taken[0]["callbackUrl"]).query))
    return list(AERO.hear(call(json.dumps(values).encode(), given | query, content_type="application/json"), setup))


def test_a_report_is_believed_at_the_address_that_the_message_named(setup: Setup, peer: Peer) -> None:
    send(AERO, setup, message())
    values = {"id": 12345, "status": 1, "extendStatus": "delivery", "cost": "5.49", "dateAnswer": 1795510800}
    (delivered,) = hear(setup, peer, values)
    assert (delivered.kind, delivered.receipt, delivered.cost) == ("delivered", "12345", 549)
    assert hear(setup, peer, values)[0].key == delivered.key
    for status in (2, 6):
        (failed,) = hear(setup, peer, values | {"status": status})
        assert (failed.kind, failed.key) == ("failed", "7-1-3-failed")
        assert failed.error
    for status in (0, 3, 4, 8, "?"):
        assert hear(setup, peer, values | {"status": status}) == []
    with pytest.raises(Unreadable):
        hear(setup, peer, {"status": 1})


def test_a_report_at_another_address_or_of_another_message_is_forged(setup: Setup, peer: Peer) -> None:
    send(AERO, setup, message())
    values = {"id": 12345, "status": 1}
    for query in ({"message": "7-2-3"}, {"sign": ""}, {"sign": "0" * 32}, {"message": ""}):
        with pytest.raises(Forged):
            hear(setup, peer, values, **query)


def test_a_form_is_read_like_json(setup: Setup, peer: Peer) -> None:
    send(AERO, setup, message())
    query = dict(parse_qsl(urlsplit(peer.taken[0]["callbackUrl"]).query))
    (told,) = AERO.hear(call({"id": "12345", "status": "1"}, query), setup)
    assert told.receipt == "12345"


def test_without_an_address_of_ours_none_is_named(setup: Setup, peer: Peer) -> None:
    send(AERO, chosen(setup, callback=""), message())
    assert "callbackUrl" not in peer.taken[0]


@pytest.mark.parametrize("values", [{"email": "core"}, {"callback": "ours"}, {"countries": "R"}, {"address": ""}])
def test_settings_that_cannot_work_are_told_before_it_is_switched_on(values: dict[str, str], setup: Setup) -> None:
    assert AERO.problem(setup.chosen) is None
    assert AERO.problem({**setup.chosen, **values}) is not None


def test_it_is_a_connector_that_hears() -> None:
    assert isinstance(AERO, Connector)
    assert isinstance(AERO, Hearing)
