"""What each node type does with one case: by which port it leaves, until when it rests, what it leaves behind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any

from scenario_engine.nodes.moments import Later, MonthDay, Weekday, WorkingMoment, zone_named
from scenario_engine.nodes.wait_until import WEEKDAYS
from tests.rules.reference import holds

STAY = "@stay"
#: it sent its message and waits to hear of it
HELD = "@held"
#: stands for a port where something happens on coming to rest
ARRIVAL = "@arrive"
#: types where a case always rests, and the port it leaves by when nothing else happens
ON_DUE = {
    "wait.duration": "next",
    "wait.until": "next",
    "wait.signal": "timeout",
    "task": "expired",
    "offer": "expired",
}
#: type -> kind of contact, the outbox's channel, the borrower's address, params that go out
CONTACTS = {
    "sms": ("message", "sms", "phone", ("template",)),
    "email": ("message", "email", "email", ("template", "subject")),
    "messenger": ("message", "messenger", "messenger", ("template",)),
    "robot_call": ("call", "robot_call", "phone", ("template",)),
    "letter": ("letter", "letter", "postal_address", ("template", "subject")),
}
ENDS = ("goal", "exit")
#: type -> whom it asks
INQUIRIES = {"bailiff_check": "bailiff", "bureau_check": "bureau"}


@dataclass(kw_only=True)
class Asked:
    """What a node may look at for one case."""

    now: datetime
    loan: Any
    borrower: Any
    facts: Mapping[str, Any]
    node: str
    scenario_key: str
    #: day of the loan's last promise
    promised_on: date | None
    #: the contact guard: (kind, channel, address) -> its answer
    contact: Callable[[str, str, str | None], str]
    #: when the policy's hours allow a contact, and when they do a day later
    contact_moment: datetime
    contact_a_day_on: Callable[[], datetime]
    #: midnights of the borrower's that have passed since the case came to the node
    days_here: int
    #: may the loan go through that scenario now
    can_run: Callable[[str], bool]


def lot(number: int, salt: str) -> int:
    """0…9999: the draw of a borrower's lot, as the documentation of the split has it."""
    prime, digest = 2_147_483_647, hashlib.sha256(salt.encode()).digest()
    multiplier = int.from_bytes(digest[:4]) % (prime - 1) + 1
    return (number * multiplier + int.from_bytes(digest[4:8]) % prime) % prime % 10_000


def seconds(duration: Mapping[str, Any]) -> int:
    """A duration's length."""
    return duration["days"] * 86_400 + duration["hours"] * 3_600 + duration["minutes"] * 60


def ports_of(kind: str, params: Mapping[str, Any]) -> list[str]:
    """Every port that a case may be told to leave by."""
    if kind == "wait.signal":
        return [*(params["signal_kinds"] if params["separate"] else ["received"]), "timeout"]
    if kind == "task":
        return [*(item["key"] for item in params["dispositions"]), "expired"]
    if kind in CONTACTS:
        return ["sent", "not_delivered"]
    named = {"offer": ["accepted", "declined", "expired"], "sub_scenario": ["done", "skipped"]}
    return ["asked"] if kind in INQUIRIES else named.get(kind, ["next"])


def wakes(kind: str, params: Mapping[str, Any]) -> dict[str, str]:
    """Signal kind -> the port by which it lets a resting case go."""
    if kind == "wait.signal":
        return {signal: signal if params["separate"] else "received" for signal in params["signal_kinds"]}
    return {"offer_accepted": "accepted", "offer_declined": "declined"} if kind == "offer" else {}


def route(kind: str, params: Mapping[str, Any], asked: Asked) -> str:
    """The port of a node where cases do not always rest, or `STAY`."""
    if kind == "condition":
        return "yes" if holds(params["rule"], asked.facts) else "no"
    if kind == "switch":
        fits = (item["key"] for item in params["branches"] if holds(item["rule"], asked.facts))
        return next(fits, "otherwise")
    if kind == "split":
        drawn = lot(asked.borrower.lot, f"{asked.scenario_key}/{params['salt'] or asked.node}")
        bounds = accumulate(arm["weight"] for arm in params["arms"])
        return next(arm["key"] for arm, bound in zip(params["arms"], bounds, strict=True) if drawn < bound * 100)
    if kind == "sub_scenario":
        return STAY if asked.can_run(params["scenario"]) else "skipped"
    if kind in CONTACTS:
        contact_kind, channel, address, _fields = CONTACTS[kind]
        word = asked.contact(contact_kind, channel, getattr(asked.borrower, address))
        allowed = HELD if params["confirm_hours"] else "sent"
        if word.startswith(("limit:", "talk:")) and asked.days_here < params["limit_days"]:
            return STAY
        return {"allow": allowed, "defer": STAY, "no_address": "no_address"}.get(word, "blocked")
    if kind in INQUIRIES:
        return "asked"
    return "end" if kind in ENDS else "next"


def rest_until(kind: str, params: Mapping[str, Any], asked: Asked) -> datetime | None:
    """When a case that stays is looked at again."""
    now, zone = asked.now, asked.borrower.time_zone
    if kind in CONTACTS:
        return asked.contact_moment if asked.contact_moment > now else asked.contact_a_day_on()
    if kind == "wait.duration":
        length = seconds(params)
        return Later(length, params["at"])(now, zone) if params["at"] else now + timedelta(seconds=length)
    if kind == "wait.signal":
        return now + timedelta(seconds=seconds(params["timeout"]))
    if kind == "task":
        return now + timedelta(seconds=seconds(params["expires"]))
    if kind == "offer":
        return now + timedelta(days=params["valid_days"])
    return _until(params, asked) if kind == "wait.until" else None


def _until(params: Mapping[str, Any], asked: Asked) -> datetime:
    now, zone, mode, at = asked.now, asked.borrower.time_zone, params["mode"], params["at"]
    if mode == "working":
        return WorkingMoment(at, params["until"])(now, zone)
    if mode == "weekday":
        chosen = frozenset(index for index, key in enumerate(WEEKDAYS) if key in params["weekdays"])
        return Weekday(chosen, at)(now, zone)
    if mode == "month_day":
        return MonthDay(params["month_day"], at)(now, zone)
    name, soon = params["date_field"], now + timedelta(minutes=1)
    day = asked.promised_on if name == "promise_due_on" else getattr(asked.loan, name)
    if day is None:
        return soon
    hour, minute = map(int, at.split(":"))
    # the zone's present distance from UTC, as the help of the node says
    offset = now.astimezone(zone_named(zone)).utcoffset() or timedelta(0)
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - offset
    return max(moment + timedelta(days=params["offset_days"]), soon)


def message_of(kind: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a case that leaves by `sent` (a webhook: `next`) puts into the outbox."""
    if kind == "webhook":
        content = {"url": params["url"], "fields": list(params["payload"])}
        return {"channel": "webhook", "connector": params["connector"], "content": content}
    if kind in CONTACTS:
        _kind, channel, _address, fields = CONTACTS[kind]
        return {
            "channel": channel,
            "connector": params["connector"],
            "content": {field: params[field] for field in fields}
            | ({"awaited": True} if params["confirm_hours"] else {}),
        }
    return None
