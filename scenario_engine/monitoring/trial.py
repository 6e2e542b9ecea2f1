"""How often a rule would have fired: its condition asked of the registry as it stood on days that are past.

What is dated (payments, signals, promises, contacts, buckets) is read as of the day. What the registry keeps only as it
is now is read as it is now; `by_today` names it, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Select, String, func, literal, select
from sqlalchemy.orm import Session

from scenario_engine.models import BucketSpell, UtcDateTime
from scenario_engine.registry.bucket_history import standing_on
from scenario_engine.registry.days import end_of
from scenario_engine.rules.condition import fields_of, filter_rule
from scenario_engine.rules.count import BORROWERS, LOANS, PRODUCTS
from scenario_engine.rules.fields import FIELDS, Field, RuleScope

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class DayTried:
    """Loans for which the rule held at the end of a day and did not the day before."""

    day: date
    fired: int


def try_out(session: Session, rule: Mapping[str, Any], *, first: date, last: date, time_zone: str) -> list[DayTried]:
    """The days from `first` to `last` that the history of buckets knows, with the day before them. Raises `Invalid`."""
    fields_of(rule)
    begins = session.scalar(select(func.min(BucketSpell.since)))
    if begins is None:
        return []
    day, found = max(first, begins + ONE_DAY), []
    while day <= last:
        new = _held(rule, day, time_zone).except_(_held(rule, day - ONE_DAY, time_zone)).subquery()
        found.append(DayTried(day=day, fired=session.scalar(select(func.count()).select_from(new)) or 0))
        day += ONE_DAY
    return found


def by_today(rule: Mapping[str, Any]) -> list[Field]:
    """The fields of the rule of which only today's value is known."""
    return [FIELDS[key] for key in fields_of(rule) if not FIELDS[key].dated]


def _held(rule: Mapping[str, Any], day: date, time_zone: str) -> Select[int]:
    spell, covers = standing_on(day, f"spell_{day:%d}")
    columns = [column for column in LOANS.c if column.key not in ("bucket", "state")]
    loans = (
        select(*columns, spell.bucket, literal("open", String()).label("state"))
        .join(spell, spell.loan_id == LOANS.c.id)
        .where(covers)
        .subquery(f"loans_{day:%d}")
    )
    scope = RuleScope(
        loan=loans.c,
        borrower=BORROWERS.c,
        product=PRODUCTS.c,
        now=literal(end_of(day, time_zone), UtcDateTime()),
        today=literal(day, Date()),
    )
    return (
        select(loans.c.id)
        .join(BORROWERS, BORROWERS.c.id == loans.c.borrower_id)
        .join(PRODUCTS, PRODUCTS.c.id == loans.c.product_id)
        .where(filter_rule(rule, scope))
    )
