"""The levels of a leg's statement: a common table expression each, whose columns are named for the next one, and the
constants and sums that stand in them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, String, TableClause, literal_column, select
from sqlalchemy import column as named_column
from sqlalchemy import table as named_table

from scenario_engine.models import Borrower, Case, Loan, Product, table_of

#: what columns of a level are named after: ``loan_dpd`` is a column of the first one
TABLES = {
    "loan": table_of(Loan),
    "borrower": table_of(Borrower),
    "product": table_of(Product),
    "case": table_of(Case),
}


class AskedColumns:
    """Stands for the columns of a level when only the names that are asked for matter."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        self.names.add(name)
        table, _, column = name.partition("_")
        if table in TABLES and column in TABLES[table].c:
            found: ColumnElement[Any] = TABLES[table].c[column]
            return found
        return named_column(name, String() if name in ("outcome", "end_reason") else BigInteger())


def named(layer: CTE) -> TableClause:
    """The level by its name alone. SQLAlchemy renders a level from within the one that selects from it: a leg of a
    hundred levels would exceed the depth at which Python gives up.
    """
    return named_table(str(layer.name), *(named_column(column.key, column.type) for column in layer.c))


def extend(layer: Any, added: Mapping[str, ColumnElement[Any]], number: int, later: Collection[str]) -> CTE:
    """The next level: what was added, and of the one before what is asked for `later`."""
    always = {"case_id", "loan_id", "borrower_id"}
    kept = [column for column in layer if column.key in later or column.key in always]
    new = [expression.label(name) for name, expression in added.items()]
    return select(*kept, *new).offset(0).cte(f"level_{number}")


def number(value: int) -> ColumnElement[int]:
    """A constant of ours, written into the statement: a plan is made for one version, and holds many of them."""
    return literal_column(str(value), BigInteger())


def total(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """The sum of at least one number."""
    return _fold(parts, lambda left, right: left + right)


def concatenate(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """At least one text, one after the other."""
    return _fold(parts, lambda left, right: left.concat(right))


def _fold(
    parts: Sequence[ColumnElement[Any]],
    join: Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]],
) -> ColumnElement[Any]:
    """Join as a balanced tree: SQLite bounds the depth of an expression."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return join(_fold(parts[:middle], join).self_group(), _fold(parts[middle:], join).self_group())
