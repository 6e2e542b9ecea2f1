"""What a cell says becomes a value, or a reason why not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from scenario_engine.registry.imports.cell import BadCell, Surroundings
from scenario_engine.registry.imports.cells import reader
from scenario_engine.registry.imports.regions import ZONES, region_of
from scenario_engine.registry.imports.targets import TARGETS, targets_of

AROUND = Surroundings(time_zone="Europe/Moscow", today=date(2026, 3, 17), now=datetime(2026, 3, 17, 9, tzinfo=UTC))
TARGET = {**targets_of("loans"), "paid": targets_of("payments")["amount"], "paid_at": targets_of("payments")["paid_at"]}


def read(key: str, cell: Any, **options: Any) -> Any:
    """The value of a cell for that target, or the code of what is wrong with it."""
    try:
        return reader(TARGET[key], options, AROUND)(cell)
    except BadCell as error:
        bad = error
    assert bad.text.en != bad.text.ru
    assert "{" not in bad.text.en + bad.text.ru
    return bad.code


def typed(*parts: int) -> datetime:
    """A moment as a workbook holds it: without a time zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("cell", "kopecks"),
    [
        ("1234", 123_400),
        ("1 234,56", 123_456),
        ("1\u00a0234,56", 123_456),
        ("1\u202f234,5", 123_450),
        ("1,234.56", 123_456),
        ("1.234,56", 123_456),
        ("1234.5", 123_450),
        ("1'234'567.89", 123_456_789),
        ("1,234,567", 123_456_700),
        ("1.234.567", 123_456_700),
        ("1.234.567,8", 123_456_780),
        ("12,5", 1_250),
        ("1234.5000", 123_450),
        ("+7", 700),
        ("500 ₽", 50_000),
        ("500,10 руб.", 50_010),
        ("0", 0),
        ("", None),
        ("   ", None),
        (None, None),
        (1234, 123_400),
        (1234.56, 123_456),
        (0.1 + 0.2, 30),
        (1e12, 10**14),
        ("1000000000000", 10**14),
        ("1,234", "amount.doubtful"),
        ("1.234", "amount.doubtful"),
        ("0.125", "amount.fraction"),
        ("1234.567", "amount.fraction"),
        ("1,23,4", "amount"),
        ("12,34.56", "amount"),
        ("1.2.3", "amount"),
        ("12abc", "amount"),
        ("1E9", "amount"),
        ("NaN", "amount"),
        ("Infinity", "amount"),
        ("٣", "amount"),
        ("-", "amount"),
        (",", "amount"),
        (True, "amount"),
        (date(2026, 1, 1), "amount"),
        (float("nan"), "amount"),
        (float("inf"), "amount"),
        (0.001, "amount.fraction"),
        ("-5", "amount.negative"),
        ("\u2212" + "5,00", "amount.negative"),
        ("(5)", "amount.negative"),
        (-5, "amount.negative"),
        ("1000000000000.01", "amount.large"),
        ("9" * 40, "amount.large"),
        (1e300, "amount.large"),
        ("92233720368547758.08", "amount.large"),
        ("=CMD|'/C calc'!A0", "cell.formula"),
        ("=1+1", "cell.formula"),
        ("@SUM(A1)", "amount"),
    ],
)
def test_amounts(cell: Any, kopecks: Any) -> None:
    assert read("balance", cell) == kopecks


def test_options_of_amounts() -> None:
    assert read("balance", "1234", unit="kopecks") == 1_234
    assert read("balance", "12.5", unit="kopecks") == "amount.fraction"
    assert read("balance", "1,234", decimal=".") == 123_400
    assert read("balance", "1,234", decimal=",") == "amount.fraction"
    assert read("balance", "1.234", decimal=",") == 123_400
    assert read("balance", "-5", negative="zero") == 0
    assert read("balance", "нет", values={"нет": 0, "-": None}) == 0
    assert read("balance", "-", values={"нет": 0, "-": None}) is None
    assert read("balance", 3.0, values={"3": "7"}) == 700
    assert read("paid", "0") == "amount.zero"
    assert read("paid", "10000000000") == 10**12
    assert read("paid", "10000000000.01") == "amount.large"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("01.03.2026", date(2026, 3, 1)),
        ("1/3/2026", date(2026, 3, 1)),
        ("2026/3/1", date(2026, 3, 1)),
        ("01.03.2026 0:00:00", date(2026, 3, 1)),
        ("2026-03-01T10:00:00+03:00", date(2026, 3, 1)),
        (typed(2026, 3, 1, 10), date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 3, 1)),
        ("29.02.2024", date(2024, 2, 29)),
        ("", None),
        ("31.02.2026", "day.impossible"),
        ("29.02.2026", "day.impossible"),
        ("2026-13-01", "day.impossible"),
        ("00.00.2026", "day.impossible"),
        ("01.01.1800", "day.year"),
        ("9999-12-31", "day.year"),
        ("0000-01-01", "day.year"),
        (typed(9999, 12, 31), "day.year"),
        ("01.03.26", "day"),
        ("45000", "day"),
        (45000, "day"),
        ("tomorrow", "day"),
        ("01.03.2026 vs", "day"),
        ("=TODAY()", "cell.formula"),
    ],
)
def test_days(cell: Any, day: Any) -> None:
    assert read("issued_on", cell) == day


def test_days_that_must_have_come_already() -> None:
    assert read("overdue_since", "17.03.2026") == date(2026, 3, 17)
    assert read("overdue_since", "18.03.2026") == "day.future"
    assert read("next_due_on", "18.03.2026") == date(2026, 3, 18)
    assert read("issued_on", "03/01/2026", order="MDY") == date(2026, 3, 1)
    assert read("issued_on", "13/01/2026", order="MDY") == "day.impossible"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-01T10:30:00+05:00", datetime(2026, 3, 1, 5, 30, tzinfo=UTC)),
        ("2026-03-01 10:30:15.25Z", datetime(2026, 3, 1, 10, 30, 15, 250_000, tzinfo=UTC)),
        ("01.03.2026 10:30", datetime(2026, 3, 1, 7, 30, tzinfo=UTC)),
        ("01.03.2026", datetime(2026, 3, 1, 20, 59, 59, tzinfo=UTC)),
        ("01.03.2026 0:00:00", datetime(2026, 3, 1, 20, 59, 59, tzinfo=UTC)),
        (typed(2026, 3, 1), datetime(2026, 3, 1, 20, 59, 59, tzinfo=UTC)),
        (typed(2026, 3, 1, 10, 30), datetime(2026, 3, 1, 7, 30, tzinfo=UTC)),
        ("17.03.2026", AROUND.now),
        ("18.03.2026", "day.future"),
        ("17.03.2026 12:01", "day.future"),
        ("01.03.2026 25:00", "day.impossible"),
        ("2026-03-01T10:00:00+99:00", "day.impossible"),
        ("10:30", "day"),
    ],
)
def test_moments(cell: Any, moment: Any) -> None:
    assert read("paid_at", cell) == moment


@pytest.mark.parametrize(
    ("key", "cell", "value"),
    [
        ("external_id", " 00123 ", "00123"),
        ("external_id", 123, "123"),
        ("external_id", 123.0, "123"),
        ("external_id", 12.5, "id.type"),
        ("external_id", 1e16, "id.rounded"),
        ("external_id", "1,23457E+15", "id.rounded"),
        ("external_id", "x" * 64, "x" * 64),
        ("external_id", "x" * 65, "text.long"),
        ("external_id", typed(2026, 1, 1), "id.type"),
        ("full_name", "Выдумкин\n Иван", "Выдумкин Иван"),
        ("full_name", "a\x00b", "cell.control"),
        ("full_name", chr(0xDCD1), "cell.encoding"),
        ("full_name", "\ufffd", "cell.encoding"),
        ("full_name", "x" * 251, "text.long"),
        ("full_name", "x" * 40_000, "cell.long"),
        ("phone", "8 (900) 111-22-33", "+79001112233"),
        ("phone", 79001112233, "+79001112233"),
        ("phone", 9001112233.0, "+79001112233"),
        ("phone", "+44 20 7946 0018", "+442079460018"),
        ("phone", "12", "phone"),
        ("phone", "нет", "phone"),
        ("email", "a@example.invalid", "a@example.invalid"),
        ("email", "a@b", "email"),
        ("region", "ru-sve", "RU-SVE"),
        ("region", "МОСКВА г.", "RU-MOW"),
        ("region", "Атлантида", "region.unknown"),
        ("state", "Закрыт", "closed"),
        ("state", "fine", "choice.unknown"),
        ("dpd", "30", 30),
        ("dpd", 30.0, 30),
        ("dpd", "30,0", 30),
        ("dpd", "3.5", "number"),
        ("dpd", 3.5, "number.whole"),
        ("dpd", "-1", "number.negative"),
        ("dpd", "36501", "number.large"),
        ("dpd", "9" * 30, "number"),
        ("dpd", float("inf"), "number.whole"),
        ("risk_score", 1000, 1000),
        ("risk_score", 1001, "number.large"),
    ],
)
def test_other_cells(key: str, cell: Any, value: Any) -> None:
    assert read(key, cell) == value


@pytest.mark.parametrize("key", sorted(TARGET))
def test_a_formula_is_no_value_anywhere(key: str) -> None:
    assert read(key, "=CMD|'/C calc'!A0") == "cell.formula"


def test_every_region_is_found_by_name_and_lies_in_a_zone() -> None:
    names = {
        "Республика Саха (Якутия)": "RU-SA", "Ханты-Мансийский автономный округ — Югра": "RU-KHM",
        "Кемеровская область - Кузбасс": "RU-KEM", "г. Санкт-Петербург": "RU-SPE", "Алтайский край": "RU-ALT",
        "Республика Алтай": "RU-AL", "Московская обл": "RU-MOS", "Чувашская Республика": "RU-CU",
        "Еврейская автономная область": "RU-YEV", "SVE": "RU-SVE",
    }  # fmt: skip
    assert {name: region_of(name) for name in names} == names
    assert len(ZONES) == 83
    instant = AROUND.now
    for zone in ZONES.values():
        assert reader(TARGET["paid_at"], {}, Surroundings(time_zone=zone, today=AROUND.today, now=instant))("1.3.2026")


def test_every_target_says_what_it_is_in_both_languages() -> None:
    for kind in TARGETS.values():
        for target in kind:
            assert all((*target.title, *target.help))
