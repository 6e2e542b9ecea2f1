"""The card portfolio that the journey is made with: the real one beside the repository, else an invented one."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from random import Random

TOP = Path(__file__).resolve().parents[2]
REAL = TOP.parent / "shared" / "data" / "credit_cards_2005.csv"
MAPPING = TOP / "tests" / "registry" / "imports" / "credit_cards.mapping.json"
#: loans at 1…8 months overdue in the real file
REAL_COUNTS = {1: 3688, 2: 2667, 3: 322, 4: 76, 5: 26, 6: 11, 7: 9, 8: 19}
INVENTED = 3_000


def write_portfolio(folder: Path) -> tuple[Path, Path, Counter[int]]:
    """A file of cards with an invented phone for every second person, its mapping, and the loans at each number of
    months overdue.
    """
    rows = _real() if REAL.is_file() else _invented()
    months = Counter(int(row["PAY_0"]) for row in rows if int(row["PAY_0"]) > 0)
    for number, row in enumerate(rows, 1):
        row["PHONE"] = f"+7900{number:07d}" if number % 2 else ""
    file, mapping = folder / "cards.csv", folder / "cards.mapping.json"
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    columns = json.loads(MAPPING.read_text(encoding="utf-8")) | {"phone": {"column": "PHONE"}}
    mapping.write_text(json.dumps(columns), encoding="utf-8")
    return file, mapping, months


def _real() -> list[dict[str, str]]:
    with REAL.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _invented() -> list[dict[str, str]]:
    lot = Random(2005)
    months = lot.choices((-2, -1, 0, 1, 2, 3, 4, 8), weights=(9, 19, 45, 12, 9, 3, 2, 1), k=INVENTED)
    return [
        {
            "ID": str(number),
            "LIMIT_BAL": str(lot.randrange(1, 50) * 10_000),
            "PAY_0": str(late),
            "BILL_AMT1": str(lot.randrange(500, 90_000) if late > 0 else lot.randrange(-200, 90_000)),
        }
        for number, late in enumerate(months, 1)
    ]
