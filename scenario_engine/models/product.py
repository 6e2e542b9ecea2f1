"""What is lent, and on which terms."""

from __future__ import annotations

from sqlalchemy import String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Document, Key, Name


class Product(Base):
    """A loan product."""

    __tablename__ = "products"

    id: Mapped[Key]
    #: e.g. payday, instalment
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    #: annuity, bullet, differentiated, revolving
    kind: Mapped[str] = mapped_column(String(20))
    #: whether new loans may be issued on its terms
    offered: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: see registry.lending.terms; null: the core system knows
    terms: Mapped[Document | None]
    #: who gets a loan, see registry.lending.decision; null: whom the law allows
    decision: Mapped[Document | None]
    #: goes up with every change, so that two people do not overwrite each other
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    demo: Mapped[bool] = mapped_column(default=False)
