"""Ways to reach a borrower, or a person beside them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from scenario_engine.models.base import Base, Code, Day, Instant, Key, Name
from scenario_engine.texts import Text

#: kind of an address, which is also the column of `borrowers` that holds the one in use
POINT_KINDS: Mapping[str, Text] = {
    "phone": Text("phone", "телефон"),
    "email": Text("e-mail", "эл. почта"),
    "messenger": Text("messenger", "мессенджер"),
}
#: how it became known
POINT_SOURCES: Mapping[str, Text] = {
    "import": Text("file", "файл"),
    "api": Text("API", "API"),
    "operator": Text("operator", "оператор"),
    "contract": Text("contract", "договор"),
    "form": Text("application form", "анкета"),
    "reply": Text("reply of the borrower", "ответ заёмщика"),
    "earlier": Text("known before", "было известно раньше"),
}

#: `end_reason` of an address that the other side reported to be nobody's
DEAD = "dead"

_USED = text("in_use AND third_party_id IS NULL")
_OPEN = text("valid_to IS NULL AND third_party_id IS NULL")


class ContactPoint(Base):
    """One address. The one in use of each kind stands in the borrower's row too, where messages take it from; only
    `contacts.points` writes either.
    """

    __tablename__ = "contact_points"

    id: Mapped[Key]
    borrower_id: Mapped[int] = mapped_column(ForeignKey("borrowers.id"), index=True)
    #: whose it is; null: the borrower's own
    third_party_id: Mapped[int | None] = mapped_column(ForeignKey("third_parties.id"))
    #: one of POINT_KINDS
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(250))
    #: first day on which it reaches the person; null: not known
    valid_from: Mapped[Day | None]
    #: last one; null: it still does
    valid_to: Mapped[Day | None]
    #: why it ended, DEAD; null: a person ended it, or it has not
    end_reason: Mapped[str | None] = mapped_column(String(20))
    #: somebody made sure that it is theirs
    verified_at: Mapped[Instant | None]
    verified_by: Mapped[Name | None]
    #: one of POINT_SOURCES
    source: Mapped[str] = mapped_column(String(20))
    in_use: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[Instant]
    #: user name, or ``import``, ``api``
    added_by: Mapped[Code]

    __table_args__ = (
        Index(
            "ks_uq_contact_points_used",
            "borrower_id",
            "kind",
            unique=True,
            sqlite_where=_USED,
            postgresql_where=_USED,
        ),
        Index(
            "ks_uq_contact_points_open",
            "borrower_id",
            "kind",
            "value",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )
