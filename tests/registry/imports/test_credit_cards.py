"""The credit cards of a Taiwanese bank: real data, by the mapping file that stands beside this test.

The file itself is not part of the project. A small one of the same form is always brought in; the real one too where
it is there (`KASKAD_CREDIT_CARDS`, else ``../shared/data`` beside the repository).
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.models import Borrower, Loan, Product
from tests.cli.terminal import Terminal
from tests.registry.imports.files import bring_in, saved, table

MAPPING = Path(__file__).with_name("credit_cards.mapping.json")
REAL = Path(
    os.environ.get("KASKAD_CREDIT_CARDS")
    or Path(__file__).resolve().parents[4] / "shared" / "data" / "credit_cards_2005.csv"
)
HEADER = (
    "ID", "LIMIT_BAL", "SEX", "EDUCATION", "MARRIAGE", "AGE", "PAY_0", *(f"PAY_{n}" for n in range(2, 7)),
    *(f"BILL_AMT{n}" for n in range(1, 7)), *(f"PAY_AMT{n}" for n in range(1, 7)), "default.payment.next.month",
)  # fmt: skip
#: loans at 1…8 months overdue, as the file's own description counts them
REAL_COUNTS = {1: 3_688, 2: 2_667, 3: 322, 4: 76, 5: 26, 6: 11, 7: 9, 8: 19}


@dataclass(frozen=True)
class Source:
    """A file of credit cards, and what must come of it."""

    path: Path
    cards: int
    late: dict[int, int]


def small_file(folder: Path) -> Source:
    """Invented cards of the same form: every status, and a balance below 0."""
    rows = []
    for number, status in enumerate([-2, -1, 0, *range(1, 9), 1, 1, 2], start=1):
        bills = (3_913 * number if status else -500, *([100] * 5))
        rows.append((number, 20_000 * number, 2, 2, 1, 24, status, *([0] * 5), *bills, *([0] * 6), 1))
    late = Counter(range(1, 9)) + Counter({1: 2, 2: 1})
    return Source(saved(folder, table(HEADER, *rows, mark=",")), len(rows), dict(late))


@pytest.fixture(params=["small", *(["real"] if REAL.exists() else [])])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """The small file, and the real one where it is there."""
    return small_file(tmp_path) if request.param == "small" else Source(REAL, 30_000, REAL_COUNTS)


def test_the_cards_are_brought_in_as_the_bank_tells_of_them(database: Database, source: Source) -> None:
    mapping = json.loads(MAPPING.read_text(encoding="utf-8"))
    assert bring_in(database, source.path, mapping).counts == ("done", source.cards, 0, 0, 0)
    with source.path.open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    with database.read() as session:
        late = session.execute(select(Loan.dpd, func.count()).where(Loan.dpd > 0).group_by(Loan.dpd)).all()
        assert {dpd / 30: count for dpd, count in late} == source.late
        assert session.scalar(select(func.count()).select_from(Borrower)) == source.cards
        assert session.scalar(select(func.sum(Loan.principal))) == 100 * sum(int(row["LIMIT_BAL"]) for row in told)
        balances = 100 * sum(max(0, int(row["BILL_AMT1"])) for row in told)
        assert session.scalar(select(func.sum(Loan.balance))) == balances
        assert set(session.scalars(select(Loan.servicing).distinct())) == {"core"}
        assert session.execute(select(Product.code, Product.kind)).all() == [("credit_card", "revolving")]
    assert bring_in(database, source.path, mapping).counts == ("done", 0, 0, source.cards, 0)


def test_the_command_brings_them_in(source: Source, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "kaskad.db", tmp_path)
    terminal.done("init")
    answer = terminal.done("import", str(source.path), "--mapping", str(MAPPING), "--json").json
    assert (answer["state"], answer["added"], answer["wrong"]) == ("done", source.cards, 0)
