"""Finding and locking what an act is about, and refusing acts that its state does not allow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Scenario, Version
from scenario_engine.texts import Text


class StaleDraft(Conflict):
    """Somebody saved the draft meanwhile; `theirs` is what they saved, so that nobody's work is lost."""

    code = "conflict"

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(
            Text(
                "{who} has saved this scenario meanwhile. Compare before you save.",
                "Тем временем сценарий изменён ({who}). Сравните, прежде чем сохранять.",
            ).format(who=scenario.draft_by)
        )
        #: document, revision, draft_by, draft_at (an aware datetime)
        self.theirs: dict[str, Any] = {
            "document": scenario.draft,
            "revision": scenario.revision,
            "draft_by": scenario.draft_by,
            "draft_at": scenario.draft_at,
        }


_STATES = {
    "draft": Text("was never published", "ещё не публиковался"),
    "live": Text("is live", "работает"),
    "paused": Text("is paused", "приостановлен"),
    "archived": Text("is archived", "в архиве"),
}


def find_scenario(session: Session, scenario_id: int) -> Scenario:
    """The scenario, or `NotFound`."""
    scenario = session.get(Scenario, scenario_id)
    if scenario is None:
        raise NotFound(Text("There is no such scenario.", "Такого сценария нет."))
    return scenario


def lock_scenario(session: Session, scenario_id: int) -> Scenario:
    """The scenario as it is now, locked to the end of the transaction, or `NotFound`."""
    found = select(Scenario).where(Scenario.id == scenario_id).with_for_update(key_share=True)
    scenario = session.scalar(found.execution_options(populate_existing=True))
    if scenario is None:
        raise NotFound(Text("There is no such scenario.", "Такого сценария нет."))
    return scenario


def find_version(session: Session, version_id: int, *, lock: bool = False) -> Version:
    """The version, locked when asked for, or `NotFound`."""
    found = select(Version).where(Version.id == version_id)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    version = session.scalar(found)
    if version is None:
        raise NotFound(Text("There is no such version.", "Такой версии нет."))
    return version


def must_be_fresh(scenario: Scenario, revision: int) -> None:
    """Raise `StaleDraft` when `revision` is not the newest."""
    if revision != scenario.revision:
        raise StaleDraft(scenario)


def must_be(scenario: Scenario, state: str) -> None:
    """Raise `Conflict` in any other state."""
    if scenario.state != state:
        raise _wrong_state(scenario)


def must_not_be(scenario: Scenario, state: str) -> None:
    """Raise `Conflict` in this state."""
    if scenario.state == state:
        raise _wrong_state(scenario)


def _wrong_state(scenario: Scenario) -> Conflict:
    return Conflict(
        Text("This cannot be done: the scenario {state}.", "Это действие невозможно: сценарий {state}.").format(
            state=_STATES[scenario.state]
        ),
        code="scenario.state",
    )


def must_be_submitted(version: Version) -> None:
    """Raise `Conflict` when the version is not under review."""
    if version.state != "submitted":
        raise Conflict(
            Text("The version is not under review any more.", "Версия больше не на проверке."),
            code="version.state",
        )


def read_text(value: Any, longest: int, *, required: bool = True, field: str | None = None) -> str:
    """A text of a person without spaces around it; `Invalid` when it is missing, too long or cannot be stored."""
    said = value.strip() if isinstance(value, str) else ""
    if required and not said:
        raise invalid(field or "reason", "Fill this in.", "Заполните это поле.")
    if len(said) > longest or "\0" in said or any("\ud800" <= letter <= "\udfff" for letter in said):
        raise invalid(
            field or "reason",
            f"Use at most {longest} ordinary characters.",
            f"Не больше {longest} обычных символов.",
        )
    return said


def invalid(field: str, en: str, ru: str) -> Invalid:
    """An `Invalid` about one field."""
    text = Text(en, ru)
    return Invalid(text, problems=[Problem(code=f"authoring.{field}", text=text, field=field)])


def note(session: Session, action: str, subject: Scenario | Version, actor: str, now: datetime, **details: Any) -> None:
    """Write the act's audit entry."""
    audit.record(
        session,
        at=now,
        actor=actor,
        action=action,
        subject_type="scenario" if isinstance(subject, Scenario) else "version",
        subject_id=subject.id,
        **details,
    )
