"""Loans of a file become loans of the registry: new ones, changed ones, and what is told of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from scenario_engine.database import Database
from scenario_engine.models import ImportMapping, Loan, Product, Signal, shard_of
from tests.builders import a_borrower, a_loan, a_product, instalments_for
from tests.registry.imports.files import (
    LOAN_HEADER,
    LOAN_MAPPING,
    NOW,
    TODAY,
    borrower_of,
    bring_in,
    held,
    loan_of,
    loans,
    saved,
    table,
)
from tests.registry.lending.offers import some_terms

TWO = (("L1", "B1", "1 000,50", "700", 0), ("L2", "B1", 2000, "2100.25", 45))


def signals(database: Database) -> list[tuple[str, str, Any]]:
    """Kind, loan and data of every signal."""
    with database.read() as session:
        wanted = select(Signal.kind, Loan.external_id, Signal.data).join(Loan).order_by(Signal.id)
        return [tuple(row) for row in session.execute(wanted)]


def test_a_loan_with_a_ledger_is_not_changed_by_a_file(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        a_loan(session, a_borrower(session, external_id="B1"), external_id="L1", servicing="ledger", balance=500)
    outcome = bring_in(database, saved(tmp_path, loans(*TWO)))
    assert (outcome.counts[0], outcome.counts[-1]) == ("refused", 1)
    assert loan_of(database, "L1").balance == 500


def test_a_new_loan_has_the_grace_of_its_product_and_keeps_it(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        terms = some_terms(dpd_grace_days=4, grace_days=4).as_document()
        product = a_product(session, code="imported", terms=terms)
    assert bring_in(database, saved(tmp_path, loans(TWO[0]))).counts == ("done", 1, 0, 0, 0)
    assert loan_of(database, "L1").dpd_grace_days == 4
    with database.write() as session:
        session.get_one(Product, product.id).terms = some_terms().as_document()
    assert (
        bring_in(database, saved(tmp_path, loans(("L1", "B1", 1000, "600", 0), TWO[1]), name="later.csv")).counts[0]
        == "done"
    )
    assert [loan_of(database, name).dpd_grace_days for name in ("L1", "L2")] == [4, 0]


def test_a_file_of_loans_is_brought_in(database: Database, tmp_path: Path) -> None:
    assert bring_in(database, saved(tmp_path, loans(*TWO))).counts == ("done", 2, 0, 0, 0)
    assert held(database) == (1, 2, 0)
    first, second = loan_of(database, "L1"), loan_of(database, "L2")
    assert (first.principal, first.balance, first.overdue, first.dpd, first.bucket) == (
        100_050,
        70_000,
        0,
        0,
        "current",
    )
    assert (second.balance, second.overdue, second.dpd, second.bucket) == (210_025, 210_025, 45, "31-60")
    assert second.overdue_since == TODAY - timedelta(days=45)
    assert {first.servicing, second.servicing} == {"core"}
    assert (first.state, first.ordinal, second.ordinal) == ("open", 1, 2)
    borrower = borrower_of(database, "B1")
    assert borrower.loans_count == 2
    assert (borrower.full_name, borrower.time_zone) == ("№ B1", "Europe/Moscow")
    assert 0 <= borrower.lot < 2**31
    assert first.shard == shard_of(first.borrower_id)
    with database.read() as session:
        assert session.scalars(select(Product.code)).all() == ["imported"]


def test_the_same_file_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(*TWO))
    bring_in(database, path)
    told = signals(database)
    again = bring_in(database, path, now=NOW + timedelta(days=3), today=TODAY + timedelta(days=3))
    assert again.counts == ("done", 0, 0, 2, 0)
    assert signals(database) == told
    assert held(database) == (1, 2, 0)


def test_a_changed_row_updates_its_loan_alone(database: Database, tmp_path: Path) -> None:
    bring_in(database, saved(tmp_path, loans(*TWO)))
    newer = saved(tmp_path, loans(("L1", "B1", "1000.50", 900, 12), TWO[1], ("L3", "B2", 1, 1, 0)))
    assert bring_in(database, newer).counts == ("done", 1, 1, 1, 0)
    first = loan_of(database, "L1")
    assert (first.balance, first.dpd, first.bucket, first.overdue) == (90_000, 12, "1-30", 90_000)
    assert loan_of(database, "L3").ordinal == 1


def test_what_the_file_does_not_bring_stays(database: Database, tmp_path: Path) -> None:
    bring_in(database, saved(tmp_path, loans(*TWO)))
    with database.write() as session:
        loan = session.scalars(select(Loan).where(Loan.external_id == "L1")).one()
        loan.risk_score, loan.dpd, loan.bucket, loan.channel = 500, 7, "1-30", "app"
    mapping = {key: LOAN_MAPPING[key] for key in ("external_id", "borrower_id", "principal", "balance")}
    bring_in(database, saved(tmp_path, loans(("L1", "B1", 5, 5, 99))), mapping)
    first = loan_of(database, "L1")
    assert (first.principal, first.risk_score, first.dpd, first.bucket, first.channel) == (500, 500, 7, "1-30", "app")


def test_getting_worse_better_and_moving_is_told(database: Database, tmp_path: Path) -> None:
    header = (*LOAN_HEADER, "phone")
    mapping = LOAN_MAPPING | {"phone": {"column": "phone"}}
    bring_in(database, saved(tmp_path, table(header, ("L1", "B1", 9, 9, 45, "8 (900) 111-22-33"))), mapping)
    assert signals(database) == [("bucket_entered", "L1", {"from": "current", "to": "31-60"})]
    assert borrower_of(database, "B1").phone == "+79001112233"

    bring_in(database, saved(tmp_path, table(header, ("L1", "B1", 9, 9, 75, "89001112233"))), mapping)
    assert signals(database)[1:] == [("bucket_entered", "L1", {"from": "31-60", "to": "61-90"})]

    better = bring_in(database, saved(tmp_path, table(header, ("L1", "B1", 9, 5, 0, "+7 900 111-22-44"))), mapping)
    assert signals(database)[2:] == [
        ("overdue_paid", "L1", {"amount": 900}),
        ("contact_data_changed", "L1", {"import_id": better.import_id}),
    ]


def test_the_engine_may_react_before_the_rows_are_committed(database: Database, tmp_path: Path) -> None:
    seen: list[int] = []
    bring_in(
        database,
        saved(tmp_path, loans(*TWO)),
        react=lambda session: seen.append(len(session.scalars(select(Signal.id).where(~Signal.handled)).all())),
    )
    assert seen == [1]


def test_a_schedule_kept_here_is_stronger_than_the_file(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        borrower = a_borrower(session, external_id="B1")
        instalments_for(session, a_loan(session, borrower, external_id="L1"), due=[date(2026, 4, 1)], amount=700)
    assert bring_in(database, saved(tmp_path, loans(("L1", "B1", 30_000, 99, 45)))).counts == ("done", 0, 0, 1, 0)
    loan = loan_of(database, "L1")
    assert (loan.servicing, loan.balance, loan.dpd, loan.bucket) == ("kaskad", 700, 0, "current")

    mapping = LOAN_MAPPING | {"servicing": {"constant": "core"}}
    bring_in(database, saved(tmp_path, loans(("L1", "B1", 30_000, 99, 45))), mapping)
    loan = loan_of(database, "L1")
    assert (loan.servicing, loan.balance, loan.dpd, loan.bucket) == ("core", 9_900, 45, "31-60")


def test_a_loan_serviced_here_is_as_late_as_its_day_says(database: Database, tmp_path: Path) -> None:
    mapping = LOAN_MAPPING | {"overdue_since": {"column": "since"}, "servicing": {"constant": "kaskad"}}
    text = table((*LOAN_HEADER, "since"), ("L1", "B1", 9, 9, 1, "07.03.2026"))
    bring_in(database, saved(tmp_path, text), mapping)
    assert (loan_of(database, "L1").dpd, loan_of(database, "L1").overdue_since) == (10, date(2026, 3, 7))


def test_everything_a_file_may_tell(database: Database, tmp_path: Path) -> None:
    header = (
        "id", "client", "fio", "born", "phone", "mail", "region", "stop", "sum", "debt", "late", "since", "issued",
        "product", "name", "kind", "state", "channel", "next", "next_sum", "score", "grade", "pdn",
    )  # fmt: skip
    row = (
        "Д-1", "К-1", "Выдумкин  Иван", "01.02.1980", "9001112233", "a@example.invalid", "Свердловская обл.", "",
        "10000", "12 345,67 руб.", "1,000.50", "2026-03-07", "17.01.2026 0:00:00", "pdl", "До зарплаты", "разовый",
        "Действующий", "Сайт", "01.04.2026", "500", "640", "B", "55",
    )  # fmt: skip
    keys = (
        "external_id", "borrower_id", "full_name", "birth_date", "phone", "email", "region", "contact_stop",
        "principal", "balance", "overdue", "overdue_since", "issued_on", "product", "product_name", "product_kind",
        "state", "channel", "next_due_on", "next_due_amount", "risk_score", "risk_group", "debt_burden",
    )  # fmt: skip
    mapping = {key: {"column": name} for key, name in zip(keys, header, strict=True)}
    path = saved(tmp_path, table(header, row, mark="\t"), encoding="cp1251")
    brought = bring_in(database, path, mapping)
    assert (brought.counts, brought.places) == (("done", 1, 0, 0, 0), [])
    loan, person = loan_of(database, "Д-1"), borrower_of(database, "К-1")
    assert (person.full_name, person.birth_date) == ("Выдумкин Иван", date(1980, 2, 1))
    assert (person.phone, person.email, person.contact_stop) == ("+79001112233", "a@example.invalid", None)
    assert (person.region, person.time_zone) == ("RU-SVE", "Asia/Yekaterinburg")
    assert (loan.principal, loan.balance, loan.overdue, loan.dpd) == (1_000_000, 1_234_567, 100_050, 10)
    assert (loan.issued_on, loan.next_due_on, loan.next_due_amount) == (date(2026, 1, 17), date(2026, 4, 1), 50_000)
    assert (loan.state, loan.channel, loan.risk_score, loan.risk_group, loan.debt_burden) == (
        "open",
        "site",
        640,
        "B",
        55,
    )
    with database.read() as session:
        product = session.get_one(Product, loan.product_id)
    assert (product.code, product.name, product.kind) == ("pdl", "До зарплаты", "bullet")
    assert bring_in(database, path, mapping).counts == ("done", 0, 0, 1, 0)


def test_no_file_lifts_a_stop_of_contact(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        a_borrower(session, external_id="B1", contact_stop="bankruptcy", full_name="Сказкин Пётр")
    mapping = LOAN_MAPPING | {"contact_stop": {"column": "stop"}, "full_name": {"column": "name"}}
    text = table((*LOAN_HEADER, "stop", "name"), ("L1", "B1", 9, 9, 1, "", ""), ("L2", "B2", 9, 9, 1, "refusal", ""))
    bring_in(database, saved(tmp_path, text), mapping)
    assert borrower_of(database, "B1").contact_stop == "bankruptcy"
    assert borrower_of(database, "B1").full_name == "Сказкин Пётр"
    assert borrower_of(database, "B2").contact_stop == "refusal"


def test_the_language_of_a_borrower_comes_with_a_file_and_an_empty_cell_keeps_it(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as session:
        a_borrower(session, external_id="B1", language="en")
    mapping = LOAN_MAPPING | {"language": {"column": "язык"}}
    rows = (("L1", "B1", 9, 9, 1, ""), ("L2", "B2", 9, 9, 1, "английский"), ("L3", "B3", 9, 9, 1, ""))
    assert bring_in(database, saved(tmp_path, table((*LOAN_HEADER, "язык"), *rows)), mapping).counts[1] == 3
    assert [borrower_of(database, number).language for number in ("B1", "B2", "B3")] == ["en", "en", "ru"]
    bad = table((*LOAN_HEADER, "язык"), ("L4", "B4", 9, 9, 1, "клингонский"))
    assert bring_in(database, saved(tmp_path, bad), mapping).counts[-1] == 1


def test_the_last_row_of_a_borrower_speaks_for_him(database: Database, tmp_path: Path) -> None:
    mapping = LOAN_MAPPING | {"phone": {"column": "phone"}}
    rows = (("L1", "B1", 9, 9, 1, "9000000001"), ("L2", "B1", 9, 9, 1, "9000000002"))
    path = saved(tmp_path, table((*LOAN_HEADER, "phone"), *rows))
    bring_in(database, path, mapping)
    assert borrower_of(database, "B1").phone == "+79000000002"
    assert bring_in(database, path, mapping).counts == ("done", 0, 0, 2, 0)


def test_the_lot_of_a_borrower_does_not_depend_on_the_file(database: Database, tmp_path: Path) -> None:
    bring_in(database, saved(tmp_path, loans(("L1", "B1", 1, 1, 0), ("L2", "B2", 1, 1, 0))))
    one, two = borrower_of(database, "B1").lot, borrower_of(database, "B2").lot
    assert one != two
    assert one == 1_658_209_459


def test_months_overdue_are_thirty_days_each(database: Database, tmp_path: Path) -> None:
    mapping = LOAN_MAPPING | {"dpd": {"column": "dpd", "unit": "months", "values": {"-1": 0, "-2": None}}}
    rows = (("L1", "B1", 1, 1, 3), ("L2", "B1", 1, 1, -1), ("L3", "B1", 1, 1, -2))
    bring_in(database, saved(tmp_path, loans(*rows)), mapping)
    assert [loan_of(database, key).dpd for key in ("L1", "L2", "L3")] == [90, 0, 0]


def test_a_loan_of_another_borrower_is_refused(database: Database, tmp_path: Path) -> None:
    bring_in(database, saved(tmp_path, loans(*TWO)))
    brought = bring_in(database, saved(tmp_path, loans(("L3", "B3", 1, 1, 0), ("L1", "B9", 1, 1, 0))))
    assert brought.counts == ("refused", 0, 0, 0, 1)
    assert brought.places == [(3, "borrower_id", "loan.borrower")]
    assert held(database) == (1, 2, 0)


def test_a_wrong_row_does_not_speak_for_its_borrower(database: Database, tmp_path: Path) -> None:
    bring_in(database, saved(tmp_path, loans(*TWO)))
    mapping = LOAN_MAPPING | {"phone": {"column": "phone"}}
    rows = (("L3", "B3", 1, 1, 0, "9000000001"), ("L1", "B3", 1, 1, 0, "9000000002"))
    path = saved(tmp_path, table((*LOAN_HEADER, "phone"), *rows))
    assert bring_in(database, path, mapping, partial=True).counts == ("done", 1, 0, 0, 1)
    assert borrower_of(database, "B3").phone == "+79000000001"


def test_a_product_changes_only_when_the_row_names_one(database: Database, tmp_path: Path) -> None:
    def codes() -> list[str]:
        with database.read() as session:
            return list(
                session.scalars(select(Product.code).join(Loan, Loan.product_id == Product.id).order_by(Loan.id))
            )

    mapping = LOAN_MAPPING | {"product": {"column": "product"}}
    header = (*LOAN_HEADER, "product")
    first = ((*TWO[0], "pdl"), (*TWO[1], ""))
    bring_in(database, saved(tmp_path, table(header, *first)), mapping)
    assert codes() == ["pdl", "imported"]
    second = ((*TWO[0], ""), (*TWO[1], "card"))
    assert bring_in(database, saved(tmp_path, table(header, *second)), mapping).counts == ("done", 0, 1, 1, 0)
    assert codes() == ["pdl", "card"]


def test_a_trial_counts_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    bring_in(database, saved(tmp_path, loans(*TWO)))
    path = saved(tmp_path, loans(TWO[0], ("L2", "B1", 2, 2, 0), ("L3", "B3", 1, 1, 0)))
    assert bring_in(database, path, dry_run=True).counts == ("done", 1, 1, 1, 0)
    assert held(database) == (1, 2, 0)
    assert loan_of(database, "L2").dpd == 45
    with database.read() as session:
        assert len(session.scalars(select(ImportMapping)).all()) == 1


@pytest.mark.parametrize("servicing", ["core", "kaskad"])
def test_who_services_a_new_loan_is_the_files_to_say(database: Database, tmp_path: Path, servicing: str) -> None:
    mapping = LOAN_MAPPING | {"servicing": {"constant": servicing}}
    bring_in(database, saved(tmp_path, loans(*TWO)), mapping)
    assert loan_of(database, "L2").servicing == servicing
