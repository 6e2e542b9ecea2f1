"""Connectors are looked at, set up and tried in a browser; nothing leaves before somebody switches one on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from console.clock import system_clock
from scenario_engine.models import ConnectorHour, ConnectorState
from tests.e2e.people import WIDE, OpenPage, settle
from tests.e2e.site import Site


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "light", WIDE), ("ru", "dark", (390, 844))])
def test_a_connector_is_looked_at_and_its_settings_are_tried(
    site: Site, open_page: OpenPage, language: str, theme: str, size: tuple[int, int]
) -> None:
    now = system_clock().replace(minute=0, second=0, microsecond=0)
    said = {"at": now.isoformat(), "kind": "refused", "text": "550 no such user"}
    with site.database.write() as session:
        session.merge(ConnectorState(key="smsc", breaker="closed", failures=0, trips=0, answers={"last": [said]}))
        for hours in range(5):
            session.merge(
                ConnectorHour(
                    connector="smsc", hour=now - timedelta(hours=hours), channel="sms", sent=120 - hours, failed=3,
                    retried=1, delivered=90, undelivered=2, cost=30_000,
                )
            )  # fmt: skip
    page = open_page("admin", path="/outbox", language=language, theme=theme, size=size)
    page.get_by_role("link", name=re.compile("^(Connectors|Каналы отправки)$")).click()
    card = page.locator("section").filter(has=page.get_by_text("550 no such user"))
    expect(card).to_have_count(1)
    settle(page)
    card.get_by_role("button", name=re.compile("^(Settings|Настройки)$")).click()
    card.get_by_role("button", name=re.compile("^(Switch live|Включить)$")).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Switch live|Включить)$")).click()
    expect(card.get_by_text(re.compile("Fill this in|Заполните это поле")).first).to_be_visible()
    settle(page)
