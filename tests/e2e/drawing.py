"""A hand on the builder's canvas: what a strategy manager does with mouse and keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


class Desk:
    """The open builder."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.inspector = page.get_by_test_id("inspector")
        self.problems = page.get_by_test_id("problems")

    @classmethod
    def new_scenario(cls, page: Page, name: str) -> Desk:
        """A new scenario with an empty canvas, by the button of the list."""
        page.goto("/scenarios")
        page.get_by_role("button", name="New scenario").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill(name)
        dialog.get_by_role("button", name="Create").click()
        page.wait_for_url(re.compile(r"/scenarios/\d+$"))
        desk = cls(page)
        desk.palette("entry.segment").wait_for()
        return desk

    def palette(self, kind: str) -> Locator:
        """A step type in the list at the left."""
        return self.page.get_by_test_id(f"palette-{kind}")

    def card(self, label: str) -> Locator:
        """A step on the canvas."""
        return self.page.locator(".react-flow__node").filter(has_text=label).first

    def node_id(self, label: str) -> str:
        """The id that the step has in the document."""
        return self.card(label).get_attribute("data-id") or ""

    def drag(self, kind: str, label: str, x: int, y: int) -> None:
        """Drag a step out of the list to a place of the canvas, and name it."""
        self.palette(kind).drag_to(self.page.get_by_test_id("canvas"), target_position={"x": x, "y": y})
        self.name(label)

    def add(self, kind: str, label: str, *, after: str | None = None) -> None:
        """Click a step in the list: it follows the selected one, or the one called `after`."""
        if after is not None:
            self.find(after)
        self.palette(kind).click()
        self.name(label)

    def name(self, label: str) -> None:
        """Name the selected step."""
        self.inspector.get_by_test_id("node-label").fill(label)
        expect(self.card(label)).to_be_attached()

    def find(self, label: str) -> None:
        """Select a step by its name, through the search over the graph."""
        self.page.get_by_label("Find in the graph").first.fill(label)
        self.page.get_by_role("option", name=re.compile(f"^{re.escape(label)}")).first.click()
        expect(self.inspector.get_by_test_id("node-label")).to_have_value(label)

    def wire(self, source: str, port: str, target: str) -> None:
        """Draw a connection with the mouse."""
        start = self.card(source).locator(f'.react-flow__handle[data-testid$="-{port}"]').bounding_box()
        end = self.card(target).locator('.react-flow__handle[data-testid$="-in"]').bounding_box()
        assert start is not None
        assert end is not None
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move((start["x"] + end["x"]) / 2, (start["y"] + end["y"]) / 2, steps=4)
        mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=6)
        mouse.up()

    def rule(self, *, field: str | None = None, operator: str | None = None, value: str, words: str) -> None:
        """Set the only comparison of the selected step's rule; `words` is how the editor then reads it."""
        self.inspector.get_by_role("button", name="Edit the condition").click()
        dialog = self.page.get_by_role("dialog")
        builder = dialog.get_by_test_id("rule-builder")
        if field is not None:
            self._choose(builder.get_by_label("Field").first, field)
        if operator is not None:
            self._choose(builder.get_by_label("Comparison").first, operator)
        builder.get_by_label("Value").first.fill(value)
        expect(dialog.get_by_test_id("rule-words")).to_contain_text(words)
        dialog.get_by_test_id("rule-apply").click()
        expect(dialog).to_be_hidden()

    def _choose(self, select: Locator, title: str) -> None:
        select.click()
        self.page.get_by_role("option", name=title, exact=True).click()

    def tidy(self) -> None:
        """Lay everything out."""
        self.page.keyboard.press("Escape")
        self.page.get_by_role("button", name="Tidy up").click()
        self.page.wait_for_timeout(400)

    def centre(self, label: str) -> tuple[float, float]:
        """The middle of a step's card on the screen."""
        box = self.card(label).bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def carry(self, label: str, x: float, y: float, *, drop: bool = True) -> None:
        """Drag a step by its title, so that its middle comes to a point of the screen."""
        box = self.card(label).bounding_box()
        assert box is not None
        grip = (box["x"] + box["width"] * 0.4, box["y"] + 14)
        middle = self.centre(label)
        mouse = self.page.mouse
        mouse.move(*grip)
        mouse.down()
        mouse.move(grip[0] + 12, grip[1] + 12, steps=3)
        mouse.move(x + grip[0] - middle[0], y + grip[1] - middle[1], steps=12)
        if drop:
            mouse.up()

    def wire_between(self, source: str, target: str) -> Locator:
        """The connection from a step to another."""
        return self.page.locator(
            f'.react-flow__edge[aria-label^="Connection: {source},"][aria-label$=" to {target}"]'
        ).first

    def middle_of_wire(self, source: str, target: str) -> tuple[float, float]:
        """The point half-way along a connection, on the screen."""
        found: list[float] = self.wire_between(source, target).evaluate(
            """(edge) => {
                const path = edge.querySelector("path.react-flow__edge-path");
                const point = path.getPointAtLength(path.getTotalLength() / 2);
                const place = point.matrixTransform(path.getScreenCTM());
                return [place.x, place.y];
            }"""
        )
        return found[0], found[1]

    def wires(self) -> set[tuple[str, str, str]]:
        """What leads where, as the server has it."""
        number = self.page.evaluate("location.pathname").rsplit("/", 1)[1]
        draft = self.page.context.request.get(f"/api/v1/scenarios/{number}").json()["draft"]
        labels = {node["id"]: node["data"]["label"] for node in draft["nodes"]}
        return {(labels[edge["source"]], edge["sourceHandle"], labels[edge["target"]]) for edge in draft["edges"]}

    def saved(self) -> None:
        """Wait until the server has every edit."""
        expect(self.page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")

    def submit(self, comment: str) -> None:
        """Send the draft to review."""
        self.page.get_by_test_id("submit").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill(comment)
        dialog.get_by_test_id("answer").click()
        expect(dialog).to_be_hidden()

    def figure(self, label: str, key: str) -> Locator:
        """A figure on a step's card."""
        return self.page.get_by_test_id(f"figure-{self.node_id(label)}-{key}")

    def facts(self, label: str) -> dict[str, str]:
        """The side table of a step's numbers: titles and values as they are read."""
        self.find_card(label)
        table = self.page.get_by_test_id("node-numbers")
        expect(table).to_be_visible()
        titles = table.locator("dt").all_inner_texts()
        return dict(zip(titles, table.locator("dd").all_inner_texts(), strict=True))

    def find_card(self, label: str) -> None:
        """Select a step by its name in a view where its label cannot be edited."""
        self.page.get_by_label("Find in the graph").first.fill(label)
        self.page.get_by_role("option", name=re.compile(f"^{re.escape(label)}")).first.click()
        expect(self.inspector).to_contain_text(label)
