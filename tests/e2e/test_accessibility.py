"""Every page holds WCAG 2.2 AA as far as axe can tell, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.axe import RULES, in_both_themes, violations
from tests.e2e.people import OpenPage, settle
from tests.e2e.site import Site

Act = Callable[[Page], None]

PAGES = (
    "/",
    "/scenarios?versions=1",
    "/scenarios/2",
    "/versions/2",
    "/review",
    "/templates",
    "/templates/1",
    "/tasks?state=all&task=1",
    "/loans",
    "/borrowers/1",
    "/buckets",
    "/monitoring",
    "/monitoring/firings",
    "/monitoring/rules/1",
    "/products",
    "/products/1",
    "/applications",
    "/applications?application=4",
    "/incoming?state=all",
    "/incoming/sources",
    "/imports",
    "/outbox?message=1",
    "/outbox/webhooks",
    "/outbox/subscriptions?edit=new",
    "/audit?entry=1",
    "/engine",
    "/jobs",
    "/help",
    "/users/list/",
)


def _keys(*keys: str) -> Act:
    def press(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return press


def _first_step(page: Page, *then: str) -> None:
    page.locator(".react-flow__node").first.wait_for()
    for key in ("Alt+ArrowDown", *then):
        page.keyboard.press(key)


def _button(name: str) -> Act:
    return lambda page: page.get_by_role("button", name=name).first.click()


def _new_borrower(page: Page) -> None:
    _button("New application")(page)
    _button("New borrower")(page)


def _correct_the_borrower(page: Page) -> None:
    page.get_by_role("button", name="Change", exact=True).click()


def _menu_of_a_step(page: Page) -> None:
    page.locator(".react-flow__node").first.click(button="right")


def _numbers_of_a_step(page: Page) -> None:
    page.get_by_text("Numbers of v1").click()
    _first_step(page)


def _rule_of_the_entry(page: Page) -> None:
    _first_step(page, "Enter")
    page.get_by_test_id("inspector").get_by_role("button", name="Edit the condition").click()
    page.get_by_test_id("rule-builder").get_by_label("Field").first.click()


def _a_note(page: Page) -> None:
    page.get_by_test_id("canvas").wait_for()
    page.get_by_role("button", name="Note").click()
    page.keyboard.type("Why")
    page.keyboard.press("Escape")


#: What opens over a page, where, and what it looks like once it is there. Menus and lists of choices hang outside the
#: landmarks of the page while they are open: the rule `region` is left out.
OPENED: tuple[tuple[str, str, Act, str], ...] = (
    ("new scenario", "/scenarios", _keys("n"), "[role=dialog]"),
    ("import of a scenario", "/scenarios", _button("Import"), "[role=dialog]"),
    ("acts of a scenario", "/scenarios", _button("Actions"), "[role=menu]"),
    ("keys", "/scenarios/2", _keys("?"), "[role=dialog]"),
    ("search of everything", "/", _keys("Control+k"), "[role=dialog]"),
    (
        "settings of a step",
        "/scenarios/2",
        lambda page: _first_step(page, "Enter"),
        "[data-testid=node-label]",
    ),
    ("numbers of a step", "/scenarios/2?heat=money", _numbers_of_a_step, "[data-testid=node-numbers]"),
    ("what may come next", "/scenarios/2", lambda page: _first_step(page, "a"), "[role=dialog] [role=option]"),
    ("menu of a step", "/scenarios/2", _menu_of_a_step, "[role=menu]"),
    ("rule", "/scenarios/2", _rule_of_the_entry, "[data-testid=rule-builder]"),
    ("note", "/scenarios/2", _a_note, "[data-testid=note-settings]"),
    ("more of a scenario", "/scenarios/2", lambda page: page.get_by_test_id("more").click(), "[role=menu]"),
    ("submitting", "/scenarios/2", lambda page: page.get_by_test_id("submit").click(), "[role=dialog]"),
    ("payment", "/loans/{loan}", _keys("p"), "[role=dialog]"),
    ("event", "/loans/{loan}", _keys("e"), "[role=dialog]"),
    ("new application", "/applications", _button("New application"), "[role=dialog]"),
    ("new borrower", "/applications", _new_borrower, "[role=dialog] [type=submit]"),
    ("correction of a borrower", "/loans/{loan}", _correct_the_borrower, "[role=dialog] [type=submit]"),
    ("export of a list", "/loans", _button("Export"), "[role=menu]"),
    ("columns of a list", "/loans", _button("Columns"), "[role=menu]"),
)


@pytest.mark.parametrize(("what", "path", "act", "seen"), OPENED, ids=[one[0] for one in OPENED])
def test_what_opens_over_a_page_can_be_read_and_worked_by_everybody(
    site: Site, open_page: OpenPage, what: str, path: str, act: Act, seen: str
) -> None:
    loan = site.any_enrolled_loan()[0]
    page = open_page("manager" if "scenario" in path else "supervisor", path=path.format(loan=loan))
    if path.startswith("/scenarios/"):
        page.locator(".react-flow__node").first.wait_for()
    else:
        settle(page)
    act(page)
    page.locator(seen).first.wait_for()
    assert in_both_themes(page, without=["region"]) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_can_be_read_and_worked_by_everybody(site: Site, open_page: OpenPage, theme: str) -> None:
    loan = site.any_enrolled_loan()[0]
    page = open_page("admin", path=None, theme=theme)
    wrong: dict[str, list[str]] = {}
    for path in (*PAGES, f"/loans/{loan}"):
        page.goto(path)
        settle(page)
        found = violations(page, RULES[theme])
        if found:
            wrong[path] = found
    assert wrong == {}
