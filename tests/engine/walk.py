"""Walks a database through some days of ticks, in a process that may be killed at any moment.

`python -m tests.engine.walk URL PROGRESS_FILE DAYS`; a day that was not finished is ticked again.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.settings import Settings
from tests.engine.scenarios import NOON


def main(url: str, progress: Path, days: int) -> None:
    """Tick every day that is not done yet."""
    database = Database(url)
    done = int(progress.read_text()) if progress.exists() else 0
    for day in range(done, days):
        run_tick(database, now=NOON + timedelta(days=day), settings=Settings(batch_size=50), timer=lambda: 0.0)
        fresh = progress.with_suffix(".new")
        fresh.write_text(str(day + 1))
        fresh.replace(progress)
    database.dispose()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
