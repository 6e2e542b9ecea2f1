"""Databases of other systems from which loans and payments are read."""

from __future__ import annotations

from sqlalchemy import Index, String, text
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Name

_IS_ON = text("enabled")


class SqlSource(Base):
    """A query on another system's database, and when it is asked."""

    __tablename__ = "sql_sources"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
    #: what its rows are: loans, borrowers, payments, signals
    kind: Mapped[Code]
    enabled: Mapped[bool] = mapped_column(default=False)
    #: the SQLAlchemy URL, sealed (`scenario_engine.vault`)
    url: Mapped[str] = mapped_column(SqlText)
    #: the same without its password
    address: Mapped[str] = mapped_column(String(500))
    query: Mapped[str] = mapped_column(SqlText)
    mapping: Mapped[Document]
    #: column that grows with every change: only rows from its last value on are read
    growing: Mapped[str | None] = mapped_column(String(250))
    #: that value, after the last run that was done; see `registry.imports.sql_rows`
    reached: Mapped[Document | None]
    #: take the right rows of a run that has wrong ones
    partial: Mapped[bool] = mapped_column(default=False)
    #: minutes between runs; null: when a person asks
    every: Mapped[int | None]
    #: minute of the portfolio's day from which runs are counted
    starting: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[Instant | None]
    changed_at: Mapped[Instant]
    changed_by: Mapped[Name]

    __table_args__ = (Index("ks_ix_sql_sources_due", "next_at", postgresql_where=_IS_ON, sqlite_where=_IS_ON),)
