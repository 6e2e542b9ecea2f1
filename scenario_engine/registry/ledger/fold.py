"""What happens to one loan, day by day: the rule that the set-based roll follows, and that corrections are told from.

A day goes so: what fell due the day before and is not paid becomes overdue; the day is charged; a fee of the day's
instalment is charged; then the day's payments pay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta

from scenario_engine.registry.lending.schedule import Line, rate_millionths
from scenario_engine.registry.lending.terms import WHOLE, Terms

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Owed:
    """Kopecks by part, as a state or as a change."""

    principal: int = 0
    principal_overdue: int = 0
    interest: int = 0
    interest_overdue: int = 0
    penalty: int = 0
    fee: int = 0
    #: paid beyond everything that was owed
    credit: int = 0
    #: all charges
    charged: int = 0
    #: earned and not charged yet, in millionths of a kopeck
    interest_rest: int = 0
    penalty_rest: int = 0

    @property
    def balance(self) -> int:
        """All that is owed."""
        return self.lent + self.interest + self.interest_overdue + self.penalty + self.fee

    @property
    def lent(self) -> int:
        """Principal that is not repaid."""
        return self.principal + self.principal_overdue

    @property
    def overdue(self) -> int:
        """Of it, what should have been paid already."""
        return self.principal_overdue + self.interest_overdue + self.penalty

    def __add__(self, other: Owed) -> Owed:
        return Owed(**{name: value + getattr(other, name) for name, value in asdict(self).items()})

    def __sub__(self, other: Owed) -> Owed:
        return Owed(**{name: value - getattr(other, name) for name, value in asdict(self).items()})


PARTS = tuple(each.name for each in fields(Owed))
NOTHING = Owed()


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What was agreed."""

    terms: Terms
    issued_on: date
    lines: tuple[Line, ...]
    #: the most that all charges may be; null: no limit
    charges_limit: int | None


@dataclass(frozen=True, kw_only=True)
class Paid:
    """Money that came in on a day; below 0 is no payment."""

    day: date
    amount: int
    payment_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one event changed."""

    kind: str
    day: date
    change: Owed
    paid: int = 0
    payment_id: int | None = None
    #: of the line that fell due
    number: int | None = None


@dataclass
class Standing:
    """A loan at the end of the day `upto`."""

    contract: Contract
    upto: date
    owed: Owed
    #: index of the line that falls due next
    at: int = 0
    #: the oldest line that is not paid in full fell due then
    overdue_since: date | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def next_line(self) -> Line | None:
        """The line that falls due next."""
        lines = self.contract.lines
        return lines[self.at] if self.at < len(lines) else None

    @property
    def dpd(self) -> int:
        """Whole days past due."""
        since = self.overdue_since
        return 0 if since is None else (self.upto - since).days

    def take(self, step: Step) -> None:
        """Let the step change what is owed."""
        if step.change != NOTHING or step.paid:
            self.owed += step.change
            self.steps.append(step)

    def next_day(self) -> None:
        """Go on to the end of the next day, before its payments."""
        day = self.upto + ONE_DAY
        while (line := self.next_line) is not None and line.due_on < day:
            fallen = _fallen(self.owed, line)
            if fallen != NOTHING and self.overdue_since is None:
                self.overdue_since = line.due_on
            self.take(Step(kind="fell_due", day=day, change=fallen, number=line.number))
            self.at += 1
        self.upto = day
        self.take(Step(kind="accrued", day=day, change=self._charges(day)))

    def _charges(self, day: date) -> Owed:
        since = self.overdue_since
        terms, owed, before = self.contract.terms, self.owed, day - ONE_DAY
        room = None if self.contract.charges_limit is None else max(0, self.contract.charges_limit - owed.charged)
        earning = owed.principal + (owed.principal_overdue if terms.interest_when_late else 0)
        interest, interest_rest = divmod(
            owed.interest_rest + rate_millionths(earning, terms.rate_ppm, terms.rate_per, before, day), WHOLE
        )
        interest = interest if room is None else min(interest, room)
        room = None if room is None else room - interest
        penalty, penalty_rest = 0, owed.penalty_rest
        if since is not None and (day - since).days > terms.grace_days:
            penalty, penalty_rest = divmod(
                penalty_rest
                + rate_millionths(owed.principal_overdue, terms.penalty_ppm, terms.penalty_per, before, day),
                WHOLE,
            )
            penalty = penalty if room is None else min(penalty, room)
            room = None if room is None else room - penalty
        fee = sum(line.fee for line in self.contract.lines[self.at :] if line.due_on == day) if owed.lent else 0
        fee = fee if room is None else min(fee, room)
        return Owed(
            interest=interest,
            penalty=penalty,
            fee=fee,
            charged=interest + penalty + fee,
            interest_rest=interest_rest - owed.interest_rest,
            penalty_rest=penalty_rest - owed.penalty_rest,
        )

    def pay(self, paid: Paid) -> Step:
        """Let a payment pay, in the order of the terms; then principal that is not due yet; the rest is credit."""
        line, left = self.next_line, paid.amount
        owed = self.owed
        least = line.left if line is not None else 0
        taken: dict[str, int] = {}
        for part in self.contract.terms.order:
            limit = getattr(owed, part) if part != "principal" else max(0, owed.principal - least)
            taken[part] = min(left, limit)
            left -= taken[part]
        early = min(left, owed.principal - taken["principal"])
        taken["principal"] += early
        change = NOTHING - Owed(**taken) + Owed(credit=left - early)
        step = Step(kind="payment", day=paid.day, change=change, paid=paid.amount, payment_id=paid.payment_id)
        self.take(step)
        self._look_back()
        return step

    def paid_by_line(self) -> list[int]:
        """How much of each line counts as paid, so that the schedule can show it."""
        found = []
        for index, line in enumerate(self.contract.lines):
            principal = line.principal - min(line.principal, max(0, self.owed.lent - line.left))
            if index < self.at:
                interest = 0 if self.owed.interest_overdue else line.interest
                found.append(principal + interest + (0 if self.owed.fee else line.fee))
            elif index == self.at and principal == line.principal and not self.owed.interest:
                found.append(line.amount)
            else:
                found.append(principal)
        return found

    def _look_back(self) -> None:
        """Find the oldest line that is not paid in full."""
        if self.owed.principal_overdue:
            fallen = self.contract.lines[: self.at]
            # an order that pays principal ahead of what is overdue may leave no line short: the day stays then
            self.overdue_since = next(
                (line.due_on for line in fallen if self.owed.lent > line.left), self.overdue_since
            )
        elif not self.owed.interest_overdue:
            self.overdue_since = None


def _fallen(owed: Owed, line: Line) -> Owed:
    """What becomes overdue once the line's day has passed."""
    moved = max(0, owed.principal - line.left)
    return Owed(
        principal=-moved, principal_overdue=moved, interest=-owed.interest, interest_overdue=owed.interest
    )  # fmt: skip


def begin(contract: Contract, principal: int, issue_fee: int = 0) -> Standing:
    """A loan at the end of the day of its issue. The fee at issue was kept back: it is charged and paid at once."""
    standing = Standing(contract=contract, upto=contract.issued_on, owed=NOTHING)
    standing.take(
        Step(
            kind="issued",
            day=contract.issued_on,
            change=Owed(principal=principal, charged=issue_fee),
            paid=issue_fee,
        )
    )
    return standing


def replay(standing: Standing, payments: Iterable[Paid], *, upto: date) -> Standing:
    """Go on to the end of the day `upto`, with these payments, oldest first."""
    waiting = _by_day(payments)
    for paid in waiting.pop(standing.upto, ()):
        standing.pay(paid)
    while standing.upto < upto:
        standing.next_day()
        for paid in waiting.pop(standing.upto, ()):
            standing.pay(paid)
    return standing


def _by_day(payments: Iterable[Paid]) -> dict[date, list[Paid]]:
    found: dict[date, list[Paid]] = {}
    for paid in payments:
        found.setdefault(paid.day, []).append(paid)
    return found


def sum_of(steps: Sequence[Step]) -> Owed:
    """What the steps come to."""
    total = NOTHING
    for step in steps:
        total += step.change
    return total
