"""An application is decided by the product's rules, by a person, by two; it says why, and money is conserved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from scenario_engine import applications
from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Forbidden, Invalid, NotFound
from scenario_engine.models import Account, AuditEntry, Borrower, Loan, LoanApplication, LoanEvent, Payment, Product
from scenario_engine.registry.issue import Application, Decision, decide, issue
from scenario_engine.registry.lending.decision import DecisionRules, problems_of
from tests.builders import a_borrower, a_loan, a_product
from tests.registry.lending.offers import PAYDAY, some_terms
from tests.registry.lending.rules import a_rule, rules, when

TODAY = date(2026, 9, 1)
ZONE = "Europe/Moscow"
LAST = 2_000_000


def at(day: date) -> dict[str, Any]:
    return {"now": datetime(day.year, day.month, day.day, 9, tzinfo=UTC), "on": day}


def asked(database: Database, decision: DecisionRules | None = None, **borrower: Any) -> Application:
    """An application of a new borrower on a product with these rules."""
    with database.write() as session:
        product = a_product(
            session, code="payday", kind="bullet", offered=True, terms=some_terms(**PAYDAY).as_document(),
            decision=decision and decision.as_document(),
        )  # fmt: skip
        person = a_borrower(session, **{"loans_count": 0} | borrower)
        return Application(borrower_id=person.id, product_id=product.id, principal=1_000_000, term=30, channel="site")


def decided(database: Database, application: Application) -> Decision:
    with database.read() as session:
        return decide(session, application, on=TODAY)


def filed(database: Database, application: Application, **over: Any) -> LoanApplication:
    with database.write() as session:
        return applications.file(session, application, actor="anna", **at(TODAY), **over)


def proceeded(database: Database, found: LoanApplication, actor: str = "anna", day: date = TODAY) -> LoanApplication:
    with database.write() as session:
        return applications.proceed(session, found.id, actor=actor, **at(day), time_zone=ZONE)


def old_loan(database: Database, person: int, **over: Any) -> None:
    with database.write() as session:
        a_loan(session, session.get_one(Borrower, person), **over)


# -- rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "loan", "brought"),
    [
        (a_rule("repeat_borrower", "=", True), {}, {}),
        (a_rule("borrower_open_loans", ">=", 1), {}, {}),
        (a_rule("dpd", ">", 30), {"dpd": 31, "overdue": 1}, {}),
        (a_rule("overdue", ">=", 100), {"overdue": 100}, {}),
        (a_rule("debt_burden_group", "=", "above_80"), {"debt_burden": 81}, {}),
        (a_rule("debt_burden", ">", 50), {"debt_burden": 50}, {"debt_burden": 51}),
        (a_rule("risk_score", "<", 500), {"risk_score": 900}, {"risk_score": 499}),
        (a_rule("bureau_state", "=", "bankrupt"), {"bureau_state": "bankrupt"}, {}),
    ],
)
def test_a_rule_reads_the_application_and_the_borrowers_loans(
    database: Database, rule: Any, loan: dict[str, Any], brought: dict[str, Any]
) -> None:
    application = asked(database, rules(rule))
    assert decided(database, application).outcome == "allow"
    with database.write() as session:
        session.get_one(Borrower, application.borrower_id).loans_count = 1
    old_loan(database, application.borrower_id, **{"debt_burden": 10, "risk_score": 900} | loan)
    found = decided(database, replace(application, **brought))
    assert (found.outcome, found.number) == ("refuse", 1)
    assert [(one.code, one.text.en) for one in found.against] == [("loan.rule", "By a rule of the product: too risky")]


def test_a_closed_loan_counts_as_nothing_that_is_owed(database: Database) -> None:
    application = asked(database, rules(a_rule("borrower_open_loans", ">=", 1), a_rule("dpd", ">", 0)))
    old_loan(database, application.borrower_id, state="closed", dpd=40)
    assert decided(database, application).outcome == "allow"


def test_the_first_rule_that_holds_decides(database: Database) -> None:
    known = a_rule("principal", ">=", 500_000, "person", "large sum")
    application = asked(database, rules(known, a_rule("principal", ">=", 1), otherwise="refuse"))
    found = decided(database, application)
    assert (found.outcome, found.number, found.seen) == ("person", 1, {"principal": 1_000_000})
    assert found.rule is not None
    assert found.rule.reason == "large sum"
    small = decided(database, replace(application, principal=400_000))
    assert (small.outcome, small.number) == ("refuse", 2)


def test_without_a_rule_that_holds_the_products_last_word_counts(database: Database) -> None:
    application = asked(database, rules(a_rule("principal", "<", 1), otherwise="refuse"))
    found = decided(database, application)
    assert (found.outcome, found.number) == ("refuse", None)
    assert [one.code for one in found.against] == ["loan.rule"]


def test_no_rule_allows_what_a_restriction_forbids(database: Database) -> None:
    restricted = {"lending_restricted_at": at(TODAY)["now"], "lending_restriction": "Просрочка"}
    application = asked(database, rules(a_rule("principal", ">", 0, "allow")), **restricted)
    found = filed(database, application)
    assert found.state == "refused"
    assert [one["code"] for one in found.decision["against"]] == ["loan.restricted"]
    assert "Просрочка" in found.decision["against"][0]["ru"]


def test_rules_that_make_no_sense_are_told_at_their_place() -> None:
    wrong = rules(
        a_rule("principal", ">", 0),
        a_rule("days_to_next_due", ">", 0),
        a_rule("nothing", "=", 1),
        a_rule("principal", ">", 0, reason=""),
    )
    assert [(one.field, one.code) for one in problems_of(wrong)] == [
        ("decision.rules.1", "rule.field"),
        ("decision.rules.2", "rule.field"),
        ("decision.rules.3", "decision.reason"),
    ]
    empty = replace(a_rule("principal", ">", 0), rule={"combinator": "and", "rules": []})
    assert [one.code for one in problems_of(rules(empty))] == ["rule.empty"]
    assert when("principal", ">", 0)["rules"]


# -- the way of an application ---------------------------------------------------------------------------------------


def test_an_approved_application_becomes_a_loan(database: Database) -> None:
    application = replace(asked(database), risk_score=710, debt_burden=45)
    found = proceeded(database, filed(database, application))
    assert found.state == "issued"
    with database.read() as session:
        loan = session.get_one(Loan, found.loan_id)
        assert (loan.risk_score, loan.debt_burden, loan.external_id) == (710, 45, found.number)
        acts_of = select(AuditEntry.action).where(AuditEntry.subject_type == "application").order_by(AuditEntry.id)
        assert session.scalars(acts_of).all() == ["application.filed", "application.issued"]
    with pytest.raises(Conflict, match="moved on"):
        proceeded(database, found)


def test_a_refusal_still_says_why_when_the_rules_are_others(database: Database) -> None:
    found = filed(database, asked(database, rules(a_rule("principal", ">", 0, reason="not now"))))
    with database.write() as session:
        product = session.get_one(Product, found.product_id)
        product.decision, product.revision = None, 2
    with database.read() as session:
        kept = session.get_one(LoanApplication, found.id)
        assert (kept.state, kept.product_revision) == ("refused", 1)
        assert kept.decision["rule"]["reason"] == "not now"
        assert kept.decision["seen"] == {"principal": 1_000_000}
    with pytest.raises(Conflict):
        proceeded(database, found)


@pytest.mark.parametrize(("approved", "state"), [(True, "approved"), (False, "refused")])
def test_a_person_decides_where_the_rules_leave_it_to_one(database: Database, approved: bool, state: str) -> None:
    found = filed(database, asked(database, rules(otherwise="person")))
    assert found.state == "waiting"
    act = {"approved": approved, "actor": "boss", "now": at(TODAY)["now"]}
    with pytest.raises(Invalid), database.write() as session:
        applications.settle(session, found.id, note=" ", **act)
    with database.write() as session:
        settled = applications.settle(session, found.id, note="known for years", **act)
        assert (settled.state, settled.decided_by, settled.note) == (state, "boss", "known for years")
    with pytest.raises(Conflict), database.write() as session:
        applications.settle(session, found.id, note="again", **act)
    if approved:
        assert proceeded(database, found).state == "issued"


def test_nobody_decides_an_application_of_ones_own(database: Database) -> None:
    found = filed(database, asked(database, rules(otherwise="person")))
    act = {"approved": True, "note": "known for years", "now": at(TODAY)["now"]}
    with pytest.raises(Forbidden) as refused, database.write() as session:
        applications.settle(session, found.id, actor="anna", **act)
    assert refused.value.code == "application.own"
    with database.read() as session:
        kept = session.get_one(LoanApplication, found.id)
        assert (kept.state, kept.decided_by) == ("waiting", None)
    with database.write() as session:
        assert applications.settle(session, found.id, actor="boss", **act).state == "approved"


def test_what_a_person_allowed_is_not_issued_when_a_restriction_came_between(database: Database) -> None:
    found = filed(database, asked(database))
    with database.write() as session:
        session.get_one(Borrower, found.borrower_id).lending_restricted_at = at(TODAY)["now"]
    stopped = proceeded(database, found)
    assert (stopped.state, stopped.loan_id) == ("refused", None)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Loan)) == 0


@pytest.mark.parametrize(("more", "state"), [(0, "issued"), (1, "confirming")])
def test_a_second_person_confirms_larger_sums(database: Database, more: int, state: str) -> None:
    application = replace(asked(database, rules(confirm_above=LAST)), principal=LAST + more)
    found = proceeded(database, filed(database, application))
    assert found.state == state
    if state == "issued":
        return
    act: dict[str, Any] = {**at(TODAY), "time_zone": ZONE}
    with pytest.raises(Forbidden, match="another person"), database.write() as session:
        applications.confirm(session, found.id, actor="anna", **act)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Loan)) == 0
    with database.write() as session:
        done = applications.confirm(session, found.id, actor="boss", **act)
        assert (done.state, done.requested_by, done.confirmed_by) == ("issued", "anna", "boss")


def test_an_application_is_taken_back_once(database: Database) -> None:
    found = filed(database, asked(database))
    act = {"note": "changed their mind", "actor": "anna", "now": at(TODAY)["now"]}
    with database.write() as session:
        assert applications.withdraw(session, found.id, **act).state == "withdrawn"
    with pytest.raises(Conflict), database.write() as session:
        applications.withdraw(session, found.id, **act)
    with pytest.raises(NotFound), database.write() as session:
        applications.withdraw(session, 999, **act)


def test_filing_twice_files_once(database: Database) -> None:
    application = asked(database)
    first = filed(database, application, external_id="A-1")
    assert filed(database, application, external_id="A-1").id == first.id
    with pytest.raises(Conflict, match="something else"):
        filed(database, replace(application, term=20), external_id="A-1")


# -- refinancing -----------------------------------------------------------------------------------------------------


def refinancing(database: Database, *, fee: int = 0, **over: Any) -> tuple[Application, Loan]:
    """An application that pays off a loan of ten days ago."""
    first = asked(database)
    with database.write() as session:
        old = issue(session, first, number="OLD", actor="anna", **at(TODAY - timedelta(days=10)))
        terms = some_terms(**PAYDAY | {"principal_min": 100_000}, issue_fee=fee)
        product = a_product(session, code="again", kind="bullet", offered=True, terms=terms.as_document())
    return replace(first, product_id=product.id, principal=3_000_000, refinanced_id=old.id, **over), old


@pytest.mark.parametrize("fee", [0, 12_345])
def test_a_new_loan_pays_off_the_old_one_to_the_kopeck(database: Database, fee: int) -> None:
    application, old = refinancing(database, fee=fee)
    owed = 1_000_000 + 10 * 8_000
    assert decided(database, application).pays_off == owed
    found = proceeded(database, filed(database, application))
    assert found.state == "issued"
    with database.read() as session:
        closed, new = session.get_one(Loan, old.id), session.get_one(Loan, found.loan_id)
        assert (closed.state, closed.balance, closed.dpd) == ("closed", 0, 0)
        assert (new.balance, new.ordinal) == (3_000_000, 2)
        payment = session.scalars(select(Payment)).one()
        assert (payment.loan_id, payment.amount, payment.source) == (old.id, owed, "refinance")
        assert session.get_one(Account, old.id).credit == 0
        said = session.scalars(select(AuditEntry).where(AuditEntry.action == "loan.refinanced")).one().details
        # what the new loan lends is what ended the old one, the fee, and the money that was paid out
        assert said["principal"] == said["paid_off"] + said["fee"] + said["paid_out"]
        assert (said["fee"], said["paid_off"]) == (fee, owed)
        # each ledger is whole: what was lent and charged is what was paid and is owed
        for loan in (closed, new):
            of = LoanEvent.loan_id == loan.id
            charged = session.scalar(select(func.sum(LoanEvent.charged)).where(of))
            paid = session.scalar(select(func.sum(LoanEvent.paid)).where(of))
            assert (charged, paid) != (None, None)
            assert loan.principal + (charged or 0) == (paid or 0) + loan.balance


def test_a_sum_that_does_not_pay_off_the_old_loan_is_refused_with_figures(database: Database) -> None:
    application, _old = refinancing(database)
    assert decided(database, replace(application, principal=1_080_000)).outcome == "allow"
    found = decided(database, replace(application, principal=1_079_999))
    assert [one.code for one in found.against] == ["loan.refinanced_sum"]
    assert "10 800" in " ".join(found.against[0].text.ru.split())


def test_only_an_open_loan_of_the_borrower_is_paid_off(database: Database) -> None:
    application, old = refinancing(database)
    with database.write() as session:
        other = a_borrower(session, loans_count=0)
    wrong = replace(application, borrower_id=other.id)
    assert [one.code for one in decided(database, wrong).against] == ["loan.refinanced"]
    assert proceeded(database, filed(database, application)).state == "issued"
    assert [one.code for one in decided(database, application).against] == ["loan.refinanced"]
    assert old.id == application.refinanced_id


def test_the_loan_that_is_paid_off_does_not_count_among_the_dear_ones_and_the_pause_holds(database: Database) -> None:
    application, _old = refinancing(database)
    with database.read() as session:
        for day, expected in ((date(2026, 10, 1), []), (date(2027, 4, 1), ["loan.pause"])):
            with_it = decide(session, replace(application, principal=3_000_000), on=day)
            assert [one.code for one in with_it.against] == expected, day
