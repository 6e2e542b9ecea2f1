"""Letters over REST: a day goes to the post office, and what the post says comes back into the case."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from connectors.letter import LetterConnector
from console import context
from scenario_engine import mailing
from scenario_engine.models import AuditEntry, Message, Signal
from scenario_engine.ports import Setup
from tests.connectors.vendors import message, send
from tests.console.client import Console
from tests.console.world import World

DAY = "2026-11-23"
MADE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def made(both: Console, both_world: World) -> World:
    """Two letters; the first is the message of the world."""
    post = LetterConnector(clock=lambda: MADE)
    values = {each.key: each.default for each in post.fields} | {"sender": "МКК", "sender_address": "Примерск"}
    folder = context.room(both.app).settings.data_dir
    letters = [
        message(number, "000123, г. Примерск, д. 5", channel="letter", addressee="=Примерова Анна") for number in (1, 2)
    ]
    results = send(post, Setup(chosen=values, networks="", folder=folder), *letters)
    with both.database.write() as session:
        found = session.scalars(select(Message).where(Message.id == both_world.message)).one()
        found.channel = found.connector = "letter"
        found.state, found.receipt, found.sent_at = "sent", results[0].receipt, MADE
    return both_world


def test_a_day_is_listed_registered_and_printed(both: Console, made: World) -> None:
    person = both.sign_in("supervisor")
    assert person.get("/letters").json["items"] == [
        {"day": DAY, "letters": 2, "sheets": 2, "tracked": 0, "delivered": 0, "returned": 0}
    ]
    listed = person.get(f"/letters/{DAY}").json["items"]
    assert [(each["number"], each["addressee"]) for each in listed] == [("7-1-3", "=Примерова Анна"),
                                                                        ("7-2-3", "=Примерова Анна")]  # fmt: skip
    register = person.get(f"/letters/{DAY}/register.csv").text
    assert register.count("\n") == 3
    assert "'=Примерова Анна" in register  # a table does not take it for a formula
    with zipfile.ZipFile(io.BytesIO(person.get(f"/letters/{DAY}/letters.zip").data)) as archive:
        assert archive.namelist() == ["7-1-3.pdf", "7-2-3.pdf"]
    assert person.get(f"/letters/{DAY}/7-2-3.pdf").data.startswith(b"%PDF-")


def test_what_the_post_says_reaches_the_message_and_the_case(both: Console, made: World) -> None:
    person = both.sign_in("supervisor")
    known = person.put(f"/letters/{DAY}/7-1-3", {"tracking": "8000 0000 000000"}).json
    assert (known["tracking"], known["outcome"]) == ("80000000000000", None)
    known = person.put(f"/letters/{DAY}/7-1-3", {"outcome": "delivered", "on": "2026-11-24"}).json
    assert (known["tracking"], known["outcome"], known["outcome_on"]) == ("80000000000000", "delivered", "2026-11-24")
    person.put(f"/letters/{DAY}/7-1-3", {"outcome": "delivered", "on": "2026-11-24"})
    with both.database.read() as session:
        told = session.scalars(select(Signal).where(Signal.loan_id == made.loan, Signal.kind == "delivered")).all()
        state = session.scalars(select(Message.state).where(Message.id == made.message)).one()
        noted = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "letter.tracked")).all()
    assert (len(told), state, len(noted)) == (1, "delivered", 3)
    assert "Примерова" not in str(noted)


def test_a_letter_that_came_back_was_not_delivered_and_says_why(both: Console, made: World) -> None:
    person = both.sign_in("supervisor")
    person.put(f"/letters/{DAY}/7-1-3", {"outcome": "returned", "reason": "истёк срок хранения"})
    with both.database.read() as session:
        found = session.scalars(select(Message).where(Message.id == made.message)).one()
        assert found.state == "undelivered"
        assert "истёк срок хранения" in (found.error or "")
    assert person.get("/letters").json["items"][0]["returned"] == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"tracking": "12"}, "letter.tracking"),
        ({"outcome": "delivered", "on": "2026-11-22"}, "letter.day"),
        ({"outcome": "delivered", "on": "2026-11-25"}, "letter.day"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    both: Console, made: World, body: dict[str, Any], code: str
) -> None:
    answer = both.sign_in("supervisor").put(f"/letters/{DAY}/7-1-3", body)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, code)
    folder = context.room(both.app).settings.data_dir
    assert mailing.made_before(folder, "7-1-3").outcome is None  # type: ignore[union-attr]


@pytest.mark.parametrize("path", ["yesterday", "2026-11-01", f"{DAY}/..%2F..%2Fsecret.pdf", f"{DAY}/9-9-9.pdf"])
def test_what_is_not_there_is_not_found(both: Console, made: World, path: str) -> None:
    assert both.sign_in("supervisor").get(f"/letters/{path}").status_code == 404


def test_who_may_not_see_persons_sees_no_names_and_takes_no_letters(both: Console, made: World) -> None:
    person = both.sign_in("manager")
    listed = person.get(f"/letters/{DAY}").json["items"]
    assert "Примерова Анна" not in str(listed)
    assert person.get(f"/letters/{DAY}/letters.zip").status_code == 403
