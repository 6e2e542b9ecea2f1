"""The guard answers as a slow, plain reference does, on random histories of contacts.

`KASKAD_HISTORIES=100000` searches that many histories, and makes what it finds small.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.engine.frame import CompileFrame, Moments
from scenario_engine.engine.guard import word_of
from scenario_engine.engine.levels import TABLES
from scenario_engine.models import Borrower, CalendarDay, ChannelRefusal, Contact
from scenario_engine.policies.days import WorkingCalendar
from scenario_engine.policies.pack import read_pack
from scenario_engine.policies.shipped import SHIPPED
from tests.builders import a_borrower, a_loan
from tests.policies import reference
from tests.policies.reference import Made, Person

HISTORIES = os.environ.get("KASKAD_HISTORIES")
#: people in one example: one statement answers for all of them
PEOPLE = 20
EXAMPLES = int(HISTORIES or "600") // PEOPLE
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if HISTORIES else [])]
HOME = "Europe/Moscow"
ZONES = (
    "Europe/Moscow", "Asia/Vladivostok", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
    "America/Havana", "Nowhere/Land",
)  # fmt: skip
CHANNELS = {"message": ("sms", "messenger"), "call": ("robot_call", "operator_call"), "meeting": ("meeting",)}
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
DECREED = {date(2026, 3, 9): False, date(2026, 3, 10): True, date(2026, 10, 31): False}
#: days around which clocks change, years and months end, people rest
DAYS = [date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 29), date(2026, 10, 4), date(2026, 10, 25), date(2026, 11, 1),
        date(2026, 12, 31), date(2027, 1, 1), date(2026, 3, 31), date(2026, 6, 15)]  # fmt: skip

#: which windows of a limit are kept: a shipped policy names both kinds, and one of them mostly holds the other
VARIANTS = ("both", "calendar", "rolling")
EDGES = [timedelta(hours=hours) for hours in (0, 1, 12, 23, 24, 25, 48)]
EDGES += [timedelta(days=days) for days in (3, 6, 7, 8, 14, 28, 30, 31, 32, 40)]


@dataclass(frozen=True, kw_only=True)
class Story:
    """Somebody's history."""

    person: Person
    history: tuple[Made, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question about everybody of an example."""

    key: str
    variant: str
    kind: str
    channel: str
    moments: tuple[datetime, ...]
    #: the people and their histories
    seed: int

    @property
    def document(self) -> dict[str, Any]:
        """The policy's document."""
        document = dict(SHIPPED[self.key].document)
        document["limits"] = [self._kept(limit) for limit in document["limits"]]
        return document

    def _kept(self, limit: dict[str, Any]) -> dict[str, Any]:
        windows = [window for window in limit["windows"] if self.variant == "both" or
                   (self.variant == "calendar") == ("calendar" in window)]  # fmt: skip
        return {**limit, "windows": windows or limit["windows"]}

    @property
    def stories(self) -> list[Story]:
        """Drawn anew every time, and the same every time."""
        draw = Random(self.seed)
        return [self._story(draw) for _ in range(PEOPLE)]

    def _story(self, draw: Random) -> Story:
        now = self.moments[0]
        zone = draw.choice(ZONES)
        person = Person(
            time_zone=zone,
            loan=1,
            address=draw.choice(["somewhere"] * 20 + [None, ""]),
            stop=draw.choice([None] * 12 + ["bankruptcy", "their own: words"]),
            stop_until=draw.choice([None, None, now, now + MICRO, now - MICRO]),
            refused=frozenset(draw.choice([()] * 12 + [(self.channel,), ("email",)])),
        )
        made = [
            Made(
                kind=draw.choice([self.kind] * 3 + ["incoming", "message"]),
                at=min(_when(draw, now, zone), now),
                loan=draw.choice([1, 1, 2]),
                outcome=draw.choice([None, None, None, "talked"]),
            )
            for _ in range(draw.choice([0, 1, 2, 4, 8, 16]))
        ]
        return Story(person=person, history=tuple(made))


def _when(draw: Random, now: datetime, zone: str) -> datetime:
    """When a contact was made: near the end of a rolling window, the beginning of a calendar one, or anywhere."""
    nudge = draw.choice([0, 0, -1, 1]) * MICRO
    sort = draw.randrange(3)
    if sort == 0:
        return now - draw.choice(EDGES) + nudge
    if sort == 1:
        day = now.astimezone(reference.zone(zone)).date()
        first = draw.choice([day, day - timedelta(days=day.weekday()), day.replace(day=1)])
        return datetime.combine(first, time(), reference.zone(zone)).astimezone(UTC) + nudge
    return now - timedelta(minutes=draw.randrange(45 * 24 * 60))


def moments() -> st.SearchStrategy[datetime]:
    """Instants near which something begins or ends somewhere."""
    return st.builds(
        lambda day, hour, minutes, nudge: (
            datetime(day.year, day.month, day.day, hour, tzinfo=UTC) + timedelta(minutes=minutes) + nudge * MICRO
        ),
        st.sampled_from(DAYS),
        st.integers(0, 23),
        st.sampled_from([0, 0, 0, 30, 1, 59]),
        st.sampled_from([0, 0, 0, -1, 1]),
    )


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """A policy, a kind of contact, and people."""
    kind = draw(st.sampled_from(["message", "message", "call", "call", "meeting"]))
    now = draw(moments())
    return Asked(
        key=draw(st.sampled_from(sorted(SHIPPED))),
        variant=draw(st.sampled_from(VARIANTS)),
        kind=kind,
        channel=draw(st.sampled_from(CHANNELS[kind])),
        moments=(now, now + draw(st.sampled_from(EDGES))),
        seed=draw(st.integers(0, 2**32)),
    )


@pytest.fixture
def peopled(database: Database) -> Database:
    """A database with the people of every example; each has two loans."""
    with database.write() as session:
        for _ in range(PEOPLE):
            borrower = a_borrower(session)
            assert [a_loan(session, borrower).id for _ in range(2)] == [2 * borrower.id - 1, 2 * borrower.id]
        session.add_all(
            CalendarDay(country=country, day=day, rest=rest, changed_at=LONG_AGO, changed_by="x")
            for country in ("RU", "US", "GB")
            for day, rest in DECREED.items()
        )
    return database


@settings(
    max_examples=max(EXAMPLES, 1), deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES,
    report_multiple_bugs=False,
)  # fmt: skip
@given(asked=questions())
def test_the_guard_equals_the_reference(peopled: Database, asked: Asked) -> None:
    document, stories = asked.document, asked.stories
    decreed = DECREED if document["country"] else {}
    with peopled.write() as session:
        _write(session, stories)
        for now in asked.moments:
            expected = [
                reference.guard(
                    document, story.person, story.history, kind=asked.kind, channel=asked.channel, now=now,
                    decreed=decreed,
                )
                for story in stories
            ]  # fmt: skip
            assert _answers(session, asked, now) == expected, now


def _write(session: Session, stories: Sequence[Story]) -> None:
    """Bring the people of the database into the state that the example says."""
    session.execute(delete(Contact))
    session.execute(delete(ChannelRefusal))
    ids = count(1)
    contacts, refusals, people = [], [], []
    for borrower, story in enumerate(stories, start=1):
        person = story.person
        people.append({"id": borrower, "time_zone": person.time_zone, "phone": person.address,
                       "contact_stop": person.stop, "contact_stop_until": person.stop_until})  # fmt: skip
        contacts += [
            {"id": next(ids), "borrower_id": borrower, "loan_id": 2 * borrower - 2 + made.loan, "kind": made.kind,
             "channel": "any", "at": made.at, "outcome": made.outcome}
            for made in story.history
        ]  # fmt: skip
        refusals += [
            {"borrower_id": borrower, "channel": channel, "since": LONG_AGO, "source": "link", "by": "borrower"}
            for channel in person.refused
        ]
    session.execute(update(Borrower), people)
    for entity, rows in ((Contact, contacts), (ChannelRefusal, refusals)):
        if rows:
            session.execute(insert(entity), rows)


def _answers(session: Session, asked: Asked, now: datetime) -> list[str]:
    """What the engine's statement says of each person's first loan: one statement for all of them, as in a batch."""
    country = asked.document["country"]
    calendar = WorkingCalendar(country=country, decreed=DECREED if country else {})
    policy = read_pack(asked.key, asked.document, calendar)
    loans, borrowers = TABLES["loan"], TABLES["borrower"]
    columns: dict[str, Any] = {f"loan_{column.key}": column for column in loans.c}
    columns |= {f"borrower_{column.key}": column for column in borrowers.c}
    zones = Moments(tuple(sorted(ZONES)), HOME)
    frame = CompileFrame(
        columns=columns, asked=set(), moments=zones, version_id=1, scenario_key="x", settings={}, policy=policy
    )
    word = word_of(frame, kind=asked.kind, channel=asked.channel, address=frame.borrower.phone, earlier=())
    first_loans = (
        select(word)
        .join_from(loans, borrowers, borrowers.c.id == loans.c.borrower_id)
        .where(loans.c.id % 2 == 1)
        .order_by(loans.c.id)
    )
    return list(session.scalars(first_loans, {**zones.values(now), "now": now}))
