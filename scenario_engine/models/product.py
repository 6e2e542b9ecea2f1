"""What is lent, and on which terms."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Key, Name


class Product(Base):
    """A loan product."""

    __tablename__ = "products"

    id: Mapped[Key]
    #: e.g. payday, instalment
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    #: annuity, bullet, revolving
    kind: Mapped[str] = mapped_column(String(20))
    #: interest a day in millionths of the principal (0.8 % = 8000); null: the core system knows
    daily_rate_ppm: Mapped[int | None]
    demo: Mapped[bool] = mapped_column(default=False)
