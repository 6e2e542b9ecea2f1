"""The scenario document as frozen values, read from JSON with every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError

from scenario_engine.errors import Invalid, Problem
from scenario_engine.graph.canonical import content_hash, parse
from scenario_engine.graph.messages import flatten, said_of
from scenario_engine.graph.schemas import MAX_NODES, DocumentSchema, EdgeSchema, NodeSchema, SettingsSchema
from scenario_engine.graph.upgrade import upgrade
from scenario_engine.texts import Text

__all__ = [
    "MAX_NODES",
    "Draft",
    "Edge",
    "Node",
    "ScenarioDocument",
    "Settings",
    "content_hash",
    "read_document",
    "read_draft",
    "track_name",
]

#: tracks that the ready strategies use; people may write others
TRACKS = {
    "collection": Text("collection", "взыскание"),
    "reminder": Text("reminders", "напоминания"),
    "promises": Text("promises", "обещания"),
    "legal": Text("before the court", "досудебное"),
    "court": Text("court", "суд"),
}


def track_name(track: str) -> Text:
    """What people read; a track that somebody named reads as it was written."""
    return TRACKS.get(track, Text(track, track))


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node as it was drawn; `params` are as written, `graph.params.read_params` fills the defaults in."""

    id: str
    type: str
    label: str
    params: Mapping[str, Any]
    #: x, y on the canvas
    position: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """From a node's port to a node."""

    id: str
    source: str
    source_port: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What holds for the whole scenario."""

    #: a loan has one active case in each track
    track: str
    #: the smallest wins when several scenarios want the same loan
    priority: int
    #: days after the end of a case before the loan may come in again; null: never
    reentry_days: int | None
    #: key of the contact policy
    policy: str
    #: ``{"kind": "overdue_paid"}`` or ``{"kind": "none"}``
    goal: Mapping[str, Any]
    #: a payment within so many days after a visit counts for the node
    conversion_window_days: int
    #: share of borrowers who are left alone, for comparison
    holdout_percent: int


@dataclass(frozen=True, kw_only=True)
class ScenarioDocument:
    """A document whose form is right; whether its graph is, `graph.checks.analyse` says."""

    name: str
    settings: Settings
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    #: sticky notes of the canvas
    notes: tuple[Mapping[str, Any], ...]
    #: the JSON it was read from, in the current format
    raw: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What could be read of a document that may be broken."""

    #: null when the whole is not a document at all, or its list of nodes is refused
    document: ScenarioDocument | None
    problems: tuple[Problem, ...]
    #: ids of nodes that are there but could not be read
    broken_nodes: frozenset[str] = field(default_factory=frozenset)


def read_document(raw: Any) -> ScenarioDocument:
    """The document from parsed JSON, text or bytes. Raises `Invalid` with every problem of its form."""
    draft = read_draft(raw)
    if draft.problems or draft.document is None:
        raise Invalid(
            Text("The scenario document is not valid.", "Документ сценария составлен неверно."),
            code="document.invalid",
            problems=draft.problems,
        )
    return draft.document


def read_draft(raw: Any) -> Draft:
    """As much of the document as can be read, and every problem of its form. Raises nothing for bad input."""
    raw, problems = parse(raw)
    if problems:
        return Draft(document=None, problems=tuple(problems))
    if not isinstance(raw, dict):
        text = Text("A scenario document is a JSON object.", "Документ сценария — это объект JSON.")
        return Draft(document=None, problems=(Problem(code="document.schema", text=text),))
    upgraded, refusal = upgrade(raw)
    if refusal:
        return Draft(document=None, problems=(refusal,))
    return _read(upgraded)


_DOCUMENT, _NODE, _EDGE, _SETTINGS = DocumentSchema(), NodeSchema(), EdgeSchema(), SettingsSchema()


def _read(raw: Mapping[str, Any]) -> Draft:
    problems: list[Problem] = []
    whole = _load(_DOCUMENT, raw, problems, None, ())
    if raw.get("nodes") and "nodes" not in whole:
        # without its nodes every edge would seem to lead nowhere
        return Draft(document=None, problems=tuple(problems))
    settings = _load(_SETTINGS, whole.get("settings", {}), problems, None, ("settings",))
    if settings is _BROKEN:
        settings = _SETTINGS.load({})
    nodes: list[Node] = []
    broken: set[str] = set()
    for index, item in enumerate(whole.get("nodes", ())):
        identity = item.get("id") if isinstance(item, dict) else None
        shown = identity if isinstance(identity, str) else None
        loaded = _load(_NODE, item, problems, shown, () if shown else ("nodes", str(index)))
        if loaded is not _BROKEN:
            nodes.append(
                Node(
                    id=loaded["id"],
                    type=loaded["type"],
                    label=loaded["data"]["label"],
                    params=loaded["data"]["params"],
                    position=(loaded["position"]["x"], loaded["position"]["y"]),
                )
            )
        elif shown is not None:
            broken.add(shown)
    edges: list[Edge] = []
    for index, item in enumerate(whole.get("edges", ())):
        loaded = _load(_EDGE, item, problems, None, ("edges", str(index)))
        if loaded is not _BROKEN:
            edges.append(
                Edge(
                    id=loaded["id"],
                    source=loaded["source"],
                    source_port=loaded["source_port"],
                    target=loaded["target"],
                )
            )
    reentry = settings["reentry"]
    document = ScenarioDocument(
        name=whole.get("name", ""),
        settings=Settings(
            track=settings["track"],
            priority=settings["priority"],
            reentry_days=None if reentry is None else reentry["after_days"],
            policy=settings["policy"],
            goal=settings["goal"],
            conversion_window_days=settings["conversion_window_days"],
            holdout_percent=settings["holdout_percent"],
        ),
        nodes=tuple(nodes),
        edges=tuple(edges),
        notes=tuple(whole.get("notes", ())),
        raw=raw,
    )
    return Draft(document=document, problems=tuple(problems), broken_nodes=frozenset(broken))


_BROKEN: dict[str, Any] = {}


def _load(
    schema: Schema, raw: Any, problems: list[Problem], node: str | None, prefix: tuple[str, ...]
) -> dict[str, Any]:
    """The loaded values; `_BROKEN` (or, for the whole document, what is sound of it) when there are problems."""
    try:
        loaded: dict[str, Any] = schema.load(raw)
        return loaded
    except ValidationError as error:
        for path, text in flatten(error.messages):
            full = (*prefix, *path)
            problems.append(
                Problem(
                    code="document.schema",
                    text=said_of(full, text),
                    node=node,
                    field=".".join(full) or None,
                )
            )
        if schema is _DOCUMENT and isinstance(error.valid_data, dict):
            return error.valid_data
        return _BROKEN
