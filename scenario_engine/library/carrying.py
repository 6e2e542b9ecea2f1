"""Templates that travel in the file of a scenario, so that it can be brought in where they are not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from itertools import groupby
from typing import Any

from marshmallow import ValidationError, fields, validate
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scenario_engine.errors import Forbidden, Invalid, Problem
from scenario_engine.graph.messages import flatten, said_of
from scenario_engine.graph.schemas import StrictSchema
from scenario_engine.library import shelf
from scenario_engine.library.reading import Named, named_in, steps_with_text
from scenario_engine.library.wording import CHANNELS, cleaned
from scenario_engine.models import MessageTemplate, TemplateRevision
from scenario_engine.nodes.library import WRITTEN_IN
from scenario_engine.texts import Text

#: the part of the file
SECTION = "library"
_MOST = 500


class _Said(StrictSchema):
    subject = fields.String(load_default="")
    body = fields.String(required=True)


class _Carried(StrictSchema):
    key = fields.String(required=True, validate=validate.Length(1, 64))
    revision = fields.Integer(strict=True, required=True, validate=validate.Range(1))
    title = fields.String(required=True)
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    texts = fields.Dict(
        keys=fields.String(validate=validate.OneOf(WRITTEN_IN)), values=fields.Nested(_Said), required=True
    )


class _File(StrictSchema):
    library = fields.List(fields.Nested(_Carried), validate=validate.Length(max=_MOST), required=True)


def pack(session: Session, document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a document with the templates that it names; one that is not here cannot travel with it."""
    carried = _items(session, document)
    return {**deepcopy(dict(document)), **({SECTION: carried} if carried else {})}


def _items(session: Session, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    named = named_in(document)
    rows = session.execute(
        select(MessageTemplate, TemplateRevision)
        .join(TemplateRevision, TemplateRevision.template_id == MessageTemplate.id)
        .where(MessageTemplate.key.in_({key for key, _number in named}))
        .order_by(MessageTemplate.key, TemplateRevision.number)
    )
    return [
        {
            "key": template.key, "revision": revision.number, "title": template.title, "channel": template.channel,
            "texts": deepcopy(revision.texts),
        }
        for template, revision in rows
        if (template.key, revision.number) in named
    ]  # fmt: skip


def unpack(
    session: Session, document: Mapping[str, Any], *, actor: str, now: datetime, may_add: bool = True
) -> dict[str, Any]:
    """The document without the templates that it brought, naming those of this library.

    A template with the same words is the same template; any other comes in as a new one, under a free key, and changes
    nothing that is there. Raises `Invalid` for a section that is none, and `Forbidden` where something would be added
    and `may_add` is false.
    """
    bare = {name: part for name, part in document.items() if name != SECTION}
    if SECTION not in document:
        return bare
    carried = _read(document[SECTION])
    wanted = named_in(bare)
    brought = sorted(
        (item for item in carried if (item["key"], item["revision"]) in wanted),
        key=lambda item: (item["key"], item["revision"]),
    )
    here: dict[Named, Named] = {}
    for key, group in groupby(brought, key=lambda item: str(item["key"])):
        items = list(group)
        found = _same(session, key, items)
        if found is None:
            if not may_add:
                raise _may_not_add(items[0]["title"])
            found = _add(session, key, items, actor=actor, now=now)
        here |= {(key, item["revision"]): name for item, name in zip(items, found, strict=True)}
    renamed = deepcopy(bare)
    for node, named in steps_with_text(renamed):
        if named in here:
            node["data"]["params"]["library"] = {"key": here[named][0], "revision": here[named][1]}
    return renamed


def _read(section: Any) -> Sequence[dict[str, Any]]:
    try:
        loaded: Sequence[dict[str, Any]] = _File().load({SECTION: section})[SECTION]
        return loaded
    except ValidationError as error:
        problems = [
            Problem(code="document.schema", text=said_of(path, text), field=".".join(path))
            for path, text in flatten(error.messages)
        ]
        raise Invalid(
            Text("The templates in the file cannot be read.", "Не удаётся прочитать шаблоны из файла."),
            code="document.invalid",
            problems=problems,
        ) from error


def _same(session: Session, key: str, items: Sequence[Mapping[str, Any]]) -> list[Named] | None:
    """The revisions here that have the words of these, all of one template: of that key, or of an earlier arrival."""
    rows = session.execute(
        select(MessageTemplate.key, TemplateRevision.number, TemplateRevision.texts)
        .join(TemplateRevision, TemplateRevision.template_id == MessageTemplate.id)
        .where(
            MessageTemplate.channel == items[0]["channel"],
            or_(MessageTemplate.key == key, MessageTemplate.key.startswith(f"{key}-", autoescape=True)),
        )
        .order_by(MessageTemplate.id, TemplateRevision.number)
    ).all()
    for candidate in dict.fromkeys(sorted((row.key for row in rows), key=lambda other: other != key)):
        numbers = [
            max((row.number for row in rows if row.key == candidate and row.texts == _kept(item)), default=None)
            for item in items
        ]
        if None not in numbers:
            return [(candidate, number) for number in numbers if number is not None]
    return None


def _kept(item: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return cleaned(item["channel"], item["texts"])


def _add(session: Session, key: str, items: Sequence[Mapping[str, Any]], *, actor: str, now: datetime) -> list[Named]:
    first = items[0]
    taken = set(
        session.scalars(select(MessageTemplate.key).where(MessageTemplate.key.startswith(key, autoescape=True)))
    )
    free = next(name for name in (key, *(f"{key}-{number}" for number in range(2, _MOST))) if name not in taken)
    made = shelf.create(
        session, title=first["title"], channel=first["channel"], texts=first["texts"], key=free, actor=actor, now=now
    )
    found = [(free, 1)]
    for item in items[1:]:
        shelf.revise(
            session, made.id, revision=made.revision, title=item["title"], texts=item["texts"], actor=actor, now=now
        )
        found.append((free, made.revision))
    return found


def _may_not_add(title: str) -> Forbidden:
    return Forbidden(
        Text(
            "The file brings the template “{title}”, which is not in the library. Ask somebody who may add templates.",
            "С файлом пришёл шаблон «{title}», которого нет в библиотеке. Попросите того, кто ведёт шаблоны.",
        ).format(title=title[:80]),
        code="template.right",
    )
