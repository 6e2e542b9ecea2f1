"""Work for operators."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Name


class Task(Base):
    """An operator task: call, visit, check. Its disposition is the port by which the case goes on."""

    __tablename__ = "tasks"

    id: Mapped[Key]
    case_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    node_id: Mapped[int | None] = mapped_column(BigInteger)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    loan_id: Mapped[int] = mapped_column(BigInteger, index=True)
    borrower_id: Mapped[int] = mapped_column(BigInteger)
    queue: Mapped[Code]
    title: Mapped[Name]
    instruction: Mapped[str] = mapped_column(Text, default="")
    #: [{"key": "promise", "title": {"en": …, "ru": …}}], from the node
    dispositions: Mapped[Document]
    #: 1 is the most urgent
    priority: Mapped[int] = mapped_column(default=5)
    #: open, done, cancelled, expired
    state: Mapped[str] = mapped_column(String(20), default="open")
    #: user name of the operator; null: whoever takes it
    assignee: Mapped[Name | None]
    created_at: Mapped[Instant]
    due_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    closed_by: Mapped[Name | None]
    disposition: Mapped[Code | None]
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("case_id", "node_id", "batch_id"),
        Index(
            "ks_ix_tasks_open",
            "queue",
            "due_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
