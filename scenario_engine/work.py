"""What people do with single loans: tasks taken and closed, offers answered, news noted.

Every act runs in the caller's transaction, writes one audit entry, and lets the engine react to its signals at once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.engine.events import react
from scenario_engine.engine.frame import local_day
from scenario_engine.errors import Conflict, Invalid, KaskadError, NotFound, Problem
from scenario_engine.graph.canonical import parse
from scenario_engine.manual_contacts import hold_shard
from scenario_engine.models import SIGNAL_KINDS, Case, Contact, Loan, Offer, Signal, Task
from scenario_engine.models.signal import MAX_SIGNAL_BYTES, NEWS, RECORDED
from scenario_engine.policies.pack import TALKED
from scenario_engine.registry import promises
from scenario_engine.texts import Text

MAX_NOTE = 4_000
#: a promise above this is a slip of the finger: ten trillion roubles, in kopecks
MAX_AMOUNT = 10**15
#: channel of a contact that an operator made; the rule fields count it by this name
OPERATOR_CHANNEL = "operator_call"
#: results of a call in which nobody talked; every other one is taken for a conversation
NOT_REACHED = ("not_reached", "no_answer", "busy")


@dataclass(frozen=True, kw_only=True)
class PromiseGiven:
    """What the borrower promised."""

    #: kopecks
    amount: int
    #: to be paid by the end of this day
    due_on: date


# -- tasks ------------------------------------------------------------------------------------------------------


def take(session: Session, task_id: int, *, actor: str, now: datetime) -> Task:
    """Make the actor the task's assignee; again is fine. Raises `Conflict` when it is closed or somebody else's."""
    task = _open_task(session, task_id)
    if task.assignee == actor:
        return task
    if task.assignee is not None:
        raise _of_another(task)
    task.assignee = actor
    _note(session, "task.taken", "task", task.id, actor, now, queue=task.queue)
    session.flush()
    return task


def release(session: Session, task_id: int, *, actor: str, now: datetime) -> Task:
    """Give the actor's task back to its queue. Raises `Conflict` when it is closed or not the actor's."""
    task = _open_task(session, task_id)
    if task.assignee is None:
        return task
    if task.assignee != actor:
        raise _of_another(task)
    task.assignee = None
    _note(session, "task.released", "task", task.id, actor, now, queue=task.queue)
    session.flush()
    return task


def assign(session: Session, task_id: int, *, assignee: str | None, actor: str, now: datetime) -> Task:
    """Give the task to a person, or to whoever takes it (None). That the person exists, the caller has checked."""
    task = _open_task(session, task_id)
    _give(session, task, assignee, actor, now)
    session.flush()
    return task


def assign_many(
    session: Session,
    task_ids: Collection[int],
    *,
    assignee: str | None,
    actor: str,
    now: datetime,
    seen: ColumnElement[bool] | None = None,
) -> dict[int, KaskadError]:
    """Give those of the tasks that can be given, as `assign` does; which ones cannot, and why.

    `seen`: a condition over `Task`; those that do not meet it are not there for the actor. A task that the assignee
    has already stays as it is.
    """
    # in the order of their ids, as everybody who locks several
    found = select(Task).where(Task.id.in_(task_ids), true() if seen is None else seen).order_by(Task.id)
    locked = session.scalars(found.with_for_update().execution_options(populate_existing=True))
    tasks = {task.id: task for task in locked}
    refused: dict[int, KaskadError] = {}
    for task_id in sorted(set(task_ids)):
        try:
            task = _require_open(tasks.get(task_id))
        except KaskadError as error:
            refused[task_id] = error
            continue
        if task.assignee != assignee:
            _give(session, task, assignee, actor, now)
    session.flush()
    return refused


def close(
    session: Session,
    task_id: int,
    *,
    disposition: str,
    actor: str,
    now: datetime,
    time_zone: str,
    note: str = "",
    promise: PromiseGiven | None = None,
) -> Task:
    """Close a task with one of its dispositions; the case that waits for it leaves by that port at the next tick.

    A disposition that needs a promise writes it, with its signal. Unless the disposition says that no contact took
    place (``"contact": false``), a contact attempt is written: the contact policy counts rather one too many.
    `time_zone` is the portfolio's. Raises `Conflict` (closed already, another person's, loan not open) and `Invalid`.
    """
    task = _open_task(session, task_id, with_case=True)
    if task.assignee not in (None, actor):
        raise _of_another(task)
    chosen = _disposition(task, disposition)
    note = _note_text(note)
    promise = _promise(chosen, promise)
    task.state, task.assignee = "done", actor
    task.closed_at, task.closed_by = now, actor
    task.disposition, task.note = disposition, note or None
    if chosen.get("contact", True):
        _count_call(session, task, talked=disposition not in NOT_REACHED, now=now)
    _let_go(session, task, disposition, now)
    promised: dict[str, Any] = {}
    if promise is not None:
        given = promises.give(
            session,
            loan_id=task.loan_id,
            amount=promise.amount,
            due_on=promise.due_on,
            on=local_day(now, time_zone),
            now=now,
            task_id=task.id,
        )
        promised = {"promise": given.id}
    _note(
        session,
        "task.closed",
        "task",
        task.id,
        actor,
        now,
        disposition=disposition,
        loan=task.loan_id,
        case=task.case_id,
        **promised,
    )
    session.flush()
    react(session, now=now, time_zone=time_zone, loans=[task.loan_id])
    return task


# -- offers, signals, contact stop ------------------------------------------------------------------------------------


def answer_offer(
    session: Session, offer_id: int, *, accepted: bool, actor: str, now: datetime, time_zone: str
) -> Offer:
    """Write the borrower's answer and its signal; the case that made the offer goes on at the next tick.

    Raises `Conflict` when the offer is answered, withdrawn or expired.
    """
    owner = session.execute(select(Offer.loan_id, Offer.case_id).where(Offer.id == offer_id)).one_or_none()
    if owner is not None:
        _lock_case(session, owner.loan_id, owner.case_id)
    found = select(Offer).where(Offer.id == offer_id).with_for_update()
    offer = session.scalar(found.execution_options(populate_existing=True))
    if offer is None:
        raise NotFound(Text("There is no such offer.", "Такого предложения нет."))
    if offer.state != "open" or (offer.expires_at is not None and offer.expires_at <= now):
        raise Conflict(Text("The offer is no longer open.", "Предложение больше не действует."), code="offer.state")
    offer.state = "accepted" if accepted else "declined"
    offer.answered_at = now
    session.add(
        Signal(
            key=f"offer_{offer.state}:{offer.id}",
            loan_id=offer.loan_id,
            kind=f"offer_{offer.state}",
            at=now,
            data={"offer_id": offer.id, "kind": offer.kind, "size": offer.size},
            source="operator",
        )
    )
    _note(session, f"offer.{offer.state}", "offer", offer.id, actor, now, loan=offer.loan_id)
    session.flush()
    react(session, now=now, time_zone=time_zone, loans=[offer.loan_id])
    return offer


def record_signal(
    session: Session,
    loan_id: int,
    *,
    kind: str,
    actor: str,
    now: datetime,
    time_zone: str,
    data: Any = None,
    key: str | None = None,
    source: str = "operator",
) -> Signal:
    """Note what happened to a loan and let its cases react; the same `key` again gives the signal that is there.

    News of bureau and bailiffs with a known ``{"state": …}`` become the loan's state. Raises `NotFound`, and `Invalid`
    for an unknown kind, for one that follows from a record of its own (payments, promises, offers), and for unfit data.
    """
    if kind not in SIGNAL_KINDS:
        raise _invalid("kind", "There is no signal of this kind.", "Такого вида сигналов нет.")
    if kind in RECORDED:
        raise _invalid("kind", *RECORDED[kind])
    data = _signal_data(data)
    if key is not None and not (0 < len(key) <= 100 and _storable(key)):
        raise _invalid("key", "A key is 1 to 100 characters.", "Ключ — от 1 до 100 символов.")
    _lock_case(session, loan_id)
    loan = session.get(Loan, loan_id, populate_existing=True)
    if loan is None:
        raise NotFound(Text("There is no such loan.", "Такого займа нет."))
    key = key or f"{source}:{loan_id}:{kind}:{now.isoformat()}"
    known = session.scalar(select(Signal).where(Signal.key == key))
    if known is not None:
        if (known.loan_id, known.kind) != (loan_id, kind):
            raise Conflict(
                Text("This key belongs to another signal.", "Этот ключ уже занят другим сигналом."), code="key_taken"
            )
        return known
    if kind in NEWS:
        column, states = NEWS[kind]
        if data.get("state") in states:
            setattr(loan, column, data["state"])
    signal = Signal(key=key, loan_id=loan_id, kind=kind, at=now, data=data, source=source)
    session.add(signal)
    _note(session, "signal.recorded", "loan", loan_id, actor, now, kind=kind, source=source)
    session.flush()
    react(session, now=now, time_zone=time_zone, loans=[loan_id])
    return signal


# -- inside ---------------------------------------------------------------------------------------------------------


def _lock_case(session: Session, loan_id: int, case_id: int | None = None) -> None:
    """The loan, and its case before what belongs to the case (the lock order: see `scenario_engine.database`)."""
    session.execute(select(Loan.id).where(Loan.id == loan_id).with_for_update(key_share=True))
    if case_id is not None:
        session.execute(select(Case.id).where(Case.id == case_id).with_for_update(key_share=True))


def _open_task(session: Session, task_id: int, *, with_case: bool = False) -> Task:
    """The open task, locked; after the borrower's shard, its loan and its case when the case is to go on."""
    if with_case:
        owner = session.execute(select(Task.loan_id, Task.case_id).where(Task.id == task_id)).one_or_none()
        if owner is not None:
            # the call is counted: no tick may reckon with the borrower's contacts meanwhile
            hold_shard(session, owner.loan_id)
            _lock_case(session, owner.loan_id, owner.case_id)
    found = select(Task).where(Task.id == task_id).with_for_update()
    return _require_open(session.scalar(found.execution_options(populate_existing=True)))


def _require_open(task: Task | None) -> Task:
    if task is None:
        raise NotFound(Text("There is no such task.", "Такой задачи нет."))
    if task.state != "open":
        raise Conflict(
            Text("The task is closed already.", "Задача уже закрыта."),
            code="task.closed",
        )
    return task


def _give(session: Session, task: Task, assignee: str | None, actor: str, now: datetime) -> None:
    before, task.assignee = task.assignee, assignee
    _note(session, "task.assigned", "task", task.id, actor, now, before=before, assignee=assignee)


def _of_another(task: Task) -> Conflict:
    return Conflict(
        Text("The task is with {who}.", "Задача у другого сотрудника: {who}.").format(who=task.assignee),
        code="task.taken",
    )


def _disposition(task: Task, key: str) -> dict[str, Any]:
    for item in task.dispositions.get("items", ()):
        if item.get("key") == key:
            return dict(item)
    raise _invalid("disposition", "The task has no such result.", "У задачи нет такого результата.")


def _promise(chosen: dict[str, Any], promise: PromiseGiven | None) -> PromiseGiven | None:
    if chosen.get("needs") != "promise":
        if promise is not None:
            raise _invalid("promise", "This result takes no promise.", "К этому результату обещание не прилагается.")
        return None
    if promise is None:
        raise _invalid("promise", "Say how much was promised and by when.", "Укажите сумму и дату обещания.")
    if not 0 < promise.amount <= MAX_AMOUNT:
        raise _invalid(
            "promise.amount", "The promised amount must be above 0.", "Обещанная сумма должна быть больше нуля."
        )
    return promise


def _count_call(session: Session, task: Task, *, talked: bool, now: datetime) -> None:
    """The call that the task was about; one that was counted when the operator began it is not counted twice."""
    outcome = TALKED if talked else None
    begun = session.scalar(
        select(Contact)
        .where(
            Contact.borrower_id == task.borrower_id,
            Contact.kind == "call",
            Contact.at >= task.created_at,
            Contact.loan_id == task.loan_id,
            Contact.channel == OPERATOR_CHANNEL,
            Contact.case_id.is_(None),
            Contact.third_party_id.is_(None),
        )
        .order_by(Contact.at.desc())
        .limit(1)
    )
    if begun is not None:
        begun.case_id, begun.node_id = task.case_id, task.node_id
        begun.outcome = begun.outcome or outcome
        return
    session.add(
        Contact(
            borrower_id=task.borrower_id,
            loan_id=task.loan_id,
            kind="call",
            channel=OPERATOR_CHANNEL,
            at=now,
            case_id=task.case_id,
            node_id=task.node_id,
            outcome=outcome,
        )
    )


def _let_go(session: Session, task: Task, port: str, now: datetime) -> None:
    """The case goes on, when it still rests at the task's node and no signal has decided its way before."""
    if task.case_id is None:
        return
    session.execute(
        update(Case)
        .where(
            Case.id == task.case_id,
            Case.node_id == task.node_id,
            Case.ended_at.is_(None),
            Case.outcome.is_(None),
        )
        .values(outcome=port, due_at=now)
    )


def _note_text(note: str) -> str:
    said = note.strip()
    if len(said) > MAX_NOTE or not _storable(said):
        raise _invalid(
            "note", f"Use at most {MAX_NOTE} ordinary characters.", f"Не больше {MAX_NOTE} обычных символов."
        )
    return said


def _signal_data(data: Any) -> dict[str, Any]:
    raw, problems = parse({} if data is None else data)
    if problems or not isinstance(raw, dict) or len(str(raw)) > MAX_SIGNAL_BYTES:
        raise _invalid(
            "data",
            f"The details must be a JSON object of at most {MAX_SIGNAL_BYTES} characters.",
            f"Подробности — объект JSON не длиннее {MAX_SIGNAL_BYTES} символов.",
        )
    return raw


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _invalid(field: str, en: str, ru: str) -> Invalid:
    text = Text(en, ru)
    return Invalid(text, problems=[Problem(code=f"work.{field}", text=text, field=field)])


def _note(
    session: Session, action: str, subject_type: str, subject_id: int, actor: str, now: datetime, **details: Any
) -> None:
    audit.record(
        session, at=now, actor=actor, action=action, subject_type=subject_type, subject_id=subject_id, **details
    )
