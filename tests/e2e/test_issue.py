"""A loan is issued from its borrower's card, paid, and its ledger says how it stands."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import func, select

from scenario_engine.models import Borrower, Loan
from tests.e2e.people import OpenPage
from tests.e2e.site import Site


def test_a_loan_is_issued_paid_and_quoted(site: Site, open_page: OpenPage) -> None:
    with site.database.read() as session:
        # the rules of the demo's products let through whoever is not late, not restricted and not deep in debt
        free = (
            select(func.max(Loan.id))
            .join(Borrower)
            .where(Borrower.lending_restricted_at.is_(None))
            .group_by(Borrower.id)
            .having(func.max(Loan.dpd) == 0, func.max(Loan.debt_burden) <= 50, func.count() == 1)
            .order_by(Borrower.id)
        )
        loan = session.scalars(free.limit(1)).one()
    page = open_page("supervisor", path=f"/loans/{loan}")
    page.get_by_role("button", name="Issue a loan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Product").click()
    page.get_by_role("option", name="До зарплаты (демо)").click()
    dialog.get_by_label("Sum, ₽").fill("10000")
    expect(dialog.get_by_text("Nothing speaks against this loan")).to_be_visible()
    expect(dialog).to_contain_text("292.000")
    dialog.get_by_label("Loan number").fill("E2E-1")
    dialog.get_by_role("button", name="Issue the loan").click()
    expect(page).to_have_url(re.compile(r"/loans/\d+\?tab=ledger$"))
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_role("row").filter(has_text="issued")).to_contain_text("10\u00a0000\u00a0₽")
    page.get_by_role("button", name="Record a payment").click()
    payment = page.get_by_role("dialog")
    payment.get_by_label("Amount").fill("4000")
    payment.get_by_role("button", name="Record").click()
    expect(panel.get_by_role("row").filter(has_text="payment")).to_contain_text("6\u00a0000\u00a0₽")
    expect(panel.get_by_text("To pay")).to_contain_text("6\u00a0000\u00a0₽")


def test_a_loan_that_cannot_be_issued_says_why(open_page: OpenPage) -> None:
    page = open_page("supervisor", path="/loans/1")
    page.get_by_role("button", name="Issue a loan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Product").click()
    page.get_by_role("option", name="До зарплаты (демо)").click()
    dialog.get_by_label("Term (days)").fill("45")
    expect(dialog.get_by_role("status")).to_contain_text("lends for 15 to 30 days")
    expect(dialog.get_by_role("button", name="Issue the loan")).to_be_disabled()
