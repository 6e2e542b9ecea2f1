"""The embedded backend: APScheduler's thread pool in this process, which also looks for jobs that were left alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)


class Threads:
    """A few threads that work on jobs, and one that looks around. Fills `JobBackend`."""

    def __init__(self, run: Callable[[int], None], *, threads: int) -> None:
        """`run` does one job; `threads` of them run side by side."""
        self._run = run
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(threads), "look": ThreadPoolExecutor(1)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone=UTC,
        )
        self._lock = threading.Lock()
        self._here: set[int] = set()

    def dispatch(self, job_id: int) -> None:
        """Have the job run as soon as a thread is free; once, however often it is told."""
        with self._lock:
            self._start()
            if job_id in self._here:
                return
            self._here.add(job_id)
        self._scheduler.add_job(self._work, args=(job_id,))

    def look_every(self, seconds: float, look: Callable[[], None]) -> None:
        """Call `look` every so many seconds from now on, beside the jobs."""
        with self._lock:
            self._scheduler.add_job(
                look, "interval", seconds=seconds, executor="look", id="look", replace_existing=True
            )
            self._start()

    def stop(self) -> None:
        """Take no more jobs, and wait for those that run."""
        # Not under the lock: jobs that end take it.
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _start(self) -> None:
        if not self._scheduler.running:
            self._scheduler.start()

    def _work(self, job_id: int) -> None:
        try:
            self._run(job_id)
        finally:
            with self._lock:
                self._here.discard(job_id)
