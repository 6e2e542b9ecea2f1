"""Consents: what was said, by whom and where it is written. The last word holds, the history stays.

A word about contact is more than a note: taken back it refuses the channel, given again it allows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.contacts import refusals
from scenario_engine.contacts.third_parties import PURPOSE, party_of
from scenario_engine.errors import Invalid, NotFound, Problem
from scenario_engine.models import Borrower, Consent
from scenario_engine.models.consent import CHANNELS, CONSENT_SOURCES, PURPOSES
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Word:
    """What somebody said."""

    act: Literal["given", "revoked"]
    #: one of PURPOSES
    purpose: str
    #: one of CHANNELS; null: whatever the channel
    channel: str | None = None
    #: about this person; only for talks with a third party
    third_party_id: int | None = None
    #: borrower, or third_party
    said_by: str = "borrower"
    #: one of CONSENT_SOURCES
    source: str
    #: the day on the paper
    dated: date | None = None
    #: number of the paper, or where it is kept
    document: str | None = None


def write_down(session: Session, borrower_id: int, word: Word, *, actor: str, now: datetime) -> int:
    """Append it to the history, and let it take effect: how many queued messages were cancelled.

    Raises `NotFound`, and `Invalid` with everything that is wrong.
    """
    borrower = session.get(Borrower, borrower_id)
    if borrower is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."), code="borrower.unknown")
    problems = list(_problems(word, now.astimezone(ZoneInfo(borrower.time_zone)).date()))
    if problems:
        raise Invalid(
            Text("It cannot be written down so.", "Так записать нельзя."), code="consent.invalid", problems=problems
        )
    if word.third_party_id is not None:
        party_of(session, borrower_id, word.third_party_id)
    cancelled = 0
    if word.purpose == "contact":
        changed = refusals.change(
            session, borrower_id, word.channel, word.act, source=word.source, actor=actor, now=now
        )  # fmt: skip
        cancelled = changed.cancelled
    session.add(
        Consent(
            borrower_id=borrower_id, third_party_id=word.third_party_id, said_by=word.said_by, purpose=word.purpose,
            channel=word.channel, act=word.act, at=now, dated=word.dated, source=word.source, document=word.document,
            by=actor,
        )
    )  # fmt: skip
    audit.record(
        session, at=now, actor=actor, action=f"borrower.consent_{word.act}", subject_type="borrower",
        subject_id=borrower_id, purpose=word.purpose, said_by=word.said_by, source=word.source,
        **({} if word.third_party_id is None else {"third_party": word.third_party_id}),
    )  # fmt: skip
    session.flush()
    return cancelled


def standing(session: Session, borrower_id: int) -> dict[str, Consent]:
    """The last word about each purpose that was ever spoken of, whatever the channel; third parties apart."""
    said = session.scalars(
        select(Consent)
        .where(Consent.borrower_id == borrower_id, Consent.third_party_id.is_(None), Consent.channel.is_(None))
        .order_by(Consent.id)
    )
    return {each.purpose: each for each in said}


def _problems(word: Word, today: date) -> list[Problem]:
    found = []

    def wrong(field: str, en: str, ru: str) -> None:
        found.append(Problem(code=f"consent.{field}", field=field, text=Text(en, ru)))

    if word.purpose not in PURPOSES:
        wrong("purpose", "There is no such purpose.", "Такой цели нет.")
    if word.channel is not None and (word.channel not in CHANNELS or word.purpose not in ("contact", "marketing")):
        wrong("channel", "There is no such channel.", "Такого канала нет.")
    if word.source not in CONSENT_SOURCES:
        wrong("source", "There is no such source.", "Такого источника нет.")
    if (word.third_party_id is not None) != (word.purpose == PURPOSE):
        wrong("third_party_id", "Say which person it is about.", "Укажите, о каком человеке речь.")
    if word.said_by not in ("borrower", "third_party") or (word.said_by == "third_party" and word.purpose != PURPOSE):
        wrong("said_by", "Only the borrower can say this.", "Это может сказать только сам заёмщик.")
    if word.dated is not None and word.dated > today:
        wrong("dated", "This day is still to come.", "Этот день ещё не наступил.")
    written = word.said_by == "third_party" and word.act == "given"
    if written and not (word.document or "").strip():
        wrong(
            "document",
            "The third party's own consent must be in writing: name the paper.",
            "Согласие третьего лица нужно письменное: укажите документ.",
        )
    return found
