"""Slices of a version's numbers: one arm of a split, those held out, repeat borrowers, a product, a district.

Counts of a slice are read from `path_counts`; what is rare (payments, cases set aside, totals) is read from its own
table with the same conditions over loan and borrower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from scenario_engine.engine.cohorts import HELD, Lots, lots_of
from scenario_engine.errors import Invalid
from scenario_engine.models import Borrower, Case, Cohort, Loan, Product, Version
from scenario_engine.registry.districts import REGIONS, TITLES
from scenario_engine.texts import Text

_REPEAT = {"yes": Text("repeat borrowers", "повторные заёмщики"), "no": Text("new borrowers", "новые заёмщики")}


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Whom numbers are about; nothing chosen means everybody."""

    #: ``n2:a`` — the arm of a split, or ``@holdout``
    arm: str | None = None
    #: ``yes``: repeat borrowers, ``no``: new ones
    repeat: str | None = None
    product: str | None = None
    district: str | None = None

    def __bool__(self) -> bool:
        """Something is chosen."""
        return any((self.arm, self.repeat, self.product, self.district))


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """A slice as SQL."""

    #: over `Cohort`
    cohorts: ColumnElement[bool]
    #: over `Loan` and `Borrower`
    people: ColumnElement[bool]

    def cases(self, version_id: int) -> Any:
        """Ids of the version's cases in the slice."""
        return (
            select(Case.id)
            .join(Loan, Loan.id == Case.loan_id)
            .join(Borrower, Borrower.id == Loan.borrower_id)
            .where(Case.version_id == version_id, self.people)
        )


def conditions_of(session: Session, version: Version, chosen: Slice) -> Conditions:
    """The slice's conditions; `Invalid` for an arm, product or district that is not there."""
    cohorts: list[ColumnElement[bool]] = []
    people: list[ColumnElement[bool]] = []
    if chosen.arm:
        cohorts.append(Cohort.arms.contains(f";{chosen.arm};", autoescape=True))
        people.append(_arm(lots_of(session, version), chosen.arm))
    if chosen.repeat:
        if chosen.repeat not in _REPEAT:
            raise _unknown()
        cohorts.append(Cohort.repeat.is_(chosen.repeat == "yes"))
        people.append(Loan.ordinal > 1 if chosen.repeat == "yes" else Loan.ordinal == 1)
    if chosen.product:
        product = session.scalar(select(Product.id).where(Product.code == chosen.product))
        if product is None:
            raise _unknown()
        cohorts.append(Cohort.product_id == product)
        people.append(Loan.product_id == product)
    if chosen.district:
        if chosen.district not in REGIONS:
            raise _unknown()
        cohorts.append(Cohort.district == chosen.district)
        people.append(Borrower.region.in_(REGIONS[chosen.district]))
    return Conditions(cohorts=and_(True, *cohorts), people=and_(True, *people))


def _arm(lots: Lots, arm: str) -> ColumnElement[bool]:
    lot: ColumnElement[int] = Borrower.__table__.c.lot
    if arm == HELD and lots.holdout_percent:
        return lots.held(lot)
    node, _, key = arm.partition(":")
    for split in lots.splits:
        for found in split.arms:
            if (split.node, found.key) == (node, key):
                drawn = lots.drawn(split, lot)
                chosen = and_(drawn >= found.low, drawn < found.high)
                return and_(chosen, ~lots.held(lot)) if lots.holdout_percent else chosen
    raise _unknown()


def _unknown() -> Invalid:
    return Invalid(
        Text("These numbers cannot be read so: choose again.", "Такого разреза нет: выберите заново."), code="slice"
    )


def choices(session: Session, version: Version, language: str) -> dict[str, Any]:
    """What the numbers of a version can be read by: its arms, and the segments that its cohorts have."""
    lots = lots_of(session, version)
    arms = [
        {"key": f"{split.node}:{arm.key}", "title": arm.title.say(language), "of": split.label, "holdout": arm.holdout}
        for split in lots.splits
        for arm in split.arms
    ]
    if lots.holdout_percent:
        left_alone = Text("left alone", "не трогаем").say(language)
        arms.append({"key": HELD, "title": left_alone, "of": "", "holdout": True})
    mine = Cohort.version_id == version.id
    products = session.execute(
        select(Product.code, Product.name)
        .where(Product.id.in_(select(Cohort.product_id).where(mine)))
        .order_by(Product.name)
    )
    districts = set(session.scalars(select(Cohort.district).where(mine).distinct()))
    segments = [
        {
            "key": "repeat",
            "title": Text("Borrower", "Заёмщик").say(language),
            "values": [{"key": key, "title": title.say(language)} for key, title in _REPEAT.items()],
        },
        {
            "key": "product",
            "title": Text("Product", "Продукт").say(language),
            "values": [{"key": code, "title": name} for code, name in products],
        },
        {
            "key": "district",
            "title": Text("District", "Округ").say(language),
            "values": [{"key": key, "title": TITLES[key].say(language)} for key in TITLES if key in districts],
        },
    ]
    return {"arms": arms, "segments": [segment for segment in segments if segment["values"]]}
