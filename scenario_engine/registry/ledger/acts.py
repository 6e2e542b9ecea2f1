"""What is written on a loan's ledger: its issue, payments, reversals, and what else is agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Account, Instalment, Loan, LoanEvent, LoanPause, table_of
from scenario_engine.registry.ledger import contracts
from scenario_engine.registry.ledger.fold import (
    ONE_DAY,
    PARTS,
    Amended,
    Contract,
    Owed,
    Paid,
    Pause,
    Standing,
    Step,
    begin,
    replay,
)
from scenario_engine.registry.lending import terms as lending_terms
from scenario_engine.registry.lending.schedule import Line, Schedule
from scenario_engine.registry.lending.terms import Terms
from scenario_engine.texts import Text

#: kinds of events that are no amendments
_CHARGES_AND_MONEY = ("issued", "fell_due", "accrued", "payment", "reversal", "corrected")
#: days ahead for which closing is quoted
LONGEST_QUOTE = 366


@dataclass(frozen=True, kw_only=True)
class Day:
    """How a loan stood at the end of a day."""

    day: date
    balance: int
    dpd: int


def open_account(
    session: Session,
    loan: Loan,
    *,
    terms: Terms,
    schedule: Schedule,
    full_cost: int,
    charges_limit: int | None,
    actor: str,
    now: datetime,
) -> Account:
    """Begin the ledger of a loan that was just written: its schedule, its account, the event of its issue."""
    session.add_all(
        Instalment(
            loan_id=loan.id, number=line.number, due_on=line.due_on, amount=line.amount, principal=line.principal,
            fee=line.fee, left=line.left,
        )
        for line in schedule.lines
    )  # fmt: skip
    contract = Contract(
        terms=terms, issued_on=schedule.issued_on, lines=schedule.lines, charges_limit=charges_limit
    )  # fmt: skip
    standing = begin(contract, schedule.principal, schedule.issue_fee)
    account = Account(
        loan_id=loan.id, terms=terms.as_document(), full_cost=full_cost, charges_limit=charges_limit,
        rate_ppm=terms.rate_ppm,
        rate_yearly=terms.rate_per == "year", penalty_ppm=terms.penalty_ppm,
        penalty_yearly=terms.penalty_per == "year", grace_days=terms.grace_days,
        interest_when_late=terms.interest_when_late,
    )  # fmt: skip
    loan.dpd_grace_days = terms.dpd_grace_days
    _take_over(account, standing)
    session.add(account)
    session.flush()
    _write(session, loan.id, standing.steps, actor=actor, now=now)
    return account


def standing_of(session: Session, loan_id: int, *, lock: bool = False) -> Standing:
    """The loan as its account says; NotFound for a loan without a ledger."""
    statement = select(Account).where(Account.loan_id == loan_id)
    account = session.scalar(statement.with_for_update() if lock else statement)
    if account is None:
        raise NotFound(Text("This loan has no ledger here.", "Учёт этого займа ведётся не здесь."), code="ledger.none")
    contract = _contract(session, account)
    return Standing(
        contract=contract,
        upto=account.upto,
        owed=Owed(**{part: getattr(account, part) for part in PARTS}),
        at=account.next_number - 1,
        overdue_since=account.overdue_since,
    )


def back_then(session: Session, loan_id: int, day: date) -> Standing:
    """The loan as it stood at the end of a day, by all that is known now."""
    return _again(session, loan_id, standing_of(session, loan_id), _acts(session, loan_id), upto=day)


def pay(
    session: Session,
    loan_id: int,
    *,
    payment_id: int,
    amount: int,
    day: date,
    actor: str,
    now: datetime,
    order: tuple[str, ...] | None = None,
) -> Owed:
    """Let a recorded payment pay; gives what it changed. One of a day before the last charge corrects what came after.

    `order`: what it pays first, where that was agreed for it. The same payment again raises `Conflict`.
    """
    standing = standing_of(session, loan_id, lock=True)
    _refuse_repeated(session, loan_id, "payment", payment_id)
    # money that came before there was a loan pays on its first day
    day = max(day, standing.contract.issued_on)
    paid = Paid(day=day, amount=amount, payment_id=payment_id, order=order)
    if day >= standing.upto:
        replay(standing, [paid], upto=day)
        _settle(session, loan_id, standing, actor=actor, now=now)
        return standing.steps[-1].change
    target = _again(session, loan_id, standing, [*_acts(session, loan_id), paid])
    step = next(each for each in target.steps if each.payment_id == payment_id)
    rest = target.owed - standing.owed - step.change
    corrected = Step(kind="corrected", day=standing.upto, change=rest)
    target.steps = [step, corrected]
    _settle(session, loan_id, target, actor=actor, now=now, about=str(payment_id))
    return step.change


def reverse(session: Session, payment_id: int, *, actor: str, now: datetime) -> Owed:
    """Take a payment back, as if it had never come; gives what that changed. A second time raises `Conflict`."""
    event = session.scalar(select(LoanEvent).where(LoanEvent.payment_id == payment_id, LoanEvent.kind == "payment"))
    if event is None:
        raise NotFound(Text("There is no such payment.", "Такого платежа нет."), code="payment.unknown")
    standing = standing_of(session, event.loan_id, lock=True)
    _refuse_repeated(session, event.loan_id, "reversal", payment_id)
    kept = [act for act in _acts(session, event.loan_id) if not isinstance(act, Paid) or act.payment_id != payment_id]
    target = _again(session, event.loan_id, standing, kept)
    change = target.owed - standing.owed
    target.steps = [
        Step(kind="reversal", day=standing.upto, change=change, paid=-event.paid, payment_id=payment_id)
    ]  # fmt: skip
    _settle(session, event.loan_id, target, actor=actor, now=now)
    return change


def go_on(standing: Standing, *, upto: date) -> None:
    """Have the loan stand at the end of a later day, as if nothing came in."""
    replay(standing, (), upto=upto)


def would_be(session: Session, loan_id: int, standing: Standing, amended: Amended) -> Standing:
    """The loan after an amendment, unwritten; `standing` may be changed by it."""
    if amended.day >= standing.upto:
        return replay(standing, [amended], upto=amended.day)
    return _again(session, loan_id, standing, [*_acts(session, loan_id), amended])


def amend(
    session: Session, loan_id: int, amended: Amended, *, more: Mapping[str, Any], actor: str, now: datetime
) -> int:
    """Let an amendment take effect at the end of its day, the id of its event. An earlier day corrects the rest."""
    standing = standing_of(session, loan_id, lock=True)
    before = standing.contract
    backdated = amended.day < standing.upto
    target = would_be(session, loan_id, standing, amended)
    if backdated:
        step = next(each for each in target.steps if each.amended is amended)
        rest = target.owed - standing.owed - step.change
        target.steps = [step, Step(kind="corrected", day=standing.upto, change=rest)]
    data = contracts.write(amended, before, more)
    latest = select(func.max(LoanEvent.id)).where(LoanEvent.loan_id == loan_id)
    number = (session.scalar(latest) or 0) + 1
    _settle(session, loan_id, target, actor=actor, now=now, about=f"a{number}", data=data)
    written = select(func.max(LoanEvent.id)).where(LoanEvent.loan_id == loan_id, LoanEvent.kind == amended.kind)
    return session.scalars(written).one()


def amendments(session: Session, loan_id: int) -> list[Amended]:
    """What was agreed since the issue, as it was recorded."""
    return [act for act in _acts(session, loan_id) if isinstance(act, Amended)]


def quote(session: Session, loan_id: int, on: date) -> Standing:
    """The loan at the end of a day to come, when nothing is paid before: its balance closes it. Raises `Invalid`."""
    standing = standing_of(session, loan_id)
    if not standing.upto <= on <= standing.upto + timedelta(days=LONGEST_QUOTE):
        text = Text(
            "Choose a day from {first} on, within a year.", "Выберите день начиная с {first}, в пределах года."
        ).format(first=Text(standing.upto.isoformat(), standing.upto.strftime("%d.%m.%Y")))
        raise Invalid(text, code="quote.day", problems=[Problem(code="quote.day", field="on", text=text)])
    return replay(standing, (), upto=on)


def history(session: Session, loan_id: int) -> list[Day]:
    """How the loan stood at the end of each day since its issue, by all that is known now."""
    standing = standing_of(session, loan_id)
    acts = _acts(session, loan_id)
    walked = _again(session, loan_id, standing, acts, upto=standing.contract.issued_on)
    waiting = [act for act in acts if act.day > walked.upto]
    found = [Day(day=walked.upto, balance=walked.owed.balance, dpd=walked.dpd)]
    while walked.upto < standing.upto:
        day = walked.upto + ONE_DAY
        replay(walked, [act for act in waiting if act.day == day], upto=day)
        found.append(Day(day=day, balance=walked.owed.balance, dpd=walked.dpd))
    return found


def owed_on(session: Session, loan_id: int, day: date, *, known_at: datetime | None = None) -> Owed:
    """What was owed at the end of a day: by all events of the days up to it, or by those that were known at an instant.

    The latter is the figure that people saw then.
    """
    sums = [func.coalesce(func.sum(getattr(LoanEvent, part)), 0) for part in PARTS]
    statement = select(*sums).where(LoanEvent.loan_id == loan_id, LoanEvent.day <= day)
    if known_at is not None:
        statement = statement.where(LoanEvent.recorded_at <= known_at)
    row = session.execute(statement).one()
    return Owed(**{part: int(value) for part, value in zip(PARTS, row, strict=True)})


def _contract(session: Session, account: Account) -> Contract:
    lines, before = [], None
    rows = session.scalars(
        select(Instalment).where(Instalment.loan_id == account.loan_id).order_by(Instalment.number)
    ).all()
    for row in rows:
        assert row.left is not None
        lines.append(
            Line(
                number=row.number, due_on=row.due_on, principal=row.principal,
                interest=row.amount - row.principal - row.fee, fee=row.fee, left=row.left,
            )
        )  # fmt: skip
        before = row.due_on
    assert before is not None
    issued_on = session.scalar(
        select(LoanEvent.day).where(LoanEvent.loan_id == account.loan_id, LoanEvent.kind == "issued")
    )
    return Contract(
        terms=lending_terms.read(account.terms),
        issued_on=issued_on or account.upto,
        lines=tuple(lines),
        charges_limit=account.charges_limit,
        penalty_kept=account.penalty_kept,
        pauses=tuple(
            Pause(
                kind=row.kind, first=row.first_day, last=row.last_day, interest_stops=row.interest_stops,
                penalty_stops=row.penalty_stops, ground=row.ground,
            )
            for row in session.scalars(
                select(LoanPause).where(LoanPause.loan_id == account.loan_id).order_by(LoanPause.first_day)
            )
        ),
    )  # fmt: skip


def _acts(session: Session, loan_id: int) -> list[Paid | Amended]:
    """The payments that stand and the amendments, oldest first; those of one day as they were recorded."""
    reversed_ones = select(LoanEvent.payment_id).where(LoanEvent.loan_id == loan_id, LoanEvent.kind == "reversal")
    rows = session.execute(
        select(LoanEvent.id, LoanEvent.kind, LoanEvent.day, LoanEvent.paid, LoanEvent.payment_id, LoanEvent.data)
        .where(
            LoanEvent.loan_id == loan_id,
            or_(
                and_(LoanEvent.kind == "payment", LoanEvent.payment_id.not_in(reversed_ones)),
                LoanEvent.kind.not_in(_CHARGES_AND_MONEY),
            ),
        )
        .order_by(LoanEvent.day, LoanEvent.id)
    )
    found: list[Paid | Amended] = []
    for row in rows:
        if row.kind == "payment":
            order = tuple(row.data["order"]) if row.data else None
            found.append(Paid(day=row.day, amount=row.paid, payment_id=row.payment_id, order=order))
        else:
            found.append(contracts.read(row.kind, row.day, row.data, row.id))
    return found


def _again(
    session: Session, loan_id: int, standing: Standing, acts: list[Paid | Amended], *, upto: date | None = None
) -> Standing:
    """The loan as it would stand now (or on the day `upto`) if these had been its payments and amendments all along."""
    issued = session.execute(
        select(LoanEvent.principal, LoanEvent.paid).where(LoanEvent.loan_id == loan_id, LoanEvent.kind == "issued")
    ).one()
    first = session.scalar(
        select(LoanEvent.data)
        .where(LoanEvent.loan_id == loan_id, LoanEvent.kind.not_in(_CHARGES_AND_MONEY))
        .order_by(LoanEvent.id)
        .limit(1)
    )
    agreed = standing.contract if first is None else contracts.contract(first["before"])
    afresh = begin(agreed, issued.principal, issued.paid)
    return replay(afresh, sorted(acts, key=lambda act: act.day), upto=upto or standing.upto)


def _refuse_repeated(session: Session, loan_id: int, kind: str, payment_id: int) -> None:
    known = select(LoanEvent.id).where(
        LoanEvent.loan_id == loan_id, LoanEvent.kind == kind, LoanEvent.payment_id == payment_id
    )
    if session.scalar(known) is not None:
        said = {
            "payment": Text("This payment is on the ledger already.", "Этот платёж уже учтён."),
            "reversal": Text("This payment was taken back already.", "Этот платёж уже отменён."),
        }
        raise Conflict(said[kind], code=f"ledger.{kind}_repeated")


def _settle(
    session: Session,
    loan_id: int,
    standing: Standing,
    *,
    actor: str,
    now: datetime,
    about: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    account = session.get_one(Account, loan_id)
    if data is not None:
        _agree(session, account, standing.contract)
    _take_over(account, standing)
    day = next((step.day for step in standing.steps if step.kind == "payment"), standing.upto)
    lines = session.scalars(select(Instalment).where(Instalment.loan_id == loan_id).order_by(Instalment.number)).all()
    for line, paid in zip(lines, standing.paid_by_line(), strict=True):
        line.paid = paid
        line.paid_on = (line.paid_on or day) if paid >= line.amount else None
    session.flush()
    _write(session, loan_id, standing.steps, actor=actor, now=now, about=about, data=data)


def _agree(session: Session, account: Account, contract: Contract) -> None:
    """Have account, schedule and pauses say what was agreed."""
    terms = contract.terms
    account.terms, account.charges_limit = terms.as_document(), contract.charges_limit
    account.penalty_kept = contract.penalty_kept
    session.get_one(Loan, account.loan_id).dpd_grace_days = terms.dpd_grace_days
    account.rate_ppm, account.rate_yearly = terms.rate_ppm, terms.rate_per == "year"
    account.penalty_ppm, account.penalty_yearly = terms.penalty_ppm, terms.penalty_per == "year"
    account.grace_days, account.interest_when_late = terms.grace_days, terms.interest_when_late
    written = {
        row.number: row for row in session.scalars(select(Instalment).where(Instalment.loan_id == account.loan_id))
    }
    for line in contract.lines:
        row = written.pop(line.number, None)
        if row is None:
            row = Instalment(loan_id=account.loan_id, number=line.number)
            session.add(row)
        row.due_on, row.amount, row.principal = line.due_on, line.amount, line.principal
        row.fee, row.left = line.fee, line.left
    for row in written.values():
        session.delete(row)
    session.execute(delete(LoanPause).where(LoanPause.loan_id == account.loan_id))
    session.add_all(
        LoanPause(
            loan_id=account.loan_id, kind=pause.kind, first_day=pause.first, last_day=pause.last,
            interest_stops=pause.interest_stops, penalty_stops=pause.penalty_stops, ground=pause.ground,
        )
        for pause in contract.pauses
    )  # fmt: skip
    session.flush()


def _take_over(account: Account, standing: Standing) -> None:
    line = standing.next_line
    account.upto, account.overdue_since = standing.upto, standing.overdue_since
    account.next_number, account.next_due_on = standing.at + 1, line.due_on if line is not None else None
    for part in PARTS:
        setattr(account, part, getattr(standing.owed, part))


def _write(
    session: Session,
    loan_id: int,
    steps: list[Step],
    *,
    actor: str,
    now: datetime,
    about: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    rows = []
    for step in steps:
        key = step.day.isoformat()
        if step.number is not None:
            key += f":{step.number}"
        elif step.payment_id is not None or about is not None:
            key = str(step.payment_id or about)
        said = data if step.amended is not None else None
        if step.order is not None:
            said = {"order": list(step.order), "more": {}}
        rows.append(
            {"loan_id": loan_id, "kind": step.kind, "day": step.day, "recorded_at": now, "key": key, "actor": actor,
             "payment_id": step.payment_id, "paid": step.paid, "data": said, **asdict(step.change)}
        )  # fmt: skip
    if rows:
        session.execute(insert(table_of(LoanEvent)), rows)
