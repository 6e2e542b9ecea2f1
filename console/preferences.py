"""What a person chose for themselves: language and theme."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column


class Preference(Model):
    """One row a person; no row: nothing was chosen."""

    __tablename__ = "console_preferences"

    user_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    #: en, ru
    language: Mapped[str | None] = mapped_column(String(2))
    #: light, dark, auto
    theme: Mapped[str | None] = mapped_column(String(10))


def find(session: Session, user_id: int) -> Preference | None:
    """The person's choices, or None."""
    return session.scalars(select(Preference).where(Preference.user_id == user_id)).one_or_none()


def choose(session: Session, user_id: int, *, language: str | None = None, theme: str | None = None) -> Preference:
    """Store what is given, keep the rest."""
    found = find(session, user_id)
    if found is None:
        found = Preference(user_id=user_id)
        session.add(found)
    if language is not None:
        found.language = language
    if theme is not None:
        found.theme = theme
    session.flush()
    return found
