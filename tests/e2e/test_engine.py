"""The engine's page: is all well, who works and how fast, what waits, what was set aside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select, update

from console.clock import system_clock
from scenario_engine.models import Case, Heartbeat, Message
from scenario_engine.registry.days import local_day
from tests.builders import a_loan
from tests.e2e.people import NARROW, Doors, OpenPage, overflow, until
from tests.e2e.site import Site, prepare, running, settings_in
from tests.engine.scenarios import a_document, a_live_version, overdue_rule

LOANS = 12
#: messages that fill the outbox
MOST = 3
RESTS = a_document(
    {"in": ("entry.segment", {"rule": overdue_rule(1)}), "rest": ("wait.duration", {"days": 1}),
     "out": ("exit", {"reason": "x"})},
    ["in:next>rest", "rest:next>out"],
)  # fmt: skip
WRONG = "division by zero"


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A few loans in a scenario, moved by an engine that is running."""
    settings = settings_in(tmp_path_factory.mktemp("engine"), outbox_most=MOST, enrol_seconds=0.2)
    prepare(settings, loans=0)
    with running(settings) as site:
        now = system_clock()
        with site.database.write() as session:
            since = local_day(now, settings.time_zone) - timedelta(days=9)
            for _number in range(LOANS):
                a_loan(session, dpd=9, overdue=100_00, overdue_since=since)
            a_live_version(session, RESTS, key="rests", now=now)
        yield site


@pytest.fixture
def open_own(browser: Browser, own_site: Site) -> Iterator[OpenPage]:
    """Opens pages of that site; the test fails when one of them had an error."""
    doors = Doors(browser, own_site)
    yield doors.open
    doors.close()
    assert doors.faults == []


def active(site: Site) -> int:
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(Case).where(Case.ended_at.is_(None))) or 0


def set_some_aside(site: Site, cases: int) -> None:
    """As a rule that fails leaves them."""
    with site.database.write() as session:
        ids = session.scalars(select(Case.id).where(Case.ended_at.is_(None)).order_by(Case.id).limit(cases)).all()
        session.execute(
            update(Case)
            .where(Case.id.in_(ids))
            .values(due_at=None, ended_at=system_clock(), end_reason="failed", error=WRONG)
        )


def gauge(page: Page, title: str) -> str:
    """What a gauge shows."""
    found = page.get_by_role("region", name="How the engine does").get_by_text(title, exact=True).locator("xpath=..")
    return found.inner_text().split("\n")[1]


def test_the_page_says_who_works_how_fast_and_what_waits(open_own: OpenPage, own_site: Site) -> None:
    page = open_own("admin", path=None)
    until(lambda: active(own_site) == LOANS, page, "every loan is in the scenario")
    page.goto("/engine")
    expect(page.get_by_role("heading", name="The engine keeps up")).to_be_visible()
    with own_site.database.read() as session:
        process = session.scalars(select(Heartbeat.process)).one()
    workers = page.locator("section", has=page.get_by_role("heading", name="Processes", exact=True))
    expect(workers.get_by_text(process)).to_be_visible()
    expect(workers.get_by_text("leads", exact=True)).to_be_visible()
    expect(workers.get_by_text("last tick")).to_be_visible()
    assert gauge(page, "Behind schedule") == "no"
    assert gauge(page, "Due now") == "0"
    assert gauge(page, "Active cases") == str(LOANS)
    assert gauge(page, "Messages waiting") == "0"
    assert gauge(page, "Events waiting") == "0"
    assert int(gauge(page, "Cases a second").replace(",", "")) > 0
    stages = page.get_by_role("table", name="Stages of the work, 24 hours")
    for stage in ("enrolling", "moving cases on"):
        cells = stages.get_by_role("row", name=stage).get_by_role("cell")
        assert int(cells.nth(2).inner_text()) == LOANS, stage
        assert int(cells.nth(5).inner_text().replace(",", "")) > 0, "cases a second"
    expect(page.get_by_role("img", name=f"{LOANS} cases moved on")).to_be_visible()
    newest = page.get_by_role("table", name="Last transactions")
    expect(newest.get_by_role("row").nth(1)).to_be_visible()
    expect(newest.get_by_role("link", name="rests").first).to_be_visible()


def test_cases_that_were_set_aside_are_tried_again_one_by_one_and_together(open_own: OpenPage, own_site: Site) -> None:
    page = open_own("admin", path=None)
    until(lambda: active(own_site) == LOANS, page, "every loan is in the scenario")
    set_some_aside(own_site, 3)
    page.goto("/engine")
    expect(page.get_by_role("link", name="3 cases are set aside")).to_be_visible()
    groups = page.get_by_role("table", name="Set aside, by reason")
    expect(groups.get_by_role("row", name=WRONG)).to_contain_text("3")
    singles = page.get_by_role("table", name="Set aside, case by case")
    expect(singles.get_by_role("row")).to_have_count(4)
    singles.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_text("The case goes on from where it stopped.")).to_be_visible()
    expect(singles.get_by_role("row")).to_have_count(3)
    groups.get_by_role("button", name="Try all again").click()
    expect(page.get_by_text("2 cases go on.")).to_be_visible()
    expect(singles).to_have_count(0)
    expect(page.get_by_text("Nothing needs your decision.")).to_be_visible()
    until(lambda: active(own_site) == LOANS - 3, page, "the three went on and left")


def test_who_may_not_retry_reads_what_was_set_aside(open_own: OpenPage, own_site: Site) -> None:
    page = open_own("auditor", path=None)
    until(lambda: active(own_site) > 0, page, "loans are in the scenario")
    set_some_aside(own_site, 1)
    page.goto("/engine")
    expect(page.get_by_role("table", name="Set aside, case by case").get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [("en", "The outbox is full: scenarios that send wait", "3 messages wait to leave; from 3 on"),
     ("ru", "Исходящие переполнены: сценарии с отправкой ждут", "Отправки ждут 3 сообщения; начиная с 3")],
)  # fmt: skip
def test_an_outbox_that_is_full_is_said_with_what_to_do(
    open_own: OpenPage, own_site: Site, language: str, title: str, said: str
) -> None:
    tomorrow = system_clock() + timedelta(days=1)
    with own_site.database.write() as session:
        session.query(Message).delete()
        session.add_all(
            Message(case_id=1, node_id=1, batch_id=number, version_id=1, loan_id=1, borrower_id=1, channel="sms",
                    connector="sandbox", queued_at=tomorrow, due_at=tomorrow, content={})
            for number in range(MOST)
        )  # fmt: skip
    page = open_own("admin", path="/engine", language=language)
    banner = page.get_by_role("region", name=title)
    expect(banner).to_contain_text(said)
    expect(banner).to_contain_text("KASKAD_OUTBOX_MOST")
    expect(
        page.get_by_text("Nothing needs your decision." if language == "en" else "Решений не требуется.")
    ).to_have_count(0)
    banner.get_by_role("link").click()
    expect(page).to_have_url(own_site.address + "/outbox?state=queued")
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.goto("/engine")
    expect(banner).to_be_visible()
    assert overflow(page) == 0
    with own_site.database.write() as session:
        session.query(Message).delete()
    page.goto("/engine")
    expect(
        page.get_by_role("heading", name="The engine keeps up" if language == "en" else "Движок успевает")
    ).to_be_visible()
    expect(banner).to_have_count(0)
