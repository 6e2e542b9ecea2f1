"""`kaskad init`: a database ready to work with."""

from __future__ import annotations

import click

from console.cli.options import json_option
from console.cli.output import print_json
from console.cli.shell import Shell, pass_shell, sqlite_file
from console.migrate import upgrade
from scenario_engine.texts import Text


def prepare(shell: Shell) -> str:
    """Migrate the configured database (made when it is a SQLite file) and write the roles; gives the revision."""
    from console.app import create_app
    from console.security import synchronise

    file = sqlite_file(shell.settings.database_url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    revision = upgrade(shell.settings.database_url)
    synchronise(create_app(shell.settings))
    return revision


@click.command()
@json_option
@pass_shell
def init(shell: Shell, as_json: bool) -> None:
    """Make the database, or bring it to the newest schema, and write the roles. Safe to repeat."""
    revision = prepare(shell)
    if as_json:
        print_json({"database": _shown(shell), "revision": revision})
        return
    text = Text("{database} is ready, revision {revision}.", "База {database} готова, ревизия {revision}.")
    click.echo(shell.say(text.format(database=_shown(shell), revision=revision)))


def _shown(shell: Shell) -> str:
    return shell.database.engine.url.render_as_string(hide_password=True)
