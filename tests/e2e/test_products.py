"""Products: terms above a cap are refused with figures, sound ones are saved and drawn up while one types."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.people import OpenPage, ask, settle


def test_a_rate_above_the_cap_is_refused_and_a_lower_one_is_saved(open_page: OpenPage) -> None:
    page = open_page("manager", path="/products")
    page.get_by_role("link", name="New product").click()
    page.get_by_label("Name").fill("Until the advance")
    page.get_by_label("Code").fill("advance")
    page.get_by_label("Rate, %").fill("0.9")
    page.get_by_role("button", name="Make the product").click()
    refusal = page.get_by_role("alert").filter(has_text="cannot be saved")
    expect(refusal).to_contain_text("0.9% a day is above the cap")
    expect(refusal).to_contain_text("at most 0.8% a day")
    page.get_by_label("Rate, %").fill("0.5")
    page.get_by_role("button", name="Make the product").click()
    expect(page).to_have_url(re.compile(r"/products/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Until the advance")
    saved = ask(page.context, "GET", "/products?q=advance").json()["items"]
    assert [(item["code"], item["terms"]["rate_ppm"]) for item in saved] == [("advance", 5_000)]


def test_the_schedule_and_the_full_cost_follow_what_is_typed(open_page: OpenPage) -> None:
    page = open_page("auditor", path="/products")
    page.get_by_role("link", name="До зарплаты (демо)").click()
    settle(page)
    expect(page.get_by_text("292.000\u00a0% a year")).to_be_visible()
    term = page.get_by_role("textbox", name="Term", exact=True)
    term.fill("20")
    expect(page.get_by_role("table", name="What a borrower would pay")).to_contain_text("34\u00a0800\u00a0₽")
    term.fill("45")
    expect(page.get_by_role("alert")).to_contain_text("lends for 15 to 30 days")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
