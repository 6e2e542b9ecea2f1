"""What happens to one loan, day by day: the rule that the set-based roll follows, and that corrections are told from.

A day goes so: what fell due the day before and is not paid becomes overdue; the day is charged; a fee of the day's
instalment is charged; then the day's payments pay and its amendments take effect, as they were recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta

from scenario_engine.registry.lending.schedule import Line, rate_millionths
from scenario_engine.registry.lending.terms import PARTS as DEBT
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
    #: left the books without being paid
    given_up: int = 0
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

    def __add__(self, other: Owed) -> Owed:
        return Owed(**{name: value + getattr(other, name) for name, value in asdict(self).items()})

    def __sub__(self, other: Owed) -> Owed:
        return Owed(**{name: value - getattr(other, name) for name, value in asdict(self).items()})


PARTS = tuple(each.name for each in fields(Owed))
NOTHING = Owed()


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Days that do not count as days past due, and may cost nothing."""

    kind: str
    first: date
    #: null: until somebody ends it
    last: date | None
    interest_stops: bool
    penalty_stops: bool
    #: of credit holidays, what they were granted for
    ground: str | None = None

    def covers(self, day: date) -> bool:
        """Whether it is one of the days."""
        return self.first <= day and (self.last is None or day <= self.last)

    def days(self, after: date, upto: date) -> int:
        """How many of them come after `after`, `upto` included."""
        first, last = max(self.first, after + ONE_DAY), upto if self.last is None else min(self.last, upto)
        return max(0, (last - first).days + 1)


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What was agreed."""

    terms: Terms
    issued_on: date
    lines: tuple[Line, ...]
    #: the most that all charges may be; null: no limit
    charges_limit: int | None
    #: no two overlap
    pauses: tuple[Pause, ...] = ()
    #: penalty that a restructuring kept: owed, and due after the last instalment
    penalty_kept: int = 0


@dataclass(frozen=True, kw_only=True)
class Amended:
    """What holds from the end of a day on, and what of the debt it changes.

    Sums by part are those that were agreed; when a correction leaves less of a part, that is taken.
    """

    #: see registry.amendments
    kind: str
    day: date
    contract: Contract
    waived: Mapping[str, int] = field(default_factory=dict)
    #: becomes principal
    capitalised: Mapping[str, int] = field(default_factory=dict)
    #: what is owed then: stays; begins anew, and nothing of it is overdue; is all due; is gone from the books
    debt: str = "stays"
    #: of the court, to be repaid as a fee
    costs: int = 0
    #: of a change that was recorded earlier
    event_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Paid:
    """Money that came in on a day; below 0 is no payment."""

    day: date
    amount: int
    payment_id: int | None = None
    #: what it pays first, second, …, where that was agreed for this payment; null: as the terms say
    order: tuple[str, ...] | None = None


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
    amended: Amended | None = None
    #: of a payment that paid otherwise than the terms say
    order: tuple[str, ...] | None = None


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
        """Whole days past due; 0 while the oldest debt is within the grace of the contract."""
        since = self.overdue_since
        return self._age(since) if since is not None and self._is_late(since) else 0

    @property
    def overdue(self) -> int:
        """What has to be paid for nothing to be overdue any more, in the order of the law.

        While the oldest debt is within the grace, that is a penalty of before. Later, principal of the lines that are
        within the grace is left out, unless a penalty has to be paid after it.
        """
        owed, contract = self.owed, self.contract
        penalty = max(0, owed.penalty - self.penalty_kept)
        if not contract.terms.dpd_grace_days:
            return owed.principal_overdue + owed.interest_overdue + penalty
        if not self.dpd:
            return penalty
        principal = owed.principal_overdue
        if not penalty:
            left = min((line.left for line in contract.lines[: self.at] if self._is_late(line.due_on)), default=0)
            principal = min(principal, max(0, owed.lent - left))
        return principal + owed.interest_overdue + penalty

    @property
    def penalty_kept(self) -> int:
        """Penalty that is not due while there is an instalment to come."""
        return self.contract.penalty_kept if self.next_line is not None else 0

    def _is_late(self, due_on: date) -> bool:
        grace = self.contract.terms.dpd_grace_days
        return not grace or self._age(due_on) > grace

    def _age(self, due_on: date) -> int:
        """Days since a day, but for those of pauses."""
        return (self.upto - due_on).days - sum(pause.days(due_on, self.upto) for pause in self.contract.pauses)

    def take(self, step: Step) -> None:
        """Let the step change what is owed."""
        if step.change != NOTHING or step.paid or step.amended is not None:
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
        pause = next((each for each in self.contract.pauses if each.covers(day)), None)
        earning = owed.principal + (owed.principal_overdue if terms.interest_when_late else 0)
        if pause is not None and pause.interest_stops:
            earning = 0
        costs_penalty = pause is None or not pause.penalty_stops
        interest, interest_rest = divmod(
            owed.interest_rest + rate_millionths(earning, terms.rate_ppm, terms.rate_per, before, day), WHOLE
        )
        interest = interest if room is None else min(interest, room)
        room = None if room is None else room - interest
        penalty, penalty_rest = 0, owed.penalty_rest
        if since is not None and costs_penalty and (day - since).days > terms.grace_days:
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
        """Let a payment pay, in its own order or that of the terms; then a penalty that was kept, and principal that
        is not due yet; the rest is credit.
        """
        line, left = self.next_line, paid.amount
        owed = self.owed
        least = line.left if line is not None else 0
        taken: dict[str, int] = {}
        for part in paid.order or self.contract.terms.order:
            limit = getattr(owed, part) if part != "principal" else max(0, owed.principal - least)
            if part == "penalty" and paid.order is None:
                limit = max(0, limit - self.penalty_kept)
            taken[part] = min(left, limit)
            left -= taken[part]
        kept = min(left, owed.penalty - taken["penalty"])
        taken["penalty"] += kept
        left -= kept
        early = min(left, owed.principal - taken["principal"])
        taken["principal"] += early
        change = NOTHING - Owed(**taken) + Owed(credit=left - early)
        step = Step(
            kind="payment", day=paid.day, change=change, paid=paid.amount, payment_id=paid.payment_id, order=paid.order
        )  # fmt: skip
        self.take(step)
        self._look_back()
        return step

    def amend(self, amended: Amended) -> Step:
        """Let an amendment take effect."""
        before = asdict(self.owed)
        after = dict(before)
        for part, amount in amended.waived.items():
            taken = min(amount, after[part])
            after[part] -= taken
            after["given_up"] += taken
        for part, amount in amended.capitalised.items():
            taken = min(amount, after[part])
            after[part] -= taken
            after["principal"] += taken
        if amended.debt == "anew":
            for part in ("principal", "interest"):
                after[part] += after[f"{part}_overdue"]
                after[f"{part}_overdue"] = 0
            self.overdue_since = None
        elif amended.debt == "due":
            for part in ("principal", "interest"):
                after[f"{part}_overdue"] += after[part]
                after[part] = 0
            self.overdue_since = self.overdue_since or amended.day
        elif amended.debt == "gone":
            after["given_up"] += self.owed.balance
            after |= dict.fromkeys((*DEBT, "interest_rest", "penalty_rest"), 0)
            self.overdue_since = None
        after["fee"] += amended.costs
        after["charged"] += amended.costs
        self.contract = amended.contract
        self.at = sum(line.due_on < self.upto for line in self.contract.lines)
        step = Step(kind=amended.kind, day=amended.day, change=Owed(**after) - Owed(**before), amended=amended)
        self.take(step)
        return step

    def paid_by_line(self) -> list[int]:
        """How much of each line counts as paid, so that the schedule can show it."""
        found = []
        for index, line in enumerate(self.contract.lines):
            principal, interest, fee = self.paid_of(index)
            if index < self.at:
                found.append(principal + interest + fee)
            elif index == self.at and principal == line.principal and not self.owed.interest:
                found.append(line.amount)
            else:
                found.append(principal)
        return found

    def paid_of(self, index: int) -> tuple[int, int, int]:
        """Principal, interest and fee that were paid of a line that fell due; later, only principal counts."""
        line, owed, since = self.contract.lines[index], self.owed, self.overdue_since
        late = since is not None and line.due_on >= since
        return (
            line.principal - min(line.principal, max(0, owed.lent - line.left)),
            0 if owed.interest_overdue and late else line.interest,
            0 if owed.fee and (late or index == self.at - 1) else line.fee,
        )

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


def replay(standing: Standing, acts: Iterable[Paid | Amended], *, upto: date) -> Standing:
    """Go on to the end of the day `upto`, with these payments and amendments, oldest first."""
    waiting: dict[date, list[Paid | Amended]] = {}
    for act in acts:
        waiting.setdefault(act.day, []).append(act)
    while True:
        for act in waiting.pop(standing.upto, ()):
            if isinstance(act, Paid):
                standing.pay(act)
            else:
                standing.amend(act)
        if standing.upto >= upto:
            return standing
        standing.next_day()


def sum_of(steps: Sequence[Step]) -> Owed:
    """What the steps come to."""
    total = NOTHING
    for step in steps:
        total += step.change
    return total
