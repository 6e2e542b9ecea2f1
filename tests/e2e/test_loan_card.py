"""The loan card: tabs, the way of a case, what is noted reaches the timeline; lists of one loan."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import func, select

from scenario_engine.models import Message, Signal
from tests.e2e.people import OpenPage
from tests.e2e.site import Site


def test_every_tab_opens_and_a_case_tells_its_way(site: Site, open_page: OpenPage) -> None:
    loan, _number = site.any_enrolled_loan()
    page = open_page("supervisor", path=f"/loans/{loan}")
    for name in ("Payments", "Offers", "Promises", "Tasks", "Schedule", "Cases"):
        tab = page.get_by_role("tab", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile("tab=cases"))
    page.get_by_role("tabpanel").get_by_role("row").nth(1).get_by_text("active").click()
    expect(page.get_by_role("tabpanel").get_by_role("listitem").first).to_be_visible()


def test_an_event_that_was_noted_stands_in_the_timeline(site: Site, open_page: OpenPage) -> None:
    loan, _number = site.any_enrolled_loan()
    page = open_page("supervisor", path=f"/loans/{loan}")
    page.get_by_role("button", name="Note an event").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name=re.compile("prolong", re.IGNORECASE)).click()
    dialog.get_by_role("textbox", name=re.compile("Remark|Note")).last.fill("Asks for two weeks")
    dialog.get_by_role("button", name=re.compile("^Note|Record")).click()
    expect(page.get_by_role("listitem").filter(has_text="Asks for two weeks")).to_be_visible()
    with site.database.read() as session:
        kinds = session.scalars(select(Signal.kind).where(Signal.loan_id == loan, Signal.source != "engine")).all()
        assert "prolongation_asked" in kinds


def test_lists_of_one_loan_show_that_loan_only(site: Site, open_page: OpenPage) -> None:
    with site.database.read() as session:
        loan, expected = session.execute(
            select(Message.loan_id, func.count()).group_by(Message.loan_id).order_by(func.count().desc()).limit(1)
        ).one()
    page = open_page("supervisor", path=f"/outbox?loan={loan}")
    expect(page.get_by_role("row")).to_have_count(expected + 1)
    page.get_by_role("button", name=re.compile("filter", re.IGNORECASE)).first.click()
    expect(page.get_by_role("row")).not_to_have_count(expected + 1)
