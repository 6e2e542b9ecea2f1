"""Contacts that people wrote down, as events of a timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.queries import timeline_words as words
from console.queries.timeline_events import Event, event, newest
from console.queries.visibility import Veil
from scenario_engine.models import Contact, Loan, ThirdParty
from scenario_engine.policies.pack import INCOMING, TALKED
from scenario_engine.texts import Text


def contacts_of_loan(session: Session, actor: Actor, loan: int, moment: datetime | None, limit: int) -> Iterator[Event]:
    """Those about one loan."""
    borrower = select(Loan.borrower_id).where(Loan.id == loan).scalar_subquery()
    return _made(session, actor, (Contact.borrower_id == borrower, Contact.loan_id == loan), moment, limit)


def contacts_of_borrower(
    session: Session, actor: Actor, borrower: int, moment: datetime | None, limit: int
) -> Iterator[Event]:
    """Those with one borrower and the people beside them."""
    return _made(session, actor, (Contact.borrower_id == borrower,), moment, limit)


def _made(
    session: Session, actor: Actor, of: tuple[ColumnElement[bool], ...], moment: datetime | None, limit: int
) -> Iterator[Event]:
    # a contact of a step or of its task is told with the message or the task
    by_hand = (
        select(Contact, ThirdParty)
        .outerjoin(ThirdParty, ThirdParty.id == Contact.third_party_id)
        .where(*of, Contact.case_id.is_(None))
    )
    veil = Veil(actor)
    for row, party in session.execute(newest(by_hand, Contact.at, Contact.id, moment, limit)):
        title = words.MADE.get(row.channel, Text(row.channel, row.channel))
        yield event(
            row.at, "contact_made", title, ("contact", row.id), text=_remarks(row, party, veil), icon="headset"
        )  # fmt: skip


def _remarks(contact: Contact, party: ThirdParty | None, veil: Veil) -> Text:
    said = [words.BY_HAND]
    if party is not None:
        said.append(words.WITH_PARTY.format(name=veil.name(party.full_name) or "–", relation=party.relation))
    if contact.kind == INCOMING:
        said.append(words.BEGAN_THEMSELVES)
    if contact.outcome == TALKED:
        said.append(words.TALKED)
    return Text("; ".join(one.en for one in said), "; ".join(one.ru for one in said))
