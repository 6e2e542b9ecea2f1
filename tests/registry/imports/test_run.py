"""An import on its way: progress that others see, an end on request, one transaction, memory within bounds."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, NotFound
from scenario_engine.models import FileImport, ImportProblem, Loan
from scenario_engine.registry import imports
from scenario_engine.registry.imports import outcome as outcome_module
from scenario_engine.registry.imports import process
from tests.registry.imports.files import LOAN_HEADER, LOAN_MAPPING, NOW, TODAY, ZONE, bring_in, held, loans, saved

GOOD = ("L1", "B1", "100", "50", "0")


def rows(count: int) -> list[tuple[str, str, str, str, str]]:
    return [(f"L{number}", f"B{number // 2}", "100", "50", "0") for number in range(count)]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rows at a time."""
    monkeypatch.setattr(process, "CHUNK", 10)


@pytest.mark.usefixtures("small_chunks")
def test_progress_is_told_and_seen_by_others(database: Database, tmp_path: Path) -> None:
    told: list[int] = []
    seen: list[tuple[str, int]] = []

    def report(done: int, _total: int | None) -> None:
        told.append(done)
        with database.read() as session:
            row = session.scalars(select(FileImport)).one()
            seen.append((row.state, row.rows_read))
            assert session.scalar(select(func.count()).select_from(Loan)) == 0

    brought = bring_in(database, saved(tmp_path, loans(*rows(25))), report=report)
    assert told == [10, 20, 25]
    assert seen == [("running", 0), ("running", 10), ("running", 20)]
    row = brought.row
    assert (row.state, row.rows_read, row.rows_total, row.rows_added, row.rows_wrong) == ("done", 25, 25, 25, 0)
    assert (row.started_at, row.finished_at, row.message, row.actor) == (NOW, NOW, None, "maria")


@pytest.mark.usefixtures("small_chunks")
def test_an_import_can_be_cancelled_while_it_reads(database: Database, tmp_path: Path) -> None:
    told: list[int] = []
    brought = bring_in(
        database,
        saved(tmp_path, loans(*rows(100))),
        report=lambda done, _total: told.append(done),
        cancelled=lambda: len(told) >= 3,
    )
    assert (brought.outcome.state, brought.row.state) == ("cancelled", "cancelled")
    assert told == [10, 20, 30]
    assert held(database) == (0, 0, 0)


def test_an_import_can_be_cancelled_after_its_rows_were_moved(database: Database, tmp_path: Path) -> None:
    asked: list[int] = []
    path = saved(tmp_path, loans(*rows(5)))
    bring_in(database, path, cancelled=lambda: asked.append(1) or False)  # type: ignore[func-returns-value]
    with database.write() as session:
        session.query(Loan).delete()
    again: list[int] = []

    def at_the_last_question() -> bool:
        again.append(1)
        return len(again) == len(asked)

    assert bring_in(database, path, cancelled=at_the_last_question).counts == ("cancelled", 0, 0, 0, 0)
    assert held(database)[1] == 0


def test_whatever_breaks_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    def broken(_session: object) -> None:
        raise RuntimeError("the engine broke")

    with pytest.raises(RuntimeError, match="the engine broke"):
        bring_in(database, saved(tmp_path, loans(*rows(5))), react=broken)
    assert held(database) == (0, 0, 0)
    with database.read() as session:
        row = session.scalars(select(FileImport)).one()
    assert row.state == "failed"
    assert row.message is not None
    assert row.finished_at == NOW
    assert bring_in(database, saved(tmp_path, loans(*rows(5)))).counts == ("done", 5, 0, 0, 0)


def test_the_staging_table_is_gone_afterwards(database: Database, tmp_path: Path) -> None:
    before = set(inspect(database.engine).get_table_names())
    bring_in(database, saved(tmp_path, loans(GOOD)))
    inspector = inspect(database.engine)
    assert set(inspector.get_table_names()) == before
    assert inspector.get_temp_table_names() == []


def test_an_import_runs_once(database: Database, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(GOOD))
    brought = bring_in(database, path)
    look = imports.look(path, file_name=path.name)
    for import_id, error in ((brought.import_id, Conflict), (brought.import_id + 1, NotFound)):
        with pytest.raises(error):
            imports.run(
                database,
                import_id,
                source=imports.FileRows(path=path, look=look),
                mapping=LOAN_MAPPING,
                time_zone=ZONE,
                today=TODAY,
                now=NOW,
            )


def test_problems_are_capped_and_counted(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome_module, "MAX_PROBLEMS", 7)
    wrong = [(f"L{number}", "B1", "x", "50", "0") for number in range(5)]
    repeated = [GOOD] * 10
    brought = bring_in(database, saved(tmp_path, loans(*wrong, *repeated)))
    assert brought.outcome.wrong == brought.row.rows_wrong == 14 + 1
    assert len(brought.problems) == 7


def test_the_list_of_problems_is_a_harmless_csv(database: Database, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(("L1", "B1", "=CMD|'/C calc'!A0", "@SUM(1)", "-1"), ("+1", "B1", "1", "1", "0")))
    mapping = LOAN_MAPPING | {"email": {"column": "loan_id"}}
    brought = bring_in(database, path, mapping)
    with database.read() as session:
        english = "".join(imports.problems_csv(session, brought.import_id, "en"))
        russian = "".join(imports.problems_csv(session, brought.import_id, "ru"))
        with pytest.raises(NotFound):
            imports.problems_csv(session, brought.import_id + 1, "en")
    lines = list(csv.reader(io.StringIO(english.removeprefix("\ufeff")), delimiter=";"))
    assert lines[0] == ["Row", "Column", "Value", "What is wrong", "Code"]
    assert [line[:3] for line in lines[1:]] == [
        ["2", "principal", "'=CMD|'/C calc'!A0"],
        ["2", "balance", "'@SUM(1)"],
        ["2", "dpd", "'-1"],
        ["2", "loan_id", "L1"],
        ["3", "loan_id", "'+1"],
    ]
    assert russian.startswith("\ufeffСтрока;Столбец;Значение")


def test_memory_does_not_grow_with_the_file(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times the rows must not take much more memory: Python holds one chunk, the rest is in the database."""
    monkeypatch.setattr(process, "CHUNK", 1_000)

    def peak(count: int, name: str) -> int:
        path = tmp_path / name
        with path.open("w", encoding="utf-8") as file:
            file.write(";".join(LOAN_HEADER) + "\n")
            for number in range(count):
                file.write(f"{name}{number};B{number};100;{number % 7},5;{number % 90}\n")
        tracemalloc.start()
        try:
            assert bring_in(sqlite_database, path).outcome.added == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small = peak(2_000, "a.csv")
    assert peak(8_000, "b.csv") < small * 1.3


def test_wrong_rows_do_not_fill_the_memory_either(sqlite_database: Database, tmp_path: Path) -> None:
    wrong = [(f"L{number}", "B1", "x", "50", "0") for number in range(12_000)]
    brought = bring_in(sqlite_database, saved(tmp_path, loans(*wrong)))
    assert brought.outcome.wrong == 12_000
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(ImportProblem)) == outcome_module.MAX_PROBLEMS
