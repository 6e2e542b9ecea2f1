"""Every page holds WCAG 2.2 AA as far as axe can tell, in light and in dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import OpenPage
from tests.e2e.site import Site

AXE = Path(__file__).resolve().parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "/",
    "/scenarios?versions=1",
    "/review",
    "/tasks?state=all&task=1",
    "/loans",
    "/imports",
    "/outbox?message=1",
    "/audit?entry=1",
    "/engine",
    "/help",
    "/users/list/",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule, element, why."""
    # through the devtools and not as a script element: the page's policy allows its own scripts only
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("rules => axe.run(document, rules).then(r => r.violations)", RULES)
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
        expect(page.locator("h1, .panel").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        found = violations(page)
        if found:
            wrong[path] = found
    assert wrong == {}
