"""The migrations make exactly the tables that the models describe, with the triggers and rows beside them."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from console import migrate
from console.migrate import METADATA, newest, upgrade
from scenario_engine.database import Database
from scenario_engine.models import SHARDS, Shard


def test_a_migrated_database_equals_the_models(empty_database_url: str) -> None:
    assert upgrade(empty_database_url) == newest()
    database = Database(empty_database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": METADATA})
        assert compare_metadata(context, list(METADATA)) == []
    database.dispose()


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
