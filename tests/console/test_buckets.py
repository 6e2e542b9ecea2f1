"""The portfolio by bucket through the API: figures, changes, moves, and the loans behind a move."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from console.api.shapes import buckets as shapes
from scenario_engine.models import Loan
from scenario_engine.registry import bucket_history, delinquency
from tests.builders import a_loan
from tests.console.client import Console
from tests.console.world import NOW, TODAY


def rolled(console: Console, day: date) -> None:
    with console.database.write() as session:
        delinquency.roll(session, on=day, now=datetime.combine(day, time(6), NOW.tzinfo))
        bucket_history.close_day(session, on=day)


def put(console: Console, loan_id: int, **values: object) -> None:
    with console.database.write() as session:
        loan = session.get_one(Loan, loan_id)
        for name, value in values.items():
            setattr(loan, name, value)


def a_moving_portfolio(console: Console) -> tuple[int, int, int]:
    """Three mirrored loans, rolled ten days ago and today: one got worse, one was closed, one is new."""
    with console.database.write() as session:
        worse, gone = (a_loan(session, servicing="core", dpd=10, overdue=700, balance=1_000).id for _ in range(2))
    rolled(console, TODAY - timedelta(days=10))
    put(console, worse, dpd=40, overdue=900, balance=1_200)
    put(console, gone, state="closed", balance=0, overdue=0)
    with console.database.write() as session:
        new = a_loan(session, servicing="core", balance=5_000).id
    rolled(console, TODAY)
    return worse, gone, new


def test_the_board_shows_today_against_what_was_counted(both: Console) -> None:
    a_moving_portfolio(both)
    answer = both.sign_in("manager", language="ru").get("/buckets").json
    assert shapes.Board().validate(answer) == {}
    ten_days_ago = (TODAY - timedelta(days=10)).isoformat()
    assert (answer["first_day"], answer["compared"]) == (
        ten_days_ago,
        {"day": ten_days_ago, "week": ten_days_ago, "month": None},
    )
    held = {bucket["key"]: bucket for bucket in answer["buckets"]}
    assert (held["1-30"]["loans"], held["1-30"]["changes"]["week"]["loans"]) == (0, -2)
    assert held["31-60"]["changes"]["day"] == {"loans": 1, "balance": 1_200, "overdue": 900}
    assert held["31-60"]["changes"]["month"] is None
    assert [day["loans"][1] for day in answer["days"]] == [2, 0]


def test_moves_are_counted_and_lead_to_the_loans(both: Console) -> None:
    worse, gone, new = a_moving_portfolio(both)
    manager = both.sign_in("manager")
    first, last = (TODAY - timedelta(days=10)).isoformat(), TODAY.isoformat()
    answer = manager.get("/buckets/moves", **{"from": first, "to": last}).json
    rows = {row["key"]: row for row in answer["rows"]}
    cells = {
        (row["key"], cell["key"]): (cell["loans"], cell["balance"]) for row in answer["rows"] for cell in row["cells"]
    }
    assert (rows["1-30"]["loans"], rows["1-30"]["balance"]) == (2, 2_000)
    assert cells["1-30", "31-60"] == (1, 1_000)
    assert cells["1-30", "outside"] == (1, 1_000)
    assert cells["outside", "current"] == (1, 5_000)

    def found(stood: str, stands: str) -> list[int]:
        asked = {"stood": stood, "stood_on": first, "stands": stands, "stands_on": last}
        return [item["id"] for item in manager.get("/loans", **asked).json["items"]]

    assert found("1-30", "31-60") == [worse]
    assert found("1-30", "outside") == [gone]
    assert found("outside", "current") == [new]


def test_a_period_must_begin_before_it_ends(console: Console) -> None:
    answer = console.sign_in("manager").get("/buckets/moves", **{"from": "2026-11-24", "to": "2026-11-24"})
    assert (answer.status_code, answer.json["error"]["problems"][0]["field"]) == (422, "from")


def test_the_days_are_a_list_that_can_be_exported(console: Console) -> None:
    a_moving_portfolio(console)
    manager = console.sign_in("manager", language="ru")
    assert manager.get("/buckets/days").json["total"] == 3
    assert "31–60 дней" in manager.get("/buckets/days", format="csv").text


def test_without_history_the_board_says_so(console: Console) -> None:
    answer = console.sign_in("auditor").get("/buckets").json
    assert (answer["first_day"], answer["days"]) == (None, [])
