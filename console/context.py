"""What a request may ask of the application it runs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from flask import Flask, current_app

from scenario_engine.database import Database
from scenario_engine.jobs import Desk
from scenario_engine.ports import Connector, PaymentSource
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

_KEY = "kaskad"


class RunningEngine(Protocol):
    """The engine's scheduler, when it runs in this process."""

    def start(self) -> Any:
        """Begin to tick."""

    def stop(self) -> Any:
        """Finish the tick and end."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """The parts that were put together when the application was made."""

    settings: Settings
    database: Database
    jobs: Desk
    vault: Vault
    sources: Mapping[str, PaymentSource] = field(default_factory=dict)
    connectors: Mapping[str, Connector] = field(default_factory=dict)
    engine: RunningEngine | None = None


def furnish(app: Flask, room: Room) -> None:
    """Give the application its parts."""
    app.extensions[_KEY] = room


def room(app: Flask | None = None) -> Room:
    """The parts of the application; of the current one when none is named."""
    return cast(Room, (app or current_app).extensions[_KEY])


def database() -> Database:
    """The database of the current application."""
    return room().database


def settings() -> Settings:
    """The settings of the current application."""
    return room().settings
