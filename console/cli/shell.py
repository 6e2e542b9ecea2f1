"""What every command works with: the settings, the database, the language of the answers, and the clock."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path

import click
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from console.clock import system_clock
from scenario_engine.database import Database
from scenario_engine.errors import Invalid
from scenario_engine.ports import Connector
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

#: who acts when a command does not say so
COMMAND = "command"


def terminal_language(environment: Mapping[str, str] | None = None) -> str:
    """``ru`` for a Russian terminal, else ``en``."""
    found = os.environ if environment is None else environment
    locale = found.get("LC_ALL") or found.get("LC_MESSAGES") or found.get("LANG") or ""
    return "ru" if locale.lower().startswith("ru") else "en"


@dataclass
class Shell:
    """One run of a command."""

    settings: Settings
    language: str

    @cached_property
    def database(self) -> Database:
        """The database that exists; raises `Invalid` for a bad URL or a SQLite file that is not there."""
        file = sqlite_file(self.settings.database_url)
        if file is not None and not file.exists():
            raise Invalid(
                Text(
                    "There is no database at {file}. Run `kaskad init` first, or name another one with "
                    "KASKAD_DATABASE_URL.",
                    "Базы данных {file} нет. Сначала выполните `kaskad init` или укажите другую базу в "
                    "KASKAD_DATABASE_URL.",
                ).format(file=file),
                code="database.missing",
            )
        return Database(self.settings.database_url)

    @property
    def now(self) -> datetime:
        """The instant it is, UTC."""
        return system_clock()

    def say(self, text: Text) -> str:
        """The text in the reader's language."""
        return text.say(self.language)

    def close(self) -> None:
        """Give the database back when it was used."""
        if "database" in self.__dict__:
            self.database.dispose()


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite URL; None for PostgreSQL and for a database in memory. Raises `Invalid` for a bad URL."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend not in ("sqlite", "postgresql", "postgres"):
            raise NoSuchModuleError(backend)
    except (ArgumentError, NoSuchModuleError) as error:
        raise Invalid(
            Text(
                "The database's address is not understood. Write it like sqlite:///kaskad.db or "
                "postgresql://user:password@host/name.",
                "Адрес базы данных не разобрать. Он пишется так: sqlite:///kaskad.db или "
                "postgresql://user:password@host/name.",
            ),
            code="database.url",
        ) from error
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return Path(parsed.database)
    return None


def installed_connectors() -> dict[str, Connector]:
    """One connector of every kind that is installed, by key."""
    return {point.name: point.load()() for point in entry_points(group="kaskad.connectors")}


pass_shell = click.make_pass_decorator(Shell)
