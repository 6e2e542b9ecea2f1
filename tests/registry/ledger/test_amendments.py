"""Whatever is agreed about a loan: money is conserved, the past can be told, and all loans at once go as one alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid
from scenario_engine.models import Account, Instalment, Loan, LoanEvent, Payment
from scenario_engine.registry import delinquency
from scenario_engine.registry.amendments import desk
from scenario_engine.registry.ledger import acts
from scenario_engine.registry.ledger.fold import PARTS as ALL_PARTS
from scenario_engine.registry.ledger.fold import Owed
from tests.registry.ledger.accounts import ISSUED, PARTS, a_ledger_loan, events, noon, owed, pay, total_of
from tests.registry.lending.offers import PAYDAY, some_terms

DUE = ISSUED + timedelta(days=30)


def rolled(database: Database, day: date) -> None:
    with database.write() as session:
        delinquency.roll(session, on=day, now=noon(day))


def amended(database: Database, loan: Loan, day: date, kind: str, /, **asked: Any) -> desk.Made:
    with database.write() as session:
        return desk.make(session, loan.id, kind, asked, actor="anna", now=noon(day), time_zone="Europe/Moscow")


def lines(database: Database, loan: Loan) -> list[tuple[date, int, int, int]]:
    with database.read() as session:
        rows = session.scalars(select(Instalment).where(Instalment.loan_id == loan.id).order_by(Instalment.number))
        return [(row.due_on, row.amount, row.principal, row.paid) for row in rows]


def shown(database: Database, loan: Loan) -> tuple[int, int, int, str]:
    with database.read() as session:
        found = session.get_one(Loan, loan.id)
        return found.balance, found.overdue, found.dpd, found.state


def an_annuity(database: Database, **over: Any) -> Loan:
    with database.write() as session:
        terms = some_terms(rate_ppm=2_000, **over)
        return a_ledger_loan(session, terms=terms, principal=6_000_000, term=6)[0]


def a_payday_loan(database: Database, *, limit: int | None = 1_000_000, **over: Any) -> Loan:
    with database.write() as session:
        terms = some_terms(**{**PAYDAY, "prolongations": 2, **over})
        return a_ledger_loan(session, terms=terms, charges_limit=limit)[0]


# -- a schedule drawn anew --------------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", ["term", "instalment"])
def test_what_was_repaid_early_lowers_the_instalments_or_their_number(database: Database, keep: str) -> None:
    loan = an_annuity(database)
    day = ISSUED + timedelta(days=10)
    rolled(database, day)
    before = lines(database, loan)
    with database.write() as session:
        pay(session, loan, 3_000_000, day)
    amended(database, loan, day, "redrawn", keep=keep)
    after = lines(database, loan)
    assert sum(line[2] for line in after) == owed(database, loan).lent
    if keep == "term":
        assert [line[0] for line in after] == [line[0] for line in before]
        assert all(line[1] < before[0][1] for line in after)
    else:
        assert len(after) < len(before)
        assert [line[1] for line in after[:-1]] == [before[0][1]] * (len(after) - 1)


def test_a_redrawn_schedule_that_is_kept_ends_at_nothing_owed(database: Database) -> None:
    loan = an_annuity(database)
    day = ISSUED + timedelta(days=10)
    rolled(database, day)
    with database.write() as session:
        pay(session, loan, 2_222_222, day)
    amended(database, loan, day, "redrawn", keep="term")
    for due, amount, _, _ in lines(database, loan):
        rolled(database, due)
        with database.write() as session:
            pay(session, loan, amount, due)
    assert (owed(database, loan).balance, owed(database, loan).credit) == (0, 0)


def test_nothing_repaid_early_is_nothing_to_redraw(database: Database) -> None:
    loan = an_annuity(database)
    with pytest.raises(Invalid, match="ahead"):
        amended(database, loan, ISSUED + timedelta(days=3), "redrawn", keep="term")
    late = ISSUED + timedelta(days=40)
    rolled(database, late)
    with pytest.raises(Invalid, match="overdue"):
        amended(database, loan, late, "redrawn", keep="term")


def test_a_line_that_was_paid_stays_paid_when_the_next_is_missed(database: Database) -> None:
    loan = an_annuity(database)
    first, second = lines(database, loan)[:2]
    rolled(database, first[0])
    with database.write() as session:
        pay(session, loan, first[1], first[0])
    rolled(database, second[0] + timedelta(days=3))
    with database.write() as session:
        pay(session, loan, 1, second[0] + timedelta(days=3))
    assert lines(database, loan)[0][3] == first[1]
    assert lines(database, loan)[1][3] == 0


# -- prolongation -----------------------------------------------------------------------------------------------


def test_a_prolonged_loan_is_overdue_no_more_and_falls_due_later(database: Database) -> None:
    loan = a_payday_loan(
        database, order=("penalty", "fee", "interest_overdue", "interest", "principal_overdue", "principal")
    )
    day = DUE + timedelta(days=5)
    rolled(database, day)
    with pytest.raises(Invalid, match="are to be paid"):
        amended(database, loan, day, "prolonged", term=30)
    found = owed(database, loan)
    with database.write() as session:
        pay(session, loan, found.balance - found.lent, day)
    assert amended(database, loan, day, "prolonged", term=30).cured
    assert shown(database, loan) == (1_000_000, 0, 0, "open")
    assert lines(database, loan)[-1][:3] == (day + timedelta(days=30), 1_240_000, 1_000_000)


def test_where_money_repays_principal_before_the_penalty_a_late_loan_is_restructured_and_not_prolonged(
    database: Database,
) -> None:
    loan = a_payday_loan(database)
    rolled(database, DUE)
    with pytest.raises(Invalid) as first:
        amended(database, loan, DUE, "prolonged", term=30)
    rolled(database, DUE + timedelta(days=5))
    with pytest.raises(Invalid, match="restructure") as late:
        amended(database, loan, DUE + timedelta(days=5), "prolonged", term=30)
    assert (first.value.code, late.value.code) == ("amendment.charges", "amendment.order")


def test_a_late_loan_is_prolonged_in_one_act_with_the_payment_of_its_charges(database: Database) -> None:
    loan = a_payday_loan(database)
    day = DUE + timedelta(days=5)
    rolled(database, day)
    before = owed(database, loan)
    charges = before.balance - before.lent
    for pays in (charges - 1, charges + 1):
        with pytest.raises(Invalid) as refused:
            amended(database, loan, day, "prolonged", term=30, pays=pays)
        assert refused.value.code == "amendment.price"
    with database.read() as session:
        prospect = desk.look(session, loan.id, "prolonged", {"term": 30, "pays": charges}, on=day)
    made = amended(database, loan, day, "prolonged", term=30, pays=charges)
    assert (made.cured, made.price, prospect.price) == (True, charges, charges)
    assert owed(database, loan) == prospect.after.owed
    assert shown(database, loan) == (1_000_000, 0, 0, "open")
    assert lines(database, loan)[-1][:3] == (day + timedelta(days=30), 1_240_000, 1_000_000)
    with database.read() as session:
        payment = session.scalars(select(Payment).where(Payment.loan_id == loan.id)).one()
        assert (payment.id, payment.amount) == (made.payment_id, charges)
        assert [event.kind for event in events(session, loan)][-2:] == ["payment", "prolonged"]
    with pytest.raises(Invalid):
        amended(database, loan, day, "prolonged", term=30, pays=charges)
    rolled(database, day + timedelta(days=2))
    with database.write() as session:
        acts.reverse(session, payment.id, actor="anna", now=noon(day + timedelta(days=2)))
    assert owed(database, loan).charged > before.charged
    assert owed(database, loan).balance == 1_000_000 + owed(database, loan).charged


def test_a_prolongation_that_is_refused_takes_no_payment(database: Database) -> None:
    loan = a_payday_loan(database, prolongations=0)
    rolled(database, DUE)
    with pytest.raises(Invalid):
        amended(database, loan, DUE, "prolonged", term=30, pays=240_000)
    with database.read() as session:
        assert session.scalars(select(Payment)).all() == []
    assert owed(database, loan).balance == 1_240_000


def test_a_loan_prolonged_on_its_due_day_earns_on_and_the_limits_hold(database: Database) -> None:
    loan = a_payday_loan(database)
    rolled(database, DUE)
    with database.write() as session:
        pay(session, loan, 240_000, DUE)
    amended(database, loan, DUE, "prolonged", term=30)
    assert lines(database, loan) == [
        (DUE, 240_000, 0, 240_000),
        (DUE + timedelta(days=30), 1_240_000, 1_000_000, 0),
    ]
    with database.read() as session:
        found = session.get_one(Loan, loan.id)
        assert (found.next_due_on, found.next_due_amount) == (DUE + timedelta(days=30), 1_240_000)
    rolled(database, DUE + timedelta(days=30))
    assert shown(database, loan) == (1_240_000, 0, 0, "open")
    with database.write() as session:
        pay(session, loan, 240_000, DUE + timedelta(days=30))
    with pytest.raises(Invalid, match="30 days at most"):
        amended(database, loan, DUE + timedelta(days=30), "prolonged", term=31)
    amended(database, loan, DUE + timedelta(days=30), "prolonged", term=30)
    last = DUE + timedelta(days=60)
    rolled(database, last)
    with database.write() as session:
        pay(session, loan, 240_000, last)
        count = select(func.count()).where(LoanEvent.loan_id == loan.id, LoanEvent.kind == "prolonged")
        assert session.scalar(count) == 2
    with pytest.raises(Invalid, match="allows 2 prolongations"):
        amended(database, loan, last, "prolonged", term=5)


def test_interest_of_a_prolongation_stays_within_the_limit_of_the_law(database: Database) -> None:
    loan = a_payday_loan(database, limit=400_000)
    rolled(database, DUE)
    with database.write() as session:
        pay(session, loan, 240_000, DUE)
    with pytest.raises(Invalid, match="Until 2026-05-21 it fits"):
        amended(database, loan, DUE, "prolonged", term=21)
    amended(database, loan, DUE, "prolonged", term=20)
    rolled(database, DUE + timedelta(days=20))
    assert owed(database, loan).charged == 400_000


# -- pauses -----------------------------------------------------------------------------------------------------


def test_days_of_a_dispute_do_not_count(database: Database) -> None:
    loan = a_payday_loan(database)
    rolled(database, DUE + timedelta(days=10))
    amended(
        database, loan, DUE + timedelta(days=10), "paused", what="dispute",
        first=(DUE + timedelta(days=11)).isoformat(), interest_stops=True, penalty_stops=True,
    )  # fmt: skip
    before = owed(database, loan)
    rolled(database, DUE + timedelta(days=25))
    assert owed(database, loan) == before
    assert shown(database, loan)[2] == 10
    with pytest.raises(Invalid, match="already"):
        amended(
            database, loan, DUE + timedelta(days=25), "paused", what="moratorium",
            first=(DUE + timedelta(days=26)).isoformat(), interest_stops=True, penalty_stops=True,
        )  # fmt: skip
    amended(database, loan, DUE + timedelta(days=25), "resumed")
    rolled(database, DUE + timedelta(days=27))
    assert shown(database, loan)[2] == 12


def test_a_pause_that_is_learnt_of_late_takes_back_what_was_charged(database: Database) -> None:
    late, intime = a_payday_loan(database), a_payday_loan(database)
    first, day = DUE + timedelta(days=3), DUE + timedelta(days=20)
    asked = {"what": "moratorium", "first": first.isoformat(), "interest_stops": True, "penalty_stops": True}
    rolled(database, first - timedelta(days=1))
    amended(database, intime, first - timedelta(days=1), "paused", **asked)
    rolled(database, day - timedelta(days=1))
    seen = owed(database, late)
    amended(database, late, day, "paused", **asked)
    rolled(database, day)
    assert owed(database, late) == owed(database, intime)
    assert shown(database, late)[:3] == shown(database, intime)[:3]
    with database.read() as session:
        yesterday = day - timedelta(days=1)
        assert acts.owed_on(session, late.id, yesterday, known_at=noon(yesterday)) == seen
    assert owed(database, late).balance < seen.balance


def test_credit_holidays_move_the_instalments_and_cost_no_penalty(database: Database) -> None:
    loan = an_annuity(database)
    before = lines(database, loan)
    first = ISSUED + timedelta(days=5)
    amended(database, loan, ISSUED + timedelta(days=1), "holidays", first=first.isoformat(), months=3, ground="income")
    after = lines(database, loan)
    assert [line[2] for line in after] == [line[2] for line in before]
    assert after[0][0] == date(2026, 8, 1)
    rolled(database, date(2026, 7, 31))
    assert shown(database, loan)[1:] == (0, 0, "open")
    # interest of the whole time falls due with the first line
    rolled(database, after[0][0])
    assert after[0][1] - after[0][2] == owed(database, loan).interest
    with pytest.raises(Invalid, match="once a ground"):
        amended(
            database, loan, date(2026, 8, 1), "holidays", first="2026-08-10", months=1, ground="income"
        )  # fmt: skip


def test_the_law_limits_holidays(database: Database) -> None:
    loan = an_annuity(database)
    first = (ISSUED + timedelta(days=5)).isoformat()
    with pytest.raises(Invalid, match="up to 6 months"):
        amended(database, loan, ISSUED, "holidays", first=first, months=7, ground="income")
    with database.write() as session:
        terms = some_terms(principal_max=90_000_000)
        dear = a_ledger_loan(session, terms=terms, principal=45_000_100, term=6)[0]
    with pytest.raises(Invalid, match="450"):
        amended(database, dear, ISSUED, "holidays", first=first, months=1, ground="income")


# -- restructuring, judgment, write-off, sale -------------------------------------------------------------------


def test_a_restructured_loan_begins_anew(database: Database) -> None:
    loan = a_payday_loan(database, limit=None)
    day = DUE + timedelta(days=40)
    rolled(database, day)
    before = owed(database, loan)
    made = amended(
        database, loan, day, "restructured", first_on="2026-07-10", count=4, unit="month", interest="capitalise",
        penalty="waive", rate_ppm=1_000,
    )  # fmt: skip
    after = owed(database, loan)
    assert made.cured
    assert after.lent == before.lent + before.interest + before.interest_overdue
    assert (after.penalty, after.given_up, after.interest) == (0, before.penalty, 0)
    assert shown(database, loan)[1:] == (0, 0, "open")
    for due, amount, _, paid in lines(database, loan)[1:]:
        assert paid == 0
        rolled(database, due)
        with database.write() as session:
            pay(session, loan, amount, due)
    assert owed(database, loan).balance == 0


def test_interest_that_is_kept_comes_on_top_of_the_first_instalment_and_a_kept_penalty_is_owed_but_not_overdue(
    database: Database,
) -> None:
    loan = a_payday_loan(database, limit=None)
    day = DUE + timedelta(days=40)
    rolled(database, day)
    before = owed(database, loan)
    made = amended(database, loan, day, "restructured", first_on="2026-07-10", count=4, unit="month", rate_ppm=1_000)
    assert made.cured
    assert shown(database, loan)[1:3] == (0, 0)
    assert owed(database, loan).penalty == before.penalty
    amounts = [line[1] for line in lines(database, loan)[1:]]
    kept = before.interest + before.interest_overdue
    assert amounts[0] - kept == amounts[1] == amounts[2] >= amounts[3] > amounts[2] - 10
    rolled(database, date(2026, 7, 10))
    assert owed(database, loan).interest == amounts[0] - lines(database, loan)[1][2]
    with database.write() as session:
        pay(session, loan, amounts[0], date(2026, 7, 10))
    rolled(database, date(2026, 7, 11))
    assert shown(database, loan)[1:3] == (0, 0)


def test_after_a_kept_penalty_a_new_one_is_overdue_alone(database: Database) -> None:
    loan = a_payday_loan(database, limit=None)
    day = DUE + timedelta(days=40)
    rolled(database, day)
    kept = owed(database, loan).penalty
    amended(
        database, loan, day, "restructured", first_on="2026-07-10", count=2, unit="month", interest="waive",
        rate_ppm=0,
    )  # fmt: skip
    rolled(database, date(2026, 7, 12))
    grown = owed(database, loan).penalty - kept
    assert grown > 0
    assert shown(database, loan)[1:3] == (500_000 + grown, 2)
    with database.write() as session:
        pay(session, loan, 1_000_000 + grown, date(2026, 7, 12))
    assert owed(database, loan).balance == kept
    rolled(database, date(2026, 8, 11))
    # the last instalment has fallen due: nothing puts it off any more
    assert shown(database, loan)[1:3] == (kept, 0)


def test_a_restructuring_never_raises_the_rate(database: Database) -> None:
    loan = a_payday_loan(database)
    with pytest.raises(Invalid, match="not raise"):
        amended(
            database, loan, ISSUED, "restructured", first_on="2026-04-20", count=2, unit="week", rate_ppm=8_001
        )  # fmt: skip


def test_awarded_sums_grow_no_more_and_costs_are_paid_first(database: Database) -> None:
    loan = a_payday_loan(database)
    day = DUE + timedelta(days=60)
    rolled(database, day)
    with pytest.raises(Invalid, match="no more can be awarded"):
        amended(
            database, loan, day, "judged", act="2-1/2026", principal=1_000_001, interest=0, penalty=0, fee=0, costs=0
        )  # fmt: skip
    amended(
        database, loan, day, "judged", act="2-1/2026", principal=1_000_000, interest=400_000, penalty=10_000, fee=0,
        costs=200_000,
    )  # fmt: skip
    rolled(database, day + timedelta(days=30))
    found = owed(database, loan)
    assert (found.lent, found.interest + found.interest_overdue, found.penalty, found.fee) == (
        1_000_000, 400_000, 10_000, 200_000,
    )  # fmt: skip
    assert shown(database, loan)[2] == 90
    with database.write() as session:
        pay(session, loan, 250_000, day + timedelta(days=30))
    found = owed(database, loan)
    assert (found.fee, found.interest_overdue, found.lent) == (0, 350_000, 1_000_000)


def test_awarded_interest_grows_on_the_principal_until_it_is_repaid(database: Database) -> None:
    loan = a_payday_loan(database, limit=900_000)
    day = DUE + timedelta(days=60)
    rolled(database, day)
    with database.read() as session:
        charged = acts.standing_of(session, loan.id).owed.charged
    amended(
        database, loan, day, "judged", act="2-1/2026", principal=1_000_000, interest=400_000, penalty=0, fee=0,
        costs=50_000, rate_ppm=365_000, rate_per="year",
    )  # fmt: skip
    later = day + timedelta(days=10)
    with database.read() as session:
        assert acts.quote(session, loan.id, later).owed.balance == 1_450_000 + 10 * 1_000
    rolled(database, later)
    found = owed(database, loan)
    assert (found.lent, found.interest + found.interest_overdue, found.fee) == (1_000_000, 410_000, 50_000)
    with database.write() as session:
        # costs, all interest, and half of the principal
        pay(session, loan, 50_000 + 410_000 + 500_000, later)
    rolled(database, later + timedelta(days=10))
    found = owed(database, loan)
    assert (found.lent, found.interest + found.interest_overdue, found.fee) == (500_000, 5_000, 0)
    rolled(database, later + timedelta(days=2_000))
    assert owed(database, loan).charged == 950_000 if charged < 900_000 else charged + 50_000


def test_a_judgment_that_is_recorded_late_comes_to_the_same_as_one_recorded_on_its_day(database: Database) -> None:
    judged_on, paid_on, told_on = (DUE + timedelta(days=after) for after in (60, 70, 90))
    award = {
        "act": "2-1/2026", "principal": 900_000, "interest": 400_000, "penalty": 10_000, "fee": 0, "costs": 50_000,
        "rate_ppm": 365_000, "rate_per": "year",
    }  # fmt: skip
    at_once, late = a_payday_loan(database, limit=None), a_payday_loan(database, limit=None)
    rolled(database, judged_on)
    amended(database, at_once, judged_on, "judged", **award)
    rolled(database, paid_on)
    for loan in (at_once, late):
        with database.write() as session:
            pay(session, loan, 300_000, paid_on)
    rolled(database, told_on)
    amended(database, late, told_on, "judged", day=judged_on.isoformat(), **award)
    assert owed(database, late) == owed(database, at_once)
    assert owed(database, late).balance == 1_360_000 - 300_000 + 30 * 900
    assert shown(database, late) == shown(database, at_once)
    rolled(database, told_on + timedelta(days=10))
    assert owed(database, late) == owed(database, at_once)
    with database.read() as session:
        ledger = events(session, late)
        judgment = next(event for event in ledger if event.kind == "judged")
        assert (judgment.day, judgment.recorded_at) == (judged_on, noon(told_on))
        # what was charged since by the old terms is taken back, and nothing else
        assert total_of(ledger, *PARTS) == 1_000_000 + total_of(ledger, "charged") - total_of(
            ledger, "paid", "given_up"
        )


@pytest.mark.parametrize("after", [-1, 21])
def test_a_judgment_is_neither_of_a_day_to_come_nor_older_than_what_was_agreed(database: Database, after: int) -> None:
    loan = a_payday_loan(database, prolongations=3)
    agreed_on, today = DUE + timedelta(days=10), DUE + timedelta(days=30)
    rolled(database, agreed_on)
    amended(database, loan, agreed_on, "paused", what="dispute", first=(agreed_on + timedelta(days=1)).isoformat(),
            last=(agreed_on + timedelta(days=2)).isoformat(), interest_stops=True, penalty_stops=True)  # fmt: skip
    rolled(database, today)
    with pytest.raises(Invalid) as refused:
        amended(
            database, loan, today, "judged", act="2-1/2026", day=(agreed_on + timedelta(days=after)).isoformat(),
            principal=1_000_000, interest=0, penalty=0, fee=0, costs=0,
        )  # fmt: skip
    assert [problem.field for problem in refused.value.problems] == ["day"]


@pytest.mark.parametrize(
    ("kind", "asked"), [("written_off", {"reason": "hopeless"}), ("sold", {"buyer": "Agency", "price": 1})]
)
def test_a_loan_that_left_owes_nothing_and_money_after_it_is_credit(
    database: Database, kind: str, asked: dict[str, Any]
) -> None:
    loan = a_payday_loan(database)
    day = DUE + timedelta(days=10)
    rolled(database, day)
    before = owed(database, loan)
    amended(database, loan, day, kind, **asked)
    assert owed(database, loan).given_up == before.balance
    assert shown(database, loan) == (0, 0, 0, kind)
    rolled(database, day + timedelta(days=5))
    with database.write() as session:
        pay(session, loan, 5_000, day + timedelta(days=5))
    assert (owed(database, loan).balance, owed(database, loan).credit) == (0, 5_000)
    with pytest.raises(Conflict, match="not open"):
        amended(database, loan, day, "resumed")


# -- whatever happens -------------------------------------------------------------------------------------------

_ACT = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 20)),
    st.tuples(st.just("pay"), st.integers(1, 900_000)),
    st.tuples(st.just("pay_charges"), st.just(0)),
    st.tuples(st.just("pay_back_then"), st.integers(1, 900_000)),
    st.tuples(st.just("reverse"), st.integers(0, 5)),
    st.tuples(st.just("prolonged"), st.integers(1, 10)),
    st.tuples(st.just("redrawn"), st.integers(0, 1)),
    st.tuples(st.just("restructured"), st.integers(0, 26)),
    st.tuples(st.just("holidays"), st.integers(0, 1)),
    st.tuples(st.just("paused"), st.integers(-9, 9)),
    st.tuples(st.just("resumed"), st.just(0)),
    st.tuples(st.just("judged"), st.integers(0, 7)),
    st.tuples(st.just("written_off"), st.just(0)),
)


def _asked(act: str, value: int, day: date, found: Owed) -> dict[str, Any]:
    ways = ("keep", "capitalise", "waive")
    if act == "prolonged":
        return {"term": value, "pays": found.balance - found.lent if value % 2 else None}
    if act == "redrawn":
        return {"keep": ("term", "instalment")[value]}
    if act == "restructured":
        return {
            "first_on": (day + timedelta(days=value + 1)).isoformat(), "count": value % 4 + 1, "unit": "week",
            "interest": ways[value % 3], "penalty": ways[value // 3 % 3], "fee": ways[value // 9 % 3],
        }  # fmt: skip
    if act == "holidays":
        first = day + timedelta(days=2)
        return {"first": first.isoformat(), "months": 1, "ground": ("income", "emergency")[value]}
    if act == "paused":
        return {
            "what": "dispute", "first": (day + timedelta(days=value)).isoformat(), "interest_stops": value % 2 == 0,
            "penalty_stops": value % 3 == 0,
            "last": (day + timedelta(days=value + 5)).isoformat() if value % 4 else None,
        }  # fmt: skip
    if act == "judged":
        share, which = value + 1, value % 4
        return {
            "act": "2-1", "principal": found.lent, "interest": (found.interest + found.interest_overdue) // share,
            "penalty": found.penalty // share, "fee": found.fee if which == value else 0, "costs": which * 1_000,
            "rate_ppm": (0, 95_000, 3_000, 0)[which], "rate_per": ("year", "year", "day", "day")[which],
            # every second one was learnt of late
            "day": None if which == value else (day - timedelta(days=3 * (value - 3))).isoformat(),
        }  # fmt: skip
    return {"reason": "hopeless"} if act == "written_off" else {}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_ACT, min_size=2, max_size=14), st.booleans(), st.sampled_from(("bullet", "annuity", "differentiated")),
    st.sampled_from((0, 4, 16)),
)  # fmt: skip
def test_whatever_is_agreed_money_is_conserved_and_the_past_can_be_told(
    database: Database, play: list[tuple[str, int]], with_limit: bool, kind: str, grace: int
) -> None:
    terms = some_terms(
        kind=kind, unit="week", pay_every=2, term_min=2, term_max=12, rate_ppm=7_777, instalment_fee=300,
        issue_fee=500, prolongations=3, dpd_grace_days=grace, grace_days=grace,
    )  # fmt: skip
    with database.write() as session:
        loan, schedule = a_ledger_loan(session, terms=terms, term=4, charges_limit=1_000_000 if with_limit else None)
    day, payments, received = ISSUED, [], schedule.issue_fee
    seen: list[tuple[date, Owed]] = []
    for number, (act, value) in enumerate(play):
        if act == "wait":
            day += timedelta(days=value)
        # a second a play: what was known before an act is told apart from what it changed
        now = noon(day) + timedelta(seconds=number)
        with database.write() as session:
            delinquency.roll(session, on=day, now=now, loans=[loan.id])
            found = acts.standing_of(session, loan.id).owed
            if act in ("pay", "pay_charges", "pay_back_then"):
                amount = value or found.balance - found.lent
                then = max(ISSUED, day - timedelta(days=9)) if act == "pay_back_then" else day
                if amount:
                    payments.append(
                        (pay(session, loan, amount, then, known_on=day, name=f"{loan.id}-{number}"), amount)
                    )
                    received += amount
            elif act == "reverse" and value < len(payments):
                payment, amount = payments.pop(value)
                acts.reverse(session, payment, actor="anna", now=now)
                received -= amount
        if act not in ("wait", "pay", "pay_charges", "pay_back_then", "reverse"):
            try:
                with database.write() as session:
                    made = desk.make(
                        session, loan.id, act, _asked(act, value, day, found), actor="anna", now=now, time_zone="UTC"
                    )
                    received += made.price
                    if made.payment_id is not None:
                        payments.append((made.payment_id, made.price))
            except (Invalid, Conflict):
                pass
        with database.write() as session:
            delinquency.roll(session, on=day, now=now, loans=[loan.id])
            ledger = events(session, loan)
            account = session.get_one(Account, loan.id)
            # the account is the sum of its events, and nothing is owed, paid or given up out of nowhere
            assert {part: getattr(account, part) for part in ALL_PARTS} == {
                part: total_of(ledger, part) for part in ALL_PARTS
            }
            assert total_of(ledger, *PARTS) - total_of(ledger, "credit") == (
                1_000_000 + total_of(ledger, "charged") - total_of(ledger, "paid", "given_up")
            )
            assert total_of(ledger, "paid") == received
            assert all(getattr(account, part) >= 0 for part in ALL_PARTS)
            # walked again from its first day, alone, the loan stands where the roll of all loans brought it
            standing = acts.standing_of(session, loan.id)
            again = acts._again(session, loan.id, standing, acts._acts(session, loan.id))
            assert again.owed == standing.owed
            assert (again.at, again.overdue_since, again.dpd) == (standing.at, standing.overdue_since, standing.dpd)
            assert again.contract == standing.contract
            row = session.get_one(Loan, loan.id)
            assert row.balance == standing.owed.balance
            if row.state == "open":
                assert (row.dpd, row.overdue) == (standing.dpd, standing.overdue)
        seen.append((day, owed(database, loan)))
        with database.read() as session:
            assert acts.owed_on(session, loan.id, day, known_at=now) == seen[-1][1]
    with database.read() as session:
        known = {then: figure for then, figure in seen}
        for then, figure in known.items():
            last = noon(then + timedelta(days=1)) - timedelta(seconds=1)
            assert acts.owed_on(session, loan.id, day, known_at=last) == figure
    with database.write() as session:
        # the loans of earlier examples are not to be rolled along
        session.execute(update(Account).values(upto=date(9999, 1, 1)))
