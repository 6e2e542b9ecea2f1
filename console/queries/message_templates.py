"""The library of message templates: lists, cards, and what texts look like before they are saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.queries.message_preview import length_facts, loan_facts, one_loan, price_facts, veiled_values
from console.queries.timeline_words import CHANNELS as CHANNEL_WORDS
from scenario_engine import library
from scenario_engine.engine.outbox import template_values
from scenario_engine.errors import NotFound
from scenario_engine.library.difference import difference
from scenario_engine.library.wording import WITH_SUBJECT, cleaned
from scenario_engine.models import BORROWER_LANGUAGES, MessageTemplate, TemplateRevision
from scenario_engine.nodes.contact import LONGEST, LONGEST_SUBJECT
from scenario_engine.nodes.library import WRITTEN_IN
from scenario_engine.nodes.templates import FILTERS, VARIABLES, check_template, render
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

EXPORTED = (
    Column(Text("Key", "Ключ"), "key"),
    Column(Text("Template", "Шаблон"), "title"),
    Column(Text("Channel", "Канал"), "channel", words=CHANNEL_WORDS),
    Column(Text("Revision", "Редакция"), "revision"),
    Column(Text("Scenarios", "Сценариев"), "scenarios"),
    Column(Text("Changed by", "Кто изменил"), "made_by"),
    Column(Text("Changed at", "Когда изменён"), "made_at"),
    Column(Text("Archived at", "В архиве с"), "archived_at"),
)


def options(session: Session, language: str, settings: Settings) -> dict[str, Any]:
    """What an editor needs beside a template: channels, what a text may name, and what an SMS costs."""
    return {
        "channels": [
            {
                "key": channel,
                "title": CHANNEL_WORDS[channel].say(language),
                "longest": LONGEST[channel],
                "longest_subject": LONGEST_SUBJECT if channel in WITH_SUBJECT else None,
            }
            for channel in library.CHANNELS
        ],
        "languages": [{"key": key, "title": BORROWER_LANGUAGES[key].say(language)} for key in WRITTEN_IN],
        "variables": [
            {"key": key, "title": variable.title.say(language), "example": _example(f"{{{{ {key} }}}}")}
            for key, variable in VARIABLES.items()
        ],
        "filters": [{"key": key, "title": title.say(language)} for key, (_function, title) in FILTERS.items()],
    } | price_facts(session, settings)


def template_list(filters: Mapping[str, Any]) -> Listing:
    """The templates that fit the filters."""
    where: list[ColumnElement[bool]] = []
    if filters.get("channel"):
        where.append(MessageTemplate.channel.in_(filters["channel"].split(",")))
    if filters.get("state"):
        is_archived = MessageTemplate.archived_at.is_not(None)
        where.append(is_archived if filters["state"] == "archived" else ~is_archived)
    if filters.get("q", "").strip():
        where.append(searches(filters["q"], MessageTemplate.title, MessageTemplate.key))
    newest = and_(
        TemplateRevision.template_id == MessageTemplate.id, TemplateRevision.number == MessageTemplate.revision
    )
    return Listing(
        select=select(MessageTemplate, TemplateRevision).join(TemplateRevision, newest).where(*where),
        count=select(func.count()).select_from(MessageTemplate).where(*where),
        sorts={
            "title": MessageTemplate.title,
            "key": MessageTemplate.key,
            "channel": MessageTemplate.channel,
            "revision": MessageTemplate.revision,
            "made_at": TemplateRevision.made_at,
        },
        order="title",
        tie=MessageTemplate.id,
        item=_item,
        enrich=_count_uses,
        columns=EXPORTED,
        file_name="templates",
    )


def _item(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    template, revision = row.MessageTemplate, row.TemplateRevision
    return {**_head(template), **_revision(revision), "scenarios": 0}


def _head(template: MessageTemplate) -> dict[str, Any]:
    return {
        "id": template.id,
        "key": template.key,
        "title": template.title,
        "channel": template.channel,
        "revision": template.revision,
        "archived_at": template.archived_at,
        "archived_by": template.archived_by,
    }


def _revision(revision: TemplateRevision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "texts": texts_facts(revision.texts),
        "note": revision.note,
        "restored": revision.restored,
        "made_by": revision.made_by,
        "made_at": revision.made_at,
    }


def texts_facts(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Every language, null where nothing was written in it."""
    return {language: texts.get(language) for language in WRITTEN_IN}


def _count_uses(session: Session, items: list[dict[str, Any]]) -> None:
    scenarios: dict[str, set[int]] = {}
    for use in library.uses(session):
        scenarios.setdefault(use.template, set()).add(use.scenario_id)
    for item in items:
        item["scenarios"] = len(scenarios.get(item["key"], ()))


def template_card(session: Session, template_id: int) -> dict[str, Any]:
    """A template with every revision, the newest first, and the steps that use it."""
    template = library.find(session, template_id)
    revisions = session.scalars(
        select(TemplateRevision)
        .where(TemplateRevision.template_id == template.id)
        .order_by(TemplateRevision.number.desc())
    ).all()
    uses = [
        {
            "scenario": {"id": use.scenario_id, "name": use.scenario},
            "where": use.where,
            "step": use.step,
            "revision": use.revision,
        }
        for use in library.uses(session, template.key)
    ]
    return {**_head(template), "revisions": [_revision(one) for one in revisions], "uses": uses}


def named_revision(session: Session, key: str, number: int) -> dict[str, Any]:
    """One revision as a step names it, or `NotFound`."""
    row = session.execute(
        select(MessageTemplate, TemplateRevision)
        .join(TemplateRevision, TemplateRevision.template_id == MessageTemplate.id)
        .where(MessageTemplate.key == key, TemplateRevision.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound(Text("The library has no such text.", "Такого текста в библиотеке нет."))
    return {**_head(row.MessageTemplate), **_revision(row.TemplateRevision)}


def changes(session: Session, template_id: int, number: int, against: int) -> dict[str, Any]:
    """What revision `number` changed in the texts of revision `against`, by language."""
    library.find(session, template_id)
    found = {
        revision.number: revision
        for revision in session.scalars(
            select(TemplateRevision).where(
                TemplateRevision.template_id == template_id, TemplateRevision.number.in_((number, against))
            )
        )
    }
    if number not in found or (against not in found and against != 0):
        raise NotFound(Text("The template has no such revision.", "У шаблона нет такой редакции."))
    before = found[against].texts if against else {}
    return {
        "number": number,
        "against": against,
        "texts": {
            language: changed_text(before.get(language), found[number].texts.get(language)) for language in WRITTEN_IN
        },
    }


def changed_text(before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> dict[str, Any] | None:
    """Subject and body as pieces; null where neither side says anything."""
    if before is None and after is None:
        return None
    old, new = before or {}, after or {}
    return {
        part: [{"kind": piece.kind, "text": piece.text} for piece in difference(old.get(part, ""), new.get(part, ""))]
        for part in ("subject", "body")
    }


def looked_at(
    session: Session, actor: Actor, channel: str, texts: Mapping[str, Any], loan_id: int | None, settings: Settings
) -> dict[str, Any]:
    """What is wrong with texts, and each as it would be read: with example values, or by the borrower of a loan.

    Names are veiled from those who may not read them; lengths are those of the real text. `NotFound` for a loan that
    the actor may not see.
    """
    kept = cleaned(channel, texts)
    values: dict[str, Any] = {key: variable.example for key, variable in VARIABLES.items()}
    values |= {"creditor_name": settings.creditor_name, "creditor_phone": settings.creditor_phone}
    shown, loan = values, None
    if loan_id is not None:
        found = one_loan(session, actor, loan_id)
        values = template_values(*found, settings)
        shown, loan = veiled_values(actor, values), loan_facts(actor, found) | {"language": found[1].language}
    return {
        "problems": [problem.as_dict(actor.language) for problem in library.check_texts(channel, kept)],
        "loan": loan,
        "texts": {
            language: _filled(kept[language], values, shown, channel) if language in kept else None
            for language in WRITTEN_IN
        },
    } | price_facts(session, settings)


def _filled(
    said: Mapping[str, str], values: Mapping[str, Any], shown: Mapping[str, Any], channel: str
) -> dict[str, Any] | None:
    if any(check_template(part) for part in said.values()):
        return None
    return {
        "subject": render(said["subject"], shown),
        "body": render(said["body"], shown),
        "length": length_facts(render(said["body"], values)) if channel == "sms" else None,
    }


def _example(text: str) -> str:
    return render(text, {key: variable.example for key, variable in VARIABLES.items()})
