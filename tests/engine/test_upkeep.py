"""Partitions by month: made ahead, filled from the default one, detached, held against change like the whole table."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.engine import storage
from scenario_engine.engine.upkeep import Kept, detached_parts, keep, left_in_default
from scenario_engine.models import AuditEntry, Contact, Heartbeat, Message, Trail

pytestmark = pytest.mark.postgres

NOW = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
PARTED = ("audit_entries", "contacts", "messages", "trails")
AHEAD = ("2026_12", "2027_01", "2027_02")


def parts(database: Database, table: str) -> dict[str, int]:
    """Rows by the partition they lie in."""
    with database.read() as session:
        rows = session.execute(text(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1"))  # noqa: S608
        return {name: count for name, count in rows}


def note(database: Database, *moments: datetime) -> None:
    """An audit entry, a contact, a trail and a sent message at each moment."""
    message = {
        "case_id": 1, "node_id": 1, "batch_id": 1, "version_id": 1, "loan_id": 1, "borrower_id": 1, "channel": "sms",
        "connector": "sandbox", "state": "sent", "content": {}, "attempts": 1,
    }  # fmt: skip
    with database.write() as session:
        for at in moments:
            audit.record(session, at=at, actor="x", action="x", subject_type="x")
            session.add(Contact(borrower_id=1, loan_id=1, kind="call", channel="operator", at=at))
            session.add(Trail(batch_id=int(at.timestamp()), case_id=1, path_id=1, at=at))
            session.execute(insert(Message).values(**message, queued_at=at, due_at=at))


def test_this_month_and_two_more_are_made_once(postgres_database: Database) -> None:
    kept = keep(postgres_database, now=NOW)
    assert sorted(kept.made) == sorted(f"{table}_{month}" for table in PARTED for month in AHEAD)
    assert keep(postgres_database, now=NOW) == Kept()
    assert sorted(keep(postgres_database, now=NOW + timedelta(seconds=1)).made) == [
        f"{table}_2027_03" for table in PARTED
    ]
    note(postgres_database, NOW, NOW + timedelta(seconds=1))
    for table in PARTED:
        assert parts(postgres_database, table) == {f"{table}_2026_12": 1, f"{table}_2027_01": 1}


def test_rows_that_came_before_their_month_are_moved_into_it(postgres_database: Database) -> None:
    long_ago, century = datetime(2025, 2, 28, 12, tzinfo=UTC), datetime(1926, 1, 1, tzinfo=UTC)
    note(postgres_database, NOW, long_ago, century)
    kept = keep(postgres_database, now=NOW)
    assert kept.moved == dict.fromkeys(PARTED, 2)
    for table in PARTED:
        assert parts(postgres_database, table) == {
            f"{table}_2026_12": 1, f"{table}_2025_02": 1, f"{table}_default": 1,
        }  # fmt: skip
    with postgres_database.read() as session:
        assert left_in_default(session) == dict.fromkeys(PARTED, 1)
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 3
    assert keep(postgres_database, now=NOW) == Kept()


def test_every_partition_of_the_audit_is_held(postgres_database: Database) -> None:
    note(postgres_database, NOW, datetime(1926, 1, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC))
    kept = keep(postgres_database, now=NOW, months=3)
    assert "audit_entries_2026_08" not in kept.made  # older than what is kept: not worth a partition
    note(postgres_database, NOW - timedelta(hours=1))
    keep(postgres_database, now=NOW + timedelta(days=150), months=3)
    with postgres_database.read() as session:
        assert "audit_entries_2026_12" in detached_parts(session)
    for part in ("audit_entries", "audit_entries_default", "audit_entries_2027_06", "audit_entries_2026_12"):
        for act in ("UPDATE {} SET actor = 'y'", "DELETE FROM {}", "TRUNCATE {}"):
            if part == "audit_entries_2027_06" and not act.startswith("TRUNCATE"):
                continue  # it is empty: no row, no trigger
            with pytest.raises(DBAPIError, match="append-only"), postgres_database.write() as session:
                session.execute(text(act.format(part)))


def test_old_months_are_detached_and_stay(postgres_database: Database) -> None:
    old = datetime(2026, 9, 15, tzinfo=UTC)
    keep(postgres_database, now=old)
    note(postgres_database, old, NOW)
    assert keep(postgres_database, now=NOW, months=3).detached == ()
    january = datetime(2027, 1, 15, tzinfo=UTC)
    kept = keep(postgres_database, now=january, months=3)
    assert sorted(kept.detached) == [f"{table}_2026_09" for table in PARTED]
    with postgres_database.read() as session:
        assert detached_parts(session) == [f"{table}_2026_09" for table in PARTED]
        assert session.scalar(text("SELECT count(*) FROM trails_2026_09")) == 1
        assert session.scalar(select(func.count()).select_from(Trail)) == 1
        told = select(AuditEntry.subject_id).where(AuditEntry.action == "history.detached").order_by(AuditEntry.id)
        assert session.scalars(told).all() == [f"{table}_2026_09" for table in PARTED]


def test_a_month_with_a_message_that_has_not_left_stays(postgres_database: Database) -> None:
    old = datetime(2026, 9, 15, tzinfo=UTC)
    keep(postgres_database, now=old)
    note(postgres_database, old)
    with postgres_database.write() as session:
        session.execute(text("UPDATE messages SET state = 'queued'"))
    kept = keep(postgres_database, now=datetime(2027, 1, 15, tzinfo=UTC), months=3)
    assert kept.in_use == ("messages_2026_09",)
    assert "messages_2026_09" not in kept.detached


def test_what_is_busy_is_put_off_and_nobody_waits_long(postgres_database: Database) -> None:
    note(postgres_database, NOW)
    with postgres_database.write() as session:
        session.execute(text("SELECT count(*) FROM trails"))  # whoever reads holds the default partition
        kept = keep(postgres_database, now=NOW)
        assert kept.put_off == ("trails",)
        assert {name.rsplit("_", 2)[0] for name in kept.made} == set(PARTED) - {"trails"}
    assert keep(postgres_database, now=NOW).made == tuple(f"trails_{month}" for month in AHEAD)


def test_two_at_once_do_it_once(postgres_database: Database) -> None:
    with postgres_database.write() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(7190267)"))
        assert keep(postgres_database, now=NOW) == Kept(put_off=PARTED)
    assert len(keep(postgres_database, now=NOW).made) == len(PARTED) * len(AHEAD)


def test_a_dry_run_changes_nothing(postgres_database: Database) -> None:
    note(postgres_database, NOW)
    wanted = keep(postgres_database, now=NOW, dry_run=True)
    assert len(wanted.made) == len(PARTED) * len(AHEAD)
    with postgres_database.read() as session:
        assert left_in_default(session) == dict.fromkeys(PARTED, 1)


def test_a_detached_month_is_written_out_whole_and_then_dropped(postgres_database: Database, tmp_path: Path) -> None:
    old = datetime(2026, 9, 15, tzinfo=UTC)
    keep(postgres_database, now=old)
    note(postgres_database, old, old + timedelta(hours=1))
    keep(postgres_database, now=datetime(2027, 1, 15, tzinfo=UTC), months=3)
    for drop in (False, True):
        done = storage.archive(postgres_database, "audit_entries_2026_09", tmp_path, now=NOW, drop=drop)
        assert (done.rows, done.dropped) == (2, drop)
        with gzip.open(done.file, "rt", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        assert [row["actor"] for row in rows] == ["x", "x"]
        assert [file.name for file in tmp_path.iterdir()] == ["audit_entries_2026_09.csv.gz"]
    with postgres_database.read() as session:
        assert "audit_entries_2026_09" not in detached_parts(session)
        assert "trails_2026_09" in detached_parts(session)


def test_sizes_count_partitions(postgres_database: Database) -> None:
    keep(postgres_database, now=NOW)
    note(postgres_database, NOW)
    storage.analyse(postgres_database)
    found = {size.name: size for size in storage.sizes(postgres_database)}
    assert (found["trails"].parts, found["trails"].rows) == (4, 1)
    assert (found["loans"].parts, found["loans"].rows) == (0, 0)
    assert found["trails"].bytes > 0


def test_signs_of_life_of_the_long_gone_are_forgotten(database: Database) -> None:
    with database.write() as session:
        for process, age in (("gone", 31), ("here", 1)):
            seen = NOW - timedelta(days=age)
            session.add(Heartbeat(process=process, started_at=seen, seen_at=seen))
    keep(database, now=NOW)
    with database.read() as session:
        assert session.scalars(select(Heartbeat.process)).all() == ["here"]
