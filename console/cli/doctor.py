"""`kaskad doctor`: is this installation ready, and what to do when it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask_appbuilder.security.sqla.models import PermissionView, Role
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from console.cli.accounts import all_users
from console.cli.options import json_option, now_option
from console.cli.output import print_json
from console.cli.shell import Shell, installed_connectors, pass_shell
from console.connectors import load_payment_sources
from console.jobs.broker import Broker
from console.migrate import current, newest
from console.queries.engine_page import engine_state
from console.security import ROLE_RIGHTS, pairs_of
from console.views.shell import DIST, read_bundle
from scenario_engine.database import Database
from scenario_engine.errors import KaskadError
from scenario_engine.models import Borrower
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.settings import Settings
from scenario_engine.texts import Text


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    check: str
    ok: bool
    #: what is so; or what is wrong and what to do
    text: Text


@click.command()
@now_option()
@json_option
@pass_shell
def doctor(shell: Shell, now: datetime | None, as_json: bool) -> None:
    """Look at database, schema, roles, people, pages, queue, engine and time zones; each line says what to do.

    Exit status 1 when something is wrong.
    """
    findings = list(_look(shell, now or shell.now))
    if as_json:
        print_json([{"check": item.check, "ok": item.ok, "text": shell.say(item.text)} for item in findings])
    else:
        for item in findings:
            mark = click.style("ok", fg="green") if item.ok else click.style("!!", fg="red", bold=True)
            click.echo(f"{mark}  {item.check:<10} {shell.say(item.text)}")
    if not all(item.ok for item in findings):
        raise click.exceptions.Exit(1)


def _look(shell: Shell, now: datetime) -> Iterator[Finding]:
    yield _plugins()
    yield _pages()
    yield _home(shell.settings.time_zone)
    yield _jobs(shell.settings)
    try:
        database = shell.database
        with database.read() as session:
            session.execute(text("SELECT 1"))
    except KaskadError as error:
        yield Finding("database", False, error.text)
        return
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()[0]
        yield Finding(
            "database",
            False,
            Text(
                "does not answer: {said}. Is the server up, is KASKAD_DATABASE_URL right?",
                "не отвечает: {said}. Запущен ли сервер, верен ли KASKAD_DATABASE_URL?",
            ).format(said=said),
        )
        return
    yield Finding("database", True, Text(*[database.dialect] * 2))
    schema = _schema(database)
    yield schema
    if schema.ok:
        checks: tuple[Callable[[Session], Finding], ...] = (
            _roles,
            _people,
            lambda session: _engine(session, now),
            _zones,
        )
        with database.read() as session:
            for check in checks:
                yield check(session)


def _plugins() -> Finding:
    try:
        nodes, connectors, sources = load_catalogue(), installed_connectors(), load_payment_sources()
    except Exception as error:  # plug-ins are other people's code
        return Finding(
            "plug-ins",
            False,
            Text("do not load: {error}. Run `make setup`.", "не загружаются: {error}. Выполните `make setup`.").format(
                error=error
            ),
        )
    found = Text(
        "{nodes} node types; connectors: {names}; payment sources: {sources}",
        "видов шагов: {nodes}; каналы отправки: {names}; источники платежей: {sources}",
    )
    said = {"names": ", ".join(sorted(connectors)) or "—", "sources": ", ".join(sorted(sources)) or "—"}
    return Finding("plug-ins", bool(nodes), found.format(nodes=len(nodes), **said))


def _pages() -> Finding:
    if read_bundle(DIST) is None:
        missing = Text(
            "the pages are not built. Run `make frontend`.", "страницы не собраны. Выполните `make frontend`."
        )
        return Finding("pages", False, missing)
    return Finding("pages", True, Text("built", "собраны"))


def _home(name: str) -> Finding:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        wrong = Text(
            "KASKAD_TIME_ZONE names no time zone: {name}. Write it like Europe/Moscow.",
            "в KASKAD_TIME_ZONE неизвестный часовой пояс: {name}. Пример: Europe/Moscow.",
        )
        return Finding("clock", False, wrong.format(name=name))
    return Finding("clock", True, Text("days follow {name}", "дни считаются по {name}").format(name=name))


def _jobs(settings: Settings) -> Finding:
    if not settings.broker_url:
        return Finding("jobs", True, Text("done by the web server", "их выполняет веб-сервер"))
    try:
        Broker(settings.broker_url).check()
    except KaskadError as error:
        return Finding("jobs", False, error.text)
    except OSError as error:
        away = Text(
            "the queue does not answer: {error}. Jobs wait. Is the broker up, is KASKAD_BROKER_URL right?",
            "очередь не отвечает: {error}. Операции ждут. Запущен ли брокер, верен ли KASKAD_BROKER_URL?",
        )
        return Finding("jobs", False, away.format(error=error))
    return Finding("jobs", True, Text("the queue answers", "очередь отвечает"))


def _schema(database: Database) -> Finding:
    with database.engine.connect() as connection:
        found = current(connection)
    if found == newest():
        return Finding("schema", True, Text("revision {found}", "ревизия {found}").format(found=found))
    wrong = Text(
        "revision {found}, {wanted} is needed. Run `kaskad init`.",
        "ревизия {found}, нужна {wanted}. Выполните `kaskad init`.",
    )
    return Finding("schema", False, wrong.format(found=found or "—", wanted=newest()))


def _roles(session: Session) -> Finding:
    roles: dict[str, Any] = {role.name: role for role in session.scalars(select(Role))}
    wrong = [name for name in ROLE_RIGHTS if name not in roles or _pairs(roles[name]) != pairs_of(name)]
    if wrong:
        text_wrong = Text(
            "not as they should be: {names}. Run `kaskad init`.",
            "отличаются от заданных: {names}. Выполните `kaskad init`.",
        )
        return Finding("roles", False, text_wrong.format(names=", ".join(wrong)))
    return Finding(
        "roles", True, Text("{n} with their exact rights", "ролей с точными правами: {n}").format(n=len(ROLE_RIGHTS))
    )


def _pairs(role: Any) -> set[tuple[str, str]]:
    found: list[PermissionView] = list(role.permissions)
    return {(item.permission.name, item.view_menu.name) for item in found}


def _people(session: Session) -> Finding:
    active = [user for user in all_users(session) if user.active]
    if not any(role.name == "Admin" for user in active for role in user.roles):
        nobody = Text(
            "nobody is an administrator. Run `kaskad users add NAME --role Admin`.",
            "нет ни одного администратора. Выполните `kaskad users add ИМЯ --role Admin`.",
        )
        return Finding("people", False, nobody)
    return Finding("people", True, Text("{n} can sign in", "могут войти: {n}").format(n=len(active)))


def _engine(session: Session, now: datetime) -> Finding:
    state = engine_state(session, now)
    if state["state"] == "running":
        return Finding("engine", True, Text("is running", "работает"))
    if state["state"] == "late":
        late = Text("is {n} s late: see the Engine page.", "отстаёт на {n} с: смотрите страницу «Движок».")
        return Finding("engine", False, late.format(n=int(state["lag_seconds"])))
    stopped = Text(
        "does not run. Start `kaskad engine` (or `kaskad serve`).",
        "не запущен. Запустите `kaskad engine` (или `kaskad serve`).",
    )
    return Finding("engine", False, stopped)


def _zones(session: Session) -> Finding:
    unknown = []
    for name in session.scalars(select(Borrower.time_zone).distinct()):
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            unknown.append(name)
    if unknown:
        wrong = Text(
            "borrowers live in zones that nobody knows: {names}. Correct them with the next import.",
            "у заёмщиков неизвестные часовые пояса: {names}. Исправьте их следующим импортом.",
        )
        return Finding("zones", False, wrong.format(names=", ".join(sorted(unknown)[:5])))
    return Finding("zones", True, Text("all are known", "все известны"))
