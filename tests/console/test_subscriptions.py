"""Subscriptions: set up by an administrator, tried, switched on; what they were told is found and sent again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text

from console import context
from console.connectors import load_courier
from console.jobs.tell import tell_due
from scenario_engine.models import AuditEntry
from scenario_engine.news import sending
from tests.console.client import Console, Person
from tests.console.world import World
from tests.news.receiver import LOOPBACK, Receiver

KINDS = ["case.ended", "task.closed"]


@pytest.fixture
def receiver(both: Console) -> Iterator[Receiver]:
    """It may be reached."""
    room = context.room(both.app)
    allowed = room.settings.model_copy(update={"inner_networks": LOOPBACK})
    context.furnish(both.app, replace(room, settings=allowed))
    made = Receiver()
    yield made
    made.close()


def _saved(person: Person, url: str, **more: Any) -> dict[str, Any]:
    answer = person.post("/subscriptions", {"name": "Core", "url": url, "kinds": KINDS, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def _tell(both: Console) -> None:
    room = context.room(both.app)
    while sending.spread(both.database, now=both.now):
        pass
    while sending.deliver(
        both.database, load_courier(), room.vault, now=both.now, networks=LOOPBACK, randomness=random.Random(1)
    ).taken:
        pass


def test_the_secret_is_told_once_and_kept_sealed(both: Console) -> None:
    person = both.sign_in("admin")
    saved = _saved(person, "https://core.example.test/hook")
    assert saved["secret"].startswith("whsec_")
    assert saved["enabled"] is False
    changed = person.put(f"/subscriptions/{saved['id']}", {"name": "Core 2", "url": saved["url"], "kinds": KINDS}).json
    assert (changed["name"], changed["secret"]) == ("Core 2", None)
    renewed = person.post(f"/subscriptions/{saved['id']}/secret").json
    assert renewed["secret"] not in (None, saved["secret"])
    with both.database.read() as session:
        stored = session.execute(text("SELECT secret FROM subscriptions")).scalar_one()
        noted = str(session.scalars(select(AuditEntry.details)).all())
    everything = stored + noted + person.get("/subscriptions").text
    assert saved["secret"] not in everything
    assert renewed["secret"] not in everything


def test_an_address_inside_cannot_be_switched_on(both: Console) -> None:
    person = both.sign_in("admin")
    body = {"name": "Inside", "url": "http://127.0.0.1:1/", "kinds": KINDS, "enabled": True}
    refused = person.post("/subscriptions", body)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "address.inner")
    # nor is it asked by a test
    saved = _saved(person, "http://127.0.0.1:1/")
    tried = person.post(f"/subscriptions/{saved['id']}/test").json
    assert (tried["state"], tried["reason"]) == ("failed", "address.inner")


def test_a_test_leaves_at_once_and_says_what_came_back(both: Console, receiver: Receiver) -> None:
    person = both.sign_in("admin")
    saved = _saved(person, receiver.url)
    tried = person.post(f"/subscriptions/{saved['id']}/test").json
    assert (tried["state"], tried["answer"]) == ("sent", "HTTP 200: call +… or …")
    [heard] = receiver.heard
    assert heard.is_signed_with(saved["secret"])
    assert heard.said["type"] == "test"
    receiver.answer = lambda _number: 404
    assert person.post(f"/subscriptions/{saved['id']}/test").json["state"] == "failed"


def test_a_payment_that_cures_the_debt_is_told_as_the_end_of_its_case(
    both: Console, receiver: Receiver, both_world: World
) -> None:
    person = both.sign_in("admin")
    saved = _saved(person, receiver.url, enabled=True)
    paid = person.post("/payments", {"loan_external_id": "L-1", "external_id": "P-77", "amount": 500_000})
    assert paid.status_code == 201, paid.text
    assert paid.json["ended_cases"] == 1
    receiver.answer = lambda number: 410 if number == 1 else 200
    _tell(both)
    [heard] = receiver.heard
    data = heard.said["data"]
    assert (heard.said["type"], data["loan"], data["outcome"], data["scenario"]) == (
        "case.ended", "L-1", "cured", "Soft 1-30",
    )  # fmt: skip
    [waiting] = person.get("/deliveries", state="queued").json["items"]
    assert waiting["answer"].startswith("HTTP 410")
    with both.database.write() as session:
        session.execute(text("UPDATE deliveries SET state = 'failed'"))
    assert person.get("/deliveries/summary").json | {"subscriptions": []} == {
        "subscriptions": [], "enabled": 1, "queued": 0, "failed": 1,
    }  # fmt: skip
    assert both.sign_in("supervisor").post(f"/deliveries/{waiting['id']}/retry").json["state"] == "queued"
    _tell(both)
    assert [each.key for each in receiver.heard] == [waiting["key"]] * 2
    [told] = person.get("/deliveries", q="L-1").json["items"]
    assert (told["state"], told["loan"]["external_id"], told["subscription"]["name"]) == ("sent", "L-1", "Core")
    for form in ("csv", "xlsx"):
        assert person.get("/deliveries", format=form).status_code == 200
    assert "Case ended;cured;L-1;Core;sent" in person.get("/deliveries", format="csv").text
    assert person.delete(f"/subscriptions/{saved['id']}").status_code == 204
    assert person.get("/subscriptions").json["items"] == []
    assert person.get("/deliveries").json["total"] == 1
    assert person.post(f"/deliveries/{waiting['id']}/retry").json["error"]["code"] == "delivery.state"


def test_the_console_has_the_news_told_by_a_job(both: Console, receiver: Receiver, both_world: World) -> None:
    person = both.sign_in("admin")
    _saved(person, receiver.url, enabled=True)
    desk = context.room(both.app).jobs
    tell_due(both.database, desk, both.now)
    assert person.get("/jobs").json["total"] == 0
    person.post("/payments", {"loan_external_id": "L-1", "external_id": "P-77", "amount": 500_000})
    tell_due(both.database, desk, both.now)
    [job] = person.get("/jobs").json["items"]
    assert both.wait_for(job["id"]).state == "done"
    # its own settings name no inner network
    [told] = person.get("/deliveries").json["items"]
    assert (told["state"], receiver.heard) == ("failed", [])


def test_names_are_taken_once_and_kinds_are_known_ones(both: Console) -> None:
    person = both.sign_in("admin")
    _saved(person, "https://core.example.test/")
    again = person.post("/subscriptions", {"name": "Core", "url": "https://core.example.test/", "kinds": KINDS})
    assert (again.status_code, again.json["error"]["code"]) == (409, "subscription.name")
    for kinds in ([], ["nothing"]):
        refused = person.post("/subscriptions", {"name": "X", "url": "https://core.example.test/", "kinds": kinds})
        assert refused.status_code in (400, 422)
