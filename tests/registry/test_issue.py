"""A loan is issued when nothing speaks against it; what does is told at once, with figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.models import Account, AuditEntry, Borrower, Instalment, Loan, LoanEvent, Product
from scenario_engine.registry import payments
from scenario_engine.registry.issue import Application, Decision, charges_limit, decide, issue
from scenario_engine.registry.lending.terms import Terms
from scenario_engine.registry.payments import NewPayment
from tests.builders import a_borrower, a_product
from tests.registry.lending.offers import PAYDAY, some_terms

TODAY = date(2026, 9, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def asked(
    database: Database, *, terms: Terms | None = None, borrower: dict[str, Any] | None = None, **over: Any
) -> Application:
    """An application of a new borrower on a new product."""
    with database.write() as session:
        offered = terms or some_terms(**PAYDAY)
        product = a_product(
            session, code="payday", kind=offered.kind, offered=over.pop("offered", True), terms=offered.as_document()
        )
        person = a_borrower(session, **{"loans_count": 0} | (borrower or {}))
        return Application(
            **{"borrower_id": person.id, "product_id": product.id, "principal": 1_000_000, "term": 30} | over
        )


def issued(database: Database, application: Application, number: str = "N-1", on: date = TODAY) -> Loan:
    with database.write() as session:
        return issue(session, application, number=number, actor="anna", now=noon(on), on=on)


def decided(database: Database, application: Application, on: date = TODAY) -> Decision:
    with database.read() as session:
        return decide(session, application, on=on)


def codes(decision: Decision) -> list[str]:
    return [problem.code for problem in decision.against]


def repay(database: Database, loan: Loan, amount: int, on: date) -> None:
    with database.write() as session:
        row = NewPayment(external_id=f"P-{loan.id}", loan_id=loan.id, amount=amount, paid_at=noon(on))
        payments.record(session, [row], now=noon(on), source="api", time_zone="Europe/Moscow")


def test_an_issued_loan_has_contract_schedule_and_ledger(database: Database) -> None:
    application = asked(database)
    loan = issued(database, application)
    with database.read() as session:
        found = session.get_one(Loan, loan.id)
        assert (found.servicing, found.balance, found.issued_on, found.ordinal) == ("ledger", 1_000_000, TODAY, 1)
        assert (found.next_due_on, found.next_due_amount) == (TODAY + timedelta(days=30), 1_240_000)
        account = session.get_one(Account, loan.id)
        assert (account.full_cost, account.charges_limit) == (292_000, 1_000_000)
        line = session.scalars(select(Instalment)).one()
        assert (line.amount, line.principal, line.left) == (1_240_000, 1_000_000, 0)
        assert session.scalars(select(LoanEvent.kind)).all() == ["issued"]
        assert session.get_one(Borrower, application.borrower_id).loans_count == 1
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "loan.issued")).one()
        assert (entry.subject_id, entry.details["principal"]) == (str(loan.id), 1_000_000)


def test_a_repeat_borrowers_loan_is_their_second(database: Database) -> None:
    application = asked(database)
    issued(database, application)
    assert issued(database, application, "N-2").ordinal == 2


def test_a_contract_keeps_its_terms_when_the_product_changes(database: Database) -> None:
    application = asked(database)
    loan = issued(database, application)
    with database.write() as session:
        product = session.get_one(Product, application.product_id)
        product.terms = some_terms(**PAYDAY | {"rate_ppm": 1_000}).as_document()
    with database.read() as session:
        assert session.get_one(Account, loan.id).terms["rate_ppm"] == 8_000


def test_a_restriction_that_a_scenario_set_stands_in_the_way(database: Database) -> None:
    restricted = {"lending_restricted_at": noon(TODAY), "lending_restriction": "Просрочка"}
    application = asked(database, borrower=restricted)
    decision = decided(database, application)
    assert codes(decision) == ["loan.restricted"]
    assert "Просрочка" in decision.against[0].text.ru
    with pytest.raises(Invalid, match="cannot be issued"):
        issued(database, application)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Loan)) == 0


def test_everything_that_speaks_against_a_loan_is_told_at_once(database: Database) -> None:
    restricted = {"lending_restricted_at": noon(TODAY)}
    application = asked(database, borrower=restricted, principal=1, term=31)
    assert codes(decided(database, application)) == ["loan.restricted", "terms.principal", "terms.term"]


def test_a_product_that_is_not_offered_or_has_no_terms_issues_nothing(database: Database) -> None:
    assert codes(decided(database, asked(database, offered=False))) == ["loan.product"]


def test_terms_that_the_law_overtook_issue_nothing_from_that_day_on(database: Database) -> None:
    application = asked(database, terms=some_terms(**PAYDAY | {"term_max": 140}))
    assert decided(database, application, date(2026, 3, 31)).approved
    assert codes(decided(database, application, date(2026, 4, 1))) == ["terms.term_max"]


@pytest.mark.parametrize(("on", "most"), [(date(2026, 9, 30), 9), (date(2026, 10, 1), 2), (date(2027, 4, 1), 1)])
def test_the_number_of_dear_loans_is_limited_from_its_day_on(database: Database, on: date, most: int) -> None:
    application = asked(database)
    for number in range(min(most, 3)):
        issued(database, application, f"N-{number}", on)
    decision = decided(database, application, on)
    assert codes(decision) == ([] if most > 3 else ["loan.too_many"])
    # a cheap loan does not count and is not limited
    with database.write() as session:
        cheap = some_terms(**PAYDAY | {"rate_ppm": 1_000})
        product = a_product(session, code="cheap", kind="bullet", offered=True, terms=cheap.as_document())
    assert decided(database, replace(application, product_id=product.id), on).approved


def test_a_pause_follows_the_end_of_a_dear_loan(database: Database) -> None:
    began = date(2027, 4, 1)
    application = asked(database)
    loan = issued(database, application, on=began)
    ended = began + timedelta(days=10)
    repay(database, loan, 1_080_000, ended)
    assert codes(decided(database, application, ended)) == ["loan.pause"]
    assert codes(decided(database, application, ended + timedelta(days=2))) == ["loan.pause"]
    assert decided(database, application, ended + timedelta(days=3)).approved


def test_a_number_is_given_once(database: Database) -> None:
    application = asked(database)
    issued(database, application)
    with pytest.raises(Conflict, match="already"):
        issued(database, application)


def test_nobody_and_nothing_are_not_found(database: Database) -> None:
    application = asked(database)
    for wrong in (replace(application, borrower_id=999), replace(application, product_id=999)):
        with pytest.raises(NotFound):
            decided(database, wrong)


def test_a_year_of_charges_is_limited_and_a_longer_loans_are_not() -> None:
    terms = some_terms(term_max=24)
    assert charges_limit(terms, 500, term=12, issued_on=date(2026, 3, 31)) == 650
    assert charges_limit(terms, 500, term=12, issued_on=date(2026, 4, 1)) == 500
    assert charges_limit(terms, 500, term=13, issued_on=date(2026, 4, 1)) is None
