"""What the law lets a lender charge, as dated data: one line a limit, with its source.

A loan is judged by the limits of the day on which it was made. A pack may know several regimes (the ordinary one, and
one for small short loans); terms are lawful when they fit one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scenario_engine.errors import NotFound
from scenario_engine.registry.lending.terms import LAW_ORDER
from scenario_engine.texts import Text

#: what is limited
MEASURES: Mapping[str, Text] = {
    "daily_rate": Text("interest a day", "проценты в день"),
    "charges": Text("all charges, of the principal", "все начисления, от суммы займа"),
    "penalty_with_interest": Text(
        "penalty a year while interest runs on", "неустойка в год, пока начисляются проценты"
    ),
    "penalty_alone": Text("penalty a day once interest has stopped", "неустойка в день, если проценты не начисляются"),
}


@dataclass(frozen=True, kw_only=True)
class Cap:
    """One limit, for loans made from `valid_from` to `valid_to`, both included."""

    #: see MEASURES
    measure: str
    #: in millionths of the principal
    limit_ppm: int
    valid_from: date
    #: null: until further notice
    valid_to: date | None
    source: Text
    #: ordinary, or special: for loans of at most SPECIAL_PRINCIPAL and SPECIAL_DAYS
    regime: str = "ordinary"

    def holds(self, day: date) -> bool:
        """Whether it is in force for a loan made that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, kw_only=True)
class LoanCount:
    """How many dear loans a borrower may have at once, for loans made from `valid_from` to `valid_to`."""

    #: a loan is dear when its full cost is above this; thousandths of a per cent a year
    full_cost_above: int
    #: with the new one
    most: int
    #: days between the end of one and the issue of the next
    pause_days: int
    valid_from: date
    valid_to: date | None
    source: Text


@dataclass(frozen=True, kw_only=True)
class Holidays:
    """Credit holidays: how long, once a ground, and for loans of what principal."""

    months: int
    #: kopecks
    principal_most: int
    source: Text


@dataclass(frozen=True, kw_only=True)
class Pack:
    """The rules of a jurisdiction."""

    key: str
    title: Text
    caps: tuple[Cap, ...]
    counts: tuple[LoanCount, ...]
    #: the order of allocation that the law prescribes; null: the product's affair
    order: tuple[str, ...] | None
    order_source: Text | None
    #: whose public holidays move due days; null: weekends only
    country: str | None
    #: null: what the parties agree
    holidays: Holidays | None = None

    def caps_on(self, day: date, regime: str = "ordinary") -> dict[str, Cap]:
        """The limits for loans made that day, by measure."""
        return {cap.measure: cap for cap in self.caps if cap.regime == regime and cap.holds(day)}

    def count_on(self, day: date) -> LoanCount | None:
        """The limit on the number of loans for one that is made that day."""
        return next(
            (
                rule
                for rule in self.counts
                if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)
            ),
            None,
        )

    def changes_after(self, day: date) -> list[date]:
        """The later days on which a limit changes, in order."""
        return sorted({cap.valid_from for cap in self.caps if cap.valid_from > day})


#: kopecks and days of the special regime
SPECIAL_PRINCIPAL = 1_000_000
SPECIAL_DAYS = 15

_554 = Text("554-FZ of 27.12.2018", "554-ФЗ от 27.12.2018")
_467 = Text("467-FZ of 29.12.2022", "467-ФЗ от 29.12.2022")
_PRESS = Text("kommersant.ru/doc/8335474", "kommersant.ru/doc/8335474")
_SPECIAL = Text("353-FZ, art. 6.2", "353-ФЗ, ст. 6.2")


def _part(number: int, *more: Text) -> Text:
    """A part of article 5 of 353-ФЗ, and the laws that set the figure."""
    return Text(
        "; ".join((f"353-FZ, art. 5, part {number}", *(each.en for each in more))),
        "; ".join((f"353-ФЗ, ст. 5, ч. {number}", *(each.ru for each in more))),
    )


RUSSIA = Pack(
    key="ru-353",
    title=Text("Russia, consumer loans (353-FZ)", "Россия, потребительские займы (353-ФЗ)"),
    caps=(
        Cap(measure="daily_rate", limit_ppm=15_000, valid_from=date(2019, 1, 28), valid_to=date(2019, 6, 30),
            source=_554),
        Cap(measure="daily_rate", limit_ppm=10_000, valid_from=date(2019, 7, 1), valid_to=date(2023, 6, 30),
            source=_part(23, _554)),
        Cap(measure="daily_rate", limit_ppm=8_000, valid_from=date(2023, 7, 1), valid_to=None,
            source=_part(23, _467)),
        Cap(measure="charges", limit_ppm=2_500_000, valid_from=date(2019, 1, 28), valid_to=date(2019, 6, 30),
            source=_554),
        Cap(measure="charges", limit_ppm=2_000_000, valid_from=date(2019, 7, 1), valid_to=date(2019, 12, 31),
            source=_554),
        Cap(measure="charges", limit_ppm=1_500_000, valid_from=date(2020, 1, 1), valid_to=date(2023, 6, 30),
            source=_part(24, _554)),
        Cap(measure="charges", limit_ppm=1_300_000, valid_from=date(2023, 7, 1), valid_to=date(2026, 3, 31),
            source=_part(24, _467)),
        Cap(measure="charges", limit_ppm=1_000_000, valid_from=date(2026, 4, 1), valid_to=None,
            source=_part(24, _PRESS)),
        Cap(measure="penalty_with_interest", limit_ppm=200_000, valid_from=date(2014, 7, 1), valid_to=None,
            source=_part(21)),
        Cap(measure="penalty_alone", limit_ppm=1_000, valid_from=date(2014, 7, 1), valid_to=None, source=_part(21)),
        Cap(measure="daily_rate", limit_ppm=10_000, valid_from=date(2023, 7, 1), valid_to=None, source=_SPECIAL,
            regime="special"),
        Cap(measure="charges", limit_ppm=150_000, valid_from=date(2023, 7, 1), valid_to=None, source=_SPECIAL,
            regime="special"),
    ),
    counts=(
        LoanCount(full_cost_above=200_000, most=2, pause_days=0, valid_from=date(2026, 10, 1),
                  valid_to=date(2027, 3, 31), source=_PRESS),
        LoanCount(full_cost_above=100_000, most=1, pause_days=3, valid_from=date(2027, 4, 1), valid_to=None,
                  source=_PRESS),
    ),
    order=LAW_ORDER,
    order_source=_part(20),
    country="RU",
    holidays=Holidays(months=6, principal_most=45_000_000, source=Text("eg-online.ru/news/478192",
                                                                       "eg-online.ru/news/478192")),
)  # fmt: skip
NEUTRAL = Pack(
    key="neutral",
    title=Text("No law: business loans and others", "Без закона: займы бизнесу и прочие"),
    caps=(),
    counts=(),
    order=None,
    order_source=None,
    country=None,
)
PACKS: Sequence[Pack] = (RUSSIA, NEUTRAL)


def pack_of(key: str) -> Pack:
    """The pack of that key; `NotFound` for an unknown one."""
    for pack in PACKS:
        if pack.key == key:
            return pack
    raise NotFound(
        Text("There is no rule pack “{key}” for loans.", "Нет набора правил «{key}» для займов.").format(key=key),
        code="policy.unknown",
    )
