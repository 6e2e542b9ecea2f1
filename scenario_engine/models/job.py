"""Long jobs: what was asked for, who does it, how far it is, how it ended. The row is the truth; queues carry ids."""

from __future__ import annotations

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Name

#: a job in one of these has not ended
ACTIVE = ("queued", "running")
_IS_ACTIVE = text("state IN ('queued', 'running')")


class Job(Base):
    """One piece of long work."""

    __tablename__ = "jobs"

    id: Mapped[Key]
    #: name of its kind, e.g. ``import``
    kind: Mapped[Code]
    #: what a person calls it: {"en": …, "ru": …}
    title: Mapped[Document]
    #: no two jobs with the same key are active at once
    key: Mapped[str | None] = mapped_column(String(100))
    params: Mapped[Document]
    #: queued, running, done, failed, cancelled
    state: Mapped[str] = mapped_column(String(20))
    #: somebody asked it to end; its worker sees it at the next step
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    #: steps done, of how many; the kind decides what a step is
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    actor: Mapped[Name]
    created_at: Mapped[Instant]
    #: when a worker was last told of it
    sent_at: Mapped[Instant | None]
    #: when the last attempt began
    started_at: Mapped[Instant | None]
    #: last sign of life of its worker
    heartbeat_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]
    worker: Mapped[Name | None]
    #: how often a worker took it up
    attempts: Mapped[int] = mapped_column(default=0)
    #: what it made, as its kind writes it down
    result: Mapped[Document | None]
    #: why it failed, for a person: {"en": …, "ru": …}
    error: Mapped[Document | None]
    #: when the row goes, and with it what the job made
    expires_at: Mapped[Instant | None]

    __table_args__ = (
        Index("ks_uq_jobs_key", "key", unique=True, postgresql_where=_IS_ACTIVE, sqlite_where=_IS_ACTIVE),
        # the few rows that workers look for
        Index("ks_ix_jobs_active", "state", postgresql_where=_IS_ACTIVE, sqlite_where=_IS_ACTIVE),
        Index(None, "actor", "created_at"),
        Index(None, "expires_at"),
    )
