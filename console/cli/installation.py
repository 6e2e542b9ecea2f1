"""`kaskad init`: a database ready to work with."""

from __future__ import annotations

import click
from sqlalchemy import make_url

from console import installation
from console.cli.options import json_option
from console.cli.output import print_json
from console.cli.shell import Shell, pass_shell, sqlite_file
from scenario_engine.texts import Text


def prepare(shell: Shell) -> str:
    """Migrate the configured database (made when it is a SQLite file) and write the roles; gives the revision."""
    sqlite_file(shell.settings.database_url)  # refuses an address that is no database's
    return installation.init(shell.settings)


@click.command()
@json_option
@pass_shell
def init(shell: Shell, as_json: bool) -> None:
    """Make the database, or bring it to the newest schema, and write the roles. Safe to repeat."""
    revision = prepare(shell)
    shown = make_url(shell.settings.database_url).render_as_string(hide_password=True)
    if as_json:
        print_json({"database": shown, "revision": revision})
        return
    text = Text("{database} is ready, revision {revision}.", "База {database} готова, ревизия {revision}.")
    click.echo(shell.say(text.format(database=shown, revision=revision)))
