"""The library through the API: who reads and writes, what is said of texts, what a reviewer sees."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from scenario_engine import authoring
from scenario_engine.models import AuditEntry, Borrower, ConnectorSettings, Loan, Message
from tests.console.client import Console, Person
from tests.console.world import NOW, World
from tests.library.shelves import BOTH, EN, RU, a_scenario_with

SAID = {language: {"subject": "", **said} for language, said in BOTH.items()}


def made(person: Person, **over: Any) -> Any:
    answer = person.post(
        "/message-templates", {"title": "Мягко", "channel": "sms", "texts": BOTH, "key": "soft"} | over
    )
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_template_is_made_changed_compared_and_brought_back(both: Console) -> None:
    manager = both.sign_in("manager")
    card = made(manager)
    assert (card["revision"], card["revisions"][0]["texts"]) == (1, SAID)
    place = f"/message-templates/{card['id']}"
    louder = {"title": "Мягко", "texts": {"ru": {"body": RU + " Ждём."}, "en": None}, "note": "ждём", "revision": 1}
    changed = manager.put(place, louder).json
    assert [(one["number"], one["note"], one["texts"]["en"] is None) for one in changed["revisions"]] == [
        (2, "ждём", True), (1, "", False),
    ]  # fmt: skip
    again = manager.put(place, louder)
    assert (again.status_code, again.json["error"]["code"]) == (409, "template.changed")
    told = manager.get(f"{place}/revisions/2/changes").json
    assert "".join(piece["text"] for piece in told["texts"]["ru"]["body"] if piece["kind"] == "new") == " Ждём."
    assert {piece["kind"] for piece in told["texts"]["en"]["body"]} == {"gone"}
    assert manager.get(f"{place}/revisions/7/changes").status_code == 404
    back = manager.post(f"{place}/restore", {"number": 1, "revision": 2}).json
    assert (back["revision"], back["revisions"][0]["restored"]) == (3, 1)
    assert manager.get("/message-templates/named/soft/1").json["texts"] == SAID
    assert manager.get("/message-templates/named/soft/9").status_code == 404


def test_the_list_is_narrowed_and_counts_the_scenarios(both: Console) -> None:
    manager = both.sign_in("manager")
    soft = made(manager)["id"]
    made(manager, key="letter", title="Письмо", channel="email", texts={"ru": {"subject": "Займ", "body": RU}})
    with both.database.write() as session:
        for name in ("One", "Two"):
            document = a_scenario_with({"key": "soft", "revision": 1})
            authoring.create(session, name=name, document=document, actor="manager", now=NOW)
    auditor = both.sign_in("auditor")

    def seen(**query: str) -> list[tuple[str, int]]:
        found = auditor.get("/message-templates", **query).json
        return [(item["key"], item["scenarios"]) for item in found["items"]]

    assert seen() == [("soft", 2), ("letter", 0)]
    assert seen(channel="email") == [("letter", 0)]
    assert seen(q="письмо") == [("letter", 0)]
    uses = auditor.get(f"/message-templates/{soft}").json["uses"]
    assert [(use["scenario"]["name"], use["where"], use["step"]) for use in uses] == [
        ("One", "draft", "say"), ("Two", "draft", "say"),
    ]  # fmt: skip
    assert manager.post(f"/message-templates/{soft}/archive").json["archived_by"] == "manager"
    assert (seen(state="active"), seen(state="archived"), len(seen())) == ([("letter", 0)], [("soft", 2)], 2)
    assert manager.post(f"/message-templates/{soft}/archive").status_code == 409
    assert manager.post(f"/message-templates/{soft}/bring-back").json["archived_at"] is None
    assert "Письмо" in auditor.get("/message-templates", format="csv").text


def test_what_cannot_be_sent_is_refused_with_its_fields(console: Console) -> None:
    manager = console.sign_in("manager", language="ru")
    texts = {"ru": {"body": "Раз\n{% for a in dpd %}{% endfor %}"}, "en": {"body": "{{ dpd.real }}"}}
    refused = manager.post("/message-templates", {"title": "", "channel": "sms", "texts": texts})
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "template.invalid")
    problems = {problem["field"]: problem["text"] for problem in refused.json["error"]["problems"]}
    assert problems.keys() == {"title", "texts.ru.body", "texts.en.body"}
    assert problems["texts.ru.body"].startswith("Строка 2, «{% for a in dpd %}»")
    for body in ({}, {"title": 1}, {"title": "x", "channel": "sms", "texts": {"xx": {}}}, {"texts": []}):
        assert manager.post("/message-templates", body).status_code == 422


def test_texts_are_looked_at_with_examples_and_as_a_borrower_reads_them(both: Console, both_world: World) -> None:
    manager, compliance = both.sign_in("manager"), both.sign_in("compliance")
    with both.database.write() as session:
        session.execute(update(Borrower).where(Borrower.id == both_world.borrower).values(language="en"))

    def look(person: Person, loan: int | None, **texts: Any) -> Any:
        return person.post("/message-templates/look", {"channel": "sms", "texts": texts, "loan_id": loan}).json

    found = look(manager, None, **BOTH)
    assert found["texts"]["ru"]["body"].startswith("Анна, просрочено")
    assert (found["texts"]["ru"]["length"]["encoding"], found["loan"], found["problems"]) == ("UCS-2", None, [])
    found = look(compliance, both_world.loan, **BOTH)
    assert found["loan"]["language"] == "en"
    assert found["texts"]["en"]["body"].startswith("Пётр, 5\N{NO-BREAK SPACE}000,00")
    veiled = look(manager, both_world.loan, **BOTH)
    assert "Пётр" not in veiled["texts"]["en"]["body"]
    assert veiled["texts"]["en"]["length"] == found["texts"]["en"]["length"]
    broken = look(manager, None, ru={"body": "{{ dpd.real }}"}, en={"body": "Pay"})
    assert broken["texts"]["ru"] is None
    assert [problem["code"] for problem in broken["problems"]] == ["template.forbidden", "template.creditor"]
    gone = manager.post("/message-templates/look", {"channel": "sms", "texts": BOTH, "loan_id": 10**9})
    assert gone.status_code == 404


def test_a_part_of_an_sms_costs_what_the_connector_that_is_live_says(both: Console) -> None:
    manager = both.sign_in("manager")

    def price() -> int:
        found: int = manager.get("/message-templates/options").json["segment_price"]
        return found

    usual = price()
    with both.database.write() as session:
        for key, mode, tariff in (("smsc", "live", 410), ("smsaero", "sandbox", 900)):
            session.add(
                ConnectorSettings(
                    key=key, mode=mode, chosen={}, secrets="", batch=10, tariff=tariff, by_part=True, changed_at=NOW,
                    changed_by="admin",
                )
            )  # fmt: skip
    assert (usual, price()) == (300, 410)


def test_a_reviewer_sees_the_texts_as_they_will_be_sent_and_what_changed(both: Console) -> None:
    manager, compliance = both.sign_in("manager"), both.sign_in("compliance")
    card = made(manager)
    document = a_scenario_with({"key": "soft", "revision": 1})
    scenario = manager.post("/scenarios", {"name": "Test", "document": document}).json
    place = f"/scenarios/{scenario['id']}"
    first = manager.post(f"{place}/submit", {"revision": 1}).json
    (sent,) = compliance.get(f"/versions/{first['id']}/messages").json["items"]
    assert (sent["state"], sent["source"]["title"], sent["source"]["revision"]) == ("same", "Мягко", 1)
    assert {text["language"]: text["body"] for text in sent["texts"]} == {"ru": RU, "en": EN}
    approved = compliance.post(f"/versions/{first['id']}/approve", {"content_hash": first["content_hash"]})
    assert approved.status_code == 200, approved.text

    texts = {"ru": {"body": RU + " Ждём."}, "en": {"body": EN}}
    manager.put(f"/message-templates/{card['id']}", {"title": "Мягко", "texts": texts, "revision": 1})
    (problem,) = manager.get(place).json["analysis"]["problems"]
    assert (problem["code"], problem["fix"]["values"]["library"]["revision"]) == ("template.newer", 2)
    newer = a_scenario_with(problem["fix"]["values"]["library"])
    manager.put(f"{place}/draft", {"document": newer, "revision": 1})
    second = manager.post(f"{place}/submit", {"revision": 2}).json
    assert second["content_hash"] != first["content_hash"]
    found = compliance.get(f"/versions/{second['id']}/messages").json
    assert (found["previous"], [item["state"] for item in found["items"]]) == (1, ["changed"])
    changed = {text["language"]: text["changed"]["body"] for text in found["items"][0]["texts"]}
    assert [piece["text"] for piece in changed["ru"] if piece["kind"] != "same"] == [" Ждём."]
    assert [piece["kind"] for piece in changed["en"]] == ["same"]


def test_a_step_that_took_its_own_text_shows_as_changed_and_one_that_is_gone_as_gone(console: Console) -> None:
    manager, compliance = console.sign_in("manager"), console.sign_in("compliance")
    made(manager)
    scenario = manager.post(
        "/scenarios", {"name": "T", "document": a_scenario_with({"key": "soft", "revision": 1})}
    ).json
    first = manager.post(f"/scenarios/{scenario['id']}/submit", {"revision": 1}).json
    compliance.post(f"/versions/{first['id']}/approve", {"content_hash": first["content_hash"]})
    own = a_scenario_with(None, template=EN)
    own["nodes"][1]["id"] = "other"
    for edge in own["edges"]:
        edge |= {end: "other" for end in ("source", "target") if edge[end] == "say"}
    manager.put(f"/scenarios/{scenario['id']}/draft", {"document": own, "revision": 1})
    second = manager.post(f"/scenarios/{scenario['id']}/submit", {"revision": 2}).json
    items = compliance.get(f"/versions/{second['id']}/messages").json["items"]
    assert [(item["node"], item["state"], item["texts"][0]["language"]) for item in items] == [
        ("other", "new", None), ("say", "gone", "ru"),
    ]  # fmt: skip


def test_who_may_not_see_persons_reads_the_template_of_a_message(both: Console, both_world: World) -> None:
    manager = both.sign_in("manager")
    made(manager)
    with both.database.write() as session:
        chosen = {"library": {"key": "soft", "revision": 1}}
        session.execute(update(Message).where(Message.id == both_world.message).values(content=chosen))
    card = manager.get(f"/outbox/{both_world.message}").json
    assert (card["template"], card["body"], card["masked"]) == (RU, None, True)


def test_whoever_may_not_write_templates_brings_none_in_with_a_file(console: Console) -> None:
    carried = {"key": "soft", "revision": 1, "title": "Мягко", "channel": "sms", "texts": BOTH}
    document = a_scenario_with({"key": "soft", "revision": 1}) | {"library": [carried]}
    with console.app.app_context():
        sm: Any = console.app.extensions["appbuilder"].sm
        role = sm.add_role("Draws only")
        role.permissions = [
            one for one in sm.find_role("Strategy manager").permissions if one.view_menu.name == "Scenario"
        ]
        sm.add_user("drawer", "D", "D", "d@example.invalid", [role], password="demo-password")
        sm.session.commit()
    drawer = console.sign_in("drawer")
    refused = drawer.post("/scenarios/import", {"document": document})
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "template.right")
    made(console.sign_in("manager"))
    assert drawer.post("/scenarios/import", {"document": document}).status_code == 201


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_language_of_a_borrower_is_shown_and_changed(both: Console, both_world: World, language: str) -> None:
    supervisor = both.sign_in("supervisor")
    place = f"/borrowers/{both_world.borrower}"
    assert supervisor.get(place).json["language"] == "ru"
    assert supervisor.put(place, {"language": language}).json["language"] == language
    refused = supervisor.put(place, {"language": "xx"})
    assert (refused.status_code, refused.json["error"]["problems"][0]["field"]) == (422, "language")
    with both.database.read() as session:
        assert session.scalar(select(Borrower.language).join(Loan).where(Loan.id == both_world.loan)) == language
        last = session.scalars(select(AuditEntry).where(AuditEntry.action == "borrower.changed")).all()
        assert [entry.details["fields"] for entry in last] == ([["language"]] if language == "en" else [])
