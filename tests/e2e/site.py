"""A real server with its engine, in a thread of the tests, over a database of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from console.api.base import CHECK_ANSWERS
from console.cli.demo import build_demo
from console.cli.shell import Shell
from console.clock import system_clock
from console.installation import DEMO_PEOPLE, demo_users, init
from console.server import Server, serve
from scenario_engine.database import Database
from scenario_engine.models import Case, Loan, Task
from scenario_engine.settings import Settings
from tests.console.conftest import FAST_HASH

PASSWORD = "an invented password"
#: user names, one for each role
PEOPLE = tuple(username for username, _role, _first, _last in DEMO_PEOPLE)


@dataclass(frozen=True)
class Site:
    """A running console."""

    address: str
    database: Database
    settings: Settings

    def any_loan_of_a_task(self) -> tuple[int, str]:
        """Id and number of a loan about which a task is open."""
        with self.database.read() as session:
            found = session.execute(
                select(Loan.id, Loan.external_id)
                .join(Task, Task.loan_id == Loan.id)
                .where(Task.closed_at.is_(None))
                .order_by(Loan.id)
                .limit(1)
            ).one()
            return found.id, found.external_id

    def any_enrolled_loan(self) -> tuple[int, str]:
        """Id and number of a loan that is in a scenario now."""
        with self.database.read() as session:
            found = session.execute(
                select(Loan.id, Loan.external_id)
                .join(Case, Case.loan_id == Loan.id)
                .where(Case.ended_at.is_(None))
                .order_by(Loan.id)
                .limit(1)
            ).one()
            return found.id, found.external_id


def settings_in(folder: Path, **chosen: object) -> Settings:
    """Settings of a console that lives in `folder`, on a free port; `chosen` goes over them."""
    base = {
        "database_url": f"sqlite:///{folder / 'kaskad.db'}",
        "data_dir": folder / "var",
        "secret_key": "k" * 48,
        "host": "127.0.0.1",
        "port": 0,
        "language": "en",
        "tick_seconds": 0.5,
    }
    return Settings.model_validate(base | chosen)


def prepare(settings: Settings, *, loans: int) -> None:
    """Tables, roles, a login for each role with PASSWORD; with `loans`, the demo portfolio and its history."""
    init(settings)
    shell = Shell(settings, "en")
    if loans:
        build_demo(shell, now=system_clock(), borrowers=max(1, loans * 2 // 3), loans=loans)
    shell.close()


@contextmanager
def running(settings: Settings, *, with_engine: bool = True) -> Iterator[Site]:
    """The console of these settings while the block runs; every role has its login (`PEOPLE`, `PASSWORD`)."""
    server: Server = serve(settings, with_engine=with_engine)
    server.app.config.update(FAST_HASH, RATELIMIT_ENABLED=False, **{CHECK_ANSWERS: True})
    demo_users(server.app, PASSWORD)
    thread = threading.Thread(target=server.run, name="console")
    thread.start()
    database = Database(settings.database_url)
    try:
        yield Site(server.address, database, settings)
    finally:
        database.dispose()
        server.stop()
        thread.join(20)
    assert not thread.is_alive(), "the server did not stop"
