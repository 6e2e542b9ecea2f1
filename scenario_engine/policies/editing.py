"""New dated versions of a contact policy: drawn up by one person of compliance, approved by another.

Nothing is ever changed backwards: a version comes into force at its date, or at the moment of its approval when that is
later or none was named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from scenario_engine.models import CalendarDay, PolicyVersion
from scenario_engine.policies.document import problems_of
from scenario_engine.policies.shipped import SHIPPED
from scenario_engine.texts import Text

LONGEST_NOTE = 2_000
_OPEN = ("draft", "waiting")


def draft(
    session: Session, key: str, *, document: Mapping[str, Any], valid_from: datetime | None, note: str, actor: str,
    now: datetime,
) -> PolicyVersion:  # fmt: skip
    """A new version, in the caller's transaction. Raises `NotFound` for an unknown key, `Invalid`, and `Conflict` while
    another version of the policy is being worked on.
    """
    if key not in SHIPPED:
        raise NotFound(Text("There is no such contact policy.", "Такой политики контактов нет."))
    _check(document, note)
    last = session.scalar(select(func.max(PolicyVersion.revision)).where(PolicyVersion.key == key)) or 0
    other = session.scalar(
        select(PolicyVersion.revision).where(PolicyVersion.key == key, PolicyVersion.state.in_(_OPEN)).limit(1)
    )
    if other is not None:
        raise Conflict(
            Text(
                "Version {number} of this policy is being worked on: decide about it first.",
                "Над версией {number} этой политики уже работают: сначала решите, что с ней делать.",
            ).format(number=other),
            code="policy.open",
        )
    made = PolicyVersion(
        key=key, revision=last + 1, valid_from=valid_from, document=dict(document), state="draft", note=note.strip(),
        author=actor, changed_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _record(session, "policy.drafted", made, actor, now)
    return made


def change(
    session: Session, version_id: int, *, document: Mapping[str, Any], valid_from: datetime | None, note: str,
    changed_at: datetime, actor: str, now: datetime,
) -> PolicyVersion:  # fmt: skip
    """A draft as it is to be; `changed_at` is that of the one which the change began from. Raises `Conflict` when it
    was changed meanwhile or is no draft.
    """
    found = _find(session, version_id, "draft")
    if found.changed_at != changed_at:
        raise Conflict(
            Text("Somebody changed this version meanwhile.", "Эту версию тем временем изменили."), code="policy.changed"
        )
    _check(document, note)
    found.document, found.valid_from, found.note = dict(document), valid_from, note.strip()
    found.author, found.changed_at = actor, now
    session.flush()
    _record(session, "policy.changed", found, actor, now)
    return found


def submit(session: Session, version_id: int, *, actor: str, now: datetime) -> PolicyVersion:
    """Ask for a second person's word. Raises `Conflict` when it is no draft."""
    found = _find(session, version_id, "draft")
    found.state, found.changed_at = "waiting", now
    _record(session, "policy.submitted", found, actor, now)
    return found


def withdraw(session: Session, version_id: int, *, actor: str, now: datetime) -> PolicyVersion:
    """Make it a draft again. Raises `Conflict` when it does not wait."""
    found = _find(session, version_id, "waiting")
    found.state, found.changed_at = "draft", now
    _record(session, "policy.withdrawn", found, actor, now)
    return found


def discard(session: Session, version_id: int, *, actor: str, now: datetime) -> None:
    """Throw a draft away. Raises `Conflict` when it is none."""
    found = _find(session, version_id, "draft")
    _record(session, "policy.discarded", found, actor, now)
    session.delete(found)


def approve(session: Session, version_id: int, *, actor: str, now: datetime, remark: str = "") -> PolicyVersion:
    """Let it come into force. Raises `Forbidden` for whoever wrote it and `Conflict` when it does not wait."""
    found = _decided(session, version_id, actor, now, remark)
    found.state = "approved"
    if found.valid_from is None or found.valid_from < now:
        found.valid_from = now
    _record(session, "policy.approved", found, actor, now, valid_from=found.valid_from.isoformat())
    return found


def reject(session: Session, version_id: int, *, actor: str, now: datetime, remark: str) -> PolicyVersion:
    """Refuse it, and say why. Raises like `approve`, and `Invalid` without a remark."""
    if not remark.strip():
        raise _invalid("remark", Text("Say why.", "Напишите почему."))
    found = _decided(session, version_id, actor, now, remark)
    found.state = "rejected"
    _record(session, "policy.rejected", found, actor, now)
    return found


def decree(
    session: Session, country: str, day: date, *, rest: bool | None, note: str, actor: str, now: datetime
) -> None:
    """Say that a day is one of rest, or of work; None: as the country's calendar has it."""
    if len(note) > 250 or "\0" in note:
        raise _invalid("note", Text("Use at most 250 characters.", "Не больше 250 символов."))
    found = session.get(CalendarDay, (country, day))
    if found is None:
        found = CalendarDay(country=country, day=day)
        session.add(found)
    found.rest, found.note, found.changed_at, found.changed_by = rest, note.strip() or None, now, actor
    session.flush()
    audit.record(
        session, at=now, actor=actor, action="calendar.changed", subject_type="calendar", subject_id=country,
        day=day.isoformat(), rest=rest, note=found.note,
    )  # fmt: skip


def _find(session: Session, version_id: int, state: str) -> PolicyVersion:
    found = session.scalar(select(PolicyVersion).where(PolicyVersion.id == version_id).with_for_update())
    if found is None:
        raise NotFound(Text("There is no such version.", "Такой версии нет."))
    if found.state != state:
        raise Conflict(
            Text("The version is in another state by now.", "Состояние версии уже другое."), code="policy.state"
        )
    return found


def _decided(session: Session, version_id: int, actor: str, now: datetime, remark: str) -> PolicyVersion:
    found = _find(session, version_id, "waiting")
    if found.author == actor:
        raise Forbidden(
            Text("A second person has to look at what you wrote.", "Вашу версию должен проверить другой сотрудник.")
        )
    _check_text("remark", remark)
    found.reviewer, found.reviewed_at, found.remark = actor, now, remark.strip() or None
    return found


def _check(document: Mapping[str, Any], note: str) -> None:
    _check_text("note", note)
    problems = problems_of(document)
    if problems:
        raise Invalid(
            Text("The policy is not in order.", "В политике есть ошибки."), code="policy.document", problems=problems
        )


def _check_text(field: str, text: str) -> None:
    if len(text) > LONGEST_NOTE or "\0" in text:
        raise _invalid(field, Text("Use at most 2 000 characters.", "Не больше 2000 символов."))


def _invalid(field: str, text: Text) -> Invalid:
    return Invalid(text, problems=[Problem(code=f"policy.{field}", text=text, field=field)])


def _record(session: Session, action: str, version: PolicyVersion, actor: str, now: datetime, **details: Any) -> None:
    audit.record(
        session, at=now, actor=actor, action=action, subject_type="contact_policy", subject_id=version.id,
        key=version.key, revision=version.revision, **details,
    )  # fmt: skip
    session.flush()
