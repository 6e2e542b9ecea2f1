"""Scenarios and versions by the names that a person types."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.errors import NotFound
from scenario_engine.models import Scenario, Version
from scenario_engine.texts import Text


def find(session: Session, key: str) -> Scenario:
    """The scenario of that key; raises `NotFound`."""
    found = session.scalar(select(Scenario).where(Scenario.key == key))
    if found is None:
        raise NotFound(Text("There is no scenario “{key}”.", "Сценария «{key}» нет.").format(key=key))
    return found


def find_version(session: Session, found: Scenario, number: int | None) -> Version:
    """The version of that number, the live one without a number; raises `NotFound`."""
    wanted = Version.id == found.live_version_id if number is None else Version.number == number
    version = session.scalar(select(Version).where(Version.scenario_id == found.id, wanted))
    if version is not None:
        return version
    if number is None:
        text = Text("“{key}” has no live version.", "У сценария «{key}» нет работающей версии.")
    else:
        text = Text("“{key}” has no version {number}.", "У сценария «{key}» нет версии {number}.")
    raise NotFound(text.format(key=found.key, number=number))
