"""Random documents: right ones, which the engine must be able to run, and wrong ones whose fault is known."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from scenario_engine.models.signal import SIGNAL_KINDS
from scenario_engine.nodes.base import NodeType
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.nodes.templates import VARIABLES
from scenario_engine.nodes.wait_until import DATES, MODES, WEEKDAYS
from tests.graph.documents import an_edge
from tests.rules.strategies import rules

_WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
_TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=20)
_TEXTS = st.lists(
    st.one_of(
        st.sampled_from([f"{{{{ {key} }}}}" for key in VARIABLES]), st.sampled_from(["Долг: ", "%", "ъ'\"", "\n"])
    ),
    min_size=1,
    max_size=4,
).map(lambda parts: "x" + "".join(parts))
_CLOCKS = st.sampled_from(["00:00", "09:30", "10:00", "23:59"])
_KINDS = st.sampled_from(sorted(SIGNAL_KINDS))
_DURATIONS = st.fixed_dictionaries(
    {"days": st.integers(0, 5), "hours": st.integers(0, 30), "minutes": st.integers(1, 90)}
)


def _keyed(values: st.SearchStrategy[dict[str, Any]], most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(values, min_size=1, max_size=most).map(
        lambda items: [{**item, "key": f"k{number}"} for number, item in enumerate(items)]
    )


@st.composite
def _arms(draw: st.DrawFn) -> list[dict[str, Any]]:
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=1, max_size=3)))
    bounds = [0, *cuts, 100]
    return [
        {"key": f"k{number}", "title": draw(_TITLES), "weight": high - low, "holdout": draw(st.booleans())}
        for number, (low, high) in enumerate(pairwise(bounds))
    ]


_MESSAGE = {"template": _TEXTS}
#: params by type; a type of a later day that is not here is tried with its defaults
PARAMS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "entry.segment": st.fixed_dictionaries({"rule": rules()}),
    "entry.signal": st.fixed_dictionaries({"signal_kind": _KINDS}, optional={"rule": st.none() | rules()}),
    "condition": st.fixed_dictionaries({"rule": rules()}),
    "switch": st.fixed_dictionaries(
        {"branches": _keyed(st.fixed_dictionaries({"title": _TITLES, "rule": rules()}), 3)}
    ),
    "split": st.fixed_dictionaries({"arms": _arms()}, optional={"salt": _WORDS}),
    "wait.duration": st.builds(lambda length, at: {**length, "at": at}, _DURATIONS, st.none() | _CLOCKS),
    "wait.until": st.fixed_dictionaries(
        {"mode": st.sampled_from(sorted(MODES)), "until": st.just("23:59"), "at": st.sampled_from(["00:00", "10:00"])},
        optional={
            "date_field": st.sampled_from(sorted(DATES)),
            "offset_days": st.integers(-3, 3),
            "weekdays": st.lists(st.sampled_from(sorted(WEEKDAYS)), min_size=1, max_size=3),
            "month_day": st.integers(1, 31),
        },
    ),
    "wait.signal": st.fixed_dictionaries(
        {"signal_kinds": st.lists(_KINDS, min_size=1, max_size=3), "timeout": _DURATIONS, "separate": st.booleans()}
    ),
    "sms": st.fixed_dictionaries(_MESSAGE),
    "email": st.fixed_dictionaries({"subject": _TEXTS, **_MESSAGE}),
    "messenger": st.fixed_dictionaries(_MESSAGE),
    "robot_call": st.fixed_dictionaries(_MESSAGE),
    "letter": st.fixed_dictionaries({"subject": _TEXTS, **_MESSAGE}),
    "task": st.fixed_dictionaries(
        {
            "title": _TITLES,
            "dispositions": _keyed(
                st.fixed_dictionaries({"title": _TITLES, "needs": st.sampled_from([None, "promise"])}), 3
            ),
            "expires": _DURATIONS,
        },
        optional={"instruction": _WORDS, "priority": st.integers(1, 9)},
    ),
    "offer": st.fixed_dictionaries(
        {"kind": st.sampled_from(["prolongation", "restructuring", "discount"]), "size": st.integers(1, 100)},
        optional={"valid_days": st.integers(1, 30)},
    ),
    "sub_scenario": st.fixed_dictionaries({"scenario": st.sampled_from(["other", "absent"])}),
    "restrict_lending": st.fixed_dictionaries({"reason": _TITLES}),
    "tag": st.fixed_dictionaries({"tag": _TITLES}),
    "goal": st.fixed_dictionaries({"name": _TITLES}),
    "exit": st.fixed_dictionaries({}, optional={"reason": _WORDS}),
}


def params_of(kind: NodeType) -> st.SearchStrategy[dict[str, Any]]:
    """Valid params of a type."""
    return PARAMS.get(kind.key, st.just(kind.defaults_in("en")))


def settings() -> st.SearchStrategy[dict[str, Any]]:
    """Valid settings, some left to their defaults."""
    return st.fixed_dictionaries(
        {},
        optional={
            "track": st.sampled_from(["collection", "legal"]),
            "priority": st.integers(0, 1000),
            "reentry": st.none() | st.fixed_dictionaries({"after_days": st.integers(0, 60)}),
            "goal": st.just({"kind": "overdue_paid"}),
            "conversion_window_days": st.integers(1, 90),
            "holdout_percent": st.integers(0, 50),
        },
    )


@st.composite
def valid_documents(draw: st.DrawFn, *, most: int = 8, exclude: Collection[str] = ()) -> dict[str, Any]:
    """A document that may be published: up to `most` nodes between entries and ends, none of a type in `exclude`.

    Nodes lead forwards only; where cases rest they may also lead back, so circles are there and all of them lawful.
    """
    catalogue = {key: kind for key, kind in load_catalogue().items() if key not in exclude}
    entries = [kind for kind in catalogue.values() if kind.entry]
    ends = [kind for kind in catalogue.values() if kind.terminal]
    middle = [kind for kind in catalogue.values() if not kind.entry and not kind.terminal]
    kinds = [
        *draw(st.lists(st.sampled_from(entries), min_size=1, max_size=2)),
        *draw(st.lists(st.sampled_from(middle), max_size=most)),
        *draw(st.lists(st.sampled_from(ends), min_size=1, max_size=2)),
    ]
    first_inner = sum(kind.entry for kind in kinds)
    params = [draw(params_of(kind)) for kind in kinds]
    edges: list[dict[str, Any]] = []
    reached = {index for index, kind in enumerate(kinds) if kind.entry}
    for index, kind in enumerate(kinds):
        if kind.terminal:
            continue
        for port in kind.ports(kind.Params().load(params[index])):
            if not port.required and draw(st.booleans()):
                continue
            least = first_inner if kind.rests and draw(st.integers(0, 3)) == 0 else max(index + 1, first_inner)
            target = draw(st.integers(least, len(kinds) - 1))
            edges.append(an_edge(f"e{len(edges) + 1}", f"n{index}:{port.key}>n{target}"))
    ways = [(int(edge["source"][1:]), int(edge["target"][1:])) for edge in edges]
    while True:
        more = {target for source, target in ways if source in reached} - reached
        if not more:
            break
        reached |= more
    return {
        "format": 1,
        "name": draw(_TITLES),
        "settings": draw(settings()),
        "nodes": [
            {
                "id": f"n{index}",
                "type": kinds[index].key,
                "position": {"x": draw(st.integers(-500, 500)), "y": draw(st.floats(-500, 500))},
                "data": {"label": draw(_WORDS), "params": params[index]},
            }
            for index in sorted(reached)
        ],
        "edges": [edge for edge, (source, _) in zip(edges, ways, strict=True) if source in reached],
        "notes": draw(
            st.lists(
                st.fixed_dictionaries({"id": st.just("t1"), "text": _WORDS, "position": st.just({"x": 1, "y": 2})}),
                max_size=1,
            )
        ),
    }


def _first(document: dict[str, Any], *, entry: bool) -> dict[str, Any]:
    catalogue = load_catalogue()
    found: dict[str, Any] = next(node for node in document["nodes"] if catalogue[node["type"]].entry == entry)
    return found


def _unknown_type(document: dict[str, Any]) -> None:
    document["nodes"][-1]["type"] = "teleport"


def _unknown_format(document: dict[str, Any]) -> None:
    document["format"] = 2


def _unknown_key(document: dict[str, Any]) -> None:
    document["surprise"] = True


def _same_id(document: dict[str, Any]) -> None:
    document["nodes"].append(copy.deepcopy(document["nodes"][-1]))


def _dangling(document: dict[str, Any]) -> None:
    document["edges"][0]["target"] = "ghost"


def _unknown_port(document: dict[str, Any]) -> None:
    document["edges"][0]["sourceHandle"] = "sideways"


def _into_entry(document: dict[str, Any]) -> None:
    document["edges"][-1]["target"] = _first(document, entry=True)["id"]


def _two_of_a_port(document: dict[str, Any]) -> None:
    document["edges"].append({**document["edges"][0], "id": "again"})


def _no_entry(document: dict[str, Any]) -> None:
    entries = {node["id"] for node in document["nodes"] if load_catalogue()[node["type"]].entry}
    document["nodes"] = [node for node in document["nodes"] if node["id"] not in entries]
    document["edges"] = [edge for edge in document["edges"] if edge["source"] not in entries]


def _island(document: dict[str, Any]) -> None:
    node = {"id": "island", "type": "exit", "position": {"x": 0, "y": 0}, "data": {"label": "", "params": {}}}
    document["nodes"].append(node)


def _dead_end(document: dict[str, Any]) -> None:
    source = document["edges"][-1]["source"]
    document["edges"] = [edge for edge in document["edges"] if edge["source"] != source]


def _unknown_param(document: dict[str, Any]) -> None:
    document["nodes"][-1]["data"]["params"] = {"surprise": True}


def _circle(document: dict[str, Any]) -> None:
    node = {"type": "condition", "position": {"x": 0, "y": 0}}
    rule = {"combinator": "and", "rules": []}
    document["nodes"] += [
        {**node, "id": identity, "data": {"label": "", "params": {"rule": rule}}} for identity in ("round", "about")
    ]
    document["edges"] += [
        an_edge("r1", "round:yes>about"),
        an_edge("r2", "about:yes>round"),
        an_edge("r3", "round:no>about"),
        an_edge("r4", "about:no>round"),
    ]


#: code of the problem -> what makes a good document have it
BREAKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "node.unknown_type": _unknown_type,
    "document.format": _unknown_format,
    "document.schema": _unknown_key,
    "node.duplicate_id": _same_id,
    "edge.dangling": _dangling,
    "edge.unknown_port": _unknown_port,
    "edge.into_entry": _into_entry,
    "edge.duplicate_port": _two_of_a_port,
    "entry.missing": _no_entry,
    "node.unreachable": _island,
    "node.dead_end": _dead_end,
    "params": _unknown_param,
    "cycle.without_wait": _circle,
}


@st.composite
def broken_documents(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """A document with one thing wrong (more may follow from it), and the code of that problem."""
    document = copy.deepcopy(draw(valid_documents()))
    code = draw(st.sampled_from(sorted(BREAKS)))
    BREAKS[code](document)
    return document, code


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.just("\0"),
    st.just("\ud800"),
    st.just(10**400),
)
#: anything that looks like JSON, and some that only looks so
junk = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def spoilt_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A good document in which one value, anywhere, was replaced by junk."""
    document = copy.deepcopy(draw(valid_documents(most=3)))
    places: list[tuple[Any, Any]] = []
    left: list[Any] = [document]
    while left:
        value = left.pop()
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in inner:
            places.append((value, key))
            left.append(part)
    holder, key = draw(st.sampled_from(places))
    holder[key] = draw(junk)
    return document
