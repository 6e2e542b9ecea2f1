"""In which bucket every loan stood when, and what the buckets held at the end of each roll."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Day, Key, Kopecks


class BucketSpell(Base):
    """One stay of an open loan in one bucket, from the day `since` up to the day `until`, without that one.

    Written by `registry.bucket_history` alone.
    """

    __tablename__ = "bucket_spells"

    id: Mapped[Key]
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    bucket: Mapped[str] = mapped_column(String(10))
    since: Mapped[Day]
    #: null: it stands there now
    until: Mapped[Day | None]
    #: what was owed when it began
    balance: Mapped[Kopecks]
    overdue: Mapped[Kopecks]

    __table_args__ = (
        Index(None, "loan_id", "since"),
        Index(
            "ks_ix_bucket_spells_open",
            "loan_id",
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )


class BucketDay(Base):
    """What a bucket held after the roll of a day: open loans, what they owe, and what of it is overdue."""

    __tablename__ = "bucket_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    bucket: Mapped[str] = mapped_column(String(10), primary_key=True)
    loans: Mapped[int]
    balance: Mapped[Kopecks]
    overdue: Mapped[Kopecks]
