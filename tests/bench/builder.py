"""How fast the builder is: `python -m tests.bench.builder` measures it in the test browser and rewrites BUILDER.md.

A scenario of 500 steps and 800 lines is opened, panned, zoomed, and one of its steps is dragged. Frames are those that
the browser hands out (`requestAnimationFrame`). With `--check` nothing is written, and the exit status is 1 when a
promise is not kept.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect, sync_playwright

from console.cli.benchmark.machine import describe_machine
from static.build import weigh
from tests.e2e.people import ask, choose, sign_in
from tests.e2e.site import prepare, running, settings_in
from tests.harness.browser import LAUNCH_ARGUMENTS, find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPORT = Path(__file__).with_name("BUILDER.md")
NODES, EDGES = 500, 800
COLUMNS = 20
#: what issue and README promise
OPEN_SECONDS = 1.5
FRAMES = 50
RUNS = 3
#: how long a hand pans, zooms and drags, in steps of the mouse
STEPS = 120
#: milliseconds after which a graph that is not drawn counts as never drawn
SLOWEST = 60_000

#: seconds since the address was opened, once the cards are drawn and the graph is fitted into the window
OPENED = """
() => {
  const view = document.querySelector('.react-flow__viewport')?.style.transform ?? '';
  const fitted = /scale\\((?!1\\))/.test(view) && document.querySelectorAll('.react-flow__node').length > 0;
  window.drawn_at ??= fitted ? performance.now() / 1000 : undefined;
  // one frame later it has been painted
  const painted = window.drawn_before;
  window.drawn_before = window.drawn_at;
  return painted && performance.now() / 1000;
}
"""
BEGIN = """
() => {
  window.frames_seen = [];
  const tick = (at) => {
    window.frames_seen.push(at);
    window.ticking = requestAnimationFrame(tick);
  };
  window.ticking = requestAnimationFrame(tick);
}
"""
END = """
() => {
  cancelAnimationFrame(window.ticking);
  const gaps = window.frames_seen.slice(1).map((at, place) => at - window.frames_seen[place]);
  return { frames: gaps.length, seconds: gaps.reduce((sum, gap) => sum + gap, 0) / 1000, worst: Math.max(...gaps) };
}
"""

#: a place of the canvas where there is neither a card nor a line: the hand takes hold of the whole there
EMPTY = """
(box) => {
  for (let y = box.y + 12; y < box.y + box.height / 2; y += 6) {
    for (let x = box.x + 12; x < box.x + box.width / 2; x += 6) {
      if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane')) return { x, y };
    }
  }
  throw new Error('no empty place');
}
"""


@dataclass(frozen=True)
class Motion:
    """How smooth something was."""

    name: str
    #: a second
    frames: float
    #: longest time between two frames, milliseconds
    worst: float


def large_document() -> dict[str, Any]:
    """500 steps and 800 lines in rows: an entry, conditions with two ways out, marks with one, an end."""
    rule = {"combinator": "and", "rules": [{"field": "dpd", "operator": ">=", "value": 1}]}
    between = NODES - 2
    # every step but the end has a way out, and a condition a second one
    forks = EDGES - (NODES - 1)
    kinds = [
        "entry.segment",
        *("condition" if place * forks % between < forks else "tag" for place in range(between)),
        "exit",
    ]
    params: dict[str, dict[str, Any]] = {
        "entry.segment": {"rule": rule},
        "condition": {"rule": rule},
        "tag": {"tag": "x"},
        "exit": {},
    }
    nodes = [
        {
            "id": f"n{place}",
            "type": kind,
            "position": {"x": place % COLUMNS * 300, "y": place // COLUMNS * 150},
            "data": {"label": f"Step {place}", "params": params[kind]},
        }
        for place, kind in enumerate(kinds)
    ]
    ports = {"entry.segment": ("next",), "condition": ("yes", "no"), "tag": ("next",), "exit": ()}
    edges = [
        {
            "id": f"{port}{place}",
            "source": f"n{place}",
            "sourceHandle": port,
            "target": f"n{target}",
            "targetHandle": "in",
        }
        for place, kind in enumerate(kinds)
        for way, port in enumerate(ports[kind])
        for target in [min(place + (1 if way == 0 else COLUMNS), NODES - 1)]
    ]
    assert (len(nodes), len(edges)) == (NODES, EDGES)
    return {"format": 1, "name": "Large", "settings": {}, "nodes": nodes, "edges": edges, "notes": []}


def opening(browser: Browser, address: str, path: str) -> tuple[list[float], Page]:
    """Seconds from the address to the drawn graph, a new browser each time; and the last page."""
    found = []
    while True:
        context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="en-GB")
        sign_in(context, "manager")
        choose(context, "en", "light")
        page = context.new_page()
        # the shell is warm, as it is for whoever comes from the list of scenarios
        page.goto("/scenarios")
        page.get_by_role("link", name="Large").first.wait_for()
        page.goto(path)
        found.append(page.wait_for_function(OPENED, timeout=SLOWEST).json_value())
        if len(found) == RUNS:
            return found, page
        context.close()


def motion(page: Page, name: str, move: Callable[[], None]) -> Motion:
    """The frames while something is moved."""
    page.wait_for_timeout(500)
    page.evaluate(BEGIN)
    move()
    found = page.evaluate(END)
    return Motion(name, found["frames"] / found["seconds"], found["worst"])


def motions(page: Page) -> list[Motion]:
    """Pan, zoom and drag, with the whole graph in view and close by."""
    mouse = page.mouse
    canvas = page.get_by_test_id("canvas").bounding_box()
    assert canvas is not None
    x, y = canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2

    def pan() -> None:
        place = page.evaluate(EMPTY, canvas)
        mouse.move(place["x"], place["y"])
        mouse.down()
        for step in range(STEPS):
            mouse.move(place["x"] + step * 2, place["y"] + step)
            page.wait_for_timeout(8)
        mouse.up()

    def zoom() -> None:
        mouse.move(x, y)
        for step in range(STEPS // 2):
            mouse.wheel(0, -40 if step < STEPS // 4 else 40)
            page.wait_for_timeout(16)

    def drag() -> None:
        box = page.locator(".react-flow__node").nth(45).bounding_box()
        assert box is not None
        mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
        mouse.down()
        for step in range(STEPS):
            mouse.move(box["x"] + step, box["y"] + step / 2)
            page.wait_for_timeout(8)
        mouse.up()

    page.get_by_role("button", name="Show everything").click()
    expect(page.locator(".react-flow__node")).to_have_count(NODES, timeout=SLOWEST)
    found = [
        motion(page, f"{name}, whole graph", move) for name, move in (("pan", pan), ("zoom", zoom), ("drag", drag))
    ]
    page.keyboard.press("Escape")
    page.get_by_label("Find in the graph").first.fill("Step 250")
    page.get_by_role("option", name="Step 250").first.click()
    return found + [motion(page, f"{name}, close by", move) for name, move in (("pan", pan), ("zoom", zoom))]


def measure() -> tuple[list[float], list[Motion]]:
    """Opening and motions, on a console of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        prepare(settings, loans=0)
        with running(settings, with_engine=False) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(find_browser()), args=list(LAUNCH_ARGUMENTS))
            context = browser.new_context(base_url=site.address)
            sign_in(context, "manager")
            made = ask(context, "POST", "/scenarios", {"name": "Large", "document": large_document()})
            assert made.status == 201, made.text()
            opened, page = opening(browser, site.address, f"/scenarios/{made.json()['id']}")
            found = opened, motions(page)
            browser.close()
            return found


def report(opened: list[float], moved: list[Motion], weights: dict[str, int], browser: str) -> str:
    """The report as Markdown."""
    machine = describe_machine()
    lines = [
        "# The builder: speed",
        "",
        "Made by `make bench-builder`; edits here are lost.",
        "",
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}; "
        f"{browser}, no graphics card. {NODES} steps, {EDGES} lines, window 1440 × 900.",
        "",
        f"Other work on the machine meanwhile: load {os.getloadavg()[0]:.1f} on {machine['cores']} cores. "
        "Times mean something only while that is below the number of cores.",
        "",
        "| Measure | Value | Promise | Kept |",
        "|---|---|---|---|",
        f"| open, median of {len(opened)} | {statistics.median(opened):.2f} s | at most {OPEN_SECONDS} s | "
        f"{_kept(statistics.median(opened) <= OPEN_SECONDS)} |",
    ]
    lines += [
        f"| {found.name} | {found.frames:.0f} frames a second, longest gap {found.worst:.0f} ms | at least {FRAMES} | "
        f"{_kept(round(found.frames) >= FRAMES)} |"
        for found in moved
    ]
    lines += ["", "Compressed JavaScript that opening a page loads (the build fails when it is too much):", ""]
    lines += ["| Page | kB |", "|---|---|"]
    lines += [f"| {Path(page).stem} | {weight / 1000:.0f} |" for page, weight in sorted(weights.items())]
    return "\n".join(lines) + "\n"


def _kept(kept: bool) -> str:
    return "yes" if kept else "**no**"


def main() -> int:
    """Measure, write the report, say it; the exit status is 1 when a promise is not kept."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--check", action="store_true", help="write nothing")
    chosen = options.parse_args()
    with sync_playwright() as playwright:
        running_browser = playwright.chromium.launch(executable_path=str(find_browser()), args=list(LAUNCH_ARGUMENTS))
        name = f"Chromium {running_browser.version}"
        running_browser.close()
    opened, moved = measure()
    text = report(opened, moved, weigh(), name)
    sys.stdout.write(text)
    if not chosen.check:
        REPORT.write_text(text, encoding="utf-8")
    return 1 if "**no**" in text else 0


if __name__ == "__main__":
    sys.exit(main())
