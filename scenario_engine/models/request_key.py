"""Requests that may be sent twice: what was answered to the first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Instant, Json, Name


class RequestKey(Base):
    """A key under which a request was carried out, in the transaction of what it wrote."""

    __tablename__ = "request_keys"

    #: user name
    actor: Mapped[Name] = mapped_column(primary_key=True)
    #: as the sender chose it
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    #: SHA-256 of method, path and body
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(default=0)
    #: sealed
    answer: Mapped[Any | None] = mapped_column(Json)
    at: Mapped[Instant] = mapped_column(index=True)
