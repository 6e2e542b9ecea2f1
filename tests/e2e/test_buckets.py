"""The board of buckets: what stands where, who moved, and the loans behind a move."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.people import OpenPage, settle


def test_a_move_between_buckets_leads_to_its_loans(open_page: OpenPage) -> None:
    page = open_page("manager", path="/buckets?cells=loans")
    settle(page)
    moves = page.get_by_role("region", name="Who moved where")
    worse = moves.get_by_role("row", name=re.compile("^Current")).get_by_role("link").nth(1)
    said = worse.inner_text()
    worse.click()
    expect(page).to_have_url(re.compile(r"/loans\?stood=current&stood_on=.*&stands=1-30&stands_on="))
    expect(page.get_by_text(re.compile(rf"^{said} loans?$"))).to_be_visible()


def test_without_loans_the_board_says_where_they_come_from(open_empty_page: OpenPage) -> None:
    page = open_empty_page("manager", path="/buckets")
    expect(page.get_by_role("heading", name="There are no open loans")).to_be_visible()
    expect(page.get_by_role("link", name="Bring in a file")).to_be_visible()
