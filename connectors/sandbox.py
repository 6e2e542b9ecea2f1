"""The sandbox: takes every message, gives a receipt, and lets nothing leave the machine.

What would have left stays readable in the outbox. A receipt follows from the message's idempotency key, so sending
the same message again gives the same receipt, as a well-behaved outside system would.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from scenario_engine.ports import Delivery, Link, Outgoing, Report, SettingField, Setup
from scenario_engine.texts import Text


class SandboxConnector:
    """Accepts everything on every channel."""

    key = "sandbox"
    title = Text("Sandbox: nothing leaves the machine", "Песочница: ничего не уходит наружу")
    help = Text(
        "For trying things out. What would have left can be read in the outbox.",
        "Для проб. То, что ушло бы, видно в очереди сообщений.",
    )
    channels: Sequence[str] = ("sms", "email", "messenger", "push", "robot_call", "letter", "webhook")
    fields: Sequence[SettingField] = ()

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """Nothing can be wrong."""
        return None

    def test(self, setup: Setup) -> Text:
        """Nothing to reach."""
        return Text("The sandbox is always there.", "Песочница всегда на месте.")

    def open(self, setup: Setup) -> AbstractContextManager[Link]:
        """A link that lets nothing out."""
        return nullcontext(_SandboxLink())


class _SandboxLink:
    def send(self, batch: Sequence[Outgoing]) -> Sequence[Delivery]:
        """A `Delivery` for each message: accepted, with its receipt."""
        return [
            Delivery(message_id=message.message_id, accepted=True, receipt=receipt_of(message.key)) for message in batch
        ]

    def poll(self) -> Sequence[Report]:
        """Nobody answers."""
        return ()

    def take(self, reports: Sequence[Report]) -> None:
        """There are none."""


def receipt_of(key: str) -> str:
    """The receipt for a message with that idempotency key."""
    return f"sandbox-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
