"""`kaskad palette` and `kaskad rule`: what scenarios are made of, and what a rule finds."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

import click
from sqlalchemy import make_url

from console.cli.options import FILE, json_option, now_option, read_json
from console.cli.output import print_json, print_table, roubles
from console.cli.shell import Shell, pass_shell
from scenario_engine.nodes import catalogue
from scenario_engine.rules.count import count, sql_text
from scenario_engine.rules.words import rule_in_words
from scenario_engine.texts import Text


@click.command()
@json_option
@pass_shell
def palette(shell: Shell, as_json: bool) -> None:
    """Every node type with its ports; --json adds the JSON Schema of its settings."""
    found = catalogue.palette(shell.language)
    if as_json:
        print_json(found)
        return
    titles = [Text("node", "шаг"), Text("title", "название"), Text("ways out", "выходы")]
    print_table(
        [shell.say(title) for title in titles],
        [
            (node["key"], node["title"], ", ".join(port["key"] for port in node["ports"]) or "—")
            for node in found["nodes"]
        ],
    )


@click.group()
def rule() -> None:
    """Try a rule from a JSON file (- is standard input) without a browser."""


@rule.command("count")
@click.argument("file", type=FILE)
@now_option()
@json_option
@pass_shell
def count_rule(shell: Shell, file: BinaryIO, now: datetime | None, as_json: bool) -> None:
    """How many loans the rule finds, how many people owe them, and how much is overdue."""
    wanted = read_json(file)
    with shell.database.read() as session:
        found = count(session, wanted, now or shell.now, shell.settings.time_zone)
    if as_json:
        print_json(
            {
                "loans": found.loans,
                "borrowers": found.borrowers,
                "overdue": found.overdue,
                "words": rule_in_words(wanted, shell.language),
            }
        )
        return
    click.echo(rule_in_words(wanted, shell.language))
    text = Text(
        "{loans} loans of {borrowers} borrowers, overdue {overdue} ₽",
        "займов: {loans}, заёмщиков: {borrowers}, просрочено {overdue} ₽",
    )
    click.echo(shell.say(text.format(loans=found.loans, borrowers=found.borrowers, overdue=roubles(found.overdue))))


@rule.command("sql")
@click.argument("file", type=FILE)
@click.option(
    "--dialect",
    type=click.Choice(["sqlite", "postgresql"]),
    help="Whose SQL; that of the configured database by default.",
)
@now_option()
@json_option
@pass_shell
def sql_of_rule(shell: Shell, file: BinaryIO, dialect: str | None, now: datetime | None, as_json: bool) -> None:
    """The statement that finds the rule's loans."""
    wanted = read_json(file)
    spoken = dialect or _dialect(shell)
    statement = sql_text(wanted, spoken, now or shell.now, shell.settings.time_zone)
    if as_json:
        print_json({"dialect": spoken, "sql": statement})
    else:
        click.echo(statement)


@rule.command("words")
@click.argument("file", type=FILE)
@json_option
@pass_shell
def words_of_rule(shell: Shell, file: BinaryIO, as_json: bool) -> None:
    """The rule as a sentence."""
    words = rule_in_words(read_json(file), shell.language)
    if as_json:
        print_json({"words": words})
    else:
        click.echo(words)


def _dialect(shell: Shell) -> str:
    backend = make_url(shell.settings.database_url).get_backend_name()
    return "sqlite" if backend == "sqlite" else "postgresql"
