"""Templates as people make and change them: nothing that was ever sent is lost, nothing unlawful gets in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from scenario_engine import library
from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.library.difference import difference
from scenario_engine.models import AuditEntry, MessageTemplate, TemplateRevision
from scenario_engine.nodes.library import text_for
from tests.engine.scenarios import NOON
from tests.library.shelves import BOTH, EN, RU, a_template, revised


def test_every_change_is_a_revision_that_stays(database: Database) -> None:
    with database.write() as session:
        made = a_template(session)
        revised(session, made, {"ru": {"body": RU + "!"}}, note="громче")
        kept = session.scalars(select(TemplateRevision).order_by(TemplateRevision.number)).all()
        assert [(one.number, sorted(one.texts), one.note) for one in kept] == [
            (1, ["en", "ru"], ""),
            (2, ["ru"], "громче"),
        ]
        assert made.revision == 2
        acts = session.execute(select(AuditEntry.action, AuditEntry.details).order_by(AuditEntry.id)).all()
        assert [act for act, _details in acts] == ["template.created", "template.revised"]
        assert acts[1].details == {"name": "Мягко", "revision": 2, "languages": ["ru"], "note": "громче"}


def test_a_revision_can_be_neither_changed_nor_deleted(database: Database) -> None:
    with database.write() as session:
        a_template(session)
    for statement in (update(TemplateRevision).values(note="x"), delete(TemplateRevision)):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
            session.execute(statement)


def test_another_name_or_the_same_words_make_no_revision(database: Database) -> None:
    with database.write() as session:
        made = a_template(session)
        revised(session, made, BOTH, title="Совсем мягко")
        assert (made.title, made.revision) == ("Совсем мягко", 1)
        revised(session, made, {"ru": {"body": f"  {RU}\n", "subject": "not of an SMS"}, "en": {"body": EN}})
        assert made.revision == 1


def test_an_earlier_revision_comes_back_as_a_new_one(database: Database) -> None:
    with database.write() as session:
        made = a_template(session)
        revised(session, made, {"en": {"body": EN}})
        library.restore(session, made.id, number=1, revision=2, actor="manager", now=NOON)
        kept = session.scalars(select(TemplateRevision).order_by(TemplateRevision.number)).all()
        assert [one.restored for one in kept] == [None, None, 1]
        assert kept[2].texts == kept[0].texts
        with pytest.raises(NotFound):
            library.restore(session, made.id, number=9, revision=3, actor="manager", now=NOON)


def test_whoever_saves_second_is_told(database: Database) -> None:
    with database.write() as session:
        made = a_template(session)
        revised(session, made, {"en": {"body": EN}})
        with pytest.raises(Conflict) as raised:
            revised(session, made, {"ru": {"body": RU}}, revision=1)
        assert raised.value.code == "template.changed"
        assert made.revision == 2


def test_what_is_in_the_archive_is_not_changed_until_it_is_brought_back(database: Database) -> None:
    with database.write() as session:
        made = a_template(session)
        library.archive(session, made.id, actor="manager", now=NOON)
        assert (made.archived_at, made.archived_by) == (NOON, "manager")
        for act in (lambda: revised(session, made, {"en": {"body": EN}}),
                    lambda: library.archive(session, made.id, actor="m", now=NOON)):  # fmt: skip
            with pytest.raises(Conflict):
                act()
        library.bring_back(session, made.id, actor="manager", now=NOON)
        assert revised(session, made, {"en": {"body": EN}}).revision == 2


def test_a_key_is_made_of_the_name_and_never_taken_twice(database: Database) -> None:
    with database.write() as session:
        keys = [a_template(session, key=None, title="Мягкое напоминание!").key for _ in range(2)]
        assert keys == ["myagkoe-napominanie", "myagkoe-napominanie-2"]
        with pytest.raises(Conflict):
            a_template(session, key=keys[0])
        assert len(session.scalars(select(MessageTemplate)).all()) == 2


@pytest.mark.parametrize(
    ("over", "field", "said"),
    [
        ({"texts": {}}, "texts", "Russian or in English"),
        ({"texts": {"ru": {"body": "  "}}}, "texts", "Russian or in English"),
        ({"texts": {"ru": {"body": "{% for a in dpd %}x{% endfor %}"}}}, "texts.ru.body",
         "Line 1, “{% for a in dpd %}”."),
        ({"texts": {"ru": {"body": RU}, "en": {"body": "Hi,\n{{ dpd }} {{ dpd.__class__ }}"}}}, "texts.en.body",
         "Line 2, “{{ dpd.__class__ }}”."),
        ({"texts": {"ru": {"body": "{{ password }}"}}}, "texts.ru.body", "no value “password”"),
        ({"texts": {"ru": {"body": "x" * 1_001}}}, "texts.ru.body", "longer than 1000"),
        ({"channel": "email", "texts": {"en": {"body": EN}}}, "texts.en.subject", "Fill this in"),
        ({"channel": "pigeon"}, "channel", "Choose a channel"),
        ({"title": " "}, "title", "Give the template a name"),
        ({"title": "a\0b"}, "title", "Give the template a name"),
        ({"note": "x" * 501}, "note", "At most 500"),
        ({"key": "Плохой"}, "key", "small Latin letters"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_with_its_place(
    sqlite_database: Database, over: dict[str, Any], field: str, said: str
) -> None:
    with sqlite_database.write() as session:
        with pytest.raises(Invalid) as raised:
            a_template(session, **over)
        (problem,) = raised.value.problems
        assert problem.field == field
        assert said in problem.text.en
        assert session.scalar(select(MessageTemplate.id)) is None


def test_a_text_that_does_not_name_the_creditor_is_said_to_be_so() -> None:
    texts = {"ru": {"subject": "", "body": "Оплатите {{ overdue }}"}, "en": {"subject": "", "body": EN}}
    assert [(problem.code, problem.field, problem.severity) for problem in library.check_texts("sms", texts)] == [
        ("template.creditor", "texts.ru.body", "warning")
    ]


def test_a_borrower_reads_the_other_language_where_theirs_is_missing() -> None:
    assert text_for(BOTH, "en")["body"] == EN
    assert text_for({"ru": {"body": RU}}, "en")["body"] == RU
    assert text_for({"en": {"body": EN}}, "ru")["body"] == EN


def test_a_difference_gives_both_texts_back_and_keeps_values_whole() -> None:
    before, after = "Hello, {{ first_name }}! Pay {{ overdue }} today.", "Hello, {{ full_name }}!\nPay {{ overdue }}."
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after
    assert "{{ full_name }}" in [piece.text.strip() for piece in pieces if piece.kind == "new"]
