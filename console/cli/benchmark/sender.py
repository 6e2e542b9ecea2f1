"""A sender process of the benchmark: says that it is ready, waits for a line, sends all that is due through one
connector, says what it did.

`python -m console.cli.benchmark.sender NOW KEY MESSAGES`; the database's URL comes in the environment, like everywhere.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import datetime

from console.cli.benchmark.machine import peak_megabytes
from console.configuration import open_vault
from console.connectors import load_connectors
from scenario_engine.database import Database
from scenario_engine.engine.outbox import deliver
from scenario_engine.settings import Settings


def main(now: datetime, key: str, messages: int) -> None:
    """One round of the outbox, when it is told to begin."""
    settings = Settings()
    database = Database(settings.database_url)
    connectors, vault = load_connectors(), open_vault(settings)
    with database.read() as session:
        session.connection()
    before = peak_megabytes()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    began = time.perf_counter()
    done = deliver(
        database, connectors, vault=vault, now=now, settings=settings, randomness=random.Random(1), limit=messages,
        only=key,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    said = {"sent": done.sent, "seconds": seconds, "peak_megabytes": peak_megabytes(), "before_megabytes": before}
    sys.stdout.write(json.dumps(said) + "\n")
    database.dispose()


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
