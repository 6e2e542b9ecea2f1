"""Inquiries on their way: asked, fetched, told as news, within quotas, and again after what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid
from scenario_engine.inquiries import asking, providers
from scenario_engine.inquiries.sending import MOST_ATTEMPTS, is_anything_due
from scenario_engine.models import InquiryProvider, InquiryRequest, Loan, Signal
from scenario_engine.ports import Busy, Quota, Unreached
from tests.inquiries.asked import NOW, VAULT, Desk, Oracle, a_loan_of, a_person, agree, proceeding, report


def news(database: Database, loan: Loan) -> list[tuple[str, str]]:
    with database.read() as session:
        found = session.scalars(select(Signal).where(Signal.loan_id == loan.id).order_by(Signal.id))
        return [(signal.kind, signal.data["state"]) for signal in found]


def is_due(desk: Desk) -> bool:
    with desk.database.read() as session:
        return is_anything_due(session, now=desk.now)


def test_while_no_provider_is_switched_on_nothing_leaves_and_nothing_is_told(database: Database) -> None:
    oracle = Oracle(facts={"proceedings": [proceeding()]})
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    inquiry = desk.ask(loan)

    assert desk.round().answered == 1
    found = desk.inquiry(inquiry)
    assert (found.state, found.provider, found.outcome, found.facts, found.told_at) == (
        "answered", "sandbox", None, None, None
    )  # fmt: skip
    assert (oracle.asked, news(database, loan), desk.loan(loan).bailiff_state) == ([], [], "none")


def test_an_answer_that_says_something_new_changes_the_loan_and_is_told_once(database: Database) -> None:
    oracle = Oracle(facts={"proceedings": [proceeding()]})
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    desk.switch_on("oracle")
    inquiry = desk.ask(loan)

    assert desk.round().answered == 1
    found = desk.inquiry(inquiry)
    assert (found.state, found.outcome, found.cost, found.provider) == ("answered", "opened", 150, "oracle")
    assert "ПРИСТАВОВА" not in (found.facts or "")
    assert (desk.loan(loan).bailiff_state, news(database, loan)) == ("opened", [("bailiff_news", "opened")])
    with database.read() as session:
        assert [signal.handled for signal in session.scalars(select(Signal))] == [True]

    desk.ask(loan)
    desk.later(minutes=1)
    assert len(news(database, loan)) == 1, "the same again is no news"

    oracle.facts = {"proceedings": [proceeding(ended=True, ended_on="2026-11-20", ground=[46, 1, 4])]}
    desk.ask(loan)
    desk.later(minutes=1)
    assert news(database, loan)[1:] == [("bailiff_news", "ended")]


def test_a_task_is_fetched_later_and_its_questions_leave_together(database: Database) -> None:
    oracle = Oracle(tasks=True, together=50)
    desk = Desk(database, {"oracle": oracle})
    with database.write() as session:
        loans = [a_person(session) for _ in range(3)]
    desk.switch_on("oracle")
    last = desk.ask(loans)

    assert desk.round().asked == 3
    assert [len(questions) for questions in oracle.asked] == [3]
    assert (desk.inquiry(last).state, desk.inquiry(last).task) == ("waiting", "task-1")
    assert not is_due(desk)
    assert desk.later(seconds=11).answered == 3
    assert desk.inquiry(last).state == "answered"


def test_an_answer_that_does_not_come_within_a_day_is_given_up_and_can_be_asked_for_again(database: Database) -> None:
    oracle = Oracle(tasks=True)
    oracle._findings = lambda questions: None  # type: ignore[method-assign, assignment, return-value]
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    desk.switch_on("oracle")
    inquiry = desk.ask(loan)
    desk.round()

    assert desk.later(seconds=11).put_off == 1
    assert desk.later(hours=25).failed == 1
    assert (desk.inquiry(inquiry).state, desk.inquiry(inquiry).error) == ("failed", "silent")
    with database.write() as session:
        asking.ask_again(session, inquiry, actor="anna", now=desk.now)
    assert desk.round().asked == 1


def test_a_provider_that_is_down_is_asked_again_after_longer_and_longer_pauses_until_it_is_given_up(
    database: Database,
) -> None:
    oracle = Oracle(troubles=[Unreached("time") for _ in range(MOST_ATTEMPTS)])
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    desk.switch_on("oracle")
    inquiry = desk.ask(loan)
    pauses = []
    while desk.inquiry(inquiry).state == "asked":
        desk.round()
        assert not is_due(desk)
        pauses.append((desk.inquiry(inquiry).due_at - desk.now).total_seconds())
        desk.now += timedelta(days=4)

    assert len(pauses) == MOST_ATTEMPTS
    assert 30 <= pauses[0] <= 90
    assert pauses[4] > 3_600
    assert (desk.inquiry(inquiry).state, desk.inquiry(inquiry).error) == ("failed", "time")


@pytest.mark.parametrize("trouble", [Unreached("login"), Busy(600)])
def test_a_provider_that_lets_nobody_in_or_is_busy_costs_no_attempt(database: Database, trouble: Exception) -> None:
    oracle = Oracle(troubles=[trouble])
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    desk.switch_on("oracle")
    inquiry = desk.ask(loan)

    desk.round()
    assert not is_due(desk)
    assert (desk.inquiry(inquiry).state, desk.inquiry(inquiry).attempts) == ("asked", 0)
    with database.read() as session:
        trouble_said = session.get_one(InquiryProvider, "oracle").trouble
    assert trouble_said == ("login" if isinstance(trouble, Unreached) else None)
    assert desk.later(minutes=16).answered == 1


def test_what_cannot_be_asked_is_given_up_in_words_and_does_not_count(database: Database) -> None:
    oracle = Oracle(missing="region")
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    desk.switch_on("oracle")
    inquiry = desk.ask(loan)

    assert desk.round().failed == 1
    assert (desk.inquiry(inquiry).state, desk.inquiry(inquiry).error) == ("failed", "region")
    with database.read() as session:
        assert session.scalars(select(InquiryRequest)).all() == []


def test_a_process_that_died_leaves_a_question_that_another_asks(database: Database) -> None:
    oracle = Oracle(troubles=[KeyboardInterrupt()])  # type: ignore[list-item]
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    desk.switch_on("oracle")
    inquiry = desk.ask(loan)
    with pytest.raises(KeyboardInterrupt):
        desk.round()

    assert desk.later(minutes=5).taken == 0
    assert desk.later(minutes=6).answered == 1
    assert desk.inquiry(inquiry).attempts == 2


HOUR = (Quota(kind="single", most=3, seconds=3_600), Quota(kind="group", most=5, seconds=86_400, by_question=True))


def test_quotas_of_single_questions_and_groups_hold_over_all_processes(database: Database) -> None:
    oracle = Oracle(quotas=HOUR, together=2)
    desk = Desk(database, {"oracle": oracle})
    with database.write() as session:
        loans = [a_person(session) for _ in range(14)]
    desk.switch_on("oracle")
    desk.ask(loans)

    def work() -> None:
        sender = desk.sender()
        while sender.round().taken:
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # five in groups of two, and three alone
    assert sorted(len(questions) for questions in oracle.asked) == [1, 1, 1, 1, 2, 2]
    assert len({each.inquiry_id for questions in oracle.asked for each in questions}) == 8
    assert not is_due(desk)
    desk.now += timedelta(minutes=61)
    assert is_due(desk)
    work()
    assert len(oracle.asked) == 9, "three more alone in the next hour, groups are used up for the day"


def test_of_one_subject_one_provider_is_switched_on(database: Database) -> None:
    desk = Desk(database, {"a": Oracle(key="a"), "b": Oracle(key="b"), "c": Oracle(key="c", subject="bureau")})
    desk.switch_on("a")
    desk.switch_on("c")
    with pytest.raises(Invalid) as refused:
        desk.switch_on("b")
    assert [problem.code for problem in refused.value.problems] == ["provider.other"]


@pytest.mark.parametrize(
    ("said", "kopecks"), [("", 0), ("12", 1_200), ("1,5", 150), ("0.05", 5), ("x", None), ("-1", None)]
)
def test_a_price_is_roubles(said: str, kopecks: int | None) -> None:
    assert providers.price({"price": said}) == kopecks


def test_the_bureau_is_asked_only_with_a_consent_that_holds(database: Database) -> None:
    oracle = Oracle(subject="bureau", facts=report())
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    desk.switch_on("oracle")
    with pytest.raises(Invalid) as refused:
        desk.ask(loan, "bureau")
    assert refused.value.code == "inquiry.consent"

    with database.write() as session:
        agree(session, loan.borrower_id)
    desk.ask(loan, "bureau")
    assert desk.round().answered == 1
    assert oracle.asked[0][0].consent_on is not None
    with database.write() as session:
        agree(session, loan.borrower_id, "revoked")
    with pytest.raises(Invalid):
        desk.ask(loan, "bureau")


def bureau_states(database: Database, reports: Sequence[dict[str, object]]) -> list[str]:
    oracle = Oracle(subject="bureau")
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    with database.write() as session:
        agree(session, loan.borrower_id)
    desk.switch_on("oracle")
    for each in reports:
        oracle.facts = each
        desk.ask(loan, "bureau")
        desk.later(days=1)
    return [state for _, state in news(database, loan)]


def test_a_report_is_compared_with_the_one_before(database: Database) -> None:
    first = report()
    found = bureau_states(
        database,
        [first, first, report(overdue=200_000), report(overdue=150_000), report(overdue=150_000, bankrupt=True)],
    )
    assert found == ["worse", "better", "bankrupt"]


def test_the_same_is_not_asked_twice_at_once(database: Database) -> None:
    desk, loan = Desk(database, {}), a_loan_of(database)
    desk.ask(loan)
    with pytest.raises(Conflict):
        desk.ask(loan)


def test_a_passport_is_ten_digits_and_sealed(database: Database) -> None:
    oracle = Oracle()
    desk, loan = Desk(database, {"oracle": oracle}), a_loan_of(database)
    desk.switch_on("oracle")
    with database.write() as session:
        for wrong in ("", "1234", "12345678901", "abcdefghij"):
            with pytest.raises(Invalid):
                asking.keep_passport(session, VAULT, loan.borrower_id, wrong, actor="anna", now=NOW)
        for number in ("0000 000000", "65 10 № 123456"):
            asking.keep_passport(session, VAULT, loan.borrower_id, number, actor="anna", now=NOW)
    desk.ask(loan)
    desk.round()
    assert oracle.asked[0][0].passport == "6510123456"
