"""Making an installation ready: tables, roles, and the people of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import make_url
from werkzeug.security import check_password_hash

from console.app import create_app
from console.clock import CLOCK
from console.configuration import kept_secret
from console.context import room
from console.migrate import upgrade
from console.security import synchronise
from scenario_engine.monitoring import rulebook
from scenario_engine.policies import shelf
from scenario_engine.settings import Settings


@dataclass(frozen=True)
class Login:
    """A login of the demo, with its password in the clear: it opens invented data only."""

    role: str
    username: str
    password: str


#: user name, role, first and last name: invented people, and they say so
DEMO_PEOPLE: tuple[tuple[str, str, str, str], ...] = (
    ("manager", "Strategy manager", "Стратег", "(демо)"),
    ("compliance", "Compliance", "Комплаенс", "(демо)"),
    # what one of compliance writes, another one agrees to
    ("compliance2", "Compliance", "Комплаенс", "(демо, второй)"),
    ("operator", "Operator", "Оператор", "(демо)"),
    ("supervisor", "Supervisor", "Супервайзер", "(демо)"),
    ("auditor", "Auditor", "Аудитор", "(демо)"),
    ("admin", "Admin", "Администратор", "(демо)"),
)


#: stands in the history of what an installation begins with
_SHIPPED_BY = "command"


def init(settings: Settings) -> str:
    """Bring the database to the newest schema and write the roles; gives the revision. Safe to repeat."""
    file = make_url(settings.database_url).database
    if settings.database_url.startswith("sqlite") and file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    revision = upgrade(settings.database_url)
    app = create_app(settings)
    synchronise(app)
    with room(app).database.write() as session:
        rulebook.ship(session, now=app.config[CLOCK](), actor=_SHIPPED_BY)
        shelf.ship(session, now=app.config[CLOCK](), actor=_SHIPPED_BY)
    return revision


def demo_users(app: Flask, password: str | None = None) -> list[Login]:
    """A login for each role, two of compliance, with the same password again; one that was changed is set back.

    `password` is drawn once and kept in the data folder when it is not given.
    """
    with app.app_context():
        password = password or kept_secret(room(app).settings.data_dir, "demo_password", 9)
        sm: Any = app.extensions["appbuilder"].sm
        for username, role, first_name, last_name in DEMO_PEOPLE:
            existing = sm.find_user(username=username)
            if existing is not None:
                if not check_password_hash(existing.password, password):
                    sm.reset_password(existing.id, password)
                continue
            made = sm.add_user(
                username, first_name, last_name, f"{username}@example.invalid", sm.find_role(role), password=password
            )
            if not made:
                raise RuntimeError(f"the demo user {username} could not be written; the log says why")
    return [Login(role=role, username=username, password=password) for username, role, _first, _last in DEMO_PEOPLE]
