"""Inquiries as people ask for them, and what has to be known before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Borrower, Consent, Inquiry, Loan, Passport
from scenario_engine.models.inquiry import IS_OPEN, NO_ANSWER, SUBJECTS
from scenario_engine.registry.days import local_day
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

#: the purpose of `models.consent.PURPOSES` without which no bureau is asked
CONSENT = "bureau"


def ask(session: Session, loan_id: int, subject: str, *, actor: str, now: datetime, time_zone: str) -> Inquiry:
    """A person asks now. Raises `NotFound`, `Conflict` while the same is being asked, `Invalid` without the borrower's
    consent.
    """
    if subject not in SUBJECTS:
        raise Invalid(Text("Nobody is asked about that.", "Об этом никого не спрашивают."), code="inquiry.subject")
    loan = session.scalar(select(Loan).where(Loan.id == loan_id).with_for_update(key_share=True))
    if loan is None:
        raise NotFound(Text("There is no such loan.", "Такого займа нет."))
    going = select(Inquiry.id).where(Inquiry.loan_id == loan_id, Inquiry.subject == subject, IS_OPEN)
    if session.scalar(going.limit(1)) is not None:
        raise Conflict(
            Text("This is being asked already: wait for the answer.", "Такой запрос уже идёт: дождитесь ответа."),
            code="inquiry.going",
        )
    if subject == "bureau" and not consents(session, [loan.borrower_id], time_zone):
        raise Invalid(Text(f"{NO_ANSWER['consent'].en}.", f"{NO_ANSWER['consent'].ru}."), code="inquiry.consent")
    inquiry = Inquiry(
        subject=subject, loan_id=loan.id, borrower_id=loan.borrower_id, asked_by=actor, state="asked", asked_at=now,
        due_at=now, attempts=0,
    )  # fmt: skip
    session.add(inquiry)
    session.flush()
    _note(session, "inquiry.asked", inquiry, actor, now)
    return inquiry


def ask_again(session: Session, inquiry_id: int, *, actor: str, now: datetime) -> Inquiry:
    """Put an inquiry that was given up back into the queue. Raises `NotFound`, `Conflict`."""
    found = select(Inquiry).where(Inquiry.id == inquiry_id).with_for_update()
    inquiry = session.scalar(found.execution_options(populate_existing=True))
    if inquiry is None:
        raise NotFound(Text("There is no such inquiry.", "Такого запроса нет."))
    if inquiry.state != "failed":
        raise Conflict(
            Text("Only an inquiry without an answer is sent again.", "Повторить можно только запрос без ответа."),
            code="inquiry.state",
        )
    inquiry.state, inquiry.asked_at, inquiry.due_at, inquiry.attempts = "asked", now, now, 0
    inquiry.claimed_at = inquiry.task = inquiry.error = inquiry.answered_at = None
    _note(session, "inquiry.repeated", inquiry, actor, now)
    session.flush()
    return inquiry


def keep_passport(
    session: Session, vault: Vault, borrower_id: int, number: str, *, actor: str, now: datetime
) -> None:  # fmt: skip
    """Seal a borrower's passport. Raises `Invalid` for what is no series and number, `NotFound`."""
    digits = "".join(sign for sign in number if sign.isascii() and sign.isdigit())
    if len(digits) != 10 or any(sign not in "0123456789 №-" for sign in number):
        text = Text("Ten digits: the series and the number.", "Десять цифр: серия и номер.")
        raise Invalid(text, code="passport", problems=[Problem(code="passport", field="passport", text=text)])
    if session.scalar(select(Borrower.id).where(Borrower.id == borrower_id).with_for_update(key_share=True)) is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."))
    session.merge(Passport(borrower_id=borrower_id, number=vault.seal(digits), changed_at=now, changed_by=actor))
    audit.record(
        session, at=now, actor=actor, action="borrower.passport_kept", subject_type="borrower", subject_id=borrower_id
    )
    session.flush()


def consents(session: Session, borrowers: Collection[int], time_zone: str) -> Mapping[int, date]:
    """The day of the consent of each of them that has one: the last word of a borrower is what holds."""
    last = (
        select(func.max(Consent.id))
        .where(
            Consent.borrower_id.in_(borrowers),
            Consent.third_party_id.is_(None),
            Consent.said_by == "borrower",
            Consent.purpose == CONSENT,
        )
        .group_by(Consent.borrower_id)
    )
    rows = session.execute(
        select(Consent.borrower_id, Consent.dated, Consent.at).where(Consent.id.in_(last), Consent.act == "given")
    )
    return {row.borrower_id: row.dated or local_day(row.at, time_zone) for row in rows}


def _note(session: Session, action: str, inquiry: Inquiry, actor: str, now: datetime) -> None:
    audit.record(
        session, at=now, actor=actor, action=action, subject_type="inquiry", subject_id=inquiry.id,
        about=inquiry.subject, loan=inquiry.loan_id,
    )  # fmt: skip
