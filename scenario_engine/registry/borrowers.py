"""Borrowers whom people write down themselves: who they are, where, how to reach them.

A time zone follows from the region, never from the phone number; a lot from the borrower's id, as in imports.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.contacts import points
from scenario_engine.contacts.addresses import clean
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import BORROWER_LANGUAGES, Borrower
from scenario_engine.models.contact_point import POINT_KINDS
from scenario_engine.registry.imports.reading import lot_of
from scenario_engine.registry.imports.regions import ZONES
from scenario_engine.texts import Text

#: what a person may write; who is left out of a change keeps it
FIELDS = ("full_name", "birth_date", "phone", "email", "messenger", "postal_address", "region", "language")
#: nobody who borrows was born before
EARLIEST_BIRTH = date(1900, 1, 1)


def create(
    session: Session, *, external_id: str | None = None, values: Mapping[str, Any], actor: str, now: datetime, on: date
) -> Borrower:
    """A new borrower, written in the caller's transaction; without an `external_id` one is made up.

    Raises `Invalid` with everything that is wrong, and `Conflict` for an id that is taken.
    """
    cleaned = _clean(values, on, whole=True)
    external_id = (external_id or "").strip() or f"K-{uuid.uuid4().hex[:12].upper()}"
    if session.scalar(select(Borrower.id).where(Borrower.external_id == external_id)) is not None:
        raise Conflict(
            Text("There is a borrower {id} already.", "Заёмщик {id} уже есть.").format(id=external_id),
            code="borrower.exists",
        )
    borrower = Borrower(external_id=external_id, lot=lot_of(external_id), **cleaned)
    session.add(borrower)
    session.flush()
    points.adopt(session, select(Borrower.id).where(Borrower.id == borrower.id), source="operator", now=now)
    _note(session, "created", borrower, sorted(name for name, value in cleaned.items() if value), actor, now)
    return borrower


def change(
    session: Session, borrower_id: int, *, values: Mapping[str, Any], actor: str, now: datetime, on: date
) -> Borrower:
    """The borrower with other values; a field that is not among them stays. Raises `NotFound`, `Invalid`."""
    borrower = session.scalar(select(Borrower).where(Borrower.id == borrower_id).with_for_update())
    if borrower is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."), code="borrower.unknown")
    cleaned = _clean(values, on, whole=False)
    changed = sorted(name for name, value in cleaned.items() if getattr(borrower, name) != value)
    for name in changed:
        if name in POINT_KINDS:
            points.put(session, borrower, name, cleaned[name], source="operator", now=now)
        else:
            setattr(borrower, name, cleaned[name])
    session.flush()
    if not POINT_KINDS.keys().isdisjoint(changed):
        points.tell_changed(session, [borrower_id], source="operator", now=now)
    if changed:
        _note(session, "changed", borrower, changed, actor, now)
    return borrower


def _clean(values: Mapping[str, Any], on: date, *, whole: bool) -> dict[str, Any]:
    problems = list(_problems(values, on, whole=whole))
    if problems:
        raise Invalid(
            Text("The borrower cannot be saved so.", "Так заёмщика сохранить нельзя."),
            code="borrower.invalid",
            problems=problems,
        )
    found = {name: _plain(values[name]) for name in FIELDS if name in values}
    for kind in POINT_KINDS:
        if found.get(kind):
            found[kind] = clean(kind, found[kind])
    if found.get("region"):
        found["time_zone"] = ZONES[found["region"]]
    return found


def _plain(value: Any) -> Any:
    """Text without blanks around it; nothing for an empty one."""
    return (value.strip() or None) if isinstance(value, str) else value


def _problems(values: Mapping[str, Any], on: date, *, whole: bool) -> Iterator[Problem]:
    given = {name: _plain(value) for name, value in values.items()}
    if (whole or "full_name" in given) and not given.get("full_name"):
        yield _problem("full_name", Text("Write the borrower's name.", "Напишите имя заёмщика."))
    born = given.get("birth_date")
    if born is not None and not EARLIEST_BIRTH <= born < on:
        yield _problem("birth_date", Text("This day of birth cannot be true.", "Такой даты рождения быть не может."))
    for kind in POINT_KINDS:
        if given.get(kind) and isinstance(wrong := clean(kind, given[kind]), Problem):
            yield wrong
    if given.get("region") and given["region"] not in ZONES:
        yield _problem("region", Text("There is no such region.", "Такого региона нет."))
    if "language" in given and given["language"] not in BORROWER_LANGUAGES:
        yield _problem("language", Text("Choose Russian or English.", "Выберите русский или английский."))


def _problem(field: str, text: Text) -> Problem:
    return Problem(code=f"borrower.{field}", field=field, text=text)


def _note(session: Session, act: str, borrower: Borrower, fields: list[str], actor: str, now: datetime) -> None:
    # which fields, never what they hold: the trail is free of personal data
    audit.record(
        session, at=now, actor=actor, action=f"borrower.{act}", subject_type="borrower", subject_id=borrower.id,
        fields=fields,
    )  # fmt: skip
