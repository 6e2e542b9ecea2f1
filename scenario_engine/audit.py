"""Writing to the audit trail. Reading, searching and exporting it live beside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scenario_engine.models import AuditEntry


def record(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject_type: str,
    subject_id: object | None = None,
    **details: Any,
) -> None:
    """Append one entry in the caller's transaction. `details` must be JSON and free of personal data."""
    session.add(
        AuditEntry(
            at=at,
            actor=actor,
            action=action,
            subject_type=subject_type,
            subject_id=None if subject_id is None else str(subject_id),
            details=details,
        )
    )
