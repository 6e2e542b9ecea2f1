"""Outside systems that messages leave through: how each is set up, how it fares, what it told afterwards."""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, Index, String, UniqueConstraint, text
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Kopecks, Name

SANDBOX, LIVE = "sandbox", "live"
_UNKNOWN = text("message_id IS NULL AND receipt IS NOT NULL")
#: condition of the partial index, spelled as that has it: SQLite uses it for no other spelling
IS_UNKNOWN = text("reports.message_id IS NULL AND reports.receipt IS NOT NULL")


class ConnectorSettings(Base):
    """A connector as an administrator set it up. One without a row is in its sandbox: nothing leaves."""

    __tablename__ = "connector_settings"

    key: Mapped[Code] = mapped_column(primary_key=True)
    #: sandbox, live
    mode: Mapped[str] = mapped_column(String(20), default=SANDBOX)
    #: what may be shown
    chosen: Mapped[Document]
    #: what may not: a JSON object, sealed (`scenario_engine.vault`)
    secrets: Mapped[str] = mapped_column(SqlText)
    #: messages a second, over all engines; null: as fast as it goes
    rate: Mapped[float | None] = mapped_column(Float)
    #: messages that are handed over at once
    batch: Mapped[int]
    #: what a message costs, kopecks, where the other side does not say
    tariff: Mapped[Kopecks]
    #: the tariff is of a part of a long message
    by_part: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[Instant]
    changed_by: Mapped[Name]


class ConnectorState(Base):
    """How a live connector fares: what every engine heeds before it sends through it."""

    __tablename__ = "connector_states"

    key: Mapped[Code] = mapped_column(primary_key=True)
    #: of the circuit breaker: closed, open, half_open
    breaker: Mapped[str] = mapped_column(String(20), default="closed")
    #: failures since something went well
    failures: Mapped[int] = mapped_column(default=0)
    #: how often it opened since something went well: each time it stays open longer
    trips: Mapped[int] = mapped_column(default=0)
    #: open: a probe may leave then
    retry_at: Mapped[Instant | None]
    #: half open: when the probe left
    probe_at: Mapped[Instant | None]
    #: the other side asked for a pause until then
    paused_until: Mapped[Instant | None]
    #: when the next message may leave by the rate
    free_at: Mapped[Instant | None]
    good_at: Mapped[Instant | None]
    bad_at: Mapped[Instant | None]
    #: the newest answers, persons masked: {"last": [{"at", "kind", "text"}, …]}
    answers: Mapped[Document]


class ConnectorHour(Base):
    """What went through a connector in an hour (UTC)."""

    __tablename__ = "connector_hours"

    connector: Mapped[Code] = mapped_column(primary_key=True)
    hour: Mapped[Instant] = mapped_column(primary_key=True)
    channel: Mapped[Code] = mapped_column(primary_key=True)
    sent: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    retried: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)
    undelivered: Mapped[int] = mapped_column(default=0)
    #: kopecks
    cost: Mapped[Kopecks] = mapped_column(default=0)


class HeardReport(Base):
    """What an outside system told of a message or of somebody who got one, once; kept while its message is not known:
    a receipt may be faster than the answer to what it is for.
    """

    __tablename__ = "reports"

    id: Mapped[Key]
    connector: Mapped[Code]
    key: Mapped[str] = mapped_column(String(200))
    #: see `ports.Report`
    kind: Mapped[str] = mapped_column(String(20))
    receipt: Mapped[str | None] = mapped_column(String(100))
    at: Mapped[Instant]
    heard_at: Mapped[Instant]
    error: Mapped[str | None] = mapped_column(String(500))
    #: what a borrower wrote, until it is known who
    text: Mapped[str | None] = mapped_column(SqlText)
    cost: Mapped[Kopecks | None]
    #: null: not known (yet)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    borrower_id: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint("connector", "key"),
        Index("ks_ix_reports_unknown", "connector", "receipt", sqlite_where=_UNKNOWN, postgresql_where=_UNKNOWN),
        Index(None, "heard_at"),
    )
