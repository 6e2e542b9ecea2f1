"""The issue of a loan: who asks, whether it may be, on which terms; then contract, schedule and ledger in one act.

The decision names everything that speaks against the loan at once. What the law limits comes from `lending.law`, by the
day of issue; whom the product is for, from the rules that stand with it (`lending.decision`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Account, Borrower, Loan, LoanEvent, Product, shard_of
from scenario_engine.registry.ledger import acts, mirror
from scenario_engine.registry.lending import decision as deciding
from scenario_engine.registry.lending import law, offer
from scenario_engine.registry.lending.calendar import term_later, within_a_year
from scenario_engine.registry.lending.decision import DecisionRule
from scenario_engine.registry.lending.offer import Preview, amount, share
from scenario_engine.registry.lending.terms import WHOLE, Terms, read
from scenario_engine.rules.application import Applicant, evaluate
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Application:
    """What a borrower asks for."""

    borrower_id: int
    product_id: int
    #: kopecks
    principal: int
    #: in the units of the product
    term: int
    #: office, site, app, partner
    channel: str | None = None
    #: null: as the borrower's newest loan has it
    risk_score: int | None = None
    #: per cent
    debt_burden: int | None = None
    #: an open loan of the borrower that the new one pays off
    refinanced_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether the loan may be issued; `against` says everything that stands in its way."""

    preview: Preview | None
    #: number of the loan among the borrower's, from 1
    ordinal: int
    against: tuple[Problem, ...]
    #: see lending.decision.OUTCOMES
    outcome: str
    #: the rule of the product that held first, and its number from 1
    rule: DecisionRule | None = None
    number: int | None = None
    #: what the rules read, by field
    seen: Mapping[str, Any] = field(default_factory=dict)
    #: kopecks of an old loan that the new one pays off
    pays_off: int | None = None
    #: a second person is to confirm the issue
    confirm: bool = False

    @property
    def approved(self) -> bool:
        """Nothing speaks against it, and nobody has to be asked."""
        return self.outcome == "allow"

    def as_document(self) -> dict[str, Any]:
        """All that explains it later, as JSON."""
        return {
            "outcome": self.outcome,
            "against": [{"code": one.code, "en": one.text.en, "ru": one.text.ru} for one in self.against],
            "rule": self.rule and {
                "number": self.number, "rule": dict(self.rule.rule), "outcome": self.rule.outcome,
                "reason": self.rule.reason,
            },
            "seen": dict(self.seen),
            "full_cost": self.preview and self.preview.cost.rate,
            "charges": self.preview and self.preview.cost.amount,
            "pays_off": self.pays_off,
        }  # fmt: skip


def decide(session: Session, asked: Application, *, on: date, with_rules: bool = True) -> Decision:
    """What becomes of the application on a day, by the law and by the rules of the product.

    Raises `NotFound` for a borrower or product that is not there.
    """
    borrower, product = session.get(Borrower, asked.borrower_id), session.get(Product, asked.product_id)
    if borrower is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."), code="borrower.unknown")
    if product is None:
        raise NotFound(Text("There is no such product.", "Такого продукта нет."), code="product.unknown")
    ordinal = borrower.loans_count + 1
    if product.terms is None or not product.offered:
        text = Text("No new loans are issued on this product.", "По этому продукту новые займы не выдают.")
        return Decision(preview=None, ordinal=ordinal, against=(_against("product", text),), outcome="refuse")
    terms, preview, pays_off = read(product.terms), None, None
    against = list(_restricted(borrower))
    try:
        preview = offer.preview(terms, principal=asked.principal, term=asked.term, issued_on=on)
    except Invalid as refused:
        against += refused.problems
    if preview is not None:
        against += _too_many(session, borrower, terms, preview, on, asked.refinanced_id)
    if asked.refinanced_id is not None:
        pays_off, problems = _paid_off(session, asked, preview, on)
        against += problems
    rules = deciding.read(product.decision) if with_rules else deciding.NO_RULES
    found = evaluate(
        session,
        [one.rule for one in rules.rules],
        Applicant(
            borrower_id=borrower.id, product_id=product.id, principal=asked.principal, channel=asked.channel,
            risk_score=asked.risk_score, debt_burden=asked.debt_burden,
        ),
        on=on,
    )  # fmt: skip
    at = next((number for number, holds in enumerate(found.holds) if holds), None)
    rule = None if at is None else rules.rules[at]
    outcome = rules.otherwise if rule is None else rule.outcome
    if outcome == "refuse":
        against.append(_ruled_out(rule))
    return Decision(
        preview=preview, ordinal=ordinal, against=tuple(against), outcome="refuse" if against else outcome, rule=rule,
        number=None if at is None else at + 1, seen=found.seen, pays_off=pays_off,
        confirm=rules.confirms(asked.principal),
    )  # fmt: skip


def issue(
    session: Session,
    asked: Application,
    *,
    number: str,
    actor: str,
    now: datetime,
    on: date,
    rules_asked: bool = False,
) -> Loan:
    """Issue the loan under that number, in the caller's transaction.

    Two applications of one borrower wait for each other, so both cannot be the last that is allowed. `rules_asked`: the
    rules of the product have allowed it, or a person where they leave it to one; the law is asked all the same. Raises
    `Invalid` with everything that speaks against it, and `Conflict` when the number is taken or a person has to decide.
    """
    session.execute(select(Borrower.id).where(Borrower.id == asked.borrower_id).with_for_update())
    decision = decide(session, asked, on=on, with_rules=not rules_asked)
    if decision.outcome == "person":
        raise Conflict(
            Text(
                "A person has to decide about this loan: file an application.",
                "По этому займу решает человек: подайте заявку.",
            ),
            code="loan.person",
        )
    if decision.preview is None or decision.against:
        raise Invalid(
            Text("This loan cannot be issued.", "Этот займ выдать нельзя."),
            code="loan.refused",
            problems=decision.against,
        )
    if session.scalar(select(Loan.id).where(Loan.external_id == number)) is not None:
        raise Conflict(
            Text("There is a loan {number} already.", "Займ {number} уже есть.").format(number=number),
            code="loan.exists",
        )
    product = session.get_one(Product, asked.product_id)
    assert product.terms is not None
    terms, schedule = read(product.terms), decision.preview.schedule
    borrower = session.get_one(Borrower, asked.borrower_id)
    loan = Loan(
        external_id=number, borrower_id=asked.borrower_id, product_id=product.id, shard=shard_of(asked.borrower_id),
        servicing="ledger", issued_on=on, channel=asked.channel, principal=asked.principal, balance=asked.principal,
        ordinal=decision.ordinal, risk_score=asked.risk_score, debt_burden=asked.debt_burden,
        # a loan of an invented person is invented too
        demo=borrower.demo,
    )  # fmt: skip
    session.add(loan)
    session.flush()
    acts.open_account(
        session, loan, terms=terms, schedule=schedule, full_cost=decision.preview.cost.rate,
        charges_limit=charges_limit(terms, asked.principal, term=asked.term, issued_on=on),
        actor=actor, now=now,
    )  # fmt: skip
    borrower.loans_count = decision.ordinal
    session.flush()
    mirror.show(session, loans=[loan.id])
    audit.record(
        session, at=now, actor=actor, action="loan.issued", subject_type="loan", subject_id=loan.id,
        product=product.code, principal=asked.principal, term=asked.term, full_cost=decision.preview.cost.rate,
    )  # fmt: skip
    return loan


def charges_limit(terms: Terms, principal: int, *, term: int, issued_on: date) -> int | None:
    """The most that all charges may come to by the law of the day of issue; None: no limit.

    A move to a working day makes no loan longer than its term.
    """
    if not within_a_year(issued_on, term_later(issued_on, term, terms.unit)):
        return None
    cap = law.pack_of(terms.policy).caps_on(issued_on).get("charges")
    return None if cap is None else principal * cap.limit_ppm // WHOLE


def _restricted(borrower: Borrower) -> Iterator[Problem]:
    if borrower.lending_restricted_at is not None:
        reason = borrower.lending_restriction or "–"
        text = Text(
            "New loans to this borrower are restricted: {reason}.", "Новые займы этому заёмщику запрещены: {reason}."
        )
        yield _against("restricted", text.format(reason=reason))


def _too_many(
    session: Session, borrower: Borrower, terms: Terms, preview: Preview, on: date, refinanced_id: int | None
) -> Iterator[Problem]:
    rule = law.pack_of(terms.policy).count_on(on)
    if rule is None or preview.cost.rate <= rule.full_cost_above:
        return
    dear = (
        select(func.count())
        .select_from(Loan)
        .join(Account, Account.loan_id == Loan.id)
        .where(Loan.borrower_id == borrower.id, Account.full_cost > rule.full_cost_above)
    )
    # the loan that is paid off ends on this day
    ends = Loan.id == (refinanced_id or 0)
    standing = session.scalar(dear.where(Loan.state == "open", ~ends)) or 0
    above = share(rule.full_cost_above * 10)
    if standing >= rule.most:
        text = Text(
            "Loans of this borrower with a full cost above {above} a year: {count}. With one made on {day} there may be"
            " {most} at most ({source}).",
            "Займов с полной стоимостью выше {above} годовых у заёмщика: {count}. Вместе с займом от {day} их может"
            " быть не больше {most} ({source}).",
        )
        yield _against(
            "too_many",
            text.format(
                count=standing, above=above, most=rule.most, source=rule.source,
                day=Text(on.isoformat(), on.strftime("%d.%m.%Y")),
            ),
        )  # fmt: skip
    if rule.pause_days:
        ended = session.scalar(
            select(func.max(LoanEvent.day))
            .join(Loan, Loan.id == LoanEvent.loan_id)
            .join(Account, Account.loan_id == Loan.id)
            .where(Loan.borrower_id == borrower.id, Loan.state == "closed", Account.full_cost > rule.full_cost_above)
        )
        if session.scalar(dear.where(ends)):
            ended = on
        if ended is not None and on < ended + timedelta(days=rule.pause_days):
            text = Text(
                "The borrower repaid a loan with a full cost above {above} a year on {day}: {days} days must pass"
                " ({source}).",
                "Займ с полной стоимостью выше {above} годовых заёмщик погасил {day}: должно пройти {days} дн."
                " ({source}).",
            )
            yield _against(
                "pause",
                text.format(
                    above=above, days=rule.pause_days, source=rule.source,
                    day=Text(ended.isoformat(), ended.strftime("%d.%m.%Y")),
                ),
            )  # fmt: skip


def _ruled_out(rule: DecisionRule | None) -> Problem:
    if rule is None:
        return _against(
            "rule", Text("No rule of the product allows it.", "Ни одно правило продукта этого не разрешает.")
        )
    reason = Text(rule.reason, rule.reason)
    return _against(
        "rule", Text("By a rule of the product: {reason}", "По правилу продукта: {reason}").format(reason=reason)
    )


def _paid_off(
    session: Session, asked: Application, preview: Preview | None, on: date
) -> tuple[int | None, list[Problem]]:
    """What ends the old loan on that day, and why the new one cannot do it."""
    loan = session.get(Loan, asked.refinanced_id)
    if loan is None or loan.borrower_id != asked.borrower_id:
        text = Text("The borrower has no such loan to pay off.", "У заёмщика нет такого займа, погашать нечего.")
        return None, [_against("refinanced", text)]
    if loan.servicing != "ledger" or loan.state != "open":
        text = Text(
            "Loan {number} cannot be paid off by a new one: it is not open, or its ledger is not kept here.",
            "Займ {number} нельзя погасить новым: он не действует или его учёт ведётся не здесь.",
        )
        return None, [_against("refinanced", text.format(number=loan.external_id))]
    owed = acts.quote(session, loan.id, on).owed.balance
    if preview is not None and preview.schedule.principal - preview.schedule.issue_fee < owed:
        text = Text(
            "The sum does not pay off loan {number}: {owed} is owed on it, and {fee} is kept back.",
            "Суммы не хватит, чтобы погасить займ {number}: по нему должны {owed}, и ещё {fee} удержат при выдаче.",
        ).format(number=loan.external_id, owed=amount(owed), fee=amount(preview.schedule.issue_fee))
        return owed, [_against("refinanced_sum", text)]
    return owed, []


def _against(code: str, text: Text) -> Problem:
    return Problem(code=f"loan.{code}", text=text)
