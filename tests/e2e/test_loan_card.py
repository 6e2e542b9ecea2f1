"""The loan card: tabs, the way of a case, what is noted reaches the timeline; lists of one loan."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, update

from console.clock import system_clock
from scenario_engine.contacts.third_parties import add_party
from scenario_engine.models import Borrower, Contact, Loan, Message, Signal
from tests.e2e.people import NARROW, WIDE, OpenPage, settle
from tests.e2e.site import Site


def test_every_tab_opens_and_a_case_tells_its_way(site: Site, open_page: OpenPage) -> None:
    loan, _number = site.any_enrolled_loan()
    page = open_page("supervisor", path=f"/loans/{loan}")
    for name in ("Payments", "Offers", "Promises", "Tasks", "Schedule", "Cases"):
        tab = page.get_by_role("tab", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile("tab=cases"))
    page.get_by_role("tabpanel").get_by_role("row").get_by_text("active").first.click()
    expect(page.get_by_role("tabpanel").get_by_role("listitem").first).to_be_visible()


def test_an_event_that_was_noted_stands_in_the_timeline(site: Site, open_page: OpenPage) -> None:
    loan, _number = site.any_enrolled_loan()
    page = open_page("supervisor", path=f"/loans/{loan}")
    page.get_by_role("button", name="Note an event").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name=re.compile("prolong", re.IGNORECASE)).click()
    dialog.get_by_role("textbox", name=re.compile("Remark|Note")).last.fill("Asks for two weeks")
    dialog.get_by_role("button", name=re.compile("^Note|Record")).click()
    expect(page.get_by_role("listitem").filter(has_text="Asks for two weeks")).to_be_visible()
    with site.database.read() as session:
        kinds = session.scalars(select(Signal.kind).where(Signal.loan_id == loan, Signal.source != "engine")).all()
        assert "prolongation_asked" in kinds


def test_lists_of_one_loan_show_that_loan_only(site: Site, open_page: OpenPage) -> None:
    with site.database.read() as session:
        loan, expected = session.execute(
            select(Message.loan_id, func.count()).group_by(Message.loan_id).order_by(func.count().desc()).limit(1)
        ).one()
    page = open_page("supervisor", path=f"/outbox?loan={loan}")
    expect(page.get_by_role("row")).to_have_count(expected + 1)
    page.get_by_role("button", name=re.compile("filter", re.IGNORECASE)).first.click()
    expect(page.get_by_role("row")).not_to_have_count(expected + 1)


@pytest.mark.parametrize(
    ("language", "theme", "size", "nth"), [("en", "light", WIDE, 0), ("ru", "dark", NARROW, 1)]
)  # fmt: skip
def test_a_contact_is_written_down_from_the_keyboard_and_refused_with_the_reason(
    site: Site, open_page: OpenPage, language: str, theme: str, size: tuple[int, int], nth: int
) -> None:
    with site.database.write() as session:
        open_loans = select(Loan.id, Loan.borrower_id).where(Loan.state == "open").order_by(Loan.id.desc())
        loan, borrower = session.execute(open_loans.offset(50 + nth).limit(1)).one()
        session.execute(update(Borrower).where(Borrower.id == borrower).values(contact_stop="bankruptcy"))
        sister = add_party(
            session, borrower, full_name="Сестра Вымышленная", relation="сестра", actor="anna", now=system_clock()
        )  # fmt: skip

    def said(en: str, ru: str) -> re.Pattern[str]:
        return re.compile(f"^{re.escape(en if language == 'en' else ru)}")

    page = open_page("supervisor", path=f"/loans/{loan}", language=language, theme=theme, size=size)
    page.get_by_role("button", name=said("Write down a contact", "Записать контакт")).press("Enter")
    dialog = page.get_by_role("dialog")
    beside = dialog.get_by_role("radio", name=re.compile("Сестра"))
    expect(beside).to_be_disabled()
    expect(dialog.get_by_text(said("The borrower's consent and", "Нет согласия заёмщика"))).to_be_visible()
    settle(page)
    write = dialog.get_by_role("button", name=said("Write down", "Записать"))
    write.press("Enter")
    expect(dialog.get_by_text(said("Contacts are forbidden", "Контакты запрещены"))).to_be_visible()
    settle(page)
    # they called: nobody needs a consent for that, and nothing forbids it
    dialog.get_by_role("radio", name=said("we did", "мы")).press("ArrowRight")
    expect(beside).to_be_enabled()
    dialog.get_by_role("radio", name=said("the borrower", "с заёмщиком")).press("ArrowDown")
    dialog.get_by_role("checkbox").press("Space")
    write.press("Enter")
    expect(dialog).to_have_count(0)
    shown = said("written down by hand; with Сестра", "записано вручную; с кем: Сестра")
    expect(page.get_by_text(shown)).to_be_visible()
    with site.database.read() as session:
        made = session.scalars(select(Contact).where(Contact.third_party_id == sister.id)).one()
        assert (made.kind, made.channel, made.outcome) == ("incoming", "operator_call", "talked")


def test_who_only_reads_writes_no_contact_down(site: Site, open_page: OpenPage) -> None:
    loan, _number = site.any_enrolled_loan()
    page = open_page("auditor", path=f"/loans/{loan}")
    expect(page.get_by_role("heading", name="Contacts now")).to_be_visible()
    expect(page.get_by_role("button", name="Write down a contact")).to_have_count(0)
