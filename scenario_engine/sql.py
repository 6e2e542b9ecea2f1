"""The few SQL functions that SQLite and PostgreSQL spell differently, as SQLAlchemy constructs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Boolean, ColumnElement, Date, Integer, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from scenario_engine.models.base import UtcDateTime

__all__ = ["database_now", "days_between", "json_text", "seconds_between", "shift_date", "shift_instant"]


class shift_instant(FunctionElement[datetime]):
    """`shift_instant(instant, seconds)`: the instant that many seconds later (earlier when negative)."""

    type = UtcDateTime()
    name = "shift_instant"
    inherit_cache = True


@compiles(shift_instant, "postgresql")
def _shift_instant_postgresql(element: shift_instant, compiler: SQLCompiler, **kw: Any) -> str:
    instant, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CAST({instant} AS timestamptz) + make_interval(secs => {seconds}))"


@compiles(shift_instant, "sqlite")
def _shift_instant_sqlite(element: shift_instant, compiler: SQLCompiler, **kw: Any) -> str:
    instant, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(strftime('%Y-%m-%d %H:%M:%f', {instant}, ({seconds}) || ' seconds') || '000')"


class database_now(FunctionElement[datetime]):
    """The instant by the database's own clock: one clock for all machines."""

    type = UtcDateTime()
    name = "database_now"
    inherit_cache = True


@compiles(database_now, "postgresql")
def _database_now_postgresql(element: database_now, compiler: SQLCompiler, **kw: Any) -> str:
    return "clock_timestamp()"


@compiles(database_now, "sqlite")
def _database_now_sqlite(element: database_now, compiler: SQLCompiler, **kw: Any) -> str:
    return "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')"


class shift_date(FunctionElement[date]):
    """`shift_date(day, days)`: the day that many days later."""

    type = Date()
    name = "shift_date"
    inherit_cache = True


@compiles(shift_date, "postgresql")
def _shift_date_postgresql(element: shift_date, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CAST({day} AS date) + CAST({days} AS integer))"


@compiles(shift_date, "sqlite")
def _shift_date_sqlite(element: shift_date, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"date({day}, ({days}) || ' days')"


class days_between(FunctionElement[int]):
    """`days_between(later, earlier)`: whole days from the earlier date to the later one."""

    type = Integer()
    name = "days_between"
    inherit_cache = True


@compiles(days_between, "postgresql")
def _days_between_postgresql(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CAST({later} AS date) - CAST({earlier} AS date))"


@compiles(days_between, "sqlite")
def _days_between_sqlite(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


class seconds_between(FunctionElement[int]):
    """`seconds_between(later, earlier)`: whole seconds between two instants; null without one."""

    type = BigInteger()
    name = "seconds_between"
    inherit_cache = True


@compiles(seconds_between, "postgresql")
def _seconds_between_postgresql(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (
        f"CAST(FLOOR(EXTRACT(EPOCH FROM CAST({compiler.process(clause, **kw)} AS timestamptz))) AS bigint)"
        for clause in element.clauses
    )
    return f"({later} - {earlier})"


@compiles(seconds_between, "sqlite")
def _seconds_between_sqlite(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (
        f"CAST(strftime('%s', {compiler.process(clause, **kw)}) AS INTEGER)" for clause in element.clauses
    )
    return f"({later} - {earlier})"


class _JsonValue(FunctionElement[str]):
    type = Text()
    name = "json_value"
    inherit_cache = True


@compiles(_JsonValue, "postgresql")
def _json_value_postgresql(element: _JsonValue, compiler: SQLCompiler, **kw: Any) -> str:
    (value,) = element.clauses
    said = compiler.process(value, **kw)
    if isinstance(value.type, Integer | Boolean):
        return f"coalesce(CAST({said} AS text), 'null')"
    return f"coalesce(CAST(to_json({said}) AS text), 'null')"


@compiles(_JsonValue, "sqlite")
def _json_value_sqlite(element: _JsonValue, compiler: SQLCompiler, **kw: Any) -> str:
    (value,) = element.clauses
    said = compiler.process(value, **kw)
    return f"ifnull({said}, 'null')" if isinstance(value.type, Integer | Boolean) else f"json_quote({said})"


def json_text(values: Mapping[str, ColumnElement[Any]], *, before: str = "", after: str = "") -> ColumnElement[str]:
    """A JSON object as text, e.g. ``{"dpd": 12}``, between two constants; keys are constants of ours, never input.

    Put together by concatenation, which costs half of what the databases' own builders of objects cost; each piece is
    a copy of what was said before, so constants that meet are one.
    """
    said: Any = None
    lead = before + "{"
    for key, value in values.items():
        opened = literal(lead + json.dumps(key) + ":", Text())
        said = (opened if said is None else said.concat(opened)).concat(_JsonValue(value))
        lead = ", "
    if said is None:
        return literal(lead + "}" + after, Text())
    return cast(ColumnElement[str], said.concat(literal("}" + after, Text())))
