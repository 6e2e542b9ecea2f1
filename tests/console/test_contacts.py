"""A borrower's contacts over REST, and the page that refuses a channel without signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from console import context
from console.app import create_app
from console.clock import CLOCK
from console.views import optout
from scenario_engine.contacts.optout import make_token
from scenario_engine.models import (
    AuditEntry,
    Borrower,
    Case,
    ChannelRefusal,
    Consent,
    Contact,
    Loan,
    Message,
    PolicyVersion,
)
from scenario_engine.policies.shipped import SHIPPED, USUAL
from tests.console.client import Console, Person
from tests.console.world import NOW, World


def _link(console: Console, borrower: int, channel: str = "sms") -> str:
    return f"/o/{make_token(borrower, channel, vault=context.room(console.app).vault)}"


def _refusals(console: Console) -> list[tuple[int, str, str]]:
    with console.database.read() as session:
        rows = select(ChannelRefusal.borrower_id, ChannelRefusal.channel, ChannelRefusal.source)
        return [tuple(row) for row in session.execute(rows)]


def _open(console: Console, path: str, **options: Any) -> Any:
    return console.app.test_client().open(path, headers={"Accept-Language": "en"}, **options)


def test_a_look_at_the_link_refuses_nothing_and_the_button_does(both: Console, both_world: World) -> None:
    link = _link(both, both_world.borrower)
    looked = _open(both, link, method="GET")
    assert looked.status_code == 200
    assert looked.headers["Cache-Control"] == "no-store"
    assert _refusals(both) == []
    done = _open(both, link, method="POST", data={"confirm": "yes"})
    assert "Done" in done.text
    assert "Done" in _open(both, link, method="GET").text
    assert _refusals(both) == [(both_world.borrower, "sms", "link")]


def test_the_one_click_of_a_mail_program_is_heeded_again_and_again(both: Console, both_world: World) -> None:
    link = _link(both, both_world.borrower, "email")
    for _ in range(2):
        answer = _open(both, link, method="POST", data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert _refusals(both) == [(both_world.borrower, "email", "link")]
    with both.database.read() as session:
        assert [said.source for said in session.scalars(select(Consent))] == ["link"]


def test_a_post_that_means_nothing_refuses_nothing(console: Console, world: World) -> None:
    assert _open(console, _link(console, world.borrower), method="POST", data={}).status_code == 400
    assert _refusals(console) == []


def test_the_page_tells_nothing_of_the_borrower_or_the_debt(console: Console, world: World) -> None:
    with console.database.read() as session:
        person, loan = session.get_one(Borrower, world.borrower), session.get_one(Loan, world.loan)
        secrets = [person.full_name, person.phone, loan.external_id, "debt", "loan", "долг", "займ", "Каскад", "Kaskad"]
    link = _link(console, world.borrower)
    for shown in (_open(console, link), _open(console, link, method="POST", data={"confirm": "yes"})):
        assert [word for word in secrets if word and word in shown.text] == []


def test_a_link_that_is_none_of_ours_is_refused_and_guessing_is_slowed(console: Console, world: World) -> None:
    link = _link(console, world.borrower)
    assert _open(console, link[:-2] + "AA", method="POST", data={"confirm": "yes"}).status_code == 404
    assert _open(console, "/o/s", method="POST", data={"confirm": "yes"}).status_code == 404
    assert _refusals(console) == []
    parts = context.room(console.app)
    strict = create_app(parts.settings, console.database, **{CLOCK: lambda: NOW, "RATELIMIT_ENABLED": True})
    most = int(optout.LIMIT.split()[0])
    answers = [strict.test_client().get("/o/sAAAAAAAAAAAAAAAAAA").status_code for _ in range(most + 5)]
    assert (answers[0], answers[-1]) == (404, 429)


def _card(person: Person, world: World) -> dict[str, Any]:
    answer = person.get(f"/contacts/{world.borrower}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def test_the_card_says_how_much_of_each_limit_is_used(console: Console, world: World) -> None:
    with console.database.write() as session:
        for days in (1, 3):
            session.add(
                Contact(
                    borrower_id=world.borrower, loan_id=world.loan, kind="message", channel="sms",
                    at=NOW - timedelta(days=days),
                )
            )  # fmt: skip
    limits = console.sign_in("operator").get(f"/contacts/{world.borrower}").json["limits"]
    week = next(one for one in limits["items"] if (one["kind"], one["most"]) == ("message", 4))
    assert limits["policy"] == "Russia, law 230-FZ"
    assert week["text"] == "at most 4 in a calendar week and any 7 days"
    assert (week["used"], week["reached"]) == (2, False)


def test_an_operator_refuses_a_channel_for_the_borrower_and_what_is_queued_is_dropped(
    both: Console, both_world: World
) -> None:
    with both.database.write() as session:
        message = session.get_one(Message, both_world.message)
        message.state = "queued"
        channel = message.channel
    person = both.sign_in("operator")
    path = f"/contacts/{both_world.borrower}/refusals"
    card = person.post(path, {"channel": channel, "refused": True}).json
    assert [each["channel"] for each in card["refusals"]] == [channel]
    with both.database.read() as session:
        assert session.get_one(Message, both_world.message).state == "cancelled"
    again = both.sign_in("supervisor").post(f"/outbox/{both_world.message}/retry")
    assert (again.status_code, again.json["error"]["code"]) == (409, "channel_refused")
    assert person.post(path, {"channel": None, "refused": False}).json["refusals"] == []


def test_the_refusal_of_all_contact_waits_for_the_day_of_the_policy(console: Console, world: World) -> None:
    person = console.sign_in("operator")
    early = person.post(f"/borrowers/{world.borrower}/contact-stop", {"reason": "refusal"})
    assert (early.status_code, early.json["error"]["code"]) == (409, "refusal.early")
    assert _card(person, world)["refusal"]["may"] is False
    assert person.post(f"/borrowers/{world.borrower}/contact-stop", {"reason": "lawyer_only"}).status_code == 200


def test_a_stop_of_a_kind_whose_length_the_policy_says_ends_by_it_unless_somebody_says_otherwise(
    both: Console, both_world: World
) -> None:
    person = both.sign_in("operator")
    assert _card(person, both_world)["stop"]["ends"] == []
    with both.database.write() as session:
        session.add(
            PolicyVersion(
                key=USUAL, revision=9, valid_from=NOW - timedelta(days=1), state="approved", author="one",
                changed_at=NOW, document={**SHIPPED[USUAL].document, "moratorium": {"days": 60, "once_in_months": 12}},
            )
        )  # fmt: skip
        zone = session.get_one(Borrower, both_world.borrower).time_zone
    last = (NOW.astimezone(ZoneInfo(zone)).date() + timedelta(days=60)).isoformat()
    assert _card(person, both_world)["stop"]["ends"] == [{"reason": "moratorium", "until": last}]
    path = f"/borrowers/{both_world.borrower}/contact-stop"
    sooner = (NOW + timedelta(days=9)).date().isoformat()
    for said, until in (({}, last), ({"until": sooner}, sooner), ({"until": None}, None)):
        assert person.post(path, {"reason": "moratorium", **said}).status_code == 200
        assert _card(person, both_world)["stop"]["until"] == until
    assert person.post(path, {"reason": "bankruptcy"}).status_code == 200
    assert _card(person, both_world)["stop"]["until"] is None


def test_another_address_wakes_cases_at_once_and_is_masked_for_whom_it_is_hidden(
    both: Console, both_world: World
) -> None:
    person = both.sign_in("supervisor")
    path = f"/contacts/{both_world.borrower}/points"
    made = person.post(path, {"kind": "phone", "value": "+7 701 123 45 67", "in_use": True})
    assert made.status_code == 201
    [used] = [point for point in made.json["points"] if point["kind"] == "phone" and point["in_use"]]
    assert (used["value"], used["country"]) == ("+77011234567", "KZ")
    with both.database.read() as session:
        assert session.get_one(Borrower, both_world.borrower).phone == "+77011234567"
        assert session.get_one(Case, both_world.case).id == both_world.case
    hidden = _card(both.sign_in("manager"), both_world)["points"]
    assert "+77011234567" not in {point["value"] for point in hidden}
    wrong = person.post(path, {"kind": "email", "value": "nobody"})
    assert (wrong.status_code, wrong.json["error"]["problems"][0]["field"]) == (422, "value")
    ended = person.post(f"{path}/{used['id']}/close")
    assert [point["in_use"] for point in ended.json["points"] if point["id"] == used["id"]] == [False]


def test_a_third_party_needs_both_consents(console: Console, world: World) -> None:
    person = console.sign_in("operator")
    base = f"/contacts/{world.borrower}"
    [party] = person.post(f"{base}/third-parties", {"full_name": "Сестра", "relation": "сестра"}).json["third_parties"]
    word = {"act": "given", "purpose": "third_party", "third_party_id": party["id"]}
    unwritten = person.post(f"{base}/consents", word | {"said_by": "third_party"})
    assert (unwritten.status_code, unwritten.json["error"]["problems"][0]["field"]) == (422, "document")
    person.post(f"{base}/consents", word)
    card = person.post(f"{base}/consents", word | {"said_by": "third_party", "document": "№ 7"}).json
    assert (card["third_parties"][0]["borrower_agrees"], card["third_parties"][0]["third_party_agrees"]) == (True, True)
    assert person.delete(f"{base}/third-parties/{party['id']}").json["third_parties"] == []


def test_a_contact_with_a_third_party_is_refused_until_both_agree_and_then_stands_in_both_timelines(
    both: Console, both_world: World
) -> None:
    person, base = both.sign_in("supervisor"), f"/contacts/{both_world.borrower}"
    [party] = person.post(
        f"{base}/third-parties", {"full_name": "Сестра Вымышленная", "relation": "сестра"}
    ).json["third_parties"]  # fmt: skip
    call = {"channel": "operator_call", "third_party_id": party["id"], "talked": True}
    path = f"/loans/{both_world.loan}/contacts"
    refused = person.post(path, call)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "contact.consent")
    assert refused.json["error"]["message"] == party["missing"]
    word = {"act": "given", "purpose": "third_party", "third_party_id": party["id"]}
    for more in ({}, {"said_by": "third_party", "document": "№ 7"}):
        [party] = person.post(f"{base}/consents", word | more).json["third_parties"]
    assert party["missing"] is None
    made = person.post(path, call)
    assert (made.status_code, made.json["third_party_id"]) == (201, party["id"])
    for timeline in (f"/loans/{both_world.loan}/timeline", f"{base}/timeline"):
        [told] = [event for event in person.get(timeline).json["items"] if event["kind"] == "contact_made"]
        assert told["text"] == "written down by hand; with Сестра Вымышленная (сестра); there was a conversation"
    hidden = both.sign_in("manager").get(f"{base}/timeline").json["items"]
    assert [event["text"] for event in hidden if "Вымышленная" in (event["text"] or "")] == []
    again = person.post(path, {"channel": "operator_call"})
    assert (again.status_code, again.json["error"]["code"]) == (409, "contact.forbidden")


def test_the_timeline_tells_contacts_and_what_was_said(console: Console, world: World) -> None:
    person = console.sign_in("supervisor")
    person.post(f"/contacts/{world.borrower}/refusals", {"channel": "sms", "refused": True})
    items = person.get(f"/contacts/{world.borrower}/timeline").json["items"]
    assert "Refused: SMS" in {item["title"] for item in items}
    assert {"message", "consent"} <= {item["kind"] for item in items}


def test_new_loans_are_allowed_again_with_a_reason(both: Console, both_world: World) -> None:
    path = f"/contacts/{both_world.borrower}/allow-lending"
    person = both.sign_in("compliance")
    assert person.post(path, {"reason": "Paid"}).status_code == 409
    with both.database.write() as session:
        session.get_one(Borrower, both_world.borrower).lending_restricted_at = NOW
    assert person.post(path, {"reason": " "}).status_code == 422
    assert person.post(path, {"reason": "The debt is paid"}).status_code == 200
    with both.database.read() as session:
        assert session.get_one(Borrower, both_world.borrower).lending_restricted_at is None
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "borrower.lending_allowed")).one()
    assert (entry.actor, entry.details["reason"]) == ("compliance", "The debt is paid")


@pytest.mark.parametrize("path", ["", "/timeline"])
def test_an_operator_sees_only_the_borrowers_of_their_tasks(console: Console, world: World, path: str) -> None:
    assert console.sign_in("operator").get(f"/contacts/{world.other_borrower}{path}").status_code == 404
