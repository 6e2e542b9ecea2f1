"""What was said holds until something else is said; third parties need two consents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from scenario_engine.contacts.consents import Word, standing, write_down
from scenario_engine.contacts.refusals import allow, refuse, refused
from scenario_engine.contacts.stops import set_contact_stop
from scenario_engine.contacts.third_parties import add_party, missing, party_of, remove_party
from scenario_engine.database import Database
from scenario_engine.errors import Invalid, NotFound
from scenario_engine.models import Borrower, ChannelRefusal, Consent, Message
from scenario_engine.models.consent import CHANNELS
from tests.builders import a_borrower, a_loan
from tests.contacts.test_refusals import a_message
from tests.engine.scenarios import NOON

YES = Word(act="given", purpose="third_party", third_party_id=0, source="operator", document="№ 7")


def test_the_last_word_about_a_purpose_holds_and_all_are_kept(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        word = Word(act="given", purpose="bureau", source="contract", document="Договор № 1", dated=NOON.date())
        for act in ("given", "revoked"):
            write_down(session, person.id, replace(word, act=act), actor="anna", now=NOON)
        assert standing(session, person.id)["bureau"].act == "revoked"
        assert len(session.scalars(select(Consent)).all()) == 2


def test_consent_to_contact_taken_back_refuses_the_channel_and_given_again_allows_it(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        a_message(session, loan, "sms")
        word = Word(act="revoked", purpose="contact", channel="sms", source="form", document="заявление")
        assert write_down(session, loan.borrower_id, word, actor="anna", now=NOON) == 1
        assert refused(session, [loan.borrower_id]) == {(loan.borrower_id, "sms")}
        write_down(session, loan.borrower_id, replace(word, act="given"), actor="anna", now=NOON)
        assert refused(session, [loan.borrower_id]) == set()
        assert [each.document for each in session.scalars(select(Consent))] == ["заявление", "заявление"]


@pytest.mark.parametrize("said", [(), ("borrower",), ("third_party",)])
def test_without_both_consents_nobody_talks_to_a_third_party(database: Database, said: tuple[str, ...]) -> None:
    with database.write() as session:
        person = a_borrower(session)
        party = add_party(session, person.id, full_name="Сестра", relation="сестра", actor="anna", now=NOON)
        for who in said:
            write_down(session, person.id, replace(YES, third_party_id=party.id, said_by=who), actor="a", now=NOON)
        assert missing(session, party.id) is not None


@pytest.mark.parametrize("who", ["borrower", "third_party"])
def test_either_may_take_theirs_back(database: Database, who: str) -> None:
    with database.write() as session:
        person = a_borrower(session)
        party = add_party(session, person.id, full_name="Сестра", relation="сестра", actor="anna", now=NOON)
        yes = replace(YES, third_party_id=party.id)
        for each in ("borrower", "third_party"):
            write_down(session, person.id, replace(yes, said_by=each), actor="a", now=NOON)
        assert missing(session, party.id) is None
        write_down(session, person.id, replace(yes, said_by=who, act="revoked"), actor="a", now=NOON)
        assert missing(session, party.id) is not None


def test_a_person_who_was_taken_off_the_card_is_not_talked_to(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        party = add_party(session, person.id, full_name="Сестра", relation="сестра", actor="anna", now=NOON)
        for each in ("borrower", "third_party"):
            write_down(session, person.id, replace(YES, third_party_id=party.id, said_by=each), actor="a", now=NOON)
        remove_party(session, person.id, party.id, on=NOON.date(), actor="a", now=NOON)
        with pytest.raises(NotFound):
            party_of(session, person.id, party.id)
        with pytest.raises(NotFound):
            write_down(session, person.id, replace(YES, third_party_id=party.id), actor="a", now=NOON)


@pytest.mark.parametrize(
    ("word", "field"),
    [
        (Word(act="given", purpose="nonsense", source="operator"), "purpose"),
        (Word(act="given", purpose="contact", channel="webhook", source="operator"), "channel"),
        (Word(act="given", purpose="bureau", channel="sms", source="operator"), "channel"),
        (Word(act="given", purpose="third_party", source="operator"), "third_party_id"),
        (Word(act="given", purpose="bureau", said_by="third_party", source="operator", document="x"), "said_by"),
        (Word(act="given", purpose="bureau", source="hearsay"), "source"),
        (Word(act="given", purpose="bureau", source="form", dated=NOON.date() + timedelta(days=2)), "dated"),
        (replace(YES, said_by="third_party", third_party_id=1, document=" "), "document"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(database: Database, word: Word, field: str) -> None:
    with database.write() as session:
        with pytest.raises(Invalid) as refusal:
            write_down(session, a_borrower(session).id, word, actor="anna", now=NOON)
        assert field in {problem.field for problem in refusal.value.problems}
        assert session.scalars(select(Consent)).all() == []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["refuse", "allow", "revoked", "given", "queue", "stop", "lift"]),
        st.sampled_from([*sorted(CHANNELS), None]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_after_any_sequence_nothing_is_queued_for_a_refused_channel(
    database: Database, acts: list[tuple[str, str | None]]
) -> None:
    """The queue takes a message only while its channel is allowed, as the guard sees to."""
    with database.write() as session:
        loan = a_loan(session)
        person = session.get_one(Borrower, loan.borrower_id)
        expected: set[str] = set()
        for act, channel in acts:
            said = {channel} if channel else set(CHANNELS)
            if act in ("refuse", "revoked"):
                expected |= said
            elif act in ("allow", "given"):
                expected -= said
            if act == "refuse":
                refuse(session, person.id, channel, source="reply", actor="borrower", now=NOON)
            elif act == "allow":
                allow(session, person.id, channel, source="operator", actor="anna", now=NOON)
            elif act in ("revoked", "given"):
                word = Word(
                    act="given" if act == "given" else "revoked", purpose="contact", channel=channel, source="form"
                )
                write_down(session, person.id, word, actor="anna", now=NOON)
            elif act in ("stop", "lift"):
                reason = "bankruptcy" if act == "stop" else None
                set_contact_stop(session, person.id, reason=reason, actor="anna", now=NOON)
            else:
                for each in said - expected if person.contact_stop is None else ():
                    a_message(session, loan, each)
            queued = set(
                session.scalars(
                    select(Message.channel).where(Message.borrower_id == person.id, Message.state == "queued")
                )
            )
            rows = select(ChannelRefusal.channel).where(ChannelRefusal.borrower_id == person.id)
            assert set(session.scalars(rows)) == expected
            assert not queued & expected
            assert not (queued and person.contact_stop)
