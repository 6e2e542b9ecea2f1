"""The builder under the hands of one person, of two, and on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.drawing import Desk
from tests.e2e.people import NARROW, OpenPage


def test_every_edit_can_be_taken_back_and_survives_a_reload(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = Desk.new_scenario(page, "Undone and redone")
    desk.drag("entry.segment", "In", 300, 60)
    desk.add("wait.duration", "Rest")
    desk.add("exit", "Out")
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    expect(desk.problems).to_contain_text("Nothing stands in the way of publishing")

    page.keyboard.press("Escape")
    page.get_by_test_id("canvas").click(position={"x": 20, "y": 20})
    desk.card("Rest").click()
    page.keyboard.press("Delete")
    expect(page.locator(".react-flow__node")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(page.locator(".react-flow__node")).to_have_count(3)
    page.keyboard.press("Control+y")
    expect(page.locator(".react-flow__node")).to_have_count(2)
    page.keyboard.press("Control+z")
    desk.card("Out").click()
    page.keyboard.press("Control+d")
    expect(page.locator(".react-flow__node")).to_have_count(4)
    desk.saved()

    page.reload()
    expect(page.locator(".react-flow__node")).to_have_count(4)
    expect(page.locator(".react-flow__edge")).to_have_count(2)


def test_a_problem_leads_to_its_step_and_field(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = Desk.new_scenario(page, "With a mistake")
    desk.drag("entry.segment", "In", 300, 60)
    desk.add("sms", "Letter")
    desk.inspector.get_by_role("textbox", name="Text").fill("{{ nobody_knows_this }}")
    page.get_by_test_id("canvas").click(position={"x": 20, "y": 20})
    problem = desk.problems.get_by_role("button", name=re.compile("nobody_knows_this"))
    problem.click()
    expect(desk.inspector.get_by_role("textbox", name="Text")).to_be_focused()
    expect(page.get_by_test_id("submit")).to_be_disabled()


def test_on_a_phone_the_scenario_is_read(open_page: OpenPage) -> None:
    page = open_page("manager", path="/scenarios/1", size=NARROW)
    expect(page.locator(".react-flow__node").first).to_be_visible()
    expect(page.get_by_test_id("palette-sms")).to_have_count(0)
    expect(page.get_by_test_id("submit")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]


HOSTILE = "<img src=x onerror=alert(1)>{{ 7*7 }}'\"--</script>"


def test_hostile_texts_are_only_texts(open_page: OpenPage) -> None:
    page = open_page("manager")
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    desk = Desk.new_scenario(page, HOSTILE)
    desk.drag("entry.segment", HOSTILE, 300, 60)
    desk.add("exit", HOSTILE)
    desk.inspector.get_by_label("Reason").fill(HOSTILE)
    desk.saved()
    page.reload()
    expect(page.locator(".react-flow__node")).to_have_count(2)
    page.goto("/scenarios")
    expect(page.get_by_role("link", name=HOSTILE)).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("textbox").fill("<img")
    expect(page.get_by_role("dialog").get_by_text("<img src=x").first).to_be_visible()
    assert said == []


def test_a_published_version_opens_read_only(open_page: OpenPage) -> None:
    page = open_page("manager", path="/scenarios?versions=1")
    page.get_by_role("link", name=re.compile(r"^(v|version) ?1$")).last.click()
    page.wait_for_url(re.compile(r"/versions/\d+$"))
    desk = Desk(page)
    expect(page.locator(".react-flow__node").first).to_be_visible()
    expect(page.get_by_text("read-only")).to_be_visible()
    expect(desk.palette("sms")).to_have_count(0)
    page.locator(".react-flow__node").nth(1).click()
    page.keyboard.press("Delete")
    page.get_by_text("Settings", exact=True).click()
    expect(desk.inspector.get_by_test_id("node-label")).not_to_be_editable()
