"""How many loans a rule finds in the registry, and the statement that finds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Date, Select, Table, distinct, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from scenario_engine.models import Borrower, Loan, Product, UtcDateTime
from scenario_engine.rules.condition import fields_of, filter_rule
from scenario_engine.rules.fields import RuleScope

LOANS: Table = Loan.__table__  # type: ignore[assignment]
BORROWERS: Table = Borrower.__table__  # type: ignore[assignment]
PRODUCTS: Table = Product.__table__  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a rule finds now."""

    loans: int
    #: different people among them
    borrowers: int
    #: their overdue debt, kopecks
    overdue: int


def registry_scope(
    now: datetime | ColumnElement[datetime], time_zone: str, *, today: ColumnElement[date] | None = None
) -> RuleScope:
    """The scope of the registry's own tables.

    `today` follows from `now` and the portfolio's time zone; it must be given when `now` is an expression.
    """
    if isinstance(now, datetime):
        today = literal(now.astimezone(ZoneInfo(time_zone)).date(), Date()) if today is None else today
        now = literal(now, UtcDateTime())
    if today is None:
        raise TypeError("an expression for `now` needs one for `today`")
    return RuleScope(loan=LOANS.c, borrower=BORROWERS.c, product=PRODUCTS.c, now=now, today=today)


def matching(rule: Any, scope: RuleScope) -> Select[int]:
    """Ids of the loans that the rule finds; `scope` is a `registry_scope`. Raises `Invalid`.

    Scenarios take open loans only, so only these are found, unless the rule itself asks about the loan's state.
    """
    return _found(rule, scope, LOANS.c.id)


def count(session: Session, rule: Any, now: datetime, time_zone: str) -> Counted:
    """Count what `matching` finds at `now`; raises `Invalid` with all problems of the rule."""
    scope = registry_scope(now, time_zone)
    row = session.execute(
        _found(
            rule,
            scope,
            func.count(),
            func.count(distinct(LOANS.c.borrower_id)),
            func.coalesce(func.sum(LOANS.c.overdue), 0),
        )
    ).one()
    return Counted(loans=row[0], borrowers=row[1], overdue=int(row[2]))


def sql_text(rule: Any, dialect: str, now: datetime, time_zone: str) -> str:
    """The statement of `matching` as text with its values in it; `dialect` is sqlite or postgresql."""
    # `named` keeps % as it is: the text is for people and for a console of the database.
    spoken = postgresql.dialect(paramstyle="named") if dialect == "postgresql" else sqlite.dialect()
    statement = matching(rule, registry_scope(now, time_zone))
    return str(statement.compile(dialect=spoken, compile_kwargs={"literal_binds": True}))


def _found(rule: Any, scope: RuleScope, *columns: Any) -> Select[Any]:
    condition = filter_rule(rule, scope)
    # The joins lead along foreign keys that are never null, so a table nobody asks about changes nothing.
    used = {part.table for part in visitors.iterate(condition) if isinstance(part, Column)}
    tables: Any = LOANS
    if BORROWERS in used:
        tables = tables.join(BORROWERS, BORROWERS.c.id == LOANS.c.borrower_id)
    if PRODUCTS in used:
        tables = tables.join(PRODUCTS, PRODUCTS.c.id == LOANS.c.product_id)
    found = select(*columns).select_from(tables).where(condition)
    return found if "loan_state" in fields_of(rule) else found.where(LOANS.c.state == "open")
