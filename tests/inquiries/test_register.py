"""The whole way against the register's simulator over HTTP: groups, single questions, failures, quotas."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from connectors.fssp import Fssp, proceeding
from connectors.fssp_simulator import Simulator
from scenario_engine.database import Database
from scenario_engine.inquiries.facts import judge
from scenario_engine.models import Inquiry, Loan
from tests.inquiries.asked import Desk, a_person

TOKEN = Simulator.token


def row(number: str, act: str, end: str = "") -> dict[str, str]:
    return {
        "name": "ПРИМЕРОВ ПЁТР ИЛЬИЧ 01.02.1990", "exe_production": f"{number} от 05.03.2026",
        "details": f"Судебный приказ от 12.02.2026 № {act}", "subject": "Долг: 1000.00 руб.",
        "department": "Примерское РОСП", "bailiff": "ПРИСТАВОВА А. А.", "ip_end": end,
    }  # fmt: skip


def states(database: Database) -> Counter[str]:
    with database.read() as session:
        found = session.execute(select(Inquiry.state, func.count()).group_by(Inquiry.state))
        return Counter({state: number for state, number in found})


def run(desk: Desk) -> None:
    while desk.round().taken:
        pass


def test_hundreds_of_questions_leave_in_groups_and_a_failing_register_loses_none(database: Database) -> None:
    with Simulator(delay=0, people={"примеров": [row("1/26/66001-ИП", "2-1/2026")]}) as register:
        desk = Desk(database, {"fssp": Fssp()})
        with database.write() as session:
            loans = [a_person(session) for _ in range(120)]
        desk.switch_on("fssp", address=register.url, token=TOKEN)
        desk.ask(loans)
        run(desk)
        register.failures = [500, 503]
        for _ in range(8):
            desk.now += timedelta(minutes=2)
            run(desk)
        assert states(database) == {"answered": 120}
        assert sorted(count for _, count, _ in register.searches) == [20, 50, 50]
        assert register.refused == 0
    with database.read() as session:
        assert session.scalars(select(Loan.bailiff_state)).all() == ["opened"] * 120


def test_questions_one_by_one_never_meet_the_quota_of_the_register(database: Database) -> None:
    """After a hundred single requests in an hour the next ones leave as groups of one, whose quota is another."""
    with Simulator(delay=0, people={"примеров": []}) as register:
        desk = Desk(database, {"fssp": Fssp()})
        with database.write() as session:
            loans = [a_person(session) for _ in range(104)]
        desk.switch_on("fssp", address=register.url, token=TOKEN)
        for loan in loans:
            desk.ask(loan)
            run(desk)
        kinds = Counter(kind for kind, _, _ in register.searches)
        assert (kinds, register.refused) == ({"single": 100, "group": 4}, 0)


def test_only_proceedings_that_rest_on_the_courts_act_are_about_the_loan() -> None:
    def verdict(*rows: dict[str, str], act: str | None) -> str:
        facts = {"proceedings": [proceeding(each) for each in rows]}
        return judge("bailiff", facts, before=None, state="filed", act=act).state

    other, mine = row("1/26/1-ИП", "2-99/2026"), row("2/26/1-ИП", "2-17/2026", "2026-05-05, 47, 1, 1")
    assert verdict(other, mine, act=None) == "opened"
    assert verdict(other, mine, act="№ 2-17/2026") == "ended"
    assert verdict(other, act="2-17/2026") == "filed", "the writ is on its way"
    assert verdict(row("3/26/1-ИП", "12-17/2026"), act="2-17/2026") == "filed", "another act that ends alike"
