"""What everybody does everywhere: find by keys, change language and theme, use a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import NARROW, OpenPage, overflow, settle
from tests.e2e.site import Site

#: a key of a text that was not found: dotted, Latin, no spaces (file names and addresses have an "@" or a known end)
KEY = re.compile(r"\b[a-z][a-zA-Z]+(?:\.[a-z][a-zA-Z_]+)+\b")
NOT_KEYS = re.compile(r"example\.invalid|\.json\b|user\.|scenario\.|version\.|engine\.|outbox\.|task\.|registry\.")


def test_the_palette_reaches_a_loan_and_a_page(site: Site, open_page: OpenPage) -> None:
    loan, number = site.any_enrolled_loan()
    page = open_page("supervisor")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type(number)
    expect(
        page.get_by_role("button", name=re.compile(number))
        .or_(page.get_by_role("option", name=re.compile(number)))
        .first
    ).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/loans/{loan}$"))
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="Outbox")).to_be_visible()


def test_a_question_mark_shows_the_keys_of_the_page(open_page: OpenPage) -> None:
    page = open_page("supervisor", path="/loans")
    expect(page.get_by_role("heading", name="Loans")).to_be_visible()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_text("Search in this list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_language_and_theme_change_at_once_and_stay(open_page: OpenPage) -> None:
    page = open_page("auditor", path="/loans")
    menu = page.get_by_role("button", name=re.compile("Аудитор"))
    menu.click()
    page.get_by_role("menuitem", name="Русский").click()
    expect(page.get_by_role("heading", name="Займы")).to_be_visible()
    menu.click()
    page.get_by_role("menuitem", name="Тёмная").click()
    root = page.locator("html")
    expect(root).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(root).to_have_attribute("lang", "ru")
    page.reload()
    expect(page.get_by_role("heading", name="Займы")).to_be_visible()
    expect(root).to_have_attribute("data-mantine-color-scheme", "dark")


def test_the_state_of_a_list_lives_in_the_address(open_page: OpenPage) -> None:
    page = open_page("supervisor", path="/loans")
    page.get_by_role("button", name="1–30", exact=True).click()
    page.get_by_role("button", name="Overdue", exact=True).click()
    expect(page).to_have_url(re.compile(r"bucket=1-30.*sort=overdue|sort=overdue.*bucket=1-30"))
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/loans$"))


def walk(page: Page, languages: str) -> list[str]:
    """Every page of the navigation; gives what is wrong there."""
    wrong: list[str] = []
    places = page.get_by_role("navigation").get_by_role("link")
    addresses = [link.get_attribute("href") or "" for link in places.all()]
    assert len(addresses) > 8
    for address in addresses:
        page.goto(address)
        settle(page)
        if overflow(page) > 0:
            wrong.append(f"{address}: scrolls sideways by {overflow(page)} px")
        text = page.locator("body").inner_text()
        keys = [key for key in KEY.findall(text) if not NOT_KEYS.search(key)]
        if keys:
            wrong.append(f"{address}: untranslated {keys}")
        if languages == "ru" and not re.search("[а-яё]", text):
            wrong.append(f"{address}: not Russian")
    return wrong


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_fits_a_phone_in_words(open_page: OpenPage, language: str) -> None:
    page = open_page("admin", language=language, theme="dark" if language == "ru" else "light", size=NARROW)
    page.locator("button.mantine-Burger-root").click()
    assert walk(page, language) == []


def test_an_empty_console_says_what_to_do_first(open_empty_page: OpenPage) -> None:
    page = open_empty_page("manager", path="/scenarios")
    expect(page.get_by_role("heading", name="No scenario yet")).to_be_visible()
    page.goto("/loans")
    expect(page.get_by_role("link", name=re.compile("Import")).last).to_be_visible()
    for path in ("/", "/tasks", "/outbox", "/review", "/engine"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
