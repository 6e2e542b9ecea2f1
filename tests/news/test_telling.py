"""News become deliveries, and deliveries leave: signed, in order, again under the same key, and nowhere inside."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from connectors.standard_webhooks import headers_of, secret_of
from connectors.webhook_courier import WebhookCourier
from scenario_engine.database import Database
from scenario_engine.errors import Invalid
from scenario_engine.models import (
    Borrower,
    Loan,
    LoanApplication,
    News,
    NewsDelivery,
    Product,
    Signal,
    Subscription,
    Task,
)
from scenario_engine.news import sending
from scenario_engine.ports import Answer
from scenario_engine.registry.restriction import lift
from scenario_engine.vault import Vault
from tests.builders import a_borrower, a_loan
from tests.news.receiver import LOOPBACK, Receiver

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VAULT = Vault(["k" * 32])
ALL = ["case.ended", "lending.restricted", "lending.allowed", "application.decided", "loan.amended", "task.closed"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def _subscribe(database: Database, url: str, *, enabled: bool = True, kinds: list[str] | None = None) -> int:
    with database.write() as session:
        made = Subscription(
            name=f"Core {url} {kinds}", url=url, secret=VAULT.seal(SECRET), kinds={"chosen": kinds or ALL},
            enabled=enabled, changed_at=NOW, changed_by="admin",
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def _loans(database: Database, loans: int) -> list[int]:
    with database.write() as session:
        person = a_borrower(session)
        made = [a_loan(session, person, external_id=f"L-{number}") for number in range(loans)]
        session.flush()
        return [getattr(loan, "id", loan) for loan in made]


def _amend(database: Database, loan_id: int, key: str, kind: str = "prolonged") -> None:
    with database.write() as session:
        session.add(Signal(key=key, loan_id=loan_id, kind=kind, at=NOW, data={"days": 7}, source="operator"))


def _deliver(database: Database, *, now: datetime = NOW, courier: Any = None, networks: str = LOOPBACK) -> sending.Told:
    return sending.deliver(
        database, courier or WebhookCourier(seconds=0.3), VAULT, now=now, networks=networks,
        randomness=random.Random(1),
    )  # fmt: skip


def _deliveries(database: Database) -> list[NewsDelivery]:
    with database.read() as session:
        return list(session.scalars(select(NewsDelivery).order_by(NewsDelivery.id)))


def test_nothing_is_noted_before_a_subscription_is_switched_on(database: Database, receiver: Receiver) -> None:
    _subscribe(database, receiver.url, enabled=False)
    [loan] = _loans(database, 1)
    _amend(database, loan, "a")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(News)) == 0
        assert not sending.is_anything_due(session, now=NOW)


def test_whatever_happens_is_told_once_whoever_writes_it(database: Database, receiver: Receiver) -> None:
    _subscribe(database, receiver.url)
    _subscribe(database, receiver.url, kinds=["task.closed"])
    [loan] = _loans(database, 1)
    with database.write() as session:
        borrower = session.scalars(select(Borrower.id)).one()
        product = session.scalars(select(Product.id)).first()
        task = Task(loan_id=loan, borrower_id=borrower, queue="soft", title="Call", dispositions={}, created_at=NOW)
        application = LoanApplication(
            borrower_id=borrower, product_id=product, principal=1_000_000, term=30, state="waiting",
            product_revision=1, decision={}, filed_at=NOW, filed_by="api", external_id="A-1",
        )  # fmt: skip
        session.add_all([task, application])
    _amend(database, loan, "a")
    _amend(database, loan, "b", kind="payment_missed")  # no change of the contract
    with database.write() as session:  # as a batch of the engine writes: many rows, no objects
        session.execute(update(Borrower).values(lending_restricted_at=NOW, lending_restriction="Overdue"))
        session.execute(update(Borrower).values(lending_restricted_at=NOW))
        session.execute(update(Task).values(state="done", disposition="promise", closed_at=NOW))
        session.execute(update(LoanApplication).values(state="refused", decided_at=NOW))
    with database.write() as session:
        lift(session, borrower, reason="Paid", actor="anna", now=NOW)
    assert sending.spread(database, now=NOW) == 5
    assert sending.spread(database, now=NOW) == 0
    while _deliver(database).taken:
        pass
    said = [heard.said for heard in receiver.heard]
    assert sorted(each["type"] for each in said) == sorted([*ALL[1:], "task.closed"])
    told = {each["type"]: each["data"] for each in said}
    person = told["lending.restricted"]["borrower"]
    assert told["lending.restricted"].keys() == {"id", "borrower", "reason"}
    assert told["lending.allowed"] == {"id": borrower, "borrower": person}
    assert told["loan.amended"] | {"id": 0} == {
        "id": 0, "loan": "L-0", "borrower": person, "outcome": "prolonged", "details": {"days": 7},
    }  # fmt: skip
    assert (told["task.closed"]["outcome"], told["task.closed"]["queue"]) == ("promise", "soft")
    decided = told["application.decided"]
    assert (decided["outcome"], decided["number"], decided["amount"]) == ("refused", "A-1", 1_000_000)
    assert said[0]["timestamp"] == "2026-11-24T09:00:00Z"
    assert {each.state for each in _deliveries(database)} == {"sent"}


def test_a_transaction_that_is_taken_back_is_not_told(database: Database, receiver: Receiver) -> None:
    _subscribe(database, receiver.url)
    [loan] = _loans(database, 1)
    with database.write() as session:
        session.add(Signal(key="a", loan_id=loan, kind="sold", at=NOW, data={}, source="operator"))
        session.flush()
        session.rollback()
    assert sending.spread(database, now=NOW) == 0


def test_the_signature_is_that_of_the_standard(database: Database, receiver: Receiver) -> None:
    secret = secret_of(SECRET)
    assert secret is not None
    # the example that Standard Webhooks gives
    headers = headers_of(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    _subscribe(database, receiver.url)
    [loan] = _loans(database, 1)
    _amend(database, loan, "a")
    sending.spread(database, now=NOW)
    assert _deliver(database).sent == 1
    [heard] = receiver.heard
    assert heard.path == "/kaskad?of=core"
    assert heard.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert heard.is_signed_with(SECRET)
    assert not heard.is_signed_with("whsec_" + "A" * 32)


def test_a_refused_delivery_goes_again_later_under_the_same_key_and_in_the_order_of_its_loan(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer = lambda number: 500 if number == 1 else 200
    _subscribe(database, receiver.url)
    first, second = _loans(database, 2)
    for loan, key, kind in ((first, "a", "paused"), (first, "b", "resumed"), (second, "c", "judged")):
        _amend(database, loan, key, kind)
    sending.spread(database, now=NOW)
    # what happened to the other loan need not wait
    assert (_deliver(database), [h.said["data"]["outcome"] for h in receiver.heard]) == (
        sending.Told(sent=1, put_off=1), ["paused", "judged"],
    )  # fmt: skip
    assert _deliver(database).taken == 0
    waiting = _deliveries(database)[0]
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.answer == "HTTP 500: call +… or …"
    assert NOW < waiting.due_at <= NOW + timedelta(seconds=45)
    later = NOW + timedelta(minutes=1)
    while _deliver(database, now=later).taken:
        pass
    assert [heard.said["data"]["outcome"] for heard in receiver.heard] == ["paused", "judged", "paused", "resumed"]
    assert receiver.heard[0].key == receiver.heard[2].key
    assert len({heard.key for heard in receiver.heard}) == 3


def test_a_receiver_that_never_answers_is_asked_once_a_round_and_given_up_at_last(
    database: Database, receiver: Receiver
) -> None:
    receiver.awake.clear()
    _subscribe(database, receiver.url)
    first, second = _loans(database, 2)
    _amend(database, first, "a")
    _amend(database, second, "b")
    sending.spread(database, now=NOW)
    assert _deliver(database) == sending.Told(put_off=2)
    assert len(receiver.heard) == 1
    assert [(each.attempts, each.reason) for each in _deliveries(database)] == [(1, "time"), (0, None)]
    now = NOW
    for _ in range(40):
        now += timedelta(days=1)
        if not _deliver(database, now=now).taken:
            break
    assert [(each.state, each.attempts) for each in _deliveries(database)] == [("failed", sending.MOST_ATTEMPTS)] * 2


def test_a_redirect_is_not_followed(database: Database, receiver: Receiver) -> None:
    inside = Receiver()
    receiver.answer = lambda _number: inside.url
    _subscribe(database, receiver.url)
    [loan] = _loans(database, 1)
    _amend(database, loan, "a")
    sending.spread(database, now=NOW)
    assert _deliver(database) == sending.Told(put_off=1)
    inside.close()
    assert (len(receiver.heard), inside.heard) == (1, [])
    assert str(_deliveries(database)[0].answer).startswith("HTTP 302")


def test_an_inner_address_is_refused_unless_its_network_is_named(database: Database, receiver: Receiver) -> None:
    _subscribe(database, receiver.url)
    [loan] = _loans(database, 1)
    _amend(database, loan, "a")
    sending.spread(database, now=NOW)
    assert _deliver(database, networks="10.0.0.0/8") == sending.Told(failed=1)
    assert receiver.heard == []
    assert _deliveries(database)[0].reason == "address.inner"


@pytest.mark.parametrize(
    ("url", "answers", "code"),
    [
        ("https://core.example.test/", ["10.0.0.8"], "address.inner"),
        ("https://core.example.test/", ["203.0.113.9", "127.0.0.1"], "address.inner"),
        ("https://core.example.test/", ["169.254.169.254"], "address.inner"),
        ("https://[::ffff:127.0.0.1]/", ["::ffff:127.0.0.1"], "address.inner"),
        ("http://core.example.test/", ["8.8.8.8"], "address.plain"),
        ("ftp://core.example.test/", ["8.8.8.8"], "address.form"),
        ("https://name:word@core.example.test/", ["8.8.8.8"], "address.form"),
        ("https://core.example.test/\r\nX: y", ["8.8.8.8"], "address.form"),
        ("https://core.example.test:99999/", ["8.8.8.8"], "address.form"),
        ("core.example.test", ["8.8.8.8"], "address.form"),
    ],
)
def test_addresses_that_must_not_be_reached_are_refused(url: str, answers: list[str], code: str) -> None:
    courier = WebhookCourier(lookup=lambda _host, _port: answers)
    with pytest.raises(Invalid) as refused:
        courier.check(url, networks="")
    assert refused.value.code == code


def test_the_name_is_looked_up_once_and_the_checked_address_is_used(receiver: Receiver) -> None:
    asked = []

    def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    url = receiver.url.replace("127.0.0.1", "core.example.test")
    answer = WebhookCourier(lookup=lookup).post(
        url, secret=SECRET, key="k", at=NOW, body=b"{}", networks="127.0.0.1/32"
    )
    assert (answer.status, asked) == (200, ["core.example.test"])
    assert receiver.heard[0].headers["host"].startswith("core.example.test:")


class _Killed(BaseException):
    """The process ends here."""


class _Mortal:
    """Sends, and dies before it can write down that it did."""

    key = "mortal"

    def __init__(self) -> None:
        self._courier = WebhookCourier()

    def post(self, url: str, **more: Any) -> Answer:
        self._courier.post(url, **more)
        raise _Killed

    def check(self, url: str, *, networks: str) -> None:
        raise AssertionError

    def make_secret(self, randomness: bytes) -> str:
        raise AssertionError


def test_a_sender_that_was_killed_repeats_itself_under_the_same_key_only(
    database: Database, receiver: Receiver
) -> None:
    _subscribe(database, receiver.url)
    first, second = _loans(database, 2)
    _amend(database, first, "a")
    _amend(database, second, "b")
    sending.spread(database, now=NOW)
    with pytest.raises(_Killed):
        _deliver(database, courier=_Mortal())
    assert _deliver(database, now=NOW + timedelta(minutes=1)).taken == 0  # it may still be alive
    later = NOW + sending.CLAIM + timedelta(seconds=1)
    assert _deliver(database, now=later).sent == 2
    keys = [heard.key for heard in receiver.heard]
    assert (len(keys), len(set(keys)), keys[0]) == (3, 2, keys[1])
    assert {each.state for each in _deliveries(database)} == {"sent"}


def test_a_subscription_that_is_switched_off_keeps_what_waits(database: Database, receiver: Receiver) -> None:
    subscription = _subscribe(database, receiver.url)
    [loan] = _loans(database, 1)
    _amend(database, loan, "a")
    sending.spread(database, now=NOW)
    with database.write() as session:
        session.get_one(Subscription, subscription).enabled = False
    assert _deliver(database).taken == 0
    with database.write() as session:
        session.get_one(Subscription, subscription).enabled = True
    assert _deliver(database).sent == 1


def test_the_loan_of_a_delivery_is_known(database: Database, receiver: Receiver) -> None:
    _subscribe(database, receiver.url)
    [loan] = _loans(database, 1)
    _amend(database, loan, "a")
    sending.spread(database, now=NOW)
    with database.read() as session:
        number = session.scalars(select(Loan.external_id).join(NewsDelivery, NewsDelivery.loan_id == Loan.id)).one()
    assert number == "L-0"
