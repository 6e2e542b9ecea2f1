"""The issue of a loan: who asks, whether it may be, on which terms; then contract, schedule and ledger in one act.

The decision names everything that speaks against the loan at once. What the law limits comes from `lending.law`, by the
day of issue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Account, Borrower, Loan, LoanEvent, Product, shard_of
from scenario_engine.registry.ledger import acts, mirror
from scenario_engine.registry.lending import law, offer
from scenario_engine.registry.lending.calendar import term_later, within_a_year
from scenario_engine.registry.lending.offer import Preview, share
from scenario_engine.registry.lending.terms import WHOLE, Terms, read
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


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether the loan may be issued; `against` says everything that stands in its way."""

    preview: Preview | None
    #: number of the loan among the borrower's, from 1
    ordinal: int
    against: tuple[Problem, ...]

    @property
    def approved(self) -> bool:
        """Nothing speaks against it."""
        return not self.against


def decide(session: Session, asked: Application, *, on: date) -> Decision:
    """What becomes of the application on a day. Raises `NotFound` for a borrower or product that is not there."""
    borrower, product = session.get(Borrower, asked.borrower_id), session.get(Product, asked.product_id)
    if borrower is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."), code="borrower.unknown")
    if product is None:
        raise NotFound(Text("There is no such product.", "Такого продукта нет."), code="product.unknown")
    ordinal = borrower.loans_count + 1
    if product.terms is None or not product.offered:
        text = Text("No new loans are issued on this product.", "По этому продукту новые займы не выдают.")
        return Decision(preview=None, ordinal=ordinal, against=(_against("product", text),))
    terms = read(product.terms)
    against = list(_restricted(borrower))
    try:
        preview = offer.preview(terms, principal=asked.principal, term=asked.term, issued_on=on)
    except Invalid as refused:
        return Decision(preview=None, ordinal=ordinal, against=(*against, *refused.problems))
    against += _too_many(session, borrower, terms, preview, on)
    return Decision(preview=preview, ordinal=ordinal, against=tuple(against))


def issue(session: Session, asked: Application, *, number: str, actor: str, now: datetime, on: date) -> Loan:
    """Issue the loan under that number, in the caller's transaction.

    Two applications of one borrower wait for each other, so both cannot be the last that is allowed. Raises `Invalid`
    with everything that speaks against it, and `Conflict` when the number is taken.
    """
    session.execute(select(Borrower.id).where(Borrower.id == asked.borrower_id).with_for_update())
    decision = decide(session, asked, on=on)
    if decision.preview is None or not decision.approved:
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
    loan = Loan(
        external_id=number, borrower_id=asked.borrower_id, product_id=product.id, shard=shard_of(asked.borrower_id),
        servicing="ledger", issued_on=on, channel=asked.channel, principal=asked.principal, balance=asked.principal,
        ordinal=decision.ordinal,
    )  # fmt: skip
    session.add(loan)
    session.flush()
    acts.open_account(
        session, loan, terms=terms, schedule=schedule, full_cost=decision.preview.cost.rate,
        charges_limit=charges_limit(terms, asked.principal, term=asked.term, issued_on=on),
        actor=actor, now=now,
    )  # fmt: skip
    session.get_one(Borrower, asked.borrower_id).loans_count = decision.ordinal
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


def _too_many(session: Session, borrower: Borrower, terms: Terms, preview: Preview, on: date) -> Iterator[Problem]:
    rule = law.pack_of(terms.policy).count_on(on)
    if rule is None or preview.cost.rate <= rule.full_cost_above:
        return
    dear = (
        select(func.count())
        .select_from(Loan)
        .join(Account, Account.loan_id == Loan.id)
        .where(Loan.borrower_id == borrower.id, Account.full_cost > rule.full_cost_above)
    )
    standing = session.scalar(dear.where(Loan.state == "open")) or 0
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


def _against(code: str, text: Text) -> Problem:
    return Problem(code=f"loan.{code}", text=text)
