"""A borrower's card: what they say about being contacted is written down, and takes effect; the link of a message."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from console import context
from console.clock import system_clock
from scenario_engine.contacts.optout import make_token
from scenario_engine.models import Borrower, ChannelRefusal, Loan
from tests.e2e.people import NARROW, WIDE, OpenPage, settle
from tests.e2e.site import Site


def a_borrower_of(site: Site, nth: int) -> tuple[int, int]:
    """A borrower whom other tests leave alone, and an open loan of theirs."""
    with site.database.write() as session:
        loans = select(Loan.borrower_id, Loan.id).where(Loan.state == "open").order_by(Loan.id.desc()).offset(40 + nth)
        borrower, loan = session.execute(loans.limit(1)).one()
        free = {"contact_stop": None, "lending_restricted_at": system_clock(), "lending_restriction": "Overdue"}
        session.execute(update(Borrower).where(Borrower.id == borrower).values(**free))
        session.execute(update(Loan).where(Loan.borrower_id == borrower).values(overdue_since=None, overdue=0, dpd=0))
    return borrower, loan


@pytest.mark.parametrize(
    ("language", "theme", "size", "nth"), [("en", "light", WIDE, 0), ("ru", "dark", NARROW, 1)]
)  # fmt: skip
def test_what_a_borrower_says_about_contacts_is_written_down(
    site: Site, open_page: OpenPage, language: str, theme: str, size: tuple[int, int], nth: int
) -> None:
    borrower, loan = a_borrower_of(site, nth)

    def said(en: str, ru: str, *, whole: bool = True) -> re.Pattern[str]:
        word = re.escape(en if language == "en" else ru)
        return re.compile(f"^{word}$" if whole else word)

    page = open_page("supervisor", path=f"/loans/{loan}", language=language, theme=theme, size=size)
    page.locator(f'a[href="/borrowers/{borrower}"]').first.click()
    page.get_by_role("button", name=said("Refuse: SMS", "Отказ: SMS")).click()
    page.get_by_role("dialog").get_by_role("button", name=said("Refuse", "Отказ")).click()
    expect(page.get_by_role("button", name=said("Allow: SMS", "Разрешить: SMS"))).to_be_visible()
    settle(page)

    page.get_by_role("button", name=said("Add an address", "Добавить адрес")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name=said("Address", "Адрес", whole=False)).fill("12")
    dialog.get_by_role("button", name=said("Save", "Сохранить")).click()
    expect(dialog.get_by_text("+7 900 000-00-00")).to_be_visible()
    dialog.get_by_role("textbox", name=said("Address", "Адрес", whole=False)).fill("+7 701 123-45-67")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name=said("Save", "Сохранить")).click()
    expect(page.get_by_text(said("Kazakhstan", "Казахстан", whole=False))).to_be_visible()
    settle(page)

    page.get_by_role("button", name=said("Add a person", "Добавить человека")).click()
    fields = page.get_by_role("dialog").get_by_role("textbox")
    fields.nth(0).fill("Сестра Вымышленная")
    fields.nth(1).fill("сестра")
    page.get_by_role("dialog").get_by_role("button", name=said("Save", "Сохранить")).click()
    expect(page.get_by_text(said("may not be reached", "связываться нельзя"))).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    missing = page.get_by_role("button", name=said("Write down: Сестра", "Записать: Сестра", whole=False))
    for left in (1, 0):
        missing.last.click()
        page.get_by_role("dialog").get_by_role("textbox", name=said("Paper", "Документ", whole=False)).fill("№ 7")
        page.get_by_role("dialog").get_by_role("button", name=said("Save", "Сохранить")).click()
        expect(missing).to_have_count(left)
        expect(page.get_by_role("dialog")).to_have_count(0)
        settle(page)
    expect(page.get_by_text(said("may be reached", "можно связываться"))).to_be_visible()

    page.get_by_role("button", name=said("Lift the restriction", "Снять ограничение")).click()
    page.get_by_role("dialog").get_by_role("textbox").fill("The debt is paid")
    page.get_by_role("dialog").get_by_role("button", name=said("Lift the restriction", "Снять ограничение")).click()
    expect(page.get_by_text(said("New loans are allowed.", "Новые займы разрешены."))).to_be_visible()

    page.get_by_role("button", name=said("Forbid contact", "Запретить контакты")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name=said("refused contact", "отказ от взаимодействия")).click()
    expect(dialog.get_by_text("120")).to_be_visible()
    expect(dialog.get_by_role("button", name=said("Forbid contact", "Запретить контакты"))).to_be_disabled()
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name=said("through a lawyer only", "только через представителя")).click()
    dialog.get_by_role("button", name=said("Forbid contact", "Запретить контакты")).click()
    expect(page.get_by_role("button", name=said("Allow contact again", "Снова разрешить"))).to_be_visible()
    settle(page)
    with site.database.read() as session:
        person = session.get_one(Borrower, borrower)
        assert (person.phone, person.contact_stop, person.lending_restriction) == ("+77011234567", "lawyer_only", None)
        assert person.lending_allowed_at is not None
        assert person.lending_allowed_at > system_clock() - timedelta(minutes=5)


def test_the_link_of_a_message_asks_first_and_says_nothing_else(site: Site, open_page: OpenPage) -> None:
    borrower, _loan = a_borrower_of(site, 2)
    token = make_token(borrower, "sms", vault=context.room(site.app).vault)
    page = open_page(path=f"/o/{token}", language="ru")
    refused = select(ChannelRefusal.channel).where(ChannelRefusal.borrower_id == borrower)
    with site.database.read() as session:
        assert session.scalars(refused).all() == []
    page.get_by_role("button", name="Больше не присылать").click()
    expect(page.get_by_role("heading", name="Готово")).to_be_visible()
    with site.database.read() as session:
        assert session.scalars(refused).all() == ["sms"]
