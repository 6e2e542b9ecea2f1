"""XLSX: what a sheet holds is read, and what no honest workbook holds is refused."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart

from scenario_engine.database import Database
from scenario_engine.errors import Invalid
from scenario_engine.registry import imports
from scenario_engine.registry.imports import workbook as subject
from tests.registry.imports.files import LOAN_HEADER, LOAN_MAPPING, bring_in, held, loan_of, saved, workbook
from tests.registry.imports.test_bad_files import refusal, refused

GOOD = (1001, "B1", 100.5, 50, 0)
OTHER = (1002, "B2", 100.5, 50, 0)


def rewritten(path: Path, change: dict[str, bytes | None]) -> Path:
    """The workbook with parts replaced, added or (None) taken out."""
    held = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *change}:
            content = change[name] if name in change else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return saved(path.parent, held.getvalue(), path.name)


def test_a_workbook_is_brought_in(database: Database, tmp_path: Path) -> None:
    day = datetime(2026, 2, 1)  # type: ignore[arg-type]  # noqa: DTZ001
    path = workbook(tmp_path, (*LOAN_HEADER, "issued"), (*GOOD, day), (), (*OTHER, "01.02.2026"))
    look = imports.look(path, file_name="misnamed.csv")
    assert (look.format, look.sheet, look.sheets, look.encoding) == ("xlsx", "Loans", ("Loans",), None)
    assert look.columns[0].samples[:1] == ("1001",)
    mapping = LOAN_MAPPING | {"issued_on": {"column": "issued"}}
    brought = bring_in(database, path, mapping)
    assert brought.counts == ("done", 2, 0, 0, 0)
    assert (loan_of(database, "1001").principal, loan_of(database, "1001").issued_on) == (10_050, date(2026, 2, 1))
    assert bring_in(database, path, mapping).counts == ("done", 0, 0, 2, 0)


def test_the_sheet_may_be_chosen(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "Notes"
    book.create_sheet("Март").append(["id", "долг"])
    book.create_chartsheet("Chart").add_chart(BarChart())
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert imports.look(path, file_name="book.xlsx").sheet == "Март"
    assert imports.look(path, file_name="book.xlsx", sheet="Март").sheets == ("Notes", "Март", "Chart")
    assert refusal(path, sheet="Апрель") == "file.sheet"
    assert refusal(path, sheet="Notes") == refusal(path, sheet="Chart") == "file.empty"


def test_a_header_below_an_empty_row_keeps_the_row_numbers(database: Database, tmp_path: Path) -> None:
    path = workbook(tmp_path, (), LOAN_HEADER, GOOD, ("L2", "B2", "x", 1, 0))
    assert imports.look(path, file_name="x.xlsx").header_row == 2
    refused(bring_in(database, path), (4, "principal", "amount"))


def test_formulas_and_error_values_are_named(database: Database, tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        LOAN_HEADER,
        GOOD,
        ("L2", "B2", "=C2*2", 1, 0),
        ("L3", "B3", 1, "#REF!", 0),
        ("=HYPERLINK(1)", "B4", 1, 1, 0),
    )
    refused(
        bring_in(database, path),
        (3, "principal", "cell.formula"),
        (4, "balance", "cell.error"),
        (5, "loan_id", "cell.formula"),
    )


def test_a_formula_beside_the_columns_that_are_read_does_no_harm(database: Database, tmp_path: Path) -> None:
    path = workbook(tmp_path, (*LOAN_HEADER, "check"), (*GOOD, "=C2*2"))
    assert bring_in(database, path).counts == ("done", 1, 0, 0, 0)


def test_a_day_no_calendar_has_is_named(database: Database, tmp_path: Path) -> None:
    path = workbook(tmp_path, (*LOAN_HEADER, "issued"), (*GOOD, date(2026, 2, 1)), (*OTHER, date(2026, 2, 2)))
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert b"<v>46055</v>" in sheet
    path = rewritten(path, {"xl/worksheets/sheet1.xml": sheet.replace(b"<v>46055</v>", b"<v>99999999</v>")})
    brought = bring_in(database, path, LOAN_MAPPING | {"issued_on": {"column": "issued"}})
    refused(brought, (3, "issued", "cell.error"))


def test_a_value_beside_the_table_is_named(database: Database, tmp_path: Path) -> None:
    refused(bring_in(database, workbook(tmp_path, LOAN_HEADER, GOOD, (*OTHER, None, "?"))), (3, None, "row.width"))


def test_short_rows_are_rows_with_empty_cells(database: Database, tmp_path: Path) -> None:
    refused(bring_in(database, workbook(tmp_path, LOAN_HEADER, GOOD, ("L2", "B2", 1))), (3, "balance", "cell.empty"))


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(workbook(tmp_path)) == "file.empty"


def test_a_header_alone_is_refused(database: Database, tmp_path: Path) -> None:
    refused(bring_in(database, workbook(tmp_path, LOAN_HEADER)))


def test_a_cut_workbook_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path, LOAN_HEADER, GOOD).read_bytes()
    assert refusal(saved(tmp_path, whole[: len(whole) // 2], "cut.xlsx")) == "file.corrupt"


def test_damage_in_the_middle_is_refused_with_the_row_it_was_met_at(database: Database, tmp_path: Path) -> None:
    path = workbook(tmp_path, LOAN_HEADER, *[(f"L{number}", "B", 1, 1, 0) for number in range(2_000)])
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    path = rewritten(path, {"xl/worksheets/sheet1.xml": sheet[: len(sheet) // 2]})
    brought = bring_in(database, path)
    assert brought.outcome.state == "refused"
    assert [(column, code) for _row, column, code in brought.places] == [(None, "file.corrupt")]
    assert 900 < brought.places[0][0] < 1_100
    assert held(database) == (0, 0, 0)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]
)
def test_a_part_that_is_no_xml_is_refused(tmp_path: Path, part: str) -> None:
    assert refusal(rewritten(workbook(tmp_path, LOAN_HEADER, GOOD), {part: b"<oops"})) == "file.corrupt"


def test_another_kind_of_archive_is_refused(tmp_path: Path) -> None:
    path = rewritten(workbook(tmp_path, LOAN_HEADER), {"[Content_Types].xml": None})
    assert refusal(path) == "file.not_workbook"


def test_a_locked_workbook_is_refused(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4_096
    assert refusal(saved(tmp_path, ole, "locked.xlsx")) == "file.locked"
    path = workbook(tmp_path, LOAN_HEADER)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")  # the list of contents: flags stand at its ninth byte
    struct.pack_into("<H", content, at + 8, 1)
    assert refusal(saved(tmp_path, bytes(content), "zip.xlsx")) == "file.locked"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path, LOAN_HEADER, GOOD)
    bomb = rewritten(path, {"xl/worksheets/sheet1.xml": b" " * 30_000_000})
    assert bomb.stat().st_size < 100_000
    assert refusal(bomb) == "file.too_big"


def test_more_than_memory_holds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path, LOAN_HEADER, GOOD)
    monkeypatch.setattr(subject, "MAX_HELD", 100)
    assert refusal(path) == "file.too_big"
    monkeypatch.setattr(subject, "MAX_HELD", 10**9)
    monkeypatch.setattr(subject, "MAX_UNPACKED", 100)
    assert refusal(path) == "file.too_big"


def test_entities_are_not_unfolded(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = f'<!DOCTYPE x [<!ENTITY l0 "{"ha" * 50}">{levels}]><worksheet><sheetData><row r="1"><c r="A1" t="str">'
    sheet += "<v>&l9;</v></c></row></sheetData></worksheet>"
    path = rewritten(workbook(tmp_path, LOAN_HEADER), {"xl/worksheets/sheet1.xml": sheet.encode()})
    with pytest.raises(Invalid) as caught:
        imports.look(path, file_name="x.xlsx")
    assert caught.value.code in ("file.corrupt", "file.too_big", "file.empty")


def test_a_sheet_with_more_rows_than_spreadsheets_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, LOAN_HEADER, GOOD, GOOD)
    look = imports.look(path, file_name=path.name)
    assert len(list(imports.FileRows(path=path, look=look).rows())) == 2
    monkeypatch.setattr(subject, "MAX_ROWS", 2)
    with pytest.raises(Invalid) as caught:
        list(imports.FileRows(path=path, look=look).rows())
    assert (caught.value.code, caught.value.problems[0].row) == ("file.too_big", 3)
