"""A portfolio to try things on: invented people, plausible loans, a year of instalments and payments.

Everything follows from the seed and the day. Names are visibly invented, phones lie in a range that is not given
out, and every row says `demo`. Behaviour follows a borrower's quality, from which the risk score is drawn too, so a
rule over the score separates good from bad as in life.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from scenario_engine.contacts import points
from scenario_engine.database import Database
from scenario_engine.models import Base, Borrower, Instalment, Loan, Payment, Product, Promise, shard_of, table_of
from scenario_engine.registry import delinquency
from scenario_engine.registry.demo_products import PRODUCTS
from scenario_engine.registry.payments import NewPayment

CHUNK = 5_000
YEAR = 365
#: one borrower of so many reads English
ENGLISH_EVERY = 20

SURNAMES = (
    "Выдумкин", "Примеров", "Образцов", "Тестов", "Небылицын", "Сказкин", "Вымыслов", "Понарошкин", "Макетов",
    "Черновиков", "Задачин", "Условнов", "Эскизов", "Демонстров", "Пробников", "Шаблонов",
)  # fmt: skip
FIRST_NAMES = ("Иван", "Пётр", "Андрей", "Олег", "Мария", "Анна", "Ольга", "Елена", "Дарья", "Сергей", "Павел", "Вера")
PATRONYMICS = {"m": ("Иванович", "Петрович", "Олегович"), "f": ("Ивановна", "Петровна", "Олеговна")}
FEMALE = frozenset({"Мария", "Анна", "Ольга", "Елена", "Дарья", "Вера"})

#: ISO code, IANA zone, weight by population
REGIONS: tuple[tuple[str, str, int], ...] = (
    ("RU-MOW", "Europe/Moscow", 13), ("RU-MOS", "Europe/Moscow", 9), ("RU-SPE", "Europe/Moscow", 6),
    ("RU-KDA", "Europe/Moscow", 6), ("RU-SVE", "Asia/Yekaterinburg", 5), ("RU-ROS", "Europe/Moscow", 4),
    ("RU-BA", "Asia/Yekaterinburg", 4), ("RU-TA", "Europe/Moscow", 4), ("RU-CHE", "Asia/Yekaterinburg", 4),
    ("RU-NIZ", "Europe/Moscow", 3), ("RU-SAM", "Europe/Samara", 3), ("RU-KYA", "Asia/Krasnoyarsk", 3),
    ("RU-NVS", "Asia/Novosibirsk", 3), ("RU-KEM", "Asia/Novokuznetsk", 3), ("RU-IRK", "Asia/Irkutsk", 3),
    ("RU-OMS", "Asia/Omsk", 2), ("RU-PRI", "Asia/Vladivostok", 2), ("RU-KGD", "Europe/Kaliningrad", 1),
    ("RU-SA", "Asia/Yakutsk", 1), ("RU-KAM", "Asia/Kamchatka", 1),
)  # fmt: skip

CHANNELS = ("site", "app", "office", "partner")

#: chance that a late instalment is still unpaid after so many days, given that it was the step before
ROLLS = ((30, 0.42), (60, 0.66), (90, 0.78))


@dataclass(kw_only=True)
class Portfolio:
    """What was built."""

    borrowers: int = 0
    loans: int = 0
    instalments: int = 0
    payments: int = 0
    #: payments after the day the portfolio stands at, oldest first: for replaying what happened next
    later: list[NewPayment] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Line:
    number: int
    due_on: date
    amount: int
    principal: int
    #: (day, kopecks) of what was or will be paid for it
    paid: tuple[tuple[date, int], ...]


def build(
    database: Database,
    *,
    seed: int,
    today: date,
    now: datetime,
    upto: date | None = None,
    borrowers: int = 20_000,
    loans: int = 30_000,
    progress: Callable[[int, int], None] | None = None,
) -> Portfolio:
    """Fill an empty registry in one transaction and roll it to the day `upto` (today, unless told otherwise).

    Borrowers keep paying until `today`; payments after `upto` are not recorded but given back. `progress` is told
    (loans written, of how many). The same arguments give the same rows.
    """
    stands_at = upto or today
    randomness = Random(seed)
    made = Portfolio()
    with database.write() as session:
        session.execute(insert(Product), PRODUCTS)
        products = {row.code: row for row in session.scalars(select(Product).where(Product.demo))}
        first = (session.scalar(select(func.coalesce(func.max(Borrower.id), 0))) or 0) + 1
        qualities = _add_borrowers(session, randomness, first, borrowers, loans, now)
        made.borrowers = borrowers
        _add_loans(
            session, randomness, made, qualities, products, loans=loans, on=stands_at, today=today, tell=progress
        )
        delinquency.roll(session, on=stands_at, now=now)
        _add_promises(session, randomness, stands_at)
    made.later.sort(key=lambda payment: (payment.paid_at, payment.external_id))
    return made


# -- people -----------------------------------------------------------------------------------------------------


def _add_borrowers(
    session: Session, randomness: Random, first: int, count: int, loans: int, now: datetime
) -> dict[int, float]:
    """Quality of every borrower, 0 (never pays) to 1, by id."""
    qualities: dict[int, float] = {}

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(count):
            borrower_id = first + number
            qualities[borrower_id] = randomness.betavariate(3.2, 1.4)
            yield _person(randomness, borrower_id, number)

    _insert(session, Borrower, rows())
    points.adopt(session, select(Borrower.id).where(Borrower.id >= first), source="import", now=now)
    return qualities


def _person(randomness: Random, borrower_id: int, number: int) -> dict[str, Any]:
    name = randomness.choice(FIRST_NAMES)
    female = name in FEMALE
    surname = randomness.choice(SURNAMES) + ("а" if female else "")
    patronymic = randomness.choice(PATRONYMICS["f" if female else "m"])
    region, zone, _weight = randomness.choices(REGIONS, weights=[weight for *_rest, weight in REGIONS])[0]
    stop = randomness.choices((None, "bankruptcy", "refusal", "lawyer_only"), weights=(985, 5, 7, 3))[0]
    return {
        "id": borrower_id,
        "external_id": f"DEMO-B{number + 1:06d}",
        "full_name": f"{surname} {name} {patronymic}",
        "birth_date": date(1960, 1, 1) + timedelta(days=randomness.randrange(45 * YEAR)),
        "phone": None if randomness.random() < 0.01 else f"+7000{number + 1:07d}",
        "email": f"demo{number + 1}@example.invalid" if randomness.random() < 0.7 else None,
        "messenger": f"demo-{number + 1}" if randomness.random() < 0.4 else None,
        # a town and a street that are nowhere
        "postal_address": f"000{number % 1000:03d}, г. Примерск, ул. Образцовая, д. {number % 90 + 1}",
        "region": region,
        "language": "ru" if number % ENGLISH_EVERY else "en",
        "time_zone": zone,
        "lot": randomness.randrange(2**31),
        "contact_stop": stop,
        "loans_count": 0,
        "demo": True,
    }


# -- loans ------------------------------------------------------------------------------------------------------


def _add_loans(
    session: Session,
    randomness: Random,
    made: Portfolio,
    qualities: dict[int, float],
    products: dict[str, Product],
    *,
    loans: int,
    on: date,
    today: date,
    tell: Callable[[int, int], None] | None,
) -> None:
    people = list(qualities)
    first = (session.scalar(select(func.coalesce(func.max(Loan.id), 0))) or 0) + 1
    ordinals: dict[int, int] = {}
    loan_rows: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    payments: list[dict[str, Any]] = []
    for number in range(loans):
        owner = people[number] if number < len(people) else randomness.choice(people)
        ordinals[owner] = ordinals.get(owner, 0) + 1
        payday = randomness.random() < 0.55
        product = products["payday" if payday else "instalment"]
        # short loans are made all the time, so at any moment most of those that are open are young
        issued = on - timedelta(days=int(YEAR * randomness.random() ** (2.2 if payday else 1.3)))
        schedule = _schedule(randomness, issued, qualities[owner], payday=payday)
        loan_id = first + number
        loan_rows.append(
            _loan_row(
                randomness, loan_id, number, owner, ordinals[owner], product, issued, schedule, qualities[owner], on
            )
        )
        for line in schedule:
            past = [(day, amount) for day, amount in line.paid if day <= on]
            paid = sum(amount for _day, amount in past)
            lines.append(
                {
                    "loan_id": loan_id, "number": line.number, "due_on": line.due_on, "amount": line.amount,
                    "principal": line.principal, "paid": paid,
                    "paid_on": past[-1][0] if paid == line.amount else None,
                }
            )  # fmt: skip
            for part, (day, amount) in enumerate(line.paid):
                at = datetime.combine(day, time(6 + randomness.randrange(12), randomness.randrange(60)), UTC)
                external = f"DEMO-P{number + 1:06d}-{line.number}-{part + 1}"
                if day <= on:
                    payments.append(
                        {"external_id": external, "loan_id": loan_id, "amount": amount, "paid_at": at,
                         "recorded_at": at, "source": "demo"}
                    )  # fmt: skip
                elif day <= today:
                    made.later.append(NewPayment(external_id=external, loan_id=loan_id, amount=amount, paid_at=at))
        if len(loan_rows) >= CHUNK or number == loans - 1:
            made.loans += len(loan_rows)
            made.instalments += len(lines)
            made.payments += len(payments)
            _insert(session, Loan, loan_rows)
            _insert(session, Instalment, lines)
            _insert(session, Payment, payments)
            loan_rows, lines, payments = [], [], []
            if tell is not None:
                tell(made.loans, loans)
    _number_loans(session, ordinals)


def _number_loans(session: Session, ordinals: dict[int, int]) -> None:
    session.execute(update(Borrower), [{"id": borrower, "loans_count": count} for borrower, count in ordinals.items()])


def _loan_row(
    randomness: Random, loan_id: int, number: int, owner: int, ordinal: int, product: Product, issued: date,
    schedule: Sequence[_Line], quality: float, on: date,
) -> dict[str, Any]:  # fmt: skip
    past = [(day, amount) for line in schedule for day, amount in line.paid if day <= on]
    balance = sum(line.amount for line in schedule) - sum(amount for _day, amount in past)
    unpaid = [line.due_on for line in schedule if sum(a for d, a in line.paid if d <= on) < line.amount]
    late = (on - min(unpaid)).days if unpaid else 0
    state = "closed" if balance == 0 else "open"
    # debts that nobody paid for long are mostly sold
    if late > 150 and randomness.random() < 0.72:
        state = "sold"
    score = max(0, min(1000, int(quality * 800 + randomness.gauss(120, 70))))
    legal = late > 120 and randomness.random() < 0.4
    return {
        "id": loan_id,
        "external_id": f"DEMO-{number + 1:06d}",
        "borrower_id": owner,
        "product_id": product.id,
        "shard": shard_of(owner),
        "state": state,
        "servicing": "kaskad",
        "issued_on": issued,
        "channel": randomness.choices(CHANNELS, weights=(45, 30, 15, 10))[0],
        "principal": sum(line.principal for line in schedule),
        "balance": balance,
        "overdue": 0,
        "dpd": 0,
        "bucket": "current",
        "last_payment_on": max((day for day, _amount in past), default=None),
        "risk_score": score,
        "risk_group": "EDCBA"[min(4, score // 200)],
        "debt_burden": max(5, min(120, int(95 - quality * 60 + randomness.gauss(0, 12)))),
        "ordinal": ordinal,
        "bailiff_state": randomness.choice(("filed", "opened")) if legal else "none",
        "bureau_state": "worse" if late > 60 and randomness.random() < 0.3 else "none",
        "demo": True,
    }


def _schedule(randomness: Random, issued: date, quality: float, *, payday: bool) -> list[_Line]:
    """The instalments of a loan and when its borrower pays them."""
    if payday:
        days = randomness.randint(15, 30)
        principal = randomness.randrange(3_000, 30_001, 1_000) * 100
        due = [(issued + timedelta(days=days), principal + principal * 8 * days // 1000, principal)]
    else:
        months = randomness.choice((3, 4, 6, 6, 9, 12))
        principal = randomness.randrange(20_000, 100_001, 5_000) * 100
        due = _annuity(issued, principal, months)
    lines = []
    gone = False
    for number, (day, amount, part) in enumerate(due, 1):
        paid: tuple[tuple[date, int], ...] = ()
        if not gone:
            delay = _delay(randomness, quality)
            gone = delay is None
            if delay is not None:
                paid = _parts(randomness, day + timedelta(days=delay), amount, late=delay > 0)
        lines.append(_Line(number=number, due_on=day, amount=amount, principal=part, paid=paid))
    return lines


def _annuity(issued: date, principal: int, months: int) -> list[tuple[date, int, int]]:
    """(due day, amount, principal in it) of equal monthly instalments; the last one takes the roundings."""
    rate = 0.078
    payment = math.ceil(principal * rate / (1 - (1 + rate) ** -months))
    rest, found = principal, []
    for month in range(1, months + 1):
        interest = round(rest * rate)
        part = rest if month == months else min(rest, payment - interest)
        found.append((issued + timedelta(days=30 * month), part + interest, part))
        rest -= part
    return found


def _delay(randomness: Random, quality: float) -> int | None:
    """Days an instalment is paid late (negative: early); None: never."""
    if randomness.random() > 0.72 * (1.22 - quality):
        return -randomness.randrange(0, 4)
    # the worse the borrower, the further a delay rolls on
    lean = 1.5 - quality
    for upto, roll in ROLLS:
        if randomness.random() > roll * lean:
            return upto - 30 + 1 + int(29 * randomness.random() ** 1.6)
    return None


def _parts(randomness: Random, day: date, amount: int, *, late: bool) -> tuple[tuple[date, int], ...]:
    if late and randomness.random() < 0.15:
        part = amount * randomness.randint(2, 8) // 10
        return ((day - timedelta(days=min(3, randomness.randrange(4))), part), (day, amount - part))
    return ((day, amount),)


# -- promises ---------------------------------------------------------------------------------------------------


def _add_promises(session: Session, randomness: Random, on: date) -> None:
    """Some borrowers in arrears have promised to pay within a few days."""
    late = session.execute(
        select(Loan.id, Loan.overdue).where(Loan.demo, Loan.state == "open", Loan.dpd.between(3, 60)).order_by(Loan.id)
    ).all()
    rows = []
    for loan_id, overdue in late:
        if randomness.random() < 0.12:
            given = on - timedelta(days=randomness.randrange(1, 4))
            rows.append(
                {"loan_id": loan_id, "amount": overdue, "due_on": on + timedelta(days=randomness.randrange(1, 5)),
                 "given_at": datetime.combine(given, time(9), UTC), "state": "open"}
            )  # fmt: skip
    _insert(session, Promise, rows)


def _insert(session: Session, entity: type[Base], rows: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == CHUNK:
            session.execute(insert(table_of(entity)), batch)
            batch = []
    if batch:
        session.execute(insert(table_of(entity)), batch)
