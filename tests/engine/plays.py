"""Random plays: a registry, scenarios that are drawn at random, and what happens to them hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.engine.reference.node_types import CONTACTS
from tests.graph.strategies import valid_documents

#: what entries by signal and waits may hear of, beside what payments, promises and offers tell themselves
NEWS = ["reply", "not_delivered", "bureau_news", "payment_missed"]
EVERYONE: dict[str, Any] = {"combinator": "and", "rules": []}
ZONES = ["Europe/Moscow", "Europe/Kaliningrad", "Asia/Vladivostok", "Europe/Berlin", "Nowhere/Land"]


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that happens, so many minutes after the one before it. Numbers choose among what is there."""

    minutes: int
    kind: str
    number: int = 0
    choice: int = 0
    word: str = ""


@dataclass(frozen=True, kw_only=True)
class Play:
    """A whole play."""

    seed: int
    loans: int
    documents: tuple[dict[str, Any], ...]
    acts: tuple[Act, ...]


def acts() -> st.SearchStrategy[Act]:
    """One act; most are ticks."""
    minutes = st.sampled_from([1, 1, 30, 600, 1_440, 1_440, 2_880, 10_080])
    kinds = ["tick"] * 6 + ["signal"] * 2 + ["pay", "pay", "miss", "close", "close", "answer", "stop"]
    return st.builds(
        lambda minutes, kind, number, choice, word: Act(
            minutes=minutes, kind=kind, number=number, choice=choice, word=word
        ),
        minutes,
        st.sampled_from(kinds),
        st.integers(0, 30),
        st.integers(0, 3),
        st.sampled_from(NEWS),
    )


@st.composite
def documents(draw: st.DrawFn, *, most: int, exclude: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A document whose entries let many loans in, so that there is something to see."""
    document = draw(valid_documents(most=most, exclude=exclude))
    for node in document["nodes"]:
        params = node["data"]["params"]
        if node["type"] in ("entry.segment", "entry.signal") and draw(st.integers(0, 3)):
            params["rule"] = EVERYONE
        if node["type"] == "entry.signal" and draw(st.booleans()):
            params["signal_kind"] = draw(st.sampled_from(NEWS))
        if node["type"] == "wait.signal" and not params["separate"] and draw(st.booleans()):
            params["signal_kinds"] = draw(st.lists(st.sampled_from(NEWS), min_size=1, max_size=2))
        if node["type"] in CONTACTS:
            params["confirm_hours"] = draw(st.sampled_from([0, 0, 1, 30]))
            params["limit_days"] = draw(st.sampled_from([0, 0, 1, 3]))
    settings = document["settings"]
    settings["goal"] = draw(st.sampled_from([{"kind": "overdue_paid"}, {"kind": "none"}]))
    settings["holdout_percent"] = draw(st.sampled_from([0, 0, 0, 20]))
    return document


@st.composite
def plays(draw: st.DrawFn, *, most: int = 9, longest: int = 10) -> Play:
    """A play of one or two scenarios; the first may call the other."""
    found = [draw(documents(most=most))]
    if draw(st.booleans()) or any(node["type"] == "sub_scenario" for node in found[0]["nodes"]):
        found.append(draw(documents(most=4, exclude=frozenset({"sub_scenario"}))))
    happened = draw(st.lists(acts(), min_size=2, max_size=longest))
    first = Act(minutes=0, kind="tick")
    return Play(
        seed=draw(st.integers(0, 10_000)),
        loans=draw(st.sampled_from([4, 8, 14])),
        documents=tuple(found),
        acts=(first, *happened),
    )
