"""Kinds of values that commands take, and the options that many of them share."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

import click
from click.decorators import FC

from console.cli.shell import COMMAND, Shell
from scenario_engine.errors import Invalid
from scenario_engine.graph.canonical import MAX_BYTES, parse
from scenario_engine.registry.days import zone
from scenario_engine.texts import Text

_AMOUNT = re.compile(r"(\d{1,15})(?:[.,](\d{1,2}))?")


class Instant(click.ParamType[datetime]):
    """An ISO 8601 instant; without an offset it is local time of the portfolio, and a day alone is its midnight."""

    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware datetime, UTC."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is not an instant: write it like 2025-03-01T09:00+03:00", param, ctx)
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
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is not a day: write it like 2025-03-01", param, ctx)


class Roubles(click.ParamType[int]):
    """An amount in roubles with kopecks, such as 1500 or 1500.50; a comma and spaces are fine too."""

    name = "ROUBLES"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Kopecks, above 0."""
        if isinstance(value, int):
            return value
        found = _AMOUNT.fullmatch(re.sub(r"[\s_]", "", str(value)))
        if found is None:
            self.fail(f"{value!r} is not an amount: write it like 1500.50", param, ctx)
        kopecks = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        if kopecks == 0:
            self.fail("the amount must be above 0", param, ctx)
        return kopecks


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
