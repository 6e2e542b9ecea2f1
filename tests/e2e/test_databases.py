"""Another system's database: an administrator connects, says which column is what, switches it on and has it read."""

from __future__ import annotations

import re
import sqlite3

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from scenario_engine.models import Loan
from tests.e2e.people import WIDE, OpenPage, settle
from tests.e2e.site import Site


def _core(site: Site, name: str) -> None:
    folder = site.settings.data_dir / "sources"
    folder.mkdir(exist_ok=True)
    core = sqlite3.connect(folder / name)
    core.execute("CREATE TABLE loans (loan_no TEXT, client TEXT, lent NUMERIC, owed NUMERIC, changed INTEGER)")
    rows = [(f"{name}-{n}", f"{name}-{n}", 1000, 10 + n, n) for n in range(5)]
    core.executemany("INSERT INTO loans VALUES (?, ?, ?, ?, ?)", rows)
    core.commit()
    core.close()


def _assign(page: Page, target: str, column: str) -> None:
    page.get_by_label(re.compile(target)).first.click()
    page.get_by_role("option", name=column, exact=True).first.click()


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "light", WIDE), ("ru", "dark", (390, 844))])
def test_a_database_is_connected_switched_on_and_read(
    site: Site, open_page: OpenPage, language: str, theme: str, size: tuple[int, int]
) -> None:
    name = f"core{language}"
    _core(site, name)
    page = open_page("admin", path="/imports/databases?edit=new", language=language, theme=theme, size=size)
    settle(page)
    page.get_by_label(re.compile("^(Name|Название)")).fill(name)
    page.get_by_label(re.compile("^(Address|Адрес)")).first.fill(f"sqlite:///{name}")
    page.get_by_label(re.compile("^(Query|Запрос)")).fill("select loan_no, client, lent, owed, changed from loans")
    page.get_by_role("button", name=re.compile("Connect|Подключиться")).click()
    expect(page.get_by_role("columnheader", name="loan_no")).to_be_visible()
    # the other columns are known by their names
    _assign(page, "Column for Amount lent|Столбец для «Сумма займа", "lent")
    page.get_by_role("switch", name=re.compile("Read this database|Читать эту базу")).click()
    page.get_by_role("button", name=re.compile("^(Save|Сохранить)$")).click()
    card = page.locator("section").filter(has=page.get_by_role("heading", name=name, exact=True))
    card.get_by_role("button", name=re.compile("Read now|Прочитать сейчас")).click()
    expect(card.get_by_text(re.compile("added 5|добавлено 5"))).to_be_visible(timeout=20_000)
    with site.database.read() as session:
        assert session.scalar(select(func.count()).where(Loan.external_id.startswith(f"{name}-"))) == 5
