"""The contact policy in force at an instant."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from scenario_engine.errors import NotFound
from scenario_engine.models import CalendarDay, PolicyVersion
from scenario_engine.policies.days import WorkingCalendar
from scenario_engine.policies.pack import ContactPolicy, read_pack
from scenario_engine.policies.shipped import SHIPPED
from scenario_engine.texts import Text


def edition_in_force(session: Session, key: str, now: datetime) -> Hashable:
    """What `policy_in_force` would read, without reading it: equal for two instants when it is the same for both."""
    held = session.scalar(_in_force(key, now).with_only_columns(PolicyVersion.id))
    days = session.execute(select(CalendarDay.country, CalendarDay.day, CalendarDay.rest).order_by(CalendarDay.day))
    return (held, *(tuple(row) for row in days))


def policy_in_force(session: Session, key: str, now: datetime) -> ContactPolicy:
    """The policy of that key at an instant, the shipped one before all others; `NotFound` for an unknown key."""
    if key not in SHIPPED:
        raise NotFound(Text("There is no contact policy “{key}”.", "Нет политики контактов «{key}».").format(key=key))
    held = session.scalar(_in_force(key, now))
    document = SHIPPED[key].document if held is None else held.document
    return read_pack(key, document, calendar_of(session, document["country"]))


def version_in_force(session: Session, key: str, now: datetime) -> PolicyVersion | None:
    """The version in the database that is in force; None while that is the shipped one."""
    return session.scalar(_in_force(key, now))


def calendar_of(session: Session, country: str | None) -> WorkingCalendar:
    """The country's calendar with the days that were decreed."""
    return WorkingCalendar(country=country, decreed=decreed_days(session, country))


def decreed_days(session: Session, country: str | None) -> dict[date, bool]:
    """The days that are otherwise than the country's calendar has them: rest or not."""
    rows = session.execute(
        select(CalendarDay.day, CalendarDay.rest).where(CalendarDay.country == country, CalendarDay.rest.is_not(None))
    )
    return {row.day: bool(row.rest) for row in rows}


def ship(session: Session, *, now: datetime, actor: str) -> int:
    """Write the shipped policies that are not there yet; gives how many were new."""
    known = set(session.scalars(select(PolicyVersion.key)))
    new = [key for key in SHIPPED if key not in known]
    for key in new:
        session.add(
            PolicyVersion(
                key=key,
                revision=1,
                valid_from=SHIPPED[key].valid_from,
                document=dict(SHIPPED[key].document),
                state="approved",
                author=actor,
                changed_at=now,
                reviewed_at=now,
            )
        )
    session.flush()
    return len(new)


def _in_force(key: str, now: datetime) -> Select[PolicyVersion]:
    return (
        select(PolicyVersion)
        .where(PolicyVersion.key == key, PolicyVersion.state == "approved", PolicyVersion.valid_from <= now)
        .order_by(PolicyVersion.valid_from.desc(), PolicyVersion.revision.desc())
        .limit(1)
    )
