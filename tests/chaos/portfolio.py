"""The portfolio of the chaos run: invented loans, and four scenarios that meet at the same borrowers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from scenario_engine.models import SHARDS, Base, Borrower, Instalment, Loan
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.registry.buckets import bucket_of
from tests.builders import a_product
from tests.engine.scenarios import NOON, a_document, a_live_version, overdue_rule

#: the day before the first one that is walked
EVE = date(2026, 3, 3)
ZONES = ("Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg")
#: track of the scenarios that take loans up by themselves, every day
COLLECTION = "collection"
#: two loans of every so many are of one borrower, who is then in several scenarios at once
SHARED = 4


def dpd_between(low: int, high: int) -> dict[str, Any]:
    """A rule: DPD in a range."""
    rules = [{"field": "dpd", "operator": ">=", "value": low}, {"field": "dpd", "operator": "<=", "value": high}]
    return {"combinator": "and", "rules": rules}


DISPOSITIONS = [
    {"key": "talked", "title": "Talked"},
    {"key": "nobody", "title": "Nobody"},
]


def drawn(nodes: dict[str, tuple[str, dict[str, Any]]], edges: list[str], **settings: Any) -> dict[str, Any]:
    """A document whose nodes have their defaults, as the builder would put them in."""
    catalogue = load_catalogue()
    filled = {key: (kind, {**catalogue[kind].defaults_in("en"), **params}) for key, (kind, params) in nodes.items()}
    return a_document(filled, edges, **settings)


HALVES = [{"key": "a", "title": "A", "weight": 50}, {"key": "b", "title": "B", "weight": 50}]

#: Loans enter when the leader looks, which is before or after another engine has moved the borrower's other loan. Which
#: of the two is contacted when only one may be is then a matter of that order, so the new ones wait for the afternoon.
FIRST = ("wait.duration", {"days": 0, "hours": 1})
SOFT = drawn(
    {
        "in": ("entry.segment", {"rule": dpd_between(1, 30)}),
        "first": FIRST,
        "ab": ("split", {"arms": HALVES}),
        "sms": ("sms", {"template": "{{ first_name }}, {{ overdue|money }}"}),
        "email": ("email", {"template": "{{ first_name }}", "subject": "Loan"}),
        "day": ("wait.duration", {"days": 1}),
        "late": ("condition", {"rule": overdue_rule(20)}),
        "hear": ("wait.signal", {"signal_kinds": ["partial_payment"], "timeout": {"days": 2}}),
        "thanks": ("tag", {"tag": "paid-in-part"}),
        "check": ("sub_scenario", {"scenario": "check"}),
        "out": ("exit", {"reason": "old enough"}),
    },
    ["in:next>first", "first:next>ab",
     "ab:a>sms", "ab:b>email", "sms:sent>day", "sms:blocked>day", "email:sent>day", "email:blocked>day",
     "day:next>late", "late:yes>check", "late:no>hear", "hear:received>thanks", "hear:timeout>ab", "thanks:next>ab",
     "check:done>out", "check:skipped>out"],
    track=COLLECTION, priority=5, holdout_percent=5, reentry={"after_days": 5},
)  # fmt: skip
HARD = drawn(
    {
        "in": ("entry.segment", {"rule": dpd_between(31, 400)}),
        "first": FIRST,
        "call": ("robot_call", {"template": "{{ first_name }}"}),
        "sms": ("sms", {"template": "{{ first_name }}"}),
        "task": ("task", {"title": "Call", "dispositions": DISPOSITIONS, "expires": {"days": 3}}),
        "offer": ("offer", {}),
        "week": ("wait.duration", {"days": 4}),
        "stop": ("restrict_lending", {"reason": "overdue"}),
        "out": ("exit", {"reason": "accepted"}),
    },
    ["in:next>stop", "stop:next>first", "first:next>call",
      "call:sent>task", "call:blocked>sms", "sms:sent>task", "sms:blocked>task",
     "task:talked>offer", "task:nobody>week", "task:expired>week", "week:next>call", "offer:accepted>out",
     "offer:declined>week", "offer:expired>week"],
    track=COLLECTION, priority=10,
)  # fmt: skip
CHECK = drawn(
    {
        "in": ("entry.segment", {"rule": dpd_between(9_000, 9_001)}),
        "wait": ("wait.duration", {"days": 1}),
        "tag": ("tag", {"tag": "checked"}),
        "out": ("exit", {"reason": "checked"}),
    },
    ["in:next>wait", "wait:next>tag", "tag:next>out"],
    priority=30, track="service",
)  # fmt: skip
THANKS = drawn(
    {
        "in": ("entry.signal", {"signal_kind": "payment_received"}),
        "sms": ("sms", {"template": "{{ first_name }}, thank you"}),
        "rest": ("wait.duration", {"days": 2}),
        "out": ("exit", {"reason": "thanked"}),
    },
    ["in:next>sms", "sms:sent>rest", "sms:blocked>rest", "rest:next>out"],
    priority=40, track="thanks", goal={"kind": "none"}, reentry={"after_days": 3},
)  # fmt: skip
SCENARIOS = {"soft": SOFT, "hard": HARD, "check": CHECK, "thanks": THANKS}


def fill(session: Session, loans: int, *, now: datetime = NOON - timedelta(days=1)) -> None:
    """Write the portfolio and publish the scenarios. The same rows under the same names every time."""
    product = a_product(session).id
    people = loans - loans // SHARED
    session.execute(
        insert(Borrower),
        [
            {
                "id": number + 1, "external_id": f"B-{number}", "full_name": f"Заёмщик {number}",
                "phone": f"+7900{number:07d}", "email": f"b{number}@example.test", "messenger": f"chat-{number}",
                "region": "RU-MOW", "time_zone": ZONES[number % len(ZONES)], "lot": number * 7_919_191 % 2**31,
                "loans_count": 1,
            }
            for number in range(people)
        ],
    )  # fmt: skip
    rows = [_loan(number, owner=number % people + 1, product=product) for number in range(loans)]
    session.execute(insert(Loan), rows)
    session.execute(insert(Instalment), [line for row in rows if row["id"] % 5 == 0 for line in _schedule(row)])
    for key, document in SCENARIOS.items():
        a_live_version(session, document, key=key, now=now)
    # ids were given: PostgreSQL's own numbering must not give them again
    if session.get_bind().dialect.name == "postgresql":
        for table in ("borrowers", "loans"):
            highest = session.scalar(select(func.max(Base.metadata.tables[table].c.id)))
            session.scalar(select(func.setval(func.pg_get_serial_sequence(table, "id"), highest)))


def _loan(number: int, *, owner: int, product: int) -> dict[str, Any]:
    dpd = number * 37 % 90 if number % 7 else 0
    return {
        "id": number + 1, "external_id": f"L-{number}", "borrower_id": owner, "product_id": product,
        "shard": owner % SHARDS, "principal": 3_000_000, "balance": 3_000_000, "issued_on": date(2025, 1, 10),
        "overdue": 0 if dpd == 0 else 100_00 + number % 500_00, "dpd": dpd, "bucket": bucket_of(dpd),
        "overdue_since": EVE - timedelta(days=dpd) if dpd else None, "risk_score": 600, "risk_group": "C",
        "debt_burden": 40, "channel": "site",
    }  # fmt: skip


def _schedule(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Three instalments around the first days: the loan goes late by itself while the days are walked."""
    first = EVE + timedelta(days=row["id"] % 11 - row["dpd"])
    return [
        {"loan_id": row["id"], "number": number + 1, "due_on": first + timedelta(days=30 * number), "amount": 1_000_000,
         "principal": 900_000}
        for number in range(3)
    ]  # fmt: skip
