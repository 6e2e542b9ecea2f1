"""A step that takes its text from the library: what is frozen, what is sent, what the checks say."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import authoring, library
from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.errors import Invalid, Problem
from scenario_engine.models import Message, Version
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_live_version
from tests.engine.test_outbox import Wire, send
from tests.harness.gateway import switch_on
from tests.library.shelves import BOTH, EN, RU, a_scenario_with, a_template, revised

SOFT = {"key": "soft", "revision": 1}


def problems_of(session: Session, document: dict[str, Any]) -> list[Problem]:
    return [problem for problem in authoring.analyse(session, document, now=NOON).problems if problem.node == "say"]


def test_each_borrower_reads_the_text_in_their_language_as_it_was_approved(database: Database) -> None:
    wire = Wire()
    with database.write() as session:
        made = a_template(session)
        for name, language in (("Примерова Анна", "ru"), ("Sample John", "en")):
            a_loan(session, a_borrower(session, full_name=name, language=language), dpd=5, overdue=150_00)
        a_live_version(session, a_scenario_with(SOFT, connector="wire"))
        revised(session, made, {"ru": {"body": "Другое"}, "en": {"body": "Different"}})
    switch_on(database, "wire")
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    with database.read() as session:
        contents = session.scalars(select(Message.content)).all()
        assert list(contents) == [{"library": SOFT}] * 2
    send(database, wire)
    signed = f"{SETTINGS.creditor_name}, {SETTINGS.creditor_phone}"
    assert sorted(item.body.replace("\N{NO-BREAK SPACE}", " ") for item in wire.left) == [
        f"John, 150,00 ₽ is overdue. {signed}",
        f"Анна, просрочено 150,00 ₽. {signed}",
    ]


def test_an_email_of_the_library_brings_its_subject_and_falls_back_to_the_other_language(database: Database) -> None:
    wire = Wire()
    with database.write() as session:
        texts = {"ru": {"subject": "Займ {{ loan_number }}", "body": RU}}
        a_template(session, key="letter", channel="email", texts=texts)
        a_loan(session, a_borrower(session, language="en"), external_id="L-7", dpd=5, overdue=150_00)
        a_live_version(session, a_scenario_with({"key": "letter", "revision": 1}, "email", connector="wire"))
    switch_on(database, "wire")
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    send(database, wire)
    assert [item.subject for item in wire.left] == ["Займ L-7"]
    assert "просрочено" in wire.left[0].body


def test_the_texts_of_a_round_are_read_in_one_statement(database: Database) -> None:
    with database.write() as session:
        a_template(session)
        a_template(session, key="firm", texts={"ru": {"body": "Оплатите"}})
        found = library.texts_of(session, {("soft", 1), ("firm", 1), ("soft", 2), ("nobody", 1)})
    assert {named: sorted(texts) for named, texts in found.items()} == {("soft", 1): ["en", "ru"], ("firm", 1): ["ru"]}


@pytest.mark.parametrize(
    ("chosen", "kind", "code", "severity"),
    [
        ({"key": "nobody", "revision": 1}, "sms", "template.unknown", "error"),
        ({"key": "soft", "revision": 7}, "sms", "template.revision", "error"),
        ({"key": "soft", "revision": 2}, "email", "template.channel", "error"),
        ({"key": "soft", "revision": 1}, "sms", "template.newer", "warning"),
        ({"key": "old", "revision": 1}, "sms", "template.archived", "error"),
        ({"key": "unsigned", "revision": 1}, "sms", "template.creditor", "warning"),
    ],
)
def test_a_choice_that_is_wrong_is_a_problem_and_its_remedy_mends_it(
    database: Database, chosen: dict[str, Any], kind: str, code: str, severity: str
) -> None:
    with database.write() as session:
        revised(session, a_template(session), {"ru": {"body": RU}})
        library.archive(session, a_template(session, key="old").id, actor="m", now=NOON)
        a_template(session, key="unsigned", texts={"en": {"body": "Pay"}})
        document = a_scenario_with(chosen, kind)
        (problem,) = problems_of(session, document)
        assert (problem.code, problem.field, problem.severity) == (code, "library", severity)
        if problem.fix is None:
            assert code in ("template.unknown", "template.creditor")
            return
        params = document["nodes"][1]["data"]["params"]
        params |= problem.fix.values
        assert problems_of(session, document) == []


def test_a_step_names_one_text_and_the_card_says_which(database: Database) -> None:
    with database.write() as session:
        a_template(session)
        found = authoring.analyse(session, a_scenario_with(SOFT), now=NOON)
        assert found.nodes["say"].sentence.en == "SMS: template “Мягко”, revision 1"
        assert found.publishable
        (problem,) = problems_of(session, a_scenario_with(SOFT, template="and this"))
        assert problem.field == "library"
        (problem,) = problems_of(session, a_scenario_with(None, template=" "))
        assert problem.field == "template"


def test_what_was_approved_stays_whatever_becomes_of_the_template(database: Database) -> None:
    with database.write() as session:
        made = a_template(session)
        scenario = authoring.create(session, name="Test", document=a_scenario_with(SOFT), actor="manager", now=NOON)
        version = authoring.submit(session, scenario.id, revision=1, actor="manager", now=NOON)
        authoring.approve(session, version.id, content_hash=version.content_hash, actor="compliance", now=NOON)
        revised(session, made, {"ru": {"body": "Другое"}})
        library.archive(session, made.id, actor="manager", now=NOON)
        live = session.get_one(Version, version.id)
        assert live.document["nodes"][1]["data"]["params"]["library"] == SOFT
        assert library.texts_of(session, {("soft", 1)})["soft", 1]["ru"]["body"] == RU
        assert [(use.where, use.step, use.revision) for use in library.uses(session, "soft")] == [
            ("live", "say", 1), ("draft", "say", 1),
        ]  # fmt: skip
        with pytest.raises(Invalid):
            authoring.submit(session, scenario.id, revision=1, actor="manager", now=NOON)


def test_a_file_carries_its_templates_to_where_they_are_not_known(database: Database) -> None:
    with database.write() as session:
        made = a_template(session)
        revised(session, made, {"en": {"body": EN + "!"}})
        scenario = authoring.create(
            session, name="Test", document=a_scenario_with({"key": "soft", "revision": 2}), actor="m", now=NOON
        )
        exported = authoring.export(session, scenario.id, actor="m", now=NOON)
        version = authoring.submit(session, scenario.id, revision=1, actor="m", now=NOON)
        assert authoring.export_version(session, version.id, actor="m", now=NOON) == exported
    assert [(item["key"], item["revision"], sorted(item["texts"])) for item in exported["library"]] == [
        ("soft", 2, ["en"])
    ]

    def brought(session: Session) -> dict[str, Any]:
        draft = authoring.import_(session, document=exported, actor="m", now=NOON).draft
        assert "library" not in draft
        chosen: dict[str, Any] = draft["nodes"][1]["data"]["params"]["library"]
        return chosen

    with database.write() as session:
        assert brought(session) == {"key": "soft", "revision": 2}, "the same words are the same template"
    exported["library"][0]["texts"] = {"ru": {"body": RU + " Ждём."}}
    with database.write() as session:
        assert brought(session) == {"key": "soft-2", "revision": 1}, "other words do not touch what is here"
        assert brought(session) == {"key": "soft-2", "revision": 1}, "and come only once"
        assert len(session.scalars(select(Version)).all()) == 1
        assert library.find(session, made.id).revision == 2


def test_an_unknown_template_of_a_file_is_a_problem_at_its_step(database: Database) -> None:
    with database.write() as session:
        brought = authoring.import_(session, document=a_scenario_with(SOFT), actor="m", now=NOON)
        (problem,) = problems_of(session, brought.draft)
        assert (problem.code, problem.node, problem.severity) == ("template.unknown", "say", "error")
        assert "“soft”" in problem.text.en


@pytest.mark.parametrize(
    "section",
    [
        7,
        [{}],
        [{"key": "soft", "revision": 1, "title": "x", "channel": "pigeon", "texts": {}}],
        [{"key": "soft", "revision": 1, "title": "x", "channel": "sms", "texts": {"ru": {"body": "{% if a %}"}}}],
        [{"key": "soft", "revision": 1, "title": "x", "channel": "sms", "texts": {"xx": {"body": "a"}}}],
    ],
)
def test_templates_of_a_file_that_cannot_be_sent_bring_nothing_in(database: Database, section: Any) -> None:
    with database.write() as session:
        document = a_scenario_with(SOFT) | {"library": section}
        with pytest.raises(Invalid) as raised:
            authoring.import_(session, document=document, actor="m", now=NOON)
        assert raised.value.problems
        assert library.scope_of(session, a_scenario_with(SOFT)) == {}


def test_odd_documents_name_nothing(database: Database) -> None:
    odd: list[Any] = [None, 7, {}, {"nodes": 3}, {"nodes": [None, {}, {"data": 1}, {"data": {"params": []}}]}]
    odd += [a_scenario_with(chosen) for chosen in (7, [], {"key": 1, "revision": 1}, {"key": "x", "revision": 10**40})]
    with database.read() as session:
        for document in odd:
            assert library.named_in(document) == set()
            assert library.scope_of(session, document) == {}


def test_both_languages_are_the_ones_that_a_shipped_template_has() -> None:
    for item in library.shipped({"due-sms", "overdue-schedule"}, "en"):
        assert item["texts"].keys() == BOTH.keys()
        assert library.check_texts(item["channel"], item["texts"]) == []
