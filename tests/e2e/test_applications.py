"""A rule is drawn, a new borrower is written down and asks, the rule explains itself, two people issue a large loan."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from scenario_engine.models import Product
from tests.e2e.people import OpenPage, settle
from tests.e2e.site import Site
from tests.registry.lending.offers import PAYDAY, some_terms


def product(site: Site, code: str, name: str) -> int:
    """A product without rules of its own."""
    with site.database.write() as session:
        found = session.scalar(select(Product).where(Product.code == code))
        if found is None:
            terms = some_terms(**PAYDAY | {"principal_min": 100_000}).as_document()
            found = Product(code=code, name=name, kind="bullet", offered=True, terms=terms)
            session.add(found)
            session.flush()
        return found.id


def draw_rule(page: Page) -> None:
    page.get_by_role("button", name="Add a rule").click()
    editor = page.get_by_role("dialog")
    editor.get_by_role("button", name="Add a condition").click()
    editor.get_by_test_id("rule-builder").get_by_role("combobox").first.click()
    page.get_by_role("option", name="Sum asked for").click()
    editor.get_by_test_id("rule-builder").get_by_role("combobox").nth(1).click()
    page.get_by_role("option", name="at least", exact=True).click()
    editor.get_by_role("textbox").last.fill("20000")
    expect(editor.get_by_test_id("rule-words")).to_contain_text("20")
    editor.get_by_test_id("rule-apply").click()


def test_a_rule_is_drawn_and_refuses_with_its_reason(site: Site, open_page: OpenPage) -> None:
    ruled = product(site, "ruled", "Ruled")
    manager = open_page("manager", path=f"/products/{ruled}")
    settle(manager)
    draw_rule(manager)
    manager.get_by_label("Reason").fill("Too much for a first loan")
    manager.get_by_role("button", name="Save").click()
    expect(manager.get_by_text("Saved.")).to_be_visible()
    page = open_page("supervisor", path="/applications")
    page.get_by_role("button", name="New application").first.click()
    page.get_by_role("button", name="New borrower").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Invented Anna")
    dialog.get_by_label("Phone").fill("12")
    dialog.get_by_role("button", name="Add the borrower").click()
    expect(dialog).to_contain_text("This is not a phone number")
    dialog.get_by_label("Phone").fill("8 900 000 00 99")
    dialog.get_by_role("button", name="Add the borrower").click()
    dialog.get_by_role("combobox", name="Product").click()
    page.get_by_role("option", name="Ruled").click()
    dialog.get_by_label("Sum, ₽").fill("25000")
    expect(dialog.get_by_role("status")).to_contain_text("Too much for a first loan")
    dialog.get_by_role("button", name="Keep the refusal").click()
    expect(page).to_have_url(re.compile(r"/applications\?application=\d+$"))
    why = page.get_by_label("Why")
    expect(why).to_contain_text("Too much for a first loan")
    expect(why).to_contain_text("Sum asked for")


def test_a_large_loan_is_issued_by_two_people(site: Site, open_page: OpenPage) -> None:
    large = product(site, "large", "Large")
    with site.database.write() as session:
        found = {"rules": [], "otherwise": "allow", "confirm_above": 500_000}
        session.get_one(Product, large).decision = found
    page = open_page("supervisor", path="/loans/3")
    page.get_by_role("button", name="Issue a loan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Product").click()
    page.get_by_role("option", name="Large").click()
    dialog.get_by_label("Sum, ₽").fill("5001")
    expect(dialog.get_by_role("status")).to_contain_text("a second person has to confirm")
    dialog.get_by_role("button", name="Hand the application in").click()
    expect(page.get_by_text("another person has to confirm it")).to_be_visible()
    address = page.url.removeprefix(site.address)
    expect(page.get_by_role("button", name="Confirm the issue")).to_have_count(0)
    second = open_page("compliance", path=address)
    second.get_by_role("button", name="Confirm the issue").click()
    second.get_by_role("dialog").get_by_role("button", name="Confirm the issue").click()
    expect(second.get_by_text(re.compile(r"Loan K-\w+ is issued"))).to_be_visible()
