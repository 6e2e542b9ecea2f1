"""Contact policies for their page: what holds, what held, what is proposed, and a year of working days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from scenario_engine.errors import NotFound
from scenario_engine.models import CalendarDay, PolicyVersion
from scenario_engine.policies.days import WorkingCalendar, holiday_name
from scenario_engine.policies.pack import KINDS, read_pack
from scenario_engine.policies.shelf import calendar_of, version_in_force
from scenario_engine.policies.shipped import SHIPPED
from scenario_engine.policies.wording import COUNTRIES, lines
from scenario_engine.texts import Text


def policy_list(session: Session, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Every policy with the version in force and what is being worked on."""
    items = []
    for key in SHIPPED:
        held = version_in_force(session, key, now)
        document = SHIPPED[key].document if held is None else held.document
        policy = read_pack(key, document)
        versions = session.scalars(select(PolicyVersion).where(PolicyVersion.key == key)).all()
        coming = [
            each.valid_from
            for each in versions
            if each.state == "approved" and each.valid_from is not None and each.valid_from > now
        ]
        items.append(
            {
                "key": key,
                "title": policy.title.say(actor.language),
                "source": policy.source,
                "revision": 1 if held is None else held.revision,
                "valid_from": SHIPPED[key].valid_from if held is None else held.valid_from,
                "waiting": sum(each.state == "waiting" for each in versions),
                "drafts": sum(each.state == "draft" for each in versions),
                "coming": min(coming, default=None),
            }
        )
    return {"items": items}


def policy_card(session: Session, actor: Actor, key: str, *, now: datetime) -> dict[str, Any]:
    """A policy with all its versions, the newest first, each in words and beside the one in force."""
    if key not in SHIPPED:
        raise NotFound(Text("There is no such contact policy.", "Такой политики контактов нет."))
    held = version_in_force(session, key, now)
    document = SHIPPED[key].document if held is None else held.document
    versions = session.scalars(
        select(PolicyVersion).where(PolicyVersion.key == key).order_by(PolicyVersion.revision.desc())
    ).all()
    return {
        "key": key,
        "title": read_pack(key, document).title.say(actor.language),
        "source": document["source"],
        "document": dict(document),
        "lines": _said(key, document, actor.language),
        "kinds": [{"key": kind, "title": title.say(actor.language)} for kind, title in KINDS.items()],
        "versions": [_version(each, document, held, actor) for each in versions],
    }


def _version(
    version: PolicyVersion, in_force: Mapping[str, Any], held: PolicyVersion | None, actor: Actor
) -> dict[str, Any]:
    return {
        "id": version.id,
        "revision": version.revision,
        "valid_from": version.valid_from,
        "state": version.state,
        "in_force": held is not None and held.id == version.id,
        "note": version.note,
        "author": version.author,
        "changed_at": version.changed_at,
        "reviewer": version.reviewer,
        "reviewed_at": version.reviewed_at,
        "remark": version.remark,
        "document": version.document,
        "lines": _said(version.key, version.document, actor.language),
        "changes": _changes(version.key, in_force, version.document, actor.language),
    }


def _said(key: str, document: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    return [
        {"key": line.key, "title": line.title.say(language), "text": line.text.say(language)}
        for line in lines(read_pack(key, document))
    ]


def _changes(
    key: str, before: Mapping[str, Any], after: Mapping[str, Any], language: str
) -> list[dict[str, str | None]]:
    """The lines that read otherwise than in the version in force."""
    was = {line["key"]: line for line in _said(key, before, language)}
    now = {line["key"]: line for line in _said(key, after, language)}
    found: list[dict[str, str | None]] = []
    for each in [*now, *(gone for gone in was if gone not in now)]:
        old, new = was.get(each), now.get(each)
        before_text, after_text = old["text"] if old else None, new["text"] if new else None
        if before_text != after_text:
            said = new or old
            assert said is not None  # it stands in one of them
            found.append({"title": said["title"], "before": before_text, "after": after_text})
    return found


def year_card(session: Session, actor: Actor, country: str, year: int) -> dict[str, Any]:
    """The days of a year: which are days of rest, and why."""
    if country not in COUNTRIES:
        raise NotFound(Text("There is no calendar of this country.", "Календаря этой страны нет."))
    calendar = calendar_of(session, country)
    first, last = date(year, 1, 1), date(year, 12, 31)
    notes = {
        row.day: row
        for row in session.scalars(
            select(CalendarDay).where(CalendarDay.country == country, CalendarDay.day.between(first, last))
        )
    }
    return {
        "country": country,
        "year": year,
        "countries": [{"key": key, "title": title.say(actor.language)} for key, title in COUNTRIES.items()],
        "days": [_day(first + timedelta(days=number), calendar, notes) for number in range((last - first).days + 1)],
    }


def _day(day: date, calendar: WorkingCalendar, notes: Mapping[date, CalendarDay]) -> dict[str, Any]:
    noted = notes.get(day)
    decreed = noted is not None and noted.rest is not None
    return {
        "day": day,
        "rest": calendar.is_rest_day(day),
        "decreed": decreed,
        "name": noted.note if noted is not None and decreed else holiday_name(day, calendar.country),
    }
