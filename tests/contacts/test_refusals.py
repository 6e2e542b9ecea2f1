"""A refusal stops a channel and what is queued for it, at once and once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scenario_engine.contacts.refusals import allow, refuse, refused
from scenario_engine.database import Database
from scenario_engine.errors import Invalid, NotFound
from scenario_engine.models import AuditEntry, Borrower, ChannelRefusal, Consent, Loan, Message
from scenario_engine.models.consent import CHANNELS
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON


def a_message(session: Session, loan: Loan, channel: str, **over: Any) -> Message:
    values: dict[str, Any] = {
        "case_id": 1, "node_id": 1, "batch_id": 1, "version_id": 1, "loan_id": loan.id,
        "borrower_id": loan.borrower_id, "channel": channel, "connector": "sandbox", "state": "queued",
        "queued_at": NOON, "due_at": NOON, "content": {},
    }  # fmt: skip
    message = Message(**values | over)
    session.add(message)
    session.flush()
    return message


def states(session: Session, borrower: Borrower) -> dict[str, str]:
    found = session.execute(select(Message.channel, Message.state).where(Message.borrower_id == borrower.id))
    return {row.channel: row.state for row in found}


def test_a_refusal_drops_what_is_queued_for_that_channel_over_all_loans(database: Database) -> None:
    with database.write() as session:
        borrower, other = a_borrower(session), a_borrower(session)
        for loan in (a_loan(session, borrower), a_loan(session, borrower), a_loan(session, other)):
            a_message(session, loan, "sms")
        a_message(session, a_loan(session, borrower), "email")
        assert refuse(session, borrower.id, "sms", source="reply", actor="borrower", now=NOON) == 2
        assert states(session, borrower) == {"sms": "cancelled", "email": "queued"}
        assert states(session, other) == {"sms": "queued"}
        assert refused(session, [borrower.id, other.id]) == {(borrower.id, "sms")}
        dropped = session.scalars(select(Message.error).where(Message.state == "cancelled")).first()
        assert "отказался" in (dropped or "")


def test_a_second_refusal_changes_nothing_and_is_not_written_down_again(database: Database) -> None:
    with database.write() as session:
        borrower = a_borrower(session)
        for actor in ("borrower", "anna"):
            refuse(session, borrower.id, "sms", source="operator", actor=actor, now=NOON)
        assert session.scalars(select(ChannelRefusal.by)).all() == ["borrower"]
        assert len(session.scalars(select(Consent)).all()) == 1
        actions = session.scalars(select(AuditEntry.action)).all()
        assert actions == ["borrower.channel_refused"]


def test_all_channels_can_be_refused_and_allowed_again(database: Database) -> None:
    with database.write() as session:
        borrower = a_borrower(session)
        refuse(session, borrower.id, "email", source="link", actor="borrower", now=NOON)
        refuse(session, borrower.id, None, source="operator", actor="anna", now=NOON)
        assert {channel for _, channel in refused(session, [borrower.id])} == set(CHANNELS)
        assert allow(session, borrower.id, "sms", source="operator", actor="anna", now=NOON) == 1
        assert allow(session, borrower.id, None, source="operator", actor="anna", now=NOON) == len(CHANNELS) - 1
        assert refused(session, [borrower.id]) == set()
        said = session.execute(select(Consent.channel, Consent.act).order_by(Consent.id))
        assert [tuple(row) for row in said] == [
            ("email", "revoked"), (None, "revoked"), ("sms", "given"), (None, "given"),
        ]  # fmt: skip


def test_what_is_being_sent_or_has_left_is_not_touched(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        for state in ("sending", "sent", "failed"):
            a_message(session, loan, "sms", state=state)
        assert refuse(session, loan.borrower_id, "sms", source="reply", actor="borrower", now=NOON) == 0


def test_a_channel_or_a_borrower_that_is_none_is_told_so(database: Database) -> None:
    with database.write() as session:
        borrower = a_borrower(session)
        with pytest.raises(Invalid):
            refuse(session, borrower.id, "webhook", source="api", actor="anna", now=NOON)
        with pytest.raises(NotFound):
            refuse(session, 10**9, "sms", source="api", actor="anna", now=NOON)


def test_what_was_said_cannot_be_changed(database: Database) -> None:
    with database.write() as session:
        borrower = a_borrower(session)
        refuse(session, borrower.id, "sms", source="api", actor="anna", now=NOON)
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.scalars(select(Consent)).one().act = "given"
