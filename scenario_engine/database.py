"""One database, SQLite or PostgreSQL, with the few settings that make both behave alike.

Lock order
----------
Whoever needs several of these takes them in this order, rows of one table by ascending id:

1. the lease (`engine.lease`), then a scenario's row;
2. shards: ticks, and only those that are free (SKIP LOCKED); who makes or counts a contact by hand waits for the
   borrower's;
3. an incoming payment; then loans (FOR NO KEY UPDATE, so that a tick may refer to them meanwhile): payments, imports,
   the day's roll, people;
4. cases, then their tasks, offers and messages;
5. the borrower.

Who ends or wakes cases because of what happened to loans takes all of 3 and 4 in one statement, and looks at what
belongs to the cases in the next: it then sees what it waited for, and waits for nobody (`engine.effects`).

A tick waits for nothing in 3 and 4: it claims cases with SKIP LOCKED, touches tasks and offers of claimed cases only,
and takes a parent case with NOWAIT. So nobody who waits for a tick is waited for by it.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Row, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import Session

WRITE = "kaskad_write"

#: a connection whose other end has gone is given up after about ten seconds, on both sides: the server then drops what
#: a machine that was cut off had locked
_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 4, "keepalives_interval": 2, "keepalives_count": 3,
              "tcp_user_timeout": 10_000, "connect_timeout": 10}  # fmt: skip
_SERVER_SIDE = (
    "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;"
    " SET tcp_user_timeout = 10000"
)
#: a statement whose client was killed ends, and frees what it has locked; since PostgreSQL 14, where the system can
_WATCH_CLIENT = "SELECT set_config(name, '1s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'"
#: a process that stands still in the middle of a batch gives its locks back after so long
_IDLE_SECONDS = 60
#: a connection that was in use so lately is not asked whether it is still there
_FRESH_SECONDS = 1.0
#: a writer waits so long for a SQLite file
_PATIENCE = 30.0


class Failure(StrEnum):
    """What kind of trouble an error of the database is."""

    #: the connection is gone, or none can be made
    LOST = "lost"
    #: another transaction was in the way; the same work may succeed in a moment
    CONFLICT = "conflict"
    #: the statement took longer than it may
    TIMEOUT = "timeout"
    #: the database accepts no changes
    READ_ONLY = "read_only"
    #: no room is left
    FULL = "full"
    #: the data or the statement itself
    DATA = "data"


_SQLITE_FAILURES = {
    sqlite3.SQLITE_BUSY: Failure.CONFLICT,
    sqlite3.SQLITE_LOCKED: Failure.CONFLICT,
    sqlite3.SQLITE_INTERRUPT: Failure.TIMEOUT,
    sqlite3.SQLITE_READONLY: Failure.READ_ONLY,
    sqlite3.SQLITE_FULL: Failure.FULL,
    sqlite3.SQLITE_IOERR: Failure.LOST,
    sqlite3.SQLITE_CANTOPEN: Failure.LOST,
}
_POSTGRES_FAILURES = {
    "40001": Failure.CONFLICT,  # serialization_failure
    "40P01": Failure.CONFLICT,  # deadlock_detected
    "55P03": Failure.CONFLICT,  # lock_not_available
    "57014": Failure.TIMEOUT,  # query_canceled
    "25006": Failure.READ_ONLY,  # read_only_sql_transaction
    "53100": Failure.FULL,  # disk_full
}
#: connection exceptions, too many connections or no memory, the server is going down, an error of the system
_POSTGRES_LOST = ("08", "53", "57", "58")


def failure_of(error: DBAPIError) -> Failure:
    """The kind of trouble, by the database's own code and not by the driver's class: SQLite reports an overflow in a
    rule as it reports a locked file.
    """
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        return _SQLITE_FAILURES.get(code & 0xFF, Failure.DATA) if code is not None else Failure.DATA
    state = getattr(cause, "sqlstate", None)
    if state is None:
        # psycopg's own: the server closed the connection, or there is none
        return Failure.LOST if error.connection_invalidated or _is_operational(error) else Failure.DATA
    if state in _POSTGRES_FAILURES:
        return _POSTGRES_FAILURES[state]
    return Failure.LOST if error.connection_invalidated or state[:2] in _POSTGRES_LOST else Failure.DATA


def _is_operational(error: DBAPIError) -> bool:
    return type(error).__name__ in ("OperationalError", "InterfaceError")


def prepare_engine(engine: Engine) -> Engine:
    """Give an engine the connect settings both databases need; returns the same engine.

    PostgreSQL: the server, too, gives up a connection whose other end has gone.
    SQLite: foreign keys on, WAL, 30 s of patience, and transactions that start where SQLAlchemy says they do. A
    connection with the execution option ``kaskad_write`` takes the write lock at once (BEGIN IMMEDIATE): a deferred
    transaction that turns into a writer later fails without waiting when another writer was faster.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _watch_the_wire)
        return engine

    @event.listens_for(engine, "connect")
    def set_pragmas(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in (
            f"busy_timeout={_PATIENCE * 1000:.0f}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-65536",
            # in pages: a batch of the engine writes some thousands, which need not be copied into the file at once
            "wal_autocheckpoint=16384",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _watch_the_wire(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute(_SERVER_SIDE)
    dbapi_connection.commit()
    try:
        dbapi_connection.execute(_WATCH_CLIENT)
    except dbapi_connection.DataError:  # the server's system cannot tell
        dbapi_connection.rollback()
    dbapi_connection.commit()


class _Line:
    """Writers of this process before a SQLite file, first come first served: SQLite's own waiting is a nap of up to
    100 ms and a look, which a payment may lose for seconds to a tick that writes batch after batch.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._writer: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, `_PATIENCE` at the most: SQLite then decides, as it does between processes."""
        me = threading.get_ident()
        if self._writer == me:
            yield
            return
        turn = threading.Event()
        with self._lock:
            self._waiting.append(turn)
            if len(self._waiting) == 1:
                turn.set()
        try:
            if turn.wait(_PATIENCE):
                self._writer = me
            yield
        finally:
            with self._lock:
                first = self._waiting[0] is turn
                self._waiting.remove(turn)
                if first:
                    self._writer = None
                    if self._waiting:
                        self._waiting[0].set()


def _ask_idle_connections(engine: Engine) -> None:
    """Ask a connection that nobody used for a while whether it is still there, before somebody gets it. One that is in
    use all the time need not be asked each time: that is a message there and one back for every payment.
    """

    def keep_time(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get("used")
        if used is None or time.monotonic() - used < _FRESH_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", keep_time)
    event.listen(engine, "checkout", ask)


class Database:
    """The way to the tables: `read()` for a look, `write()` for one transaction that changes something."""

    def __init__(self, url: str, **engine_options: Any) -> None:
        """`url` is any SQLAlchemy URL of SQLite or PostgreSQL (psycopg 3)."""
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "postgresql":
            # A connection beyond these is closed after use, and the next one has every statement planned again: enough
            # for the threads of a web server and its long jobs.
            engine_options.setdefault("pool_size", 12)
            engine_options.setdefault("connect_args", {k: v for k, v in _KEEPALIVE.items() if k not in parsed.query})
        self.engine = prepare_engine(create_engine(parsed, **engine_options))
        if parsed.get_backend_name() == "postgresql":
            _ask_idle_connections(self.engine)
        self._writer = self.engine.execution_options(**{WRITE: True})
        self._line = _Line() if self.engine.dialect.name == "sqlite" else None

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
        with (
            nullcontext() if self._line is None else self._line.turn(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def execute_alone(self, statement: Executable) -> Row[Any] | None:
        """Run one statement that commits by itself, and give its first row. On PostgreSQL it is one message there and
        one back, so a machine that is cut off in between leaves no lock behind.
        """
        if self.dialect == "sqlite":
            with self.write() as session:
                return session.execute(statement).first()
        with self.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            return connection.execute(statement).first()

    def limit_statements(self, session: Session, seconds: float) -> None:
        """Let no statement of the session's transaction take longer (0: no limit), and let the transaction not stand
        idle for over a minute. PostgreSQL only: a SQLite file has one writer, who is waited for and never stopped.
        """
        if self.dialect == "postgresql":
            limits = {"statement": str(int(seconds * 1000)), "idle": str(_IDLE_SECONDS * 1000)}
            session.execute(
                text(
                    "SELECT set_config('statement_timeout', :statement, true),"
                    " set_config('idle_in_transaction_session_timeout', :idle, true)"
                ),
                limits,
            )

    def is_read_only(self) -> bool:
        """Whether the database refuses changes at the moment. Errors of the connection are raised."""
        with self.engine.connect() as connection:
            if self.dialect == "postgresql":
                return str(connection.scalar(text("SELECT current_setting('transaction_read_only')"))) == "on"
            connection.detach()  # its short patience must not stay in the pool
            try:
                connection.exec_driver_sql("PRAGMA busy_timeout=0")
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                # taking the lock is allowed to a reader of a write-ahead log; writing the same again is not
                version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
                connection.exec_driver_sql(f"PRAGMA user_version = {int(version)}")
                connection.exec_driver_sql("ROLLBACK")
            except DBAPIError as error:
                return failure_of(error) is Failure.READ_ONLY
            return False

    def create_all(self) -> None:
        """Create every table and trigger of the engine in an empty database (tests, benches, back-tests)."""
        from scenario_engine.models import Base

        with self._writer.begin() as connection:
            Base.metadata.create_all(connection)

    def dispose(self) -> None:
        """Close the pool."""
        self.engine.dispose()
