"""Payments of a file are recorded once, and act as payments do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from scenario_engine.database import Database
from scenario_engine.engine.events import react
from scenario_engine.models import Payment, Signal
from tests.builders import a_loan
from tests.registry.imports.files import NOW, ZONE, Brought, bring_in, held, loan_of, payments, saved


@pytest.fixture
def loan(database: Database) -> str:
    """The id of a mirrored loan of which 1 000 roubles are overdue."""
    with database.write() as session:
        a_loan(session, external_id="L1", servicing="core", balance=300_000, overdue=100_000, dpd=40, bucket="31-60")
    return "L1"


def bring_payments(database: Database, folder: Path, *rows: tuple[object, ...]) -> Brought:
    return bring_in(database, saved(folder, payments(*rows)), kind="payments")


def test_payments_lower_the_debt_and_are_told(database: Database, tmp_path: Path, loan: str) -> None:
    brought = bring_in(
        database,
        saved(tmp_path, payments(("P2", loan, "600,00", "16.03.2026"), ("P1", loan, "400.00", "2026-03-15T10:30"))),
        kind="payments",
        react=lambda session: react(session, now=NOW, time_zone=ZONE),
    )
    assert brought.counts == ("done", 2, 0, 0, 0)
    found = loan_of(database, loan)
    assert (found.balance, found.overdue, found.dpd, found.bucket) == (200_000, 0, 0, "current")
    with database.read() as session:
        kinds = session.scalars(select(Signal.kind)).all()
        assert sorted(kinds) == ["overdue_paid", "partial_payment", "payment_received"]
        assert not session.scalars(select(Signal.id).where(~Signal.handled)).all()
        rows = session.execute(select(Payment.external_id, Payment.amount, Payment.paid_at, Payment.source)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("P1", 40_000, datetime(2026, 3, 15, 7, 30, tzinfo=UTC), "import"),
        ("P2", 60_000, datetime(2026, 3, 16, 20, 59, 59, tzinfo=UTC), "import"),
    ]


def test_the_same_file_again_records_nothing(database: Database, tmp_path: Path, loan: str) -> None:
    row = ("P1", loan, 100, "16.03.2026")
    bring_payments(database, tmp_path, row)
    assert bring_payments(database, tmp_path, row, ("P2", loan, 5, "16.03.2026")).counts == ("done", 1, 0, 1, 0)
    assert loan_of(database, loan).balance == 289_500


def test_a_payment_of_today_counts_until_this_moment(database: Database, tmp_path: Path, loan: str) -> None:
    bring_payments(database, tmp_path, ("P1", loan, 1, "17.03.2026"))
    with database.read() as session:
        assert session.scalars(select(Payment.paid_at)).one() == NOW


def test_each_wrong_payment_is_named(database: Database, tmp_path: Path, loan: str) -> None:
    bring_payments(database, tmp_path, ("P0", loan, 7, "16.03.2026"))
    brought = bring_payments(
        database,
        tmp_path,
        ("P1", "L9", 1, "16.03.2026"),
        ("P0", loan, 8, "16.03.2026"),
        ("P2", loan, 0, "16.03.2026"),
        ("P3", loan, -5, "16.03.2026"),
        ("P4", loan, "10000000000.01", "16.03.2026"),
        ("P5", loan, 1, "18.03.2026"),
        ("P6", loan, 1, "31.02.2026"),
        ("P7", loan, 1, ""),
        ("P8", loan, 1, "16.03.2026"),
        ("P8", loan, 1, "16.03.2026"),
    )
    assert brought.counts == ("refused", 0, 0, 0, 9)
    assert brought.places == [
        (2, "loan_id", "loan.unknown"),
        (3, "payment_id", "payment.differs"),
        (4, "amount", "amount.zero"),
        (5, "amount", "amount.negative"),
        (6, "amount", "amount.large"),
        (7, "paid_on", "day.future"),
        (8, "paid_on", "day.impossible"),
        (9, "paid_on", "cell.empty"),
        (11, "payment_id", "row.repeated"),
    ]
    assert held(database)[2] == 1


def test_right_payments_alone_when_asked_for(database: Database, tmp_path: Path, loan: str) -> None:
    path = saved(tmp_path, payments(("P1", "L9", 1, "16.03.2026"), ("P2", loan, 10, "16.03.2026")))
    assert bring_in(database, path, kind="payments", partial=True).counts == ("done", 1, 0, 0, 1)
    assert held(database)[2] == 1


def test_a_trial_records_nothing(database: Database, tmp_path: Path, loan: str) -> None:
    path = saved(tmp_path, payments(("P2", loan, 10, "16.03.2026")))
    assert bring_in(database, path, kind="payments", dry_run=True).counts == ("done", 1, 0, 0, 0)
    assert held(database)[2] == 0
