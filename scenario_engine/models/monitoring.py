"""Rules that watch over the registry, what they were before, and the loans that they fired for."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Day, Document, Instant, Key, Name


class MonitoringRule(Base):
    """A condition over open loans and the signal that it raises when it begins to hold for one."""

    __tablename__ = "monitoring_rules"

    id: Mapped[Key]
    key: Mapped[Code] = mapped_column(unique=True)
    #: null: a standard rule under its own name, in the reader's language
    name: Mapped[str | None] = mapped_column(String(250))
    signal_kind: Mapped[Code]
    rule: Mapped[Document]
    #: days after a firing in which the rule keeps silent about the same loan; 0: every time it begins to hold anew
    quiet_days: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    #: day of the first look with this condition, which only takes note; null: that is still to come
    watched_since: Mapped[Day | None]
    changed_at: Mapped[Instant]
    changed_by: Mapped[Name]


class MonitoringVersion(Base):
    """What a rule was from one change to the next; written together with the change."""

    __tablename__ = "monitoring_versions"

    id: Mapped[Key]
    rule_id: Mapped[int] = mapped_column(ForeignKey("monitoring_rules.id"))
    revision: Mapped[int]
    name: Mapped[str | None] = mapped_column(String(250))
    signal_kind: Mapped[Code]
    rule: Mapped[Document]
    quiet_days: Mapped[int]
    enabled: Mapped[bool]
    changed_at: Mapped[Instant]
    changed_by: Mapped[Name]

    __table_args__ = (UniqueConstraint("rule_id", "revision"),)


class MonitoringChange(Base):
    """What a rule is to become once a second person agrees; it is switched on then."""

    __tablename__ = "monitoring_changes"

    id: Mapped[Key]
    rule_id: Mapped[int] = mapped_column(ForeignKey("monitoring_rules.id"))
    name: Mapped[str | None] = mapped_column(String(250))
    signal_kind: Mapped[Code]
    rule: Mapped[Document]
    quiet_days: Mapped[int]
    #: waiting, approved, rejected; replaced: the rule was changed otherwise meanwhile
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    asked_by: Mapped[Name]
    asked_at: Mapped[Instant]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[Instant | None]
    #: why it was rejected
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index(
            "ks_uq_monitoring_changes_waiting",
            "rule_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


class MonitoringFiring(Base):
    """A spell in which a rule holds for a loan: from the day `since` up to the day `until`, without that one."""

    __tablename__ = "monitoring_firings"

    id: Mapped[Key]
    rule_id: Mapped[int] = mapped_column(ForeignKey("monitoring_rules.id"))
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    #: of the rule as it was
    revision: Mapped[int]
    since: Mapped[Day]
    #: null: it holds still
    until: Mapped[Day | None]
    #: a signal was written; not at the rule's first look, nor in its quiet days
    told: Mapped[bool]

    __table_args__ = (
        Index(None, "loan_id", "since"),
        Index(None, "since"),
        Index(
            "ks_ix_monitoring_firings_open",
            "rule_id",
            "loan_id",
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )
