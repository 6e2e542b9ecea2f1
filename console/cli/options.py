"""Kinds of values that commands take, and the options that many of them share."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, TypeVar

import click
from click.decorators import FC

from console.cli.shell import COMMAND, Shell
from scenario_engine.errors import Invalid
from scenario_engine.graph.canonical import MAX_BYTES, parse
from scenario_engine.registry.days import zone
from scenario_engine.texts import Text

Moment = TypeVar("Moment", bound=date)

#: moments and days outside cannot be meant, and the calendar ends soon after
FIRST_YEAR, LAST_YEAR = 1970, 2200
_AMOUNT = re.compile(r"(\d{1,15})(?:[.,](\d{1,2}))?")


class Instant(click.ParamType[datetime]):
    """An ISO 8601 instant; without an offset it is local time of the portfolio, and a day alone is its midnight."""

    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware datetime, UTC."""
        if isinstance(value, datetime):
            return value
        found = _parsed(datetime.fromisoformat, value)
        if found is None:
            wrong = Text(
                "{value!r} is not a moment: write it like 2025-03-01T09:00+03:00",
                "{value!r} — не момент времени: пишите так: 2025-03-01T09:00+03:00",
            )
            self.fail(_said(ctx, wrong.format(value=value)), param, ctx)
        if found.tzinfo is None:
            shell = ctx.find_object(Shell) if ctx is not None else None
            home = shell.settings.time_zone if shell is not None else "UTC"
            found = found.replace(tzinfo=zone(home))
        return found.astimezone(UTC)


class Day(click.ParamType[date]):
    """A calendar day, YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """A date."""
        if isinstance(value, date):
            return value
        found = _parsed(date.fromisoformat, value)
        if found is None:
            wrong = Text(
                "{value!r} is not a day: write it like 2025-03-01", "{value!r} — не дата: пишите так: 2025-03-01"
            )
            self.fail(_said(ctx, wrong.format(value=value)), param, ctx)
        return found


class Roubles(click.ParamType[int]):
    """An amount in roubles with kopecks, such as 1500 or 1500.50; a comma and spaces are fine too."""

    name = "ROUBLES"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Kopecks, above 0."""
        if isinstance(value, int):
            return value
        found = _AMOUNT.fullmatch(re.sub(r"[\s_]", "", str(value)))
        if found is None:
            wrong = Text(
                "{value!r} is not an amount: write it like 1500.50", "{value!r} — не сумма: пишите так: 1500.50"
            )
            self.fail(_said(ctx, wrong.format(value=value)), param, ctx)
        kopecks = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        if kopecks == 0:
            self.fail(_said(ctx, Text("the amount must be above 0", "сумма должна быть больше нуля")), param, ctx)
        return kopecks


def _parsed(parse: Callable[[str], Moment], value: Any) -> Moment | None:
    try:
        found = parse(str(value).strip())
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _said(ctx: click.Context | None, text: Text) -> str:
    shell = ctx.find_object(Shell) if ctx is not None else None
    return text.say(shell.language if shell is not None else "en")


INSTANT, DAY, ROUBLES = Instant(), Day(), Roubles()

#: a file that is there and can be read; ``-`` is standard input
FILE = click.File("rb")


def json_option(command: FC) -> FC:
    """``--json``, passed as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Answer with JSON.")(command)


def actor_option(command: FC) -> FC:
    """``--as USER``, passed as `actor`."""
    return click.option("--as", "actor", metavar="USER", default=COMMAND, help="User name for the audit trail.")(
        command
    )


def now_option(name: str = "--now") -> Any:
    """``--now ISO`` (or another name), passed as `now`: None means that the clock is asked."""
    return click.option(name, "now", type=INSTANT, help="The moment it is, instead of the clock's.")


def read_json(file: BinaryIO) -> Any:
    """Parsed JSON within the bounds for documents; raises `Invalid` that names the file."""
    # one byte more than is allowed is enough to see that it is too much
    parsed, problems = parse(file.read(2 * MAX_BYTES + 1))
    if problems:
        raise Invalid(
            Text("{file} cannot be read as JSON.", "{file} не читается как JSON.").format(file=file.name),
            code="file.json",
            problems=problems,
        )
    return parsed
