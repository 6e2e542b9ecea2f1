"""A contact policy as a value, read from its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal

from scenario_engine.policies.days import WorkingCalendar, zone_of
from scenario_engine.policies.windows import DAY, HOUR, Calendar, Rolling, Window
from scenario_engine.texts import Text

#: what contacts are counted as
KINDS: Mapping[str, Text] = {
    "message": Text("messages (SMS, e-mail, messenger)", "сообщения (SMS, почта, мессенджер)"),
    "call": Text("calls, an operator's and a robot's alike", "звонки оператора и робота вместе"),
    "meeting": Text("meetings", "встречи"),
}
#: what a policy may want every message to name: variable of a text -> in words
IDENTIFICATION: Mapping[str, Text] = {
    "creditor_name": Text("the creditor's name", "название кредитора"),
    "creditor_phone": Text("the creditor's phone", "телефон кредитора"),
}
#: a contact that the borrower began: it counts against no limit
INCOMING = "incoming"
#: `Contact.outcome` of a contact in which people talked
TALKED = "talked"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `contacts` in each of the windows."""

    contacts: int
    windows: tuple[Window, ...]
    #: counted for the borrower over all loans, or for the one loan
    per: Literal["borrower", "loan"] = "borrower"
    #: counted are attempts, the new one among them, or conversations that there have been
    counts: Literal["attempts", "talks"] = "attempts"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """Local hours in which a contact may begin, `opens` included, `closes` not."""

    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True)
class Moratorium:
    """A time without any contact that the borrower may ask for."""

    #: its longest length
    days: int
    #: months from one to the next
    once_in_months: int


@dataclass(frozen=True, kw_only=True)
class ContactPolicy:
    """One version of a policy, with the calendar as it stands."""

    key: str
    title: Text
    source: str
    limits: Mapping[str, tuple[Limit, ...]]
    working_days: Hours
    rest_days: Hours
    calendar: WorkingCalendar
    #: channels that nobody may use until this policy says otherwise
    channels_off: frozenset[str]
    #: a contact that the borrower agreed to beforehand counts against no limit
    consent_exempts: bool
    #: days past due from which the borrower may refuse contact; null: at any time
    refusal_from_days: int | None
    #: consents without which nobody talks to a third person
    third_party_consents: int
    #: variables that every message must hold, so that it says who writes
    identification: frozenset[str]
    moratorium: Moratorium | None

    @property
    def every_limit(self) -> Sequence[tuple[str, Limit]]:
        """The limits with the kind of contact that each is of, in their order."""
        return [(kind, limit) for kind, of_kind in self.limits.items() for limit in of_kind]

    @property
    def stop_days(self) -> Mapping[str, int]:
        """How many days a stop lasts by this policy, by its reason; the other reasons have no end of their own."""
        return {} if self.moratorium is None else {"moratorium": self.moratorium.days}

    def is_rest_day(self, now: datetime, time_zone: str) -> bool:
        """Whether it is a day of rest where the borrower lives."""
        return self.calendar.is_rest_day(now.astimezone(zone_of(time_zone)).date())

    def next_moment(self, now: datetime, time_zone: str) -> datetime:
        """The earliest instant from `now` on at which the hours allow a contact in that zone, maybe `now` itself."""
        zone = zone_of(time_zone)
        local = now.astimezone(zone)
        for ahead in range(16):
            day = local.date() + timedelta(days=ahead)
            hours = self.rest_days if self.calendar.is_rest_day(day) else self.working_days
            opens = datetime.combine(day, hours.opens, zone)
            closes = datetime.combine(day, hours.closes, zone)
            if now < opens:
                return opens.astimezone(UTC)
            if now < closes:
                return now
        raise AssertionError("a policy opens every day")

    def a_day_on(self, now: datetime, time_zone: str) -> datetime:
        """The earliest instant, a day from now or later, at which the hours allow a contact in that zone."""
        return self.next_moment(now + timedelta(days=1), time_zone)


def read_pack(key: str, document: Mapping[str, Any], calendar: WorkingCalendar | None = None) -> ContactPolicy:
    """The policy that a checked document holds (`editing.check`); its own country's calendar without decrees when none
    is given.
    """
    country = document["country"]
    moratorium = document["moratorium"]
    return ContactPolicy(
        key=key,
        title=Text(document["title"]["en"], document["title"]["ru"]),
        source=document["source"],
        limits={
            kind: tuple(_limit(each) for each in document["limits"] if each["kind"] == kind)
            for kind in KINDS
            if any(each["kind"] == kind for each in document["limits"])
        },
        working_days=_hours(document["hours"]["working"]),
        rest_days=_hours(document["hours"]["rest"]),
        calendar=calendar or WorkingCalendar(country=country),
        channels_off=frozenset(document["channels_off"]),
        consent_exempts=document["consent_exempts"],
        refusal_from_days=document["refusal_from_days"],
        third_party_consents=document["third_party_consents"],
        identification=frozenset(document["identification"]),
        moratorium=None if moratorium is None else Moratorium(**moratorium),
    )


def _limit(said: Mapping[str, Any]) -> Limit:
    return Limit(
        contacts=said["contacts"],
        windows=tuple(_window(each) for each in said["windows"]),
        per=said["per"],
        counts=said["counts"],
    )


def _window(said: Mapping[str, Any]) -> Window:
    if "calendar" in said:
        return Calendar(said["calendar"])
    return Rolling(said["rolling_days"] * DAY if "rolling_days" in said else said["rolling_hours"] * HOUR)


def _hours(said: list[str]) -> Hours:
    opens, closes = (time.fromisoformat(each) for each in said)
    return Hours(opens=opens, closes=closes)
