"""Long work in this process: a few threads, progress in memory, and a flag that asks a job to end.

What became of the work is told by the rows it writes (an import's `FileImport`); only progress lives here.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


@dataclass
class Job:
    """One piece of work that was asked for."""

    key: str
    done: int = 0
    total: int | None = None
    error: str | None = None
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _future: Future[None] | None = None

    def report(self, done: int, total: int | None = None) -> None:
        """Say how far the work is."""
        self.done = done
        if total is not None:
            self.total = total

    def cancel(self) -> None:
        """Ask the work to end; it looks at `cancelled` now and then."""
        self._cancelled.set()

    def cancelled(self) -> bool:
        """Whether somebody asked it to end."""
        return self._cancelled.is_set()

    @property
    def running(self) -> bool:
        """Whether it still waits or works."""
        return self._future is not None and not self._future.done()

    def wait(self, timeout: float | None = None) -> None:
        """Return when the work has ended; TimeoutError when it has not in that many seconds."""
        if self._future is not None:
            self._future.result(timeout)


class Jobs:
    """The jobs of one process."""

    def __init__(self, workers: int = 2) -> None:
        """`workers` is the number of jobs that run side by side."""
        self._workers = workers
        self._pool: ThreadPoolExecutor | None = None
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, key: str, work: Callable[[Job], None]) -> Job:
        """Have `work(job)` run in the background; `key` finds the job again. An error in it is logged and kept."""
        job = Job(key)

        def run() -> None:
            try:
                work(job)
            except Exception as error:
                log.exception("job %s failed", key)
                job.error = str(error)

        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="kaskad-job")
            self._jobs = {name: old for name, old in self._jobs.items() if old.running}
            self._jobs[key] = job
            job._future = self._pool.submit(run)
        return job

    def find(self, key: str) -> Job | None:
        """The job of this process with that key, or None."""
        return self._jobs.get(key)

    def stop(self) -> None:
        """Ask every job to end, and wait for them."""
        with self._lock:
            pool, self._pool = self._pool, None
            for job in self._jobs.values():
                job.cancel()
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
