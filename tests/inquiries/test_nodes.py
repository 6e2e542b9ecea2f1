"""The steps that ask: one question in the tick, the case goes on, and the answer wakes who waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import Case, Inquiry
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.inquiries.asked import Desk, Oracle, a_person, agree, proceeding, report


def asking(kind: str, news: str, **params: object) -> dict[str, object]:
    return a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "ask": (kind, params),
            "wait": ("wait.signal", {"signal_kinds": [news], "timeout": {"days": 3}}),
            "told": ("exit", {"reason": "told"}),
            "quiet": ("exit", {"reason": "quiet"}),
        },
        ["in:next>ask", "ask:asked>wait", "wait:received>told", "wait:timeout>quiet"],
        reentry={"after_days": 0},
    )


def tick(desk: Desk) -> None:
    run_tick(desk.database, now=desk.now, settings=SETTINGS, timer=lambda: 0.0)


@pytest.mark.parametrize(("kind", "subject"), [("bailiff_check", "bailiff"), ("bureau_check", "bureau")])
def test_a_case_asks_goes_on_to_wait_and_leaves_by_the_news(database: Database, kind: str, subject: str) -> None:
    first, then = ({"proceedings": []}, {"proceedings": [proceeding()]})
    if subject == "bureau":
        first, then = report(), report(overdue=999_999)  # type: ignore[assignment]
    oracle = Oracle(subject=subject, facts=first)
    desk = Desk(database, {"oracle": oracle}, now=NOON)
    with database.write() as session:
        loans = [a_person(session, full_name=name) for name in ("Примеров Пётр Ильич", "Тихонов Олег")]
        for loan in loans:
            loan.dpd, loan.overdue = 40, 100_00
            agree(session, loan.borrower_id)
        a_live_version(session, asking(kind, f"{subject}_news", not_within=1))
    desk.switch_on("oracle")
    tick(desk)
    with database.read() as session:
        found = session.scalars(select(Inquiry)).all()
        assert {(each.subject, each.state, each.asked_by) for each in found} == {(subject, "asked", None)}
        assert {each.loan_id for each in found} == {loan.id for loan in loans}
        assert all(each.case_id and each.node_id and each.batch_id for each in found)
    while desk.round().taken:
        pass
    tick(desk)
    with database.read() as session:
        assert [case.ended_at for case in session.scalars(select(Case))] == [None, None], "nothing was new"

    desk.now += timedelta(days=4)  # the waits are over, the loans come in again, and are asked about again
    oracle.facts = then
    for _ in range(3):
        tick(desk)
    while desk.round().taken:
        pass
    tick(desk)
    with database.read() as session:
        assert len(session.scalars(select(Inquiry)).all()) == 4
        reasons = sorted(case.outcome or case.end_reason or "" for case in session.scalars(select(Case)))
    assert reasons.count("exit") == 4


def test_a_loan_is_not_asked_about_again_so_soon_unless_there_was_no_answer(database: Database) -> None:
    desk = Desk(database, {"oracle": Oracle(missing="region")}, now=NOON)
    with database.write() as session:
        loan = a_person(session)
        loan.dpd, loan.overdue = 40, 100_00
        document = asking("bailiff_check", "bailiff_news", not_within=30)
        document["edges"] = [each for each in document["edges"] if each["source"] in ("in", "ask")]  # type: ignore[attr-defined, index]
        document["edges"][1]["target"] = "told"  # type: ignore[index]
        document["nodes"] = [each for each in document["nodes"] if each["id"] in ("in", "ask", "told")]  # type: ignore[attr-defined, index]
        a_live_version(session, document)

    def asked() -> int:
        for _ in range(2):
            tick(desk)
        with database.read() as session:
            return len(session.scalars(select(Inquiry)).all())

    assert asked() == 1
    desk.now += timedelta(days=2)
    assert asked() == 1
    desk.switch_on("oracle")
    assert desk.round().failed == 1
    desk.now += timedelta(days=2)
    assert asked() == 2
