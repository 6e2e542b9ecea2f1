"""The kinds of long jobs: one file a kind, and one line here. How a job runs is `scenario_engine.jobs`' business."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from console.jobs.bring_in import BringIn
from scenario_engine.database import Database
from scenario_engine.jobs import Desk, JobKind
from scenario_engine.ports import Connector
from scenario_engine.settings import Settings


def job_kinds(database: Database, settings: Settings, connectors: Mapping[str, Connector]) -> dict[str, JobKind]:
    """One of each kind, by its key."""
    kinds: tuple[JobKind, ...] = (BringIn(database, settings),)
    return {kind.key: kind for kind in kinds}


def open_desk(
    settings: Settings, database: Database, connectors: Mapping[str, Connector], clock: Callable[[], datetime]
) -> Desk:
    """Where this process hands jobs in; they run in its threads, or behind the broker when one is configured."""
    return Desk(
        database,
        job_kinds(database, settings, connectors),
        clock=clock,
        process=f"{socket.gethostname()}:{os.getpid()}",
        silence=timedelta(seconds=settings.job_silence_seconds),
        threads=settings.job_threads,
    )
