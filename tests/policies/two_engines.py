"""Two engine processes and a person on one PostgreSQL, every one of them eager to contact the same borrowers.

`python -m tests.policies.two_engines` plans 50 000 contacts a day for 5 000 borrowers, lets two engines and an operator
work on them at the same time, and looks over what was made, contact by contact: not one may be over a limit.
`--borrowers` makes it smaller, `--url` takes an empty database instead of a server of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select

from scenario_engine import manual_contacts
from scenario_engine.database import Database
from scenario_engine.engine.advance import Run
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.look import look_for
from scenario_engine.engine.plans import live_versions
from scenario_engine.engine.tick import run_tick
from scenario_engine.errors import Conflict
from scenario_engine.models import Borrower, Case, Contact, Loan, shard_of
from scenario_engine.policies.shipped import SHIPPED
from scenario_engine.settings import Settings
from tests.builders import a_product
from tests.engine.scenarios import NOON, a_document, a_live_version, overdue_rule
from tests.policies import reference

LOANS_EACH = 2
#: step of each scenario: with two loans a borrower, ten contacts are planned for each
PLANS = ("sms", "sms", "email", "robot_call", "robot_call")
ZONES = ("Europe/Moscow", "Europe/Kaliningrad", "Asia/Yekaterinburg")
#: two days on which the engines work
MOMENTS = (NOON, NOON + timedelta(days=1))
TEXT = {"template": "{{ creditor_name }} {{ creditor_phone }}"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it."""

    planned: int
    made: Mapping[str, int]
    #: contacts that each of the engines' ticks moved cases for
    by_engine: tuple[int, ...]
    by_hand: int
    #: (borrower, kind, when, limit) of every contact that should not have been made
    over: tuple[tuple[Any, ...], ...]
    seconds: float


def prepare(database: Database, people: int) -> int:
    """The borrowers, their loans and the scenarios; gives how many contacts are planned a day."""
    draw = Random(7)
    with database.write() as session:
        product = a_product(session)
        session.execute(
            insert(Borrower),
            [
                {"id": number, "external_id": f"B-{number}", "full_name": f"Заёмщик {number}",
                 "phone": f"+7900{number:07d}", "email": f"b{number}@example.test", "region": "RU-MOW",
                 "time_zone": draw.choice(ZONES), "lot": draw.randrange(2**31), "loans_count": LOANS_EACH}
                for number in range(1, people + 1)
            ],
        )  # fmt: skip
        session.execute(
            insert(Loan),
            [
                {"id": number, "external_id": f"L-{number}", "borrower_id": owner, "shard": shard_of(owner),
                 "product_id": product.id, "channel": "site", "principal": 3_000_000, "balance": 3_000_000,
                 "issued_on": NOON.date() - timedelta(days=90), "state": "open", "overdue": 100_00, "dpd": 5,
                 "bucket": "1-30", "ordinal": 1}
                for number in range(1, LOANS_EACH * people + 1)
                for owner in ((number - 1) // LOANS_EACH + 1,)
            ],
        )  # fmt: skip
        for place, kind in enumerate(PLANS):
            params = {**TEXT, "subject": "x"} if kind == "email" else TEXT
            document = a_document(
                {
                    "in": ("entry.segment", {"rule": overdue_rule(1)}),
                    "do": (kind, params),
                    "end": ("exit", {"reason": "x"}),
                },
                ["in:next>do", "do:sent>end", "do:blocked>end"],
                track=f"track{place}",
                reentry={"after_days": 1},
            )
            a_live_version(session, document, key=f"plan{place}")
    return people * LOANS_EACH * len(PLANS)


def run(url: str, people: int) -> Outcome:
    """Everything, on an empty database with its tables made."""
    database = Database(url)
    planned = prepare(database, people)
    began = time.monotonic()
    moved = [0, 0]
    by_hand = 0
    for moment in MOMENTS:
        _enrol(database, moment)
        engines = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.policies.two_engines", "--engine", moment.isoformat(), "--url", url,
                 "--seed", str(number)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for number in range(2)
        ]  # fmt: skip
        for engine in engines:
            assert engine.stdout is not None
            assert engine.stdout.readline() == "ready\n"
        for engine in engines:
            assert engine.stdin is not None
            engine.stdin.write("go\n")
            engine.stdin.flush()
        by_hand += _call(database, moment, people, engines)
        for number, engine in enumerate(engines):
            assert engine.wait() == 0
            assert engine.stdout is not None
            moved[number] += json.loads(engine.stdout.readline())
            engine.stdout.close()
            assert engine.stdin is not None
            engine.stdin.close()
    seconds = time.monotonic() - began
    with database.read() as session:
        rows = session.execute(
            select(Contact.borrower_id, Contact.kind, Contact.at, Borrower.time_zone)
            .join(Borrower, Borrower.id == Contact.borrower_id)
            .order_by(Contact.at, Contact.id)
        ).all()
        assert session.scalar(select(Case.id).where(Case.ended_at.is_(None)).limit(1)) is None
    database.dispose()
    return Outcome(
        planned=planned * len(MOMENTS), made=Counter(row.kind for row in rows), by_engine=tuple(moved),
        by_hand=by_hand, over=tuple(_over(rows)), seconds=seconds,
    )  # fmt: skip


def _enrol(database: Database, now: datetime) -> None:
    """Cases for every loan in every scenario: all of them are due before the engines begin."""
    attempts = Attempts(Random(0), time.sleep)
    look = Run(
        database=database, now=now, settings=Settings(), timer=time.monotonic, stop=lambda: False, attempts=attempts
    )  # fmt: skip
    with database.read() as session:
        live = live_versions(session)
    for scenario_id, version_id in live:
        look_for(look, scenario_id, version_id)


def _call(database: Database, moment: datetime, people: int, engines: list[subprocess.Popen[str]]) -> int:
    """An operator who calls one borrower after the other while the engines work; how many calls were let through."""
    draw, made = Random(moment.day), 0
    while any(engine.poll() is None for engine in engines):
        loan = draw.randrange(1, people * LOANS_EACH + 1)
        try:
            with database.write() as session:
                manual_contacts.record(session, loan, channel="operator_call", actor="operator", now=moment)
            made += 1
        except Conflict:
            pass
    return made


def _over(rows: Any) -> list[tuple[Any, ...]]:
    """Every contact that was one too many, by the plain reference."""
    limits = SHIPPED["ru-230"].document["limits"]
    before: defaultdict[tuple[int, str], list[datetime]] = defaultdict(list)
    wrong = []
    for borrower, kind, at, zone in rows:
        earlier = before[borrower, kind]
        earlier.append(at)
        for limit in (each for each in limits if each["kind"] == kind):
            for window in limit["windows"]:
                if sum(reference.inside(window, each, at, zone) for each in earlier) > limit["contacts"]:
                    wrong.append((borrower, kind, at, limit["contacts"], window))
    return wrong


def _engine(url: str, now: datetime, seed: int) -> None:
    """One engine process: waits for a word, ticks until nothing is due."""
    database = Database(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    settings, randomness = Settings(database_url=url, batch_size=500), Random(seed)
    moved, due = 0, True
    while due:
        result = run_tick(
            database,
            now=now,
            settings=settings,
            timer=time.monotonic,
            enrol=False,
            randomness=randomness,
            pause=time.sleep,
        )
        moved += result.advanced
        # a shard that somebody else held is left to the next tick
        with database.read() as session:
            due = session.scalar(select(Case.id).where(Case.due_at <= now).limit(1)) is not None
    sys.stdout.write(json.dumps(moved) + "\n")
    database.dispose()


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--borrowers", type=int, default=5_000)
    parser.add_argument("--url")
    parser.add_argument("--engine", type=datetime.fromisoformat)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    if asked.engine:
        _engine(asked.url, asked.engine, asked.seed)
        return
    server = None
    url = asked.url
    if url is None:
        from tests.harness.postgres import start_server

        server = start_server()
        url = server.url(server.create_database())
    filled = Database(url)
    filled.create_all()
    filled.dispose()
    outcome = run(url, asked.borrowers)
    print(  # noqa: T201
        f"{outcome.planned} contacts planned for {asked.borrowers} borrowers on {len(MOMENTS)} days; made "
        f"{dict(outcome.made)}, {outcome.by_hand} calls by hand; the engines moved {outcome.by_engine}; over a limit: "
        f"{len(outcome.over)}; {outcome.seconds:.0f} s"
    )
    if server is not None:
        server.stop()
    raise SystemExit(1 if outcome.over or 0 in outcome.by_engine else 0)


if __name__ == "__main__":
    main()
