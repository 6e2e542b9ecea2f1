"""What the canvas does under the mouse: lines up, inserts, reconnects, heals, moves groups, narrows the view."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.drawing import Desk
from tests.e2e.people import OpenPage, ask, until


def drawn(page: Page, name: str) -> Desk:
    """In → Text → Rest → Out, and nothing else; everything on the screen."""
    desk = Desk.new_scenario(page, name)
    desk.drag("entry.segment", "In", 300, 60)
    desk.add("tag", "Text")
    desk.add("wait.duration", "Rest")
    desk.add("exit", "Out")
    desk.tidy()
    desk.saved()
    return desk


def holds(desk: Desk, check: Callable[[set[tuple[str, str, str]]], bool]) -> None:
    """Wait until the server has lines of which `check` says that they are right."""
    until(lambda: check(desk.wires()), desk.page, f"the lines, not {desk.wires()}")


def steps(page: Page) -> list[str]:
    """Titles of the cards."""
    return sorted(text.split("\n")[0] for text in page.locator(".react-flow__node-step").all_inner_texts())


def places(page: Page) -> dict[str, tuple[float, float]]:
    """Where the steps stand in the document."""
    number = page.evaluate("location.pathname").rsplit("/", 1)[1]
    nodes = ask(page.context, "GET", f"/scenarios/{number}").json()["draft"]["nodes"]
    return {node["data"]["label"]: (node["position"]["x"], node["position"]["y"]) for node in nodes}


def test_a_dragged_step_jumps_into_line_with_what_it_comes_near(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = drawn(page, "In line")
    x, y = desk.centre("Text")
    desk.carry("Rest", x + 4, y + 250, drop=False)
    expect(page.get_by_test_id("guide-x").first).to_be_attached()
    page.mouse.up()
    expect(page.get_by_test_id("guide-x")).to_have_count(0)
    until(lambda: places(page)["Rest"][1] > places(page)["Text"][1] + 200, page, "the step where it was dropped")
    assert places(page)["Rest"][0] == places(page)["Text"][0]


def test_a_step_goes_into_the_line_it_is_dropped_on(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = drawn(page, "Dropped on a line")
    canvas = page.get_by_test_id("canvas").bounding_box()
    assert canvas is not None
    x, y = desk.middle_of_wire("In", "Text")
    desk.drag("tag", "From the list", int(x - canvas["x"]), int(y - canvas["y"]))
    holds(desk, lambda wires: {("In", "next", "From the list"), ("From the list", "next", "Text")} <= wires)

    desk.drag("wait.duration", "Loose", 80, 300)
    desk.tidy()
    desk.carry("Loose", *desk.middle_of_wire("Rest", "Out"))
    holds(desk, lambda wires: {("Rest", "next", "Loose"), ("Loose", "next", "Out")} <= wires)
    page.keyboard.press("Control+z")
    holds(desk, lambda wires: ("Rest", "next", "Out") in wires)


def test_a_line_is_led_elsewhere_and_heals_when_its_step_goes(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = drawn(page, "Led elsewhere")
    desk.drag("exit", "Other", 560, 420)
    end = desk.card("Out").locator(".react-flow__handle-top").bounding_box()
    goal = desk.card("Other").locator(".react-flow__handle-top").bounding_box()
    assert end is not None
    assert goal is not None
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] - 18)
    page.mouse.down()
    page.mouse.move(goal["x"] + 40, goal["y"] - 60, steps=6)
    page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + goal["height"] / 2, steps=6)
    page.mouse.up()
    holds(desk, lambda wires: ("Rest", "next", "Other") in wires)

    desk.card("Text").click()
    page.keyboard.press("Delete")
    holds(desk, lambda wires: wires == {("In", "next", "Rest"), ("Rest", "next", "Other")})


def test_many_steps_are_chosen_by_a_frame_moved_together_and_left_alone_when_tidied(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = drawn(page, "Together")
    before = places(page)
    x, y = desk.centre("Text")
    left, bottom = desk.centre("Rest")
    page.keyboard.down("Shift")
    page.mouse.move(x - 260, y - 20)
    page.mouse.down()
    page.mouse.move(left + 20, bottom + 10, steps=8)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(page.get_by_test_id("told")).to_have_text("2 selected")
    desk.carry("Text", x + 230, y + 30)
    until(lambda: places(page) != before, page, "the moved steps")
    moved = places(page)
    shift = [(moved[name][0] - before[name][0], moved[name][1] - before[name][1]) for name in ("Text", "Rest")]
    assert shift[0] == shift[1] != (0, 0)
    assert moved["In"] == before["In"]

    desk.add("tag", "New", after="Rest")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Other ways to lay out").click()
    page.get_by_role("menuitem", name="Lay out, leave the steps I placed").click()
    until(lambda: "New" in places(page), page, "the new step")
    desk.saved()
    assert {name: places(page)[name] for name in ("Text", "Rest")} == {name: moved[name] for name in ("Text", "Rest")}
    page.keyboard.press("t")
    until(lambda: places(page)["Text"][0] == places(page)["In"][0], page, "one column")


def test_focus_fades_what_the_chosen_way_does_not_touch(open_page: OpenPage) -> None:
    page = open_page("manager", path="/scenarios/2")
    expect(page.locator(".react-flow__node").first).to_be_visible()
    page.get_by_role("button", name="Focus").click()
    expect(page.locator("[data-faded]")).to_have_count(0)
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    until(lambda: page.locator("[data-faded]").count() > 0, page, "something fades")
    bright = page.locator(".react-flow__node-step").count() - page.locator("[data-faded]").count()
    assert bright > 2
    page.keyboard.press("f")
    expect(page.locator("[data-faded]")).to_have_count(0)


def test_a_note_is_resized_and_coloured_and_taken_back(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = drawn(page, "Noted")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Note").click()
    page.keyboard.type("Ask the lawyers")
    page.keyboard.press("Escape")
    note = page.locator(".react-flow__node-note")
    handle = note.locator(".react-flow__resize-control.handle.bottom.right")
    # waits until the note has come to rest, too
    handle.hover()
    before, corner = note.bounding_box(), handle.bounding_box()
    assert before is not None
    assert corner is not None
    x, y = corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2
    page.mouse.down()
    page.mouse.move(x + 90, y + 60, steps=6)
    page.mouse.up()
    until(lambda: (note.bounding_box() or before)["width"] > before["width"] + 60, page, "a wider note")
    page.get_by_role("radio", name="Messages").check()
    desk.saved()
    number = page.evaluate("location.pathname").rsplit("/", 1)[1]
    [kept] = ask(page.context, "GET", f"/scenarios/{number}").json()["draft"]["notes"]
    assert kept["color"] == "message"
    assert kept["width"] > 230
    assert kept["height"] > 90
    page.get_by_test_id("more").click()
    with page.expect_download() as given:
        page.get_by_test_id("picture").click()
    assert f'width="{kept["width"]}" height="{kept["height"]}" rx="4"' in Path(given.value.path()).read_text("utf-8")

    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    until(lambda: abs((note.bounding_box() or before)["width"] - before["width"]) < 2, page, "the note as it was")


def test_a_selection_becomes_a_sub_scenario_is_opened_and_brought_back(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = drawn(page, "Outer")
    desk.card("Text").click()
    desk.card("Rest").click(modifiers=["Control"])
    desk.card("Rest").click(button="right")
    page.get_by_test_id("canvas-menu").get_by_role("menuitem", name="Make a sub-scenario").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Inner part")
    page.get_by_role("dialog").get_by_role("button", name="Make it").click()
    expect(desk.card("Inner part")).to_be_visible()
    assert steps(page) == ["In", "Inner part", "Out"]
    expect(desk.problems).to_contain_text("There is no live scenario")

    desk.card("Inner part").get_by_role("button", name="Look inside").click()
    inside = page.get_by_test_id("inside")
    expect(inside.locator("[aria-current]")).to_have_text("Inner part")
    expect(page.get_by_role("heading", name="Outer")).to_be_visible()
    assert steps(page) == ["Entry by call", "Exit", "Rest", "Text"]
    desk.card("Text").click()
    expect(desk.inspector.get_by_test_id("node-label")).not_to_be_editable()
    inside.get_by_role("button", name="Outer", exact=True).click()
    expect(desk.card("Inner part")).to_be_visible()
    expect(inside).to_be_hidden()

    desk.card("Inner part").get_by_role("button", name="Look inside").click()
    inside.get_by_role("button", name="Open to edit").click()
    expect(page.get_by_role("heading", name="Inner part")).to_be_visible()
    expect(page.locator(".react-flow__node-step")).to_have_count(4)
    assert steps(page) == ["Entry by call", "Exit", "Rest", "Text"]
    expect(desk.problems).to_contain_text("Nothing stands in the way of publishing")
    page.get_by_role("link", name="Outer").click()
    expect(desk.card("Inner part")).to_be_visible()

    page.keyboard.press("Control+z")
    expect(page.locator(".react-flow__node-step")).to_have_count(4)
    page.keyboard.press("Control+y")
    expect(page.locator(".react-flow__node-step")).to_have_count(3)
    desk.card("Inner part").click()
    page.keyboard.press("b")
    expect(page.locator(".react-flow__node-step")).to_have_count(4)
    holds(desk, lambda wires: wires == {("In", "next", "Text"), ("Text", "next", "Rest"), ("Rest", "next", "Out")})

    desk.card("In").click()
    page.keyboard.press("p")
    expect(page.get_by_role("alert").filter(has_text="An entry stays outside")).to_be_visible()


def test_steps_are_copied_into_another_scenario_in_another_tab(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = drawn(page, "Copied from")
    desk.card("Text").click()
    desk.card("Rest").click(modifiers=["Control"])
    page.keyboard.press("Control+c")
    other = page.context.new_page()
    elsewhere = Desk.new_scenario(other, "Copied into")
    other.keyboard.press("Control+v")
    expect(other.locator(".react-flow__node-step")).to_have_count(2)
    holds(elsewhere, lambda wires: wires == {("Text", "next", "Rest")})
    other.keyboard.press("Control+x")
    expect(other.locator(".react-flow__node-step")).to_have_count(0)
    other.keyboard.press("Control+v")
    other.keyboard.press("Control+v")
    expect(other.locator(".react-flow__node-step")).to_have_count(4)


def pasted(page: Page, text: str) -> None:
    """Paste a text as the browser does."""
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }""",
        text,
    )


def a_document(count: int, **more: Any) -> dict[str, Any]:
    """A document of so many steps that hang on nothing."""
    nodes = [
        {"id": f"n{number}", "type": "tag", "position": {"x": 0, "y": number * 10}, "data": {"label": "", "params": {}}}
        for number in range(count)
    ]
    return {"format": 1, "name": "Large", "settings": {}, "nodes": nodes, "edges": [], "notes": [], **more}


def test_what_is_no_scenario_is_not_pasted_and_said_why(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = drawn(page, "Pasted garbage")
    for text, said in (
        ("<b>hello</b>", "holds no steps of a scenario"),
        (json.dumps({"nodes": [None, 7, {"id": {}}]}), "holds no steps of a scenario"),
        (json.dumps(a_document(3, format=9)), "copied from another version of the program"),
        (json.dumps(a_document(5_000)), "2000 steps at most"),
    ):
        pasted(page, text)
        expect(page.get_by_role("alert")).to_contain_text(said)
    assert steps(page) == ["In", "Out", "Rest", "Text"]
    desk.saved()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not json {", "not"),
        (json.dumps(a_document(2, format=9)), "This program reads documents of format 1; this one says 9"),
        (json.dumps(a_document(5_000)), "2000"),
    ],
    ids=["garbage", "another format", "too large"],
)
def test_a_file_that_cannot_be_a_scenario_is_refused_with_the_reason(
    open_page: OpenPage, tmp_path: Path, content: str, said: str
) -> None:
    page = open_page("manager", path="/scenarios")
    page.get_by_role("button", name="Import").click()
    file = tmp_path / "scenario.json"
    file.write_text(content, encoding="utf-8")
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(file)
    page.get_by_role("dialog").get_by_role("button", name="Import").click()
    expect(page.get_by_role("dialog")).to_contain_text(said)


def test_a_scenario_comes_back_from_its_file(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = drawn(page, "There and back")
    page.get_by_test_id("more").click()
    with page.expect_download() as given:
        page.get_by_role("menuitem", name="Export").click()
    page.goto("/scenarios")
    page.get_by_role("button", name="Import").click()
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(given.value.path())
    page.get_by_role("dialog").get_by_role("button", name="Import").click()
    page.wait_for_url(re.compile(r"/scenarios/\d+$"))
    expect(page.locator(".react-flow__node-step")).to_have_count(4)
    assert desk.wires() == {("In", "next", "Text"), ("Text", "next", "Rest"), ("Rest", "next", "Out")}


def letters_in(pdf: bytes) -> set[str]:
    """Letters that the PDF says its glyphs stand for."""
    found: set[str] = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(stream)
        except zlib.error:
            continue
        if b"beginbfchar" in text or b"beginbfrange" in text:
            found |= {chr(int(code, 16)) for code in re.findall(rb"<[0-9a-fA-F]{4}>\s*<([0-9a-fA-F]{4})>", text)}
    return found


def test_the_picture_is_saved_as_svg_and_as_pdf_with_russian_letters(open_page: OpenPage) -> None:
    page = open_page("manager", path="/scenarios/2", language="ru")
    expect(page.locator(".react-flow__node").first).to_be_visible()
    page.get_by_test_id("more").click()
    with page.expect_download() as given:
        page.get_by_test_id("picture").click()
    drawing = Path(given.value.path()).read_text(encoding="utf-8")
    assert "Ждём платёж" in drawing
    assert drawing.count("<marker") == 1
    page.get_by_test_id("more").click()
    with page.expect_download(timeout=30_000) as given:
        page.get_by_test_id("picture-pdf").click()
    assert given.value.suggested_filename == "Мягкое взыскание 1–30.pdf"
    pdf = Path(given.value.path()).read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert set("Ждёмплатёж") <= letters_in(pdf)


def test_the_graph_is_printed_whole(open_page: OpenPage) -> None:
    page = open_page("manager", path="/scenarios/2", theme="dark")
    expect(page.locator(".react-flow__node").first).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    sheet = page.locator("svg[font-family]")
    expect(sheet).to_be_visible()
    expect(page.get_by_test_id("canvas")).to_be_hidden()
    assert sheet.locator("rect[rx='9']").count() == 12
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)
