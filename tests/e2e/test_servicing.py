"""Loans are changed from their cards: the outcome stands there first, and what weighs needs a second person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from scenario_engine.models import Borrower, Loan, Product
from scenario_engine.registry import delinquency
from scenario_engine.registry.issue import Application, issue
from tests.e2e.people import OpenPage, overflow
from tests.e2e.site import Site

WIDE, NARROW = (1440, 900), (390, 844)


@pytest.fixture(scope="module")
def late_loan(site: Site) -> int:
    """A payday loan that fell due forty days ago."""
    now = datetime.now(UTC)
    then = now - timedelta(days=70)
    with site.database.write() as session:
        product = session.scalars(select(Product).where(Product.code == "payday")).one()
        borrower = session.scalars(
            select(Borrower.id).where(Borrower.lending_restricted_at.is_(None)).order_by(Borrower.id.desc())
        ).first()
        assert borrower is not None
        asked = Application(borrower_id=borrower, product_id=product.id, principal=1_000_000, term=30)
        loan = issue(session, asked, number="E2E-LATE", actor="anna", now=then, on=then.date())
        delinquency.roll(session, on=now.date(), now=now, loans=[loan.id])
        return loan.id


def test_a_restructuring_is_shown_asked_for_and_agreed_to_by_another(
    site: Site, open_page: OpenPage, late_loan: int
) -> None:
    page = open_page("supervisor", path=f"/loans/{late_loan}?tab=ledger")
    page.get_by_role("button", name="Change the loan").click()
    page.get_by_role("menuitem", name="Restructure").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Penalty up to today").click()
    page.get_by_role("option", name="is waived").click()
    outlook = dialog.get_by_role("region", name="What it would come to")
    expect(outlook.get_by_role("row")).to_have_count(7)
    expect(outlook).to_contain_text("40 → 0")
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
    expect(dialog.get_by_role("alert")).to_contain_text("не больше 6 мес.")
    expect(dialog.get_by_role("button", name="Предоставить каникулы")).to_be_disabled()
    assert overflow(page) == 0
