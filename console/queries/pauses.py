"""Why a scenario stands still, in the reader's language."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.models import Scenario
from scenario_engine.models.scenario import shown_name


def pause_reason(scenario: Scenario, language: str) -> str | None:
    """A person's reason as it was written, or the engine's own; None while the scenario runs."""
    if scenario.state != "paused":
        return None
    return (scenario.pause_cause or {}).get(language) or scenario.pause_reason


def paused_scenarios(session: Session, language: str) -> list[dict[str, Any]]:
    """The scenarios that are paused, those that the engine stopped first."""
    found = session.execute(
        select(Scenario, shown_name()).where(Scenario.state == "paused").order_by(Scenario.name, Scenario.id)
    ).all()
    return [
        {
            "id": scenario.id,
            "name": name,
            "reason": pause_reason(scenario, language),
            "by_engine": scenario.pause_cause is not None,
        }
        for scenario, name in sorted(found, key=lambda row: row[0].pause_cause is None)
    ]
