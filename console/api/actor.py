"""Who is asking, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g
from flask_appbuilder.security.sqla.models import Group, User, assoc_user_group
from flask_jwt_extended import current_user as token_user
from flask_jwt_extended import verify_jwt_in_request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.csrf import uses_token
from console.errors import Unauthenticated
from console.language import reader_language
from console.security import rights_of
from scenario_engine.errors import Forbidden
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person (or a program with a token), as the API needs to know them."""

    user_id: int
    #: user name: what audit entries and tasks hold
    name: str
    full_name: str
    roles: tuple[str, ...]
    rights: frozenset[str]
    #: task queues the person works in; empty: all of them
    queues: tuple[str, ...]
    language: str

    def may(self, right: str) -> bool:
        """Whether they have the right."""
        return right in self.rights

    def require(self, right: str) -> None:
        """Forbidden when they have not."""
        if not self.may(right):
            raise Forbidden(
                Text(
                    "Your role does not allow this. Ask an administrator for the right role.",
                    "Ваша роль этого не позволяет. Попросите администратора назначить нужную роль.",
                )
            )


def identify() -> Actor:
    """The one who sent this request; Unauthenticated when nobody is signed in.

    The security session is closed before the answer is worked out, so no second transaction stays open beside it.
    """
    found: Actor | None = g.get("kaskad_actor")
    if found is not None:
        return found
    if uses_token():
        verify_jwt_in_request()
        user = token_user
    else:
        user = current_user
    if not user or not user.is_authenticated or not user.is_active:
        raise Unauthenticated(Text("Sign in first.", "Сначала войдите в систему."))
    session = current_app.extensions["appbuilder"].session
    actor = describe(session, user, reader_language())
    session.close()
    g.kaskad_actor = actor
    return actor


def find_actor(session: Session, user_id: int, language: str) -> Actor:
    """The person as they are now, for work that goes on without their request; Forbidden when they may not sign in."""
    user = session.get(User, user_id)
    if user is None or not user.is_active:
        raise Forbidden(Text("This account may no longer sign in.", "Этой учётной записи вход закрыт."))
    return describe(session, user, language)


def describe(session: Session, user: Any, language: str) -> Actor:
    """An account as the API needs to know it."""
    queues = session.scalars(
        select(Group.name)
        .join(assoc_user_group, assoc_user_group.c.group_id == Group.id)
        .where(assoc_user_group.c.user_id == user.id)
        .order_by(Group.name)
    ).all()
    return Actor(
        user_id=user.id,
        name=user.username,
        full_name=user.get_full_name().strip(),
        roles=tuple(sorted(role.name for role in user.roles)),
        rights=rights_of(session, user.id),
        queues=tuple(queues),
        language=language,
    )
