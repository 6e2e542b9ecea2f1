"""Counts by groups of borrowers: which trails were made by whom, folded by path and day."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Key, Kopecks


class Cohort(Base):
    """Cases of one version that are alike in everything that numbers can be read by. Few, shared by all counts."""

    __tablename__ = "cohorts"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    #: not the borrower's first loan
    repeat: Mapped[bool]
    product_id: Mapped[int]
    #: federal district; empty: not known
    district: Mapped[Code]
    #: arms that the lot gave them, ``;n2:a;n5:b;``, or ``;@holdout;``
    arms: Mapped[str] = mapped_column(String(500))

    __table_args__ = (UniqueConstraint("version_id", "repeat", "product_id", "district", "arms"),)


class PathCount(Base):
    """How many cases of a cohort took a path on a day. Added up from the trails, each trail once."""

    __tablename__ = "path_counts"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    path_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: local day of the portfolio, YYYY-MM-DD
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    cases: Mapped[int]
    #: their overdue debt when they were counted; at enrolment for those whom an event took away
    amount: Mapped[Kopecks]
    #: how long they had rested at the node where the path begins, together
    seconds: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index(None, "version_id", "day"),)
