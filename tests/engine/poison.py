"""Loans on which a rule fails, in ways that each database really refuses at run time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, case, cast, func, literal

from scenario_engine.database import Database
from scenario_engine.engine.tick import TickResult, run_tick
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

#: DPD of the loan on which the rule fails
POISON = 13


def of_division(dpd: ColumnElement[int]) -> ColumnElement[Any]:
    return literal(1) / (dpd - POISON)


def of_a_cast(dpd: ColumnElement[int]) -> ColumnElement[Any]:
    return cast(case((dpd == POISON, "thirteen"), else_="1"), Integer)


def of_an_overflow(dpd: ColumnElement[int]) -> ColumnElement[Any]:
    return literal(2**63 - 1, BigInteger()) + case((dpd == POISON, 1), else_=0)


def of_an_absolute_value(dpd: ColumnElement[int]) -> ColumnElement[Any]:
    return func.abs(case((dpd == POISON, literal(-(2**63), BigInteger())), else_=dpd))


def of_json(dpd: ColumnElement[int]) -> ColumnElement[Any]:
    return func.json_extract(case((dpd == POISON, "{"), else_='{"a": 1}'), "$.a")


Error = Callable[[ColumnElement[int]], ColumnElement[Any]]
#: what each database really refuses at run time
ERRORS: dict[str, list[Error]] = {
    "postgresql": [of_division, of_a_cast, of_an_overflow],
    "sqlite": [of_an_absolute_value, of_json],
}

ASK = a_document(
    {"in": ("entry.segment", {"rule": overdue_rule(1)}), "rest": ("wait.duration", {"days": 1}),
     "ask": ("condition", {"rule": overdue_rule(30)}), "old": ("exit", {"reason": "x"})},
    ["in:next>rest", "rest:next>ask", "ask:yes>old", "ask:no>rest"], goal={"kind": "none"},
)  # fmt: skip


def tick(database: Database, days: float = 0, **options: Any) -> TickResult:
    chosen = options.pop("settings", SETTINGS)
    return run_tick(database, now=NOON + timedelta(days=days), settings=chosen, timer=lambda: 0.0, **options)


def fill(database: Database, loans: int, *, poisoned: int = 1, document: dict[str, Any] = ASK) -> int:
    """Loans of which some make a rule fail; the id of the version."""
    with database.write() as session:
        for number in range(loans):
            a_loan(session, dpd=POISON if number < poisoned else 40, overdue=100_00)
        return a_live_version(session, document).id
