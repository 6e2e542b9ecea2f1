"""`kaskad scenario explain`: what the engine makes of a version, for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from console.cli.found import find, find_version
from console.cli.options import json_option, now_option
from console.cli.output import print_json
from console.cli.shell import Shell, pass_shell
from scenario_engine.engine.batch import statements_of
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.plan import Plan
from scenario_engine.engine.plans import PlanStore, zones_of
from scenario_engine.texts import Text

DIALECTS = ("sqlite", "postgresql")
_PURPOSES: Mapping[str, Text] = {
    "move": Text("all of the leg in one statement", "весь участок одним запросом"),
    "stage": Text("decide the way of every due case", "решить путь каждого дела, которому пора"),
    "trails": Text("write what happened", "записать, что произошло"),
    "cases": Text("move the cases", "передвинуть дела"),
    "totals": Text("count by paths", "посчитать по путям"),
}


@click.command()
@click.argument("key")
@click.option("--version", "number", type=click.IntRange(1), help="Its number; the live one by default.")
@click.option("--database", "dialect", type=click.Choice([*DIALECTS, "both"]), help="Whose SQL; this one's by default.")
@click.option("--analyze", is_flag=True, help="Ask this database how it would do it (EXPLAIN; nothing is executed).")
@now_option()
@json_option
@pass_shell
def explain(
    shell: Shell, key: str, number: int | None, dialect: str | None, analyze: bool, now: datetime | None, as_json: bool
) -> None:
    """The plan of a version: its steps in the order of a tick, its legs, and their statements."""
    moment, home = now or shell.now, shell.settings.time_zone
    with shell.database.read() as session:
        version = find_version(session, find(session, key), number)
        plan = PlanStore(home).get(session, version.id, now=moment, zones=zones_of(session)).plan
        own = session.get_bind().dialect.name
        wanted = DIALECTS if dialect == "both" else (dialect or own,)
        said = _explained(shell, plan, wanted)
        if analyze:
            _analyze(session, plan, said["legs"], own, moment, home)
    if as_json:
        print_json({"scenario": key, "version": version.number, **said})
    else:
        _print(shell, said)


def _explained(shell: Shell, plan: Plan, dialects: Sequence[str]) -> dict[str, Any]:
    nodes = {node.id: node for node in plan.document.nodes}
    return {
        "steps": [
            {
                "node": step.key,
                "label": nodes[step.key].label,
                "type": step.type.key,
                "says": shell.say(step.type.sentence(step.params)),
                "ports": list(step.ports),
                "rests": step.type.rests,
                "guarded": step.type.contact_kind,
            }
            for step in plan.steps
        ],
        "legs": [
            {
                "from": step.key,
                "through": [other.key for other in plan.leg(step.id, dialects[0]).steps],
                "contacts": [other.key for other in plan.leg(step.id, dialects[0]).steps if other.type.contact_kind],
                "statements": {
                    dialect: [
                        {"purpose": _purpose(shell, purpose), "sql": str(statement.compile(dialect=_dialect(dialect)))}
                        for purpose, statement in statements_of(plan, step.id, dialect)
                    ]
                    for dialect in dialects
                },
            }
            for step in plan.steps
            if step.type.entry or step.type.rests or step.type.contact_kind
        ],
    }


def _dialect(name: str) -> Any:
    return sqlite.dialect() if name == "sqlite" else postgresql.dialect()


def _purpose(shell: Shell, purpose: str) -> str:
    if purpose in _PURPOSES:
        return shell.say(_PURPOSES[purpose])
    return shell.say(
        Text("write what a step leaves in {table}", "записать, что шаг оставляет в {table}").format(table=purpose)
    )


def _analyze(session: Session, plan: Plan, legs: list[dict[str, Any]], own: str, moment: datetime, home: str) -> None:
    """Add what the database says of the decision of each leg; EXPLAIN alone executes nothing."""
    by_key = {step.key: step for step in plan.steps}
    prefix = "EXPLAIN QUERY PLAN " if own == "sqlite" else "EXPLAIN "
    values = {
        **plan.parameters(moment), "version": plan.version_id, "now": moment, "today": local_day(moment, home),
        "shards": [0], "limit": 10_000, "tick": 2**62, "low": 0, "high": 2**62, "known": [0], "batch": 0,
    }  # fmt: skip
    connection = session.connection()

    @event.listens_for(connection, "before_cursor_execute", retval=True)
    def ask(_connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool) -> tuple[str, Any]:
        return prefix + statement, given

    for leg in legs:
        rows = connection.execute(plan.leg(by_key[leg["from"]].id, own).stage, values).cursor.fetchall()
        leg["plan"] = [str(row[-1]) for row in rows]


def _print(shell: Shell, said: dict[str, Any]) -> None:
    click.secho(shell.say(Text("Steps in the order of a tick", "Шаги в порядке такта")), bold=True)
    for place, step in enumerate(said["steps"], 1):
        notes = [
            *([shell.say(Text("cases rest here", "дела здесь ждут"))] if step["rests"] else []),
            *(
                [shell.say(Text("the contact guard is asked", "спрашивает охрану контактов"))]
                if step["guarded"]
                else []
            ),
        ]
        tail = f"  [{'; '.join(notes)}]" if notes else ""
        click.echo(f"{place:4}. {step['node']}: {step['says']} → {', '.join(step['ports'])}{tail}")
    for leg in said["legs"]:
        click.echo()
        title = Text("Cases found at {node}", "Дела, найденные на {node}").format(node=leg["from"])
        click.secho(shell.say(title), bold=True)
        click.echo("  " + " → ".join(leg["through"]))
        for dialect, statements in leg["statements"].items():
            for statement in statements:
                click.secho(f"\n-- {dialect}: {statement['purpose']}", fg="cyan")
                click.echo(statement["sql"])
        for line in leg.get("plan", ()):
            click.echo(f"   {line}")
