"""Bailiffs and the bureau are asked from the loan's card, and answers are read on the page of inquiries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from connectors.fssp_simulator import Simulator
from console import context
from console.clock import system_clock
from scenario_engine.models import Borrower, Consent, Loan
from tests.e2e.people import WIDE, OpenPage, settle
from tests.e2e.site import Site

ROW = {
    "name": "", "exe_production": "12345/26/66001-ИП от 05.03.2026", "details": "Судебный приказ № 2-345/2026",
    "subject": "Задолженность по кредитным платежам: 35000.00 руб.", "department": "Примерское РОСП, г. Примерск",
    "bailiff": "ПРИСТАВОВА А. А.", "ip_end": "2026-06-12, 46, 1, 4",
}  # fmt: skip


def a_loan_to_ask_about(site: Site, offset: int) -> Loan:
    """A loan of the demo whose borrower agreed to inquiries."""
    with site.database.write() as session:
        loan = session.scalars(select(Loan).where(Loan.state == "open").order_by(Loan.id).offset(offset).limit(1)).one()
        person = session.get_one(Borrower, loan.borrower_id)
        person.full_name, person.birth_date, person.region = "Примеров Пётр Ильич", date(1990, 2, 1), "RU-SVE"
        loan.bailiff_state = "none"
        session.add(
            Consent(
                borrower_id=person.id, said_by="borrower", purpose="bureau", act="given", at=system_clock(), by="admin",
                source="contract", dated=date(2026, 1, 15),
            )
        )  # fmt: skip
        return loan


@pytest.fixture(autouse=True)
def reaching(site: Site) -> Iterator[None]:
    """While a test runs, the shared site may reach the loopback."""
    settings = context.room(site.app).settings
    before = settings.inner_networks
    object.__setattr__(settings, "inner_networks", "127.0.0.0/8")
    yield
    object.__setattr__(settings, "inner_networks", before)


@pytest.mark.parametrize(
    ("language", "theme", "size", "offset"), [("en", "light", WIDE, 3), ("ru", "dark", (390, 844), 4)]
)
def test_a_provider_is_switched_on_a_person_asks_and_the_answer_is_read(
    site: Site, open_page: OpenPage, language: str, theme: str, size: tuple[int, int], offset: int
) -> None:
    loan = a_loan_to_ask_about(site, offset)
    with Simulator(delay=0, people={"примеров": [ROW]}) as register:
        page = open_page("admin", path="/outbox/providers", language=language, theme=theme, size=size)
        form = page.get_by_role("form", name=re.compile("official contract|официальный протокол"))
        form.get_by_label(re.compile("^(Address|Адрес)")).fill(register.url)
        form.get_by_label(re.compile("^(Token|Токен)")).fill(register.token)
        form.get_by_label(re.compile("^(Price|Цена)")).fill("2,50")
        if not form.get_by_role("switch").is_checked():
            form.get_by_role("switch").click()
        settle(page)
        form.get_by_role("button", name=re.compile("^(Save|Сохранить)$")).click()
        expect(form.get_by_role("button", name=re.compile("^(Test|Проверить)"))).to_be_enabled()
        form.get_by_role("button", name=re.compile("^(Test|Проверить)")).click()
        expect(page.get_by_text(re.compile("The service answers|Сервис отвечает"))).to_be_visible()
        settle(page)

        page.goto(f"/loans/{loan.id}?tab=inquiries")
        page.get_by_role("button", name=re.compile("^(Ask now|Запросить сейчас)$")).click()
        page.get_by_role("dialog").get_by_text(re.compile("^(Credit bureau|Бюро кредитных историй)$")).click()
        expect(page.get_by_label(re.compile("^(Passport|Паспорт)"))).to_be_visible()
        settle(page)
        page.get_by_role("dialog").get_by_text(re.compile("^(Bailiffs|Приставы)$")).click()
        page.get_by_role("button", name=re.compile("^(Ask|Запросить)$")).click()
        expect(page.get_by_text(re.compile("nothing to collect|нет имущества")).first).to_be_visible(timeout=60_000)
        settle(page)

        page.goto(f"/outbox/inquiries?loan={loan.id}")
        page.get_by_text(re.compile("The proceedings are over|Производства окончены")).first.click()
        expect(page.get_by_role("listitem").filter(has_text="12345/26/66001-ИП").last).to_be_visible()
        settle(page)


def test_who_may_not_see_people_reads_the_outcome_without_names(site: Site, open_page: OpenPage) -> None:
    page = open_page("manager", path="/outbox/inquiries")
    expect(page.get_by_role("heading", name="Inquiries")).to_be_visible()
    expect(page.get_by_text("ПРИСТАВОВА", exact=False)).to_have_count(0)
    expect(page.get_by_role("link", name="Providers")).to_have_count(0)


def test_compliance_makes_the_report_of_yesterday(site: Site, open_page: OpenPage) -> None:
    page = open_page("compliance", path="/outbox/inquiries")
    page.get_by_role("button", name="Report to the bureau").click()
    page.get_by_role("button", name="Make the file").click()
    expect(page.get_by_text(re.compile(r"rutdf-.*\.txt")).first).to_be_visible(timeout=60_000)
    settle(page)
