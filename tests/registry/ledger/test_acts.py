"""Payments: conserved to the kopeck, in the product's order, whenever they came, and taken back when they bounce."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, NotFound
from scenario_engine.models import Account
from scenario_engine.registry.ledger import acts
from scenario_engine.registry.ledger.fold import PARTS as ALL_PARTS
from scenario_engine.registry.ledger.fold import Owed
from scenario_engine.registry.ledger.roll import roll
from tests.builders import a_loan
from tests.registry.ledger.accounts import (
    ISSUED,
    PARTS,
    a_ledger_loan,
    account_values,
    events,
    noon,
    owed,
    pay,
    total_of,
)
from tests.registry.lending.offers import PAYDAY, some_terms

DUE = date(2026, 5, 1)


def rolled(database: Database, day: date) -> None:
    with database.write() as session:
        roll(session, on=day, now=noon(day))


def test_a_loan_that_is_paid_by_its_schedule_ends_at_nothing_owed(database: Database) -> None:
    for kind in ("annuity", "differentiated", "bullet"):
        terms = some_terms(kind=kind, rate_ppm=2_345, working_days=True, instalment_fee=4_900)
        with database.write() as session:
            loan, schedule = a_ledger_loan(session, terms=terms, principal=2_000_003, term=5)
        for line in schedule.lines:
            rolled(database, line.due_on)
            with database.write() as session:
                pay(session, loan, line.amount, line.due_on)
            # whatever the fee's turn, nothing of the line stays behind
            assert owed(database, loan).lent == line.left
        found = owed(database, loan)
        assert (found.balance, found.credit, found.charged) == (0, 0, schedule.charges)


def test_a_late_payment_pays_in_the_order_of_the_law(database: Database) -> None:
    with database.write() as session:
        loan, _ = a_ledger_loan(session)
    rolled(database, DUE + timedelta(days=10))
    before = owed(database, loan)
    assert (before.interest_overdue, before.principal_overdue, before.penalty, before.interest) == (
        240_000, 1_000_000, 5_479, 80_000,
    )  # fmt: skip
    with database.write() as session:
        pay(session, loan, 240_000 + 1_000_000 + 5_000, DUE + timedelta(days=10))
    after = owed(database, loan)
    assert (after.interest_overdue, after.principal_overdue, after.penalty, after.interest) == (0, 0, 479, 80_000)


def test_an_order_of_the_products_own_is_followed(database: Database) -> None:
    order = ("penalty", "fee", "interest", "interest_overdue", "principal_overdue", "principal")
    with database.write() as session:
        loan, _ = a_ledger_loan(session, terms=some_terms(**PAYDAY, order=order, policy="neutral"))
    rolled(database, DUE + timedelta(days=10))
    with database.write() as session:
        pay(session, loan, 90_000, DUE + timedelta(days=10))
    after = owed(database, loan)
    assert (after.penalty, after.interest, after.interest_overdue) == (0, 0, 240_000 + 80_000 + 5_479 - 90_000)


def test_a_kopeck_over_is_kept_as_the_borrowers_credit(database: Database) -> None:
    with database.write() as session:
        loan, schedule = a_ledger_loan(session)
    rolled(database, DUE)
    with database.write() as session:
        pay(session, loan, schedule.lines[0].amount + 1, DUE)
    assert owed(database, loan) == Owed(credit=1, charged=240_000)
    rolled(database, DUE + timedelta(days=30))
    assert owed(database, loan) == Owed(credit=1, charged=240_000)


def test_a_payment_that_was_recorded_late_takes_back_the_interest_it_saved(database: Database) -> None:
    with database.write() as session:
        late, schedule = a_ledger_loan(session)
        intime, _ = a_ledger_loan(session)
    tenth, twentieth = ISSUED + timedelta(days=10), ISSUED + timedelta(days=20)
    rolled(database, tenth)
    with database.write() as session:
        pay(session, intime, 580_000, tenth)
    rolled(database, twentieth - timedelta(days=1))
    rolled(database, twentieth)
    shown = owed(database, late)
    with database.write() as session:
        pay(session, late, 580_000, tenth, known_on=twentieth)
    assert owed(database, late) == owed(database, intime)
    assert owed(database, late).balance == 500_000 + 40_000
    with database.read() as session:
        # what people saw on the twentieth, before they learnt of it, can still be told
        earlier = twentieth - timedelta(days=1)
        assert acts.owed_on(session, late.id, earlier, known_at=noon(earlier)).balance == 1_152_000
        kinds = [event.kind for event in events(session, late)]
        assert kinds[-2:] == ["payment", "corrected"]
    assert shown.balance == 1_160_000
    assert schedule.charges == 240_000


def test_a_payment_that_is_taken_back_had_never_come(database: Database) -> None:
    with database.write() as session:
        bounced, _ = a_ledger_loan(session)
        never, _ = a_ledger_loan(session)
    rolled(database, DUE)
    with database.write() as session:
        payment = pay(session, bounced, 1_240_000, DUE)
    rolled(database, DUE + timedelta(days=5))
    assert owed(database, bounced).balance == 0
    with database.write() as session:
        acts.reverse(session, payment, actor="anna", now=noon(DUE + timedelta(days=5)))
        roll(session, on=DUE + timedelta(days=5), now=noon(DUE + timedelta(days=5)))
    assert owed(database, bounced) == owed(database, never)
    with pytest.raises(Conflict, match="already"), database.write() as session:
        acts.reverse(session, payment, actor="anna", now=noon(DUE))
    with database.read() as session:
        assert total_of(events(session, bounced), "paid") == 0


def test_the_same_payment_pays_once(database: Database) -> None:
    with database.write() as session:
        loan, _ = a_ledger_loan(session)
        payment = pay(session, loan, 1_000, ISSUED)
    with pytest.raises(Conflict, match="already"), database.write() as session:
        acts.pay(session, loan.id, payment_id=payment, amount=1_000, day=ISSUED, actor="anna", now=noon(ISSUED))
    assert owed(database, loan).balance == 999_000


def test_a_loan_without_a_ledger_says_so(database: Database) -> None:
    with database.write() as session:
        mirrored = a_loan(session, servicing="core")
    with pytest.raises(NotFound), database.read() as session:
        acts.standing_of(session, mirrored.id)


_ACT = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 20)),
    st.tuples(st.just("pay"), st.integers(1, 900_000)),
    st.tuples(st.just("pay_back_then"), st.integers(1, 900_000)),
    st.tuples(st.just("reverse"), st.integers(0, 5)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_ACT, min_size=1, max_size=12),
    st.booleans(),
    st.sampled_from(("bullet", "annuity", "differentiated")),
    st.integers(0, 2),
)
def test_whatever_happens_money_is_conserved_and_the_past_can_be_told(
    database: Database, play: list[tuple[str, int]], with_limit: bool, kind: str, penalty: int
) -> None:
    terms = some_terms(
        kind=kind, unit="week", pay_every=2, term_min=2, term_max=12, rate_ppm=7_777, instalment_fee=300,
        penalty_ppm=penalty * 100_000, issue_fee=500,
    )  # fmt: skip
    with database.write() as session:
        loan, schedule = a_ledger_loan(session, terms=terms, term=8, charges_limit=1_000_000 if with_limit else None)
    day, payments, received = ISSUED, [], schedule.issue_fee
    shown: dict[date, Owed] = {}
    for number, (act, value) in enumerate(play):
        with database.write() as session:
            if act == "wait":
                day += timedelta(days=value)
            # a loan that is paid off is not rolled on: a payment brings it to its own day
            roll(session, on=day, now=noon(day))
            if act == "pay":
                payments.append((pay(session, loan, value, day, name=f"{loan.id}-{number}"), value))
                received += value
            elif act == "pay_back_then":
                then = max(ISSUED, day - timedelta(days=9))
                payments.append((pay(session, loan, value, then, known_on=day, name=f"{loan.id}-{number}"), value))
                received += value
            elif act == "reverse" and value < len(payments):
                payment, amount = payments.pop(value)
                acts.reverse(session, payment, actor="anna", now=noon(day))
                received -= amount
        shown[day] = owed(database, loan)
        with database.read() as session:
            ledger = events(session, loan)
            account = session.get_one(Account, loan.id)
            # the account is the sum of its events, and nothing is owed or paid out of nowhere
            assert {part: getattr(account, part) for part in ALL_PARTS} == {
                part: total_of(ledger, part) for part in ALL_PARTS
            }
            assert total_of(ledger, *PARTS) - total_of(ledger, "credit") == (
                1_000_000 + total_of(ledger, "charged") - total_of(ledger, "paid")
            )
            assert total_of(ledger, "paid") == received
            assert all(getattr(account, part) >= 0 for part in ALL_PARTS)
            assert 0 <= account.interest_rest < 1_000_000
            assert account.charges_limit is None or account.charged <= max(account.charges_limit, schedule.issue_fee)
            # a replay from the first event comes to the same
            again = acts._again(session, loan.id, acts.standing_of(session, loan.id), acts._acts(session, loan.id))
            assert again.owed == acts.standing_of(session, loan.id).owed
            assert account_values(account)["overdue_since"] == again.overdue_since
    with database.read() as session:
        for then, figure in shown.items():
            assert acts.owed_on(session, loan.id, day, known_at=noon(then)) == figure
    with database.write() as session:
        # the loans of earlier examples are not to be rolled along
        session.execute(update(Account).values(upto=date(9999, 1, 1)))
