"""Cases and what happened to them: trails, the dictionary of paths, and the counters."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, BigKey, Code, Instant, Key, Kopecks
from scenario_engine.models.months import by_month


class Case(Base):
    """One loan's enrolment in one version. `due_at` is null while it waits for a signal only, or has ended."""

    __tablename__ = "cases"

    id: Mapped[Key]
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    borrower_id: Mapped[int] = mapped_column(BigInteger)
    shard: Mapped[int]
    #: one active case a loan in each track; null for a sub-scenario's case
    track: Mapped[Code | None]
    #: where it is now, or where it ended
    node_id: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[Instant | None]
    #: the port a signal or a person chose; the next tick leaves by it
    outcome: Mapped[Code | None]
    #: when it entered the node it is at
    entered_at: Mapped[Instant]
    enrolled_at: Mapped[Instant]
    #: overdue debt at enrolment
    enrolled_overdue: Mapped[Kopecks]
    ended_at: Mapped[Instant | None]
    #: exit, goal, cured, stopped, holdout, failed, or the unwired port
    end_reason: Mapped[Code | None]
    #: engine transaction that touched it last: its newest trail is found by it, see `Trail`
    batch_id: Mapped[int] = mapped_column(BigInteger)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    #: what a person reads when the case was set aside
    error: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index(
            "ks_ix_cases_due",
            "shard",
            "due_at",
            # counting what is due need not read the cases themselves
            "version_id",
            "node_id",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ks_ix_cases_loan", "loan_id"),
        Index(
            "ks_ix_cases_parent",
            "parent_id",
            sqlite_where=text("parent_id IS NOT NULL"),
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
        Index(
            "ks_ix_cases_failed",
            "ended_at",
            sqlite_where=text("end_reason = 'failed'"),
            postgresql_where=text("end_reason = 'failed'"),
        ),
        Index(
            "ks_uq_cases_active_track",
            "loan_id",
            "track",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND track IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND track IS NOT NULL"),
        ),
        {"postgresql_with": {"fillfactor": 50}},
    )


class Path(Base):
    """A way through a version's graph that some case took in one tick. Few, shared by all trails."""

    __tablename__ = "paths"

    #: sum of the hops' codes, see engine.paths
    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    #: ``n1:next;n2:yes;n3:@stay``
    hops: Mapped[str] = mapped_column(Text)


class PathHop(Base):
    """A hop of a path, in order."""

    __tablename__ = "path_hops"

    path_id: Mapped[int] = mapped_column(ForeignKey("paths.id"), primary_key=True)
    #: from 0
    hop: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(BigInteger)
    #: port it left by; null: it stayed
    port: Mapped[Code | None]
    #: the node was entered in this tick (false for the node where the tick found the case)
    entered: Mapped[bool]


class Trail(Base):
    """What one tick (or one event) did with one case.

    The trails of a case are a chain: the case knows the batch that touched it last, and each trail the one before, so
    the newest is found first and every other from it (`engine.history`). Rows are written in the order of their key,
    at one end, whatever the age of the table: an index by case would have every tick touch all of it.
    """

    __tablename__ = "trails"

    batch_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    #: batch that had touched the case before: that of its trail before, or of its enrolment
    previous_batch_id: Mapped[int | None] = mapped_column(BigInteger)
    path_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[Instant]
    #: JSON: what the rules saw, by node
    seen: Mapped[str | None] = mapped_column(Text)

    __table_args__ = {"sqlite_with_rowid": False, **by_month("at", key=("batch_id", "case_id", "at"))}


class NodeCount(Base):
    """Appended counts of entering and leaving; folded now and then, so reading always sums."""

    __tablename__ = "node_counts"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    node_id: Mapped[int] = mapped_column(BigInteger)
    #: what is counted: ``@in``, ``@failed`` or the port left by
    port: Mapped[Code]
    #: local day of the portfolio, YYYY-MM-DD
    day: Mapped[str] = mapped_column(String(10))
    cases: Mapped[int]
    #: overdue debt of those cases
    amount: Mapped[Kopecks]
    #: a sum already; the deltas since are few, whatever the age of the table
    folded: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (
        Index(None, "version_id", "node_id", "port", "day"),
        Index("ks_ix_node_counts_fresh", "id", sqlite_where=text("NOT folded"), postgresql_where=text("NOT folded")),
    )
