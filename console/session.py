"""The session that Flask-AppBuilder works with, on the same engine as everything else."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, has_request_context, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from scenario_engine.database import WRITE, Database

_SAFE = {"GET", "HEAD", "OPTIONS"}


class SecuritySession(Session):
    """Reads in a plain transaction; takes the write lock at once where Flask-AppBuilder is going to write.

    Our own API only looks the person up here and writes through `Database.write()`: were this session to hold
    SQLite's write lock then, the request would wait for itself.
    """

    def __init__(self, *, reader: Engine, writer: Engine, **options: Any) -> None:
        super().__init__(**options)
        self._reader = reader
        self._writer = writer

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Engine:
        """The engine for the next transaction."""
        if not has_request_context():
            return self._writer
        if request.method in _SAFE or (request.path.startswith("/api/v1/") and not _signs_in()):
            return self._reader
        return self._writer


def _signs_in() -> bool:
    return request.path.startswith("/api/v1/security/")


def open_session(app: Flask, database: Database) -> scoped_session[SecuritySession]:
    """A session for each request (and each application context without one), closed with it."""
    make = sessionmaker(
        class_=SecuritySession,
        reader=database.engine,
        writer=database.engine.execution_options(**{WRITE: True}),
    )
    session = scoped_session(make, scopefunc=lambda: id(g._get_current_object()))

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session.remove()

    return session
