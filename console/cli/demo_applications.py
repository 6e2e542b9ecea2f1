"""Applications of the demo, one in each state: filed, decided and issued by the product's own rules and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from console.cli.shell import Shell
from scenario_engine import applications
from scenario_engine.models import Borrower, Loan, Product
from scenario_engine.registry.days import local_day
from scenario_engine.registry.issue import Application

#: who hands in, and who decides what the rules leave to a person
_FILES, _DECIDES = "admin", "supervisor"


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What somebody asks for, and what people do then."""

    product: str
    #: kopecks
    principal: int
    term: int
    channel: str
    hours_ago: int
    #: see `_people`
    who: str
    #: per cent; null: as the newest loan has it
    debt_burden: int | None = None
    approved: bool | None = None
    note: str = ""
    proceeds: bool = False


_WISHES: tuple[_Wish, ...] = (
    _Wish(product="payday", principal=1_200_000, term=21, channel="site", hours_ago=46, who="late"),
    _Wish(
        product="instalment", principal=6_000_000, term=12, channel="office", hours_ago=30, who="good", debt_burden=72,
        approved=False, note="Доход не подтвердился: справки за последние полгода нет",
    ),
    _Wish(
        product="instalment", principal=3_000_000, term=6, channel="app", hours_ago=27, who="good", debt_burden=35,
        note="Заёмщик передумал: занял у родных",
    ),
    _Wish(
        product="business", principal=150_000_000, term=24, channel="office", hours_ago=25, who="good", debt_burden=40,
        approved=True, note="Выручка за год подтверждена выпиской, залог оценён", proceeds=True,
    ),
    _Wish(
        product="payday", principal=1_500_000, term=30, channel="site", hours_ago=6, who="good", debt_burden=28,
        proceeds=True,
    ),
    _Wish(product="instalment", principal=4_500_000, term=9, channel="site", hours_ago=4, who="good", debt_burden=64),
    _Wish(
        product="instalment", principal=2_500_000, term=6, channel="partner", hours_ago=3, who="good", debt_burden=44
    ),
    _Wish(product="payday", principal=800_000, term=15, channel="app", hours_ago=1, who="busy", debt_burden=45),
)  # fmt: skip


def ask(shell: Shell, *, now: datetime) -> None:
    """File the applications and let people do their part; a wish that nobody in the portfolio can have is left out."""
    zone = shell.settings.time_zone
    with shell.database.write() as session:
        people = {name: iter(session.scalars(found).all()) for name, found in _people(len(_WISHES)).items()}
        products = {row.code: row.id for row in session.scalars(select(Product).where(Product.demo))}
        for number, wish in enumerate(_WISHES, 1):
            borrower = next(people[wish.who], None)
            if borrower is None:
                continue
            asked = Application(
                borrower_id=borrower, product_id=products[wish.product], principal=wish.principal, term=wish.term,
                channel=wish.channel, debt_burden=wish.debt_burden,
            )  # fmt: skip
            _follow(session, wish, asked, f"DEMO-A{number}", now=now, zone=zone)


def _follow(session: Session, wish: _Wish, asked: Application, name: str, *, now: datetime, zone: str) -> None:
    filed_at = now - timedelta(hours=wish.hours_ago)
    found = applications.file(
        session, asked, external_id=name, actor=_FILES, now=filed_at, on=local_day(filed_at, zone)
    )  # fmt: skip
    later = filed_at + timedelta(minutes=40)
    if wish.approved is not None and found.state == "waiting":
        applications.settle(
            session, found.id, approved=wish.approved, note=wish.note, actor=_DECIDES, now=later
        )  # fmt: skip
    if wish.proceeds and found.state == "approved":
        # today: a ledger that began earlier would have missed the day's roll
        applications.proceed(
            session, found.id, number=name, actor=_DECIDES, now=now, on=local_day(now, zone), time_zone=zone
        )  # fmt: skip
    if wish.approved is None and wish.note:
        applications.withdraw(session, found.id, note=wish.note, actor=_DECIDES, now=later)


def _people(most: int) -> dict[str, Select[int]]:
    """Borrowers by how their open loans stand: at most one, in time; several, in time; more than a month late."""
    late, number = func.coalesce(func.max(Loan.dpd), 0), func.count(Loan.id)

    free = Borrower.lending_restricted_at.is_(None)

    def those(*having: ColumnElement[bool]) -> Select[int]:
        return (
            select(Borrower.id)
            .outerjoin(Loan, and_(Loan.borrower_id == Borrower.id, Loan.state == "open"))
            .where(Borrower.demo, Borrower.contact_stop.is_(None))
            .group_by(Borrower.id)
            .having(*having)
            .order_by(Borrower.id)
            .limit(most)
        )

    return {
        "good": those(late == 0, number <= 1).where(free),
        "busy": those(late == 0, number >= 2).where(free),
        # a scenario has closed new loans to most of them
        "late": those(late.between(31, 90)),
    }
