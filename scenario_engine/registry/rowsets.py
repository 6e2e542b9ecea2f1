"""Rows that Python hands to the database as one JSON parameter, so that a statement can join thousands of
them.

It replaces staging tables: the same statement serves one row and 100 000, and leaves nothing behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from typing import cast as cast_result

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CursorResult,
    Integer,
    Select,
    SQLColumnExpression,
    Table,
    Text,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from scenario_engine.models import Loan, table_of
from scenario_engine.models.base import Json

#: new rows after which the counts by which a database plans are worth taking anew
MANY = 1_000


def dialect_of(session: Session) -> str:
    """``sqlite`` or ``postgresql``."""
    return session.get_bind().dialect.name


def encode(session: Session, rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows as JSON text, with days and instants spelt as the database stores them."""
    return encode_for(dialect_of(session), rows)


def encode_for(dialect: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """The same when there is no session yet; `dialect` as `dialect_of` names it."""

    def spell(value: Any) -> str:
        if isinstance(value, datetime):
            instant = value.astimezone(UTC)
            if dialect == "sqlite":
                return instant.strftime("%Y-%m-%d %H:%M:%S.%f")
            return instant.isoformat()
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} has no place in a row")

    return json.dumps(list(rows), ensure_ascii=False, default=spell, separators=(",", ":"))


def given(session: Session, payload: str, columns: Mapping[str, TypeEngine[Any]], name: str = "given") -> CTE:
    """The rows of `payload` (see `encode`) as a table expression with these typed columns."""
    return rows_of(dialect_of(session), literal(payload, Text()), columns, name)


def rows_of(
    dialect: str, payload: ColumnElement[str], columns: Mapping[str, TypeEngine[Any]], name: str = "given"
) -> CTE:
    """The same of an expression, such as the parameter of a statement that is made once; `dialect` as `dialect_of`."""
    if dialect == "sqlite":
        each = func.json_each(payload).table_valued("value", name=f"{name}_json")

        def extract(key: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
            value = func.json_extract(each.c.value, literal_column(f"'$.{key}'"))
            # SQLite makes an index of its own only for numbers that it knows to be such: without one it would look
            # through all rows for each row
            return cast(value, Integer) if isinstance(kind, Integer) else type_coerce(value, kind)

        return select(*(extract(key, kind).label(key) for key, kind in columns.items())).cte(name)
    records = (
        func.jsonb_to_recordset(cast(payload, JSONB))
        .table_valued(*(column(key, kind) for key, kind in columns.items()), name=f"{name}_json")
        .render_derived(with_types=True)
    )
    return select(records).cte(name)


def keys(session: Session, ids: Sequence[int]) -> Select[int]:
    """The ids as rows, for `column.in_(keys(...))`, whatever their number."""
    payload = json.dumps(list(ids))
    if dialect_of(session) == "sqlite":
        each = func.json_each(literal(payload, Text())).table_valued("value")
        return select(type_coerce(each.c.value, Integer()))
    records = func.jsonb_array_elements_text(cast(literal(payload, Text()), JSONB)).table_valued("value")
    return select(cast(records.c.value, BigInteger))


def insert_into(session: Session, table: Any) -> Any:
    """An INSERT of the session's dialect, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_for(dialect_of(session), getattr(table, "__table__", table))


def insert_for(dialect: str, table: Table) -> Any:
    """The same for a dialect; see `dialect_of`."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def changed(session: Session, statement: Any) -> int:
    """Execute the statement, which changes rows; gives how many."""
    options = {"synchronize_session": False, "preserve_rowcount": True}
    result = cast_result("CursorResult[Any]", session.execute(statement, execution_options=options))
    if result.rowcount < 0:
        # Python's sqlite3 does not count the rows of a statement that begins with WITH
        return session.scalar(select(func.changes())) or 0
    return result.rowcount


def lock_loans(session: Session, ids: Select[int]) -> None:
    """Lock the loans by ascending id, as everybody does who works on several (see `scenario_engine.database`)."""
    locked = select(Loan.id).where(Loan.id.in_(ids)).order_by(Loan.id).with_for_update(key_share=True).cte("locked")
    session.scalar(select(func.count()).select_from(locked))


def count_anew(session: Session, entity: type[Any], added: int) -> None:
    """PostgreSQL plans by counts that it takes now and then: after many new rows it needs them at once."""
    if added >= MANY and dialect_of(session) == "postgresql":
        session.execute(text(f"ANALYZE {table_of(entity).name}"))


def forget(session: Session, kind: type[Any], columns: Sequence[str]) -> None:
    """Have loaded objects read these columns anew: a statement changed them behind the session's back."""
    for loaded in list(session.identity_map.values()):
        if isinstance(loaded, kind):
            session.expire(loaded, columns)


def at_least_zero(value: SQLColumnExpression[int]) -> ColumnElement[int]:
    """`value`, or 0 where it is negative."""
    return case((value > 0, value), else_=0)


class _JsonDocument(FunctionElement[Any]):
    type = Json
    name = "json_document"
    inherit_cache = True


@compiles(_JsonDocument, "postgresql")
def _json_object_postgresql(element: _JsonDocument, compiler: SQLCompiler, **kw: Any) -> str:
    return f"jsonb_build_object({compiler.process(element.clauses, **kw)})"


@compiles(_JsonDocument, "sqlite")
def _json_object_sqlite(element: _JsonDocument, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_object({compiler.process(element.clauses, **kw)})"


def document(values: Mapping[str, SQLColumnExpression[Any]]) -> ColumnElement[Any]:
    """A value for a JSON column; keys are constants of ours, never input, and bind parameters must be cast."""
    parts: list[Any] = []
    for key, value in values.items():
        parts += [literal_column(f"'{key}'"), value]
    return _JsonDocument(*parts)
