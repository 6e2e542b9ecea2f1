"""The main job, end to end: bring in a portfolio, draw a scenario on an empty canvas, have it approved, live through
ten days with payments, and read on every node what SQL counts independently.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from tests.cli.terminal import Terminal
from tests.e2e.drawing import Desk
from tests.e2e.people import Doors, ask
from tests.e2e.portfolio import REAL, REAL_COUNTS, write_portfolio
from tests.e2e.site import Site, prepare, running, settings_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

DAYS = 10

PAYERS = """
    SELECT l.id, l.overdue FROM loans l JOIN cases c ON c.loan_id = l.id
    WHERE c.ended_at IS NULL AND l.overdue > 0 AND l.id % 10 = :day ORDER BY l.id LIMIT 12
"""
STANDING = """
    SELECT l.id, l.overdue, n.key FROM cases c
    JOIN loans l ON l.id = c.loan_id JOIN version_nodes n ON n.id = c.node_id
    WHERE c.version_id = :v AND c.ended_at IS NULL AND l.overdue > 0 ORDER BY l.id LIMIT 1
"""
OPEN_TASKS = "SELECT id FROM tasks WHERE closed_at IS NULL ORDER BY id LIMIT 6"

#: counts from the visits, the cases and the payments; none of them reads a counter
ENTERED = """
    SELECT h.node_id, count(*) FROM trails t JOIN cases c ON c.id = t.case_id JOIN path_hops h ON h.path_id = t.path_id
    WHERE c.version_id = :v AND h.entered GROUP BY h.node_id
"""
LEFT = """
    SELECT h.node_id, h.port, count(*)
    FROM trails t JOIN cases c ON c.id = t.case_id JOIN path_hops h ON h.path_id = t.path_id
    WHERE c.version_id = :v AND h.port IS NOT NULL GROUP BY h.node_id, h.port
"""
HERE = "SELECT node_id, count(*) FROM cases WHERE version_id = :v AND ended_at IS NULL GROUP BY node_id"
PAID = """
    SELECT node_id, count(DISTINCT case_id), sum(amount) FROM (
        SELECT DISTINCT h.node_id, c.id AS case_id, p.id AS payment_id, p.amount
        FROM trails t JOIN cases c ON c.id = t.case_id JOIN path_hops h ON h.path_id = t.path_id
        JOIN payments p ON p.loan_id = c.loan_id
        WHERE c.version_id = :v AND h.entered
        AND t.at <= p.paid_at AND julianday(p.paid_at) - julianday(t.at) < 7
    ) GROUP BY node_id
"""


@dataclass
class Clock:
    """The console's clock, set by hand. The story ends today, so that the pages' own periods contain it."""

    moment: datetime = field(
        default_factory=lambda: (
            datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=DAYS + 1)
        )
    )

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    """Eleven days ago, in the morning."""
    return Clock()


@pytest.fixture
def doors(browser: Browser, cards: Site) -> Iterator[Doors]:
    """Pages of that console; the test fails when one of them had an error."""
    opened = Doors(browser, cards)
    yield opened
    opened.close()
    assert opened.faults == []


@pytest.fixture
def cards(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    """A console without an engine, on the clock; the test ticks by itself."""
    settings = settings_in(tmp_path)
    prepare(settings, loans=0)
    with running(settings, with_engine=False, clock=clock) as site:
        yield site


def test_a_scenario_is_drawn_published_run_and_counted(cards: Site, doors: Doors, clock: Clock, tmp_path: Path) -> None:
    file, mapping, months = write_portfolio(tmp_path)
    terminal = Terminal(tmp_path / "kaskad.db", tmp_path)
    done = terminal.done("import", str(file), "--mapping", str(mapping), "--now", clock().isoformat(), "--json")
    assert done.json["added"] == len(file.read_text(encoding="utf-8").splitlines()) - 1
    with cards.database.read() as session:
        by_dpd = dict(session.execute(text("SELECT dpd, count(*) FROM loans WHERE dpd > 0 GROUP BY dpd")).all())
    assert {dpd // 30: count for dpd, count in by_dpd.items()} == dict(months)
    if REAL.is_file():
        assert dict(months) == REAL_COUNTS
    overdue = sum(months.values())

    manager = doors.open("manager")
    desk = Desk.new_scenario(manager, "Overdue cards")
    draw(desk)
    desk.submit("First draft of the test")
    compliance = doors.open("compliance", path="/review")
    compliance.get_by_role("cell", name="Overdue cards").click()
    compliance.get_by_role("button", name="Approve and publish").click()
    expect(compliance.get_by_text("Nothing waits for review")).to_be_visible()

    live_through(cards, clock, doors.open("supervisor").context)

    with cards.database.read() as session:
        version = session.execute(text("SELECT id FROM versions WHERE state = 'published'")).scalar_one()
    expected = counted(cards.database, version)
    assert expected["Overdue 30+"]["entered"] == overdue
    manager.reload()
    manager.get_by_text("Numbers of v1").click()
    for label, numbers in expected.items():
        expect(desk.figure(label, "in")).to_contain_text(shown(numbers["entered"]))
        facts = desk.facts(label)
        assert whole(facts["Entered"]) == numbers["entered"], label
        assert whole(facts["Here now"]) == numbers["here"], label
        assert whole(facts["Failed"]) == numbers["failed"] == 0, label
        assert whole(facts["Paid within 7 days"]) == numbers["paid_cases"], label
        assert roubles(facts["Returned"]) == numbers["paid_amount"], label
        ports = {title: whole(value) for title, value in facts.items() if title.startswith("Left: ")}
        assert sorted(filter(None, ports.values())) == sorted(numbers["ports"].values()), label
        assert numbers["entered"] == numbers["here"] + sum(numbers["ports"].values()), label
    assert expected["Reminder"]["entered"] + expected["Call"]["entered"] == overdue
    assert expected["Three days"]["paid_cases"] > 0

    # a payment that arrives now ends its case, and the open page shows it without being asked
    loan, owed, label = standing_loan(cards, version)
    desk.find_card(label)
    supervisor = doors.open("supervisor", path=None)
    paid = ask(supervisor.context, "POST", f"/loans/{loan}/payments", {"amount": owed})
    assert paid.json()["ended_cases"] == 1
    left = shown(expected[label]["here"] - 1)
    expect(desk.page.get_by_test_id("node-numbers")).to_contain_text(f"{left} here")


def standing_loan(site: Site, version: int) -> tuple[int, int, str]:
    """A loan that stands in the version now: its id, what is overdue on it, and the label of its step."""
    loan, owed, key = rows(site, STANDING, v=version)[0]
    document = rows(site, "SELECT document FROM versions WHERE id = :v", v=version)[0][0]
    nodes = (json.loads(document) if isinstance(document, str) else document)["nodes"]
    return loan, owed, next(node["data"]["label"] for node in nodes if node["id"] == key)


def draw(desk: Desk) -> None:
    """Overdue 30+ → A/B 50/50 → SMS or task → wait three days → paid? → goal or exit."""
    desk.drag("entry.segment", "Overdue 30+", 340, 40)
    desk.rule(value="30", words="at least 30 days")
    desk.add("split", "Which way is better")
    desk.add("sms", "Reminder")
    desk.inspector.get_by_role("textbox", name="Text").fill(
        "Please pay {{ overdue }}. {{ creditor_name }}, {{ creditor_phone }}"
    )
    desk.add("wait.duration", "Three days")
    desk.inspector.get_by_label("Days").fill("3")
    desk.add("condition", "Paid?")
    desk.rule(field="Payments in 30 days", operator="at least", value="1", words="payments in 30 days")
    desk.add("goal", "Paid something")
    desk.add("exit", "No result", after="Paid?")
    desk.add("task", "Call", after="Which way is better")
    desk.inspector.get_by_label("To be done within: days").fill("30")
    desk.tidy()
    for port in ("blocked", "no_address"):
        desk.wire("Reminder", port, "Three days")
    for port in ("promised", "refused", "not_reached", "expired"):
        desk.wire("Call", port, "Three days")
    desk.tidy()
    expect(desk.problems).to_contain_text("Nothing stands in the way of publishing")
    desk.saved()


def live_through(site: Site, clock: Clock, supervisor: BrowserContext) -> None:
    """Ten days: the engine ticks in the morning, then some debts are paid off and some in part, and calls are made."""
    for day in range(DAYS):
        clock.moment += timedelta(days=1)
        run_tick(site.database, now=clock(), settings=site.settings, timer=lambda: 0.0)
        clock.moment += timedelta(hours=2)
        for number, (loan, owed) in enumerate(rows(site, PAYERS, day=day)):
            amount = owed if number % 3 == 0 else max(1, owed // 3)
            paid = ask(supervisor, "POST", f"/loans/{loan}/payments", {"amount": amount})
            assert paid.status == 201, paid.text()
        for number, (task,) in enumerate(rows(site, OPEN_TASKS)):
            taken = ask(supervisor, "POST", f"/tasks/{task}/take")
            assert taken.status == 200, taken.text()
            result = {"disposition": ("refused", "not_reached")[number % 2], "note": ""}
            closed = ask(supervisor, "POST", f"/tasks/{task}/close", result)
            assert closed.status == 200, closed.text()
        clock.moment -= timedelta(hours=2)


def rows(site: Site, statement: str, **values: Any) -> list[Any]:
    """What the database answers."""
    with site.database.read() as session:
        return list(session.execute(text(statement), values))


def counted(database: Database, version: int) -> dict[str, dict[str, Any]]:
    """The numbers of every node by its label, counted from visits, cases and payments alone."""
    with database.read() as session:
        document = session.execute(text("SELECT document FROM versions WHERE id = :v"), {"v": version}).scalar_one()
        if isinstance(document, str):
            document = json.loads(document)
        labels = {node["id"]: node["data"]["label"] for node in document["nodes"]}

        def ask_sql(statement: str) -> list[Any]:
            return list(session.execute(text(statement), {"v": version}))

        found: dict[int, dict[str, Any]] = {
            node: dict.fromkeys(("entered", "here", "failed", "paid_cases", "paid_amount"), 0)
            | {"label": labels[key], "ports": {}}
            for node, key in ask_sql("SELECT id, key FROM version_nodes WHERE version_id = :v")
        }
        for node, count in ask_sql(ENTERED):
            found[node]["entered"] = count
        for node, port, count in ask_sql(LEFT):
            found[node]["ports"][port] = count
        for node, count in ask_sql(HERE):
            found[node]["here"] = count
        for node, cases, amount in ask_sql(PAID):
            found[node] |= {"paid_cases": cases, "paid_amount": amount}
    return {numbers.pop("label"): numbers for numbers in found.values()}


def shown(count: int) -> str:
    """A count as the pages write it."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def whole(written: str) -> int:
    """The count in “1 234 · 5 %”."""
    return int(re.sub(r"\D", "", written.split("·")[0]))


def roubles(written: str) -> int:
    """The kopecks in “1 234.50 ₽”."""
    rouble, _, kopeck = re.sub(r"[^\d.]", "", written).partition(".")
    return int(rouble or 0) * 100 + int((kopeck + "00")[:2])
