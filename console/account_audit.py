"""Audit entries for what happens to accounts: logins, and changes of users, roles and groups."""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context
from flask_appbuilder.security.sqla.models import Group, Role, User
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from console.clock import now
from scenario_engine import audit

#: they change with every login and say nothing about the account
_STATISTICS = {
    "login_count",
    "last_login",
    "fail_login_count",
    "changed_on",
    "changed_by_fk",
    "changed_by",
    "created_by",
}
#: the fact is recorded, the value is not
_SECRET = {"password"}


def record_login(session: Session, username: str, action: str) -> None:
    """Append the entry and commit: Flask-AppBuilder has committed the login itself already."""
    audit.record(session, at=now(), actor=username, action=action, subject_type="user", subject_id=username)
    session.commit()


def watch(session_class: type[Session]) -> None:
    """Have every change of an account through that class of sessions write its audit entry."""
    if not event.contains(session_class, "before_flush", _record_changes):
        event.listen(session_class, "before_flush", _record_changes)


def _record_changes(session: Session, _context: Any, _instances: Any) -> None:
    for word, things in (("added", session.new), ("changed", session.dirty), ("deleted", session.deleted)):
        for thing in list(things):
            if isinstance(thing, (User, Role, Group)):
                changes = _changes(thing) if word == "changed" else {}
                if changes or word != "changed":
                    _record(session, thing, word, changes)


def _record(session: Session, thing: Any, word: str, changes: dict[str, Any]) -> None:
    kind = type(thing).__name__.lower()
    audit.record(
        session,
        at=now(),
        actor=_actor(),
        action=f"{kind}.{word}",
        subject_type=kind,
        subject_id=thing.username if isinstance(thing, User) else thing.name,
        **({"changes": changes} if changes else {}),
    )


def _changes(thing: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for attribute in inspect(thing).attrs:
        history = attribute.history
        if attribute.key in _STATISTICS or not history.has_changes():
            continue
        if attribute.key in {"roles", "groups", "user", "users", "permissions"}:
            changes[attribute.key] = {
                "added": sorted(map(str, history.added or ())),
                "removed": sorted(map(str, history.deleted or ())),
            }
        else:
            changes[attribute.key] = True if attribute.key in _SECRET else "changed"
    return changes


def _actor() -> str:
    if not has_request_context():
        return "command"
    user = getattr(g, "user", None)
    return user.username if user is not None and user.is_authenticated else "anonymous"
