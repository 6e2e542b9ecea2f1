"""The library of templates: a text is written in two languages, chosen in a step, and read by who approves it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.people import OpenPage, ask, settle, until
from tests.library.shelves import EN, RU, a_scenario_with


def made(page: Page, title: str, **over: Any) -> Any:
    body = {"title": title, "channel": "sms", "texts": {"ru": {"body": RU}, "en": {"body": EN}}} | over
    answer = ask(page.context, "POST", "/message-templates", body)
    assert answer.status == 201, answer.text()
    return answer.json()


def choice(page: Page, name: str) -> Any:
    return page.get_by_test_id("text-source").get_by_text(name, exact=True)


def test_a_template_is_written_used_in_a_step_and_read_in_review(open_page: OpenPage) -> None:
    page = open_page("manager", path="/templates")
    page.get_by_role("link", name="New template").click()
    page.get_by_label("Name").fill("Written in the test")
    russian, english = page.get_by_label("Text, Russian"), page.get_by_label("Text, English")
    russian.fill("Уважаемая ")
    page.get_by_role("button", name="First name").click()
    expect(russian).to_have_value("Уважаемая {{ first_name }}")
    page.get_by_role("button", name="Add them").click()
    expect(russian).to_have_value("Уважаемая {{ first_name }}. {{ creditor_name }}, {{ creditor_phone }}")
    english.fill("{% for a in dpd %}{% endfor %}")
    expect(page.get_by_text("Line 1, “{% for a in dpd %}”.")).to_be_visible()
    english.fill(EN)
    expect(page.get_by_test_id("template-preview-ru")).to_contain_text("Уважаемая Анна")
    expect(page.get_by_test_id("template-length").first).to_contain_text("UCS-2")
    page.get_by_role("button", name="Make the template").click()
    expect(page).to_have_url(re.compile(r"/templates/\d+$"))
    expect(page.get_by_text("revision 1").first).to_be_visible()

    document = a_scenario_with(None, template=EN, connector="sandbox")
    for place, node in enumerate(document["nodes"]):
        node["position"] = {"x": 0, "y": 220 * place}
    scenario = ask(page.context, "POST", "/scenarios", {"name": "With a template", "document": document}).json()
    page.goto(f"/scenarios/{scenario['id']}")
    page.locator(".react-flow__node").filter(has_text="say").click()
    choice(page, "From the library").click()
    page.get_by_test_id("library-choice").click()
    page.get_by_role("option", name="Written in the test").click()
    expect(page.get_by_test_id("library-text")).to_be_visible()

    def chosen() -> Any:
        draft = ask(page.context, "GET", f"/scenarios/{scenario['id']}").json()
        return draft["draft"]["nodes"][1]["data"]["params"].get("library"), draft

    until(lambda: chosen()[0] is not None, page, "the choice in the draft")
    named, draft = chosen()
    assert (named["revision"], draft["analysis"]["publishable"]) == (1, True)
    expect(page.locator(".react-flow__node").filter(has_text="Written in the test")).to_be_visible()
    version = ask(page.context, "POST", f"/scenarios/{scenario['id']}/submit", {"revision": draft["revision"]}).json()

    reviewer = open_page("compliance", path=f"/review?version={version['id']}")
    message = reviewer.get_by_role("region", name="say")
    expect(message.get_by_test_id("sent-ru")).to_contain_text("Уважаемая {{ first_name }}")
    expect(message.get_by_test_id("sent-en")).to_contain_text("is overdue")
    message.get_by_role("link", name="Written in the test").click()
    settle(reviewer)
    expect(reviewer.get_by_text("You can read templates")).to_be_visible()
    expect(reviewer.get_by_role("button", name="Save")).to_have_count(0)


def test_changes_are_taken_back_kept_while_one_is_away_and_compared(open_page: OpenPage) -> None:
    page = open_page("manager")
    card = made(page, "To be changed")
    page.goto(f"/templates/{card['id']}")
    english = page.get_by_label("Text, English")
    english.fill("Something else entirely")
    english.press("Control+z")
    expect(english).to_have_value(EN)
    english.press("Control+Shift+Z")
    expect(english).to_have_value("Something else entirely")
    page.get_by_role("link", name="Templates").first.click()
    dialog = page.get_by_role("dialog", name="Leave without saving?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page).to_have_url(re.compile(rf"/templates/{card['id']}$"))
    page.reload()
    expect(page.get_by_text("Your text of the last time was not saved")).to_be_visible()
    english.fill(EN.replace("is overdue", "has been due"))
    page.get_by_label("What changed (optional)").fill("gentler")
    english.press("Control+s")
    expect(page.get_by_text("gentler")).to_be_visible()
    page.get_by_role("button", name="What changed").click()
    expect(page.locator("ins")).to_have_text(["has been due"])
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_text("as revision 1")).to_be_visible()
    expect(english).to_have_value(EN)


def test_a_template_is_shown_on_a_loan_as_its_borrower_would_read_it(open_page: OpenPage) -> None:
    page = open_page("compliance")
    maker = open_page("manager")
    card = made(maker, "On a loan")
    loan = ask(page.context, "GET", "/loans?sort=-dpd&size=1").json()["items"][0]
    page.goto(f"/templates/{card['id']}")
    page.get_by_test_id("template-loan").fill(loan["external_id"])
    page.get_by_role("option", name=loan["external_id"]).click()
    expect(page.get_by_text("this one is sent")).to_be_visible()
    name = loan["borrower"]["name"].split()[1]
    expect(page.get_by_test_id("template-preview-en")).to_contain_text(name)


def test_an_empty_library_says_what_to_do_first(open_empty_page: OpenPage) -> None:
    page = open_empty_page("manager", path="/templates")
    expect(page.get_by_role("heading", name="No template yet")).to_be_visible()
    page.get_by_role("link", name="New template").first.click()
    expect(page.get_by_role("button", name="Make the template")).to_be_disabled()
