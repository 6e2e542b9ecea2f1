"""One batch: the stages of a plan's legs, and everything that is written from them in the same transaction.

Two emitters write the same plan. PostgreSQL does a leg in one statement of data-modifying CTEs; SQLite in a short
script over a temporary table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    ColumnElement,
    Insert,
    MetaData,
    Select,
    Table,
    Update,
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
from sqlalchemy.schema import CreateTable

from scenario_engine.engine.leg import Leg, StageEffect
from scenario_engine.engine.paths import PathBook
from scenario_engine.engine.plan import Plan
from scenario_engine.models import Base, Case, Trail, UtcDateTime, table_of

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


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Which cases a batch may take: those due in these shards, at most `limit`, that the tick has not moved yet."""

    shards: Sequence[int]
    limit: int
    #: number of the tick's first batch
    tick: int
    low: int = 0
    high: int = 2**62

    def parameters(self) -> dict[str, Any]:
        """As the statements name them."""
        return {"shards": list(self.shards), "limit": self.limit, "tick": self.tick, "low": self.low, "high": self.high}


class Emitter:
    """Statements of one plan for one dialect; those of a leg are built when cases are first found at its node."""

    def __init__(self, plan: Plan, dialect: str) -> None:
        self._plan = plan
        self._dialect = dialect
        self._legs: dict[int, _Statements] = {}
        self.paths = PathBook(plan.version_id, plan.node_ids, plan.entries)

    def run(
        self, session: Session, *, moment: Moment, batch_id: int, claim: Claim, due: Mapping[int, int]
    ) -> tuple[list[PathTotal], Mapping[int, int]]:
        """Move the due cases that the claim names; the totals by path (none: nothing was due), and what is left.

        `due` says how many cases are due at which node, and so does what is left: what others took is not in it.
        Nodes come in the order of the plan: whatever a batch holds, a borrower's cases go on by node and, at a node, by
        age. One statement moves of a borrower's cases at a node the oldest; the next takes the next, before other
        nodes.
        """
        totals: list[PathTotal] = []
        more: dict[int, int] = {}
        room = claim.limit
        for node_id in [step.id for step in self._plan.steps if step.id in due]:
            left = due[node_id]
            while left > 0 and room > 0:
                moved = self._run_leg(session, node_id, moment, batch_id, replace(claim, limit=room))
                if not moved:
                    left = 0  # somebody else has the rest
                totals += moved
                cases = sum(total.cases for total in moved)
                left, room = left - cases, room - cases
            if left > 0:
                more[node_id] = left
        return totals, more

    def _run_leg(
        self, session: Session, node_id: int, moment: Moment, batch_id: int, claim: Claim
    ) -> Sequence[PathTotal]:
        statements = self._statements(node_id)  # first: what is compiled now names moments of its own
        parameters = {
            **claim.parameters(),
            **self._plan.parameters(moment.now),
            "version": self._plan.version_id,
            "now": moment.now,
            "today": moment.today,
            "batch": batch_id,
            "known": self.paths.known(session),
        }
        totals = []
        for row in statements.run(session, parameters):
            text = row.path_text or self.paths.text(row.path_id)
            self.paths.meet(session, row.path_id, text)
            totals.append(
                PathTotal(
                    path_id=row.path_id, text=text, cases=row.cases, overdue=int(row.overdue or 0),
                    ended=row.cases if row.ended else 0, children=row.children if row.ended else 0,
                )
            )  # fmt: skip
        return totals

    def _statements(self, node_id: int) -> _Statements:
        if node_id not in self._legs:
            kind = _SqliteStatements if self._dialect == "sqlite" else _PostgresStatements
            self._legs[node_id] = kind(self._plan, self._plan.leg(node_id, self._dialect))
        return self._legs[node_id]


class _Statements(ABC):
    """Statements of one leg."""

    def __init__(self, plan: Plan, leg: Leg) -> None:
        self._plan = plan
        self._leg = leg

    @abstractmethod
    def run(self, session: Session, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """Execute them; one row a path."""

    @abstractmethod
    def parts(self) -> list[tuple[str, ClauseElement]]:
        """The statements of one batch, in order, each under its purpose."""

    def _writes(self, stage: Any) -> list[Insert | Update]:
        return [
            _trails(stage),
            *self._moves(stage),
            *(self._effect(stage, item) for item in self._leg.effects(stage.c)),
        ]

    def _moves(self, stage: Any) -> list[Update]:
        return [_move(stage, may_stay=self._leg.may_stay)]

    def _effect(self, stage: Any, item: StageEffect) -> Insert | Update:
        step, effect = item.step, item.effect
        table = Base.metadata.tables[effect.table]
        if effect.update:
            parent = {"loans": stage.c.loan_id, "borrowers": stage.c.borrower_id}[effect.table]
            return update(table).where(table.c.id == parent, item.holds).values(dict(effect.values))
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
        rows = select(*expressions).select_from(stage).where(item.holds)
        statement = self._insert(table).from_select(list(values), rows)
        written: Insert = statement.on_conflict_do_nothing() if effect.ignore_existing else statement
        return written

    @abstractmethod
    def _insert(self, table: Table) -> Any:
        """An INSERT of the dialect, which can leave alone what is there already."""


class _PostgresStatements(_Statements):
    def __init__(self, plan: Plan, leg: Leg) -> None:
        super().__init__(plan, leg)
        stage = leg.stage.cte("stage")
        self._statement = _totals(stage).add_cte(
            *[write.cte(f"write_{number}") for number, write in enumerate(self._writes(stage))]
        )

    def run(self, session: Session, parameters: Mapping[str, Any]) -> Sequence[Any]:
        return session.execute(self._statement, parameters).all()

    def parts(self) -> list[tuple[str, ClauseElement]]:
        return [("move", self._statement)]

    def _insert(self, table: Table) -> Any:
        return postgresql.insert(table)


class _SqliteStatements(_Statements):
    def __init__(self, plan: Plan, leg: Leg) -> None:
        super().__init__(plan, leg)
        columns = [TableColumn(column.key, column.type) for column in leg.stage.selected_columns]
        # it stays with the connection: making one for every batch would have SQLite prepare every statement again
        stage = Table(f"ks_stage_{leg.source.id}", MetaData(), *columns, prefixes=["TEMPORARY"])
        self._make = CreateTable(stage, if_not_exists=True)
        self._empty = stage.delete()
        self._fill = insert(stage).from_select([column.key for column in stage.c], leg.stage)
        self._script = self._writes(stage)
        self._totals = _totals(stage)

    def run(self, session: Session, parameters: Mapping[str, Any]) -> Sequence[Any]:
        session.execute(self._make)
        session.execute(self._fill, parameters)
        for write in self._script:
            session.execute(write, parameters)
        rows = session.execute(self._totals, parameters).all()
        session.execute(self._empty)
        return rows

    def parts(self) -> list[tuple[str, ClauseElement]]:
        written = [(str(write.table), write) for write in self._script]
        return [("stage", self._fill), *written, ("totals", self._totals)]

    def _moves(self, stage: Any) -> list[Update]:
        # what tells of the end of a case (a trigger) costs SQLite a third of the change, whether the case ends or not
        reason, may_stay = stage.c.end_reason, self._leg.may_stay
        return [
            _move(stage, may_stay=may_stay, may_end=False).where(reason.is_(None)),
            _move(stage, may_stay=may_stay).where(reason.is_not(None)),
        ]

    def _insert(self, table: Table) -> Any:
        return sqlite.insert(table)


def statements_of(plan: Plan, node_id: int, dialect: str) -> list[tuple[str, ClauseElement]]:
    """What a batch executes for the cases found at a node: (purpose, statement). A purpose is ``move`` (all in one),
    ``stage``, ``trails``, ``cases``, ``totals``, or the table that an effect is written to.
    """
    kind = _SqliteStatements if dialect == "sqlite" else _PostgresStatements
    return kind(plan, plan.leg(node_id, dialect)).parts()


def _expression(table: Table, name: str, value: Any) -> Any:
    if value is None:
        return null().label(name)
    if isinstance(value, ColumnElement) or hasattr(value, "__clause_element__"):
        return value.label(name)
    return literal(value, table.c[name].type).label(name)


def _trails(stage: Any) -> Insert:
    rows = select(BATCH, stage.c.case_id, stage.c.previous, stage.c.path_id, NOW, stage.c.seen)
    names = ["batch_id", "case_id", "previous_batch_id", "path_id", "at", "seen"]
    return insert(table_of(Trail)).from_select(names, rows)


def _move(stage: Any, *, may_stay: bool, may_end: bool = True) -> Update:
    cases = table_of(Case)
    entered = case((stage.c.still, cases.c.entered_at), else_=NOW) if may_stay else NOW
    reason = stage.c.end_reason
    end = {"ended_at": case((reason.is_not(None), NOW), else_=null()), "end_reason": reason} if may_end else {}
    return (
        update(cases)
        .where(cases.c.id == stage.c.case_id)
        .values(
            node_id=stage.c.end_node,
            due_at=stage.c.due_at,
            outcome=stage.c.awaits if "awaits" in stage.c else null(),
            entered_at=entered,
            batch_id=BATCH,
            **end,
        )
    )


def _totals(stage: Any) -> Select[Any]:
    """One row a path; whether a case ended follows from its path."""
    return select(
        stage.c.path_id,
        func.min(stage.c.path_text).label("path_text"),
        func.count().label("cases"),
        func.sum(stage.c.overdue).label("overdue"),
        func.count(stage.c.end_reason).label("ended"),
        func.count(stage.c.parent_id).label("children"),
    ).group_by(stage.c.path_id)
