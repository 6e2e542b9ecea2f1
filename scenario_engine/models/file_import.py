"""Imports of files, and the column mappings that were used."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, BigKey, Code, Document, Instant, Key, Name


class FileImport(Base):
    """One file that was brought in, or tried."""

    __tablename__ = "file_imports"

    id: Mapped[Key]
    #: loans, payments
    kind: Mapped[Code]
    file_name: Mapped[Name]
    #: SHA-256 of the bytes
    file_hash: Mapped[str] = mapped_column(String(64))
    #: waiting, running, done, refused, failed, cancelled
    state: Mapped[str] = mapped_column(String(20))
    dry_run: Mapped[bool] = mapped_column(default=False)
    mapping: Mapped[Document]
    actor: Mapped[Name]
    started_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int | None]
    rows_added: Mapped[int] = mapped_column(default=0)
    rows_updated: Mapped[int] = mapped_column(default=0)
    rows_wrong: Mapped[int] = mapped_column(default=0)
    #: what a person reads when it was refused or failed: {"en": …, "ru": …}
    message: Mapped[Document | None]
    #: the job that brings it in; null when a command does
    job_id: Mapped[int | None] = mapped_column(BigKey)
    #: the SQL source that its rows come from; null: a file, or another system over the API
    source_id: Mapped[int | None] = mapped_column(BigKey, index=True)


class ImportProblem(Base):
    """A wrong row of a file."""

    __tablename__ = "import_problems"

    id: Mapped[Key]
    import_id: Mapped[int] = mapped_column(index=True)
    row: Mapped[int]
    column: Mapped[str | None] = mapped_column(String(250))
    value: Mapped[str | None] = mapped_column(String(250))
    code: Mapped[Code]
    #: {"en": …, "ru": …}
    text: Mapped[Document]


class ImportMapping(Base):
    """A mapping remembered for files with the same header."""

    __tablename__ = "import_mappings"

    id: Mapped[Key]
    kind: Mapped[Code]
    #: SHA-256 of the header row
    header_hash: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[Document]
    used_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("kind", "header_hash"),)
