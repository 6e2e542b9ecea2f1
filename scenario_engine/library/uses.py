"""Where templates are used: steps of drafts, of versions under review, and of versions that are live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.orm import Session

from scenario_engine.library.reading import steps_with_text
from scenario_engine.models import Scenario, Version


@dataclass(frozen=True, kw_only=True)
class Use:
    """A step that sends a template."""

    #: key and revision of the template
    template: str
    revision: int
    scenario_id: int
    scenario: str
    #: draft, review, live
    where: str
    #: the step's label, or its id
    step: str


def uses(session: Session, key: str | None = None) -> Sequence[Use]:
    """Every use of every template, or of one, in scenarios that are not put away."""
    versions = select(Scenario.id, Scenario.name, Version.document, Version.state).join(
        Version,
        or_(
            Version.id == Scenario.live_version_id,
            and_(Version.scenario_id == Scenario.id, Version.state == "submitted"),
        ),
    )
    drafts = select(Scenario.id, Scenario.name, Scenario.draft)
    named = f'"{key}"' if key is not None else '"library": {'
    kept = Scenario.state != "archived"
    found: list[Use] = []
    for scenario_id, name, document, state in session.execute(versions.where(kept, _holds(Version.document, named))):
        found += _in(document, scenario_id, name, "review" if state == "submitted" else "live")
    for scenario_id, name, document in session.execute(drafts.where(kept, _holds(Scenario.draft, named))):
        found += _in(document, scenario_id, name, "draft")
    order = ("live", "review", "draft")
    wanted = [use for use in found if key is None or use.template == key]
    return sorted(wanted, key=lambda use: (use.scenario, use.scenario_id, order.index(use.where), use.step))


def _holds(document: Any, words: str) -> ColumnElement[bool]:
    """Leaves documents out that cannot name it, before they are read."""
    return cast(document, String).contains(words, autoescape=True)


def _in(document: Any, scenario_id: int, name: str, where: str) -> list[Use]:
    return [
        Use(
            template=key, revision=number, scenario_id=scenario_id, scenario=name, where=where,
            step=str(node["data"].get("label") or node.get("id")),
        )
        for node, (key, number) in steps_with_text(document)
    ]  # fmt: skip
