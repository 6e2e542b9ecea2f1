"""Every kind of job, and the desk at which a process hands jobs in."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from console import repetition, sql_sources
from console.jobs.bring_in import BringIn
from console.jobs.broker import Broker
from console.jobs.export_list import ExportList
from console.jobs.inquire import Inquire, inquire_due
from console.jobs.read_source import ReadSource
from console.jobs.report_bureau import ReportBureau
from console.jobs.send import Send, hand_over
from console.jobs.tell import Tell, tell_due
from scenario_engine.database import Database
from scenario_engine.jobs import Desk, JobKind
from scenario_engine.ports import Connector
from scenario_engine.settings import Settings

Clock = Callable[[], datetime]


def job_kinds(database: Database, settings: Settings, connectors: Mapping[str, Connector]) -> dict[str, JobKind]:
    """One of each kind, by its key."""
    kinds: tuple[JobKind, ...] = (
        BringIn(database, settings),
        ReadSource(database, settings),
        ExportList(database, settings),
        Send(database, settings, connectors),
        Tell(database, settings),
        Inquire(database, settings),
        ReportBureau(database, settings),
    )
    return {kind.key: kind for kind in kinds}


def open_desk(settings: Settings, database: Database, connectors: Mapping[str, Connector], clock: Clock) -> Desk:
    """Where this process hands jobs in: they run in its threads, or behind the broker when one is configured."""
    desk = Desk(
        database,
        job_kinds(database, settings, connectors),
        clock=clock,
        process=f"{socket.gethostname()}:{os.getpid()}",
        silence=timedelta(seconds=settings.job_silence_seconds),
        threads=settings.job_threads,
        queue=Broker(settings.broker_url) if settings.broker_url else None,
        chores=(
            lambda now: repetition.clear(database, now),
            lambda now: sql_sources.start_due(database, desk, now, settings.time_zone),
            lambda now: tell_due(database, desk, now),
            lambda now: inquire_due(database, desk, now),
        ),
    )
    return desk


def sender(
    settings: Settings, database: Database, connectors: Mapping[str, Connector], clock: Clock
) -> Callable[[datetime], None] | None:
    """What the engine calls to have the outbox emptied by workers; None when there is no broker: it does so itself."""
    if not settings.broker_url:
        return None
    desk = open_desk(settings, database, connectors, clock)
    return lambda now: hand_over(database, desk, now)
