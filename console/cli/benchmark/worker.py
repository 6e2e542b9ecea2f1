"""An engine process of the benchmark: says that it is ready, waits for a line, ticks once, says what it did.

`python -m console.cli.benchmark.worker NOW`; the database's URL comes in the environment, like everywhere.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from datetime import datetime

from console.cli.benchmark.machine import peak_megabytes
from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.policies.days import is_rest_day
from scenario_engine.settings import Settings


def main(now: datetime) -> None:
    """One tick, when it is told to begin."""
    settings = Settings()
    database = Database(settings.database_url)
    load_catalogue()
    is_rest_day(now.date(), "RU")
    with database.read() as session:
        session.connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    result = run_tick(database, now=now, settings=settings, timer=time.perf_counter, enrol=False, upkeep=False)
    sys.stdout.write(json.dumps(asdict(result) | {"peak_megabytes": peak_megabytes()}) + "\n")
    database.dispose()


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]))
