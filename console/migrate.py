"""Bringing a database to the newest schema with the revisions in `migrations/`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_appbuilder import Model
from flask_appbuilder.security.sqla import models as _security_models
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.schema import SchemaItem

import migrations
from console import preferences as _preferences
from scenario_engine.database import WRITE, Database
from scenario_engine.models import Base
from scenario_engine.models.months import is_part

#: the engine's tables, and Flask-AppBuilder's together with the console's own
METADATA: tuple[MetaData, ...] = (Base.metadata, Model.metadata)
#: modules that only have to be imported for their tables to be known
TABLES_OF = (_security_models, _preferences)
#: the revision of the tables of people, which are older than all others
_PEOPLE = "0001"
#: any number, the same for all: two processes that upgrade at once wait for each other
_LOCK = 7_190_266


def compared(item: SchemaItem, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
    """What Alembic compares with the models: all but what is of one kind of database only, and the partitions, which
    are made as time goes on.
    """
    part = kind == "table" and name is not None and is_part(name, Base.metadata)
    return not part and "only" not in item.info


def upgrade(url: str) -> str:
    """Apply every revision that is missing; gives the revision the database is at now."""
    with _connect(url) as (connection, config):
        command.upgrade(config, "head")
        return current(connection) or ""


def start_over(url: str) -> None:
    """Empty a database of everything but accounts, roles and people's choices, in one transaction."""
    with _connect(url) as (_connection, config):
        command.downgrade(config, _PEOPLE)
        command.upgrade(config, "head")


def newest() -> str:
    """The newest revision there is."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(connection: Connection) -> str | None:
    """The revision a database is at; None when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def draft(url: str, message: str) -> None:
    """Write a new revision file with what differs between a migrated database and the models."""
    with _connect(url) as (_connection, config):
        command.revision(config, message, autogenerate=True)


def _config() -> Config:
    config = Config()
    home = Path(migrations.__file__).resolve().parent
    config.set_main_option("script_location", str(home).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _connect(url: str) -> Iterator[tuple[Connection, Config]]:
    database = Database(url)
    config = _config()
    try:
        with database.engine.execution_options(**{WRITE: True}).begin() as connection:
            if database.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config.attributes["connection"] = connection
            yield connection, config
    finally:
        database.dispose()
