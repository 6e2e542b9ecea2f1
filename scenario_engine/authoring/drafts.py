"""Drafts: made, brought in, saved, given out, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scenario_engine import library
from scenario_engine.authoring.found import (
    find_scenario,
    find_version,
    invalid,
    lock_scenario,
    must_be_fresh,
    must_not_be,
    note,
    read_text,
)
from scenario_engine.errors import Conflict, Invalid, Problem
from scenario_engine.graph.canonical import parse
from scenario_engine.graph.document import content_hash, read_document
from scenario_engine.graph.drawable import completed, draft_problems
from scenario_engine.graph.upgrade import FORMAT, upgrade
from scenario_engine.keys import KEY, slug
from scenario_engine.models import Scenario, Version
from scenario_engine.texts import Text

MAX_NAME = 250


def create(
    session: Session,
    *,
    name: str,
    actor: str,
    now: datetime,
    key: str | None = None,
    document: Mapping[str, Any] | None = None,
    copy_of: int | None = None,
    demo: bool = False,
    may_add: bool = True,
) -> Scenario:
    """A new scenario with a draft: empty, `document`, or the draft of the scenario `copy_of`.

    Without `key` one is made of the name. `may_add`: templates that the document brings go into the library. Raises
    `Invalid` (name, key, document), `Conflict` (the key is taken), `NotFound` (`copy_of`) and `Forbidden` (`may_add`).
    """
    name = read_name(name)
    if copy_of is not None:
        document = find_scenario(session, copy_of).draft
    elif document is not None:
        document = library.unpack(session, document, actor=actor, now=now, may_add=may_add)
    draft = bounded(document if document is not None else empty_document(name)) | {"name": name}
    return _add(session, name, key, draft, actor, now, demo, action="scenario.created", copy_of=copy_of)


def import_(
    session: Session,
    *,
    document: Any,
    actor: str,
    now: datetime,
    key: str | None = None,
    name: str | None = None,
    demo: bool = False,
    may_add: bool = True,
) -> Scenario:
    """A new scenario from an exported document: parsed JSON, text or bytes, also of an older format.

    Raises `Invalid` with every problem of its form; what is wrong with the graph, the builder shows.
    `may_add`: templates that the file brings go into the library; else `Forbidden`.
    """
    parsed, problems = parse(document)
    if not problems and isinstance(parsed, dict):
        document = library.unpack(session, parsed, actor=actor, now=now, may_add=may_add)
    raw = dict(read_document(document).raw)
    if name is not None:
        raw["name"] = name
    return _add(session, read_name(raw["name"]), key, raw, actor, now, demo, action="scenario.imported")


def export(session: Session, scenario_id: int, *, actor: str, now: datetime) -> dict[str, Any]:
    """The draft as a document that `import_` takes, with the templates of the library that it names."""
    scenario = find_scenario(session, scenario_id)
    note(session, "scenario.exported", scenario, actor, now, revision=scenario.revision)
    return library.pack(session, scenario.draft)


def export_version(session: Session, version_id: int, *, actor: str, now: datetime) -> dict[str, Any]:
    """The same of a version."""
    version = find_version(session, version_id)
    note(session, "version.exported", version, actor, now, number=version.number)
    return library.pack(session, version.document)


def save_draft(
    session: Session, scenario_id: int, *, document: Any, revision: int, actor: str, now: datetime
) -> Scenario:
    """Save the draft that was made from `revision`; the scenario's revision grows by one.

    The draft may be unfinished, but must be a JSON object within the bounds of a document (`Invalid`). Raises
    `StaleDraft` when somebody saved meanwhile. Saving what is there already changes nothing.
    """
    scenario = lock_scenario(session, scenario_id)
    must_not_be(scenario, "archived")
    draft = bounded(document)
    must_be_fresh(scenario, revision)
    if content_hash(draft) != content_hash(scenario.draft):
        put_draft(scenario, draft, actor, now)
        note(session, "scenario.saved", scenario, actor, now, revision=scenario.revision)
        session.flush()
    return scenario


def restore(session: Session, version_id: int, *, actor: str, now: datetime, revision: int | None = None) -> Scenario:
    """Copy a version's document into the draft, as a new revision.

    Raises `StaleDraft` when `revision` is given and is not the newest.
    """
    version = find_version(session, version_id)
    scenario = lock_scenario(session, version.scenario_id)
    must_not_be(scenario, "archived")
    if revision is not None:
        must_be_fresh(scenario, revision)
    put_draft(scenario, deepcopy(version.document), actor, now)
    note(session, "version.restored", version, actor, now, scenario=scenario.key, revision=scenario.revision)
    session.flush()
    return scenario


def delete(session: Session, scenario_id: int, *, actor: str, now: datetime) -> None:
    """Delete a scenario that was never published; raises `Conflict` for any other."""
    scenario = lock_scenario(session, scenario_id)
    published = session.scalar(
        select(func.count())
        .select_from(Version)
        .where(Version.scenario_id == scenario.id, Version.state.in_(("published", "retired")))
    )
    if published or scenario.live_version_id is not None:
        raise Conflict(
            Text(
                "A scenario that was published stays for the record. Archive it instead.",
                "Опубликованный сценарий удалить нельзя: он остаётся в истории. Отправьте его в архив.",
            )
        )
    note(session, "scenario.deleted", scenario, actor, now, name=scenario.name)
    session.execute(sql_delete(Version).where(Version.scenario_id == scenario.id))
    session.delete(scenario)
    session.flush()


def empty_document(name: str) -> dict[str, Any]:
    """A document of the current format without a node."""
    return {"format": FORMAT, "name": name, "settings": {}, "nodes": [], "edges": [], "notes": []}


def _add(
    session: Session,
    name: str,
    key: str | None,
    draft: dict[str, Any],
    actor: str,
    now: datetime,
    demo: bool,
    *,
    action: str,
    **details: Any,
) -> Scenario:
    if key is not None and not KEY.fullmatch(key):
        raise invalid(
            "key",
            "A key is 1 to 64 small Latin letters, digits and hyphens.",
            "Ключ — от 1 до 64 строчных латинских букв, цифр и дефисов.",
        )
    stem, number = slug(name, otherwise="scenario"), 1
    while True:
        wanted = key or (stem if number == 1 else f"{stem}-{number}")
        scenario = Scenario(
            key=wanted,
            name=name,
            state="draft",
            draft=draft,
            revision=1,
            draft_by=actor,
            draft_at=now,
            created_by=actor,
            created_at=now,
            demo=demo,
        )
        if session.scalar(select(Scenario.id).where(Scenario.key == wanted)) is None:
            try:
                with session.begin_nested():
                    session.add(scenario)
                break
            except IntegrityError:
                pass  # somebody took the key between the look and the insert
        if key is not None:
            raise Conflict(
                Text("There is a scenario with the key “{key}” already.", "Сценарий с ключом «{key}» уже есть.").format(
                    key=key
                ),
                code="key_taken",
            )
        number += 1
    note(session, action, scenario, actor, now, key=scenario.key, **details)
    session.flush()
    return scenario


def put_draft(scenario: Scenario, draft: dict[str, Any], actor: str, now: datetime) -> None:
    """Make `draft` the scenario's draft, as a new revision; the scenario takes the document's name."""
    scenario.draft = draft
    scenario.revision += 1
    scenario.draft_by, scenario.draft_at = actor, now
    named = draft.get("name")
    if isinstance(named, str) and 0 < len(named.strip()) <= MAX_NAME:
        scenario.name = named.strip()


def bounded(document: Any) -> dict[str, Any]:
    """The document as a canvas can draw it, within the bounds, in the current format if it can be; or `Invalid`."""
    raw, problems = parse(document)
    if not problems and not isinstance(raw, dict):
        text = Text("A scenario document is a JSON object.", "Документ сценария — это объект JSON.")
        problems = [Problem(code="document.schema", text=text)]
    if not problems:
        raw = dict(upgrade(raw)[0])
        problems = draft_problems(raw)
    if problems:
        raise Invalid(
            Text("The draft cannot be saved.", "Черновик не может быть сохранён."),
            code="document.invalid",
            problems=problems,
        )
    return completed(raw)


def read_name(name: Any) -> str:
    """A scenario's name, or `Invalid`."""
    said = read_text(name, MAX_NAME, field="name")
    if any(not letter.isprintable() for letter in said):
        raise invalid("name", "The name has characters that cannot be shown.", "В названии есть непечатаемые символы.")
    return said
