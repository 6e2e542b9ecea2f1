"""Contacts that people make themselves: they ask the guard before, and what they made counts like the engine's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.contacts.third_parties import missing, party_of
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Case, Contact, Loan, Shard, Task, Version
from scenario_engine.policies.bench import Answer, ask
from scenario_engine.policies.pack import INCOMING, TALKED, ContactPolicy
from scenario_engine.policies.reasons import in_words
from scenario_engine.policies.shelf import policy_in_force
from scenario_engine.policies.shipped import USUAL, key_of
from scenario_engine.texts import Text

#: channel -> what it is counted as
CHANNELS = {
    "operator_call": "call",
    "sms": "message",
    "email": "message",
    "messenger": "message",
    "meeting": "meeting",
}


@dataclass(frozen=True, kw_only=True)
class Chance:
    """Whether a kind of contact may be made now."""

    channel: str
    kind: str
    answer: Answer


def policy_for(session: Session, *, task: Task | None = None, now: datetime) -> ContactPolicy:
    """The policy that a person's contact follows: that of the task's scenario, else the usual one."""
    key = USUAL
    if task is not None and task.case_id is not None:
        drawn = select(Version.document).join(Case, Case.version_id == Version.id).where(Case.id == task.case_id)
        document = session.scalar(drawn)
        key = key_of(document or {})
    return policy_in_force(session, key, now)


def chances(
    session: Session, loan_id: int, channels: Sequence[str], *, now: datetime, task: Task | None = None
) -> list[Chance]:
    """What the guard says of each channel now."""
    policy = policy_for(session, task=task, now=now)
    return [
        Chance(
            channel=channel,
            kind=CHANNELS[channel],
            answer=ask(session, policy, loan_id=loan_id, kind=CHANNELS[channel], channel=channel, now=now),
        )
        for channel in channels
    ]


def hold_shard(session: Session, loan_id: int) -> None:
    """Hold the shard of a loan's borrower, as a tick does that makes contacts: before everything else that is locked
    (the lock order: see `scenario_engine.database`). Nothing when there is no such loan.
    """
    shard = select(Loan.shard).where(Loan.id == loan_id).scalar_subquery()
    session.execute(select(Shard.id).where(Shard.id == shard).with_for_update())


def record(
    session: Session,
    loan_id: int,
    *,
    channel: str,
    actor: str,
    now: datetime,
    incoming: bool = False,
    talked: bool = False,
    consented: bool = False,
    third_party_id: int | None = None,
) -> Contact:
    """Count a contact that a person makes now, if the guard lets it. Raises `NotFound`, `Invalid` for an unknown
    channel and `Conflict` with the reason when it is forbidden.

    With a third party it needs the consents as well. What the other side began is always written down. The borrower's
    shard is held meanwhile, as a tick holds it: neither of the two is one too many.
    """
    if channel not in CHANNELS:
        text = Text("There is no such channel.", "Такого канала нет.")
        raise Invalid(text, problems=[Problem(code="contact.channel", text=text, field="channel")])
    hold_shard(session, loan_id)
    loan = session.get(Loan, loan_id)
    if loan is None:
        raise NotFound(Text("There is no such loan.", "Такого займа нет."))
    if third_party_id is not None:
        party_of(session, loan.borrower_id, third_party_id)
    kind = CHANNELS[channel]
    if not incoming:
        policy = policy_for(session, now=now)
        lacking = None if third_party_id is None else missing(session, third_party_id, policy.third_party_consents)
        if lacking is not None:
            raise Conflict(lacking, code="contact.consent")
        answer = ask(
            session, policy, loan_id=loan_id, kind=kind, channel=channel, now=now, consented=consented
        )  # fmt: skip
        if not answer.allowed:
            raise Conflict(in_words(answer.code), code="contact.forbidden")
    made = Contact(
        borrower_id=loan.borrower_id,
        loan_id=loan_id,
        kind=INCOMING if incoming else kind,
        channel=channel,
        at=now,
        outcome=TALKED if talked else None,
        third_party_id=third_party_id,
    )
    session.add(made)
    session.flush()
    audit.record(
        session, at=now, actor=actor, action="contact.recorded", subject_type="borrower", subject_id=loan.borrower_id,
        channel=channel, loan=loan_id, incoming=incoming, talked=talked,
        **({} if third_party_id is None else {"third_party": third_party_id}),
    )  # fmt: skip
    return made
