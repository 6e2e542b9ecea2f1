"""What a version sends: the texts of its messages in both languages, and what changed against the version before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.queries.message_templates import changed_text
from console.queries.scenarios import version_card
from scenario_engine import library
from scenario_engine.models import MessageTemplate, TemplateRevision, Version
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.nodes.contact import ContactNode

#: a language, or null for a step's own text, which every borrower reads
_Said = dict[str | None, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class _Sent:
    node: str
    label: str
    channel: str
    #: id, key, title, revision, note, made_by, made_at of what was taken from the library
    source: dict[str, Any] | None
    texts: _Said


def version_messages(session: Session, version: Version, language: str) -> dict[str, Any]:
    """The messages of a version in the order of its steps; those that the version before had alone come last."""
    previous = version_card(session, version)["previous"]
    before = _sent(session, session.get_one(Version, previous["id"]).document) if previous else {}
    now = _sent(session, version.document)
    items = [_facts(sent, before.get(sent.node), language, bool(previous)) for sent in now.values()]
    items += [_facts(None, sent, language, True) for sent in before.values() if sent.node not in now]
    return {"items": items, "previous": previous and previous["number"]}


def _facts(sent: _Sent | None, former: _Sent | None, language: str, compared: bool) -> dict[str, Any]:
    shown = sent or former
    assert shown is not None
    after, before = sent.texts if sent else {}, former.texts if former else {}
    if sent is None:
        state = "gone"
    elif former is None:
        state = "new" if compared else "same"
    else:
        state = "same" if after == before else "changed"
    return {
        "node": shown.node,
        "label": shown.label,
        "channel": shown.channel,
        "source": shown.source,
        "state": state,
        "texts": [
            {
                "language": spoken,
                "subject": after.get(spoken, before.get(spoken, {})).get("subject", ""),
                "body": after.get(spoken, before.get(spoken, {})).get("body", ""),
                "problems": [
                    problem.as_dict(language)
                    for problem in library.check_texts(shown.channel, {spoken or "ru": after[spoken]})
                ]
                if spoken in after
                else [],
                "changed": changed_text(before.get(spoken), after.get(spoken)) if state == "changed" else None,
            }
            for spoken in dict.fromkeys([*after, *before])
        ],
    }


def _sent(session: Session, document: Mapping[str, Any]) -> dict[str, _Sent]:
    chosen = _revisions(session, library.named_in(document))
    return {sent.node: sent for sent in _messages(document, chosen)}


def _messages(document: Mapping[str, Any], chosen: Mapping[Any, Any]) -> Iterator[_Sent]:
    catalogue = load_catalogue()
    for node in document["nodes"]:
        kind = catalogue.get(node["type"])
        if not isinstance(kind, ContactNode):
            continue
        params = node["data"]["params"]
        source, texts = chosen.get(library.name_of(params), (None, None))
        own: _Said = {None: {"subject": params.get("subject") or "", "body": params.get("template") or ""}}
        yield _Sent(
            node=node["id"],
            label=node["data"].get("label") or kind.title.en,
            channel=kind.channel,
            source=source,
            texts=texts if texts is not None else own,
        )


def _revisions(session: Session, named: set[tuple[str, int]]) -> dict[Any, Any]:
    rows = session.execute(
        select(MessageTemplate, TemplateRevision)
        .join(TemplateRevision, TemplateRevision.template_id == MessageTemplate.id)
        .where(
            MessageTemplate.key.in_({key for key, _number in named}),
            TemplateRevision.number.in_({number for _key, number in named}),
        )
    )
    return {
        (template.key, revision.number): (
            {
                "id": template.id,
                "key": template.key,
                "title": template.title,
                "revision": revision.number,
                "note": revision.note,
                "made_by": revision.made_by,
                "made_at": revision.made_at,
            },
            revision.texts,
        )
        for template, revision in rows
    }
