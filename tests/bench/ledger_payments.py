"""How fast payments reach ledgers: `python -m tests.bench.ledger_payments` measures it and rewrites LEDGER.md.

A hundred thousand loans with a ledger get a payment each in one file; as many others do so in another, where each tenth
payment is told some days late and has the days since charged anew. Beside it stands the raw limit of the same database:
one statement that writes as many payments, one that writes as many events, one that updates as many accounts.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from console.cli.benchmark.dataset import refresh_statistics
from console.cli.benchmark.machine import describe_machine
from scenario_engine.database import Database
from scenario_engine.models import Account, Base, Borrower, Instalment, Loan, LoanEvent, Payment, table_of
from scenario_engine.registry import payments
from scenario_engine.registry.ledger import acts, roll
from scenario_engine.registry.payments import NewPayment
from tests.harness.postgres import start_server
from tests.registry.ledger.accounts import a_ledger_loan, noon
from tests.registry.lending.offers import some_terms

REPORT = Path(__file__).with_name("LEDGER.md")
ON = date(2026, 4, 20)
LOANS = 100_000
#: in the second file each tenth payment is of the day of the issue, five days ago
LATE_EVERY, LATE_DAYS = 10, 5
#: payments that the fold is let loose on, one by one
ALONE = 300


def seed(database: Database, loans: int) -> None:
    """Copies of one annuity of twelve months with a ledger, each of its own borrower, all at the end of the day."""
    issued_on = ON - timedelta(days=LATE_DAYS)
    with database.write() as session:
        first, _schedule = a_ledger_loan(session, terms=some_terms(), term=12, issued_on=issued_on)
        tables: tuple[type[Base], ...] = (Borrower, Loan, Account)
        copied = {table: _row(session, table, first) for table in tables}
        lines = [dict(row._mapping) for row in session.execute(select(table_of(Instalment)))]
        event = dict(session.execute(select(table_of(LoanEvent))).one()._mapping)
        numbers = range(first.id + 1, first.id + loans)
        for part in (numbers[at : at + 10_000] for at in range(0, len(numbers), 10_000)):
            session.execute(insert(table_of(Borrower)), [copied[Borrower] | _named(n) for n in part])
            own = [copied[Loan] | _named(n) | {"borrower_id": n} for n in part]
            session.execute(insert(table_of(Loan)), own)
            session.execute(insert(table_of(Account)), [copied[Account] | {"loan_id": n} for n in part])
            session.execute(
                insert(table_of(Instalment)),
                [{k: v for k, v in line.items() if k != "id"} | {"loan_id": n} for n in part for line in lines],
            )
            session.execute(
                insert(table_of(LoanEvent)),
                [{k: v for k, v in event.items() if k != "id"} | {"loan_id": n} for n in part],
            )
    with database.write() as session:
        roll.roll(session, on=ON, now=noon(ON))
    refresh_statistics(database)


def _row(session: Session, table: type[Base], loan: Loan) -> dict[str, Any]:
    key = {Borrower: loan.borrower_id, Loan: loan.id, Account: loan.id}[table]
    primary = next(iter(table_of(table).primary_key.columns))
    return dict(session.execute(select(table_of(table)).where(primary == key)).one()._mapping)


def _named(number: int) -> dict[str, Any]:
    return {"id": number, "external_id": f"B{number}"}


def file_of(
    database: Database, name: str, most: int, *, after: int = 0, late_every: int | None = None
) -> list[NewPayment]:
    """A payment on each of so many loans, behind the first ones; each `late_every`-th of `LATE_DAYS` ago."""
    with database.read() as session:
        loans = session.scalars(select(Loan.id).order_by(Loan.id).offset(after).limit(most)).all()

    def day(loan: int) -> date:
        return ON - timedelta(days=LATE_DAYS if late_every and loan % late_every == 0 else 0)

    return [
        NewPayment(external_id=f"{name}{loan}", loan_id=loan, amount=10_000 + loan % 7, paid_at=noon(day(loan)))
        for loan in loans
    ]


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def measure(database: Database, loans: int) -> dict[str, float]:
    """Seconds."""
    now = datetime(2026, 4, 20, 10, tzinfo=UTC)

    def record(rows: list[NewPayment]) -> None:
        with database.write() as session:
            payments.record(session, rows, now=now, source="import", time_zone="Europe/Moscow")

    def raw() -> None:
        with database.write() as session:
            columns = ["external_id", "loan_id", "amount", "paid_at", "recorded_at", "source"]
            what = select(
                literal("raw").concat(Loan.external_id), Loan.id, literal(10_000), *[literal(now)] * 2, literal("raw")
            )
            session.execute(insert(table_of(Payment)).from_select(columns, what.where(mine)))
            paid = select(
                Loan.id, literal("raw"), literal(ON), literal(now), Loan.external_id, literal("raw"), literal(1)
            )
            columns = ["loan_id", "kind", "day", "recorded_at", "key", "actor", "paid"]
            session.execute(insert(table_of(LoanEvent)).from_select(columns, paid.where(mine)))
            changed = update(table_of(Account)).values(interest=Account.interest + 1)
            session.execute(changed.where(table_of(Account).c.loan_id <= last))
            session.rollback()

    def one_by_one() -> None:
        with database.write() as session:
            for row in few:
                payment = Payment(
                    external_id=row.external_id, loan_id=row.loan_id, amount=row.amount, paid_at=row.paid_at,
                    recorded_at=now, source="bench",
                )  # fmt: skip
                session.add(payment)
                session.flush()
                assert row.loan_id is not None
                acts.pay(
                    session, row.loan_id, payment_id=payment.id, amount=row.amount, day=ON, actor="bench", now=now
                )  # fmt: skip
            session.rollback()

    few = file_of(database, "few", ALONE)
    last = file_of(database, "last", 1, after=loans - 1)[0].loan_id
    assert last is not None
    mine = Loan.id <= last
    return {
        "raw": timed(raw),
        "fold": timed(one_by_one) / ALONE * loans,
        "set": timed(lambda: record(file_of(database, "set", loans))),
        "late": timed(lambda: record(file_of(database, "late", loans, after=loans, late_every=LATE_EVERY))),
    }


def report(found: dict[str, dict[str, float]], loans: int) -> str:
    """The report as Markdown."""
    machine = describe_machine()
    lines = [
        "# Payments on ledgers",
        "",
        f"{loans:,} loans with a ledger of twelve instalments get a payment each in one transaction. `raw`: one",
        "statement each for as many payments, events and accounts, without deciding anything. `one by one`: the fold,",
        f"as a payment that comes alone is told, measured on {ALONE} and multiplied. `some late`: as many other loans,",
        f"where each {LATE_EVERY}th payment came {LATE_DAYS} days ago and has the days since charged anew. Written by",
        "`python -m tests.bench.ledger_payments`.",
        "",
        f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}.",
        "",
        "| Database | raw, s | at once, s | payments a second | times raw | some late, s | times raw | one by one, s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, seconds in found.items():
        each = loans / seconds["set"]
        lines.append(
            f"| {name} | {seconds['raw']:.1f} | {seconds['set']:.1f} | {each:,.0f} |"
            f" {seconds['set'] / seconds['raw']:.1f} | {seconds['late']:.1f} | {seconds['late'] / seconds['raw']:.1f} |"
            f" {seconds['fold']:.0f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure on both databases and write the report."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--loans", type=int, default=LOANS)
    asked.add_argument("--check", action="store_true", help="write nothing")
    options = asked.parse_args()
    found = {}
    server = start_server()
    try:
        with tempfile.TemporaryDirectory() as folder:
            urls = {
                "SQLite": f"sqlite:///{folder}/bench.db",
                "PostgreSQL": server.url(server.create_database()),
            }
            for name, url in urls.items():
                database = Database(url)
                database.create_all()
                seed(database, 2 * options.loans)
                found[name] = measure(database, options.loans)
                database.dispose()
    finally:
        server.stop()
    text = report(found, options.loans)
    print(text)
    if not options.check:
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
