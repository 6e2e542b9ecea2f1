"""The library of message templates: what they are called, and every text that they ever had."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Name


class MessageTemplate(Base):
    """A text that the steps of scenarios send. It is never deleted: versions name it for ever."""

    __tablename__ = "message_templates"

    id: Mapped[Key]
    #: stable name in documents
    key: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[Name]
    #: as the outbox has it
    channel: Mapped[Code]
    #: number of its newest revision; a change names the one that it began from
    revision: Mapped[int]
    #: since when no step can choose it any more; null: every step of its channel can
    archived_at: Mapped[Instant | None]
    archived_by: Mapped[Name | None]


class TemplateRevision(Base):
    """The texts of a template from one change to the next. A revision never changes (a trigger holds it)."""

    __tablename__ = "template_revisions"

    id: Mapped[Key]
    template_id: Mapped[int] = mapped_column(ForeignKey("message_templates.id"))
    #: from 1 within the template
    number: Mapped[int]
    #: by language: ``{"ru": {"subject": "", "body": "…"}, "en": …}``; at least one
    texts: Mapped[Document]
    #: why it was changed, in the words of who did it
    note: Mapped[str] = mapped_column(String(500), default="")
    #: the revision whose texts it brought back
    restored: Mapped[int | None]
    made_by: Mapped[Name]
    made_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("template_id", "number"),)
