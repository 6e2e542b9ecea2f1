"""Contact policies as dated documents, and the days on which a country works or rests against its usual calendar."""

from __future__ import annotations

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Day, Document, Instant, Key, Name


class PolicyVersion(Base):
    """One dated version of a contact policy. An approved one never changes: what held when can be told for ever."""

    __tablename__ = "contact_policies"

    id: Mapped[Key]
    #: which policy: ru-230, us-reg-f …
    key: Mapped[Code]
    #: from 1 within the policy
    revision: Mapped[int]
    #: in force from this instant until that of the next approved one; null: from the moment of its approval
    valid_from: Mapped[Instant | None]
    document: Mapped[Document]
    #: draft, waiting, approved, rejected
    state: Mapped[str] = mapped_column(String(20))
    #: why it was changed
    note: Mapped[str | None] = mapped_column(Text)
    author: Mapped[Name]
    changed_at: Mapped[Instant]
    reviewer: Mapped[Name | None]
    reviewed_at: Mapped[Instant | None]
    #: what the reviewer said
    remark: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("key", "revision"), Index(None, "key", "state", "valid_from"))


class CalendarDay(Base):
    """A day that a president's decree, or the company itself, made a day of rest or of work."""

    __tablename__ = "calendar_days"

    #: ISO 3166-1 code, e.g. RU
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    day: Mapped[Day] = mapped_column(primary_key=True)
    #: null: as the country's calendar has it; the row stays, and with it who said so
    rest: Mapped[bool | None]
    note: Mapped[str | None] = mapped_column(String(250))
    changed_at: Mapped[Instant]
    changed_by: Mapped[Name]
