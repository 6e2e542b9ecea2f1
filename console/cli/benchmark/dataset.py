"""A registry of N loans made inside the database, and the scenario that walks them.

Every loan is overdue since the third of its six instalments, from 11 to 30 days evenly: 95 % have at most 29. On the
next day those with 30 fall into a worse bucket and miss another instalment.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Integer,
    String,
    case,
    cast,
    insert,
    literal,
    null,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from console.cli.benchmark.scenarios import YOUNG_DPD
from scenario_engine.database import Database
from scenario_engine.models import (
    Borrower,
    Instalment,
    Loan,
    Payment,
    Product,
    Signal,
    UtcDateTime,
    shard_of,
)
from scenario_engine.registry import delinquency
from scenario_engine.sql import shift_date

#: noon in Moscow on a Tuesday: in every zone of Russia a contact is allowed
NOW = datetime(2026, 3, 17, 9, tzinfo=UTC)
DAY = date(2026, 3, 17)
#: one line of a schedule, kopecks
LINE = 500_000
LINES, PAID_LINES = 4, 2
ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)


def build(database: Database, loans: int) -> None:
    """Fill an empty database; the registry stands at `DAY` and no signal is left unhandled."""
    with database.write() as session:
        if database.dialect == "postgresql":
            # rows that are right by construction need not be checked one by one (a right of superusers)
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(insert(Product).values(id=1, code="bench", name="Bench", kind="annuity"))
        _fill(session, loans)
    refresh_statistics(database)
    with database.write() as session:
        delinquency.roll(session, on=DAY, now=NOW)
        session.execute(update(Signal).values(handled=True))
    refresh_statistics(database)


def refresh_statistics(database: Database) -> None:
    """Have the planner know the tables, as it would in a database that has been in use."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def young(loans: int) -> int:
    """How many of the loans the condition lets through."""
    return sum(_dpd(number) <= YOUNG_DPD for number in range(1, loans + 1))


def _dpd(number: int) -> int:
    return 11 + number % 20


def _numbers(count: int, name: str) -> CTE:
    first = select(literal(1, Integer()).label("i")).cte(name, recursive=True)
    return first.union_all(select(first.c.i + 1).where(first.c.i < count))


def _fill(session: Session, loans: int) -> None:
    n = _numbers(loans, "n")
    i = n.c.i
    dpd = 11 + i % 20
    since = shift_date(literal(DAY), -dpd)
    zone = case(
        *[(i % len(ZONES) == place, literal(name)) for place, name in enumerate(ZONES)], else_=literal(ZONES[1])
    )
    word = cast(i, String)
    _insert(
        session,
        Borrower,
        {
            "id": i,
            "external_id": literal("B", String()) + word,
            "full_name": literal("Bench borrower ", String()) + word,
            "phone": literal("+7900", String()) + cast(1_000_000 + i % 9_000_000, String),
            "time_zone": zone,
            "lot": cast(i, BigInteger) * 2_654_435_761 % 2_147_483_647,
            "loans_count": literal(1),
            "demo": literal(False),
        },
    )
    _insert(
        session,
        Loan,
        {
            "id": i,
            "external_id": literal("L", String()) + word,
            "borrower_id": i,
            "product_id": literal(1),
            "shard": shard_of(i),
            "state": literal("open"),
            "servicing": literal("kaskad"),
            "principal": literal(LINE * LINES, BigInteger()),
            "balance": literal(LINE * (LINES - PAID_LINES), BigInteger()),
            "overdue": literal(LINE, BigInteger()),
            "overdue_since": since,
            "dpd": dpd,
            "bucket": literal("1-30"),
            "next_due_on": shift_date(literal(DAY), 30 - dpd),
            "next_due_amount": literal(LINE, BigInteger()),
            "risk_score": 300 + i % 600,
            "ordinal": literal(1),
            "bailiff_state": literal("none"),
            "bureau_state": literal("none"),
            "demo": literal(False),
        },
    )
    lines = _numbers(LINES, "k")
    k = lines.c.i
    due = shift_date(literal(DAY), (k - PAID_LINES - 1) * 30 - dpd)
    paid = k <= PAID_LINES
    crossed: dict[str, Any] = {"source": n.join(lines, literal(True))}
    _insert(
        session,
        Instalment,
        {
            "loan_id": i,
            "number": k,
            "due_on": due,
            "amount": literal(LINE, BigInteger()),
            "principal": literal(LINE - 100_000, BigInteger()),
            "paid": case((paid, literal(LINE, BigInteger())), else_=literal(0, BigInteger())),
            "paid_on": case((paid, due), else_=null()),
        },
        **crossed,
    )
    _insert(
        session,
        Payment,
        {
            "external_id": literal("P", String()) + word + literal("-", String()) + cast(k, String),
            "loan_id": i,
            "amount": literal(LINE, BigInteger()),
            "paid_at": case(
                (k == 1, literal(NOW - timedelta(days=70), UtcDateTime())),
                else_=literal(NOW - timedelta(days=40), UtcDateTime()),
            ),
            "recorded_at": literal(NOW - timedelta(days=40), UtcDateTime()),
            "source": literal("bench"),
        },
        where=k <= PAID_LINES,
        **crossed,
    )


def _insert(session: Session, table: Any, values: dict[str, Any], *, source: Any = None, where: Any = None) -> None:
    rows = select(*[value.label(name) for name, value in values.items()])
    if source is not None:
        rows = rows.select_from(source)
    if where is not None:
        rows = rows.where(where)
    session.execute(insert(table).from_select(list(values), rows, include_defaults=False))


def megabytes(database: Database) -> int:
    """Size of the database."""
    with database.read() as session:
        if database.dialect == "postgresql":
            return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0) // 1_000_000
        pages = int(session.scalar(text("PRAGMA page_count")) or 0)
        return pages * int(session.scalar(text("PRAGMA page_size")) or 0) // 1_000_000
