"""`python -m tests.chaos`: the chaos run from the command line. Ends with status 1 when the two runs differ."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from scenario_engine.database import Database
from tests.chaos.picture import Picture, differences, leaks, picture_of, sizes
from tests.chaos.portfolio import fill
from tests.chaos.storm import Storm
from tests.chaos.walk import walk_undisturbed
from tests.harness.postgres import PostgresServer, start_server

#: a process of the server may die as well: what was committed must then be in its log
DURABLE = {"synchronous_commit": "on", "autovacuum": "on"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a chaos run found; `faults` is empty when all is well."""

    faults: list[str]
    kills: dict[str, int]
    rows: dict[str, int]
    #: messages that the gateway took, and those that came again under the same key
    taken: int
    again: int


def run(
    server: PostgresServer, home: Path, *, loans: int, days: int, kills: int, seed: int, most: int,
    say: Callable[[str], None], storm: Callable[[str, Path], Storm] | None = None,
) -> Outcome:  # fmt: skip
    """Walk the same days twice, undisturbed and disturbed (by `storm`, else by one that kills), and compare."""
    pictures: list[Picture] = []
    faults: list[str] = []
    blown: Storm
    names = [server.create_database(), server.create_database()]
    for name, label in zip(names, ("undisturbed", "disturbed"), strict=True):
        say(f"— {label}")
        place = home / label
        place.mkdir()
        url = server.url(name)
        database = Database(url)
        database.create_all()
        with database.write() as session:
            fill(session, loans)
        if label == "undisturbed":
            walk_undisturbed(database, place, days=days, seed=seed, most=most, say=say)
        else:
            blown = storm(url, place) if storm else Storm(url, place, seed=seed, say=say, own_server=server.is_ours)
            blown.walk(days=days, kills=kills, seed=seed, most=most)
        with database.read() as session:
            faults += [f"{label}: {leak}" for leak in leaks(session)]
            pictures.append(picture_of(session))
        database.dispose()
    faults += differences(*pictures)
    taken, again = blown.gateway.counts()
    if taken != len(pictures[1]["outbox"]):
        faults.append(f"{taken} messages reached the gateway, {len(pictures[1]['outbox'])} were written")
    if not faults:
        for name in names:
            server.drop_database(name)
    return Outcome(faults=faults, kills=dict(blown.kills), rows=dict(sizes(pictures[1])), taken=taken, again=again)


def main() -> int:
    """Read the options, run, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--loans", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--acts", type=int, default=60, help="most payments, results and answers of a kind at a moment")
    chosen = parser.parse_args()
    began = time.monotonic()
    server = start_server(**DURABLE)
    try:
        with tempfile.TemporaryDirectory(prefix="kaskad-chaos-") as home:
            outcome = run(
                server, Path(home), loans=chosen.loans, days=chosen.days, kills=chosen.kills, seed=chosen.seed,
                most=chosen.acts, say=lambda line: click.echo(f"{time.monotonic() - began:7.1f} s  {line}"),
            )  # fmt: skip
    finally:
        server.stop()
    return tell(outcome, chosen.seed)


def tell(outcome: Outcome, seed: int) -> int:
    """Say what came of it; the exit status."""
    click.echo(f"seed {seed}: {sum(outcome.kills.values())} strikes {outcome.kills}")
    click.echo("rows compared: " + ", ".join(f"{name} {rows}" for name, rows in outcome.rows.items()))
    click.echo(f"gateway: {outcome.taken} messages, {outcome.again} of them came again and were known by their key")
    click.echo("\n".join(outcome.faults) or "equal row by row; entered = here + left + failed at every node")
    return bool(outcome.faults)


if __name__ == "__main__":
    sys.exit(main())
