"""One batch: the stage of a plan, and everything that is written from it in the same transaction.

Two emitters write the same plan. PostgreSQL does it in one statement of data-modifying CTEs; SQLite in a short
script over a temporary table, inside one immediate transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    MetaData,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy import Column as TableColumn
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable, DropTable

from scenario_engine.engine.plan import Plan, StageEffect
from scenario_engine.models import Base, Case, Trail, UtcDateTime, table_of
from scenario_engine.nodes.base import ARRIVE, STAY

BATCH = bindparam("batch", type_=BigInteger())
NOW = bindparam("now", type_=UtcDateTime())


@dataclass(frozen=True, kw_only=True)
class PathTotal:
    """How many cases of a batch took one path."""

    path_id: int
    text: str
    cases: int
    #: overdue debt of those cases, kopecks
    overdue: int
    ended: int
    #: of the ended, cases of sub-scenarios
    children: int


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When a batch happens: the tick's instant and the portfolio's local day."""

    now: datetime
    today: date


class Emitter:
    """Statements of one plan for one dialect, built once."""

    def __init__(self, plan: Plan, dialect: str) -> None:
        self._plan = plan
        self._dialect = dialect
        if dialect == "sqlite":
            self._table = _stage_table(plan)
            self._writes = self._build_writes(self._table)
            self._fill = insert(self._table).from_select([c.key for c in self._table.c], plan.stage)
            self._totals = _totals(self._table)
        else:
            stage = plan.stage.cte("stage")
            self._statement = _totals(stage).add_cte(
                *[write.cte(f"write_{number}") for number, write in enumerate(self._build_writes(stage))]
            )

    def run(
        self, session: Session, *, moment: Moment, batch_id: int, shards: Sequence[int], limit: int, tick: int,
        low: int = 0, high: int = 2**62,
    ) -> list[PathTotal]:  # fmt: skip
        """Move the due cases of the shards, at most `limit`; the totals by path (none: nothing was due)."""
        parameters: Mapping[str, Any] = {
            **self._plan.parameters(moment.now),
            "version": self._plan.version_id,
            "now": moment.now,
            "today": moment.today,
            "batch": batch_id,
            "shards": list(shards),
            "limit": limit,
            "tick": tick,
            "low": low,
            "high": high,
        }
        if self._dialect == "sqlite":
            session.execute(DropTable(self._table, if_exists=True))
            session.execute(CreateTable(self._table))
            session.execute(self._fill, parameters)
            for write in self._writes:
                session.execute(write, parameters)
            rows = session.execute(self._totals, parameters).all()
        else:
            rows = session.execute(self._statement, parameters).all()
        return [
            PathTotal(
                path_id=row.path_id, text=row.path_text, cases=row.cases, overdue=int(row.overdue or 0),
                ended=int(row.ended or 0), children=int(row.children or 0),
            )
            for row in rows
        ]  # fmt: skip

    # -- statements -------------------------------------------------------------------------------------------

    def _build_writes(self, stage: Any) -> list[Insert | Update]:
        writes: list[Insert | Update] = [_trails(stage), _move(stage)]
        writes += [self._write(stage, item) for item in self._plan.effects(_Prefixed(stage))]
        return writes

    def _write(self, stage: Any, item: StageEffect) -> Insert | Update:
        step, effect = item.step, item.effect
        table = Base.metadata.tables[effect.table]
        column = stage.c[step.column]
        if effect.on == ARRIVE:
            holds: ColumnElement[bool] = column == STAY
            if not step.type.rests:
                holds = and_(holds, stage.c.from_node != step.id)
        else:
            holds = column == effect.on
        if effect.where is not None:
            holds = and_(holds, effect.where)
        if effect.update:
            parent = {"loans": stage.c.loan_id, "borrowers": stage.c.borrower_id}[effect.table]
            return update(table).where(table.c.id == parent, holds).values(dict(effect.values))
        values: dict[str, Any] = {
            "case_id": stage.c.case_id,
            "node_id": literal(step.id, BigInteger()),
            "batch_id": BATCH,
            "loan_id": stage.c.loan_id,
            "borrower_id": stage.c.borrower_id,
            "version_id": literal(self._plan.version_id, BigInteger()),
        }
        values = {name: value for name, value in values.items() if name in table.c} | dict(effect.values)
        expressions = [_expression(table, name, value) for name, value in values.items()]
        rows = select(*expressions).select_from(stage).where(holds)
        statement = self._insert(table).from_select(list(values), rows)
        written: Insert = statement.on_conflict_do_nothing() if effect.ignore_existing else statement
        return written

    def _insert(self, table: Table) -> Any:
        return (sqlite if self._dialect == "sqlite" else postgresql).insert(table)


class _Prefixed:
    """Columns of a stage by name, as a frame asks for them."""

    def __init__(self, stage: Any) -> None:
        self._stage = stage

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        found: ColumnElement[Any] = self._stage.c[name]
        return found


def _stage_table(plan: Plan) -> Table:
    columns = [TableColumn(column.key, column.type) for column in plan.stage.selected_columns]
    return Table(f"ks_stage_{plan.version_id}", MetaData(), *columns, prefixes=["TEMPORARY"])


def _expression(table: Table, name: str, value: Any) -> Any:
    if value is None:
        return null().label(name)
    if isinstance(value, ColumnElement) or hasattr(value, "__clause_element__"):
        return value.label(name)
    return literal(value, table.c[name].type).label(name)


def _trails(stage: Any) -> Insert:
    table = table_of(Trail)
    rows = select(stage.c.case_id, BATCH, stage.c.path_id, NOW, stage.c.seen).where(stage.c.path_text != "")
    return insert(table).from_select(["case_id", "batch_id", "path_id", "at", "seen"], rows)


def _move(stage: Any) -> Update:
    cases = table_of(Case)
    ended = stage.c.end_reason.is_not(None)
    return (
        update(cases)
        .where(cases.c.id == stage.c.case_id)
        .values(
            node_id=stage.c.end_node,
            due_at=stage.c.due_at,
            outcome=null(),
            entered_at=case((stage.c.still, cases.c.entered_at), else_=NOW),
            ended_at=case((ended, NOW), else_=null()),
            end_reason=stage.c.end_reason,
            batch_id=BATCH,
        )
    )


def _totals(stage: Any) -> Select[Any]:
    ended = case((stage.c.end_reason.is_not(None), 1), else_=0)
    children = case((and_(stage.c.end_reason.is_not(None), stage.c.parent_id.is_not(None)), 1), else_=0)
    return select(
        stage.c.path_id,
        func.min(stage.c.path_text).label("path_text"),
        func.count().label("cases"),
        func.sum(stage.c.overdue).label("overdue"),
        func.sum(ended).label("ended"),
        func.sum(children).label("children"),
    ).group_by(stage.c.path_id)
