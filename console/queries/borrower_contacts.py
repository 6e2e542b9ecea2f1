"""How a borrower is reached and what they have said about it: the part of the card beside who they are."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.queries.visibility import Veil
from scenario_engine.contacts.addresses import country_of, is_given_out
from scenario_engine.contacts.consents import standing
from scenario_engine.contacts.stops import last_day, refusal_opens
from scenario_engine.contacts.third_parties import consents_of, missing
from scenario_engine.models import (
    Borrower,
    ChannelRefusal,
    Consent,
    Contact,
    ContactPoint,
    Loan,
    Product,
    Promise,
    ThirdParty,
)
from scenario_engine.models.consent import CHANNELS, PURPOSES
from scenario_engine.policies.bench import used
from scenario_engine.policies.shelf import policy_in_force
from scenario_engine.policies.shipped import USUAL
from scenario_engine.policies.stop_ends import stop_ends
from scenario_engine.policies.wording import limit_in_words

_LOANS = 200
_HISTORY = 100
_WEEKS = 12
KINDS = ("message", "call", "meeting")


def refusal_from_days(session: Session, now: datetime) -> int | None:
    """Days past due from which a borrower may refuse all contact, by the policy in force; None: always."""
    return policy_in_force(session, USUAL, now).refusal_from_days


def contact_card(session: Session, actor: Actor, borrower_id: int, *, now: datetime) -> dict[str, Any]:
    """The card as `console.api.shapes.contacts` has it; addresses and names are masked for whom the role says so."""
    person = session.get_one(Borrower, borrower_id)
    on = now.astimezone(ZoneInfo(person.time_zone)).date()
    veil = Veil(actor)
    loans = _loans(session, borrower_id)
    return {
        "id": borrower_id,
        "loans": loans,
        "totals": _totals(session, borrower_id, loans),
        "stop": {
            "reason": person.contact_stop,
            "until": last_day(person),
            "ends": [
                {"reason": reason, "until": day}
                for reason, day in sorted(stop_ends(session, borrower_id, now=now).items())
            ],
        },
        "refusal": _refusal(session, borrower_id, now, on),
        "refusals": [
            {"channel": row.channel, "since": row.since, "source": row.source, "by": row.by}
            for row in session.scalars(
                select(ChannelRefusal).where(ChannelRefusal.borrower_id == borrower_id).order_by(ChannelRefusal.channel)
            )
        ],
        "channels": list(CHANNELS),
        "points": _points(session, veil, borrower_id),
        "third_parties": _third_parties(session, actor, borrower_id, now),
        "consents": _consents(session, borrower_id),
        "history": _history(session, borrower_id),
        **_made(session, borrower_id, now, person.time_zone),
        "limits": _limits(session, actor, person, now),
    }


def _limits(session: Session, actor: Actor, person: Borrower, now: datetime) -> dict[str, Any]:
    """What is used of each limit of the policy that a person's contacts follow."""
    policy = policy_in_force(session, USUAL, now)
    return {
        "policy": policy.title.say(actor.language),
        "items": [
            {
                "kind": each.kind,
                "text": limit_in_words(each.limit).say(actor.language),
                "counts": each.limit.counts,
                "used": each.contacts,
                "most": each.limit.contacts,
                "reached": each.is_reached,
            }
            for each in used(session, policy, borrower_id=person.id, time_zone=person.time_zone, now=now)
        ],
    }


def _loans(session: Session, borrower_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            Loan.id, Loan.external_id, Product.name.label("product"), Loan.state, Loan.issued_on, Loan.principal,
            Loan.balance, Loan.overdue, Loan.dpd, Loan.bucket,
        )
        .join(Product, Product.id == Loan.product_id)
        .where(Loan.borrower_id == borrower_id)
        .order_by((Loan.state == "open").desc(), Loan.id.desc())
        .limit(_LOANS)
    )  # fmt: skip
    return [dict(row._mapping) for row in rows]


def _totals(session: Session, borrower_id: int, loans: list[dict[str, Any]]) -> dict[str, int]:
    still = [loan for loan in loans if loan["state"] == "open"]
    kept: Counter[str] = Counter()
    said = (
        select(Promise.state, func.count().label("times"))
        .join(Loan, Loan.id == Promise.loan_id)
        .where(Loan.borrower_id == borrower_id)
        .group_by(Promise.state)
    )
    for row in session.execute(said):
        kept[row.state] = row.times
    return {
        "open": len(still),
        "loans": len(loans),
        "balance": sum(loan["balance"] for loan in still),
        "overdue": sum(loan["overdue"] for loan in still),
        "dpd": max((loan["dpd"] for loan in still), default=0),
        "promises_kept": kept["kept"],
        "promises_broken": kept["broken"],
    }


def _refusal(session: Session, borrower_id: int, now: datetime, on: date) -> dict[str, Any]:
    days = refusal_from_days(session, now)
    opens = None if days is None else refusal_opens(session, borrower_id, days)
    return {"days": days, "opens": opens, "may": days is None or (opens is not None and opens <= on)}


def _points(session: Session, veil: Veil, borrower_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(ContactPoint)
        .where(ContactPoint.borrower_id == borrower_id)
        .order_by(ContactPoint.valid_to.is_not(None), ContactPoint.in_use.desc(), ContactPoint.kind, ContactPoint.id)
    )
    shown = {"phone": veil.phone, "email": veil.email, "messenger": veil.address}
    return [
        {
            "id": row.id,
            "third_party_id": row.third_party_id,
            "kind": row.kind,
            "value": shown[row.kind](row.value),
            "country": country_of(row.value) if row.kind == "phone" else None,
            "given_out": row.kind != "phone" or is_given_out(row.value),
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "end_reason": row.end_reason,
            "verified_at": row.verified_at,
            "verified_by": row.verified_by,
            "source": row.source,
            "in_use": row.in_use,
            "added_at": row.added_at,
            "added_by": row.added_by,
        }
        for row in rows
    ]


def _third_parties(session: Session, actor: Actor, borrower_id: int, now: datetime) -> list[dict[str, Any]]:
    veil, asked = Veil(actor), policy_in_force(session, USUAL, now).third_party_consents
    rows = session.scalars(
        select(ThirdParty)
        .where(ThirdParty.borrower_id == borrower_id, ThirdParty.removed_at.is_(None))
        .order_by(ThirdParty.id)
    ).all()
    found = []
    for row in rows:
        agreed = consents_of(session, row.id)
        lacking = missing(session, row.id, asked)
        found.append(
            {
                "id": row.id,
                "name": veil.name(row.full_name),
                "relation": row.relation,
                "borrower_agrees": "borrower" in agreed,
                "third_party_agrees": "third_party" in agreed,
                "missing": None if lacking is None else lacking.say(actor.language),
            }
        )
    return found


def _consents(session: Session, borrower_id: int) -> list[dict[str, Any]]:
    """The last word about each purpose; the contact itself and third parties are told by their own parts."""
    last = standing(session, borrower_id)
    return [
        {
            "purpose": purpose,
            "act": None if (word := last.get(purpose)) is None else word.act,
            "at": None if word is None else word.at,
            "dated": None if word is None else word.dated,
            "source": None if word is None else word.source,
            "document": None if word is None else word.document,
        }
        for purpose in PURPOSES
        if purpose != "third_party"
    ]


def _history(session: Session, borrower_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Consent).where(Consent.borrower_id == borrower_id).order_by(Consent.id.desc()).limit(_HISTORY)
    )
    names = ("id", "third_party_id", "said_by", "purpose", "channel", "act", "at", "dated", "source", "document", "by")
    return [{name: getattr(row, name) for name in names} for row in rows]


def _made(session: Session, borrower_id: int, now: datetime, time_zone: str) -> dict[str, Any]:
    """Contacts over all loans: in the borrower's own day, week and month, and by weeks."""
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    first = min(monday - timedelta(weeks=_WEEKS - 1), today.replace(day=1))
    rows = session.execute(
        select(Contact.kind, Contact.at).where(
            Contact.borrower_id == borrower_id, Contact.at > now - (today - first + timedelta(days=1))
        )
    )
    days = Counter((row.kind, row.at.astimezone(zone).date()) for row in rows)

    def since(kind: str, start: date, end: date = today) -> int:
        return sum(times for (each, day), times in days.items() if each == kind and start <= day <= end)

    weeks = [monday - timedelta(weeks=back) for back in reversed(range(_WEEKS))]
    return {
        "windows": [
            {
                "kind": kind,
                "today": since(kind, today),
                "week": since(kind, monday),
                "month": since(kind, today.replace(day=1)),
            }
            for kind in KINDS
        ],
        "weeks": [
            {"monday": week, "contacts": sum(since(kind, week, week + timedelta(days=6)) for kind in KINDS)}
            for week in weeks
        ],
    }
