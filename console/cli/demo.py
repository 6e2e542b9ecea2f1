"""`kaskad demo`: invented people and loans, scenarios published by two of them, and three weeks of history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum

import click
from sqlalchemy import exists, func, select, true

from console.app import create_app
from console.cli import demo_applications, demo_incoming, demo_inquiries
from console.cli.demo_history import HISTORY_DAYS, live_through, publish_scenarios
from console.cli.demo_scenarios import demo_documents
from console.cli.installation import prepare
from console.cli.options import json_option, now_option
from console.cli.output import print_json, print_table, progress
from console.cli.shell import COMMAND, Shell, pass_shell
from console.installation import demo_users
from console.migrate import start_over
from scenario_engine import audit
from scenario_engine.errors import Conflict
from scenario_engine.models import AuditEntry, Loan, MonitoringChange, MonitoringRule, Scenario
from scenario_engine.monitoring import rulebook
from scenario_engine.registry import demo as portfolio
from scenario_engine.registry.days import local_day, start_of
from scenario_engine.texts import Text

#: the demo is the same on every machine, apart from its dates
SEED = 20_260_101
#: audit entries around the making: a beginning without an end tells that it was broken off
_BEGUN, _MADE = "demo.begun", "demo.made"


class Demo(StrEnum):
    """How far the demo of a database is."""

    #: no loans: it can be made
    NONE = "none"
    #: its making was broken off, and nobody has brought in anything else since
    HALF = "half"
    WHOLE = "whole"
    #: there are loans or scenarios that are not the demo's
    OCCUPIED = "occupied"


def find_demo(shell: Shell) -> Demo:
    """How far the demo of the database is."""
    with shell.database.read() as session:
        begun, made = (
            session.scalar(select(func.max(AuditEntry.id)).where(AuditEntry.action == action)) or 0
            for action in (_BEGUN, _MADE)
        )
        loans, demo_loans = (
            session.scalar(select(Loan.id).where(where).limit(1)) is not None for where in (true(), Loan.demo)
        )
        others = session.scalar(select(exists().where(~Loan.demo) | exists().where(~Scenario.demo)))
    if made < begun:
        return Demo.OCCUPIED if others else Demo.HALF
    if demo_loans:
        return Demo.WHOLE
    return Demo.OCCUPIED if loans else Demo.NONE


def bring_demo(shell: Shell, *, now: datetime, borrowers: int = 20_000, loans: int = 30_000) -> None:
    """Make the demo in a migrated database without loans, so that it stands at `now`; anew, where an earlier making was
    broken off. Raises `Conflict` while another process makes it.
    """
    with _alone(shell):
        if find_demo(shell) is Demo.HALF:
            said = Text(
                "The making of the demo was broken off; it is made anew.",
                "Создание демонстрации прервали, создаём её заново.",
            )
            click.echo(shell.say(said), err=True)
            start_over(shell.settings.database_url)
            shell.database.engine.dispose()
        try:
            _note(shell, _BEGUN, now)
            _build(shell, now=now, borrowers=borrowers, loans=loans)
            _note(shell, _MADE, now)
        except KeyboardInterrupt:
            said = Text(
                "The demo is half made; the next start makes it anew.",
                "Демонстрация создана не до конца: следующий запуск создаст её заново.",
            )
            click.echo(shell.say(said), err=True)
            raise


@contextmanager
def _alone(shell: Shell) -> Iterator[None]:
    """Keeps a second process from making the demo at the same time: it would take this one for broken off. The lock is
    SQLite's own on a file beside the data, which every system gives back when a process dies.
    """
    folder = shell.settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / "demo.lock", timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise Conflict(
            Text(
                "Another process is making the demo. Wait until it is done.",
                "Демонстрацию уже создаёт другой процесс. Дождитесь, пока он закончит.",
            ),
            code="demo.making",
        ) from error
    finally:
        lock.close()


def _note(shell: Shell, action: str, now: datetime) -> None:
    with shell.database.write() as session:
        audit.record(session, at=now, actor=COMMAND, action=action, subject_type="registry")


def _build(shell: Shell, *, now: datetime, borrowers: int, loans: int) -> None:
    zone = shell.settings.time_zone
    today = local_day(now, zone)
    began = today - timedelta(days=HISTORY_DAYS)
    demo_users(create_app(shell.settings, shell.database))
    with progress(shell.say(Text("loans", "займы"))) as report:
        made = portfolio.build(
            shell.database, seed=SEED, today=today, upto=began, now=start_of(began, zone) + timedelta(hours=5),
            borrowers=borrowers, loans=loans, progress=report,
        )  # fmt: skip
    _watch(shell, now=start_of(began, zone) + timedelta(hours=5))
    publish_scenarios(shell.database, demo_documents(), now=start_of(began, zone) + timedelta(hours=9))
    with progress(shell.say(Text("days", "дни"))) as report:
        live_through(
            shell.database, made.later, began=began, now=now, settings=shell.settings, seed=SEED, report=report
        )
    demo_incoming.tell(shell, now=now)
    demo_applications.ask(shell, now=now)
    demo_inquiries.ask(shell, now=now)


def _watch(shell: Shell, *, now: datetime) -> None:
    """The manager switches the standard monitoring rules on, and compliance agrees."""
    with shell.database.write() as session:
        for found in session.scalars(select(MonitoringRule).order_by(MonitoringRule.id)).all():
            rulebook.change(
                session, found.id, revision=found.revision, name=rulebook.title_of(found, found.key).ru,
                signal_kind=found.signal_kind, rule=found.rule, quiet_days=found.quiet_days, enabled=True,
                actor="manager", now=now,
            )  # fmt: skip
        for change in session.scalars(select(MonitoringChange.id).order_by(MonitoringChange.id)).all():
            rulebook.approve(session, change, actor="compliance", now=now)


@click.command()
@click.option("--borrowers", type=click.IntRange(1, 1_000_000), default=20_000, show_default=True)
@click.option("--loans", type=click.IntRange(1, 1_000_000), default=30_000, show_default=True)
@now_option()
@json_option
@pass_shell
def demo(shell: Shell, borrowers: int, loans: int, now: datetime | None, as_json: bool) -> None:
    """Make the demo in an empty database: portfolio, users, scenarios, and 20 days of history.

    Prints a login for each role, two of compliance; run again, it leaves the data alone and prints the same logins.
    """
    prepare(shell)
    found = find_demo(shell)
    if found is Demo.OCCUPIED:
        raise Conflict(
            Text(
                "There are loans in this database that are not the demo's. Make the demo in an empty one.",
                "В этой базе уже есть настоящие займы. Демонстрацию делайте в пустой базе.",
            ),
            code="demo.occupied",
        )
    there = found is Demo.WHOLE
    if not there:
        bring_demo(shell, now=now or shell.now, borrowers=borrowers, loans=loans)
    logins = demo_users(create_app(shell.settings, shell.database))
    if as_json:
        answer = [{"role": login.role, "username": login.username, "password": login.password} for login in logins]
        print_json({"made": not there, "logins": answer})
        return
    text = Text("The demo is there already.", "Демонстрация уже есть.") if there else Text("Done.", "Готово.")
    click.echo(shell.say(text))
    titles = [Text("role", "роль"), Text("user", "пользователь"), Text("password", "пароль")]
    print_table(
        [shell.say(title) for title in titles], [(login.role, login.username, login.password) for login in logins]
    )
