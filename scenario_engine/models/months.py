"""History that PostgreSQL keeps in a partition a month (UTC), so that no index grows without end and old months can be
taken away whole.

A table says so by `by_month`. What no month holds lies in its default partition; `engine.upkeep` makes the months ahead
and moves in what came before them. SQLite keeps one table.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, PrimaryKeyConstraint, Table, event, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import MetaData
from sqlalchemy.sql.compiler import DDLCompiler

_KEY = "month_key"
_COLUMN = "month_of"


def by_month(column: str, *, key: tuple[str, ...]) -> dict[str, Any]:
    """Table arguments: a partition a month of the instant in `column`.

    `key` is the primary key on PostgreSQL, which wants `column` in it; SQLite has the mapped one.
    """
    return {"postgresql_partition_by": f"RANGE ({column})", "info": {_COLUMN: column, _KEY: key}}


def month_column(table: Table) -> str | None:
    """The instant by which a table is cut into months; None when it is not."""
    found: str | None = table.info.get(_COLUMN)
    return found


def tables_by_month(metadata: MetaData) -> list[Table]:
    """The tables that are cut into months, in the order in which they are locked."""
    return sorted((table for table in metadata.tables.values() if _COLUMN in table.info), key=lambda table: table.name)


def default_part(name: str) -> str:
    """Name of the partition that takes what no month holds."""
    return f"{name}_default"


def is_part(name: str, metadata: MetaData) -> bool:
    """Whether a table of that name is (or was) a partition of one of the tables."""
    names = "|".join(table.name for table in tables_by_month(metadata))
    return re.fullmatch(rf"({names})_(default|\d{{4}}_\d{{2}})", name) is not None


def make_default(name: str) -> str:
    """The statement that makes it."""
    return f"CREATE TABLE {default_part(name)} PARTITION OF {name} DEFAULT"


def first_of(instant: datetime) -> date:
    """First day of the month (UTC) in which the instant lies."""
    return instant.astimezone(UTC).date().replace(day=1)


def next_month(month: date) -> date:
    """First day of the month after the one that begins on this day."""
    return (month + timedelta(days=31)).replace(day=1)


@compiles(PrimaryKeyConstraint, "postgresql")
def _primary_key(constraint: PrimaryKeyConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    said: str = compiler.visit_primary_key_constraint(constraint, **kw)
    key = constraint.table.info.get(_KEY)
    return f"{said[: said.rindex('(')]}({', '.join(key)})" if key else said


@event.listens_for(Table, "after_create")
def _add_default(table: Table, connection: Connection, **_: Any) -> None:
    if _COLUMN in table.info and connection.dialect.name == "postgresql":
        connection.execute(text(make_default(table.name)))
