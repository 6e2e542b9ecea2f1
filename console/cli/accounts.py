"""People of the console, as commands need them: who there is, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.security import rights_of
from scenario_engine.errors import Forbidden, NotFound
from scenario_engine.texts import Text


def find_user(session: Session, username: str) -> User:
    """The active or inactive user of that name; raises `NotFound`."""
    found = session.scalar(select(User).where(User.username == username))
    if found is None:
        raise NotFound(
            Text(
                "There is no user “{name}”. `kaskad users list` shows who there is.",
                "Пользователя «{name}» нет. Кто есть, покажет `kaskad users list`.",
            ).format(name=username)
        )
    return found


def all_users(session: Session) -> Sequence[User]:
    """Every user, by name."""
    return session.scalars(select(User).order_by(User.username)).all()


def require_right(session: Session, username: str, right: str) -> None:
    """Raise `Forbidden` unless the user is active and has the right, `NotFound` when there is no such user."""
    user = find_user(session, username)
    if not user.active or right not in rights_of(session, user.id):
        raise Forbidden(
            Text(
                "{name} may not do this: the right {right} is missing.", "{name} не может этого: нет права {right}."
            ).format(name=username, right=right)
        )
