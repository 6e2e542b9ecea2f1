"""A supervisor: hands tasks out, records payments, keeps people from being called."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import select

from scenario_engine.models import Borrower, Case, Loan, Payment, Task
from tests.e2e.people import OpenPage
from tests.e2e.site import GivenTask, Site


def test_a_supervisor_gives_a_task_to_an_operator(site: Site, open_page: OpenPage) -> None:
    given = site.give_task("Call: to be handed out")
    page = open_page("supervisor", path=f"/tasks?task={given.id}")
    panel = page.get_by_role("complementary", name="Task")
    panel.get_by_role("combobox", name="Assign to …").click()
    page.get_by_role("option", name=re.compile("Оператор")).click()
    expect(page.get_by_text("The task is assigned.")).to_be_visible()
    with site.database.read() as session:
        assert session.get_one(Task, given.id).assignee == "operator"
    theirs = open_page("operator", path="/tasks?assignee=me")
    expect(theirs.get_by_text("Call: to be handed out")).to_be_visible()


def test_a_supervisor_gives_many_tasks_at_once_and_takes_them_back(site: Site, open_page: OpenPage) -> None:
    given = [site.give_task(f"Call: one of three, {number}") for number in range(3)]
    page = open_page("supervisor", path="/tasks?q=one of three")
    table = page.get_by_role("table", name="Tasks")
    expect(table.get_by_role("row")).to_have_count(4)
    table.get_by_role("checkbox", name="Choose all on this page").check()
    table.get_by_role("checkbox", name="Choose: Call: one of three, 2").uncheck()
    bar = page.get_by_role("toolbar", name="Chosen tasks")
    expect(bar.get_by_text("2 tasks chosen")).to_be_visible()
    bar.get_by_role("combobox", name="Operator").click()
    page.get_by_role("option", name=re.compile("Оператор")).click()
    bar.get_by_role("button", name="Assign").click()
    expect(page.get_by_text(re.compile("2 tasks are assigned: Оператор"))).to_be_visible()
    expect(bar).to_have_count(0)
    assert _assignees(site, given) == ["operator", "operator", None]
    # one of them is closed while the list still shows it
    table.get_by_role("checkbox", name="Choose all on this page").check()
    with site.database.write() as session:
        session.get_one(Task, given[0].id).state = "done"
    bar.get_by_role("button", name="Back to the queue").click()
    expect(page.get_by_text(re.compile("2 tasks are free again"))).to_be_visible()
    expect(page.get_by_text(re.compile("1 task was left as it is. The task is closed already"))).to_be_visible()
    assert _assignees(site, given) == ["operator", None, None]
    theirs = open_page("operator", path="/tasks?q=one of three")
    expect(theirs.get_by_role("table", name="Tasks")).to_be_visible()
    expect(theirs.get_by_role("checkbox")).to_have_count(0)


def _assignees(site: Site, given: list[GivenTask]) -> list[str | None]:
    with site.database.read() as session:
        return [session.get_one(Task, one.id).assignee for one in given]


def test_a_payment_on_the_card_cures_the_loan_and_ends_its_case(site: Site, open_page: OpenPage) -> None:
    loan, number = site.any_enrolled_loan(overdue=True)
    page = open_page("supervisor", path=f"/loans/{loan}")
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    with site.database.read() as session:
        overdue = session.get_one(Loan, loan).overdue
    dialog.get_by_role("textbox", name="Amount").fill(f"{overdue // 100},{overdue % 100:02}")
    dialog.get_by_role("button", name="Record", exact=False).last.click()
    expect(page.get_by_text(re.compile("overdue debt|cured|paid", re.IGNORECASE)).first).to_be_visible()
    page.get_by_role("tab", name="Payments").click()
    with site.database.read() as session:
        assert session.get_one(Loan, loan).overdue == 0
        assert session.scalars(select(Payment).where(Payment.loan_id == loan, Payment.amount == overdue)).first()
        assert session.scalars(select(Case).where(Case.loan_id == loan, Case.ended_at.is_(None))).first() is None


def test_contacts_are_forbidden_with_a_reason(site: Site, open_page: OpenPage) -> None:
    given = site.give_task("Call: about to be forbidden")
    page = open_page("supervisor", path=f"/loans/{given.loan}")
    page.get_by_role("button", name="Stop contacts").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Forbid contact")).to_be_disabled()
    dialog.get_by_role("combobox", name="Reason").click()
    page.get_by_role("option", name="Another reason").click()
    dialog.get_by_role("textbox", name="In your own words").fill("asked in writing")
    dialog.get_by_role("button", name="Forbid contact").click()
    expect(page.get_by_role("button", name="Allow contacts")).to_be_visible()
    with site.database.read() as session:
        loan = session.get_one(Loan, given.loan)
        assert session.get_one(Borrower, loan.borrower_id).contact_stop == "asked in writing"


def test_a_wrong_sum_is_refused_in_words(site: Site, open_page: OpenPage) -> None:
    loan, _number = site.any_enrolled_loan()
    page = open_page("supervisor", path=f"/loans/{loan}")
    page.get_by_role("button", name="Record a payment").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Amount").fill("twelve")
    dialog.get_by_role("textbox", name="Amount").press("Tab")
    expect(dialog.get_by_text(re.compile("roubles, for example"))).to_be_visible()
