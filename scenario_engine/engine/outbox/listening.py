"""Asking live connectors what became of their messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from scenario_engine.database import Database
from scenario_engine.engine.outbox.arrangement import Arrangement, arrange
from scenario_engine.engine.outbox.links import log_failure, opened
from scenario_engine.engine.outbox.reports import hear
from scenario_engine.ports import Connector, Link
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

#: times that a connection is asked before others have their turn
MOST_ROUNDS = 20


def listen(
    database: Database,
    connectors: Mapping[str, Connector],
    key: str,
    *,
    vault: Vault,
    clock: Callable[[], datetime],
    settings: Settings,
) -> int:
    """Ask a live connector what there is to tell; gives how much it told. One in its sandbox is not asked."""
    with database.read() as session:
        arrangement = arrange(session, connectors, vault, networks=settings.inner_networks)[key]
    if not arrangement.is_live or arrangement.is_sealed or arrangement.carrier is None:
        return 0
    try:
        with opened(arrangement, arrangement.carrier) as link:
            return listen_to(database, arrangement, link, now=clock(), time_zone=settings.time_zone)
    except Exception as error:  # a connector is other people's code
        log_failure(key, error)
        return 0


def listen_to(database: Database, arrangement: Arrangement, link: Link, *, now: datetime, time_zone: str) -> int:
    """The same over a connection that is there. The other side may forget what it told once it is recorded."""
    told = 0
    channels = arrangement.carrier.channels if arrangement.carrier else ()
    for _round in range(MOST_ROUNDS):
        try:
            reports = link.poll()
        except Exception as error:  # as above
            log_failure(arrangement.key, error)
            return told
        if not reports:
            return told
        hear(database, arrangement.key, channels, reports, now=now, time_zone=time_zone)
        told += len(reports)
        try:
            link.take(reports)
        except Exception as error:  # as above; it tells them again, which changes nothing
            log_failure(arrangement.key, error)
            return told
    return told
