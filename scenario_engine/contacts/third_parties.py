"""People beside the borrower. Nobody talks to one without two consents: the borrower's, and their own written one.

A contact policy may ask for fewer: for the borrower's alone, or for none.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Invalid, NotFound, Problem
from scenario_engine.models import Consent, ContactPoint, ThirdParty
from scenario_engine.texts import Text

PURPOSE = "third_party"
#: who has to have said yes
BOTH = ("borrower", "third_party")
_MISSING = {
    BOTH: Text(
        "The borrower's consent and the person's own written one are missing.",
        "Нет согласия заёмщика и письменного согласия самого человека.",
    ),
    BOTH[:1]: Text("The borrower's consent is missing.", "Нет согласия заёмщика."),
    BOTH[1:]: Text("The person's own written consent is missing.", "Нет письменного согласия самого человека."),
}
_LONGEST_RELATION = 64


def add_party(
    session: Session, borrower_id: int, *, full_name: str, relation: str, actor: str, now: datetime
) -> ThirdParty:
    """Write a person down; nobody may talk to them yet. The borrower is known to be there. Raises `Invalid`."""
    named, related = full_name.strip(), relation.strip()
    for field, said, longest in (("full_name", named, 250), ("relation", related, _LONGEST_RELATION)):
        if not 0 < len(said) <= longest:
            text = Text("Write it down, not too long.", "Заполните это поле, не слишком длинно.")
            raise Invalid(text, problems=[Problem(code=f"third_party.{field}", field=field, text=text)])
    party = ThirdParty(borrower_id=borrower_id, full_name=named, relation=related, added_at=now, added_by=actor)
    session.add(party)
    session.flush()
    _note(session, "added", party, actor, now)
    return party


def remove_party(
    session: Session, borrower_id: int, third_party_id: int, *, on: date, actor: str, now: datetime
) -> None:
    """Nobody talks to the person any more; what was said stays in the history. Raises `NotFound`."""
    party = party_of(session, borrower_id, third_party_id)
    party.removed_at = now
    session.execute(
        update(ContactPoint)
        .where(ContactPoint.third_party_id == third_party_id, ContactPoint.valid_to.is_(None))
        .values(valid_to=on, in_use=False)
    )
    _note(session, "removed", party, actor, now)


def party_of(session: Session, borrower_id: int, third_party_id: int) -> ThirdParty:
    """The person. Raises `NotFound` when there is none beside this borrower, or no more."""
    found = session.get(ThirdParty, third_party_id, populate_existing=True)
    if found is None or found.borrower_id != borrower_id or found.removed_at is not None:
        raise NotFound(Text("There is no such person.", "Такого человека нет."), code="third_party.unknown")
    return found


def consents_of(session: Session, third_party_id: int) -> set[str]:
    """Who of `BOTH` agrees, by the last word of each."""
    said = session.execute(
        select(Consent.said_by, Consent.act)
        .where(Consent.third_party_id == third_party_id, Consent.purpose == PURPOSE)
        .order_by(Consent.id)
    )
    last = {row.said_by: row.act for row in said}
    return {who for who in BOTH if last.get(who) == "given"}


def missing(session: Session, third_party_id: int, consents: int = len(BOTH)) -> Text | None:
    """Which of the consents that the contact policy asks for are not there, in words; None: all of them are."""
    given = consents_of(session, third_party_id)
    return _MISSING.get(tuple(who for who in BOTH[:consents] if who not in given))


def _note(session: Session, act: str, party: ThirdParty, actor: str, now: datetime) -> None:
    audit.record(
        session, at=now, actor=actor, action=f"borrower.third_party_{act}", subject_type="borrower",
        subject_id=party.borrower_id, third_party=party.id,
    )  # fmt: skip
    session.flush()
