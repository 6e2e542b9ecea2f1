"""The engine's own record: transactions and heartbeats."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Instant, Key


class Batch(Base):
    """One transaction of the engine, or one run of its outbox."""

    __tablename__ = "batches"

    id: Mapped[Key]
    #: signal, enrol, advance, fold, send, archive
    kind: Mapped[Code]
    version_id: Mapped[int | None] = mapped_column(BigInteger)
    #: the moment the tick was told it is
    at: Mapped[Instant]
    #: local day of the portfolio, YYYY-MM-DD
    day: Mapped[str] = mapped_column(String(10))
    cases: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)
    #: wall time, microseconds; null while it runs
    micros: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(String(500))
    #: its trails are in the counts by groups of borrowers
    grouped: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        Index(None, "at"),
        Index("ks_ix_batches_ungrouped", "id", sqlite_where=text("NOT grouped"), postgresql_where=text("NOT grouped")),
        Index(
            "ks_ix_batches_version",
            "version_id",
            sqlite_where=text("version_id IS NOT NULL"),
            postgresql_where=text("version_id IS NOT NULL"),
        ),
    )


class Shard(Base):
    """A row to lock: an engine works on a shard of borrowers alone."""

    __tablename__ = "shards"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Heartbeat(Base):
    """A sign of life of an engine process."""

    __tablename__ = "heartbeats"

    #: host and process
    process: Mapped[str] = mapped_column(String(100), primary_key=True)
    started_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    last_tick_at: Mapped[Instant | None]
    #: wall time of the last tick, milliseconds
    last_tick_ms: Mapped[int | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
    #: transactions that had to be done again since it started
    retries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
