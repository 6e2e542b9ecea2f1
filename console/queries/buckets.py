"""The portfolio by bucket: as it stands, as it stood, and who moved where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from console.api.listing import Listing
from console.export import Column
from console.state_words import BUCKETS as WORDS
from scenario_engine.models import BucketDay, BucketSpell, Loan
from scenario_engine.registry.bucket_history import standing_on
from scenario_engine.registry.buckets import BUCKETS, bucket_rank
from scenario_engine.texts import Text

#: the picture goes back so many days
SHOWN_DAYS = 90
#: what the portfolio is compared with
COMPARED = {"day": 1, "week": 7, "month": 30}
#: stands for loans that were not in the portfolio
OUTSIDE = "outside"
_FIGURES = ("loans", "balance", "overdue")

EXPORTED = (
    Column(Text("Day", "День"), "day"),
    Column(Text("Bucket", "Корзина"), "bucket", words=WORDS),
    Column(Text("Loans", "Займов"), "loans"),
    Column(Text("Balance", "Остаток"), "balance", money=True),
    Column(Text("Overdue", "Просрочено"), "overdue", money=True),
)


def board(session: Session, language: str, *, on: date) -> dict[str, Any]:
    """The portfolio by bucket now, beside what the rolls counted yesterday, a week and a month before day `on`."""
    now = {
        row.bucket: {"loans": row.loans, "balance": int(row.balance), "overdue": int(row.overdue)}
        for row in session.execute(
            select(
                Loan.bucket,
                func.count().label("loans"),
                func.sum(Loan.balance).label("balance"),
                func.sum(Loan.overdue).label("overdue"),
            )
            .where(Loan.state == "open")
            .group_by(Loan.bucket)
        )
    }
    counted: dict[date, dict[str, dict[str, int]]] = {}
    rows = session.scalars(select(BucketDay).where(BucketDay.day > on - timedelta(days=SHOWN_DAYS)))
    for row in rows:
        counted.setdefault(row.day, {})[row.bucket] = {name: getattr(row, name) for name in _FIGURES}
    compared = {name: _newest(counted, on - timedelta(days=back)) for name, back in COMPARED.items()}
    return {
        "day": on,
        "first_day": session.scalar(select(func.min(BucketSpell.since))),
        "compared": compared,
        "buckets": [
            {
                "key": bucket.key,
                "title": bucket.title.say(language),
                **_of(now, bucket.key),
                "changes": {
                    name: day and _less(_of(now, bucket.key), _of(counted[day], bucket.key))
                    for name, day in compared.items()
                },
            }
            for bucket in BUCKETS
        ],
        "days": [
            {"day": day, **{name: [_of(held, each.key)[name] for each in BUCKETS] for name in _FIGURES}}
            for day, held in sorted(counted.items())
        ],
    }


def moves(session: Session, language: str, *, first: date, last: date) -> dict[str, Any]:
    """Who stood where at the end of the day `first`, and where they stand at the end of the day `last`.

    Money is what was owed when the stay began in which the loan was found: of rows, the stay of the first day; of loans
    that came later, the stay of the last.
    """
    stood, was = standing_on(first, "stood")
    stands, is_now = standing_on(last, "stands")
    pairs = session.execute(
        select(stood.bucket, stands.bucket.label("after"), func.count(), func.sum(stood.balance))
        .outerjoin(stands, and_(stands.loan_id == stood.loan_id, is_now))
        .where(was)
        .group_by(stood.bucket, stands.bucket)
    )
    found = {(before, after or OUTSIDE): (loans, int(balance)) for before, after, loans, balance in pairs}
    new = session.execute(
        select(stands.bucket, func.count(), func.sum(stands.balance))
        .outerjoin(stood, and_(stood.loan_id == stands.loan_id, was))
        .where(is_now, stood.id.is_(None))
        .group_by(stands.bucket)
    )
    found |= {(OUTSIDE, bucket): (loans, int(balance)) for bucket, loans, balance in new}
    keys = [bucket.key for bucket in BUCKETS]
    rows = []
    for before in (*keys, OUTSIDE):
        cells = [
            {"key": after, "loans": loans, "balance": balance}
            for after in (*keys, OUTSIDE)
            for loans, balance in [found.get((before, after), (0, 0))]
        ]
        rows.append(
            {
                "key": before,
                "title": WORDS[before].say(language) if before in WORDS else None,
                "loans": sum(cell["loans"] for cell in cells),
                "balance": sum(cell["balance"] for cell in cells),
                "cells": cells,
            }
        )
    return {"from": first, "to": last, "rows": rows}


def day_list(query: Mapping[str, Any]) -> Listing:
    """What the buckets held after each roll, the newest day first."""
    return Listing(
        select=select(BucketDay.day, BucketDay.bucket, BucketDay.loans, BucketDay.balance, BucketDay.overdue),
        sorts={"day": BucketDay.day, "loans": BucketDay.loans},
        order="-day",
        tie=bucket_rank(BucketDay.bucket),
        item=lambda row: dict(row._mapping),
        columns=EXPORTED,
        file_name="buckets",
    )


def moved(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Over `Loan`: at the end of `stood_on` it stood in the bucket `stood`, at that of `stands_on` in `stands`."""
    found: list[ColumnElement[bool]] = []
    for name in ("stood", "stands"):
        bucket, day = filters.get(name), filters.get(f"{name}_on")
        if bucket and day:
            spell, covers = standing_on(day, name)
            there = select(spell.loan_id).where(covers)
            if bucket == OUTSIDE:
                found.append(not_(Loan.id.in_(there)))
            else:
                found.append(Loan.id.in_(there.where(spell.bucket == bucket)))
    return found


def _newest(counted: Mapping[date, Any], upto: date) -> date | None:
    return max((day for day in counted if day <= upto), default=None)


def _of(held: Mapping[str, Mapping[str, int]], key: str) -> Mapping[str, int]:
    return held.get(key) or dict.fromkeys(_FIGURES, 0)


def _less(now: Mapping[str, int], then: Mapping[str, int]) -> dict[str, int]:
    return {name: now[name] - then[name] for name in _FIGURES}
