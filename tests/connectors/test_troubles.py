"""Whatever goes wrong on the way to a vendor, each message ends rightly: none lost, none silently sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.smsaero import SmsAero
from connectors.smsc import Smsc
from connectors.telegram import Telegram
from connectors.whatsapp import WhatsApp
from scenario_engine.ports import Setup, Unreached
from tests.connectors.vendors import QUICK, Asked, Said, Trouble, Vendor, message, send, serving, setup_of


def _smsc(asked: Asked) -> Said:
    return Said({"id": asked.form["id"], "cnt": 1})


def _smsaero(asked: Asked) -> Said:
    return Said({"success": True, "data": {"id": 1, "status": 0}})


def _telegram(asked: Asked) -> Said:
    return Said({"ok": True, "result": {"message_id": 1}})


def _whatsapp(asked: Asked) -> Said:
    return Said({"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]})


#: connector, vendor, what is filled in, channel, address, whether the vendor knows a message by its key
VENDORS: dict[str, tuple[Any, Callable[[Asked], Said], dict[str, str], str, str, bool]] = {
    "smsc": (Smsc(QUICK), _smsc, {"secret": "hush-hush"}, "sms", "+79991234567", True),
    "smsaero": (
        SmsAero(QUICK), _smsaero, {"email": "a@example.test", "secret": "hush-hush"}, "sms", "+79991234567", False,
    ),
    "telegram": (
        Telegram(QUICK), _telegram, {"token": "123456:hush-hush-hush-hush-hush-hush"}, "messenger", "9991234567", False,
    ),
    "whatsapp": (
        WhatsApp(QUICK), _whatsapp, {"phone_id": "106540352242922", "token": "hush-hush", "app_secret": "hush"},
        "messenger", "+79991234567", False,
    ),
}  # fmt: skip


@pytest.fixture(params=VENDORS)
def case(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Vendor, Setup, str, str, bool]]:
    connector, answer, chosen, channel, recipient, recognises = VENDORS[request.param]
    with serving(answer) as vendor:
        yield connector, vendor, setup_of(connector, vendor.url, **chosen), channel, recipient, recognises


Case = tuple[Any, Vendor, Setup, str, str, bool]


@pytest.mark.parametrize("kind", ["never", "drip", "half", "hang_up", "nonsense", "huge", "fail"])
def test_no_clear_answer_makes_a_message_uncertain_and_the_next_leaves(case: Case, kind: Any) -> None:
    connector, vendor, setup, channel, recipient, recognises = case
    vendor.troubles.append(Trouble(kind))
    first, second = send(
        connector, setup, message(1, recipient, channel=channel), message(2, recipient, channel=channel)
    )
    assert (first.accepted, first.uncertain, first.retry) == (False, True, recognises)
    assert "may have been sent" in (first.error or "")
    assert second.accepted, second.error


def test_a_throttled_message_waits_as_long_as_was_asked_with_all_behind_it(case: Case) -> None:
    connector, vendor, setup, channel, recipient, _ = case
    vendor.troubles.append(Trouble("throttle", takes=False, detail="34"))
    results = send(connector, setup, *(message(number, recipient, channel=channel) for number in (1, 2, 3)))
    assert {(each.accepted, each.retry, each.pause, each.uncertain) for each in results} == {(False, True, 34.0, False)}
    assert len(vendor.heard) == 1


def test_a_redirect_to_an_inner_address_is_not_followed_and_stops_the_connector(case: Case) -> None:
    connector, vendor, setup, channel, recipient, _ = case
    with serving(lambda _: Said({})) as inside:
        vendor.troubles.append(Trouble("redirect", takes=False, detail=inside.url))
        with pytest.raises(Unreached, match="redirect"):
            send(connector, setup, message(1, recipient, channel=channel))
        assert inside.heard == []


def test_a_vendor_that_is_gone_is_unreached_and_nothing_is_uncertain(case: Case) -> None:
    connector, vendor, setup, channel, recipient, _ = case
    vendor.close()
    with pytest.raises(Unreached, match="connection"):
        send(connector, setup, message(1, recipient, channel=channel))


def test_no_error_tells_a_secret_or_whom_it_was_for(case: Case) -> None:
    connector, vendor, setup, channel, recipient, _ = case
    secrets = [setup.chosen[each.key] for each in connector.fields if each.secret and setup.chosen[each.key]]
    for kind in ("hang_up", "nonsense", "fail"):
        vendor.troubles.append(Trouble(kind))  # type: ignore[arg-type]
        (result,) = send(connector, setup, message(1, recipient, channel=channel, body="Тайна"))
        assert secrets
        assert not [hidden for hidden in (*secrets, recipient.lstrip("+"), "Тайна") if hidden in (result.error or "")]
