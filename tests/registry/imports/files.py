"""Small files of loans and payments, and one call that brings a file in."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.models import Borrower, FileImport, ImportProblem, Loan, Payment
from scenario_engine.registry import imports

NOW = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 17)
ZONE = "Europe/Moscow"

LOAN_HEADER = ("loan_id", "borrower_id", "principal", "balance", "dpd")
LOAN_MAPPING: dict[str, Any] = {
    "external_id": {"column": "loan_id"},
    "borrower_id": {"column": "borrower_id"},
    "principal": {"column": "principal", "unit": "roubles"},
    "balance": {"column": "balance", "unit": "roubles"},
    "dpd": {"column": "dpd", "unit": "days"},
}
PAYMENT_HEADER = ("payment_id", "loan_id", "amount", "paid_on")
PAYMENT_MAPPING: dict[str, Any] = {
    "external_id": {"column": "payment_id"},
    "loan_id": {"column": "loan_id"},
    "amount": {"column": "amount"},
    "paid_at": {"column": "paid_on"},
}

#: row, column, code: where a problem is and what it is
Found = tuple[int, str | None, str]


def table(header: Sequence[Any], *rows: Sequence[Any], mark: str = ";", end: str = "\n", last_end: bool = True) -> str:
    """Text of a CSV file; the cells are written as they are."""
    lines = [mark.join(str(cell) for cell in row) for row in (header, *rows)]
    return end.join(lines) + (end if last_end else "")


def loans(*rows: Sequence[Any], **how: Any) -> str:
    """Text of a file of loans under `LOAN_HEADER`."""
    return table(LOAN_HEADER, *rows, **how)


def payments(*rows: Sequence[Any], **how: Any) -> str:
    """Text of a file of payments under `PAYMENT_HEADER`."""
    return table(PAYMENT_HEADER, *rows, **how)


def saved(folder: Path, content: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    """The content as a file of that folder."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def workbook(folder: Path, *rows: Sequence[Any], name: str = "file.xlsx", sheet: str = "Loans") -> Path:
    """A workbook with these rows on one sheet."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return saved(folder, held.getvalue(), name)


class Brought:
    """What came of bringing one file in."""

    def __init__(self, database: Database, import_id: int, outcome: imports.Outcome) -> None:
        self.database = database
        self.import_id = import_id
        self.outcome = outcome

    @property
    def counts(self) -> tuple[str, int, int, int, int]:
        """State; rows added, updated, unchanged, wrong."""
        end = self.outcome
        return end.state, end.added, end.updated, end.unchanged, end.wrong

    @property
    def row(self) -> FileImport:
        """The row that tells of it."""
        with self.database.read() as session:
            return session.get_one(FileImport, self.import_id)

    @property
    def problems(self) -> list[ImportProblem]:
        """Its problems in the order of the file."""
        with self.database.read() as session:
            wanted = select(ImportProblem).where(ImportProblem.import_id == self.import_id)
            return list(session.scalars(wanted.order_by(ImportProblem.row, ImportProblem.id)))

    @property
    def places(self) -> list[Found]:
        """Where each problem is, and its code."""
        return [(one.row, one.column, one.code) for one in self.problems]


def bring_in(
    database: Database,
    path: Path,
    mapping: Mapping[str, Any] | None = None,
    *,
    kind: str = "loans",
    dry_run: bool = False,
    partial: bool = False,
    now: datetime = NOW,
    today: date = TODAY,
    report: Callable[[int, int | None], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    react: Callable[[Any], object] | None = None,
    **how: Any,
) -> Brought:
    """Look at the file, start and run its import; `how` goes to `look`."""
    seen = imports.look(path, file_name=path.name, **how)
    chosen = mapping or (LOAN_MAPPING if kind == "loans" else PAYMENT_MAPPING)
    with database.write() as session:
        import_id = imports.start(
            session,
            kind=kind,
            file_name=path.name,
            file_hash="0" * 64,
            mapping=chosen,
            dry_run=dry_run,
            actor="maria",
            now=now,
        ).id
    outcome = imports.run(
        database,
        import_id,
        source=imports.FileRows(path=path, look=seen),
        mapping=chosen,
        partial=partial,
        time_zone=ZONE,
        today=today,
        now=now,
        report=report,
        cancelled=cancelled,
        react=react,
    )
    return Brought(database, import_id, outcome)


def held(database: Database) -> tuple[int, int, int]:
    """How many borrowers, loans and payments the registry holds."""
    with database.read() as session:
        first, second, third = (
            session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Borrower, Loan, Payment)
        )
    return first, second, third


def loan_of(database: Database, external_id: str) -> Loan:
    """The loan of that id."""
    with database.read() as session:
        return session.scalars(select(Loan).where(Loan.external_id == external_id)).one()


def borrower_of(database: Database, external_id: str) -> Borrower:
    """The borrower of that id."""
    with database.read() as session:
        return session.scalars(select(Borrower).where(Borrower.external_id == external_id)).one()
