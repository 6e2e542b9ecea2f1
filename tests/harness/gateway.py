"""Outside systems that tests stand in for: a connector whose link is itself, and that says what the test wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

from scenario_engine.database import Database
from scenario_engine.models import ConnectorSettings
from scenario_engine.ports import Delivery, Link, Outgoing, Report, SettingField, Setup
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

VAULT = Vault(["nobody knows this key"])


class Gateway:
    """Takes every message, and tells nothing afterwards. Subclasses change what they need."""

    key = "gateway"
    title = Text("Gateway", "Шлюз")
    help = Text("Nothing to do.", "Делать ничего не нужно.")
    channels: Sequence[str] = ("sms", "email", "messenger", "robot_call", "letter", "webhook")
    fields: Sequence[SettingField] = ()

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """Nothing is wrong."""
        return None

    def test(self, setup: Setup) -> Text:
        """It is there."""
        return Text("Here I am.", "Я на месте.")

    def open(self, setup: Setup) -> AbstractContextManager[Link]:
        """This one."""
        return nullcontext(self)

    def send(self, batch: Sequence[Outgoing]) -> Iterable[Delivery]:
        """All are accepted."""
        return [Delivery(message_id=item.message_id, accepted=True, receipt=item.key) for item in batch]

    def poll(self) -> Sequence[Report]:
        """Nothing is told."""
        return ()

    def take(self, reports: Sequence[Report]) -> None:
        """Nothing was told."""


def switch_on(database: Database, *keys: str, **over: Any) -> None:
    """Let messages really leave through these connectors, which have nothing to fill in."""
    values: dict[str, Any] = {
        "mode": "live", "chosen": {}, "secrets": VAULT.seal("{}"), "rate": None, "batch": 200, "tariff": 0,
        "by_part": False, "changed_at": datetime(2025, 1, 1, tzinfo=UTC), "changed_by": "admin",
    }  # fmt: skip
    with database.write() as session:
        for key in keys:
            session.merge(ConnectorSettings(key=key, **(values | over)))
