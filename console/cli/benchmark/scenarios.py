"""The scenarios that the benchmark walks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from console.cli.sketch import rule, sketch
from scenario_engine.database import Database
from scenario_engine.engine.publication import publish
from scenario_engine.graph.document import content_hash
from scenario_engine.models import Scenario, Version

#: the condition of the scenarios: 95 % of the loans are not later
YOUNG_DPD = 29
TEXT = "{{ first_name }}, {{ loan_number }}: {{ overdue }}. {{ creditor_name }}, {{ creditor_phone }}"
ARMS = [{"key": "a", "title": "A", "weight": 50}, {"key": "b", "title": "B", "weight": 50}]
#: nodes of one round: a condition, a split, an SMS, a wait
ROUND = 4


def five_hops(track: str = "collection") -> dict[str, Any]:
    """Entry → condition → split → SMS → a day's wait; five hops for the young, three for the others."""
    return rounds(1, track)


def rounds(count: int, track: str) -> dict[str, Any]:
    """The five hops, and so many rounds of them in a row: 2 + 4 × `count` nodes."""
    nodes: dict[str, Any] = {"entry": ("entry.segment", "Overdue", {"rule": rule(("dpd", ">=", 1))})}
    edges = [("entry", "next", "young1")]
    for number in range(1, count + 1):
        young, split, sms, wait = (f"{name}{number}" for name in ("young", "split", "sms", "wait"))
        nodes |= {
            young: ("condition", "Young?", {"rule": rule(("dpd", "<=", YOUNG_DPD))}),
            split: ("split", "A/B", {"arms": ARMS}),
            sms: ("sms", "SMS", {"template": TEXT}),
            wait: ("wait.duration", "A day", {"days": 1}),
        }
        edges += [
            (young, "yes", split),
            (young, "no", wait),
            (split, "a", sms),
            (split, "b", sms),
            *((sms, port, wait) for port in ("sent", "blocked", "no_address")),
            (wait, "next", f"young{number + 1}" if number < count else "end"),
        ]
    nodes["end"] = ("exit", "End", {"reason": "done"})
    return sketch(f"Bench {track}", nodes, edges, reentry=None, track=track)


def one_leg(conditions: int, track: str) -> dict[str, Any]:
    """So many conditions in a row, all passed in one tick, then a wait: every case makes every hop."""
    nodes: dict[str, Any] = {"entry": ("entry.segment", "Overdue", {"rule": rule(("dpd", ">=", 1))})}
    edges = [("entry", "next", "ask1")]
    for number in range(1, conditions + 1):
        following = f"ask{number + 1}" if number < conditions else "wait"
        nodes[f"ask{number}"] = ("condition", "Late?", {"rule": rule(("dpd", ">=", 1))})
        edges += [(f"ask{number}", "yes", following), (f"ask{number}", "no", "wait")]
    nodes |= {"wait": ("wait.duration", "A day", {"days": 1}), "end": ("exit", "End", {"reason": "done"})}
    return sketch(f"Bench {track}", nodes, [*edges, ("wait", "next", "end")], reentry=None, track=track)


def daily(track: str) -> dict[str, Any]:
    """A fifth of the loans, asked every day whether they are old enough to leave: they never are."""
    return sketch(
        f"Bench {track}",
        {
            "entry": ("entry.segment", "A fifth", {"rule": rule(("dpd", ">=", 1), ("dpd", "<=", 15))}),
            "wait": ("wait.duration", "A day", {"days": 1}),
            "old": ("condition", "Old?", {"rule": rule(("dpd", ">=", 10_000))}),
            "end": ("exit", "End", {"reason": "done"}),
        },
        [("entry", "next", "wait"), ("wait", "next", "old"), ("old", "yes", "end"), ("old", "no", "wait")],
        reentry=None,
        track=track,
    )


def put_live(database: Database, raw: dict[str, Any], *, now: datetime) -> int:
    """Publish the document as a scenario of its own; gives the version's id."""
    key = f"bench-{raw['settings']['track']}"
    with database.write() as session:
        scenario = Scenario(
            key=key, name=raw["name"], draft=raw, draft_by="bench", draft_at=now, created_by="bench", created_at=now
        )
        session.add(scenario)
        session.flush()
        version = Version(
            scenario_id=scenario.id, number=1, state="submitted", document=raw, content_hash=content_hash(raw),
            submitted_by="bench", submitted_at=now,
        )  # fmt: skip
        session.add(version)
        session.flush()
        publish(session, version, now=now, actor="bench-review")
        return version.id
