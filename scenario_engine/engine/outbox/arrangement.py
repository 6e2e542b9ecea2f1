"""How a connector is to be used: what an administrator set, with its secrets opened. Without a word of theirs it is in
its sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.filled_in import open_values
from scenario_engine.models import ConnectorSettings
from scenario_engine.models.connector import LIVE
from scenario_engine.nodes.sms_length import measure
from scenario_engine.ports import Connector, Delivery, Outgoing, Setup
from scenario_engine.vault import Vault

#: the connector that answers for those that are in their sandbox
SANDBOX = "sandbox"
#: messages that are handed over at once
BATCH = 200
_FOLDER = Path("var")


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """A connector as it is used."""

    key: str
    #: what carries its messages: the connector, or the sandbox; null: it is not there
    carrier: Connector | None
    setup: Setup
    is_live: bool = False
    #: the key of its secrets is lost: nothing leaves until it is back
    is_sealed: bool = False
    #: messages a second
    rate: float | None = None
    batch: int = BATCH
    #: kopecks
    tariff: int = 0
    by_part: bool = False

    def cost(self, item: Outgoing, result: Delivery) -> int | None:
        """What a message that was accepted costs, in kopecks; None when nobody says."""
        if result.cost is not None or not self.tariff or not self.is_live:
            return result.cost
        return self.tariff * (measure(item.body).segments if self.by_part else 1)


def arrange(
    session: Session, connectors: Mapping[str, Connector], vault: Vault, *, networks: str, folder: Path = _FOLDER
) -> dict[str, Arrangement]:
    """Every connector as it is to be used, by its key."""
    rows = {row.key: row for row in session.scalars(select(ConnectorSettings))}
    return {
        key: arrangement_of(key, connectors, rows.get(key), vault, networks=networks, folder=folder)
        for key in sorted(connectors)
    }


def arrangement_of(
    key: str,
    connectors: Mapping[str, Connector],
    found: ConnectorSettings | None,
    vault: Vault,
    *,
    networks: str,
    folder: Path = _FOLDER,
) -> Arrangement:
    """How one connector is to be used; `found` are its settings."""
    if found is None or found.mode != LIVE:
        sandboxed = Setup(chosen={}, networks=networks)
        return Arrangement(key=key, carrier=connectors.get(SANDBOX), setup=sandboxed)
    chosen = open_values(vault, connectors[key].fields, found)
    return Arrangement(
        key=key,
        carrier=connectors[key],
        setup=Setup(chosen=chosen or {}, networks=networks, folder=folder),
        is_live=True,
        is_sealed=chosen is None,
        rate=found.rate,
        batch=found.batch,
        tariff=found.tariff,
        by_part=found.by_part,
    )
