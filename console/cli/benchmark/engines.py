"""Engine processes beside the benchmark's own, for measures that need several."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from console.cli.benchmark.run import Run


@contextmanager
def engine_processes(run: Run, now: datetime, count: int) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """So many engine processes that are ready for a tick at `now`: a call lets them begin together, and gives what
    each did.
    """
    url = run.database.engine.url.render_as_string(hide_password=False)
    environment = {
        **os.environ, "KASKAD_DATABASE_URL": url, "KASKAD_OUTBOX_MOST": str(run.settings.outbox_most),
        "KASKAD_BATCH_SIZE": str(run.settings.batch_size), "KASKAD_TIME_ZONE": run.settings.time_zone,
    }  # fmt: skip
    command = [sys.executable, "-m", "console.cli.benchmark.worker", now.isoformat()]
    workers = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(count)
    ]
    for worker in workers:
        run.expect("an engine process that is ready", _line(worker), "ready")

    def tick() -> list[dict[str, Any]]:
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        return [json.loads(_line(worker)) for worker in workers]

    yield tick
    for worker in workers:
        worker.communicate(timeout=60)


def _line(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()
