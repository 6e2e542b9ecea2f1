"""An operator: own tasks, one taken and closed with a promise, and nobody else's borrowers."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import select

from scenario_engine.models import Contact, Promise, Task
from tests.e2e.people import OpenPage, ask
from tests.e2e.site import Site


def test_an_operator_takes_a_task_and_closes_it_with_a_promise(site: Site, open_page: OpenPage) -> None:
    given = site.give_task("Call: agree on a day")
    page = open_page("operator", path="/tasks?q=agree+on+a+day")
    page.get_by_role("row", name="Call: agree on a day").click()
    panel = page.get_by_role("complementary", name="Task")
    expect(panel.get_by_text("Ask when they will pay.")).to_be_visible()
    expect(panel.get_by_role("link", name=given.loan_number)).to_be_visible()
    panel.get_by_role("button", name="Take").click()
    expect(panel.get_by_text("Your task")).to_be_visible()
    panel.get_by_role("button", name="Promised to pay").click()
    panel.get_by_label("Promised", exact=False).first.fill("1 500,50")
    panel.get_by_label("Remark").fill("Salary comes on Friday")
    panel.get_by_role("button", name="Close: Promised to pay").click()
    expect(page.get_by_text("The task is closed; the scenario goes on.")).to_be_visible()
    with site.database.read() as session:
        task = session.get_one(Task, given.id)
        assert (task.state, task.disposition, task.closed_by) == ("done", "promised", "operator")
        assert task.note == "Salary comes on Friday"
        promise = session.scalars(select(Promise).where(Promise.loan_id == given.loan)).one()
        assert promise.amount == 150_050
        assert session.scalars(select(Contact).where(Contact.loan_id == given.loan)).first() is not None


def test_keys_are_enough_to_close_a_task(site: Site, open_page: OpenPage) -> None:
    given = site.give_task("Call: by keys", assignee="operator")
    page = open_page("operator", path=f"/tasks?task={given.id}")
    expect(page.get_by_role("heading", name="How did it end?")).to_be_visible()
    page.keyboard.press("2")
    page.get_by_role("button", name="Close: No answer").press("Enter")
    expect(page.get_by_text("The task is closed; the scenario goes on.")).to_be_visible()
    with site.database.read() as session:
        assert session.get_one(Task, given.id).disposition == "no_answer"


def test_an_operator_sees_only_borrowers_of_own_tasks(site: Site, open_page: OpenPage) -> None:
    foreign = site.give_task("Call: somebody else's", assignee="supervisor")
    page = open_page("operator", path="/tasks?state=all&q=somebody")
    expect(page.get_by_text("No task fits the filter")).to_be_visible()
    page.goto(f"/loans/{foreign.loan}")
    expect(page.get_by_text("There is no such loan.")).to_be_visible()
    page.goto(f"/loans?q={foreign.loan_number}")
    expect(page.get_by_text("No loan fits the filter")).to_be_visible()
    assert ask(page.context, "GET", f"/tasks/{foreign.id}").status == 404
    found = ask(page.context, "GET", f"/search?q={foreign.loan_number}").json()
    assert found["loans"] == []


def test_pages_of_other_people_say_whom_to_ask(open_page: OpenPage) -> None:
    page = open_page("operator", path="/audit")
    expect(page.get_by_text("Your role does not open this page")).to_be_visible()
    navigation = page.get_by_role("navigation")
    expect(navigation.get_by_role("link")).to_have_text(
        [re.compile(name) for name in ("Overview", "Tasks", "Loans", "Jobs", "Help")]
    )
