"""A mapping is proposed by the names of columns, remembered after use, and checked before it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scenario_engine.database import Database
from scenario_engine.errors import Invalid
from scenario_engine.registry import imports
from tests.registry.imports.files import LOAN_MAPPING, NOW, bring_in, loans, saved, table

GOOD = ("L1", "B1", "100", "50", "0")


def look_at(folder: Path, *rows: tuple[str, ...]) -> imports.FileLook:
    """A look at a file with these rows, header first."""
    return imports.look(saved(folder, table(*rows)), file_name="file.csv")


def proposed(database: Database, kind: str, look: imports.FileLook) -> imports.Proposal:
    with database.read() as session:
        return imports.propose(session, kind, look)


def test_columns_are_recognised_in_both_languages(sqlite_database: Database, tmp_path: Path) -> None:
    english = look_at(tmp_path, ("Loan ID", "CLIENT_ID", "Principal", "Outstanding", "DPD", "Date of birth", "note"))
    assert proposed(sqlite_database, "loans", english).mapping == {
        "external_id": {"column": "Loan ID"},
        "borrower_id": {"column": "CLIENT_ID"},
        "principal": {"column": "Principal", "unit": "roubles"},
        "balance": {"column": "Outstanding", "unit": "roubles"},
        "dpd": {"column": "DPD", "unit": "days"},
        "birth_date": {"column": "Date of birth"},
    }
    russian = look_at(
        tmp_path,
        ("Номер договора", "ID заёмщика", "Сумма займа, руб.", "Остаток долга (коп)", "Месяцев просрочки", "ФИО"),
    )
    assert proposed(sqlite_database, "loans", russian).mapping == {
        "external_id": {"column": "Номер договора"},
        "borrower_id": {"column": "ID заёмщика"},
        "principal": {"column": "Сумма займа, руб.", "unit": "roubles"},
        "balance": {"column": "Остаток долга (коп)", "unit": "kopecks"},
        "dpd": {"column": "Месяцев просрочки", "unit": "months"},
        "full_name": {"column": "ФИО"},
    }


def test_payments_are_recognised(sqlite_database: Database, tmp_path: Path) -> None:
    look = look_at(tmp_path, ("Дата платежа", "Сумма", "Договор", "ID операции"))
    assert proposed(sqlite_database, "payments", look).mapping == {
        "external_id": {"column": "ID операции"},
        "loan_id": {"column": "Договор"},
        "amount": {"column": "Сумма", "unit": "roubles"},
        "paid_at": {"column": "Дата платежа"},
    }


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [(("1,234.56", "1,000"), "."), (("1.234,56",), ","), (("12,5",), ","), (("100",), None), (("1,5", "1.5"), None)],
)
def test_the_decimal_sign_is_told_by_the_values(
    sqlite_database: Database, tmp_path: Path, cells: tuple[str, ...], decimal: str | None
) -> None:
    look = look_at(tmp_path, ("id", "balance"), *[("1", cell) for cell in cells])
    assert proposed(sqlite_database, "loans", look).mapping["balance"].get("decimal") == decimal


def test_a_mapping_is_remembered_for_files_with_the_same_header(database: Database, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(GOOD))
    look = imports.look(path, file_name="a.csv")
    assert not proposed(database, "loans", look).remembered
    chosen = LOAN_MAPPING | {"dpd": {"column": "dpd", "unit": "months"}, "product": {"constant": "pdl"}}
    bring_in(database, path, chosen, dry_run=True)
    assert not proposed(database, "loans", look).remembered
    bring_in(database, path, chosen)
    assert proposed(database, "loans", look) == imports.Proposal(mapping=chosen, remembered=True)
    bring_in(database, path, LOAN_MAPPING, now=NOW + timedelta(days=1))
    assert proposed(database, "loans", look).mapping == LOAN_MAPPING
    assert not proposed(database, "payments", look).remembered
    other = look_at(tmp_path, ("loan_id", "borrower_id", "principal", "balance", "dpd", "new"))
    assert not proposed(database, "loans", other).remembered


@pytest.mark.parametrize(
    ("mapping", "field", "code"),
    [
        ([], None, "mapping.form"),
        (LOAN_MAPPING | {"nonsense": {"column": "dpd"}}, "nonsense", "mapping.target"),
        (LOAN_MAPPING | {"dpd": "dpd"}, "dpd", "mapping.form"),
        (LOAN_MAPPING | {"dpd": {"column": "dpd", "constant": 1}}, "dpd", "mapping.form"),
        (LOAN_MAPPING | {"dpd": {"column": ["dpd"]}}, "dpd", "mapping.column"),
        (LOAN_MAPPING | {"dpd": {"column": "dpd", "unit": "weeks"}}, "dpd", "mapping.option"),
        (LOAN_MAPPING | {"dpd": {"column": "dpd", "unit": ["days"]}}, "dpd", "mapping.option"),
        (LOAN_MAPPING | {"dpd": {"column": "dpd", "decimal": ","}}, "dpd", "mapping.option"),
        (LOAN_MAPPING | {"dpd": {"column": "dpd", "values": [1]}}, "dpd", "mapping.values"),
        (LOAN_MAPPING | {"dpd": {"column": "dpd", "values": {"a": {}}}}, "dpd", "mapping.values"),
        (LOAN_MAPPING | {"dpd": {"column": "dpd", "values": {"\x00": 1}}}, "dpd", "mapping.values"),
        (LOAN_MAPPING | {"dpd": {"column": "dpd", "values": {"1": float("inf")}}}, "dpd", "mapping.values"),
        (LOAN_MAPPING | {"product": {"constant": "\x00"}}, "product", "mapping.constant"),
        (LOAN_MAPPING | {"product": {"constant": "x" * 251}}, "product", "mapping.constant"),
        (LOAN_MAPPING | {"product": {"constant": {}}}, "product", "mapping.constant"),
        (LOAN_MAPPING | {"balance": {"column": None}}, "balance", "mapping.missing"),
    ],
)
def test_each_fault_of_a_mapping_is_named(tmp_path: Path, mapping: Any, field: str | None, code: str) -> None:
    look = imports.look(saved(tmp_path, loans(GOOD)), file_name="a.csv")
    problems = imports.check_mapping("loans", look, mapping)
    assert [(one.field, one.code) for one in problems] == [(field, code)]
    assert problems[0].text.en != problems[0].text.ru


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    look = imports.look(saved(tmp_path, loans(GOOD)), file_name="a.csv")
    problems = imports.check_mapping("loans", look, {"dpd": {"column": "DPD"}})
    assert {one.field for one in problems} == {"dpd", "external_id", "borrower_id", "principal", "balance"}


def test_a_constant_that_cannot_be_read_is_refused(database: Database, tmp_path: Path) -> None:
    mapping = LOAN_MAPPING | {"state": {"constant": "lost"}, "balance": {"constant": "-5"}}
    brought = bring_in(database, saved(tmp_path, loans(GOOD)), mapping)
    assert brought.outcome.state == "refused"
    assert sorted(brought.places) == [(1, "balance", "mapping.amount.negative"), (1, "state", "mapping.choice.unknown")]


def test_a_target_without_a_column_is_left_out(database: Database, tmp_path: Path) -> None:
    mapping = LOAN_MAPPING | {"region": {"column": None}}
    assert bring_in(database, saved(tmp_path, loans(GOOD)), mapping).counts == ("done", 1, 0, 0, 0)


def test_an_unknown_kind_of_file_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    look = imports.look(saved(tmp_path, loans(GOOD)), file_name="a.csv")
    with pytest.raises(Invalid), sqlite_database.read() as session:
        imports.propose(session, "people", look)
    with pytest.raises(Invalid):
        imports.check_mapping("people", look, {})
