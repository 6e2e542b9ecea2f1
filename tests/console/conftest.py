"""A migrated database with the roles and one login each, the application over it, and browsers' stand-ins."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.api.base import CHECK_ANSWERS
from console.app import create_app
from console.clock import CLOCK
from console.installation import demo_users
from console.migrate import upgrade
from console.security import synchronise
from scenario_engine.database import Database
from scenario_engine.settings import Settings
from tests.conftest import KINDS
from tests.console.client import PASSWORD, Console
from tests.console.world import NOW, World, build
from tests.harness.broker import RedisServer, start_broker
from tests.harness.postgres import PostgresServer

#: real hashing takes longer than the tests themselves
FAST_HASH = {"FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1"}


def _settings(url: str, folder: Path, broker_url: str = "") -> Settings:
    return Settings(
        broker_url=broker_url,
        database_url=url,
        data_dir=folder,
        secret_key="k" * 48,
        language="ru",
        upload_megabytes=1,
        time_zone="Europe/Moscow",
    )


def _fill(url: str, folder: Path) -> None:
    upgrade(url)
    database = Database(url)
    app = create_app(_settings(url, folder), database, **FAST_HASH, **{CLOCK: lambda: NOW - timedelta(days=60)})
    synchronise(app)
    demo_users(app, PASSWORD)
    database.dispose()


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with tables, roles and logins."""
    folder = tmp_path_factory.mktemp("console")
    _fill(f"sqlite:///{folder / 'filled.db'}", folder)
    return folder / "filled.db"


@pytest.fixture(scope="session")
def filled_postgres(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database with tables, roles and logins."""
    name = postgres_server.create_database()
    _fill(postgres_server.url(name), tmp_path_factory.mktemp("console"))
    yield name
    postgres_server.drop_database(name)


def _open(url: str, folder: Path, broker_url: str = "") -> Iterator[Console]:
    database = Database(url)
    app = create_app(
        _settings(url, folder, broker_url),
        database,
        **FAST_HASH,
        **{CHECK_ANSWERS: True, CLOCK: lambda: console.now, "RATELIMIT_ENABLED": False, "PROPAGATE_EXCEPTIONS": False},
    )
    console = Console(app, database, now=NOW)
    yield console
    console.close()


@pytest.fixture
def console(filled_sqlite: Path, tmp_path: Path) -> Iterator[Console]:
    """The console over a SQLite database of this test alone."""
    path = tmp_path / "kaskad.db"
    shutil.copyfile(filled_sqlite, path)
    yield from _open(f"sqlite:///{path}", tmp_path)


@pytest.fixture(params=KINDS)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Console]:
    """The console over a database of this test alone, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "kaskad.db"
        shutil.copyfile(request.getfixturevalue("filled_sqlite"), path)
        yield from _open(f"sqlite:///{path}", tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database(template=request.getfixturevalue("filled_postgres"))
    yield from _open(server.url(name), tmp_path)
    server.drop_database(name)


@pytest.fixture(scope="session")
def broker() -> Iterator[RedisServer]:
    """One Redis for the whole run; where there is none and none can be had the test fails and says what to do."""
    server = start_broker()
    yield server
    server.stop()


@pytest.fixture
def queued(
    postgres_server: PostgresServer, filled_postgres: str, broker: RedisServer, tmp_path: Path
) -> Iterator[Console]:
    """The console over PostgreSQL, with long jobs behind a broker; start a worker to have them done."""
    name = postgres_server.create_database(template=filled_postgres)
    yield from _open(postgres_server.url(name), tmp_path, broker.url)
    postgres_server.drop_database(name)


@pytest.fixture
def world(console: Console) -> World:
    """A little of everything in the console's database."""
    with console.database.write() as session:
        return build(session)


@pytest.fixture
def both_world(both: Console) -> World:
    """The same, on both databases."""
    with both.database.write() as session:
        return build(session)
