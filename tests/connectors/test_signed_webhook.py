"""The signed webhook of a step: signed, checked as the courier checks, and known again by its id."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from connectors.signed_webhook import SignedWebhook
from connectors.standard_webhooks import StandardWebhooks
from scenario_engine.errors import Invalid
from scenario_engine.ports import Connector, Notification, Outgoing, Setup
from tests.connectors.vendors import LOOPBACK, NOW, QUICK, Asked, Said, Trouble, Vendor, message, send, serving

SECRET = "whsec_" + base64.b64encode(b"an invented secret of 32 bytes..").decode()
HOOK = SignedWebhook(QUICK, clock=NOW.timestamp)
SETUP = Setup(chosen={"secret": SECRET}, networks=LOOPBACK)


@pytest.fixture
def statuses() -> list[int]:
    return []


@pytest.fixture
def vendor(statuses: list[int]) -> Iterator[Vendor]:
    def answer(asked: Asked) -> Said:
        return Said({}, statuses.pop(0) if statuses else 200)

    with serving(answer) as running:
        yield running


def told(vendor: Vendor, number: int = 1, host: str = "") -> Outgoing:
    return message(number, (host or vendor.url) + "/hook?of=core", channel="webhook", body='{"data":{"dpd":3}}')


def test_the_receiver_can_check_the_signature_as_the_standard_says(vendor: Vendor) -> None:
    (sent,) = send(HOOK, SETUP, told(vendor))
    assert (sent.accepted, sent.receipt) == (True, "7-1-3")
    (asked,) = vendor.heard
    assert (asked.path, asked.query, asked.headers["webhook-id"]) == ("/hook", {"of": "core"}, "7-1-3")
    heard = Notification(body=asked.body, headers=asked.headers, sender="192.0.2.1", received_at=NOW)
    assert StandardWebhooks().read(heard, {"secret": SECRET}).delivery == "7-1-3"


@pytest.mark.parametrize(
    ("status", "retry", "words"),
    [(500, True, "500"), (404, True, "404"), (410, False, "410"), (302, False, "elsewhere")],
)
def test_an_answer_that_is_no_success_says_whether_it_goes_again(
    status: int, retry: bool, words: str, vendor: Vendor, statuses: list[int]
) -> None:
    statuses.append(status)
    (refused,) = send(HOOK, SETUP, told(vendor))
    assert (refused.accepted, refused.retry, refused.uncertain) == (False, retry, False)
    assert words in (refused.error or "")


def test_without_an_answer_it_goes_again_under_the_same_id(vendor: Vendor) -> None:
    vendor.troubles.append(Trouble("never"))
    (first,) = send(HOOK, SETUP, told(vendor))
    assert (first.accepted, first.uncertain, first.retry) == (False, True, True)
    (second,) = send(HOOK, SETUP, told(vendor))
    assert second.accepted
    assert {asked.headers["webhook-id"] for asked in vendor.heard} == {"7-1-3"}


def test_a_receiver_that_is_gone_or_inside_keeps_nothing_back_for_another(vendor: Vendor) -> None:
    outward = SignedWebhook(QUICK, clock=NOW.timestamp, lookup=lambda host, _port: {
        "inside.example.test": ["169.254.169.254"], "127.0.0.1": ["127.0.0.1"],
    }.get(host, []))  # fmt: skip
    gone, inside, sent = send(
        outward, SETUP, told(vendor, 1, "https://gone.example.test"), told(vendor, 2, "https://inside.example.test"),
        told(vendor, 3),
    )  # fmt: skip
    assert (gone.accepted, gone.retry, gone.uncertain) == (False, True, False)
    assert (inside.accepted, inside.retry) == (False, False)
    assert "inner address" in (inside.error or "")
    assert sent.accepted
    assert len(vendor.heard) == 1


def test_a_redirect_inside_is_not_followed(vendor: Vendor) -> None:
    with serving(lambda _: Said({})) as other:
        vendor.troubles.append(Trouble("redirect", takes=False, detail=other.url))
        assert not send(HOOK, SETUP, told(vendor))[0].accepted
        assert other.heard == []


@pytest.mark.parametrize("secret", ["", "whsec_", "plain"])
def test_a_secret_that_is_none_is_told_before_it_is_switched_on(secret: str) -> None:
    assert isinstance(HOOK, Connector)
    assert HOOK.problem({"secret": SECRET}) is None
    assert HOOK.problem({"secret": secret}) is not None
    with pytest.raises(Invalid):
        HOOK.test(Setup(chosen={"secret": secret}, networks=""))
    assert "secret is in order" in HOOK.test(SETUP).en
