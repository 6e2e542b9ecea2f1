"""Loans are changed from their cards: the outcome stands there first, and what weighs needs a second person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from scenario_engine.models import Borrower, Loan, Product
from scenario_engine.registry import delinquency
from scenario_engine.registry.days import local_day
from scenario_engine.registry.issue import Application, issue
from tests.e2e.axe import in_both_themes
from tests.e2e.people import OpenPage, ask, overflow
from tests.e2e.site import Site

WIDE, NARROW = (1440, 900), (390, 844)


def _loan(site: Site, number: str, *, age: int) -> int:
    """A payday loan of 30 days that was issued that many days ago."""
    now = datetime.now(UTC)
    today = local_day(now, site.settings.time_zone)
    with site.database.write() as session:
        product = session.scalars(select(Product).where(Product.code == "payday")).one()
        busy = select(Loan.borrower_id).where(Loan.servicing == "ledger")
        borrower = session.scalars(
            select(Borrower.id)
            .where(Borrower.lending_restricted_at.is_(None), Borrower.id.not_in(busy))
            .order_by(Borrower.id.desc())
        ).first()
        assert borrower is not None
        asked = Application(borrower_id=borrower, product_id=product.id, principal=1_000_000, term=30)
        then = timedelta(days=age)
        loan = issue(
            session, asked, number=number, actor="anna", now=now - then, on=today - then, rules_asked=True
        )  # fmt: skip
        delinquency.roll(session, on=today, now=now, loans=[loan.id])
        return loan.id


@pytest.fixture(scope="module")
def late_loan(site: Site) -> int:
    """It fell due forty days ago."""
    return _loan(site, "E2E-LATE", age=70)


def _change(page: Page, kind: str) -> Locator:
    page.get_by_role("button", name="Change the loan").click()
    page.get_by_role("menuitem", name=kind).click()
    return page.get_by_role("dialog")


def test_a_restructuring_is_shown_asked_for_and_agreed_to_by_another(
    site: Site, open_page: OpenPage, late_loan: int
) -> None:
    page = open_page("supervisor", path=f"/loans/{late_loan}?tab=ledger")
    with site.database.read() as session:
        dpd = session.get_one(Loan, late_loan).dpd
    dialog = _change(page, "Restructure")
    expect(dialog.get_by_text("Stays owed and is paid after")).to_be_visible()
    assert in_both_themes(page, without=["region"]) == {}
    dialog.get_by_role("combobox", name="Penalty up to today").click()
    page.get_by_role("option", name="is waived").click()
    outlook = dialog.get_by_role("region", name="What it would come to")
    expect(outlook.get_by_role("row")).to_have_count(7)
    expect(outlook).to_contain_text(f"{dpd} → 0")
    expect(dialog.get_by_text("Stays owed and is paid after")).to_have_count(0)
    dialog.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_text("waits for a decision")).to_be_visible()
    expect(page.get_by_role("button", name="Agree")).to_have_count(0)
    other = open_page("compliance", path="/")
    other.get_by_role("link", name="E2E-LATE").click()
    other.get_by_role("button", name="Agree").click()
    expect(other.get_by_text("waits for a decision")).to_have_count(0)
    with site.database.read() as session:
        assert session.get_one(Loan, late_loan).dpd == 0


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_refusal_says_what_to_do_in_the_readers_language(
    open_page: OpenPage, late_loan: int, size: tuple[int, int]
) -> None:
    page = open_page("supervisor", path=f"/loans/{late_loan}", language="ru", size=size)
    page.get_by_role("button", name="Изменить займ").click()
    page.get_by_role("menuitem", name="Кредитные каникулы").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Основание").click()
    page.get_by_role("option", name="снижение дохода").click()
    dialog.get_by_label("Месяцев").fill("7")
    expect(dialog.get_by_role("status")).to_contain_text("не больше 6 мес.")
    expect(dialog.get_by_role("button", name="Предоставить каникулы")).to_be_disabled()
    assert overflow(page) == 0


def test_a_loan_is_prolonged_once_its_interest_is_paid(site: Site, open_page: OpenPage) -> None:
    loan = _loan(site, "E2E-DUE", age=30)
    page = open_page("supervisor", path=f"/loans/{loan}")
    assert ask(page.context, "POST", f"/loans/{loan}/payments", {"amount": 240_000}).status == 201
    page.reload()
    dialog = _change(page, "Prolong")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    expect(dialog.get_by_role("region", name="What it would come to")).to_be_visible()
    expect(dialog.get_by_text("The borrower pays now")).to_have_count(0)
    dialog.get_by_role("button", name="Prolong", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Prolonged 1 of")).to_be_visible()
    with site.database.read() as session:
        found = session.get_one(Loan, loan)
        assert (found.overdue, found.balance) == (0, 1_000_000)
        assert found.next_due_on is not None
        assert found.next_due_on >= local_day(datetime.now(UTC), site.settings.time_zone) + timedelta(days=14)


def test_a_late_loan_is_prolonged_with_the_payment_of_its_charges_which_is_shown_first(
    site: Site, open_page: OpenPage
) -> None:
    loan = _loan(site, "E2E-LATER", age=50)
    page = open_page("supervisor", path=f"/loans/{loan}", size=NARROW)
    dialog = _change(page, "Prolong")
    expect(dialog.get_by_role("region", name="What it would come to")).to_contain_text("The borrower pays now")
    assert overflow(page) == 0
    assert in_both_themes(page, without=["region"]) == {}
    dialog.get_by_role("button", name="Take the payment and prolong").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Prolonged 1 of")).to_be_visible()
    with site.database.read() as session:
        found = session.get_one(Loan, loan)
        assert (found.overdue, found.dpd, found.balance) == (0, 0, 1_000_000)
