"""Reading the library: what documents name, and the texts of what is named."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from scenario_engine.errors import NotFound
from scenario_engine.models import MessageTemplate, TemplateRevision
from scenario_engine.nodes.base import LibraryTemplate
from scenario_engine.nodes.library import Texts, text_for
from scenario_engine.texts import Text

#: key and revision
Named = tuple[str, int]
_MOST_REVISIONS = 1_000_000


def name_of(content: Any) -> Named | None:
    """Which text of the library a step's params, or the content of a message, name; null: none, or something odd."""
    chosen = content.get("library") if isinstance(content, Mapping) else None
    if not isinstance(chosen, Mapping):
        return None
    key, number = chosen.get("key"), chosen.get("revision")
    if not isinstance(key, str) or not isinstance(number, int) or not 0 < number <= _MOST_REVISIONS:
        return None
    return key, number


def steps_with_text(document: Any) -> Iterator[tuple[Mapping[str, Any], Named]]:
    """Every step of a document, finished or not, that takes its text from the library, with what it names."""
    for node in _nodes(document):
        data = node.get("data")
        named = name_of(data.get("params")) if isinstance(data, Mapping) else None
        if named is not None:
            yield node, named


def _nodes(document: Any) -> Iterator[Mapping[str, Any]]:
    nodes = document.get("nodes") if isinstance(document, Mapping) else None
    yield from (node for node in nodes if isinstance(node, Mapping)) if isinstance(nodes, list) else ()


def named_in(document: Any) -> set[Named]:
    """What of the library a document names."""
    return {named for _node, named in steps_with_text(document)}


def scope_of(session: Session, document: Any) -> dict[str, LibraryTemplate]:
    """What checks of a document need to know of the library."""
    named = named_in(document)
    if not named:
        return {}
    numbers = {number for _key, number in named}
    rows = session.execute(
        select(MessageTemplate, TemplateRevision)
        .join(TemplateRevision, TemplateRevision.template_id == MessageTemplate.id)
        .where(
            MessageTemplate.key.in_({key for key, _number in named}),
            or_(TemplateRevision.number == MessageTemplate.revision, TemplateRevision.number.in_(numbers)),
        )
    ).all()
    revisions: dict[str, dict[int, Texts]] = {}
    for template, revision in rows:
        revisions.setdefault(template.key, {})[revision.number] = revision.texts
    return {
        template.key: LibraryTemplate(
            title=template.title,
            channel=template.channel,
            archived=template.archived_at is not None,
            newest=template.revision,
            revisions=revisions[template.key],
        )
        for template, _revision in rows
    }


def texts_of(session: Session, named: Collection[Named]) -> dict[Named, Texts]:
    """The texts of revisions, in one statement; what is not there is left out."""
    if not named:
        return {}
    rows = session.execute(
        select(MessageTemplate.key, TemplateRevision.number, TemplateRevision.texts)
        .join(TemplateRevision, TemplateRevision.template_id == MessageTemplate.id)
        .where(tuple_(MessageTemplate.key, TemplateRevision.number).in_(list(named)))
    )
    return {(key, number): texts for key, number, texts in rows}


def words_of(content: Mapping[str, Any], language: str, texts: Mapping[Named, Texts]) -> tuple[str, str]:
    """Subject and body, not filled in, of a message with that content to a borrower of that language.

    `texts` are those of `texts_of`; raises `NotFound` for a text that is not among them.
    """
    named = name_of(content)
    if named is None:
        return str(content.get("subject", "")), str(content.get("template", ""))
    if named not in texts:
        raise NotFound(Text("The template of the message is gone.", "Шаблона сообщения больше нет."))
    said = text_for(texts[named], language)
    return said.get("subject", ""), said["body"]
