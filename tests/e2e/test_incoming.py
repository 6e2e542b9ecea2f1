"""Payments from outside: the administrator switches a source on, a payment comes, a person finds its loan."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from console.clock import system_clock
from scenario_engine.models import Borrower, Case, IncomingPayment, Loan
from tests.console import senders
from tests.console.client import Console
from tests.e2e.people import WIDE, OpenPage, settle
from tests.e2e.site import Site


def outside(site: Site) -> Console:
    """The site as somebody outside sees it."""
    return cast(Console, SimpleNamespace(app=site.app, database=site.database, now=system_clock()))


def test_a_source_is_switched_on_and_its_unmatched_payment_is_credited_by_a_person(
    site: Site, open_page: OpenPage
) -> None:
    admin = open_page("admin", path="/incoming/sources")
    card = admin.get_by_role("form", name="Signed webhooks (Standard Webhooks)")
    expect(card.get_by_label("Address to give to the payment system")).to_have_value(f"{site.address}/hooks/webhooks")
    card.get_by_role("switch", name="Take notifications from this source").click()
    card.get_by_role("button", name="Save").click()
    expect(card.get_by_text("Fill this in.")).to_be_visible()
    card.get_by_label("Secret", exact=False).first.fill(senders.HOOK_SECRET)
    card.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("Saved.")).to_be_visible()
    expect(card.get_by_label("Secret", exact=False).first).to_have_value("")

    busy = select(Case.loan_id).where(Case.ended_at.is_(None))
    with site.database.read() as session:
        name, number, overdue = session.execute(
            select(Borrower.full_name, Loan.external_id, Loan.overdue)
            .join(Loan, Loan.borrower_id == Borrower.id)
            .where(Loan.overdue > 0, Loan.id.not_in(busy), Loan.state == "open")
            .order_by(Loan.id.desc())
        ).first() or ("", "", 0)
    sent = senders.webhook("e2e-1", "a number of yesterday", overdue, system_clock(), payer={"name": name})
    assert senders.deliver(outside(site), "webhooks", sent).status_code == 200

    page = open_page("supervisor", path="/incoming")
    page.get_by_role("row").filter(has_text="a number of yesterday").click()
    panel = page.get_by_role("complementary", name="Payment")
    expect(panel.get_by_text(name, exact=True).first).to_be_visible()
    panel.get_by_label("Number, name or phone").fill(number)
    panel.get_by_role("button", name=re.compile(number)).click()
    panel.get_by_role("button", name=re.compile(f"Credit .* to {number}")).click()
    # the engine may have enrolled the loan meanwhile
    expect(page.get_by_text(re.compile(r"The payment is credited|The debt is cured"))).to_be_visible()
    with site.database.read() as session:
        credited = session.scalars(select(IncomingPayment).where(IncomingPayment.external_id == "e2e-1")).one()
        assert (credited.state, credited.settled_by) == ("credited", "supervisor")
        assert session.scalar(select(Loan.overdue).where(Loan.id == credited.loan_id)) == 0


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "light", WIDE), ("ru", "dark", (390, 844))])
def test_a_payment_is_dismissed_with_its_reason(
    site: Site, open_page: OpenPage, language: str, theme: str, size: tuple[int, int]
) -> None:
    console = outside(site)
    senders.switch_on(console, "sbp")
    number = f"lost-{language}"
    assert senders.deliver(console, "sbp", senders.sbp(number, number, 100, system_clock())).status_code == 200
    page = open_page("supervisor", path=f"/incoming?q={number}", language=language, theme=theme, size=size)
    settle(page)
    page.get_by_text(number).first.click()
    page.get_by_role("button", name={"en": "Dismiss …", "ru": "Отклонить …"}[language]).click()
    page.get_by_role("textbox", name={"en": "Reason", "ru": "Причина"}[language]).fill("Sent back")
    page.get_by_role("button", name={"en": "Dismiss", "ru": "Отклонить"}[language], exact=True).click()
    expect(page.get_by_text({"en": "The payment is dismissed.", "ru": "Платёж отклонён."}[language])).to_be_visible()
    with site.database.read() as session:
        left = select(func.count()).where(IncomingPayment.external_id == number, IncomingPayment.state == "unmatched")
        assert session.scalar(left) == 0


def test_sources_are_the_administrators_alone(open_page: OpenPage) -> None:
    page = open_page("supervisor", path="/incoming")
    settle(page)
    expect(page.get_by_role("link", name="Sources")).to_have_count(0)
    page.goto("/incoming/sources")
    expect(page.get_by_text("Your role does not open this page")).to_be_visible()
