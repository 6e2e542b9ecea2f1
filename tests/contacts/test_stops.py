"""Stops with an end, and the refusal of all contact, which the contact policy allows from a day on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from scenario_engine.contacts.stops import last_day, lift_ended, refusal_opens, set_contact_stop
from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid
from scenario_engine.models import AuditEntry, Borrower
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON

TODAY = NOON.date()


def test_a_stop_with_an_end_is_lifted_when_the_borrower_wakes_up_the_day_after(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session, time_zone="Asia/Vladivostok")
        set_contact_stop(session, person.id, reason="in_patient", until=TODAY, actor="anna", now=NOON)
        assert last_day(person) == TODAY
        # midnight in Vladivostok is 14:00 UTC of the same day
        end = datetime(TODAY.year, TODAY.month, TODAY.day, 14, tzinfo=UTC)
        assert person.contact_stop_until == end
        assert lift_ended(session, now=end - timedelta(seconds=1)) == 0
        assert person.contact_stop == "in_patient"
        assert lift_ended(session, now=end) == 1
        assert (person.contact_stop, person.contact_stop_until) == (None, None)
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert actions == ["borrower.contact_stopped", "borrower.contact_stop_ended"]


def test_a_stop_without_an_end_stays(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        set_contact_stop(session, person.id, reason="bankruptcy", actor="anna", now=NOON)
        assert lift_ended(session, now=NOON + timedelta(days=4_000)) == 0
        assert session.get_one(Borrower, person.id).contact_stop == "bankruptcy"


def test_a_later_stop_without_an_end_takes_the_end_away(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        set_contact_stop(session, person.id, reason="in_patient", until=TODAY, actor="anna", now=NOON)
        set_contact_stop(session, person.id, reason="death", actor="anna", now=NOON)
        assert lift_ended(session, now=NOON + timedelta(days=9)) == 0


def test_an_end_in_the_past_is_refused(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        with pytest.raises(Invalid, match="passed"):
            set_contact_stop(
                session, person.id, reason="military", until=TODAY - timedelta(days=1), actor="anna", now=NOON
            )
        assert person.contact_stop is None


@pytest.mark.parametrize(
    ("overdue_since", "opens"),
    [(date(2025, 10, 31), date(2026, 2, 28)), (date(2026, 1, 15), date(2026, 5, 15))],
)
def test_the_law_lets_one_refuse_four_months_after_the_debt_fell_due(
    database: Database, overdue_since: date, opens: date
) -> None:
    with database.write() as session:
        person = a_borrower(session)
        a_loan(session, person, overdue=100, overdue_since=overdue_since + timedelta(days=40))
        a_loan(session, person, overdue=100, overdue_since=overdue_since)
        a_loan(session, person, overdue=100, overdue_since=date(2020, 1, 1), state="closed")
        assert refusal_opens(session, person.id, 120) == opens
        before = datetime(opens.year, opens.month, opens.day, 12, tzinfo=UTC) - timedelta(days=1)
        with pytest.raises(Conflict, match="after 120 days"):
            set_contact_stop(session, person.id, reason="refusal", refusal_from_days=120, actor="anna", now=before)
        set_contact_stop(session, person.id, reason="lawyer_only", refusal_from_days=120, actor="anna", now=before)
        set_contact_stop(
            session, person.id, reason="refusal", refusal_from_days=120, actor="anna", now=before + timedelta(days=1)
        )
        assert person.contact_stop == "refusal"


def test_who_is_not_overdue_cannot_refuse_all_contact(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        a_loan(session, person)
        with pytest.raises(Conflict, match="no loan of theirs"):
            set_contact_stop(session, person.id, reason="refusal", refusal_from_days=120, actor="anna", now=NOON)
