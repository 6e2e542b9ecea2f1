"""SQL sources as an administrator sets them up, and when they are read. The URL goes in and never comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.jobs.bring_in import note
from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.jobs import Desk
from scenario_engine.models import FileImport, Job, SqlSource
from scenario_engine.registry import imports
from scenario_engine.registry.days import local_day, start_of
from scenario_engine.registry.imports.sql_rows import Reach, SqlRows, check_query, shown_url
from scenario_engine.settings import Settings
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

#: the kind of job that reads a source
READ = "read_source"
#: minutes between runs that may be chosen
EVERY = (15, 60, 240, 1440)
DAY = 24 * 60
#: who a run that nobody asked for is noted under
SCHEDULE = "schedule"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What is to be read, and when."""

    name: str
    kind: str
    #: null: as it was
    url: str | None
    query: str
    mapping: Mapping[str, Any]
    growing: str | None
    partial: bool
    every: int | None
    starting: int
    enabled: bool


def find(session: Session, source_id: int) -> SqlSource:
    """The source, locked; NotFound when there is none."""
    found = session.scalars(select(SqlSource).where(SqlSource.id == source_id).with_for_update()).one_or_none()
    if found is None:
        raise NotFound(Text("There is no such source.", "Такого источника нет."))
    return found


def rows_of(source: SqlSource, vault: Vault, settings: Settings) -> SqlRows:
    """The source as rows, from where its last run ended; Conflict when the key of its URL is lost."""
    return rows_at(opened_url(source, vault), source.query, settings, growing=source.growing, reached=source.reached)


def rows_at(
    url: str,
    query: str,
    settings: Settings,
    *,
    growing: str | None = None,
    reached: Mapping[str, str] | None = None,
) -> SqlRows:
    """A query on a database, within what the installation lets it reach. Raises `Invalid`."""
    shown_url(url)
    check_query(query)
    reach = Reach(networks=settings.inner_networks, folder=settings.data_dir / "sources")
    return SqlRows(url=url, query=query, growing=growing, reached=reached, reach=reach)


def opened_url(source: SqlSource, vault: Vault) -> str:
    """The URL with its password; Conflict when the key that it was sealed with is lost."""
    url = vault.open(source.url)
    if url is None:
        raise Conflict(
            Text(
                "The address cannot be decrypted: its key is gone. Enter it again.",
                "Адрес не расшифровать: ключа больше нет. Введите его ещё раз.",
            ),
            code="source.sealed",
        )
    return url


def save(
    session: Session,
    vault: Vault,
    settings: Settings,
    chosen: Chosen,
    *,
    source_id: int | None,
    actor: str,
    now: datetime,
) -> SqlSource:
    """Set a source up, a new one without an id. Raises `Invalid`, `NotFound`, and `Conflict` for a name that is taken.

    Another database, query or growing column has it read from the beginning again.
    """
    found = SqlSource(url="", reached=None) if source_id is None else find(session, source_id)
    url = chosen.url or (opened_url(found, vault) if source_id is not None else None)
    if url is None:
        text = Text("Fill this in.", "Заполните это поле.")
        raise Invalid(text, problems=[Problem(code="missing", field="url", text=text)])
    rows_at(url, chosen.query, settings)
    same_name = select(SqlSource.id).where(SqlSource.name == chosen.name, SqlSource.id != (source_id or 0))
    if session.scalar(same_name) is not None:
        raise Conflict(
            Text("There is a source with this name.", "Источник с таким названием уже есть."), code="source.name"
        )
    before = {name: getattr(found, name) for name in ("address", "query", "growing", "kind")}
    if chosen.url is not None:
        found.url, found.address = vault.seal(url), shown_url(url)[:500]
    for name in ("name", "kind", "query", "growing", "partial", "every", "starting", "enabled"):
        setattr(found, name, getattr(chosen, name))
    found.mapping = dict(chosen.mapping)
    if any(getattr(found, name) != value for name, value in before.items()):
        found.reached = None
    found.next_at = next_run(found, settings.time_zone, now)
    found.changed_at, found.changed_by = now, actor
    session.add(found)
    session.flush()
    audit.record(
        session, at=now, actor=actor, action="sql_source.saved", subject_type="sql_source", subject_id=found.id,
        name=found.name, address=found.address, kind=found.kind, enabled=found.enabled, every=found.every,
    )  # fmt: skip
    return found


def remove(session: Session, source_id: int, *, actor: str, now: datetime) -> None:
    """Forget a source and its secret; what it brought in stays. NotFound."""
    found = find(session, source_id)
    audit.record(
        session, at=now, actor=actor, action="sql_source.removed", subject_type="sql_source", subject_id=found.id,
        name=found.name, address=found.address,
    )  # fmt: skip
    session.delete(found)


def next_run(source: SqlSource, time_zone: str, now: datetime) -> datetime | None:
    """When the source is read next by itself; null when it is not."""
    if not source.enabled or source.every is None:
        return None
    # the day before, too: counted from a minute that is still to come today
    first = start_of(local_day(now, time_zone) - timedelta(days=1), time_zone) + timedelta(minutes=source.starting)
    step = timedelta(minutes=source.every)
    return first + step * ((now - first) // step + 1)


def begin(session: Session, desk: Desk, source: SqlSource, *, actor: str, now: datetime) -> tuple[FileImport, Job]:
    """Have the source read; dispatch the job after the commit. Conflict while it is being read, or switched off."""
    if not source.enabled:
        raise Conflict(Text("Switch the source on first.", "Сначала включите источник."), code="source.off")
    row = imports.start(
        session, kind=source.kind, file_name=source.name, file_hash="", mapping=source.mapping, dry_run=False,
        actor=actor, now=now,
    )  # fmt: skip
    row.source_id = source.id
    job = desk.submit(
        session, READ, title=Text(source.name, source.name), params={"import_id": row.id, "source_id": source.id},
        actor=actor, now=now, key=f"source-{source.id}",
    )  # fmt: skip
    row.job_id = job.id
    note(session, row, "import.started", actor, now, partial=source.partial)
    return row, job


def start_due(database: Database, desk: Desk, now: datetime, time_zone: str) -> None:
    """Have every source read whose time has come. Any number of processes may call it."""
    due = (SqlSource.enabled, SqlSource.next_at <= now)
    with database.read() as session:
        ids = session.scalars(select(SqlSource.id).where(*due)).all()
    for source_id in ids:
        try:
            with database.write() as session:
                source = session.scalars(
                    select(SqlSource).where(SqlSource.id == source_id, *due).with_for_update(skip_locked=True)
                ).one_or_none()
                if source is None:  # another process was faster
                    continue
                source.next_at = next_run(source, time_zone, now)
                _row, job = begin(session, desk, source, actor=SCHEDULE, now=now)
        except Conflict:  # it is being read at this moment: the next time then
            with database.write() as session:
                late = session.get(SqlSource, source_id)
                if late is not None:
                    late.next_at = next_run(late, time_zone, now)
            continue
        desk.dispatch(job.id)
