"""Messages that reached nobody: found, sent again, put away; and what the list tells of the others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from scenario_engine.models import AuditEntry, Message
from tests.console.client import Console
from tests.console.world import World


@pytest.fixture(autouse=True)
def _dead(both: Console, both_world: World) -> None:
    change(both, state="failed", error="no such number", attempts=3, queued_at=both.now)


def change(both: Console, **values: Any) -> None:
    with both.database.write() as session:
        session.execute(update(Message).values(**values))


def message(both: Console) -> Message:
    with both.database.read() as session:
        return session.scalars(select(Message)).one()


def found(both: Console, query: str) -> int:
    asked = dict(part.split("=") for part in query.split("&"))
    total: int = both.sign_in("supervisor").get("/outbox", **asked).json["total"]
    return total


@pytest.mark.parametrize("state", ["failed", "undelivered", "expired", "cancelled"])
def test_what_reached_nobody_is_sent_again_from_the_start(both: Console, both_world: World, state: str) -> None:
    late = both.now - timedelta(hours=1)
    change(both, state=state, receipt="r-1", expires_at=late, told_at=late, uncertain_at=late)
    answer = both.sign_in("supervisor").post("/outbox/retry", {"ids": [both_world.message, 10**9]})
    assert answer.json == {"done": 1}
    again = message(both)
    assert (again.state, again.attempts, again.error, again.receipt, again.expires_at) == (
        "queued",
        0,
        None,
        None,
        None,
    )
    assert again.uncertain_at == late, "it may have been sent once already"


def test_what_arrived_or_is_on_its_way_is_not_sent_again(both: Console, both_world: World) -> None:
    for state in ("sent", "delivered", "queued", "sending"):
        change(both, state=state)
        assert both.sign_in("supervisor").post("/outbox/retry", {"ids": [both_world.message]}).json == {"done": 0}


def test_it_is_put_away_with_a_reason_and_can_be_taken_up_again(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor")
    body = {"ids": [both_world.message], "reason": "the number is a stranger's"}
    assert person.post("/outbox/dismiss", body).json == {"done": 1}
    assert person.post("/outbox/dismiss", body).json == {"done": 0}
    card = person.get(f"/outbox/{both_world.message}").json
    assert (card["state"], card["note"], card["error"]) == ("dismissed", body["reason"], "no such number")
    with both.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "message.dismissed")).one()
        assert (entry.actor, entry.details) == ("supervisor", {"reason": body["reason"], "was": "failed"})
    assert person.get("/outbox/summary").json["failed"] == 0
    assert person.post(f"/outbox/{both_world.message}/retry").json["state"] == "queued"
    assert person.post("/outbox/dismiss", {"ids": [], "reason": "x"}).status_code == 422
    assert person.post("/outbox/dismiss", {"ids": [1], "reason": " "}).status_code == 422


def test_messages_are_found_by_state_period_error_and_doubt(both: Console) -> None:
    day = both.now.date().isoformat()
    assert found(both, "state=failed,undelivered") == 1
    assert (found(both, "error=such"), found(both, "error=busy")) == (1, 0)
    assert (found(both, f"from={day}&to={day}"), found(both, "to=2020-01-01"), found(both, "from=2050-01-01")) == (
        1,
        0,
        0,
    )
    assert found(both, "uncertain=true") == 0
    change(both, uncertain_at=both.now)
    assert found(both, "uncertain=true") == 1
