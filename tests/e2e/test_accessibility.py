"""Every page holds WCAG 2.2 AA as far as axe can tell, in light and in dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.people import OpenPage, settle
from tests.e2e.site import Site

AXE = Path(__file__).resolve().parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"
RUN = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(found => found.violations)"
PAGES = (
    "/",
    "/scenarios?versions=1",
    "/scenarios/2",
    "/versions/2",
    "/review",
    "/tasks?state=all&task=1",
    "/loans",
    "/products",
    "/products/1",
    "/imports",
    "/outbox?message=1",
    "/audit?entry=1",
    "/engine",
    "/jobs",
    "/help",
    "/users/list/",
)
#: what differs between the themes is colour alone
RULES = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "dark": ["color-contrast", "link-in-text-block"],
}


def violations(page: Page, rules: list[str]) -> list[str]:
    """What axe finds on the page as it stands: rule, element, why."""
    # through the devtools and not as a script element: the page's policy allows its own scripts only
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN, rules)
    return [
        f"{one['id']}: {node['html'][:160]} – {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]  # fmt: skip


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
