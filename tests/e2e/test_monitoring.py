"""Monitoring: a rule is drawn up, tried on past days, saved, and what rules fired for leads to the loans."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.axe import in_both_themes
from tests.e2e.people import OpenPage, ask, settle


def test_a_rule_is_tried_changed_and_agreed_to_and_its_history_says_who(open_page: OpenPage) -> None:
    page = open_page("manager", path="/monitoring")
    page.get_by_role("link", name="Several loans at once").click()
    page.get_by_role("button", name="Count 30 days").click()
    expect(page.get_by_text(re.compile(r"^\d+ loans? in 20 days$"))).to_be_visible()
    page.get_by_label("Quiet days after a firing").fill("14")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Waits for a second person")).to_be_visible()
    other = open_page("compliance", path="/monitoring")
    expect(other.get_by_role("deletion")).to_have_text("0")
    expect(other.get_by_role("insertion")).to_have_text("14")
    assert in_both_themes(other) == {}
    other.get_by_role("button", name="Agree").click()
    expect(other.get_by_text("Waits for a second person")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Version 3")).to_be_visible()
    expect(page.get_by_text("quiet for 14 days")).to_be_visible()
    board = ask(page.context, "GET", "/monitoring").json()
    assert [rule["quiet_days"] for rule in board["rules"] if rule["key"] == "several_loans"] == [14]


def test_what_fired_leads_to_the_loan(open_page: OpenPage) -> None:
    page = open_page("auditor", path="/monitoring/firings")
    settle(page)
    first = page.get_by_role("table", name="What fired").get_by_role("link").first
    number = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)


def test_a_new_installation_says_what_to_do_first(open_empty_page: OpenPage) -> None:
    page = open_empty_page("manager", path="/monitoring")
    expect(page.get_by_role("heading", name="All rules are off")).to_be_visible()
    page.get_by_role("link", name="New rule").click()
    expect(page.get_by_role("button", name="Make the rule")).to_be_disabled()
