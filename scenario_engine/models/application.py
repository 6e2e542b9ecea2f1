"""What borrowers ask for, and what was decided."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Instant, Key, Kopecks, Name

#: waits for a person's decision; may be issued; waits for a second person; a loan; turned down; taken back
APPLICATION_STATES = ("waiting", "approved", "confirming", "issued", "refused", "withdrawn")


class LoanApplication(Base):
    """An application for a loan with all that explains its decision later."""

    __tablename__ = "applications"

    id: Mapped[Key]
    #: makes filing it twice harmless; null: a person filed it
    external_id: Mapped[Code | None] = mapped_column(unique=True)
    borrower_id: Mapped[int] = mapped_column(ForeignKey("borrowers.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    principal: Mapped[Kopecks]
    #: in the units of the product
    term: Mapped[int]
    channel: Mapped[str | None] = mapped_column(String(20))
    risk_score: Mapped[int | None]
    #: per cent
    debt_burden: Mapped[int | None]
    #: the loan that the new one pays off
    refinanced_id: Mapped[int | None] = mapped_column(ForeignKey("loans.id"))
    #: one of APPLICATION_STATES
    state: Mapped[str] = mapped_column(String(20))
    #: of the product, when it was decided: its rules had this revision
    product_revision: Mapped[int]
    #: see registry.issue.Decision.as_document
    decision: Mapped[Document]
    filed_at: Mapped[Instant]
    filed_by: Mapped[Name]
    #: a person's decision; null: the rules decided
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[Name | None]
    #: why the person decided so, or why it was taken back
    note: Mapped[Name | None]
    #: who asked for the issue that a second person is to confirm, and the number that the loan is to have
    requested_at: Mapped[Instant | None]
    requested_by: Mapped[Name | None]
    number: Mapped[Code | None]
    confirmed_by: Mapped[Name | None]
    #: what it became
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loans.id"))

    __table_args__ = (Index(None, "state", "filed_at"), Index(None, "filed_at"))
