"""What a field of a rule is: its words, its type, and the SQL that reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from scenario_engine.texts import Text

FieldType = Literal["number", "money", "text", "choice", "boolean", "date", "tags"]


@dataclass(frozen=True, kw_only=True)
class RuleScope:
    """What a rule is compiled over: anything that has the columns of a loan, its borrower and its product.

    `loan`, `borrower` and `product` give columns by attribute, e.g. ``Loan.__table__.c`` or the columns of a
    sub-select.
    """

    loan: Any
    borrower: Any
    product: Any
    #: the instant that the rule is asked for; nothing later is seen
    now: ColumnElement[datetime]
    #: the portfolio's local day at that instant
    today: ColumnElement[date]


class Unit(NamedTuple):
    """A counted thing: English with one and with many, Russian with 1, with 2 to 4, with 5."""

    key: str
    en: tuple[str, str]
    ru: tuple[str, str, str]


DAYS = Unit("days", ("day", "days"), ("день", "дня", "дней"))
PER_CENT = Unit("percent", ("%", "%"), ("%", "%", "%"))


class Choice(NamedTuple):
    """One value that a field may have, and its name."""

    key: str
    title: Text


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that a rule may ask about a loan."""

    key: str
    type: FieldType
    #: key of a `Group`
    group: str
    #: in forms
    title: Text
    #: SQL over the scope: a column, or a scalar sub-query that is correlated with the scope
    expression: Callable[[RuleScope], ColumnElement[Any]]
    #: in sentences; for a boolean, the whole sentence when it is true
    phrase: Text
    #: a boolean's sentence when it is false
    otherwise: Text | None = None
    #: grammatical gender of the Russian phrase: m, f, n, or p for plural
    gender: Literal["m", "f", "n", "p"] = "m"
    unit: Unit | None = None
    #: all values there are; empty: any text
    choices: tuple[Choice, ...] = ()
    #: for values that only the registry knows: reads them
    known: Callable[[Session], Sequence[Choice]] | None = None
    #: the value may be missing
    nullable: bool = False
    #: what it read at an earlier instant can be told now: it never changes, or is kept with its dates
    dated: bool = False


class Group(NamedTuple):
    """A heading in the list of fields."""

    key: str
    title: Text


GROUPS = (
    Group("loan", Text("Loan", "Займ")),
    Group("debt", Text("Debt", "Долг")),
    Group("borrower", Text("Borrower", "Заёмщик")),
    Group("payments", Text("Payments", "Платежи")),
    Group("promises", Text("Promises and offers", "Обещания и предложения")),
    Group("contacts", Text("Contacts", "Контакты")),
    Group("legal", Text("Bureau and bailiffs", "Бюро и приставы")),
)


class whole_days(FunctionElement[int]):  # noqa: N801 (it stands in SQL expressions as a function)
    """`whole_days(later, earlier)`: full spells of 24 hours between two instants; null without one."""

    type = BigInteger()
    name = "whole_days"
    inherit_cache = True


@compiles(whole_days, "postgresql")
def _whole_days_postgresql(element: whole_days, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (
        f"CAST(FLOOR(EXTRACT(EPOCH FROM CAST({compiler.process(clause, **kw)} AS timestamptz))) AS bigint)"
        for clause in element.clauses
    )
    return f"(({later} - {earlier}) / 86400)"


@compiles(whole_days, "sqlite")
def _whole_days_sqlite(element: whole_days, compiler: SQLCompiler, **kw: Any) -> str:
    # strftime counts whole seconds exactly; julianday would lose some to floating point.
    later, earlier = (
        f"CAST(strftime('%s', {compiler.process(clause, **kw)}) AS INTEGER)" for clause in element.clauses
    )
    return f"(({later} - {earlier}) / 86400)"
