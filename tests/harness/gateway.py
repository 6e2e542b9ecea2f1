"""Outside systems that tests stand in for: a connector whose link is itself, and that says what the test wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from scenario_engine.ports import Delivery, Link, Outgoing, Report, SettingField, Setup
from scenario_engine.texts import Text


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
