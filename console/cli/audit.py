"""`kaskad audit`: the audit trail for those who check it elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TextIO

import click

from console.cli.options import INSTANT
from console.cli.output import progress
from console.cli.shell import Shell, pass_shell
from scenario_engine.audit import Filters
from scenario_engine.audit import export as export_lines
from scenario_engine.texts import Text


@click.group()
def audit() -> None:
    """The audit trail: who did what, when."""


@audit.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="jsonl", show_default=True)
@click.option("--out", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="File; stdout by default.")
@click.option("--from", "since", type=INSTANT, help="First moment, included.")
@click.option("--to", "until", type=INSTANT, help="Last moment, not included.")
@click.option("--actor", help="Only what this user did.")
@click.option("--action", help="Only this action, e.g. version.approved, or a family of them: version. (with the dot).")
@click.option("--text", help="Only entries that mention this.")
@pass_shell
def export(
    shell: Shell,
    form: Literal["csv", "jsonl"],
    out: TextIO,
    since: datetime | None,
    until: datetime | None,
    actor: str | None,
    action: str | None,
    text: str | None,
) -> None:
    """Write the entries, oldest first, as CSV (for a spreadsheet) or JSON Lines."""
    filters = Filters(actor=actor, action=action, since=since, until=until, text=text)
    lines = 0
    with shell.database.read() as session, progress("audit") as report:
        for lines, line in enumerate(export_lines(session, filters, form), start=1):
            out.write(line)
            if lines % 1000 == 0:
                report(lines, None)
    if out.name not in ("-", "<stdout>"):
        said = Text("{n} entries written to {file}", "записей: {n}, файл {file}")
        click.echo(shell.say(said.format(n=lines - (form == "csv"), file=out.name)), err=True)
