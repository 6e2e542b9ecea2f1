"""Another system is told: an administrator subscribes it, tries it and switches it on; what it was told is found."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from console.clock import system_clock
from scenario_engine.models import NewsDelivery
from scenario_engine.news.wording import written
from tests.e2e.people import WIDE, OpenPage, settle
from tests.e2e.site import Site


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "light", WIDE), ("ru", "dark", (390, 844))])
def test_a_system_is_subscribed_tried_and_what_it_was_told_is_found(
    site: Site, open_page: OpenPage, language: str, theme: str, size: tuple[int, int]
) -> None:
    name = f"core {language}"
    page = open_page("admin", path="/outbox", language=language, theme=theme, size=size)
    page.get_by_role("link", name=re.compile("Webhooks|Вебхуки")).click()
    page.get_by_role("link", name=re.compile("Subscriptions|Подписки")).first.click()
    page.get_by_role("button", name=re.compile("New subscription|Новая подписка")).first.click()
    page.get_by_label(re.compile("^(Name|Название)")).fill(name)
    page.get_by_label(re.compile("^(Address|Адрес)")).fill("http://127.0.0.1:9/kaskad")
    page.get_by_role("switch").click()
    page.get_by_role("button", name=re.compile("^(Save|Сохранить)$")).click()
    # inside, and no network is named
    expect(page.get_by_text("KASKAD_INNER_NETWORKS").last).to_be_visible()
    page.get_by_role("switch").click()
    page.get_by_role("button", name=re.compile("^(Save|Сохранить)$")).click()
    expect(page.get_by_text(re.compile("^whsec_"))).to_be_visible()
    settle(page)
    page.get_by_role("button", name=re.compile("^(Done|Готово)$")).click()
    expect(page.get_by_text(re.compile("^whsec_"))).to_have_count(0)
    card = page.locator("section").filter(has=page.get_by_role("heading", name=name, exact=True))
    card.get_by_role("button", name=re.compile("Send a test|Отправить проверку")).click()
    expect(page.get_by_text(re.compile("did not arrive|не дошла"))).to_be_visible()
    card.get_by_role("link").click()  # the one that was not sent
    page.get_by_text(name, exact=True).first.wait_for()
    settle(page)
    page.get_by_text(re.compile("^(Test|Проверка)$")).first.click()
    expect(page.get_by_text(f'"name": "{name}"')).to_be_visible()
    settle(page)


def test_a_webhook_that_was_given_up_is_sent_again(site: Site, open_page: OpenPage) -> None:
    now = system_clock()
    page = open_page("admin", path=None)
    csrf = page.context.request.get("/api/v1/me").json()["csrf"]
    made = page.context.request.post(
        "/api/v1/subscriptions", headers={"X-CSRFToken": csrf},
        data={"name": "archive", "url": "https://core.example.invalid/", "kinds": ["case.ended"]},
    ).json()  # fmt: skip
    with site.database.write() as session:
        session.add(
            NewsDelivery(
                subscription_id=made["id"],
                kind="case.ended",
                outcome="cured",
                loan_id=1,
                thread="loan 1",
                state="failed",
                happened_at=now - timedelta(hours=1),
                due_at=now,
                attempts=8,
                answer="HTTP 503",
                body=written("case.ended", now, {"loan": "L-1", "outcome": "cured"}),
            )
        )
    page.goto("/outbox/webhooks?state=failed&q=503")
    page.get_by_text("HTTP 503").first.click()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("It is in the queue again", exact=False)).to_be_visible()
