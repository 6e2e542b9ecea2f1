"""Kill the sender between the gateway's acceptance and our commit, again and again.

``python -m tests.chaos.sending`` does so 200 times on SQLite, or on the PostgreSQL that KASKAD_TEST_PG names. A gateway
that outlives its senders accepts messages and remembers how often each came; senders are killed after it accepted,
before they could write that down. In the end every message must be accounted for: sent, at the gateway at least once,
and marked as possibly sent twice wherever it came more than once. What one kill puts in doubt is at most one batch.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.engine.outbox import CLAIM, deliver
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import Message
from scenario_engine.ports import Delivery, Outgoing
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.harness.gateway import VAULT, Gateway, switch_on

KEY = "gateway"
#: messages handed over at once: the most that one kill may put in doubt
BATCH = 10
#: hour, UTC, at which the day of the borrowers' contacts is as good as over
_EVENING = 17
DOCUMENT = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "sms": ("sms", {"template": "{{ first_name }}", "connector": KEY}),
        "out": ("exit", {"reason": "x"}),
    },
    ["in:next>sms", "sms:sent>out", "sms:blocked>out"],
)


class Deadly(Gateway):
    """Accepts messages, and kills whoever sends them after `mercy` acceptances; null: nobody."""

    key = KEY

    def __init__(self, path: Path, mercy: int | None = None) -> None:
        self._path = path
        self._left = mercy
        with closing(self._base()) as base, base:
            base.execute("CREATE TABLE IF NOT EXISTS taken (key TEXT PRIMARY KEY, times INTEGER NOT NULL)")

    def _base(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=60)

    def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
        for item in batch:
            with closing(self._base()) as base, base:
                base.execute(
                    "INSERT INTO taken VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1", (item.key,)
                )
            if self._left is not None:
                self._left -= 1
                if self._left <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            yield Delivery(message_id=item.message_id, accepted=True, receipt=item.key)

    def taken(self) -> dict[str, int]:
        """How often each message came."""
        with closing(self._base()) as base, base:
            return dict(base.execute("SELECT key, times FROM taken").fetchall())


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the run came to."""

    kills: int
    messages: int
    #: came to the gateway more than once
    doubled: int
    #: marked as possibly sent twice
    marked: int
    #: most messages that one kill put in doubt
    most_at_once: int
    faults: Sequence[str]


def send_and_die(url: str, path: Path, now: datetime, mercy: int) -> None:
    """One sender, in a process of its own."""
    logging.disable(logging.WARNING)
    database = Database(url)
    deliver(database, {KEY: Deadly(path, mercy)}, vault=VAULT, now=now, settings=SETTINGS, randomness=random.Random(0))


def run(url: str, home: Path, *, kills: int, seed: int) -> Outcome:
    """Kill so many senders, let the last one finish, and reckon."""
    database, path = Database(url), home / "gateway.db"
    randomness, faults = random.Random(seed), []
    switch_on(database, KEY, batch=BATCH)
    with database.write() as session:
        for _number in range(kills * BATCH + 3 * BATCH):
            a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, DOCUMENT)
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    spawn = multiprocessing.get_context("spawn")
    now, most, died = NOON, 0, 0
    while died < kills:
        before = _marked(database)
        sender = spawn.Process(target=send_and_die, args=(url, path, now, randomness.randint(1, 2 * BATCH)))
        sender.start()
        sender.join()
        if sender.exitcode != -signal.SIGKILL:
            faults.append(f"a sender ended with {sender.exitcode} before it could be killed")
            break
        died += 1
        now = _when_the_claim_is_over(now)
        most = max(most, _marked(database) - before)
    now = _when_the_claim_is_over(now)
    while deliver(database, {KEY: Deadly(path)}, vault=VAULT, now=now, settings=SETTINGS, randomness=randomness).taken:
        pass
    outcome = _reckon(database, Deadly(path).taken(), faults, kills=died, most=most)
    database.dispose()
    return outcome


def _when_the_claim_is_over(now: datetime) -> datetime:
    """The next morning when it is late: by night nothing leaves."""
    then = now + CLAIM + timedelta(seconds=1)
    return then if then.hour < _EVENING else then.replace(hour=NOON.hour) + timedelta(days=1)


def _marked(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(Message.uncertain_at.is_not(None))) or 0


def _reckon(database: Database, taken: dict[str, int], faults: list[str], *, kills: int, most: int) -> Outcome:
    with database.read() as session:
        messages = session.scalars(select(Message)).all()
    keys = {f"{message.batch_id}-{message.case_id}-{message.node_id}": message for message in messages}
    faults += [f"{key} is {message.state}" for key, message in keys.items() if message.state != "sent"]
    faults += [f"{key} never came to the gateway" for key in keys if key not in taken]
    faults += [f"{key} came to the gateway and is not ours" for key in taken if key not in keys]
    doubled = [key for key, times in taken.items() if times > 1]
    faults += [f"{key} came {taken[key]} times unmarked" for key in doubled if keys[key].uncertain_at is None]
    if most > BATCH:
        faults.append(f"one kill put {most} messages in doubt, more than a batch of {BATCH}")
    marked = sum(1 for message in messages if message.uncertain_at is not None)
    if kills and not doubled:
        faults.append("nothing came twice: the senders were not killed where it matters")
    return Outcome(
        kills=kills, messages=len(messages), doubled=len(doubled), marked=marked, most_at_once=most, faults=faults
    )


def main() -> int:
    """The long run; the exit code is 1 when something was not as it must be."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10_000)
    click.echo(f"{kills} kills, seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("KASKAD_TEST_PG") or f"sqlite:///{folder}/kaskad.db"
        Database(url).create_all()
        outcome = run(url, Path(folder), kills=kills, seed=seed)
    click.echo(
        f"{outcome.messages} messages, {outcome.kills} senders killed: {outcome.doubled} came twice, {outcome.marked}"
        f" marked as possibly sent twice, {outcome.most_at_once} at most by one kill (a batch is {BATCH})"
    )
    for fault in outcome.faults:
        click.echo(f"  FAULT: {fault}")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
