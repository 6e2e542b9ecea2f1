"""Who has a scenario open."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Instant, Name


class Presence(Base):
    """A browser tab that has a scenario open. The tab says so every few seconds; a silent one is forgotten."""

    __tablename__ = "presences"

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True)
    #: a name the tab gave itself
    tab: Mapped[Code] = mapped_column(primary_key=True)
    person: Mapped[Name]
    full_name: Mapped[Name]
    #: the node that is selected there
    node: Mapped[Code | None]
    #: it has edits that are not saved yet
    editing: Mapped[bool]
    seen_at: Mapped[Instant]
