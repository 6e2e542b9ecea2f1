"""What axe finds on a page as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"
RUN = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(found => found.violations)"
#: what differs between the themes is colour alone
RULES = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "dark": ["color-contrast", "link-in-text-block"],
}
STILL = "() => document.getAnimations().every((one) => one.playState !== 'running')"
PAINT = "theme => document.documentElement.setAttribute('data-mantine-color-scheme', theme)"


def violations(page: Page, rules: list[str], without: Sequence[str] = ()) -> list[str]:
    """Rule, element, why; `without` leaves rules out."""
    # through the devtools and not as a script element: the page's policy allows its own scripts only
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN, rules)
    return [
        f"{one['id']}: {node['html'][:160]} – {node['failureSummary']}"
        for one in found
        if one["id"] not in without
        for node in one["nodes"]
    ]  # fmt: skip


def in_both_themes(page: Page, without: Sequence[str] = ()) -> dict[str, list[str]]:
    """Violations by theme, of the page as it stands: what is open over it stays open while it is painted dark."""
    found = {}
    for theme, rules in RULES.items():
        page.evaluate(PAINT, theme)
        page.wait_for_function(STILL)
        wrong = violations(page, rules, without)
        if wrong:
            found[theme] = wrong
    page.evaluate(PAINT, "light")
    return found
