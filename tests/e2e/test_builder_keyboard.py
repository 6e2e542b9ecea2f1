"""The builder without a mouse: the same scenario comes out, whichever hand draws it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.e2e.drawing import Desk
from tests.e2e.people import OpenPage, ask, until

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Keyboard:
    """Hands that never leave the keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.desk = Desk(page)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, words: str) -> None:
        """Type into the open list and take what it finds first."""
        field = self.page.get_by_role("dialog").get_by_role("combobox")
        expect(field).to_be_focused()
        self.page.keyboard.type(words)
        expect(self.page.get_by_role("dialog").get_by_role("option").first).to_contain_text(words)
        self.press("Enter")

    def add(self, title: str, label: str) -> None:
        """Add a step after the selected one, name it, come back to the canvas."""
        self.press("a")
        self.choose(title)
        expect(self.page.get_by_role("dialog")).to_be_hidden()
        self.press("Enter")
        field = self.desk.inspector.get_by_test_id("node-label")
        expect(field).to_be_focused()
        self.press("Control+a")
        self.page.keyboard.type(label)
        self.press("Escape")
        expect(self.page.get_by_test_id("canvas")).to_be_focused()
        expect(field).to_have_value(label)

    def walk(self, *directions: str, to: str) -> None:
        for direction in directions:
            self.press(f"Alt+Arrow{direction}")
        expect(self.desk.inspector.get_by_test_id("node-label")).to_have_value(to)

    def connect(self, target: str, *, port: str | None = None) -> None:
        self.press("c")
        if port is not None:
            self.choose(port)
        self.choose(target)
        expect(self.page.get_by_test_id("told")).to_contain_text(target)


def drawn_by_mouse(page: Page) -> None:
    desk = Desk.new_scenario(page, "By mouse")
    desk.drag("entry.segment", "Begin 1", 300, 60)
    desk.add("sms", "Remind 2")
    desk.add("wait.duration", "Breathe 3")
    desk.add("condition", "Late 4")
    desk.add("task", "Ring 5")
    desk.add("goal", "Fine 6", after="Late 4")
    desk.add("wait.signal", "Hope 7", after="Ring 5")
    desk.add("goal", "Kept 8")
    desk.add("offer", "Bargain 9", after="Hope 7")
    desk.add("goal", "Agreed 10")
    desk.add("tag", "Hand over 11", after="Bargain 9")
    desk.add("exit", "Stop 12")
    desk.tidy()
    desk.wire("Remind 2", "blocked", "Breathe 3")
    desk.wire("Remind 2", "no_address", "Ring 5")
    desk.wire("Ring 5", "refused", "Hand over 11")
    desk.wire("Ring 5", "not_reached", "Bargain 9")
    desk.wire("Ring 5", "expired", "Bargain 9")
    desk.wire("Bargain 9", "expired", "Hand over 11")
    desk.tidy()
    desk.saved()


def drawn_by_keyboard(page: Page) -> None:
    keys = Keyboard(page)
    page.get_by_role("heading", name="Scenarios").wait_for()
    keys.press("n")
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.type("By keyboard")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/scenarios/\d+$"))
    keys.desk.palette("entry.segment").wait_for()
    keys.add("Entry by segment", "Begin 1")
    keys.add("SMS", "Remind 2")
    keys.add("Wait", "Breathe 3")
    keys.add("Condition", "Late 4")
    keys.add("Operator task", "Ring 5")
    keys.walk("Up", to="Late 4")
    keys.add("Goal", "Fine 6")
    keys.walk("Left", to="Ring 5")
    keys.add("Wait for a signal", "Hope 7")
    keys.add("Goal", "Kept 8")
    keys.walk("Up", to="Hope 7")
    keys.add("Offer", "Bargain 9")
    keys.add("Goal", "Agreed 10")
    keys.walk("Up", to="Bargain 9")
    keys.add("Tag", "Hand over 11")
    keys.add("Exit", "Stop 12")
    keys.walk("Up", "Up", to="Bargain 9")
    keys.connect("Hand over 11")
    keys.walk("Up", "Up", to="Ring 5")
    keys.connect("Hand over 11", port="Refused to pay")
    keys.connect("Bargain 9", port="Not reached")
    keys.connect("Bargain 9")
    keys.walk("Up", "Up", "Up", to="Remind 2")
    keys.connect("Breathe 3", port="not allowed")
    keys.connect("Ring 5")
    keys.press("Escape", "t")
    expect(page.get_by_test_id("told")).to_have_text("Moved")
    keys.desk.saved()


def document_of(page: Page) -> dict[str, Any]:
    """The saved document, with names for ids; places are counted from the upper left corner."""
    number = page.evaluate("location.pathname").rsplit("/", 1)[1]
    draft = ask(page.context, "GET", f"/scenarios/{number}").json()["draft"]
    labels = {node["id"]: node["data"]["label"] for node in draft["nodes"]}
    corner = {axis: min(node["position"][axis] for node in draft["nodes"]) for axis in ("x", "y")}
    places = {axis: {node["id"]: node["position"][axis] - corner[axis] for node in draft["nodes"]} for axis in corner}
    return {
        **{key: value for key, value in draft.items() if key != "name"},
        "nodes": [
            {**node, "id": labels[node["id"]], "position": {axis: places[axis][node["id"]] for axis in places}}
            for node in draft["nodes"]
        ],
        "edges": sorted(
            (labels[edge["source"]], edge["sourceHandle"], labels[edge["target"]], edge["targetHandle"])
            for edge in draft["edges"]
        ),
    }


def test_mouse_and_keyboard_draw_the_same_scenario(open_page: OpenPage) -> None:
    by_mouse, by_keyboard = open_page("manager"), open_page("manager", path="/scenarios")
    drawn_by_mouse(by_mouse)
    drawn_by_keyboard(by_keyboard)
    wanted = document_of(by_mouse)
    assert (len(wanted["nodes"]), len(wanted["edges"])) == (12, 17)
    assert document_of(by_keyboard) == wanted


def test_keys_are_listed_and_say_what_they_did(open_page: OpenPage) -> None:
    page = open_page("manager", path="/scenarios")
    keys = Keyboard(page)
    keys.desk = Desk.new_scenario(page, "Spoken")
    keys.add("Entry by segment", "First")
    keys.add("Exit", "Last")
    keys.walk("Up", to="First")
    expect(page.get_by_test_id("told")).to_contain_text("First")
    keys.walk("Down", to="Last")
    keys.press("ArrowRight")
    expect(page.get_by_test_id("told")).to_have_text("Moved")
    keys.press("Delete")
    expect(page.get_by_test_id("told")).to_have_text("1 step deleted")
    keys.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Connect a free way out")
    expect(page.get_by_role("dialog")).to_contain_text("Go to the next step")


def note_in(page: Page) -> dict[str, Any]:
    """Colour and size of the only note, as the server has them."""
    number = page.evaluate("location.pathname").rsplit("/", 1)[1]
    notes = ask(page.context, "GET", f"/scenarios/{number}").json()["draft"]["notes"]
    return {name: value for note in notes for name, value in note.items() if name in ("color", "width", "height")}


def test_lines_notes_and_parts_are_reached_without_a_mouse(open_page: OpenPage) -> None:
    page = open_page("manager", path="/scenarios")
    keys = Keyboard(page)
    keys.desk = Desk.new_scenario(page, "Without a mouse")
    told = page.get_by_test_id("told")
    keys.add("Entry by segment", "First")
    keys.add("Tag", "Middle")
    keys.add("Exit", "Last")

    keys.walk("Up", "Up", to="First")
    keys.press("e")
    expect(told).to_have_text("Connection: First, next, to Middle")
    keys.press("a")
    keys.choose("Wait")
    expect(told).to_have_text("Added: Wait")
    keys.press("e", "c")
    keys.choose("Last")
    expect(told).to_have_text("Connected: Wait to Last")
    wanted = {("First", "next", "Wait"), ("Wait", "next", "Last"), ("Middle", "next", "Last")}
    until(lambda: keys.desk.wires() == wanted, page, "the lines")
    keys.press("Control+z", "Alt+ArrowUp")
    expect(keys.desk.inspector.get_by_test_id("node-label")).to_have_value("Wait")
    keys.press("Alt+Shift+ArrowDown")
    expect(told).to_have_text("2 selected")

    keys.press("p")
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    keys.press("Control+a")
    page.keyboard.type("A part")
    keys.press("Enter")
    expect(keys.desk.card("A part")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    keys.press("i")
    expect(page.get_by_test_id("inside").locator("[aria-current]")).to_have_text("A part")
    expect(page.get_by_test_id("canvas")).to_be_focused()
    keys.press("Alt+ArrowDown")
    expect(told).to_contain_text("Entry by call")
    keys.press("Escape", "Escape")
    expect(page.get_by_test_id("inside")).to_be_hidden()
    expect(keys.desk.card("A part")).to_be_visible()
    keys.press("o")
    expect(page.get_by_role("heading", name="A part")).to_be_visible()
    keys.press("u")
    expect(page.get_by_role("heading", name="Without a mouse")).to_be_visible()

    keys.press("Escape", "n")
    expect(page.get_by_label("Note", exact=True)).to_be_focused()
    page.keyboard.type("Ask the lawyers")
    keys.press("Escape")
    expect(page.get_by_test_id("canvas")).to_be_focused()
    expect(page.locator(".react-flow__node-note")).to_have_text("Ask the lawyers")
    page.get_by_role("radio", name="Yellow").focus()
    keys.press("ArrowRight")
    expect(page.get_by_role("radio", name="Entry")).to_be_checked()
    page.get_by_label("Width").fill("300")
    page.get_by_label("Height").fill("100")
    until(lambda: note_in(page) == {"color": "entry", "width": 300, "height": 100}, page, "colour and size")
    keys.press("Escape", "Delete")
    expect(told).to_have_text("Note deleted")
    keys.press("Control+z")
    expect(page.locator(".react-flow__node-note")).to_have_text("Ask the lawyers")


def test_where_nothing_may_change_there_are_fewer_keys(open_page: OpenPage) -> None:
    page = open_page("manager", path="/versions/2")
    expect(page.locator(".react-flow__node").first).to_be_visible()
    Keyboard(page).press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Go to the next step")
    expect(dialog).to_contain_text("Copy")
    expect(dialog).not_to_contain_text("Connect a free way out")
    expect(dialog).not_to_contain_text("Delete the selection")
