"""`kaskad scenario`: scenarios as files, from a draft to a live version and its numbers."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, TextIO

import click
from sqlalchemy import func, select

from console.cli.accounts import require_right
from console.cli.explain import explain
from console.cli.found import find, find_version
from console.cli.options import DAY, FILE, actor_option, json_option, now_option, read_json
from console.cli.output import print_json, print_problems, print_table, roubles
from console.cli.shell import COMMAND, Shell, pass_shell
from scenario_engine import authoring, library
from scenario_engine.errors import Invalid
from scenario_engine.models import Case, Scenario, Version
from scenario_engine.registry.days import local_day
from scenario_engine.stats.numbers import version_numbers
from scenario_engine.texts import Text


@click.group()
def scenario() -> None:
    """Scenarios: list, check, bring in, publish by two people, numbers."""


scenario.add_command(explain)


@scenario.command("list")
@json_option
@pass_shell
def list_scenarios(shell: Shell, as_json: bool) -> None:
    """Every scenario with its state, live version and active cases."""
    active = (
        select(Case.scenario_id, func.count().label("cases"))
        .where(Case.ended_at.is_(None))
        .group_by(Case.scenario_id)
        .subquery()
    )
    with shell.database.read() as session:
        rows = session.execute(
            select(Scenario, Version.number, func.coalesce(active.c.cases, 0))
            .outerjoin(Version, Version.id == Scenario.live_version_id)
            .outerjoin(active, active.c.scenario_id == Scenario.id)
            .order_by(Scenario.id)
        ).all()
    items = [
        {"key": row[0].key, "name": row[0].name, "state": row[0].state, "live_version": row[1], "active_cases": row[2]}
        for row in rows
    ]
    if as_json:
        print_json(items)
        return
    titles = [
        Text("key", "ключ"),
        Text("name", "название"),
        Text("state", "состояние"),
        Text("version", "версия"),
        Text("active cases", "активных дел"),
    ]
    print_table([shell.say(title) for title in titles], [list(item.values()) for item in items])


@scenario.command()
@click.argument("file", type=FILE)
@json_option
@pass_shell
def validate(shell: Shell, file: BinaryIO, as_json: bool) -> None:
    """Check a document; every problem at once. Exit status 1 when it could not be published."""
    document = read_json(file)
    with shell.database.write() as session:
        if isinstance(document, dict):
            # as an import would find it; nothing of it stays
            document = library.unpack(session, document, actor=COMMAND, now=shell.now)
        analysis = authoring.analyse(session, document, now=shell.now)
        session.rollback()
    if as_json:
        print_json(analysis.as_dict(shell.language))
    else:
        print_problems(analysis.problems, shell.language)
        good = Text("It can be published.", "Можно публиковать.")
        bad = Text("It cannot be published.", "Публиковать нельзя.")
        click.echo(shell.say(good if analysis.publishable else bad))
    if not analysis.publishable:
        raise click.exceptions.Exit(1)


@scenario.command()
@click.argument("name")
@click.option("--key", help="Stable name for commands; made of the name by default.")
@click.option("--copy-of", metavar="KEY", help="Begin with this scenario's draft.")
@actor_option
@now_option()
@json_option
@pass_shell
def create(
    shell: Shell, name: str, key: str | None, copy_of: str | None, actor: str, now: datetime | None, as_json: bool
) -> None:
    """A new scenario with an empty draft."""
    with shell.database.write() as session:
        source = find(session, copy_of).id if copy_of else None
        made = authoring.create(session, name=name, key=key, copy_of=source, actor=actor, now=now or shell.now)
    _say_draft(shell, made, as_json)


@scenario.command("import")
@click.argument("file", type=FILE)
@click.option("--key", help="Stable name for commands; made of the document's name by default.")
@click.option("--into", metavar="KEY", help="Replace this scenario's draft instead of making a new scenario.")
@actor_option
@now_option()
@json_option
@pass_shell
def import_scenario(
    shell: Shell, file: BinaryIO, key: str | None, into: str | None, actor: str, now: datetime | None, as_json: bool
) -> None:
    """Bring in a document as a draft."""
    document = read_json(file)
    moment = now or shell.now
    with shell.database.write() as session:
        if into is None:
            made = authoring.import_(session, document=document, key=key, actor=actor, now=moment)
        else:
            there = find(session, into)
            made = authoring.save_draft(
                session, there.id, document=document, revision=there.revision, actor=actor, now=moment
            )
    _say_draft(shell, made, as_json)


@scenario.command("export")
@click.argument("key")
@click.option("--version", "number", type=int, help="This version instead of the draft.")
@click.option("--out", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="File; stdout by default.")
@actor_option
@now_option()
@pass_shell
def export_scenario(shell: Shell, key: str, number: int | None, out: TextIO, actor: str, now: datetime | None) -> None:
    """Write a scenario's document, the draft or one of its versions."""
    with shell.database.write() as session:
        found = find(session, key)
        document = authoring.export(session, found.id, actor=actor, now=now or shell.now)
        if number is not None:
            document = library.pack(session, find_version(session, found, number).document)
    out.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


@scenario.command()
@click.argument("key")
@click.option("--as", "actor", metavar="USER", required=True, help="Who submits; needs the right to.")
@click.option("--approve-as", "reviewer", metavar="USER", required=True, help="Who approves: another person.")
@click.option("--comment", default="", help="Comment for the list of versions.")
@now_option()
@json_option
@pass_shell
def publish(
    shell: Shell, key: str, actor: str, reviewer: str, comment: str, now: datetime | None, as_json: bool
) -> None:
    """Submit the draft and approve it: two people, each with the right to their part."""
    moment = now or shell.now
    with shell.database.write() as session:
        require_right(session, actor, "scenario.submit")
        require_right(session, reviewer, "scenario.review")
        found = find(session, key)
        version = authoring.submit(session, found.id, revision=found.revision, comment=comment, actor=actor, now=moment)
        version = authoring.approve(session, version.id, content_hash=version.content_hash, actor=reviewer, now=moment)
    if as_json:
        print_json(
            {"key": key, "version_id": version.id, "number": version.number, "content_hash": version.content_hash}
        )
        return
    text = Text("Version {number} of “{key}” is live.", "Версия {number} сценария «{key}» работает.")
    click.echo(shell.say(text.format(number=version.number, key=key)))


@scenario.command()
@click.argument("key")
@click.option("--reason", required=True, help="Why; everybody sees it.")
@actor_option
@now_option()
@pass_shell
def pause(shell: Shell, key: str, reason: str, actor: str, now: datetime | None) -> None:
    """Stop a live scenario where it stands."""
    with shell.database.write() as session:
        authoring.pause(session, find(session, key).id, reason=reason, actor=actor, now=now or shell.now)
    click.echo(shell.say(Text("“{key}” is paused.", "Сценарий «{key}» на паузе.").format(key=key)))


@scenario.command()
@click.argument("key")
@actor_option
@now_option()
@pass_shell
def resume(shell: Shell, key: str, actor: str, now: datetime | None) -> None:
    """Let a paused scenario go on."""
    with shell.database.write() as session:
        authoring.resume(session, find(session, key).id, actor=actor, now=now or shell.now)
    click.echo(shell.say(Text("“{key}” goes on.", "Сценарий «{key}» снова работает.").format(key=key)))


@scenario.command()
@click.argument("key")
@click.option("--version", "number", type=int, help="This version; the live one by default.")
@click.option("--from", "first", type=DAY, help="First day; 30 days ago by default.")
@click.option("--to", "last", type=DAY, help="Last day, included; today by default.")
@now_option()
@json_option
@pass_shell
def stats(
    shell: Shell,
    key: str,
    number: int | None,
    first: date | None,
    last: date | None,
    now: datetime | None,
    as_json: bool,
) -> None:
    """What every node of a version brought in."""
    zone = shell.settings.time_zone
    moment = now or shell.now
    last = last or local_day(moment, zone)
    first = first or last - timedelta(days=30)
    if first > last:
        raise Invalid(
            Text("--from {first} is later than --to {last}.", "--from {first} позже, чем --to {last}.").format(
                first=first, last=last
            ),
            code="days",
        )
    with shell.database.read() as session:
        version = find_version(session, find(session, key), number)
        numbers = version_numbers(session, version.id, date_from=first, date_to=last, now=moment, time_zone=zone)
    if as_json:
        print_json(numbers)
        return
    labels = {node["id"]: node["data"].get("label", "") for node in version.document["nodes"]}
    titles = [
        Text("node", "шаг"),
        Text("label", "подпись"),
        Text("before", "было"),
        Text("entered", "вошло"),
        Text("here", "сейчас"),
        Text("left", "вышло"),
        Text("failed", "ошибки"),
        Text("paid cases", "дел с оплатой"),
        Text("paid, ₽", "оплачено, ₽"),
    ]
    print_table(
        [shell.say(title) for title in titles],
        [
            (name, labels[name], node["before"], node["entered"], node["here"], node["left"], node["failed"],
             node["paid_cases"], roubles(node["paid_amount"]))
            # as they stand in the document: from the entry to the ends
            for name, node in ((key, numbers["nodes"][key]) for key in labels)
        ],
    )  # fmt: skip


def _say_draft(shell: Shell, made: Scenario, as_json: bool) -> None:
    if as_json:
        answer: dict[str, Any] = {"id": made.id, "key": made.key, "name": made.name, "revision": made.revision}
        print_json(answer)
        return
    text = Text("“{name}” is a draft with the key {key}.", "«{name}» — черновик с ключом {key}.")
    click.echo(shell.say(text.format(name=made.name, key=made.key)))
