"""Which rows an actor may see, and how much of a person."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.people import mask_address, mask_email, mask_name, mask_phone
from scenario_engine.errors import NotFound
from scenario_engine.models import Borrower, Loan, Offer, Payment, Task
from scenario_engine.texts import Text


def seen_tasks(actor: Actor) -> ColumnElement[bool]:
    """Over `Task`: the actor's own tasks, and the free ones of their queues; all for those who oversee."""
    if actor.may("task.all"):
        return true()
    free = [Task.state == "open", Task.assignee.is_(None)]
    if actor.queues:
        free.append(Task.queue.in_(actor.queues))
    return or_(Task.assignee == actor.name, Task.closed_by == actor.name, and_(*free))


def seen_loans(actor: Actor) -> ColumnElement[bool]:
    """Over `Loan`: the loans of borrowers whom the actor's tasks are about; all for those who oversee."""
    if actor.may("loan.all"):
        return true()
    return Loan.borrower_id.in_(select(Task.borrower_id).where(seen_tasks(actor)))


def require_loan(session: Session, actor: Actor, loan_id: int) -> Loan:
    """The loan; NotFound when there is none or the actor may not see it."""
    found = session.scalars(select(Loan).where(Loan.id == loan_id, seen_loans(actor))).one_or_none()
    if found is None:
        raise NotFound(Text("There is no such loan.", "Такого займа нет."))
    return found


def require_payment(session: Session, actor: Actor, payment_id: int) -> Payment:
    """The payment; NotFound when there is none or the actor may not see its loan."""
    found = session.scalars(
        select(Payment).join(Loan, Loan.id == Payment.loan_id).where(Payment.id == payment_id, seen_loans(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(Text("There is no such payment.", "Такого платежа нет."))
    return found


def require_task(session: Session, actor: Actor, task_id: int) -> Task:
    """The task; NotFound when there is none or the actor may not see it."""
    found = session.scalars(select(Task).where(Task.id == task_id, seen_tasks(actor))).one_or_none()
    if found is None:
        raise NotFound(Text("There is no such task.", "Такой задачи нет."))
    return found


class Veil:
    """Shows personal data to those who need it, and a hint of it to others."""

    def __init__(self, actor: Actor) -> None:
        self.masked = not actor.may("person.read")

    def name(self, name: str | None) -> str | None:
        """A person's name."""
        return mask_name(name) if self.masked else name

    def phone(self, phone: str | None) -> str | None:
        """A phone number."""
        return mask_phone(phone) if self.masked else phone

    def email(self, email: str | None) -> str | None:
        """A mail address."""
        return mask_email(email) if self.masked else email

    def address(self, address: str | None) -> str | None:
        """An address of any channel."""
        return mask_address(address) if self.masked else address


def require_offer(session: Session, actor: Actor, offer_id: int) -> Offer:
    """The offer; NotFound when there is none or the actor may not see its loan."""
    found = session.scalars(
        select(Offer).join(Loan, Loan.id == Offer.loan_id).where(Offer.id == offer_id, seen_loans(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(Text("There is no such offer.", "Такого предложения нет."))
    return found


def require_borrower(session: Session, actor: Actor, borrower_id: int) -> None:
    """NotFound when there is no such borrower, or the actor may see none of their loans."""
    statement = select(Borrower.id).where(Borrower.id == borrower_id)
    if not actor.may("loan.all"):
        statement = statement.where(Borrower.id.in_(select(Loan.borrower_id).where(seen_loans(actor))))
    if session.scalar(statement) is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."))
