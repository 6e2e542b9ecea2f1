"""The command `kaskad` itself: what it offers, and how errors reach the person who typed."""

from __future__ import annotations

import contextlib
import importlib
import sys
from typing import Any, TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, ProgrammingError

from console.cli.output import report_error
from console.cli.shell import Shell, terminal_language
from scenario_engine.database import Failure, failure_of
from scenario_engine.errors import Invalid, KaskadError, Problem
from scenario_engine.settings import Settings
from scenario_engine.texts import LANGUAGES, Text

#: where each command lives; its module is loaded only when the command is asked for
COMMANDS: dict[str, str] = {
    "init": "console.cli.installation:init",
    "demo": "console.cli.demo:demo",
    "serve": "console.cli.servers:serve",
    "web": "console.cli.servers:web",
    "engine": "console.cli.servers:engine",
    "worker": "console.cli.servers:worker",
    "doctor": "console.cli.doctor:doctor",
    "users": "console.cli.people:users",
    "import": "console.cli.files:import_file",
    "palette": "console.cli.rules:palette",
    "rule": "console.cli.rules:rule",
    "scenario": "console.cli.scenarios:scenario",
    "tick": "console.cli.running:tick",
    "pay": "console.cli.running:pay",
    "roll": "console.cli.running:roll",
    "audit": "console.cli.audit:audit",
    "maintain": "console.cli.maintain:maintain",
    "bench": "console.cli.bench:bench",
}

#: exit status when a command refuses what it was given
REFUSED = 2


class Commands(click.Group):
    """Commands by name, loaded late; an error made on purpose becomes a message, never a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever Kaskad refuses is said on stderr and ends with status 2."""
        try:
            return super().invoke(ctx)
        except KaskadError as error:
            report_error(error, _language(ctx))
        except DatabaseError as error:
            # Other kinds (a broken constraint, say) are faults of ours: they keep their traceback.
            foreseen = type(error) in (DatabaseError, OperationalError, ProgrammingError)
            if not foreseen and failure_of(error) is not Failure.READ_ONLY:
                raise
            report_error(_database_trouble(error), _language(ctx))
        except OSError as error:
            if error.filename is None:
                raise
            report_error(_file_trouble(error), _language(ctx))
        raise click.exceptions.Exit(REFUSED)


def _language(ctx: click.Context) -> str:
    shell = ctx.find_object(Shell)
    if shell is not None:
        return shell.language
    return ctx.params.get("language") or terminal_language()


def _file_trouble(error: OSError) -> KaskadError:
    if isinstance(error, FileNotFoundError):
        text = Text("There is no file {name}.", "Файла {name} нет.")
    else:
        text = Text("{name} cannot be used: {why}.", "С {name} работать нельзя: {why}.")
    return Invalid(text.format(name=error.filename, why=error.strerror or type(error).__name__), code="file")


def _database_trouble(error: DBAPIError) -> KaskadError:
    said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if "no such column" in said or ("does not exist" in said and "column" in said):
        return Invalid(
            Text(
                "The tables of this database are older than this program. Run `kaskad init`.",
                "Таблицы в этой базе старше программы. Выполните `kaskad init`.",
            ),
            code="database.old",
        )
    if "no such table" in said or ("does not exist" in said and "relation" in said):
        return Invalid(
            Text(
                "This database has no tables of Kaskad yet. Run `kaskad init`.",
                "В этой базе ещё нет таблиц «Каскада». Выполните `kaskad init`.",
            ),
            code="database.empty",
        )
    if failure_of(error) is Failure.READ_ONLY:
        return Invalid(
            Text(
                "The database takes no changes at the moment (read-only). Nothing was written.",
                "База данных сейчас не принимает изменений (только чтение). Ничего не записано.",
            ),
            code="database.read_only",
        )
    return Invalid(
        Text("The database refused: {said}", "База данных ответила отказом: {said}").format(said=said),
        code="database",
    )


def read_settings(**over: Any) -> Settings:
    """Settings from the environment; raises `Invalid` with one problem for each variable that is wrong."""
    try:
        return Settings(**over)
    except ValidationError as error:
        raise Invalid(
            Text("The settings are not valid.", "Настройки заданы неверно."),
            code="settings",
            problems=[
                Problem(
                    code="settings",
                    field="KASKAD_" + "_".join(str(part) for part in item["loc"]).upper(),
                    text=Text(item["msg"], item["msg"]),
                )
                for item in error.errors()
            ],
        ) from error


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            Text(
                "KASKAD_TIME_ZONE names no time zone: {name}. Write it like Europe/Moscow.",
                "В KASKAD_TIME_ZONE неизвестный часовой пояс: {name}. Пример: Europe/Moscow.",
            ).format(name=name),
            code="settings",
        ) from error


def _speak_utf8(stream: TextIO) -> None:
    """Output is for people of any language, whatever the terminal's locale says."""
    with contextlib.suppress(AttributeError, ValueError):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[attr-defined]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kaskad", message="%(package)s %(version)s")
@click.option(
    "--database",
    "database_url",
    metavar="URL",
    help="Database to work with, instead of KASKAD_DATABASE_URL.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    envvar="KASKAD_LANGUAGE",
    show_envvar=True,
    is_eager=True,
    help="Language of the answers; your terminal's by default.",
)
@click.pass_context
def main(ctx: click.Context, database_url: str | None, language: str | None) -> None:
    """Kaskad: debt collection scenarios that the business draws and runs itself.

    Settings come from the environment (KASKAD_DATABASE_URL first of all). Commands that answer a script take --json.
    """
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    if ctx.resilient_parsing:
        return
    over = {"database_url": database_url} if database_url else {}
    ctx.obj = Shell(settings=read_settings(**over), language=language or terminal_language())
    ctx.call_on_close(ctx.obj.close)
    if ctx.invoked_subcommand != "doctor":  # which tells it with everything else
        _require_zone(ctx.obj.settings.time_zone)
