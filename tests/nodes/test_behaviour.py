"""What single node types do, run as SQL on both databases."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from marshmallow import ValidationError

from scenario_engine.database import Database
from scenario_engine.graph.params import read_params, try_params
from scenario_engine.models import Promise
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.nodes.webhook import body_of, check_address
from tests.builders import a_borrower, a_loan
from tests.graph.documents import RULE
from tests.nodes.frames import RegistryFrame, over_loans, rests, routes

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
NODES = load_catalogue()


def rule(field: str, operator: str, value: Any) -> dict[str, Any]:
    """A rule of one condition."""
    return {"combinator": "and", "rules": [{"field": field, "operator": operator, "value": value}]}


def sentence(key: str, **params: Any) -> tuple[str, str]:
    """The sentence of a node with these params, English and Russian."""
    english, russian = NODES[key].sentence(read_params(NODES[key], params))
    return english, russian


def test_a_condition_sends_by_yes_and_no(database: Database) -> None:
    with database.write() as session:
        for dpd in (0, 5, 6):
            a_loan(session, dpd=dpd)
        assert routes(session, NODES["condition"], RegistryFrame(NOW), rule=rule("dpd", ">", 5)) == ["no", "no", "yes"]


def test_a_switch_takes_the_first_branch_that_holds(database: Database) -> None:
    branches = [
        {"key": "small", "title": "small", "rule": rule("balance", "<=", 500_000)},
        {"key": "middle", "title": "middle", "rule": rule("balance", "<=", 3_000_000)},
    ]
    with database.write() as session:
        for balance in (500_000, 500_001, 3_000_001):
            a_loan(session, balance=balance)
        found = routes(session, NODES["switch"], RegistryFrame(NOW), branches=branches)
    assert found == ["small", "middle", "otherwise"]


def test_a_split_deals_in_the_shares_that_were_given(database: Database) -> None:
    arms = [
        {"key": "a", "title": "A", "weight": 50},
        {"key": "none", "title": "-", "weight": 0},
        {"key": "b", "title": "B", "weight": 40},
        {"key": "c", "title": "C", "weight": 10, "holdout": True},
    ]
    frame = RegistryFrame(NOW)
    with database.write() as session:
        for number in range(100):
            a_loan(session, a_borrower(session, lot=number * 100 + 99))
        assert Counter(routes(session, NODES["split"], frame, arms=arms)) == {"a": 50, "b": 40, "c": 10}
    assert set(frame.asked) == {("draw", "n1")}


def test_splits_with_one_salt_draw_alike() -> None:
    frame = RegistryFrame(NOW)
    kind = NODES["split"]
    kind.route(read_params(kind, {**kind.defaults_in("en"), "salt": "spring"}), frame)
    assert frame.asked == [("draw", "spring")]


@pytest.mark.parametrize(
    ("word", "port"), [("allow", "sent"), ("defer", "@stay"), ("block", "blocked"), ("no_address", "no_address")]
)
@pytest.mark.parametrize(
    ("key", "kind", "address"),
    [
        ("sms", "message", "phone"),
        ("email", "message", "email"),
        ("messenger", "message", "messenger"),
        ("robot_call", "call", "phone"),
        ("letter", "letter", "postal_address"),
    ],
)
def test_a_contact_goes_the_way_the_guard_says(
    sqlite_database: Database, key: str, kind: str, address: str, word: str, port: str
) -> None:
    frame = RegistryFrame(NOW, word=word)
    with sqlite_database.write() as session:
        a_loan(session)
        assert routes(session, NODES[key], frame, **NODES[key].defaults_in("en")) == [port]
    assert frame.asked == [(kind, address)]


def test_a_message_carries_what_the_outbox_needs_and_counts_as_a_contact() -> None:
    kind = NODES["email"]
    message, contact = kind.effects(read_params(kind, {"subject": "s", "template": "t"}), RegistryFrame(NOW))

    assert (message.on, message.table, message.values["channel"]) == ("sent", "messages", "email")
    assert message.values["content"] == {"subject": "s", "template": "t"}
    assert (contact.on, contact.table, contact.values["kind"]) == ("sent", "contacts", "message")


def test_a_webhook_is_no_contact() -> None:
    kind = NODES["webhook"]
    (message,) = kind.effects(
        read_params(kind, {"url": "https://example.com/x", "payload": ["dpd"]}), RegistryFrame(NOW)
    )
    assert message.values["content"] == {"url": "https://example.com/x", "fields": ["dpd"]}
    assert kind.contact_kind is None


def test_a_webhook_says_the_chosen_fields_and_no_others() -> None:
    values = {"dpd": 3, "overdue": 50_000, "next_due_on": date(2026, 3, 9), "full_name": "Примерова Анна"}
    said = json.loads(body_of({"url": "https://example.com/x", "fields": ["dpd", "overdue", "next_due_on"]}, values))
    assert said == {"type": "case.told", "data": {"dpd": 3, "overdue": 50_000, "next_due_on": "2026-03-09"}}


def test_a_wait_lasts_as_long_as_it_says(database: Database) -> None:
    with database.write() as session:
        a_loan(session)
        a_loan(session, a_borrower(session, time_zone="Asia/Kamchatka"))
        frame = RegistryFrame(NOW, zones=("Asia/Kamchatka",))
        plain = rests(session, NODES["wait.duration"], frame, days=1, hours=2, minutes=3)
        morning = rests(session, NODES["wait.duration"], frame, days=1, at="10:00")
        signal = rests(session, NODES["wait.signal"], frame, signal_kinds=["reply"], timeout={"hours": 5})

    assert plain == [NOW + timedelta(days=1, hours=2, minutes=3)] * 2
    assert morning == [datetime(2026, 3, 6, 7, tzinfo=UTC), datetime(2026, 3, 5, 22, tzinfo=UTC)]
    assert signal == [NOW + timedelta(hours=5)] * 2


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Asia/Kamchatka"])
def test_a_date_of_the_loan_becomes_a_moment_at_the_borrowers(database: Database, zone: str) -> None:
    hours = {"Europe/Moscow": 3, "Asia/Kamchatka": 12}[zone]
    with database.write() as session:
        borrower = a_borrower(session, time_zone=zone)
        a_loan(session, borrower, next_due_on=date(2026, 3, 20))
        a_loan(session, borrower, next_due_on=date(2026, 3, 1))
        a_loan(session, borrower, next_due_on=None)
        found = rests(
            session, NODES["wait.until"], RegistryFrame(NOW, zones=(zone,)), mode="date", offset_days=-1, at="10:00"
        )
    soon = NOW + timedelta(minutes=1)
    assert found == [datetime(2026, 3, 19, 10, tzinfo=UTC) - timedelta(hours=hours), soon, soon]


def test_the_last_promise_gives_the_day(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        for day in (10, 12, 11):
            session.add(
                Promise(loan_id=loan.id, amount=1, due_on=date(2026, 3, day), given_at=NOW, state="open", task_id=None)
            )
        session.flush()
        found = rests(session, NODES["wait.until"], RegistryFrame(NOW), mode="date", date_field="promise_due_on")
    assert found == [datetime(2026, 3, 12, 7, tzinfo=UTC)]


def test_a_sub_scenario_that_is_not_live_is_skipped(database: Database) -> None:
    with database.write() as session:
        a_loan(session)
        assert routes(session, NODES["sub_scenario"], RegistryFrame(NOW), scenario="nowhere") == ["skipped"]


def test_an_earlier_restriction_of_lending_is_left_as_it_is(database: Database) -> None:
    kind = NODES["restrict_lending"]
    (effect,) = kind.effects(read_params(kind, {"reason": "x"}), RegistryFrame(NOW))
    with database.write() as session:
        a_loan(session)
        a_loan(session, a_borrower(session, lending_restricted_at=NOW))
        assert effect.where is not None
        assert [bool(held) for held in session.scalars(over_loans(effect.where))] == [True, False]


def test_signals_wake_by_one_port_or_by_their_own() -> None:
    kind = NODES["wait.signal"]
    raw = {"signal_kinds": ["reply", "payment_received", "reply"], "timeout": {"days": 1}}
    together, apart = read_params(kind, raw), read_params(kind, {**raw, "separate": True})

    assert [port.key for port in kind.ports(together)] == ["received", "timeout"]
    assert [(wake.signal_kind, wake.port) for wake in kind.wakes(together)] == [
        ("reply", "received"),
        ("payment_received", "received"),
    ]
    assert [port.key for port in kind.ports(apart)] == ["reply", "payment_received", "timeout"]
    assert {wake.port for wake in kind.wakes(apart)} == {"reply", "payment_received"}


def test_a_task_brings_its_results_to_the_operator() -> None:
    kind = NODES["task"]
    params = read_params(kind, kind.defaults_in("ru"))
    (effect,) = kind.effects(params, RegistryFrame(NOW))

    assert effect.values["dispositions"]["items"][0] == {
        "key": "promised",
        "title": "Обещал оплатить",
        "needs": "promise",
    }
    assert [port.key for port in kind.ports(params)] == ["promised", "refused", "not_reached", "expired"]


@pytest.mark.parametrize(
    ("kind", "size", "fits"),
    [("discount", 100, True), ("discount", 101, False), ("restructuring", 121, False), ("prolongation", 365, True)],
)
def test_the_size_of_an_offer_fits_its_kind(kind: str, size: int, fits: bool) -> None:
    problems = try_params(NODES["offer"], {"kind": kind, "size": size})[1]
    assert [problem.field for problem in problems] == ([] if fits else ["size"])


@pytest.mark.parametrize("length", [{}, {"days": 0}, {"minutes": -1}, {"days": 3_651}, {"hours": 1.5}, {"days": True}])
def test_a_wait_is_between_a_minute_and_ten_years(length: dict[str, Any]) -> None:
    assert try_params(NODES["wait.duration"], length)[1]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://",
        "https:///x",
        "ftp://example.com",
        "example.com",
        "https://user:secret@example.com/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost",
        "https://printer.local/",
        "https://intranet/",
        "https://metadata.google.internal/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://10.1.2.3:8443/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::1",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
    ],
)
def test_a_webhook_goes_to_public_https_addresses_only(url: str) -> None:
    with pytest.raises(ValidationError):
        check_address(url)


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://api.example.com:8443/a?b=c", "https://8.8.8.8/", "https://пример.рф/x"]
)
def test_a_webhook_may_go_to_a_public_address(url: str) -> None:
    check_address(url)


def test_sentences_read_naturally_in_both_languages() -> None:
    day = {"days": 1}
    assert sentence("wait.duration", days=3, at="10:00") == (
        "Wait 3 days, then until 10:00 local time",
        "Ждать 3 дня, затем до 10:00 по времени заёмщика",
    )
    assert sentence("wait.duration", days=21, hours=5, minutes=11) == (
        "Wait 21 days 5 hours 11 minutes",
        "Ждать 21 день 5 часов 11 минут",
    )
    assert sentence("wait.until", mode="date", offset_days=-2) == (
        "Wait until 10:00, 2 days before the next instalment",
        "Ждать до 10:00 за 2 дня до очередного платежа",
    )
    assert sentence("wait.until", mode="weekday", weekdays=["fri", "mon"])[0] == "Wait until Monday, Friday, 10:00"
    assert sentence("wait.signal", signal_kinds=["reply"], timeout=day) == (
        "Wait for “Borrower replied”, at most 1 day",
        "Ждать: «Ответ заёмщика», не дольше чем 1 день",
    )
    assert sentence("offer", kind="prolongation", size=14) == (
        "Offer: prolongation 14 days, valid 7 days",
        "Предложение: пролонгация 14 дней, действует 7 дней",
    )
    assert sentence("exit") == ("The case ends", "Дело завершается")
    assert sentence("sms", template="a\nb " * 40)[0].endswith("…”")
    assert sentence("entry.signal", signal_kind="promise_broken")[1] == "По событию «Обещание нарушено»"
    assert sentence("condition", rule=RULE)[1].startswith("Если ")


def test_a_sub_scenario_asks_nothing_when_it_is_not_known_which_there_are() -> None:
    kind = NODES["sub_scenario"]
    assert list(kind.check("n1", {"scenario": "other"}, CheckScope())) == []
