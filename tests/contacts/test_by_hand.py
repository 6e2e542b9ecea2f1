"""Contacts that people make: with third parties only by consent, and never beside a tick that makes them, too."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scenario_engine import manual_contacts, work
from scenario_engine.contacts.consents import Word, write_down
from scenario_engine.contacts.third_parties import add_party, missing, remove_party
from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.errors import Conflict, KaskadError, NotFound
from scenario_engine.models import AuditEntry, Case, Contact, Loan, Shard, Task, ThirdParty
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

YES = Word(act="given", purpose="third_party", source="form", document="№ 7")
BOTH = ("borrower", "third_party")


def a_sister(session: Session, loan: Loan, agree: tuple[str, ...] = BOTH) -> ThirdParty:
    party = add_party(session, loan.borrower_id, full_name="Сестра", relation="сестра", actor="a", now=NOON)
    for who in agree:
        write_down(
            session, loan.borrower_id, replace(YES, third_party_id=party.id, said_by=who), actor="a", now=NOON
        )  # fmt: skip
    return party


def call(session: Session, loan: Loan, party: ThirdParty | None = None, *, incoming: bool = False) -> Contact:
    return manual_contacts.record(
        session, loan.id, channel="operator_call", actor="anna", now=NOON, incoming=incoming,
        third_party_id=None if party is None else party.id,
    )  # fmt: skip


@pytest.mark.parametrize("agree", [(), BOTH[:1], BOTH[1:]])
def test_nobody_writes_down_a_contact_with_a_third_party_who_may_not_be_talked_to(
    database: Database, agree: tuple[str, ...]
) -> None:
    with database.write() as session:
        loan = a_loan(session)
        party = a_sister(session, loan, agree)
        with pytest.raises(Conflict) as refused:
            call(session, loan, party)
        assert refused.value.text == missing(session, party.id)
        assert session.scalars(select(Contact)).all() == []
        # that they called is a fact all the same, and counts against no limit
        assert call(session, loan, party, incoming=True).kind == "incoming"
        assert call(session, loan).kind == "call"


def test_a_contact_with_a_third_party_counts_like_every_other_and_says_with_whom(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        party = a_sister(session, loan)
        assert call(session, loan, party).third_party_id == party.id
        with pytest.raises(Conflict) as refused:
            call(session, loan)
        assert refused.value.code == "contact.forbidden"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "contact.recorded")).one()
        assert entry.details["third_party"] == party.id


def test_a_third_party_of_another_borrower_or_one_off_the_card_is_not_there(database: Database) -> None:
    with database.write() as session:
        loan, other = a_loan(session), a_loan(session)
        party = a_sister(session, loan)
        with pytest.raises(NotFound):
            call(session, other, party)
        remove_party(session, loan.borrower_id, party.id, on=NOON.date(), actor="a", now=NOON)
        with pytest.raises(NotFound):
            call(session, loan, party)


def test_a_policy_may_ask_for_fewer_consents(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        party = a_sister(session, a_loan(session), BOTH[:1])
        asked = {number: missing(session, party.id, number) is None for number in range(3)}
        assert asked == {0: True, 1: True, 2: False}


def test_a_call_with_a_third_party_is_not_taken_for_the_call_of_a_task(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        task = a_task(session, loan)
        call(session, loan, a_sister(session, loan))
        close(session, task.id)
        assert len(session.scalars(select(Contact)).all()) == 2


def a_task(session: Session, loan: Loan) -> Task:
    task = Task(
        loan_id=loan.id, borrower_id=loan.borrower_id, queue="calls", title="Call", created_at=NOON,
        dispositions={"items": [{"key": "talked", "title": "x"}, {"key": "skipped", "title": "x", "contact": False}]},
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task


def close(session: Session, task_id: int, disposition: str = "talked") -> None:
    work.close(
        session, task_id, disposition=disposition, actor="anna", now=NOON + timedelta(minutes=1),
        time_zone="Europe/Moscow",
    )  # fmt: skip


def robot_calls(session: Session) -> None:
    document = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "ring": ("robot_call", {"template": "{{ creditor_name }} {{ creditor_phone }}"}),
            "end": ("exit", {"reason": "done"}),
        },
        ["in:next>ring", "ring:sent>end", "ring:blocked>end"],
    )
    a_live_version(session, document)


def tick(database: Database) -> None:
    run_tick(database, now=NOON + timedelta(minutes=2), settings=SETTINGS, timer=lambda: 0.0)


def made(database: Database) -> dict[int, int]:
    with database.read() as session:
        rows = session.execute(select(Contact.borrower_id, func.count()).group_by(Contact.borrower_id))
        return {borrower: number for borrower, number in rows}


@pytest.mark.postgres
def test_a_tick_calls_nobody_whose_task_is_just_being_closed(postgres_database: Database) -> None:
    database = postgres_database
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00)
        task = a_task(session, loan)
        robot_calls(session)
    with database.write() as session:
        close(session, task.id)
        tick(database)
    tick(database)
    assert made(database) == {loan.borrower_id: 1}
    with database.read() as session:
        assert session.scalar(select(Case.end_reason)) == "exit"


@pytest.mark.postgres
def test_who_closes_a_task_waits_for_the_tick_before_anything_else(postgres_database: Database) -> None:
    database = postgres_database
    with database.write() as session:
        loan = a_loan(session)
        task = a_task(session, loan)
    with database.write() as ticking:
        ticking.execute(select(Shard.id).where(Shard.id == loan.shard).with_for_update())
        with database.write() as session:
            session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(OperationalError):
                close(session, task.id)
            session.rollback()
        # it holds nothing that the tick may want
        ticking.execute(select(Loan.id).with_for_update(nowait=True))
        ticking.execute(select(Task.id).with_for_update(nowait=True))
    with database.write() as session:
        close(session, task.id)
    assert made(database) == {loan.borrower_id: 1}


@pytest.mark.postgres
def test_ticks_and_people_who_call_and_close_meet_without_a_deadlock_and_one_call_each(
    postgres_database: Database,
) -> None:
    database = postgres_database
    with database.write() as session:
        loans = [a_loan(session, a_borrower(session), dpd=5, overdue=100_00) for _ in range(30)]
        tasks = [(a_task(session, loan).id, loan.id) for loan in loans]
        robot_calls(session)
    broken: list[BaseException] = []

    def desk(seed: int) -> None:
        try:
            for task_id, loan_id in Random(seed).sample(tasks, len(tasks)):
                _call_and_close(database, task_id, loan_id)
        except BaseException as error:
            broken.append(error)

    desks = [threading.Thread(target=desk, args=(seed,)) for seed in range(2)]
    for each in desks:
        each.start()
    while any(each.is_alive() for each in desks):
        tick(database)
    for each in desks:
        each.join()
    tick(database)
    assert broken == []
    assert made(database) == {loan.borrower_id: 1 for loan in loans}


def _call_and_close(database: Database, task_id: int, loan_id: int) -> None:
    """The operator calls when it is allowed, and closes the task in the same transaction."""
    try:
        with database.write() as session:
            manual_contacts.record(
                session, loan_id, channel="operator_call", actor="anna", now=NOON + timedelta(minutes=1)
            )  # fmt: skip
            close(session, task_id)
    except KaskadError:
        # the other desk may close it first
        with suppress(Conflict), database.write() as session:
            close(session, task_id, "skipped")
