"""The audit trail: appended to, never changed (triggers hold it)."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Name
from scenario_engine.models.months import by_month


class AuditEntry(Base):
    """Who did what to which thing, when, and what it was."""

    __tablename__ = "audit_entries"

    id: Mapped[Key]
    at: Mapped[Instant]
    #: user name, or ``engine``, ``command``
    actor: Mapped[Name]
    #: e.g. scenario.submitted, payment.recorded, engine.batch
    action: Mapped[Code]
    #: e.g. scenario, version, loan, task, import, user
    subject_type: Mapped[Code]
    subject_id: Mapped[Code | None]
    details: Mapped[Document] = mapped_column(default=dict)

    __table_args__ = (
        Index(None, "at"),
        Index(None, "subject_type", "subject_id"),
        Index(None, "action"),
        by_month("at", key=("id", "at")),
    )
