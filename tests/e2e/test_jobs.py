"""Long work in the background: a long list becomes a file, a card tells how it goes, the page of jobs acts on it."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import insert

from console.clock import system_clock
from scenario_engine.models import AuditEntry, Job
from tests.e2e.people import OpenPage
from tests.e2e.site import Site

#: one row more than comes at once
LONG = 10_001


def _fill_audit(site: Site, actor: str) -> None:
    row = {"at": system_clock(), "actor": actor, "action": "scenario.paused", "subject_type": "scenario", "details": {}}
    with site.database.write() as session:
        session.execute(insert(AuditEntry), [row | {"subject_id": str(number)} for number in range(LONG)])


def _hold_back(site: Site, title: str, actor: str) -> None:
    """An export that waits: a worker counts as told of it, and is left its time to begin."""
    now = system_clock()
    told = now + timedelta(seconds=site.settings.job_silence_seconds / 2)
    params = {"list": "loans", "query": {}, "format": "csv", "user_id": 4, "language": "en"}
    with site.database.write() as session:
        session.add(
            Job(kind="export", title={"en": title, "ru": title}, params=params, state="queued", actor=actor,
                created_at=now, sent_at=told)
        )  # fmt: skip


def _row(page: Page, title: str) -> Page:
    return page.get_by_role("row").filter(has_text=title)  # type: ignore[return-value]


def test_a_long_list_is_written_in_the_background_and_its_file_taken_from_any_page(
    empty_site: Site, open_empty_page: OpenPage, tmp_path: Path
) -> None:
    _fill_audit(empty_site, "bulk")
    page = open_empty_page("auditor", path="/audit?actor=bulk")
    expect(page.get_by_role("row")).not_to_have_count(0)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="CSV").click()
    page.get_by_role("link", name="Overview").first.click()
    card = page.get_by_role("alert").filter(has_text="The file is ready")
    expect(card).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        card.get_by_role("link", name=re.compile("Download")).click()
    path = tmp_path / "audit.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert len(rows) == LONG + 1
    card.get_by_role("link", name="All jobs").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    expect(card).not_to_be_visible()
    expect(_row(page, "Audit").get_by_text("done", exact=True)).to_be_visible()


def test_a_supervisor_cancels_a_job_and_starts_it_again(empty_site: Site, open_empty_page: OpenPage) -> None:
    _hold_back(empty_site, "Held-back loans", "supervisor")
    page = open_empty_page("supervisor", path="/jobs")
    row = _row(page, "Held-back loans")
    expect(row.get_by_text("waits for a free worker")).to_be_visible()
    row.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the job").click()
    expect(row.get_by_text("cancelled", exact=True)).to_be_visible()
    row.get_by_role("button", name="Start again").click()
    expect(row.get_by_role("link", name="Download")).to_be_visible(timeout=60_000)


def test_others_do_not_see_it(empty_site: Site, open_empty_page: OpenPage) -> None:
    _hold_back(empty_site, "A supervisor's export", "supervisor")
    page = open_empty_page("operator", path="/jobs", language="ru", size=(390, 844))
    expect(page.get_by_text("Операций пока нет")).to_be_visible()
    expect(page.get_by_text("A supervisor's export")).to_have_count(0)
