"""What the tables take on disk, what keeps the database's planner informed, and months that leave the database."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.models import Base


@dataclass(frozen=True, kw_only=True)
class Size:
    """A table with its indexes and partitions; on SQLite the whole file, its free pages and its write-ahead log."""

    name: str
    bytes: int
    #: partitions, the default one included; 0: none
    parts: int = 0
    #: an estimate, good after `analyse`; None: not known
    rows: int | None = None


@dataclass(frozen=True, kw_only=True)
class Archived:
    """A month that was written into a file."""

    part: str
    file: str
    rows: int
    dropped: bool


def sizes(database: Database) -> list[Size]:
    """What lies where, the largest first."""
    if database.dialect == "postgresql":
        return _postgres_sizes(database)
    with database.read() as session:
        page = session.scalar(text("PRAGMA page_size")) or 0
        pages = session.scalar(text("PRAGMA page_count")) or 0
        free = session.scalar(text("PRAGMA freelist_count")) or 0
    found = [Size(name="file", bytes=page * pages), Size(name="free", bytes=page * free)]
    name = database.engine.url.database
    log = Path(f"{name}-wal")
    return [*found, Size(name="log", bytes=log.stat().st_size if name and log.exists() else 0)]


def analyse(database: Database) -> None:
    """Have the planner count what is there; on SQLite also fold the write-ahead log into the file."""
    if database.dialect == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        return
    raw = database.engine.raw_connection()  # outside of any transaction
    try:
        for statement in ("ANALYZE", "PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)"):
            raw.cursor().execute(statement).close()
    finally:
        raw.close()


def archive(database: Database, part: str, folder: Path, *, now: datetime, drop: bool) -> Archived:
    """Write a detached month (see `upkeep.detached_parts`) into ``folder/part.csv.gz``; with `drop` take it out of the
    database afterwards.

    The file has its name only when it is whole and on the disk. PostgreSQL only.
    """
    file = folder / f"{part}.csv.gz"
    unfinished = file.with_suffix(".part")
    with database.write() as session:
        session.execute(text(f"LOCK TABLE {part} IN SHARE MODE"))
        rows = session.scalar(text(f"SELECT count(*) FROM {part}")) or 0
        driver = session.connection().connection.cursor()
        with unfinished.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="") as packed:
            with driver.copy(f"COPY {part} TO STDOUT (FORMAT csv, HEADER)") as lines:
                for line in lines:
                    packed.write(line)
            packed.close()
            raw.flush()
            os.fsync(raw.fileno())
        driver.close()
        unfinished.replace(file)
        if drop:
            session.execute(text(f"DROP TABLE {part}"))
        audit.record(
            session, at=now, actor="command", action="history.dropped" if drop else "history.archived",
            subject_type="history", subject_id=part, rows=rows, file=file.name,
        )  # fmt: skip
    return Archived(part=part, file=str(file), rows=rows, dropped=drop)


def _postgres_sizes(database: Database) -> list[Size]:
    tables: Sequence[str] = list(Base.metadata.tables)
    with database.read() as session:
        rows = session.execute(
            text(
                "SELECT t.name, sum(pg_total_relation_size(c.oid)), count(*) FILTER (WHERE c.relispartition),"
                " sum(greatest(c.reltuples, 0)) FROM unnest(CAST(:tables AS text[])) AS t(name)"
                # a tree has only tables that have partitions
                " LEFT JOIN LATERAL pg_partition_tree(to_regclass(t.name)) AS p ON p.isleaf"
                " JOIN pg_class c ON c.oid = coalesce(p.relid, to_regclass(t.name))"
                " GROUP BY t.name ORDER BY 2 DESC, 1"
            ),
            {"tables": tables},
        ).all()
    return [Size(name=row[0], bytes=int(row[1]), parts=row[2], rows=int(row[3])) for row in rows]
