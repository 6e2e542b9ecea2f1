"""Applications for loans: filed, decided by rules or by a person, confirmed by a second one, and issued.

An application keeps what was asked, what the rules read and which of them decided, so that months later it still says
why. The law and the rules are asked again on the day of issue: what they forbid then is not issued, whoever allowed it.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from scenario_engine import audit, tills
from scenario_engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from scenario_engine.models import Loan, LoanApplication, Product
from scenario_engine.registry import rowsets
from scenario_engine.registry.issue import Application, Decision, decide, issue
from scenario_engine.registry.lending import decision as deciding
from scenario_engine.registry.payments import NewPayment
from scenario_engine.texts import Text

_STATE_OF = {"allow": "approved", "person": "waiting", "refuse": "refused"}


def file(
    session: Session, asked: Application, *, external_id: str | None = None, actor: str, now: datetime, on: date
) -> LoanApplication:
    """The application with what the rules decide on it, in the caller's transaction.

    With an `external_id` that is known, the application that has it; raises `Conflict` when that one asked for
    something else, and `NotFound` for a borrower or product that is not there.
    """
    if external_id is not None:
        known = session.scalar(select(LoanApplication).where(LoanApplication.external_id == external_id))
        if known is not None:
            if asked_of(known) != asked:
                raise Conflict(
                    Text(
                        "Application {id} asks for something else.", "Заявка {id} уже есть, и просят в ней другое."
                    ).format(id=external_id),
                    code="application.differs",
                )
            return known
    found = decide(session, asked, on=on)
    application = LoanApplication(
        external_id=external_id, borrower_id=asked.borrower_id, product_id=asked.product_id, principal=asked.principal,
        term=asked.term, channel=asked.channel, risk_score=asked.risk_score, debt_burden=asked.debt_burden,
        refinanced_id=asked.refinanced_id, state=_STATE_OF[found.outcome], filed_at=now, filed_by=actor,
        product_revision=session.get_one(Product, asked.product_id).revision, decision=found.as_document(),
    )  # fmt: skip
    session.add(application)
    session.flush()
    _note(session, "filed", application, actor, now, principal=asked.principal, term=asked.term)
    return application


def settle(
    session: Session, application_id: int, *, approved: bool, note: str, actor: str, now: datetime
) -> LoanApplication:
    """A person's decision on an application that waits for one.

    Raises `NotFound`, `Conflict` when none waits, `Forbidden` for the one who filed it, and `Invalid` without a reason.
    """
    application = _locked(session, application_id, "waiting")
    if actor == application.filed_by:
        raise Forbidden(
            Text(
                "You filed this application yourself: another person has to decide it.",
                "Вы сами подали эту заявку: решать по ней должен другой человек.",
            ),
            code="application.own",
        )
    application.state = "approved" if approved else "refused"
    application.decided_by, application.decided_at, application.note = actor, now, _reason(note)
    session.flush()
    _note(session, application.state, application, actor, now, note=application.note)
    return application


def proceed(
    session: Session,
    application_id: int,
    *,
    number: str | None = None,
    actor: str,
    now: datetime,
    on: date,
    time_zone: str,
) -> LoanApplication:
    """Issue the loan of an approved application, or ask a second person when the product wants one for such a sum.

    The application says what became of it: ``issued``, ``confirming``, ``refused`` or ``waiting`` when law or rules say
    so today. Raises `NotFound`, and `Conflict` for another state or a number that is taken.
    """
    application = _locked(session, application_id, "approved")
    rules = deciding.read(session.get_one(Product, application.product_id).decision)
    if rules.confirms(application.principal):
        _refuse_taken(session, number)
        application.state, application.number = "confirming", number
        application.requested_by, application.requested_at = actor, now
        session.flush()
        _note(session, "requested", application, actor, now, principal=application.principal)
        return application
    return _issue(session, application, number=number, actor=actor, now=now, on=on, time_zone=time_zone)


def issue_now(
    session: Session, asked: Application, *, number: str | None, actor: str, now: datetime, on: date, time_zone: str
) -> LoanApplication:
    """File an application and issue its loan at once.

    Raises `Invalid` with everything that speaks against it, and `Conflict` when a person has to decide or to confirm.
    """
    application = file(session, asked, actor=actor, now=now, on=on)
    if application.state == "approved":
        application = proceed(
            session, application.id, number=number, actor=actor, now=now, on=on, time_zone=time_zone
        )  # fmt: skip
    if application.state == "issued":
        return application
    if application.state == "refused":
        raise Invalid(
            Text("This loan cannot be issued.", "Этот займ выдать нельзя."),
            code="loan.refused",
            problems=decide(session, asked, on=on).against,
        )
    raise Conflict(
        Text(
            "Another person has to decide about this loan: file an application.",
            "По этому займу решает другой человек: подайте заявку.",
        ),
        code="loan.person",
    )


def confirm(
    session: Session, application_id: int, *, actor: str, now: datetime, on: date, time_zone: str
) -> LoanApplication:
    """A second person lets the loan be issued. Raises `Forbidden` for the one who asked for it, and as `proceed`."""
    application = _locked(session, application_id, "confirming")
    if actor == application.requested_by:
        raise Forbidden(
            Text(
                "You asked for this issue yourself: another person has to confirm it.",
                "Вы сами отправили этот займ на выдачу: подтвердить должен другой человек.",
            ),
            code="application.four_eyes",
        )
    application.confirmed_by = actor
    return _issue(
        session, application, number=application.number, actor=actor, now=now, on=on, time_zone=time_zone
    )  # fmt: skip


def withdraw(session: Session, application_id: int, *, note: str, actor: str, now: datetime) -> LoanApplication:
    """Take an application back that nothing has come of. Raises `NotFound`, `Conflict`, `Invalid` (no reason)."""
    application = _locked(session, application_id, "waiting", "approved", "confirming")
    application.state, application.note = "withdrawn", _reason(note)
    session.flush()
    _note(session, "withdrawn", application, actor, now, note=application.note)
    return application


def asked_of(application: LoanApplication) -> Application:
    """What it asks for."""
    return Application(
        borrower_id=application.borrower_id, product_id=application.product_id, principal=application.principal,
        term=application.term, channel=application.channel, risk_score=application.risk_score,
        debt_burden=application.debt_burden, refinanced_id=application.refinanced_id,
    )  # fmt: skip


def _issue(
    session: Session,
    application: LoanApplication,
    *,
    number: str | None,
    actor: str,
    now: datetime,
    on: date,
    time_zone: str,
) -> LoanApplication:
    asked, by_person = asked_of(application), application.decided_by is not None
    number = number or f"K-{uuid.uuid4().hex[:12].upper()}"
    _refuse_taken(session, number)
    if asked.refinanced_id is not None:
        # loans before the borrower, see the order of locks in `scenario_engine.database`
        rowsets.lock_loans(session, select(literal(asked.refinanced_id)))
    found = decide(session, asked, on=on)
    if found.against or (found.outcome == "person" and not by_person):
        application.state, application.decision = _STATE_OF[found.outcome], found.as_document()
        session.flush()
        _note(session, "stopped", application, actor, now)
        return application
    if asked.refinanced_id is not None:
        _pay_off(session, asked.refinanced_id, found, number, actor=actor, now=now, time_zone=time_zone)
    loan = issue(
        session,
        replace(asked, refinanced_id=None),
        number=number,
        actor=actor,
        now=now,
        on=on,
        rules_asked=True,
    )
    application.state, application.loan_id, application.number = "issued", loan.id, number
    session.flush()
    _note(session, "issued", application, actor, now, loan=number)
    return application


def _pay_off(
    session: Session, loan_id: int, found: Decision, number: str, *, actor: str, now: datetime, time_zone: str
) -> None:
    """End the old loan with what is owed on it: of the new principal, the fee and this are not paid out."""
    assert found.pays_off is not None
    assert found.preview is not None
    schedule = found.preview.schedule
    payment = NewPayment(external_id=f"refinance:{number}"[:64], loan_id=loan_id, amount=found.pays_off, paid_at=now)
    taken = tills.take(session, payment, actor=actor, source="refinance", now=now, time_zone=time_zone)
    old = session.get_one(Loan, loan_id)
    session.refresh(old)
    if not taken.is_new or old.balance:
        raise Conflict(
            Text(
                "Loan {number} could not be paid off exactly: try again.",
                "Займ {number} не удалось погасить точно: попробуйте ещё раз.",
            ).format(number=old.external_id),
            code="application.pay_off",
        )
    audit.record(
        session, at=now, actor=actor, action="loan.refinanced", subject_type="loan", subject_id=loan_id, by=number,
        principal=schedule.principal, fee=schedule.issue_fee, paid_off=found.pays_off,
        paid_out=schedule.principal - schedule.issue_fee - found.pays_off,
    )  # fmt: skip


def _locked(session: Session, application_id: int, *states: str) -> LoanApplication:
    application = session.scalar(
        select(LoanApplication).where(LoanApplication.id == application_id).with_for_update()
    )  # fmt: skip
    if application is None:
        raise NotFound(Text("There is no such application.", "Такой заявки нет."), code="application.unknown")
    if application.state not in states:
        raise Conflict(
            Text(
                "This application has moved on meanwhile: reload the page.",
                "С этой заявкой уже что-то сделали: обновите страницу.",
            ),
            code="application.state",
        )
    return application


def _refuse_taken(session: Session, number: str | None) -> None:
    if number is not None and session.scalar(select(Loan.id).where(Loan.external_id == number)) is not None:
        raise Conflict(
            Text("There is a loan {number} already.", "Займ {number} уже есть.").format(number=number),
            code="loan.exists",
        )


def _reason(note: str) -> str:
    if not (note := note.strip()):
        text = Text("Say why.", "Напишите причину.")
        raise Invalid(text, problems=[Problem(code="application.note", field="note", text=text)])
    return note


def _note(
    session: Session, act: str, application: LoanApplication, actor: str, now: datetime, **details: object
) -> None:
    audit.record(
        session, at=now, actor=actor, action=f"application.{act}", subject_type="application",
        subject_id=application.id, state=application.state, **details,
    )  # fmt: skip
