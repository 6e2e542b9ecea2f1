"""The sandbox takes everything, and gives the same receipt for the same message."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.sandbox import SandboxConnector
from console.connectors import load_connectors
from scenario_engine.ports import Connector, Delivery, Outgoing, Setup


def _message(number: int, key: str) -> Outgoing:
    return Outgoing(
        key=key, message_id=number, channel="sms", recipient="+70000000000", subject="", body="text", content={}
    )


def _send(*batch: Outgoing) -> Sequence[Delivery]:
    with SandboxConnector().open(Setup(chosen={}, networks="")) as link:
        return list(link.send(batch))


def test_every_message_is_accepted_with_a_receipt_of_its_own() -> None:
    sent = _send(_message(1, "a"), _message(2, "b"))
    assert [(delivery.message_id, delivery.accepted) for delivery in sent] == [(1, True), (2, True)]
    assert len({delivery.receipt for delivery in sent}) == 2


def test_the_same_message_gets_the_same_receipt() -> None:
    first, second = _send(_message(1, "a")), _send(_message(7, "a"))
    assert first[0].receipt == second[0].receipt


def test_the_sandbox_is_found_by_its_entry_point() -> None:
    found = load_connectors()["sandbox"]
    assert isinstance(found, Connector)
