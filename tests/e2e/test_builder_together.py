"""Two people at one scenario, a server that goes away, a session that runs out: no edit is lost."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import expect

from console.app import create_app
from console.installation import demo_users
from scenario_engine.database import Database
from tests.console.conftest import FAST_HASH
from tests.e2e.axe import in_both_themes
from tests.e2e.drawing import Desk
from tests.e2e.people import OpenPage, ask, choose, sign_in
from tests.e2e.site import PASSWORD, prepare, settings_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: how long the server is away
AWAY_SECONDS = 20


def opened_twice(open_page: OpenPage, name: str, *, follows: bool = False) -> tuple[Desk, Desk]:
    """The same new scenario in two browsers, with an entry and a wait."""
    first = open_page("manager")
    mine = Desk.new_scenario(first, name)
    mine.drag("entry.segment", "In", 300, 60)
    mine.add("wait.duration", "Rest")
    mine.saved()
    second = open_page("manager", path=None)
    if not follows:
        # whoever has edited nothing follows what others save: only somebody out of touch meets a conflict
        second.route("**/api/v1/presence/*", lambda route: route.fulfill(json={"others": [], "revision": 0}))
    second.goto(first.evaluate("location.pathname"))
    theirs = Desk(second)
    expect(theirs.card("Rest")).to_be_visible()
    return mine, theirs


def test_different_edits_of_two_people_are_joined(open_page: OpenPage) -> None:
    mine, theirs = opened_twice(open_page, "Drawn by two")
    mine.add("exit", "The first one's end", after="Rest")
    mine.saved()
    theirs.find("In")
    theirs.name("The way in")
    dialog = theirs.page.get_by_role("dialog")
    expect(dialog).to_contain_text("You touched different things")
    expect(dialog).to_contain_text("The first one's end")
    dialog.get_by_test_id("conflict-save").click()
    expect(dialog).to_be_hidden()
    theirs.saved()
    for desk in (theirs, mine):
        desk.page.reload()
        for label in ("The way in", "Rest", "The first one's end"):
            expect(desk.card(label)).to_be_visible()
        expect(desk.page.locator(".react-flow__edge")).to_have_count(2)


def test_a_step_that_both_changed_is_chosen_and_the_other_draft_is_kept(open_page: OpenPage) -> None:
    mine, theirs = opened_twice(open_page, "Fought over")
    mine.find("Rest")
    mine.name("Rest of the first")
    mine.saved()
    theirs.find("Rest")
    theirs.name("Rest of the second")
    dialog = theirs.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Changed by both")
    node = theirs.node_id("Rest of the second")
    expect(dialog.get_by_test_id(f"choose-mine-{node}")).to_have_attribute("aria-checked", "true")
    dialog.get_by_test_id(f"choose-theirs-{node}").click()
    expect(dialog.get_by_test_id("conflict-aside")).to_contain_text("your draft")
    assert in_both_themes(theirs.page) == {}
    dialog.get_by_test_id("conflict-save").click()
    expect(dialog).to_be_hidden()
    theirs.saved()
    expect(theirs.card("Rest of the first")).to_be_visible()
    # the decision is an edit like any other
    theirs.page.get_by_test_id("canvas").click(position={"x": 20, "y": 20})
    theirs.page.keyboard.press("Control+z")
    expect(theirs.card("Rest of the second")).to_be_visible()
    theirs.page.keyboard.press("Control+y")
    theirs.saved()
    theirs.page.goto("/scenarios")
    theirs.page.get_by_role("link", name="Fought over (draft of manager)").click()
    theirs.page.wait_for_url(re.compile(r"/scenarios/\d+$"))
    expect(theirs.card("Rest of the second")).to_be_visible()


def test_people_see_who_else_is_here_and_follow_what_was_saved(open_page: OpenPage) -> None:
    mine, theirs = opened_twice(open_page, "Seen by two", follows=True)
    expect(theirs.page.get_by_test_id("here")).to_contain_text("1 other here")
    mine.find("Rest")
    mine.name("Renamed meanwhile")
    mine.saved()
    # nothing is edited in the second browser, so it follows without a question
    expect(theirs.card("Renamed meanwhile")).to_be_visible(timeout=15_000)
    theirs.page.close()
    expect(mine.page.get_by_test_id("here")).to_be_hidden(timeout=50_000)


def test_a_session_that_ran_out_costs_no_edit(open_page: OpenPage) -> None:
    page = open_page("manager")
    desk = Desk.new_scenario(page, "Outlives its session")
    desk.drag("entry.segment", "In", 300, 60)
    desk.saved()
    page.context.clear_cookies()
    desk.add("exit", "Drawn without a session")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Sign in")
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "expired")
    assert in_both_themes(page) == {}
    sign_in(page.context, "manager")
    dialog.get_by_role("button", name="I have signed in").click()
    expect(dialog).to_be_hidden()
    desk.saved()
    page.reload()
    expect(desk.card("Drawn without a session")).to_be_visible()


class StoppableSite:
    """A console in a process of its own, which can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.settings = settings_in(folder)
        prepare(self.settings, loans=0)
        self.database = Database(self.settings.database_url)
        app = create_app(self.settings, self.database, **FAST_HASH)
        demo_users(app, PASSWORD)
        self.address = ""
        self._process: subprocess.Popen[str] | None = None
        self._port = 0

    def start(self) -> None:
        """Start it, and wait until it answers."""
        for _ in range(20):
            said = self._launch()
            if self._process is not None:
                break
            # the system keeps the port of a server that has just gone for a moment
            time.sleep(1)
        assert self._process is not None, said
        for _ in range(100):
            try:
                with build_opener(ProxyHandler({})).open(f"{self.address}/login/") as answer:
                    if answer.status == 200:
                        return
            except URLError:
                time.sleep(0.1)
        raise AssertionError(f"the server does not answer: {said}")

    def _launch(self) -> str:
        """What the new process said up to its address; one that ended instead is forgotten."""
        environment = {
            "KASKAD_DATABASE_URL": self.settings.database_url,
            "KASKAD_DATA_DIR": str(self.settings.data_dir),
            "KASKAD_SECRET_KEY": self.settings.secret_key,
            "KASKAD_LANGUAGE": "en",
            "KASKAD_PORT": str(self._port),
            "PATH": "/usr/bin:/bin",
            "PYTHONUNBUFFERED": "1",
        }
        process = subprocess.Popen(
            [Path(sys.executable).with_name("kaskad"), "web"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            found = re.search(r"http://[\w.:]+", line)
            if found:
                self.address = found[0]
                self._port = int(self.address.rsplit(":", 1)[1])
                self._process = process
                return said
        process.wait(30)
        process.stdout.close()
        return said

    def stop(self) -> None:
        """Stop it, and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.communicate(timeout=30)
            self._process = None


@contextmanager
def stoppable(folder: Path) -> Iterator[StoppableSite]:
    site = StoppableSite(folder)
    site.start()
    try:
        yield site
    finally:
        site.stop()
        site.database.dispose()


def test_a_server_that_is_away_for_a_while_costs_no_edit(browser: Browser, tmp_path: Path) -> None:
    with stoppable(tmp_path) as site:
        context = browser.new_context(base_url=site.address, viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(10_000)
        sign_in(context, "manager")
        choose(context, "en", "light")
        page = context.new_page()
        desk = Desk.new_scenario(page, "Outlives its server")
        desk.drag("entry.segment", "In", 300, 60)
        desk.saved()
        path = page.evaluate("location.pathname")

        site.stop()
        stopped = time.monotonic()
        desk.add("wait.duration", "Drawn while it was away")
        desk.add("exit", "And one more")
        state = page.get_by_test_id("save-state")
        expect(state).to_have_attribute("data-state", "away")
        expect(state).to_contain_text("kept here")
        # the same person closes the tab in the middle of it: the copy in the browser waits for the next one
        desk.name("And one more, renamed")
        page.wait_for_timeout(max(0, AWAY_SECONDS - (time.monotonic() - stopped)) * 1000)
        site.start()
        expect(state).to_have_attribute("data-state", "saved", timeout=25_000)

        saved: dict[str, Any] = ask(context, "GET", path).json()["draft"]
        labels = sorted(node["data"]["label"] for node in saved["nodes"])
        assert labels == ["And one more, renamed", "Drawn while it was away", "In"]
        assert len(saved["edges"]) == 2
        page.reload()
        expect(desk.card("And one more, renamed")).to_be_visible()
        context.close()


def test_edits_that_were_not_sent_survive_a_reload(browser: Browser, tmp_path: Path) -> None:
    with stoppable(tmp_path) as site:
        context = browser.new_context(base_url=site.address, viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(10_000)
        sign_in(context, "manager")
        choose(context, "en", "light")
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        desk = Desk.new_scenario(page, "Reloaded without a server")
        desk.drag("entry.segment", "In", 300, 60)
        desk.saved()
        path = page.evaluate("location.pathname")
        site.stop()
        desk.add("exit", "Never sent")
        expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "away")
        with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
            page.goto(path)
        site.start()
        page.goto(path)
        expect(desk.card("Never sent")).to_be_visible()
        desk.saved()
        assert len(ask(context, "GET", path).json()["draft"]["nodes"]) == 2
        context.close()
