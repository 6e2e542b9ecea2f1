"""`kaskad demo`: invented people and loans, scenarios published by two of them, and three weeks of history."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from sqlalchemy import make_url, select

from console.app import create_app
from console.cli.demo_history import HISTORY_DAYS, live_through, publish_scenarios
from console.cli.demo_scenarios import demo_documents
from console.cli.installation import prepare
from console.cli.options import json_option, now_option
from console.cli.output import print_json, print_table, progress
from console.cli.shell import Shell, pass_shell
from console.installation import demo_users
from scenario_engine.errors import Conflict
from scenario_engine.models import Loan
from scenario_engine.registry import demo as portfolio
from scenario_engine.registry.days import local_day, start_of
from scenario_engine.texts import Text

#: the demo is the same on every machine, apart from its dates
SEED = 20_260_101


def is_empty(shell: Shell) -> bool:
    """Whether the registry has no loan at all."""
    with shell.database.read() as session:
        return session.scalar(select(Loan.id).limit(1)) is None


def has_demo(shell: Shell) -> bool:
    """Whether the demo portfolio is there."""
    with shell.database.read() as session:
        return session.scalar(select(Loan.id).where(Loan.demo).limit(1)) is not None


def build_demo(shell: Shell, *, now: datetime, borrowers: int = 20_000, loans: int = 30_000) -> None:
    """Fill an empty, migrated database so that it stands at `now`; says so when it is broken off half-way."""
    try:
        _build(shell, now=now, borrowers=borrowers, loans=loans)
    except KeyboardInterrupt:
        said = Text(
            "The demo is half made. Begin again with an empty database: {database}.",
            "Демонстрация создана не до конца. Начните с пустой базы: {database}.",
        )
        shown = make_url(shell.settings.database_url).render_as_string(hide_password=True)
        click.echo(shell.say(said.format(database=shown)), err=True)
        raise


def _build(shell: Shell, *, now: datetime, borrowers: int, loans: int) -> None:
    zone = shell.settings.time_zone
    today = local_day(now, zone)
    began = today - timedelta(days=HISTORY_DAYS)
    demo_users(create_app(shell.settings, shell.database))
    with progress(shell.say(Text("loans", "займы"))) as report:
        made = portfolio.build(
            shell.database, seed=SEED, today=today, upto=began, now=start_of(began, zone) + timedelta(hours=8),
            borrowers=borrowers, loans=loans, progress=report,
        )  # fmt: skip
    publish_scenarios(shell.database, demo_documents(), now=start_of(began, zone) + timedelta(hours=9))
    with progress(shell.say(Text("days", "дни"))) as report:
        live_through(
            shell.database, made.later, began=began, now=now, settings=shell.settings, seed=SEED, report=report
        )


@click.command()
@click.option("--borrowers", type=click.IntRange(1, 1_000_000), default=20_000, show_default=True)
@click.option("--loans", type=click.IntRange(1, 1_000_000), default=30_000, show_default=True)
@now_option()
@json_option
@pass_shell
def demo(shell: Shell, borrowers: int, loans: int, now: datetime | None, as_json: bool) -> None:
    """Make the demo in an empty database: portfolio, users, scenarios, and 20 days of history.

    Prints one login for each role; run again, it leaves the data alone and prints the same logins.
    """
    prepare(shell)
    there = has_demo(shell)
    if not there:
        if not is_empty(shell):
            raise Conflict(
                Text(
                    "There are loans in this database that are not the demo's. Make the demo in an empty one.",
                    "В этой базе уже есть настоящие займы. Демонстрацию делайте в пустой базе.",
                ),
                code="demo.occupied",
            )
        build_demo(shell, now=now or shell.now, borrowers=borrowers, loans=loans)
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
