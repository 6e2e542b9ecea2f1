"""Files that cannot be brought in: the row, the column and the reason are named, and nothing is half-written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenario_engine.database import Database
from scenario_engine.errors import Invalid
from scenario_engine.registry import imports
from tests.registry.imports.files import (
    LOAN_HEADER,
    LOAN_MAPPING,
    Brought,
    Found,
    bring_in,
    held,
    loan_of,
    loans,
    saved,
    table,
)

GOOD = ("L1", "B1", "100", "50", "0")
OTHER = ("L2", "B2", "100", "50", "0")


def refused(brought: Brought, *places: Found) -> None:
    """It was refused for exactly these places, says so in both languages, and nothing is in the registry."""
    assert brought.outcome.state == brought.row.state == "refused"
    assert brought.places == list(places)
    assert held(brought.database) == (0, 0, 0)
    message = brought.row.message
    assert message is not None
    assert message["en"] != message["ru"]
    for problem in brought.problems:
        assert problem.text["en"] != problem.text["ru"]


def refusal(path: Path, **how: Any) -> str:
    """The code with which a look at the file is refused."""
    with pytest.raises(Invalid) as caught:
        imports.look(path, file_name=path.name, **how)
    assert caught.value.text.en != caught.value.text.ru
    return caught.value.code


# -- the whole file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"\xef\xbb\xbf", "file.empty"),
        (b"\r\n \r\n;;;\r\n", "file.empty"),
        (b"\x00" * 5_000, "file.binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "file.binary"),
        (b"a;b\n" + b"x" * 4_100_000, "file.line"),
        (b";".join(b"c%d" % number for number in range(1_001)), "file.columns"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, code: str) -> None:
    assert refusal(saved(tmp_path, content)) == code


def test_a_header_of_empty_cells(tmp_path: Path) -> None:
    assert refusal(saved(tmp_path, '"";""\n"";""\n'), separator=";") == "file.header"


def test_a_header_alone(database: Database, tmp_path: Path) -> None:
    brought = bring_in(database, saved(tmp_path, loans()))
    refused(brought)
    assert "no rows" in brought.row.message["en"]  # type: ignore[index]


def test_missing_columns_are_named(database: Database, tmp_path: Path) -> None:
    path = saved(tmp_path, table(("loan_id", "principal"), ("L1", "5")))
    look = imports.look(path, file_name=path.name)
    problems = imports.check_mapping("loans", look, LOAN_MAPPING)
    assert [(one.row, one.field, one.code) for one in problems] == [
        (1, "borrower_id", "mapping.column"),
        (1, "balance", "mapping.column"),
        (1, "dpd", "mapping.column"),
    ]
    assert "loan_id, principal" in problems[0].text.ru
    brought = bring_in(database, path)
    refused(
        brought,
        (1, "borrower_id", "mapping.column"),
        (1, "balance", "mapping.column"),
        (1, "dpd", "mapping.column"),
    )


# -- encodings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1251", "cp1251"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_encoding_is_found(sqlite_database: Database, tmp_path: Path, encoding: str, found: str) -> None:
    header = ("номер займа", "номер клиента", "сумма займа", "долг", "фио")
    path = saved(tmp_path, table(header, ("Д1", "К1", "100", "5", "Выдумкин")), encoding=encoding)
    look = imports.look(path, file_name=path.name)
    assert (look.encoding, [column.name for column in look.columns]) == (found, list(header))
    with sqlite_database.read() as session:
        mapping = imports.propose(session, "loans", look).mapping
    assert bring_in(sqlite_database, path, mapping).counts == ("done", 1, 0, 0, 0)
    assert loan_of(sqlite_database, "Д1").balance == 500


def test_an_encoding_far_down_the_file_is_found(tmp_path: Path) -> None:
    rows = [("L1", "B1", "1", "1", "0")] * 10_000
    path = saved(
        tmp_path, table((*LOAN_HEADER, "name"), *[(*row, "x") for row in rows], (*GOOD, "Ёжиков")), encoding="cp1251"
    )
    assert imports.look(path, file_name=path.name).encoding == "cp1251"


@pytest.mark.parametrize(
    ("really", "asked"),
    [("utf-8", "cp1251"), ("cp1251", "utf-8"), ("utf-8", "utf-16"), ("utf-16", "utf-8"), ("utf-16", "cp1251")],
)
def test_an_encoding_chosen_wrong_by_hand(tmp_path: Path, really: str, asked: str) -> None:
    path = saved(tmp_path, table((*LOAN_HEADER, "name"), (*GOOD, "Выдумкин Иван")), encoding=really)
    assert refusal(path, encoding=asked) == "file.encoding"


def test_the_row_that_does_not_fit_a_chosen_encoding_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path, table((*LOAN_HEADER, "name"), (*GOOD, "x"), (*OTHER, "Ёж")), encoding="cp1251")
    with pytest.raises(Invalid) as caught:
        imports.look(path, file_name=path.name, encoding="utf-8")
    assert [problem.row for problem in caught.value.problems] == [3]


def test_an_unknown_encoding_or_separator_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, loans(GOOD))
    assert refusal(path, encoding="rot13") == "file.encoding"
    assert refusal(path, separator="::") == "file.separator"


def test_bytes_that_fit_no_letter_are_named(database: Database, tmp_path: Path) -> None:
    content = table((*LOAN_HEADER, "name"), (*GOOD, "Ёж"), (*OTHER, "?")).encode("cp1251").replace(b"?", b"\x98")
    brought = bring_in(database, saved(tmp_path, content), LOAN_MAPPING | {"full_name": {"column": "name"}})
    refused(brought, (3, "name", "cell.encoding"))


# -- separators and line ends -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_found(sqlite_database: Database, tmp_path: Path, mark: str, end: str) -> None:
    path = saved(tmp_path, loans(GOOD, OTHER, mark=mark, end=end, last_end=False))
    assert imports.look(path, file_name=path.name).separator == mark
    assert bring_in(sqlite_database, path).counts == ("done", 2, 0, 0, 0)


def test_a_decimal_comma_is_no_separator(tmp_path: Path) -> None:
    text = table(("id", "сумма"), ("1", "2,50"), ("2", "3,50"))
    assert imports.look(saved(tmp_path, text), file_name="x.csv").separator == ";"


def test_what_excel_writes_before_the_header_is_understood(database: Database, tmp_path: Path) -> None:
    path = saved(tmp_path, "sep=;\n" + loans(GOOD, ("L2", "B2", "x", "1", "0")))
    brought = bring_in(database, path)
    refused(brought, (4, "principal", "amount"))


def test_mixed_separators_are_named(database: Database, tmp_path: Path) -> None:
    text = loans(GOOD) + ",".join(OTHER) + "\n" + loans(("L3", "B3", "1", "1", "0")).splitlines()[1] + "\n"
    brought = bring_in(database, saved(tmp_path, text))
    refused(brought, (3, None, "row.separator"))
    assert "запятая" in brought.problems[0].text["ru"]


def test_a_cut_last_row_is_named(database: Database, tmp_path: Path) -> None:
    refused(bring_in(database, saved(tmp_path, loans(GOOD, OTHER) + "L3;B3;10")), (4, None, "row.cut"))


def test_a_row_that_ends_in_an_open_quotation_is_named(database: Database, tmp_path: Path) -> None:
    refused(bring_in(database, saved(tmp_path, loans(GOOD) + 'L2;"B2')), (3, None, "row.quote"))


def test_a_quotation_mark_that_swallows_the_file_is_named(database: Database, tmp_path: Path) -> None:
    rows = [(f"L{number}", "B" * 60, "1", "1", "0") for number in range(2_000)]
    text = loans(GOOD, ("L2", '"B2', "1", "1", "0"), *rows)
    brought = bring_in(database, saved(tmp_path, text))
    assert brought.outcome.state == "refused"
    assert brought.places[0] == (3, None, "row.quote")
    assert held(database) == (0, 0, 0)


def test_rows_too_long_and_too_short_are_named(database: Database, tmp_path: Path) -> None:
    text = loans(GOOD, ("L2", "B2", "1"), ("L3", "B3", "1", "1", "0", "extra"), (*OTHER, "", ""))
    refused(bring_in(database, saved(tmp_path, text)), (3, None, "row.width"), (4, None, "row.width"))


def test_empty_rows_are_passed_over_but_counted(database: Database, tmp_path: Path) -> None:
    text = loans(GOOD) + "\n;;;;\n" + "L2;B2;x;1;0\n"
    refused(bring_in(database, saved(tmp_path, text)), (5, "principal", "amount"))


# -- cells ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "cell", "code"),
    [
        (0, "", "cell.empty"),
        (0, "x" * 65, "text.long"),
        (2, "-100", "amount.negative"),
        (2, "1000000000000.01", "amount.large"),
        (2, "9" * 30, "amount.large"),
        (3, "=CMD|'/C calc'!A0", "cell.formula"),
        (3, "50\x00", "cell.control"),
        (3, "y" * 33_000, "cell.long"),
        (4, "1.5", "number"),
    ],
)
def test_a_wrong_cell_is_named(database: Database, tmp_path: Path, place: int, cell: str, code: str) -> None:
    row = list(OTHER)
    row[place] = cell
    brought = bring_in(database, saved(tmp_path, loans(GOOD, row)))
    refused(brought, (3, LOAN_HEADER[place], code))
    value = brought.problems[0].value
    assert value is not None
    assert len(value) <= 101
    assert value.isprintable()


@pytest.mark.parametrize("cell", ["31.02.2026", "01.01.1800", "31.12.9999"])
def test_an_impossible_day_is_named(database: Database, tmp_path: Path, cell: str) -> None:
    text = table((*LOAN_HEADER, "issued"), (*GOOD, "01.02.2026"), (*OTHER, cell))
    brought = bring_in(database, saved(tmp_path, text), LOAN_MAPPING | {"issued_on": {"column": "issued"}})
    assert [found[:2] for found in brought.places] == [(3, "issued")]
    assert brought.problems[0].code in ("day.impossible", "day.year")
    assert held(database) == (0, 0, 0)


def test_a_cell_longer_than_any_table_has_is_named(database: Database, tmp_path: Path) -> None:
    refused(
        bring_in(database, saved(tmp_path, loans(GOOD, ("L2", "z" * 200_000, "1", "1", "0")))), (3, None, "cell.long")
    )


def test_repeated_ids_are_named_with_the_row_they_repeat(database: Database, tmp_path: Path) -> None:
    brought = bring_in(database, saved(tmp_path, loans(GOOD, OTHER, GOOD, ("L1", "B1", "x", "1", "0"))))
    refused(brought, (4, "loan_id", "row.repeated"), (5, "principal", "amount"), (5, "loan_id", "row.repeated"))
    assert "2" in brought.problems[0].text["en"]
    assert brought.outcome.wrong == 2


def test_every_wrong_cell_is_told_at_once(database: Database, tmp_path: Path) -> None:
    brought = bring_in(database, saved(tmp_path, loans(("", "", "-1", "", "x"), GOOD)))
    refused(
        brought,
        (2, "loan_id", "cell.empty"),
        (2, "borrower_id", "cell.empty"),
        (2, "principal", "amount.negative"),
        (2, "balance", "cell.empty"),
        (2, "dpd", "number"),
    )
    assert brought.outcome.wrong == 1


def test_right_rows_alone_when_asked_for(database: Database, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(GOOD, ("L9", "B9", "x", "1", "0"), GOOD, OTHER))
    brought = bring_in(database, path, partial=True)
    assert brought.counts == ("done", 2, 0, 0, 2)
    assert brought.places == [(3, "principal", "amount"), (4, "loan_id", "row.repeated")]
    assert held(database) == (2, 2, 0)


def test_a_file_without_one_right_row_is_refused_even_then(database: Database, tmp_path: Path) -> None:
    brought = bring_in(database, saved(tmp_path, loans(("L9", "B9", "x", "1", "0"))), partial=True)
    refused(brought, (2, "principal", "amount"))


# -- headers ----------------------------------------------------------------------------------------------------


def test_three_hundred_columns_are_read(database: Database, tmp_path: Path) -> None:
    more = [f"column {number}" for number in range(295)]
    path = saved(tmp_path, table((*LOAN_HEADER, *more), (*GOOD, *more)))
    assert len(imports.look(path, file_name=path.name).columns) == 300
    assert bring_in(database, path).counts == ("done", 1, 0, 0, 0)


def test_columns_of_one_name_are_told_apart(database: Database, tmp_path: Path) -> None:
    path = saved(tmp_path, table((*LOAN_HEADER, "Balance", ""), (*GOOD, "70", "x")))
    look = imports.look(path, file_name=path.name)
    assert [column.name for column in look.columns][3:] == ["balance (D)", "dpd", "Balance (F)"]
    problems = imports.check_mapping("loans", look, LOAN_MAPPING)
    assert [(one.row, one.field, one.code) for one in problems] == [(1, "balance", "mapping.ambiguous")]
    assert "in the columns D, F" in problems[0].text.en
    assert "balance (D), Balance (F)" in problems[0].text.en
    with database.read() as session:
        proposed = imports.propose(session, "loans", look).mapping
    assert "balance" not in proposed
    assert imports.check_mapping("loans", look, proposed) == problems
    assert list(imports.doubts("loans", look, proposed)) == problems
    assert list(imports.doubts("loans", look, proposed | {"balance": {"column": "balance (D)"}})) == []
    brought = bring_in(database, path)
    refused(brought, (1, "balance", "mapping.ambiguous"))


def test_the_chosen_one_of_two_columns_is_read(database: Database, tmp_path: Path) -> None:
    path = saved(tmp_path, table((*LOAN_HEADER, "balance"), (*GOOD, "70")))
    bring_in(database, path, LOAN_MAPPING | {"balance": {"column": "balance (F)"}})
    assert loan_of(database, "L1").balance == 7_000


def test_a_column_without_a_name_is_called_by_its_letter(tmp_path: Path) -> None:
    look = imports.look(saved(tmp_path, table(("a", "", "c"), ("1", "2", "3"))), file_name="x.csv")
    assert [column.name for column in look.columns] == ["a", "(B)", "c"]
