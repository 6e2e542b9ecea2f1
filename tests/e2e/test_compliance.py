"""Compliance: opens what was submitted, returns it with a reason, approves another; never their own."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scenario_engine.models import Scenario, Version
from tests.e2e.people import OpenPage, ask
from tests.e2e.site import Site


def submit(page: Page, name: str, comment: str) -> dict[str, Any]:
    """A copy of a demo scenario, submitted by the person of the page."""
    source = ask(page.context, "GET", "/scenarios?sort=name").json()["items"][0]
    made = ask(page.context, "POST", "/scenarios", {"name": name, "copy_of": source["id"]})
    assert made.status == 201, made.text()
    scenario = made.json()["id"]
    body = {"revision": made.json()["revision"], "comment": comment}
    version = ask(page.context, "POST", f"/scenarios/{scenario}/submit", body)
    assert version.ok, version.text()
    return {**version.json(), "scenario": scenario}


@pytest.fixture
def author(open_page: OpenPage) -> Page:
    """The strategy manager, nowhere yet."""
    return open_page("manager", path=None)


def test_a_version_is_returned_with_a_reason_at_a_step(site: Site, author: Page, open_page: OpenPage) -> None:
    version = submit(author, "To be returned", "Softer words in the first message")
    page = open_page("compliance", path="/review")
    page.get_by_role("row", name="To be returned").click()
    panel = page.get_by_role("complementary")
    expect(panel.get_by_text("Softer words in the first message")).to_be_visible()
    expect(panel.get_by_text("All checks hold")).to_be_visible()
    panel.get_by_text("Return", exact=True).click()
    send = panel.get_by_role("button", name="Return to the author")
    expect(send).to_be_disabled()
    panel.get_by_role("textbox", name="What must be changed").fill("The phone is missing in the text")
    panel.get_by_role("combobox").click()
    page.get_by_role("option").first.click()
    send.click()
    expect(page.get_by_text("The version went back to its author.")).to_be_visible()
    with site.database.read() as session:
        found = session.get_one(Version, version["id"])
        assert (found.state, found.reviewed_by) == ("returned", "compliance")
        assert found.review_comment == "The phone is missing in the text"
        assert found.review_node
    author.goto(f"/scenarios?versions={version['scenario']}")
    expect(author.get_by_text("The phone is missing in the text")).to_be_visible()


def test_a_version_is_approved_and_runs(site: Site, author: Page, open_page: OpenPage) -> None:
    version = submit(author, "To be approved", "First version")
    page = open_page("compliance", path=f"/review?version={version['id']}")
    panel = page.get_by_role("complementary")
    panel.get_by_role("link", name="Open on the canvas, read-only").click()
    expect(page.get_by_text("To be approved").first).to_be_visible()
    page.goto(f"/review?version={version['id']}")
    panel.get_by_role("textbox", name="Comment (optional)").fill("Checked")
    panel.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text("is live")).to_be_visible()
    with site.database.read() as session:
        assert session.get_one(Version, version["id"]).state == "published"
        scenario = session.get_one(Scenario, version["scenario"])
        assert scenario.state == "live"
    page.goto("/scenarios?q=To+be+approved")
    expect(page.get_by_role("row", name="To be approved").get_by_text("live")).to_be_visible()


def test_nobody_approves_their_own_version(site: Site, open_page: OpenPage) -> None:
    site.add_person("both", "Strategy manager", "Compliance")
    page = open_page("both", path=None)
    version = submit(page, "My own", "Looks fine to me")
    page.goto(f"/review?version={version['id']}")
    expect(page.get_by_text("another person has to review it")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and publish")).to_have_count(0)
    answer = ask(page.context, "POST", f"/versions/{version['id']}/approve", {"content_hash": version["content_hash"]})
    assert answer.status in (403, 409)
    with site.database.read() as session:
        assert session.get_one(Version, version["id"]).state == "submitted"
