"""A strategy manager's lists: pause and resume with a reason, copy, export; the builder has tests of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import select

from scenario_engine.models import AuditEntry, Scenario
from tests.e2e.people import OpenPage
from tests.e2e.site import Site


def test_a_scenario_is_paused_with_a_reason_and_goes_on(site: Site, open_page: OpenPage) -> None:
    page = open_page("manager", path="/scenarios?q=broken-promise")
    actions = page.get_by_role("button", name=re.compile("Actions for"))
    actions.click()
    page.get_by_role("menuitem", name="Pause").click()
    dialog = page.get_by_role("dialog")
    pause = dialog.get_by_role("button", name="Pause")
    expect(pause).to_be_disabled()
    dialog.get_by_role("textbox").fill("The text is being checked")
    pause.click()
    row = page.get_by_role("row", name=re.compile("broken-promise"))
    expect(row.get_by_text("paused")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile("is paused|paused"))).to_be_visible()
    page.goto("/scenarios?state=paused")
    actions.click()
    page.get_by_role("menuitem", name="Resume").click()
    dialog.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("No scenario fits the filter")).to_be_visible()
    with site.database.read() as session:
        scenario = session.scalars(select(Scenario).where(Scenario.key == "broken-promise")).one()
        assert scenario.state == "live"
        paused = session.scalars(select(AuditEntry).where(AuditEntry.action == "scenario.paused")).all()
        assert paused[-1].details["reason"] == "The text is being checked"


def test_a_scenario_is_copied_exported_and_deleted(site: Site, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("manager", path="/scenarios?q=reminder")
    actions = page.get_by_role("button", name=re.compile("Actions for"))
    actions.click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Export the document").click()
    download.value.save_as(tmp_path / "scenario.json")
    document = json.loads((tmp_path / "scenario.json").read_text("utf-8"))
    assert document["format"] == 1
    assert len(document["nodes"]) > 3
    actions.click()
    page.get_by_role("menuitem", name=re.compile("Copy")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("A copy to throw away")
    dialog.get_by_role("button", name="Create and draw").click()
    expect(page).to_have_url(re.compile(r"/scenarios/\d+"))
    page.goto("/scenarios?q=throw+away")
    actions.click()
    page.get_by_role("menuitem", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No scenario fits the filter")).to_be_visible()
    with site.database.read() as session:
        assert session.scalars(select(Scenario).where(Scenario.name == "A copy to throw away")).first() is None


def test_people_are_masked_for_those_who_only_draw(site: Site, open_page: OpenPage) -> None:
    loan, _number = site.any_enrolled_loan()
    page = open_page("manager", path=f"/loans/{loan}")
    expect(page.get_by_text(re.compile(r"\+7\*+\d\d"))).to_be_visible()
