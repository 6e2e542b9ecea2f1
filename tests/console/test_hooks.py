"""Payments that outside systems tell of: credited once when genuine, refused when forged, kept for a person else."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from connectors.yookassa import YooKassa
from console import context
from console import incoming as taking
from console.app import create_app
from console.clock import CLOCK
from console.views import hooks
from scenario_engine.models import AuditEntry, Case, IncomingPayment, Loan, Payment, Refusal, SourceSettings, Task
from scenario_engine.ports import Told
from scenario_engine.registry.incoming import mask_sender
from scenario_engine.vault import Vault
from tests.builders import a_borrower, a_loan
from tests.console.client import Console
from tests.console.senders import HOOK_SECRET, cloudpayments, deliver, sbp, switch_on, webhook
from tests.console.world import NOW, World
from tests.registry.ledger.accounts import a_ledger_loan

OVERDUE = 500_000


def incoming(console: Console) -> list[IncomingPayment]:
    with console.database.read() as session:
        return list(session.scalars(select(IncomingPayment).order_by(IncomingPayment.id)))


def recorded(console: Console) -> list[tuple[str, int, str]]:
    with console.database.read() as session:
        rows = select(Payment.external_id, Payment.amount, Payment.source).where(Payment.source != "demo")
        return [tuple(row) for row in session.execute(rows.order_by(Payment.id))]


def test_a_genuine_payment_that_cures_the_loan_is_credited_and_ends_its_case_at_once(
    both: Console, both_world: World
) -> None:
    switch_on(both)
    answer = deliver(both, "cloudpayments", cloudpayments(17, "L-1", OVERDUE, NOW))
    assert (answer.status_code, answer.json) == (200, {"code": 0})
    assert recorded(both) == [("cloudpayments:17", OVERDUE, "cloudpayments")]
    [row] = incoming(both)
    assert (row.state, row.loan_id, row.reason) == ("credited", both_world.loan, None)
    with both.database.read() as session:
        assert session.get_one(Loan, both_world.loan).overdue == 0
        assert session.get_one(Case, both_world.case).ended_at == NOW
        assert session.get_one(Task, both_world.task).state == "cancelled"
        assert row.payment_id == session.scalar(select(Payment.id).where(Payment.external_id == "cloudpayments:17"))
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "payment.recorded")).one()
    assert (noted.actor, noted.details["loan"]) == ("cloudpayments", "L-1")


@pytest.mark.parametrize("key", ["cloudpayments", "sbp", "webhooks"])
def test_the_same_notification_again_gets_the_same_answer_and_changes_nothing(
    both: Console, both_world: World, key: str
) -> None:
    switch_on(both)
    sent = {"cloudpayments": cloudpayments, "sbp": sbp, "webhooks": webhook}[key](1, "L-1", 10_000, NOW)
    answers = [deliver(both, key, sent) for _ in range(3)]
    assert [(answer.status_code, answer.json) for answer in answers] == [(200, answers[0].json)] * 3
    assert [amount for _code, amount, _source in recorded(both)] == [10_000]
    assert len(incoming(both)) == 1


def test_equal_notifications_at_the_same_moment_are_credited_once(both: Console, both_world: World) -> None:
    switch_on(both)
    sent = cloudpayments(5, "L-1", 10_000, NOW)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: deliver(both, "cloudpayments", sent).status_code, range(16)))
    assert answers == [200] * 16
    assert [amount for _code, amount, _source in recorded(both)] == [10_000]
    with both.database.read() as session:
        assert session.get_one(Loan, both_world.loan).overdue == OVERDUE - 10_000


def test_a_forged_notification_is_refused_counted_and_leaves_nothing_else(both: Console, both_world: World) -> None:
    switch_on(both)
    body, headers = cloudpayments(6, "L-1", 10_000, NOW)
    more = body.replace(b"100.00", b"999.00")
    assert more != body
    for _ in range(3):
        answer = deliver(both, "cloudpayments", (more, headers), environ_base={"REMOTE_ADDR": "203.0.113.77"})
        assert (answer.status_code, answer.json) == (401, {"error": "refused"})
    assert incoming(both) == []
    assert recorded(both) == []
    with both.database.read() as session:
        [counted] = session.scalars(select(Refusal))
    assert (counted.source, counted.reason, counted.count) == ("cloudpayments", "signature", 3)
    assert counted.last_sender == "203.0.113.*"


def test_what_is_too_large_or_senseless_is_refused_with_its_own_status(both: Console) -> None:
    switch_on(both)
    assert deliver(both, "sbp", (b" " * (hooks.LARGEST + 1), {})).status_code == 413
    body, headers = sbp("x", "L-1", 1, NOW, orderState="PERHAPS")
    assert deliver(both, "sbp", (body, headers)).status_code == 400
    with both.database.read() as session:
        assert set(session.scalars(select(Refusal.reason))) == {"size", "status"}


def test_a_source_is_not_there_until_it_is_switched_on(console: Console, world: World) -> None:
    sent = cloudpayments(1, "L-1", 10_000, NOW)
    assert deliver(console, "cloudpayments", sent).status_code == 404
    assert deliver(console, "unheard-of", sent).status_code == 404
    assert console.app.test_client().get("/hooks/cloudpayments").status_code == 404
    switch_on(console, "cloudpayments")
    assert deliver(console, "cloudpayments", sent).status_code == 200
    assert deliver(console, "sbp", sbp(1, "L-1", 10_000, NOW)).status_code == 404
    assert len(recorded(console)) == 1


@pytest.mark.parametrize(
    ("reason", "sent"),
    [
        ("loan", webhook(1, "nobody knows it", 10_000, NOW)),
        ("loan", webhook(1, "", 10_000, NOW)),
        ("currency", webhook(1, "L-1", 10_000, NOW, currency="USD")),
        ("amount", webhook(1, "L-1", 0, NOW)),
        ("amount", webhook(1, "L-1", 100.5, NOW)),  # type: ignore[arg-type]
        ("time", webhook(1, "L-1", 10_000, NOW, paid_at="2031-01-01T00:00:00Z")),
        ("ambiguous", webhook(1, "L-1", 10_000, NOW, borrower="B-other")),
        ("closed", webhook(1, "L-closed", 10_000, NOW)),
    ],
)
def test_what_cannot_be_credited_without_a_person_waits_with_its_reason_and_the_sender_is_content(
    both: Console, both_world: World, reason: str, sent: Any
) -> None:
    switch_on(both)
    with both.database.write() as session:
        a_loan(session, a_borrower(session, external_id="B-other"), external_id="L-other")
        a_loan(session, external_id="L-closed", state="closed", balance=0)
    assert deliver(both, "webhooks", sent).status_code == 200
    assert deliver(both, "webhooks", sent).status_code == 200
    [row] = incoming(both)
    assert (row.state, row.reason) == ("unmatched", reason)
    assert recorded(both) == []


def test_a_borrowers_number_is_enough_when_only_one_loan_is_open(both: Console) -> None:
    switch_on(both)
    with both.database.write() as session:
        owner = a_borrower(session, external_id="B-77")
        loan = a_loan(session, owner, external_id="L-a").id
        a_loan(session, owner, external_id="L-b", state="closed")
    deliver(both, "cloudpayments", cloudpayments(1, "", 10_000, NOW, AccountId="B-77"))
    with both.database.write() as session:
        a_loan(session, session.get_one(Loan, loan).borrower_id and owner, external_id="L-c")
    deliver(both, "cloudpayments", cloudpayments(2, "", 10_000, NOW, AccountId="B-77"))
    assert [(row.state, row.reason, row.loan_id) for row in incoming(both)] == [
        ("credited", None, loan), ("unmatched", "ambiguous", None),
    ]  # fmt: skip


def test_the_same_number_with_another_amount_is_no_repetition_and_waits(both: Console, both_world: World) -> None:
    switch_on(both)
    for amount in (10_000, 20_000, 20_000, 10_000):
        assert deliver(both, "cloudpayments", cloudpayments(9, "L-1", amount, NOW)).status_code == 200
    assert [(row.amount, row.state, row.reason) for row in incoming(both)] == [
        (10_000, "credited", None), (20_000, "unmatched", "differs"),
    ]  # fmt: skip
    assert len(recorded(both)) == 1


def test_a_webhook_whose_id_was_seen_is_a_replay_whatever_it_says(both: Console, both_world: World) -> None:
    switch_on(both)
    assert deliver(both, "webhooks", webhook(1, "L-1", 10_000, NOW, delivery="one")).status_code == 200
    assert deliver(both, "webhooks", webhook(2, "L-1", 10_000, NOW, delivery="one")).status_code == 200
    assert deliver(both, "webhooks", webhook(1, "L-1", 10_000, NOW, delivery="two")).status_code == 200
    assert [code for code, _amount, _source in recorded(both)] == ["webhooks:1"]
    both.now = NOW + timedelta(minutes=6)
    assert deliver(both, "webhooks", webhook(3, "L-1", 10_000, NOW)).status_code == 401
    assert deliver(both, "webhooks", webhook(3, "L-1", 10_000, NOW + timedelta(minutes=1))).status_code == 200


def test_a_refund_of_a_whole_payment_takes_it_back_at_a_persons_word(both: Console) -> None:
    switch_on(both, "webhooks")
    with both.database.write() as session:
        number = a_ledger_loan(session, issued_on=NOW.date() - timedelta(days=40))[0].external_id
    deliver(both, "webhooks", webhook("pay-1", number, 200_000, NOW))
    with both.database.read() as session:
        paid = session.scalars(select(Loan).where(Loan.external_id == number)).one()
    told = Told(external_id="back-1", kind="refund", amount=200_000, currency="RUB", paid_at=NOW, original="pay-1")
    vault = context.room(both.app).vault
    for refund in (told, replace(told, external_id="back-2", amount=1)):
        taking.receive(both.database, vault, "webhooks", refund, now=NOW, time_zone="Europe/Moscow")
    _payment, whole, part = incoming(both)
    person = both.sign_in("supervisor")
    assert person.get(f"/incoming/{part.id}").json["may_take_back"] is False
    assert person.post(f"/incoming/{part.id}/take-back").json["error"]["code"] == "incoming.refund"
    assert person.get(f"/incoming/{whole.id}").json["may_take_back"] is True
    assert both.sign_in("manager").post(f"/incoming/{whole.id}/take-back").status_code == 403
    answer = person.post(f"/incoming/{whole.id}/take-back")
    assert answer.status_code == 200, answer.text
    assert (answer.json["state"], answer.json["settled_by"]) == ("noted", "supervisor")
    with both.database.read() as session:
        loan = session.scalars(select(Loan).where(Loan.external_id == number)).one()
        assert loan.balance == paid.balance + 200_000
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "payment.reversed")).one()
    assert (noted.actor, noted.details["reason"]) == ("supervisor", "webhooks: back-1")
    assert person.post(f"/incoming/{whole.id}/take-back").status_code == 409


def test_a_refund_asks_a_person_and_knows_the_loan_of_the_payment(both: Console, both_world: World) -> None:
    switch_on(both)
    deliver(both, "cloudpayments", cloudpayments(11, "L-1", 10_000, NOW))
    deliver(both, "cloudpayments", cloudpayments(12, "", 10_000, NOW, PaymentTransactionId=11))
    refund = incoming(both)[-1]
    assert (refund.kind, refund.state, refund.reason) == ("refund", "unmatched", "refund")
    assert (refund.loan_id, refund.original) == (both_world.loan, "11")
    assert len(recorded(both)) == 1


def test_what_is_not_money_yet_is_noted_and_the_payment_still_comes(both: Console, both_world: World) -> None:
    switch_on(both)
    for state in ("CREATED", "ON_PAYMENT", "PAID", "EXPIRED"):
        assert deliver(both, "sbp", sbp("o-1", "L-1", 10_000, NOW, orderState=state)).status_code == 200
    assert [(row.kind, row.state) for row in incoming(both)] == [("other", "noted"), ("payment", "credited")]


def test_a_payment_that_yookassa_confirms_is_credited_and_trouble_on_the_way_means_later(
    both: Console, both_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = "2d0b1a3e-000f-5000-8000-1a2b3c4d5e6f"
    answers: list[Any] = [
        TimeoutError(),
        {"id": payment, "status": "succeeded", "paid": True, "amount": {"value": "50.00", "currency": "RUB"},
         "metadata": {"loan": "L-1"}},
    ]  # fmt: skip

    def fetch(path: str, authorization: str) -> bytes:
        says = answers.pop(0)
        if isinstance(says, Exception):
            raise says
        return json.dumps(says).encode()

    furnished = context.room(both.app)
    monkeypatch.setitem(both.app.extensions, "kaskad", replace(furnished, sources={"yookassa": YooKassa(fetch)}))
    admin = both.sign_in("admin")
    values = {"shop_id": "100500", "secret_key": "test_key", "ask": ""}
    refused = admin.put("/sources/yookassa", {"enabled": True, "values": values})
    assert [problem["field"] for problem in refused.json["error"]["problems"]] == ["ask"]
    assert admin.put("/sources/yookassa", {"enabled": True, "values": values | {"ask": "yes"}}).status_code == 200
    sent = (json.dumps({"event": "payment.succeeded", "object": {"id": payment}}).encode(), {})
    theirs = {"REMOTE_ADDR": "185.71.76.9"}
    assert deliver(both, "yookassa", sent).status_code == 403
    later = deliver(both, "yookassa", sent, environ_base=theirs)
    assert (later.status_code, later.headers["Retry-After"]) == (503, "60")
    assert incoming(both) == []
    assert deliver(both, "yookassa", sent, environ_base=theirs).status_code == 200
    assert recorded(both) == [(f"yookassa:{payment}", 5_000, "yookassa")]


def test_refusals_from_one_address_are_bounded_and_genuine_ones_are_not(console: Console, world: World) -> None:
    switch_on(console)
    settings = context.room(console.app).settings
    limited = Console(create_app(settings, console.database, **{CLOCK: lambda: NOW}), console.database, NOW)
    assert [deliver(limited, "sbp", sbp(n, "L-1", 100, NOW)).status_code for n in range(70)] == [200] * 70
    statuses = [deliver(limited, "sbp", (b"{}", {})).status_code for _ in range(70)]
    assert statuses == [401] * 60 + [429] * 10


# --- settings ---------------------------------------------------------------------------------------


def card(console: Console, key: str, language: str = "en") -> dict[str, Any]:
    items = console.sign_in("admin", language=language).get("/sources").json["items"]
    found: dict[str, Any] = next(item for item in items if item["key"] == key)
    return found


def test_a_secret_goes_in_sealed_and_never_comes_out(both: Console) -> None:
    admin = both.sign_in("admin")
    answer = admin.put("/sources/webhooks", {"enabled": True, "values": {"secret": HOOK_SECRET}})
    assert answer.status_code == 200
    assert HOOK_SECRET not in answer.text
    with both.database.read() as session:
        stored = session.get_one(SourceSettings, "webhooks")
        assert HOOK_SECRET not in stored.secrets + json.dumps(stored.chosen)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "source.changed")).one()
    assert HOOK_SECRET not in json.dumps(entry.details)
    assert entry.details["changed"] == ["secret"]
    shown = card(both, "webhooks")
    assert (shown["enabled"], shown["path"]) == (True, "/hooks/webhooks")
    assert [(field["value"], field["known"]) for field in shown["fields"]] == [(None, True)]
    assert admin.put("/sources/webhooks", {"enabled": False}).status_code == 200
    assert card(both, "webhooks")["fields"][0]["known"] is True, "what is left out stays"


@pytest.mark.parametrize(
    ("key", "values", "field"),
    [
        ("webhooks", {}, "secret"),
        ("webhooks", {"secret": "whsec_short"}, None),
        ("sbp", {"secret": "x", "header": "no header"}, None),
        ("sbp", {"secret": "two\nlines"}, "secret"),
        ("sbp", {"secret": "x", "colour": "red"}, "colour"),
        ("yookassa", {"shop_id": "1", "secret_key": "k", "ask": "yes", "networks": "nonsense"}, None),
        ("yookassa", {"shop_id": "1", "secret_key": "k", "ask": "perhaps"}, "ask"),
    ],
)
def test_a_source_that_would_not_work_cannot_be_switched_on(
    console: Console, key: str, values: dict[str, str], field: str | None
) -> None:
    refused = console.sign_in("admin").put(f"/sources/{key}", {"enabled": True, "values": values})
    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json["error"]["problems"]] == [field]
    assert card(console, key)["enabled"] is False


def test_a_lost_key_makes_senders_come_again_and_is_told(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    switch_on(console, "sbp")
    furnished = context.room(console.app)
    monkeypatch.setitem(console.app.extensions, "kaskad", replace(furnished, vault=Vault(["another key of the house"])))
    assert deliver(console, "sbp", sbp(1, "L-1", 100, NOW)).status_code == 503
    shown = card(console, "sbp")
    assert (shown["sealed"], shown["refusals"][0]["reason"]) == (True, "could not be confirmed yet")


def test_the_settings_tell_the_last_receipt_and_the_refusals_of_the_day(both: Console, both_world: World) -> None:
    switch_on(both)
    deliver(both, "sbp", sbp(1, "L-1", 100, NOW))
    deliver(both, "sbp", (b"{}", {}), environ_base={"REMOTE_ADDR": "2001:db8:1:2::3"})
    shown = card(both, "sbp", "ru")
    assert (shown["last_received_at"], shown["received_day"], shown["refused_day"]) == (
        "2026-11-24T09:00:00Z", 1, 1,
    )  # fmt: skip
    assert shown["refusals"][0] == {
        "reason": "неверная подпись", "count": 1, "last_at": "2026-11-24T09:00:00Z", "last_sender": "2001:0db8:0001:*",
    }  # fmt: skip
    both.now = NOW + timedelta(days=2)
    assert card(both, "sbp")["refused_day"] == 0


def test_addresses_are_masked() -> None:
    assert [mask_sender(address) for address in ("10.1.2.3", "::1", "unix:")] == ["10.1.2.*", "0000:0000:0000:*", "?"]


# --- people -----------------------------------------------------------------------------------------


def unmatched(console: Console, number: int = 1, **more: Any) -> int:
    switch_on(console, "webhooks")
    payer = {"payer": {"name": "Примеров Иван", "phone": "+79990001122"}, "purpose": "За займ, Примеров"}
    assert (
        deliver(console, "webhooks", webhook(number, "+79990001122", OVERDUE, NOW, **payer, **more)).status_code == 200
    )
    return incoming(console)[-1].id


def test_a_person_finds_the_loan_and_credits_the_payment_once(both: Console, both_world: World) -> None:
    found = unmatched(both)
    supervisor = both.sign_in("supervisor")
    shown = supervisor.get(f"/incoming/{found}").json
    assert (shown["payer"], shown["phone"], shown["purpose"]) == ("Примеров Иван", "+79990001122", "За займ, Примеров")
    assert shown["may_credit"] is True
    answer = supervisor.post(f"/incoming/{found}/credit", {"loan_id": both_world.loan})
    assert (answer.status_code, answer.json["cured"], answer.json["ended_cases"]) == (200, True, 1)
    assert recorded(both) == [("webhooks:1", OVERDUE, "webhooks")]
    again = supervisor.post(f"/incoming/{found}/credit", {"loan_id": both_world.other_loan})
    assert (again.status_code, again.json["error"]["code"]) == (409, "incoming.settled")
    shown = supervisor.get(f"/incoming/{found}").json
    assert (shown["state"], shown["settled_by"], shown["loan"]["id"], shown["payer"]) == (
        "credited", "supervisor", both_world.loan, None,
    )  # fmt: skip
    with both.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "payment.recorded")).one()
    assert (entry.actor, entry.details["source"]) == ("supervisor", "webhooks")


def test_two_people_at_once_credit_it_once(both: Console, both_world: World) -> None:
    found = unmatched(both)
    people = [both.sign_in("supervisor"), both.sign_in("admin")]
    loans = [both_world.loan, both_world.other_loan]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].post(f"/incoming/{found}/credit", {"loan_id": pair[1]}),
                zip(people, loans, strict=True),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(recorded(both)) == 1


def test_a_person_dismisses_with_a_reason_and_what_is_no_roubles_cannot_be_credited(
    both: Console, both_world: World
) -> None:
    found = unmatched(both, currency="USD")
    supervisor = both.sign_in("supervisor")
    refused = supervisor.post(f"/incoming/{found}/credit", {"loan_id": both_world.loan})
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "incoming.kind")
    assert supervisor.get(f"/incoming/{found}").json["may_credit"] is False
    assert supervisor.post(f"/incoming/{found}/dismiss", {"reason": ""}).status_code == 422
    done = supervisor.post(f"/incoming/{found}/dismiss", {"reason": "Sent back by the bank"})
    assert (done.json["state"], done.json["note"]) == ("dismissed", "Sent back by the bank")
    assert supervisor.post(f"/incoming/{found}/dismiss", {"reason": "again"}).status_code == 409
    assert recorded(both) == []


def test_what_may_be_a_persons_is_masked_and_not_searched_by_those_who_may_not_see_persons(console: Console) -> None:
    found = unmatched(console)
    manager, supervisor = console.sign_in("manager"), console.sign_in("supervisor")
    for path in ("/incoming", f"/incoming/{found}"):
        text = manager.get(path).text
        assert "Примеров" not in json.dumps(json.loads(text), ensure_ascii=False)
        assert "9990001122" not in text
    assert manager.get("/incoming", q="9990001122").json["total"] == 0
    assert supervisor.get("/incoming", q="9990001122").json["total"] == 1
    with console.database.read() as session:
        sealed = session.scalar(select(IncomingPayment.hints).where(IncomingPayment.id == found))
    assert sealed is not None
    assert "Примеров" not in sealed


def test_the_list_is_filtered_counted_and_exported(both: Console, both_world: World) -> None:
    unmatched(both, 1)
    unmatched(both, 2, currency="USD")
    deliver(both, "webhooks", webhook(3, "L-1", 100, NOW))
    auditor = both.sign_in("auditor")
    assert auditor.get("/incoming").json["total"] == 3
    assert auditor.get("/incoming", state="unmatched").json["total"] == 2
    assert auditor.get("/incoming", state="unmatched", reason="currency").json["total"] == 1
    assert auditor.get("/incoming", source="sbp").json["total"] == 0
    assert [item["loan"]["id"] for item in auditor.get("/incoming", q="L-1").json["items"]] == [both_world.loan]
    summary = auditor.get("/incoming/summary").json
    assert (summary["unmatched"], summary["switched_on"]) == (2, True)
    assert {item["key"]: item["unmatched"] for item in summary["sources"]}["webhooks"] == 2
    exported = auditor.get("/incoming", format="csv").text
    assert "not in roubles" in exported
    assert exported.count("\n") == 4


def test_a_loan_that_refuses_the_payment_leaves_it_to_a_person(
    both: Console, both_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_on(both)
    with both.database.write() as session:
        session.add(
            Payment(
                external_id="sbp:o-7",
                loan_id=both_world.other_loan,
                amount=1,
                paid_at=NOW,
                recorded_at=NOW,
                source="api",
            )
        )
    assert deliver(both, "sbp", sbp("o-7", "L-1", 10_000, NOW)).status_code == 200
    [row] = incoming(both)
    assert (row.state, row.reason) == ("unmatched", "refused")
    with both.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Payment).where(Payment.source == "sbp")) == 0
