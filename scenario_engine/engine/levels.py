"""The levels of a leg's statement: a common table expression each, whose columns are named for the next one, and the
constants and sums that stand in them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    String,
    func,
    literal_column,
    select,
)
from sqlalchemy import column as named_column
from sqlalchemy import table as named_table
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.sql.visitors import iterate

from scenario_engine.models import Borrower, Case, Loan, Product, table_of

#: columns of a level that is being built, out of the columns of the one before
Build = Callable[[Any], dict[str, ColumnElement[Any]]]

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


def named(layer: CTE) -> dict[str, ColumnElement[Any]]:
    """The columns of a level, known by their names alone. SQLAlchemy renders a level from within the one that selects
    from it: a leg of a hundred levels would exceed the depth at which Python gives up.
    """
    table = named_table(str(layer.name), *(named_column(column.key, column.type) for column in layer.c))
    return dict(table.c.items())


def level_of(
    columns: Mapping[str, ColumnElement[Any]],
    added: Mapping[str, ColumnElement[Any]],
    number: int,
    later: Collection[str],
    source: FromClause | None = None,
) -> CTE:
    """A level: what was added, and of the columns before what is asked for `later`. `source` is where those come from
    when that is more than the level before.
    """
    wanted = {*later, "case_id", "loan_id", "borrower_id"}
    kept = [column.label(name) for name, column in columns.items() if name in wanted]
    new = [expression.label(name) for name, expression in added.items()]
    rows = select(*kept, *new)
    return (rows if source is None else rows.select_from(source)).offset(0).cte(f"level_{number}")


def in_pairs(builds: Sequence[Build]) -> list[Build]:
    """The levels, but two are one where the first is short: the second then says its expressions again."""
    paired: list[Build] = []
    left = deque(builds)
    while left:
        build = left.popleft()
        again = left and all(map(_is_short, build(AskedColumns()).values()))
        paired.append(_both(build, left.popleft()) if again else build)
    return paired


def _both(first: Build, second: Build) -> Build:
    def build(columns: Any) -> dict[str, ColumnElement[Any]]:
        found = first(columns)
        return found | second(_Overlaid(columns, found))

    return build


#: parts of an expression that is rather said twice than handed on to a level of its own
_SHORT = 40


def _is_short(expression: ColumnElement[Any]) -> bool:
    """Whether working it out once more costs less than another level: a few comparisons and no look at a table."""
    parts = list(islice(iterate(expression), _SHORT + 1))
    return len(parts) <= _SHORT and not any(isinstance(part, SelectBase) for part in parts)


class _Overlaid:
    """The columns of a level, and beside them expressions over it that will only be columns of the next one."""

    def __init__(self, columns: Any, added: Mapping[str, ColumnElement[Any]]) -> None:
        self._columns = columns
        self._added = added

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        return self._added[name] if name in self._added else self._columns[name]


def claim(columns: Collection[str], which: ColumnElement[bool], limit: ColumnElement[int], dialect: str) -> CTE:
    """Cases for a batch, at most `limit`, locked: of each borrower's that fit the one with the lowest id.

    However many come at once, a borrower's older case is never left behind a younger one: a limit that cut through them
    would let the younger be contacted instead. (A window that numbers them costs twice as much.)
    """
    cases = TABLES["case"]
    others = [cases.c[name] for name in sorted(columns) if name != "id"]
    if dialect == "postgresql":
        locked = select(cases.c.id, *others).where(which).order_by(cases.c.shard, cases.c.id).limit(limit)
        claimed = locked.with_for_update(of=cases, skip_locked=True).cte("claimed")
        one = postgresql.distinct_on(claimed.c.borrower_id)
        return select(*claimed.c).ext(one).order_by(claimed.c.borrower_id, claimed.c.id).cte("oldest")
    # SQLite takes bare columns from the row that holds the minimum
    oldest = select(func.min(cases.c.id).label("id"), *others).where(which)
    return oldest.group_by(cases.c.borrower_id).limit(limit).cte("oldest")


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
