"""An auditor: sees and exports everything, changes nothing."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from scenario_engine.models import AuditEntry
from tests.e2e.people import OpenPage, ask, settle
from tests.e2e.site import Site

#: whatever changes something anywhere
ACTING = re.compile(
    "New scenario|^Import|Record a payment|Note an event|Stop contacts|Take|Assign|Send again|Cancel the message|"
    "Approve|Return|Accept|Decline|Pause|Archive|Delete|Copy into the draft|Retry|Close:"
)


def export(page: Page, name: str, folder: Path) -> Path:
    """The file that an entry of the export menu gives."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=name).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_audit_is_exported_in_both_formats(site: Site, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("auditor", path="/audit?actor=manager")
    expect(page.get_by_role("row")).not_to_have_count(0)
    with site.database.read() as session:
        expected = session.scalar(select(func.count()).where(AuditEntry.actor == "manager"))
    with export(page, "CSV", tmp_path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    entries = [json.loads(line) for line in export(page, "JSON Lines", tmp_path).read_text("utf-8").splitlines()]
    assert len(rows) - 1 == len(entries) == expected
    assert {entry["actor"] for entry in entries} == {"manager"}


def test_an_entry_opens_and_leads_to_the_rest_of_its_story(open_page: OpenPage) -> None:
    page = open_page("auditor", path="/audit?action=version.approved")
    page.get_by_role("row").nth(1).click()
    panel = page.get_by_role("complementary")
    expect(panel.get_by_text("version.approved")).to_be_visible()
    panel.get_by_role("button", name="Everything about this object").click()
    expect(
        page.get_by_role("cell", name=re.compile("submitted a version|version submitted|submitted")).first
    ).to_be_visible()


def test_an_address_opens_an_entry_that_the_filters_leave_out(open_page: OpenPage) -> None:
    page = open_page("auditor", path="/audit?actor=nobody&entry=1")
    expect(page.get_by_role("complementary").get_by_text("Entry no.")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/scenarios", "/review", "/tasks?state=all", "/outbox", "/engine", "/imports", "/loans/{loan}"]
)
def test_no_page_offers_to_change_anything(site: Site, open_page: OpenPage, path: str) -> None:
    page = open_page("auditor", path=path.format(loan=site.any_enrolled_loan()[0]))
    settle(page)
    expect(page.get_by_role("button", name=ACTING)).to_have_count(0)


def test_the_interface_refuses_every_change(site: Site, open_page: OpenPage) -> None:
    given = site.give_task("Call: not for auditors")
    page = open_page("auditor")
    scenario = ask(page.context, "GET", "/scenarios").json()["items"][0]
    for path, body in (
        (f"/tasks/{given.id}/take", {}),
        (f"/loans/{given.loan}/payments", {"amount": 100}),
        (f"/loans/{given.loan}/signals", {"kind": "reply", "data": {}}),
        (f"/scenarios/{scenario['id']}/pause", {"reason": "no"}),
        (f"/versions/{scenario['live_version']['id']}/restore", {}),
        ("/scenarios", {"name": "Mine"}),
    ):
        assert ask(page.context, "POST", path, body).status == 403, path
