"""Forbidding new loans is a scenario's act or a rule's; allowing them again is a person's, with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Borrower
from scenario_engine.texts import Text

MAX_REASON = 250


def lift(session: Session, borrower_id: int, *, reason: str, actor: str, now: datetime) -> None:
    """Allow new loans again; other systems are told (`models.triggers`).

    Raises `NotFound`, `Invalid`, and `Conflict` when nothing is forbidden.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON:
        text = Text("Say why new loans are allowed again.", "Напишите, почему ограничение снимается.")
        raise Invalid(text, problems=[Problem(code="restriction.reason", field="reason", text=text)])
    found = select(Borrower).where(Borrower.id == borrower_id).with_for_update()
    borrower = session.scalar(found.execution_options(populate_existing=True))
    if borrower is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."), code="borrower.unknown")
    if borrower.lending_restricted_at is None:
        raise Conflict(
            Text("New loans are not forbidden.", "Новые займы этому заёмщику не закрыты."), code="restriction.none"
        )
    audit.record(
        session, at=now, actor=actor, action="borrower.lending_allowed", subject_type="borrower",
        subject_id=borrower_id, reason=reason, restricted_for=borrower.lending_restriction,
        restricted_at=borrower.lending_restricted_at.isoformat(),
    )  # fmt: skip
    borrower.lending_restricted_at = borrower.lending_restriction = None
    borrower.lending_allowed_at = now
    session.flush()
