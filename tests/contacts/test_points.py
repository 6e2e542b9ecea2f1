"""Addresses: which is in use, which were, whose they are; phones of other countries; loans are told of a change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.contacts import points
from scenario_engine.contacts.addresses import clean, country_of, is_given_out
from scenario_engine.contacts.third_parties import add_party
from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import AuditEntry, Borrower, ContactPoint, Signal
from scenario_engine.registry import borrowers
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON

OTHER = "+79991112233"


def told(session: Session) -> list[tuple[int, str]]:
    return [tuple(row) for row in session.execute(select(Signal.loan_id, Signal.source).order_by(Signal.id))]


def known(session: Session, borrower_id: int, kind: str = "phone") -> list[tuple[str, bool]]:
    found = select(ContactPoint.value, ContactPoint.in_use).where(
        ContactPoint.borrower_id == borrower_id, ContactPoint.kind == kind
    )
    return [tuple(row) for row in session.execute(found.order_by(ContactPoint.id))]


def written_down(session: Session) -> Borrower:
    values = {"full_name": "Новый Человек", "phone": "8 (900) 000-11-22", "region": "RU-MOW"}
    return borrowers.create(session, values=values, actor="anna", now=NOON, on=NOON.date())


def test_a_borrower_who_is_written_down_has_the_address_as_a_point(database: Database) -> None:
    with database.write() as session:
        person = written_down(session)
        assert person.phone == "+79000001122"
        assert known(session, person.id) == [("+79000001122", True)]


def test_another_address_in_use_is_told_to_open_loans_and_the_former_stays_known(database: Database) -> None:
    with database.write() as session:
        person = written_down(session)
        loan = a_loan(session, person)
        a_loan(session, person, state="closed")
        point = points.add(session, person.id, kind="phone", value=OTHER, source="operator", actor="anna", now=NOON)
        assert person.phone == "+79000001122"
        points.use(session, person.id, point.id, actor="anna", now=NOON)
        session.expire_all()
        assert person.phone == OTHER
        assert known(session, person.id) == [("+79000001122", False), (OTHER, True)]
        assert told(session) == [(loan.id, "operator")]


def test_a_correction_of_the_borrower_goes_the_same_way(database: Database) -> None:
    with database.write() as session:
        person = written_down(session)
        loan = a_loan(session, person)
        borrowers.change(
            session, person.id, values={"phone": OTHER, "email": "a@example.test"}, actor="anna", now=NOON,
            on=NOON.date(),
        )  # fmt: skip
        assert known(session, person.id) == [("+79000001122", False), (OTHER, True)]
        assert known(session, person.id, "email") == [("a@example.test", True)]
        assert told(session) == [(loan.id, "operator")]
        borrowers.change(session, person.id, values={"phone": "+79000001122"}, actor="anna", now=NOON, on=NOON.date())
        assert known(session, person.id) == [("+79000001122", True), (OTHER, False)]


def test_an_address_that_ended_is_used_no_more(database: Database) -> None:
    with database.write() as session:
        person = written_down(session)
        point = session.scalars(select(ContactPoint)).one()
        points.close(session, person.id, point.id, on=NOON.date(), actor="anna", now=NOON)
        assert (person.phone, point.in_use, point.valid_to) == (None, False, NOON.date())
        with pytest.raises(Conflict, match="ended"):
            points.use(session, person.id, point.id, actor="anna", now=NOON)
        # the number was given to the same person once more: a new stretch of time
        points.add(
            session, person.id, kind="phone", value="+79000001122", in_use=True, source="reply", actor="anna", now=NOON
        )
        assert person.phone == "+79000001122"


def test_an_address_cannot_be_written_down_twice_nor_taken_from_somebody_else(database: Database) -> None:
    with database.write() as session:
        person, other = written_down(session), a_borrower(session)
        with pytest.raises(Conflict, match="known"):
            points.add(
                session, person.id, kind="phone", value="8 900 000 11 22", source="operator", actor="anna", now=NOON
            )
        point = session.scalars(select(ContactPoint)).one()
        with pytest.raises(NotFound):
            points.use(session, other.id, point.id, actor="anna", now=NOON)


def test_messages_never_go_to_a_third_party(database: Database) -> None:
    with database.write() as session:
        person = written_down(session)
        party = add_party(session, person.id, full_name="Мать Человека", relation="мать", actor="anna", now=NOON)
        theirs = points.add(
            session, person.id, kind="phone", value=OTHER, third_party_id=party.id, in_use=True, source="operator",
            actor="anna", now=NOON,
        )  # fmt: skip
        assert (person.phone, theirs.in_use) == ("+79000001122", False)
        with pytest.raises(Conflict, match="somebody else"):
            points.use(session, person.id, theirs.id, actor="anna", now=NOON)


def test_the_time_zone_follows_the_region_and_never_the_phone(database: Database) -> None:
    with database.write() as session:
        person = written_down(session)
        points.add(
            session, person.id, kind="phone", value="+77011234567", in_use=True, source="operator", actor="a", now=NOON
        )
        assert person.time_zone == "Europe/Moscow"
        borrowers.change(
            session, person.id, values={"region": "RU-KAM"}, actor="anna", now=NOON + timedelta(days=1), on=NOON.date()
        )
        assert person.time_zone == "Asia/Kamchatka"


def test_what_is_in_a_row_without_points_is_adopted_once(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        for _ in range(2):
            points.adopt(session, select(Borrower.id), source="import", now=NOON)
        assert known(session, person.id) == [(person.phone, True)]
        assert len(session.scalars(select(ContactPoint)).all()) == 3


@pytest.mark.parametrize(
    ("said", "country"),
    [("+7 701 123-45-67", "KZ"), ("+375 29 123-45-67", "BY"), ("8 900 000-00-00", None), ("+7 000 000-00-01", None)],
)
def test_a_phone_of_another_country_is_said_to_be_so(said: str, country: str | None) -> None:
    kept = clean("phone", said)
    assert isinstance(kept, str)
    assert country_of(kept) == country


def test_a_number_that_nobody_has_is_told_from_one_that_somebody_may_have() -> None:
    assert is_given_out("+79001234567")
    assert not is_given_out("+70000000001")


@pytest.mark.parametrize(
    ("kind", "said"),
    [("phone", "123"), ("phone", "звоните вечером"), ("email", "a@b"), ("email", "a@b.ru\r\nBcc: c@d.ru"),
     ("messenger", " "), ("messenger", "x" * 65), ("email", "")],
)  # fmt: skip
def test_what_is_no_address_is_refused(database: Database, kind: str, said: str) -> None:
    assert isinstance(clean(kind, said), Problem)
    with database.write() as session, pytest.raises(Invalid):
        points.add(session, a_borrower(session).id, kind=kind, value=said, source="operator", actor="a", now=NOON)


def test_an_address_reported_dead_ends_and_a_verified_one_takes_its_place(database: Database) -> None:
    with database.write() as session:
        person = written_down(session)
        loan = a_loan(session, person)
        for value in ("anna@gone.example", "anna@unsure.example", "anna@sure.example"):
            point = points.add(session, person.id, kind="email", value=value, source="form", actor="anna", now=NOON)
            if "gone" in value:
                points.use(session, person.id, point.id, actor="anna", now=NOON)
            if "sure.example" in value and "unsure" not in value:
                points.verify(session, person.id, point.id, actor="anna", now=NOON)
    later = NOON + timedelta(hours=1)
    told_of = [(person.id, "email", "anna@gone.example")] * 2 + [(person.id, "sms", "+79990001122")]
    for ended in (1, 0):  # a second telling changes nothing
        with database.write() as session:
            assert points.report_dead(session, told_of, actor="smtp", now=later) == ended
    with database.read() as session:
        assert session.get_one(Borrower, person.id).email == "anna@sure.example"
        rows = {row.value: row for row in session.scalars(select(ContactPoint).where(ContactPoint.kind == "email"))}
        gone = rows["anna@gone.example"]
        assert (gone.valid_to, gone.end_reason, gone.in_use) == (NOON.date(), "dead", False)
        assert [value for value, row in rows.items() if row.in_use] == ["anna@sure.example"]
        assert {row.end_reason for row in rows.values()} == {"dead", None}
        assert told(session)[-1] == (loan.id, "engine")
        noted = session.scalars(select(AuditEntry).where(AuditEntry.actor == "smtp").order_by(AuditEntry.id)).all()
        assert [entry.action for entry in noted] == ["borrower.point_died", "borrower.point_used"]
        assert noted[0].details == {"kind": "email", "point": gone.id}


def test_an_address_reported_dead_that_nothing_can_replace_leaves_none(database: Database) -> None:
    with database.write() as session:
        person = written_down(session)
        points.add(session, person.id, kind="phone", value=OTHER, source="form", actor="anna", now=NOON)
        assert points.report_dead(session, [(person.id, "sms", "+79000001122")], actor="smpp", now=NOON) == 1
    with database.read() as session:
        assert session.get_one(Borrower, person.id).phone is None
        assert known(session, person.id) == [("+79000001122", False), (OTHER, False)]
