"""Contacts through the whole engine and by hand: a change at noon, a change of region, a channel that was refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine import authoring, manual_contacts, work
from scenario_engine.contacts import refusals
from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.errors import Conflict, Forbidden, Invalid
from scenario_engine.models import Borrower, Case, Contact, Loan, PolicyVersion, Task, Trail
from scenario_engine.policies import editing, shelf
from scenario_engine.policies.bench import Invented, Made, ask, imagine, used
from scenario_engine.policies.reasons import in_words
from scenario_engine.policies.shipped import SHIPPED
from scenario_engine.policies.stop_ends import stop_ends
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

SMS = {"template": "{{ creditor_name }} {{ creditor_phone }}"}


def tick(database: Database, now: datetime = NOON) -> None:
    run_tick(database, now=now, settings=SETTINGS, timer=lambda: 0.0)


def two_messages(kind: str = "sms") -> dict[str, Any]:
    return a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "one": (kind, SMS),
            "two": (kind, SMS),
            "end": ("exit", {"reason": "done"}),
        },
        ["in:next>one", "one:sent>two", "one:blocked>end", "two:sent>end", "two:blocked>end"],
    )


def with_limits(limits: list[dict[str, Any]], **over: Any) -> dict[str, Any]:
    """The Russian policy with other limits."""
    return {**SHIPPED["ru-230"].document, "limits": limits, **over}


def one_a_day() -> dict[str, Any]:
    return with_limits(
        [
            {
                "kind": "message",
                "contacts": 1,
                "windows": [{"rolling_hours": 24}],
                "per": "borrower",
                "counts": "attempts",
            }
        ]
    )


def approved(session: Session, document: dict[str, Any], valid_from: datetime, *, now: datetime) -> PolicyVersion:
    made = editing.draft(
        session, "ru-230", document=document, valid_from=valid_from, note="", actor="one", now=now
    )  # fmt: skip
    editing.submit(session, made.id, actor="one", now=now)
    return editing.approve(session, made.id, actor="two", now=now)


def contacts(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Contact)) or 0


def reasons(database: Database) -> list[str]:
    with database.read() as session:
        seen = [json.loads(text) for text in session.scalars(select(Trail.seen)) if text]
    return sorted(saw["@contact"] for each in seen for saw in each.values() if "@contact" in saw)


def test_a_change_of_the_policy_at_noon_counts_at_noon(database: Database) -> None:
    with database.write() as session:
        shelf.ship(session, now=NOON - timedelta(days=9), actor="command")
        approved(session, one_a_day(), NOON, now=NOON - timedelta(days=1))
        for _ in range(2):
            a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, two_messages())
    tick(database, NOON - timedelta(seconds=1))
    assert contacts(database) == 4
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
    tick(database, NOON)
    assert contacts(database) == 5
    assert reasons(database) == ["limit:1:1d"]


def test_a_version_never_holds_before_it_was_approved(database: Database) -> None:
    with database.write() as session:
        made = approved(session, one_a_day(), NOON - timedelta(days=3), now=NOON)
        assert made.valid_from == NOON
        before = shelf.policy_in_force(session, "ru-230", NOON - timedelta(seconds=1))
        after = shelf.policy_in_force(session, "ru-230", NOON)
    assert (len(before.limits["message"]), len(after.limits["message"])) == (3, 1)


def test_nobody_approves_their_own_version_and_one_is_worked_on_at_a_time(database: Database) -> None:
    with database.write() as session:
        made = editing.draft(
            session, "ru-230", document=one_a_day(), valid_from=None, note="why", actor="one", now=NOON
        )  # fmt: skip
        with pytest.raises(Conflict):
            editing.draft(
                session, "ru-230", document=one_a_day(), valid_from=None, note="", actor="two", now=NOON
            )  # fmt: skip
        with pytest.raises(Conflict):
            editing.approve(session, made.id, actor="two", now=NOON)
        editing.submit(session, made.id, actor="one", now=NOON)
        with pytest.raises(Forbidden):
            editing.approve(session, made.id, actor="one", now=NOON)
        with pytest.raises(Invalid):
            editing.reject(session, made.id, actor="two", now=NOON, remark=" ")
        editing.reject(session, made.id, actor="two", now=NOON, remark="too strict")
        assert (made.state, made.remark) == ("rejected", "too strict")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hours": {"working": ["22:00", "08:00"], "rest": ["09:00", "20:00"]}}, "document.hours"),
        ({"country": "XX"}, "document.country"),
        ({"limits": [{"kind": "call", "contacts": -1, "windows": [], "per": "x", "counts": "y"}]}, "document.limits"),
        ({"surprise": 1}, "document.surprise"),
        ({"channels_off": ["drum"]}, "document.channels_off"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_by_field(
    sqlite_database: Database, change: dict[str, Any], field: str
) -> None:
    document = {**SHIPPED["ru-230"].document, **change}
    with sqlite_database.write() as session, pytest.raises(Invalid) as refused:
        editing.draft(session, "ru-230", document=document, valid_from=None, note="", actor="one", now=NOON)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_borrower_who_moves_east_is_not_contacted_at_night_nor_once_more(database: Database) -> None:
    evening = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
    with database.write() as session:
        person = a_borrower(session)
        a_loan(session, person, dpd=5, overdue=100_00)
        a_live_version(session, two_messages())
    tick(database, evening)
    assert contacts(database) == 2
    with database.write() as session:
        session.get_one(Borrower, person.id).time_zone = "Asia/Vladivostok"
        a_loan(session, session.get_one(Borrower, person.id), dpd=5, overdue=100_00)
    tick(database, evening + timedelta(minutes=1))
    assert (contacts(database), reasons(database)) == (2, ["defer"])
    # a new day in Vladivostok; not yet twenty-four hours later
    tick(database, datetime(2026, 3, 4, 23, 0, tzinfo=UTC))
    assert (contacts(database), reasons(database)) == (2, ["defer", "limit:2:day"])


def test_a_refused_channel_and_one_that_is_switched_off_are_left_alone(database: Database) -> None:
    with database.write() as session:
        person = a_borrower(session)
        a_loan(session, person, dpd=5, overdue=100_00)
        refusals.refuse(session, person.id, "sms", source="link", actor="borrower", now=NOON)
        a_live_version(session, two_messages(), key="one")
        document = two_messages("messenger")
        a_live_version(session, {**document, "settings": {**document["settings"], "track": "other"}}, key="two")
    tick(database)
    assert (contacts(database), reasons(database)) == (0, ["channel_off", "refused"])


def test_a_decreed_day_of_rest_has_the_hours_of_one(database: Database) -> None:
    early = datetime(2026, 3, 4, 5, 30, tzinfo=UTC)  # 8:30 in Moscow
    with database.write() as session:
        editing.decree(session, "RU", date(2026, 3, 4), rest=True, note="decree", actor="one", now=NOON)
        a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, two_messages())
    tick(database, early)
    with database.read() as session:
        assert session.scalar(select(Case.due_at)) == datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
    with database.write() as session:
        editing.decree(session, "RU", date(2026, 3, 4), rest=None, note="", actor="one", now=NOON)
        a_loan(session, dpd=5, overdue=100_00)
    tick(database, early + timedelta(seconds=1))
    assert contacts(database) == 2


def test_a_call_of_a_person_counts_against_the_robot_and_asks_the_same_guard(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00)
        first = manual_contacts.record(session, loan.id, channel="operator_call", actor="operator", now=NOON)
        assert first.kind == "call"
        (chance,) = manual_contacts.chances(session, loan.id, ["operator_call"], now=NOON + timedelta(hours=1))
        assert chance.answer.code == "limit:1:day"
        assert chance.answer.until == NOON + timedelta(days=1)
        with pytest.raises(Conflict) as refused:
            manual_contacts.record(
                session, loan.id, channel="operator_call", actor="operator", now=NOON + timedelta(hours=1)
            )  # fmt: skip
        assert refused.value.text == in_words("limit:1:day")
        # what the borrower begins is written down and counts against nothing
        manual_contacts.record(session, loan.id, channel="operator_call", actor="operator", now=NOON, incoming=True)
        a_live_version(session, two_messages("robot_call"))
    tick(database, NOON + timedelta(minutes=5))
    assert (contacts(database), reasons(database)) == (2, ["limit:1:day"])


def test_a_call_that_was_counted_when_it_began_is_not_counted_again_with_its_task(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00)
        task = Task(
            loan_id=loan.id, borrower_id=loan.borrower_id, queue="calls", title="Call", created_at=NOON,
            dispositions={"items": [{"key": "promised", "title": "x"}]},
        )  # fmt: skip
        session.add(task)
        session.flush()
        manual_contacts.record(
            session, loan.id, channel="operator_call", actor="operator", now=NOON + timedelta(minutes=1)
        )  # fmt: skip
        work.close(
            session, task.id, disposition="promised", actor="operator", now=NOON + timedelta(minutes=9),
            time_zone="Europe/Moscow",
        )  # fmt: skip
        made = session.scalars(select(Contact)).one()
        assert (made.kind, made.outcome) == ("call", "talked")


def test_after_a_conversation_regulation_f_waits_seven_days_and_a_consent_lifts_it(database: Database) -> None:
    with database.write() as session:
        policy = shelf.policy_in_force(session, "us-reg-f", NOON)
        loan = a_loan(session, a_borrower(session, time_zone="America/New_York"))
        afternoon = datetime(2026, 3, 4, 18, tzinfo=UTC)
        manual_contacts.record(
            session, loan.id, channel="operator_call", actor="o", now=afternoon, incoming=True, talked=True
        )  # fmt: skip
        about = {"loan_id": loan.id, "kind": "call", "channel": "operator_call"}
        later = afternoon + timedelta(days=2)
        answer = ask(session, policy, **about, now=later)
        assert (answer.code, answer.until) == ("talk:7d", afternoon + timedelta(days=7))
        assert ask(session, policy, **about, now=later, consented=True).allowed
        other = a_loan(session, session.get_one(Borrower, loan.borrower_id))
        assert ask(session, policy, **about | {"loan_id": other.id}, now=later).allowed


def test_what_is_used_of_a_limit_is_counted_over_all_loans_and_in_the_stricter_window(database: Database) -> None:
    monday = datetime(2026, 3, 16, 9, tzinfo=UTC)
    with database.write() as session:
        policy = shelf.policy_in_force(session, "ru-230", monday)
        person = a_borrower(session, time_zone="Europe/Moscow")
        one, two = a_loan(session, person), a_loan(session, person)
        # on Sunday evening: another day, week and half of the month, and yet within 24 hours
        session.add(a_contact(person, one, "message", monday - timedelta(hours=15)))
        session.add(a_contact(person, two, "message", monday - timedelta(hours=1)))
        session.add(a_contact(person, one, "call", monday - timedelta(days=3)))
        session.add(a_contact(person, one, "incoming", monday - timedelta(hours=2)))
        session.flush()
        of_each = used(session, policy, borrower_id=person.id, time_zone=person.time_zone, now=monday)
        stranger = a_borrower(session)
        of_nobody = used(session, policy, borrower_id=stranger.id, time_zone="UTC", now=monday)
    assert [(each.kind, each.contacts, each.limit.contacts, each.is_reached) for each in of_each] == [
        ("message", 2, 2, True), ("message", 2, 4, False), ("message", 2, 16, False),
        ("call", 0, 1, False), ("call", 1, 2, False), ("call", 1, 8, False),
        ("meeting", 0, 1, False),
    ]  # fmt: skip
    assert [each.contacts for each in of_nobody] == [0] * 7


def test_a_limit_about_one_loan_is_as_used_as_on_the_loan_that_has_most(database: Database) -> None:
    with database.write() as session:
        policy = shelf.policy_in_force(session, "us-reg-f", NOON)
        person = a_borrower(session, time_zone="America/New_York")
        one, two = a_loan(session, person), a_loan(session, person)
        for days in (1, 2, 3):
            session.add(a_contact(person, one, "call", NOON - timedelta(days=days)))
        session.add(a_contact(person, two, "call", NOON - timedelta(days=1)))
        session.flush()

        def counts() -> list[tuple[int, bool]]:
            found = used(session, policy, borrower_id=person.id, time_zone=person.time_zone, now=NOON)
            return [(each.contacts, each.is_reached) for each in found if each.kind == "call"]

        assert counts() == [(3, False), (0, False)]
        session.add(a_contact(person, two, "incoming", NOON - timedelta(hours=3), outcome="talked"))
        session.flush()
        assert counts() == [(3, False), (1, True)]


def a_contact(person: Borrower, loan: Loan, kind: str, at: datetime, outcome: str | None = None) -> Contact:
    return Contact(borrower_id=person.id, loan_id=loan.id, kind=kind, channel="sms", at=at, outcome=outcome)


def test_a_made_up_history_is_judged_like_a_real_one(database: Database) -> None:
    day = timedelta(days=1)
    history = [Made(kind="call", at=NOON - 3 * day), Made(kind="call", at=NOON - 2 * day)]
    with database.read() as session:
        policy = shelf.policy_in_force(session, "ru-230", NOON)
        vladivostok = Invented(time_zone="Asia/Vladivostok", history=history)
        at = NOON - timedelta(hours=2)
        full = imagine(session, policy, vladivostok, kind="call", channel="robot_call", now=at)
        night = imagine(
            session, policy, Invented(time_zone="Asia/Vladivostok"), kind="call", channel="robot_call",
            now=NOON + timedelta(hours=6),
        )  # fmt: skip
        stopped = imagine(
            session, policy, Invented(time_zone="UTC", contact_stop="death"), kind="message", channel="sms", now=NOON
        )
    # the first call was made on a Sunday: by the calendar its week is over, as a rolling one it is not
    assert full.code == "limit:2:week"
    assert full.until == NOON + 4 * day
    assert (night.code, night.until) == ("defer", datetime(2026, 3, 4, 22, 0, tzinfo=UTC))
    assert (stopped.code, stopped.until) == ("stop:death", None)


def test_every_answer_reads_as_a_sentence() -> None:
    for code in (
        "allow",
        "defer",
        "stop:minor",
        "refused",
        "channel_off",
        "limit:7:7d:loan",
        "limit:2:week",
        "talk:7d",
    ):
        said = in_words(code)
        assert code not in said
        assert said.en != said.ru


def test_the_check_of_a_scenario_says_which_channels_the_policy_has_off(database: Database) -> None:
    steps = {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "write": ("messenger", {"template": "{{ creditor_name }} {{ creditor_phone }}", "connector": "sandbox"}),
        "out": ("exit", {"reason": "done"}),
    }
    drawn = a_document(steps, ["in:next>write", *(f"write:{port}>out" for port in ("sent", "blocked", "no_address"))])
    with database.write() as session:
        shelf.ship(session, now=NOON - timedelta(days=60), actor="command")
        (problem,) = authoring.analyse(session, drawn, now=NOON).problems
        assert (problem.code, problem.node, problem.severity) == ("channel.off", "write", "warning")
        approved(session, {**SHIPPED["ru-230"].document, "channels_off": []}, NOON + timedelta(days=1), now=NOON)
        assert len(authoring.analyse(session, drawn, now=NOON).problems) == 1
        assert authoring.analyse(session, drawn, now=NOON + timedelta(days=1)).problems == ()


def test_the_check_of_a_text_asks_the_policy_what_every_message_names(database: Database) -> None:
    steps = {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "write": ("sms", {"template": "{{ creditor_name }}", "connector": "sandbox"}),
        "out": ("exit", {"reason": "done"}),
    }
    drawn = a_document(steps, ["in:next>write", *(f"write:{port}>out" for port in ("sent", "blocked", "no_address"))])
    with database.write() as session:
        (problem,) = authoring.analyse(session, drawn, now=NOON).problems
        assert (problem.code, problem.severity) == ("template.creditor", "warning")
        assert "{{ creditor_phone }}" in problem.text.en
        assert "{{ creditor_name }}" not in problem.text.en
        named = {**SHIPPED["ru-230"].document, "identification": ["creditor_name"]}
        approved(session, named, NOON + timedelta(days=1), now=NOON)
        assert authoring.analyse(session, drawn, now=NOON + timedelta(days=1)).problems == ()


def test_a_moratorium_ends_by_the_policy_under_which_the_loan_is_worked(database: Database) -> None:
    steps = {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "wait": ("wait.duration", {"days": 30}),
        "out": ("exit", {"reason": "done"}),
    }
    with database.write() as session:
        loan = a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, a_document(steps, ["in:next>wait", "wait:next>out"], policy="uk-breathing-space"))
        assert stop_ends(session, loan.borrower_id, now=NOON) == {}
    tick(database)
    with database.read() as session:
        assert stop_ends(session, loan.borrower_id, now=NOON) == {"moratorium": NOON.date() + timedelta(days=60)}


def three_calls(days: int) -> dict[str, Any]:
    """At most two of them within a week, and one a day."""
    calls = {name: ("robot_call", {**SMS, "limit_days": days}) for name in ("one", "two", "three")}
    steps = {"in": ("entry.segment", {"rule": overdue_rule(1)}), **calls}
    ends = {"end": ("exit", {"reason": "done"}), "not": ("exit", {"reason": "not"})}
    ways = ["in:next>one", "one:sent>two", "two:sent>three", "three:sent>end"]
    return a_document({**steps, **ends}, [*ways, *(f"{name}:blocked>not" for name in calls)])


@pytest.mark.parametrize(("days", "made"), [(0, 1), (1, 2), (6, 2), (7, 3)])
def test_a_used_up_limit_is_waited_for_as_many_days_as_the_step_says(database: Database, days: int, made: int) -> None:
    with database.write() as session:
        a_loan(session, a_borrower(session, time_zone="Asia/Vladivostok"), dpd=5, overdue=100_00)
        a_live_version(session, three_calls(days))
    evening = datetime(2026, 3, 4, 10, tzinfo=UTC)  # a Wednesday, 20:00 in Vladivostok
    tick(database, evening)
    asked = []
    while len(asked) < 20:
        with database.read() as session:
            due = session.scalar(select(Case.due_at).where(Case.ended_at.is_(None)))
        if due is None:
            break
        asked.append(due)
        tick(database, due)
    assert contacts(database) == made
    # a day later each time, at nine where that would be the night of a day of rest
    assert {(moment + timedelta(hours=10)).hour for moment in asked} <= {9, 20}
    with database.read() as session:
        case = session.scalars(select(Case)).one()
        assert (case.end_reason, case.ended_at) == ("exit", asked[-1] if asked else evening)
