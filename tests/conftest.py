"""Fixtures every test may ask for: an empty database of either kind, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from scenario_engine.database import Database
    from tests.harness.postgres import PostgresServer

KINDS = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run."""
    from tests.harness.postgres import start_server

    server = start_server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a database that holds every table and trigger, and no row."""
    from scenario_engine.database import Database

    name = postgres_server.create_database()
    filled = Database(postgres_server.url(name))
    filled.create_all()
    filled.dispose()
    yield name
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that holds every table and trigger, and no row."""
    from scenario_engine.database import Database

    path = tmp_path_factory.mktemp("template") / "kaskad.db"
    filled = Database(f"sqlite:///{path}")
    filled.create_all()
    filled.dispose()  # the last connection folds the write-ahead log into the file
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A SQLite database of this test alone: every table, no row."""
    from scenario_engine.database import Database

    path = tmp_path / "kaskad.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def postgres_database(postgres_server: PostgresServer, postgres_template: str) -> Iterator[Database]:
    """A PostgreSQL database of this test alone: every table, no row."""
    from scenario_engine.database import Database

    name = postgres_server.create_database(template=postgres_template)
    database = Database(postgres_server.url(name))
    yield database
    database.dispose()
    postgres_server.drop_database(name)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on SQLite and on PostgreSQL, each time with every table and no row."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a single table, for migrations and for commands run as processes."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running headless browser; open a context or a page of your own in it."""
    from playwright.sync_api import sync_playwright

    from tests.harness.browser import LAUNCH_ARGUMENTS, find_browser

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(find_browser()), args=list(LAUNCH_ARGUMENTS))
        yield running
        running.close()
