"""The sandbox: takes every message, gives a receipt, and lets nothing leave the machine.

What would have left stays readable in the outbox. A receipt follows from the message's idempotency key, so sending
the same message again gives the same receipt, as a well-behaved outside system would.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from scenario_engine.ports import Delivery, Outgoing
from scenario_engine.texts import Text


class SandboxConnector:
    """Accepts everything on every channel."""

    key = "sandbox"
    title = Text("Sandbox: nothing leaves the machine", "Песочница: ничего не уходит наружу")
    channels: Sequence[str] = ("sms", "email", "messenger", "push", "robot_call", "letter", "webhook")

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Delivery]:
        """A `Delivery` for each message: accepted, with its receipt."""
        return [
            Delivery(message_id=message.message_id, accepted=True, receipt=receipt_of(message.key)) for message in batch
        ]


def receipt_of(key: str) -> str:
    """The receipt for a message with that idempotency key."""
    return f"sandbox-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
