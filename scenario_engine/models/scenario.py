"""Scenarios, their versions, and the nodes of a published version as the database needs them."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, String, Text, UniqueConstraint, case, exists, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Name


class Scenario(Base):
    """A scenario: its draft, and which version is live."""

    __tablename__ = "scenarios"

    id: Mapped[Key]
    #: stable name in documents and commands
    key: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    #: draft (never published), live, paused, archived
    state: Mapped[str] = mapped_column(String(20), default="draft")
    #: why a person paused it
    pause_reason: Mapped[str | None] = mapped_column(String(500))
    #: why the engine paused it, in each language
    pause_cause: Mapped[Document | None]
    #: published or resumed last; failures before that do not pause it again
    live_since: Mapped[Instant | None]
    live_version_id: Mapped[int | None] = mapped_column(BigInteger)
    draft: Mapped[Document]
    #: grows with every save; a save names the revision it started from
    revision: Mapped[int] = mapped_column(default=1)
    draft_by: Mapped[Name]
    draft_at: Mapped[Instant]
    created_by: Mapped[Name]
    created_at: Mapped[Instant]
    #: entries by segment looked at the registry last
    enrolled_at: Mapped[Instant | None]
    demo: Mapped[bool] = mapped_column(default=False)


def shown_name() -> ColumnElement[str]:
    """A scenario's name as people read it: with its key where another scenario has the same name."""
    twin = aliased(Scenario)
    other = exists(select(twin.id).where(twin.name == Scenario.name, twin.id != Scenario.id))
    return case((other, Scenario.name.concat(" (").concat(Scenario.key).concat(")")), else_=Scenario.name)


class Version(Base):
    """A document that somebody submitted. Once published it never changes (a trigger holds it)."""

    __tablename__ = "versions"

    id: Mapped[Key]
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id"))
    #: from 1 within the scenario
    number: Mapped[int]
    #: submitted, returned, published, retired
    state: Mapped[str] = mapped_column(String(20))
    document: Mapped[Document]
    #: SHA-256 of the canonical document (RFC 8785): what the approval is bound to
    content_hash: Mapped[str] = mapped_column(String(64))
    comment: Mapped[str] = mapped_column(Text, default="")
    submitted_by: Mapped[Name]
    submitted_at: Mapped[Instant]
    reviewed_by: Mapped[Name | None]
    reviewed_at: Mapped[Instant | None]
    #: why it was returned, and at which node
    review_comment: Mapped[str | None] = mapped_column(Text)
    review_node: Mapped[Code | None]
    retired_at: Mapped[Instant | None]
    #: from the document's settings, where statements need them: overdue_paid or none
    goal: Mapped[Code] = mapped_column(default="overdue_paid")
    #: days after a visit in which a payment counts for it
    window_days: Mapped[int] = mapped_column(default=7)

    __table_args__ = (UniqueConstraint("scenario_id", "number"),)


class VersionNode(Base):
    """A node of a published version, as a row, so that statements can join it."""

    __tablename__ = "version_nodes"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    #: the node's id in the document
    key: Mapped[Code]
    type: Mapped[Code]
    label: Mapped[Name]
    #: position in topological order
    position: Mapped[int]

    __table_args__ = (UniqueConstraint("version_id", "key"),)


class Wake(Base):
    """Which signal lets a case leave a node, and by which port."""

    __tablename__ = "wakes"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("version_nodes.id"))
    signal_kind: Mapped[Code] = mapped_column(index=True)
    port: Mapped[Code]
    #: only signals of the message that the case wrote when it came here
    own: Mapped[bool | None]
