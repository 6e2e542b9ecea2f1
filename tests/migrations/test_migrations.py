"""The migrations make exactly the tables that the models describe, with the triggers and rows beside them."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from console import migrate
from console.migrate import METADATA, compared, newest, upgrade
from scenario_engine.database import Database
from scenario_engine.models import SHARDS, Shard
from tests.migrations.catalogue import catalogue


def test_a_migrated_database_equals_the_models(empty_database_url: str) -> None:
    assert upgrade(empty_database_url) == newest()
    database = Database(empty_database_url)
    with database.engine.connect() as connection:
        options = {"compare_type": True, "target_metadata": METADATA, "include_object": compared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, list(METADATA)) == []
    database.dispose()


def test_a_migrated_database_is_made_as_a_new_one(empty_database_url: str, request: pytest.FixtureRequest) -> None:
    """Keys, partitions, partial indexes, triggers: what Alembic does not compare."""
    kind = "sqlite" if empty_database_url.startswith("sqlite") else "postgres"
    wanted = catalogue(request.getfixturevalue(f"{kind}_database"))
    upgrade(empty_database_url)
    database = Database(empty_database_url)
    found = catalogue(database)
    database.dispose()
    ours = {row[0] for row in wanted["tables"]}
    for part, rows in wanted.items():
        assert [row for row in found[part] if row[0] in ours] == rows, part


def test_upgrading_twice_changes_nothing(empty_database_url: str) -> None:
    assert upgrade(empty_database_url) == upgrade(empty_database_url)


def test_migrated_history_cannot_be_rewritten(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    database = Database(empty_database_url)
    with database.write() as session:
        assert session.query(Shard).count() == SHARDS
        session.execute(
            text(
                "INSERT INTO audit_entries (id, at, actor, action, subject_type, details)"
                " VALUES (1, '2026-11-24 09:00:00', 'x', 'x', 'x', '{}')"
            )
        )
    for statement in ("UPDATE audit_entries SET actor = 'y'", "DELETE FROM audit_entries"):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
            session.execute(text(statement))
    database.dispose()


def test_everything_can_be_taken_back(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    with migrate._connect(empty_database_url) as (_connection, config):
        command.downgrade(config, "base")
    database = Database(empty_database_url)
    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    database.dispose()


HISTORY = """
INSERT INTO trails (id, case_id, batch_id, path_id, at, seen) VALUES
 (1, 7, 11, 100, '2026-10-31 23:59:59.000000', NULL), (2, 8, 11, 100, '2026-10-31 23:59:59.000000', '{}'),
 (3, 7, 12, 101, '2026-11-01 00:00:00.000000', NULL);
INSERT INTO contacts (id, borrower_id, loan_id, kind, channel, at) VALUES
 (5, 1, 1, 'call', 'operator', '2025-02-28 12:00:00.000000');
INSERT INTO messages (id, case_id, node_id, batch_id, version_id, loan_id, borrower_id, channel, connector, state,
 queued_at, due_at, content, attempts) VALUES
 (9, 7, 1, 11, 1, 1, 1, 'sms', 'sandbox', 'queued', '2026-10-31 23:59:59.000000', '2026-10-31 23:59:59.000000', '{}',
  0);
INSERT INTO audit_entries (id, at, actor, action, subject_type, details) VALUES
 (3, '2026-10-31 23:59:59.000000', 'x', 'x', 'x', '{}');
INSERT INTO borrowers (id, external_id, full_name, time_zone, lot, loans_count, demo) VALUES
 (1, 'B', 'B', 'UTC', 1, 1, FALSE);
INSERT INTO products (id, code, name, kind, daily_rate_ppm, demo) VALUES (1, 'P', 'P', 'annuity', 8000, FALSE);
INSERT INTO loans (id, external_id, borrower_id, product_id, shard, state, servicing, principal, balance, overdue, dpd,
 bucket, ordinal, bailiff_state, bureau_state, demo) VALUES
 (1, 'L', 1, 1, 1, 'open', 'kaskad', 1, 1, 0, 0, 'current', 1, 'none', 'none', FALSE);
INSERT INTO payments (id, external_id, loan_id, amount, paid_at, recorded_at, source) VALUES
 (1, 'P', 1, 100, '2026-11-02 00:00:00.000000', '2026-11-02 00:00:00.000000', 'api');
INSERT INTO attributions (payment_id, version_id, node_id, case_id, trail_id, hop, day, amount) VALUES
 (1, 1, 1, 7, 3, 0, '2026-11-01', 100), (1, 1, 1, 7, 99, 0, '2026-11-01', 100)
"""


def test_history_is_kept_on_the_way_there_and_back(empty_database_url: str) -> None:
    database = Database(empty_database_url)

    def rows(statement: str) -> list[tuple[object, ...]]:
        with database.read() as session:
            return [tuple(row) for row in session.execute(text(statement))]

    with migrate._connect(empty_database_url) as (_connection, config):
        command.upgrade(config, "0007")
    with database.write() as session:
        for statement in HISTORY.split(";"):
            session.execute(text(statement.replace(":", "\\:")))
    before = {name: rows(f"SELECT * FROM {name} ORDER BY id") for name in ("contacts", "messages", "audit_entries")}
    upgrade(empty_database_url)
    assert rows("SELECT case_id, batch_id, previous_batch_id, path_id FROM trails ORDER BY batch_id, case_id") == [
        (7, 11, None, 100), (8, 11, None, 100), (7, 12, 11, 101),
    ]  # fmt: skip
    assert rows("SELECT case_id, batch_id, hop FROM attributions ORDER BY id") == [(7, 12, 0), (7, 0, 0)]
    for name, known in before.items():
        found = rows(f"SELECT * FROM {name} ORDER BY id")
        # later columns stand behind those of then, and are empty
        width = len(known[0])
        assert [row[:width] for row in found] == known
        assert {value for row in found for value in row[width:]} <= {None}
    if database.dialect == "postgresql":
        parts = "SELECT tableoid::regclass::text, count(*) FROM {} GROUP BY 1 ORDER BY 1"
        assert rows(parts.format("trails")) == [("trails_2026_10", 2), ("trails_2026_11", 1)]
        assert rows(parts.format("contacts")) == [("contacts_2025_02", 1)]
        for part in ("audit_entries_2026_10", "audit_entries_default"):
            with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
                session.execute(text(f"TRUNCATE {part}"))
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO contacts (borrower_id, loan_id, kind, channel, at)"
                " VALUES (1, 1, 'call', 'operator', '2026-11-03 12\\:00\\:00.000000')"
            )
        )
    assert rows("SELECT max(id) FROM contacts") == [(6,)]
    with migrate._connect(empty_database_url) as (_connection, config):
        command.downgrade(config, "0007")
    assert rows("SELECT id, case_id, batch_id, path_id FROM trails ORDER BY id") == [
        (1, 7, 11, 100), (2, 8, 11, 100), (3, 7, 12, 101),
    ]  # fmt: skip
    assert rows("SELECT trail_id FROM attributions ORDER BY id") == [(3,), (0,)]
    for name, known in before.items():
        assert rows(f"SELECT * FROM {name} WHERE id < 6 OR '{name}' <> 'contacts' ORDER BY id")[: len(known)] == known
    upgrade(empty_database_url)
    database.dispose()
