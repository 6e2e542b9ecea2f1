"""`kaskad audit`: the audit trail for those who check it elsewhere."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

import click
from sqlalchemy import select

from console.cli.options import INSTANT
from console.cli.output import progress
from console.cli.shell import Shell, pass_shell
from console.export import neutral
from scenario_engine.models import AuditEntry
from scenario_engine.texts import Text

COLUMNS = ("id", "at", "actor", "action", "subject_type", "subject_id", "details")


@click.group()
def audit() -> None:
    """The audit trail: who did what, when."""


@audit.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="jsonl", show_default=True)
@click.option("--out", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="File; stdout by default.")
@click.option("--from", "first", type=INSTANT, help="First moment, included.")
@click.option("--to", "last", type=INSTANT, help="Last moment, not included.")
@click.option("--actor", help="Only what this user did.")
@click.option("--action", help="Only this action, e.g. scenario.submitted.")
@pass_shell
def export(
    shell: Shell,
    form: str,
    out: TextIO,
    first: datetime | None,
    last: datetime | None,
    actor: str | None,
    action: str | None,
) -> None:
    """Write the entries, oldest first, as CSV (for a spreadsheet) or JSON Lines."""
    wanted = select(AuditEntry).order_by(AuditEntry.id)
    for value, column in ((actor, AuditEntry.actor), (action, AuditEntry.action)):
        if value is not None:
            wanted = wanted.where(column == value)
    if first is not None:
        wanted = wanted.where(AuditEntry.at >= first)
    if last is not None:
        wanted = wanted.where(AuditEntry.at < last)
    count = 0
    with shell.database.read() as session, progress("audit") as report:
        rows = session.execute(wanted.execution_options(yield_per=1000)).scalars()
        for count, line in enumerate(_lines(rows, form), start=1):
            out.write(line)
            if count % 1000 == 0:
                report(count, None)
    if out.name not in ("-", "<stdout>"):
        entries = count - (form == "csv")
        text = Text("{n} entries written to {file}", "записей: {n}, файл {file}")
        click.echo(shell.say(text.format(n=entries, file=out.name)), err=True)


def _lines(entries: Iterator[AuditEntry] | Any, form: str) -> Iterator[str]:
    if form == "csv":
        yield _csv_line(COLUMNS)
    for entry in entries:
        values = {name: getattr(entry, name) for name in COLUMNS}
        values["at"] = entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if form == "jsonl":
            yield json.dumps(values, ensure_ascii=False) + "\n"
        else:
            values["details"] = json.dumps(entry.details, ensure_ascii=False)
            yield _csv_line([neutral(values[name]) for name in COLUMNS])


class _Line:
    """A file of one line, for the csv module."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)


def _csv_line(values: Any) -> str:
    line = _Line()
    csv.writer(line, lineterminator="\n").writerow(["" if value is None else value for value in values])
    return line.text
