"""What people change about loans: at once, or when a second person agrees; cases follow in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.engine import paths
from scenario_engine.engine.events import end_cases, react
from scenario_engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from scenario_engine.models import Batch, Case, Loan, LoanRequest, Version
from scenario_engine.registry.amendments import desk
from scenario_engine.registry.amendments.desk import Made
from scenario_engine.registry.days import local_day
from scenario_engine.texts import Text

MAX_REASON = 500


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Either it was done, or it waits for a second person."""

    made: Made | None = None
    request: LoanRequest | None = None
    ended_cases: int = 0


def change(
    session: Session, loan_id: int, kind: str, asked: Mapping[str, Any], *, actor: str, now: datetime, time_zone: str
) -> Outcome:
    """Change the loan, or ask for it where a second person has to agree. Raises what `desk.make` raises."""
    if not desk.kind_of(kind).needs_approval:
        made, ended = _make(session, loan_id, kind, asked, actor=actor, now=now, time_zone=time_zone)
        return Outcome(made=made, ended_cases=ended)
    desk.look(session, loan_id, kind, asked, on=local_day(now, time_zone))
    waiting = select(LoanRequest.id).where(
        LoanRequest.loan_id == loan_id, LoanRequest.kind == kind, LoanRequest.state == "waiting"
    )
    if session.scalar(waiting) is not None:
        raise Conflict(
            Text(
                "This was asked for already and waits for a decision.", "Такой запрос уже есть и ждёт решения."
            ),
            code="amendment.waiting",
        )  # fmt: skip
    request = LoanRequest(loan_id=loan_id, kind=kind, asked=dict(asked), state="waiting", asked_by=actor, asked_at=now)
    session.add(request)
    session.flush()
    _note(session, "loan.change_asked", loan_id, actor, now, kind=kind)
    return Outcome(request=request)


def approve(session: Session, request_id: int, *, actor: str, now: datetime, time_zone: str) -> Outcome:
    """Do what was asked for, by the figures of today. Raises `Forbidden` for the person who asked, and `Conflict`."""
    request = _waiting(session, request_id)
    if actor == request.asked_by:
        raise Forbidden(
            Text(
                "Another person has to agree to this: you asked for it.",
                "Согласовать должен другой сотрудник: запрос ваш.",
            ),
            code="four_eyes",
        )
    made, ended = _make(
        session, request.loan_id, request.kind, request.asked, actor=actor, now=now, time_zone=time_zone,
        asked_by=request.asked_by,
    )  # fmt: skip
    request.state, request.decided_by, request.decided_at = "approved", actor, now
    session.flush()
    return Outcome(made=made, request=request, ended_cases=ended)


def reject(session: Session, request_id: int, *, reason: str, actor: str, now: datetime) -> LoanRequest:
    """Leave the loan as it is; the person who asked may take the request back so. Raises `Conflict`, `Invalid`."""
    request = _waiting(session, request_id)
    if not (reason := reason.strip()) or len(reason) > MAX_REASON:
        text = Text("Say why, in up to 500 characters.", "Напишите почему, до 500 символов.")
        raise Invalid(
            text, code="amendment.reason", problems=[Problem(code="amendment.reason", field="reason", text=text)]
        )
    request.state, request.decided_by, request.decided_at, request.reason = "rejected", actor, now, reason
    _note(session, "loan.change_rejected", request.loan_id, actor, now, kind=request.kind, reason=reason)
    session.flush()
    return request


def _make(
    session: Session,
    loan_id: int,
    kind: str,
    asked: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
    time_zone: str,
    asked_by: str | None = None,
) -> tuple[Made, int]:
    made = desk.make(session, loan_id, kind, asked, actor=actor, now=now, time_zone=time_zone)
    if made.payment_id is not None:
        audit.record(
            session, at=now, actor=actor, action="payment.recorded", subject_type="payment",
            subject_id=made.payment_id, loan=made.loan.external_id, amount=made.price, source="console",
        )  # fmt: skip
    _note(
        session, "loan.changed", loan_id, actor, now, kind=kind, asked_by=asked_by,
        loan=made.loan.external_id, balance=made.loan.balance,
    )  # fmt: skip
    on = local_day(now, time_zone)
    ended = 0
    if made.loan.state != "open":
        ended = _end(session, made.loan, now, on, cured=False)
    elif made.cured:
        ended = _end(session, made.loan, now, on, cured=True)
    react(session, now=now, time_zone=time_zone)
    return made, ended


def _end(session: Session, loan: Loan, now: datetime, on: date, *, cured: bool) -> int:
    """End the cases of a loan that left, or of a loan on which nothing is overdue any more those that were for it."""
    which = Case.loan_id == loan.id
    if cured:
        which &= Case.version_id.in_(select(Version.id).where(Version.goal == "overdue_paid"))
    batch = Batch(kind="signal", at=now, day=on.isoformat())
    session.add(batch)
    session.flush()
    batch.cases = end_cases(
        session, which, port=paths.CURED if cured else paths.STOPPED, batch_id=batch.id, now=now, day=on.isoformat()
    )
    return batch.cases


def _waiting(session: Session, request_id: int) -> LoanRequest:
    found = select(LoanRequest).where(LoanRequest.id == request_id).with_for_update()
    request = session.scalar(found.execution_options(populate_existing=True))
    if request is None:
        raise NotFound(Text("There is no such request.", "Такого запроса нет."), code="amendment.request")
    if request.state != "waiting":
        raise Conflict(Text("This was decided already.", "Решение уже принято."), code="amendment.decided")
    return request


def _note(session: Session, action: str, loan_id: int, actor: str, now: datetime, **details: Any) -> None:
    details = {name: value for name, value in details.items() if value is not None}
    audit.record(session, at=now, actor=actor, action=action, subject_type="loan", subject_id=loan_id, **details)
