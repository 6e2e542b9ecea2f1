"""An administrator: Flask-AppBuilder's pages in our clothes, and a new person who can sign in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.people import NARROW, OpenPage, overflow


def test_an_administrator_adds_a_person_who_can_sign_in(open_page: OpenPage) -> None:
    page = open_page("admin")
    page.get_by_role("link", name="Administration").click()
    expect(page.get_by_role("cell", name="compliance", exact=True)).to_be_visible()
    page.goto("/users/add")
    for field, value in (
        ("first_name", "Invented"),
        ("last_name", "Person"),
        ("username", "newcomer"),
        ("email", "newcomer@example.invalid"),
        ("password", "Long-enough-1"),
        ("conf_password", "Long-enough-1"),
    ):
        page.locator(f"#{field}").fill(value)
    page.locator("#roles").locator("xpath=..").locator(".select2-choices, .select2-selection").first.click()
    page.locator(".select2-results__option, .select2-result-label", has_text="Operator").first.click()
    page.get_by_role("button", name=re.compile("Save")).click()
    expect(page.get_by_role("cell", name="newcomer", exact=True)).to_be_visible()
    theirs = open_page("newcomer", path="/tasks", password="Long-enough-1")
    expect(theirs.get_by_role("heading", name="Tasks")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_of_the_administration_fit_a_phone(open_page: OpenPage, language: str) -> None:
    page = open_page("admin", path=None, language=language, theme="dark", size=NARROW)
    for path in ("/users/list/", "/users/add", "/roles/list/", "/groups/list/", "/raw/loans/list/", "/users/userinfo/"):
        page.goto(path)
        expect(page.locator(".panel").first).to_be_visible()
        assert overflow(page) == 0, path
    page.goto("/roles/list/")
    expect(page.get_by_text("видеть все займы" if language == "ru" else "see all loans").first).to_be_visible()
