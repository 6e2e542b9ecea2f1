"""One database, SQLite or PostgreSQL, with the few settings that make both behave alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

WRITE = "kaskad_write"


def prepare_engine(engine: Engine) -> Engine:
    """Give an engine the connect settings both databases need; returns the same engine.

    SQLite: foreign keys on, WAL, 30 s of patience, and transactions that start where SQLAlchemy says they do. A
    connection with the execution option ``kaskad_write`` takes the write lock at once (BEGIN IMMEDIATE): a deferred
    transaction that turns into a writer later fails without waiting when another writer was faster.
    """
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def set_pragmas(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-65536",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


class Database:
    """The way to the tables: `read()` for a look, `write()` for one transaction that changes something."""

    def __init__(self, url: str, **engine_options: Any) -> None:
        """`url` is any SQLAlchemy URL of SQLite or PostgreSQL (psycopg 3)."""
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "postgresql":
            engine_options.setdefault("pool_pre_ping", True)
        self.engine = prepare_engine(create_engine(parsed, **engine_options))
        self._writer = self.engine.execution_options(**{WRITE: True})

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; whatever it changed is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is committed together at the end, or not at all when an error leaves it."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def create_all(self) -> None:
        """Create every table and trigger of the engine in an empty database (tests, benches, back-tests)."""
        from scenario_engine.models import Base

        with self._writer.begin() as connection:
            Base.metadata.create_all(connection)

    def dispose(self) -> None:
        """Close the pool."""
        self.engine.dispose()
