"""Texts that want to be something else than text: every page shows them as text, runs nothing and keeps its width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import hostile
from tests.e2e.hostile import CELLS, MARK, NAMES, RECKONED, TEXTS, Filled
from tests.e2e.people import NARROW, WIDE, Doors, overflow, settle
from tests.e2e.site import Site, prepare, running, settings_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: pages of Flask-AppBuilder, which have no application on them
OUTSIDE = ("/users/list/", "/raw/loans/list/")


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A console of its own: nobody else wants these names in it."""
    settings = settings_in(tmp_path_factory.mktemp("hostile"))
    prepare(settings, loans=0)
    with running(settings, with_engine=False, clock=lambda: hostile.NOW) as site:
        yield site


@pytest.fixture(scope="module")
def filled(browser: Browser, hostile_site: Site) -> Filled:
    """The texts, everywhere."""
    doors = Doors(browser, hostile_site)
    try:
        pages = {name: doors.open(name, path=None) for name in ("supervisor", "manager", "compliance", "admin")}
        add_person(pages["admin"])
        made = hostile.fill(hostile_site, lambda name: pages[name].context, pages["manager"])
    finally:
        doors.close()
    assert doors.faults == []
    return made


@pytest.fixture
def doors(browser: Browser, hostile_site: Site) -> Iterator[Doors]:
    """Pages of that console; the test fails when one of them had an error, e.g. refused to run a script."""
    opened = Doors(browser, hostile_site)
    yield opened
    opened.close()
    assert opened.faults == []


def add_person(page: Page) -> None:
    """A colleague with a hostile name, through the form of the administration."""
    page.goto("/users/list/")
    page.goto("/users/add")
    for field, value in (
        ("first_name", hostile.IMAGE),
        ("last_name", hostile.SVG),
        ("username", hostile.SCRIPT),
        ("email", "hostile@example.invalid"),
        ("password", "Long-enough-1"),
        ("conf_password", "Long-enough-1"),
    ):
        page.locator(f"#{field}").fill(value)
    page.locator("#roles").locator("xpath=..").locator(".select2-choices, .select2-selection").first.click()
    page.locator(".select2-results__option, .select2-result-label", has_text="Operator").first.click()
    page.get_by_role("button", name=re.compile("Save")).click()
    expect(page.get_by_role("cell", name="hostile@example.invalid", exact=True)).to_be_visible()


def pages(made: Filled) -> dict[str, tuple[str, ...]]:
    """Addresses, and the texts that each of them shows."""
    graph = (hostile.SCRIPT, hostile.IMAGE, hostile.SVG, hostile.LONG, hostile.TEMPLATE)
    loan = f"/loans/{made.loan}"
    return {
        "/": (hostile.SVG,),
        "/scenarios?size=50": NAMES,
        "/scenarios?versions=1": (),
        f"/scenarios/{made.scenario}": graph,
        f"/versions/{made.version}": graph,
        "/review": (hostile.SCRIPT,),
        f"/review?version={made.version + 1}": (hostile.TEMPLATE,),
        "/tasks?state=all&size=50": (hostile.IMAGE, hostile.SVG),
        f"/tasks?state=all&task={made.task}": (hostile.SCRIPT, hostile.LONG),
        "/loans?size=50": CELLS,
        loan: (hostile.SCRIPT, hostile.SVG),
        f"{loan}?tab=payments": (hostile.SVG,),
        f"{loan}?tab=cases": (hostile.LONG,),
        f"{loan}?tab=tasks": (hostile.IMAGE,),
        "/products?size=50": TEXTS,
        f"/products/{made.product}": (),
        "/imports": (hostile.SVG, hostile.IMAGE),
        f"/imports/{made.refused_import}": (hostile.SCRIPT, hostile.TEMPLATE),
        "/outbox": (),
        f"/outbox?message={made.message}": (hostile.SCRIPT,),
        "/audit?size=100": (),
        "/audit?entry=20": (),
        "/jobs": (),
        "/engine": (),
        "/help": (),
        "/users/list/": (hostile.SCRIPT, hostile.IMAGE, hostile.SVG),
        "/raw/loans/list/": (hostile.SVG,),
    }


def amiss(page: Page, texts: tuple[str, ...] = ()) -> list[str]:
    """What a hostile text did to the page, and which of `texts` cannot be read on it."""
    wrong = []
    made = page.locator(f"[{MARK}]").count()
    if made:
        wrong.append(f"{made} elements out of texts")
    if overflow(page) > 0:
        wrong.append(f"scrolls sideways by {overflow(page)} px")
    shown = page.evaluate(
        """() => document.body.innerText + " " + [...document.querySelectorAll("input, textarea")]
                .map((one) => one.value).join(" ")"""
    )
    if RECKONED in shown:
        wrong.append("reckons what stands in a text")
    read = _spaced(shown)
    wrong += [f"does not show {text}" for text in texts if _spaced(text) not in read]
    return wrong


def _spaced(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "phone"])
def test_every_page_shows_hostile_texts_as_texts(
    filled: Filled, doors: Doors, size: tuple[int, int], theme: str
) -> None:
    page = doors.open("admin", path=None, size=size, theme=theme)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    wrong: dict[str, list[str]] = {}
    for path, texts in pages(filled).items():
        page.goto(path)
        if path in OUTSIDE:
            expect(page.locator(".panel").first).to_be_visible()
        else:
            settle(page)
        if path.startswith(("/scenarios/", "/versions/")):
            page.locator(".react-flow__node").first.wait_for()
        found = amiss(page, texts)
        if found:
            wrong[path] = found
    assert wrong == {}
    assert dialogs == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "phone"])
def test_what_is_searched_for_is_a_text(filled: Filled, doors: Doors, size: tuple[int, int]) -> None:
    page = doors.open("admin", size=size)
    settle(page)
    for text in (hostile.SCRIPT, hostile.IMAGE, hostile.SVG, hostile.TEMPLATE, hostile.LONG):
        page.keyboard.press("Control+k")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill(text)
        expect(dialog.get_by_role("button").filter(has_text=text).first).to_be_visible()
        assert amiss(page, (text,)) == [], text
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.goto(f"/loans?q={text}")
        settle(page)
        assert amiss(page) == [], text


@pytest.mark.parametrize("text", [hostile.SCRIPT, hostile.IMAGE, hostile.SVG])
def test_a_page_that_made_elements_of_a_text_would_be_found(doors: Doors, filled: Filled, text: str) -> None:
    page = doors.open("admin", path="/help")
    settle(page)
    page.locator("h1").first.evaluate("(title, text) => { title.innerHTML = text }", text)
    assert amiss(page) == ["1 elements out of texts"]
    page.wait_for_timeout(300)
    # what the page's own policy refused to run is what the walk would have heard
    assert text == hostile.SCRIPT or any("Content Security Policy" in fault for fault in doors.faults)
    doors.faults.clear()
