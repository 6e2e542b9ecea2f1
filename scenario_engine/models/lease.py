"""Who leads: the one engine that does what needs doing once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Instant


class Lease(Base):
    """A duty that one process holds for a while; it lapses unless it is renewed. Times are the database's own."""

    __tablename__ = "leases"

    #: leader
    name: Mapped[Code] = mapped_column(primary_key=True)
    #: host and process
    holder: Mapped[str] = mapped_column(String(100))
    taken_at: Mapped[Instant]
    until: Mapped[Instant]
    #: day of the portfolio to which a leader has rolled the registry
    rolled_on: Mapped[date | None] = mapped_column(Date)
