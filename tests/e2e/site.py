"""A real server with its engine, in a thread of the tests, over a database of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, true

from console.api.base import CHECK_ANSWERS
from console.cli.demo import bring_demo
from console.cli.shell import Shell
from console.clock import CLOCK, system_clock
from console.installation import DEMO_PEOPLE, demo_users, init
from console.server import Server, serve
from scenario_engine.database import Database
from scenario_engine.models import Case, Loan, Task
from scenario_engine.settings import Settings
from tests.console.conftest import FAST_HASH

PASSWORD = "an invented password"
#: user names, one for each role
PEOPLE = tuple(username for username, _role, _first, _last in DEMO_PEOPLE)


DISPOSITIONS = {
    "items": [
        {"key": "promised", "title": {"en": "Promised to pay", "ru": "Обещал оплатить"}, "needs": "promise"},
        {"key": "no_answer", "title": {"en": "No answer", "ru": "Не ответил"}},
    ]
}


@dataclass(frozen=True)
class GivenTask:
    """A task that a test made."""

    id: int
    loan: int
    loan_number: str
    #: kopecks
    overdue: int


@dataclass(frozen=True)
class Site:
    """A running console."""

    address: str
    database: Database
    settings: Settings
    app: Flask

    def add_person(self, username: str, *roles: str) -> None:
        """One more login (PASSWORD) with these roles; nothing when it is there."""
        with self.app.app_context():
            sm: Any = self.app.extensions["appbuilder"].sm
            if sm.find_user(username=username) is None:
                assert sm.add_user(
                    username,
                    username.capitalize(),
                    "(invented)",
                    f"{username}@example.invalid",
                    [sm.find_role(role) for role in roles],
                    password=PASSWORD,
                )

    def give_task(self, title: str, *, assignee: str | None = None, queue: str = "soft") -> GivenTask:
        """An open task about an overdue loan that is in no scenario and whose borrower no other task is about."""
        busy = select(Task.borrower_id)
        enrolled = select(Case.loan_id).where(Case.ended_at.is_(None))
        now = system_clock()
        with self.database.write() as session:
            loan = session.scalars(
                select(Loan)
                .where(Loan.dpd > 0, Loan.borrower_id.not_in(busy), Loan.id.not_in(enrolled))
                .order_by(Loan.id)
                .limit(1)
            ).one()
            task = Task(
                loan_id=loan.id,
                borrower_id=loan.borrower_id,
                queue=queue,
                title=title,
                instruction="Ask when they will pay.",
                dispositions=DISPOSITIONS,
                created_at=now - timedelta(minutes=5),
                due_at=now + timedelta(hours=3),
                assignee=assignee,
            )
            session.add(task)
            session.flush()
            return GivenTask(task.id, loan.id, loan.external_id, loan.overdue)

    def any_enrolled_loan(self, *, overdue: bool = False) -> tuple[int, str]:
        """Id and number of a loan that is in a scenario now."""
        with self.database.read() as session:
            found = session.execute(
                select(Loan.id, Loan.external_id)
                .join(Case, Case.loan_id == Loan.id)
                .where(Case.ended_at.is_(None), Loan.overdue > 0 if overdue else true())
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
        bring_demo(shell, now=system_clock(), borrowers=max(1, loans * 2 // 3), loans=loans)
    shell.close()


@contextmanager
def running(
    settings: Settings, *, with_engine: bool = True, clock: Callable[[], datetime] = system_clock
) -> Iterator[Site]:
    """The console of these settings while the block runs; every role has its login (`PEOPLE`, `PASSWORD`)."""
    server: Server = serve(settings, with_engine=with_engine)
    server.app.config.update(FAST_HASH, RATELIMIT_ENABLED=False, **{CHECK_ANSWERS: True, CLOCK: clock})
    demo_users(server.app, PASSWORD)
    thread = threading.Thread(target=server.run, name="console")
    thread.start()
    database = Database(settings.database_url)
    try:
        yield Site(server.address, database, settings, server.app)
    finally:
        database.dispose()
        server.stop()
        thread.join(20)
    assert not thread.is_alive(), "the server did not stop"
