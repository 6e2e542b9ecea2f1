"""The disturbed walk: three engines and two desks on one PostgreSQL, and somebody who kills at random."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scenario_engine.database import Database, Failure, failure_of
from scenario_engine.engine.attempts import Attempts
from tests.chaos.actors import Recorder, resting_file, run_desk, run_engine
from tests.chaos.acts import Act, write_acts
from tests.chaos.clock import FileClock
from tests.chaos.walk import Moment, counts, is_over, moments, sweep

T = TypeVar("T")

DESKS = 2
#: of the kills: an engine, a desk, a backend asked to end, a backend killed as the kernel does it when memory is short
WEIGHTS = {"engine": 45, "desk": 15, "backend": 37, "kill -9 of a backend": 3}
#: a moment that is not over after so long says that something is stuck
PATIENCE_SECONDS = 600.0


class Storm:
    """The processes of one disturbed walk."""

    engines = 3

    def __init__(
        self, url: str, home: Path, *, seed: int, say: Callable[[str], None], own_server: bool = False
    ) -> None:
        """`home` holds the clock, the gateway and the work of the desks; only an own server's processes are killed."""
        self._own_server = own_server
        self._url = url
        self._home = home
        self._say = say
        self._random = Random(seed)
        self._context = multiprocessing.get_context("forkserver")
        # what a process imports is imported once: a new engine lives after milliseconds and can be killed again
        self._context.set_forkserver_preload(["tests.chaos.actors"])
        self._database = Database(url, pool_size=2)
        self._attempts = Attempts(Random(seed), time.sleep)
        self._engines: list[BaseProcess] = []
        self._desks: list[tuple[BaseProcess, Path]] = []
        self.kills: Counter[str] = Counter()
        self.gateway = Recorder(home / "gateway.db")

    def walk(self, *, days: int, kills: int, seed: int, most: int) -> None:
        """Walk the days; the kills are spread over the moments."""
        clock = FileClock(self._home / "clock")
        left, length = kills, 2.0
        try:
            for number, moment in enumerate(moments(self._read, days=days, seed=seed, most=most)):
                clock.set(moment.at)
                began = time.monotonic()
                due = round(kills * (number + 1) / (3 * days)) - (kills - left)
                left -= self._go_through(moment, number, due, length, last=number == 3 * days - 1)
                length = 0.5 * length + 0.5 * (time.monotonic() - began)
                if number % 3 == 2:
                    said = self._ask(counts)
                    self._say(f"day {number // 3 + 1} of {days}: {said}, {self.kills.total()} kills")
        finally:
            self.end()

    def _go_through(self, moment: Moment, number: int, kills: int, length: float, *, last: bool) -> int:
        """Let the processes work until the moment is over, killing some; how many were killed.

        Kills for which a moment was too short are left to the next one; the last makes up for them.
        """
        began = time.monotonic()
        self._give_out(moment, number)
        killed = 0
        strike = began + self._random.uniform(0, length / (kills + 1))
        while True:
            self._keep_alive()
            now = time.monotonic()
            if killed < kills and now >= strike:
                killed += self._strike()
                strike = now + self._random.uniform(0, 2 * length / (kills + 1))
            done = (killed >= kills or not last) and not any(process.is_alive() for process, _work in self._desks)
            if done and self._ask(lambda session: is_over(session, moment.at)):
                # what became possible by the last step (a loan that is free again) is found with nobody beside
                self._calm_down()
                self._end_shift(moment)
                while self._sweep(moment):
                    pass
                return killed
            if now - began > PATIENCE_SECONDS:
                raise TimeoutError(f"{moment.at}: not over after {PATIENCE_SECONDS:.0f} s")
            time.sleep(0.02)

    def _sweep(self, moment: Moment) -> bool:
        self._ask(lambda session: session.execute(text("SELECT 1")))
        return self._attempts.make(lambda: sweep(self._database, self.gateway, moment.at))

    def _give_out(self, moment: Moment, number: int) -> None:
        self._desks = []
        for desk in range(DESKS):
            acts = list(moment.acts[desk::DESKS])
            if acts:
                work = self._home / f"acts-{number}-{desk}"
                write_acts(work, acts)
                self._desks.append((self._start(run_desk, work), work))

    def _calm_down(self) -> None:
        """Undo what a strike has left behind; a process that was killed needs nothing."""

    def _end_shift(self, moment: Moment) -> None:
        """Let the engines stop in good order: none may still be in the middle of a tick of this moment at the next."""
        for process in self._engines:
            if process.is_alive() and process.pid is not None:
                os.kill(process.pid, signal.SIGUSR1)
        for process in self._engines:
            while process.is_alive() and not resting_file(self._home, process.pid or 0, moment.at).exists():
                time.sleep(0.01)

    def _keep_alive(self) -> None:
        self._engines = [process for process in self._engines if process.is_alive()]
        while len(self._engines) < self.engines:
            self._engines.append(self._new_engine())
        for place, (process, work) in enumerate(self._desks):
            if not process.is_alive() and process.exitcode != 0:
                self._desks[place] = (self._start(run_desk, work), work)

    def _new_engine(self) -> BaseProcess:
        return self._start(run_engine, self._home)

    def _start(self, target: Callable[[str, Path, int], None], path: Path) -> BaseProcess:
        process = self._context.Process(
            target=target, args=(self._url, path, self._random.getrandbits(32)), daemon=True
        )
        process.start()
        return process

    # -- killing ------------------------------------------------------------------------------------------------

    def _strike(self) -> int:
        """Kill one; 1 when somebody was there to be killed."""
        kind = self._random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if kind == "engine":
            done = _kill_process(self._random.choice(self._engines))
        elif kind == "desk":
            working = [process for process, _work in self._desks if process.is_alive()]
            done = bool(working) and _kill_process(self._random.choice(working))
        else:
            done = self._kill_backend(at_once=kind != "backend")
        self.kills[kind] += done
        return int(done)

    def _kill_backend(self, *, at_once: bool) -> bool:
        busy = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        pids = self._ask(lambda session: [int(row[0]) for row in session.execute(text(busy))])
        if not pids:
            return False
        pid = self._random.choice(sorted(pids))
        if at_once and self._own_server:
            # PostgreSQL then ends all its processes and recovers from its log
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
                return True
            return False
        return bool(self._ask(lambda session: session.scalar(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})))

    # -- asking -------------------------------------------------------------------------------------------------

    def _ask(self, question: Callable[[Session], T]) -> T:
        """The answer, however long the server takes to recover from the death of one of its processes."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self._database.read() as session:
                    return question(session)
            except DBAPIError as error:
                if failure_of(error) not in (Failure.LOST, Failure.CONFLICT) or time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def _read(self, plan: Callable[[Session], list[Act]]) -> list[Act]:
        return self._ask(plan)

    def end(self) -> None:
        """End every process that is left."""
        for process in (*self._engines, *(process for process, _work in self._desks)):
            process.kill()
            process.join()
        self._database.dispose()


def _kill_process(process: BaseProcess) -> bool:
    if not process.is_alive() or process.pid is None:
        return False
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return True
