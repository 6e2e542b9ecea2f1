"""SMPP against a real centre: what leaves, what is told of it, and what becomes of it when the centre misbehaves."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.smpp.connector import Smpp
from connectors.smpp.sending import Limits
from scenario_engine.errors import Invalid
from scenario_engine.nodes.sms_length import measure
from scenario_engine.ports import Delivery, Link, Outgoing, Report, Setup, Unreached
from tests.harness.certificates import Certificate, make_certificate
from tests.harness.mail import silent_server
from tests.harness.peers import Peer, peer

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
PHONE = "+79161234567"
QUICK = Limits(breath=0.02, breaths=2, listen=0.1)
#: for what is to be waited out
HASTY = replace(QUICK, answer=0.5)


@pytest.fixture(scope="module")
def running() -> Iterator[Peer]:
    with peer("smpp.js") as started:
        yield started


@pytest.fixture
def centre(running: Peer) -> Peer:
    running.ask("drop")
    running.ask("behave")
    return running


def _connector(limits: Limits = QUICK) -> Smpp:
    return Smpp(limits=limits, clock=lambda: NOW)


def _setup(port: int, **chosen: str) -> Setup:
    values = {field.key: field.default for field in Smpp.fields}
    values |= {"host": "127.0.0.1", "port": str(port), "system_id": "kaskad", "password": "secret", "sender": "Kaskad"}
    return Setup(chosen=values | chosen, networks="127.0.0.0/8")


def _message(number: int, body: str = "Позвоните нам", recipient: str = PHONE) -> Outgoing:
    return Outgoing(
        key=f"7-{number}-sms", message_id=number, channel="sms", recipient=recipient, subject="", body=body, content={}
    )


def _send(port: int, *batch: Outgoing, **chosen: str) -> Mapping[int, Delivery]:
    with _connector().open(_setup(port, **chosen)) as link:
        return _by_id(link, *batch)


def _by_id(link: Link, *batch: Outgoing) -> Mapping[int, Delivery]:
    said = list(link.send(batch))
    found = {delivery.message_id: delivery for delivery in said}
    assert len(found) == len(said), "each message is told of once"
    return found


def _said_before_the_end(link: Link, *batch: Outgoing) -> tuple[Mapping[int, Delivery], str]:
    """What became known before the connection ended, and the code of why it did."""
    said: list[Delivery] = []
    with pytest.raises(Unreached) as ended:
        said.extend(link.send(batch))
    found = {delivery.message_id: delivery for delivery in said}
    assert len(found) == len(said)
    return found, str(ended.value)


def _polled(link: Link) -> list[Report]:
    """What is told first, and not taken."""
    until = time.monotonic() + 10.0
    while not (found := list(link.poll())) and time.monotonic() < until:
        pass
    return found


def _seen(centre: Peer) -> Any:
    return centre.ask("seen")


# --- what leaves ------------------------------------------------------------------------------------


def test_a_text_leaves_in_the_alphabet_it_needs(centre: Peer) -> None:
    said = _send(centre.port, _message(1), _message(2, "Call us: {1} € [§]"))
    assert all(delivery.accepted and delivery.receipt for delivery in said.values())
    cyrillic, latin = _seen(centre)["seen"]
    assert (cyrillic["text"], cyrillic["coding"]) == ("Позвоните нам", 8)
    assert (latin["text"], latin["coding"]) == ("Call us: {1} € [§]", 0)
    assert (latin["to"], latin["from"], latin["ton"], latin["registered"]) == ("79161234567", "Kaskad", 5, 1)


@pytest.mark.parametrize("body", ["ё" * 66 + "😀" + "ю" * 80, "a" * 152 + "€" + "b" * 200, "я" * 71])
def test_a_long_text_leaves_in_the_parts_that_are_paid_for(centre: Peer, body: str) -> None:
    said = _send(centre.port, _message(1, body))
    parts = _seen(centre)["seen"]
    assert len(parts) == measure(body).segments
    assert "".join(part["text"] for part in parts) == body
    headers = [bytes.fromhex(part["udh"][0]) for part in parts]
    assert [header[:2] + header[3:] for header in headers] == [
        bytes((0, 3, len(parts), n + 1)) for n in range(len(parts))
    ]
    assert len({header[2] for header in headers}) == 1
    assert [part["registered"] for part in parts] == [0] * (len(parts) - 1) + [1]
    assert said[1].accepted


def test_a_long_text_leaves_whole_where_the_centre_cuts_it(centre: Peer) -> None:
    assert _send(centre.port, _message(1, "я" * 300), whole="yes")[1].accepted
    (whole,) = _seen(centre)["seen"]
    assert whole["payload"] == "я" * 300


def test_another_country_is_refused_in_words_unless_it_is_allowed(centre: Peer) -> None:
    abroad = _message(1, recipient="+12125552368")
    refused = _send(centre.port, abroad)[1]
    assert (refused.accepted, refused.retry, refused.uncertain) == (False, False, False)
    assert "another country" in (refused.error or "")
    assert _seen(centre)["taken"] == 0
    assert _send(centre.port, abroad, countries="RU, US")[1].accepted


def test_answers_in_the_opposite_order_find_their_messages(centre: Peer) -> None:
    centre.ask("behave", backwards=10)
    said = _send(centre.port, *(_message(number) for number in range(20)))
    receipts = [int(said[number].receipt or 0) for number in range(20)]
    assert receipts[:10] == sorted(receipts[:10], reverse=True)
    assert len(set(receipts)) == 20


# --- a centre that says no, or not now ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "retry", "word"),
    [(0x0B, False, "phone number"), (0x0A, False, "sender"), (0x08, True, "fault"), (0x421, False, "0x421")],
)
def test_a_refusal_concerns_one_message_and_is_in_words(centre: Peer, status: int, retry: bool, word: str) -> None:
    centre.ask("behave", statuses=[0, status, 0])
    said = _send(centre.port, *(_message(number) for number in (1, 2, 3)), window="1")
    assert [said[number].accepted for number in (1, 2, 3)] == [True, False, True]
    assert (said[2].retry, said[2].uncertain) == (retry, False)
    assert word in (said[2].error or "")


@pytest.mark.parametrize("status", [0x58, 0x14])
def test_a_busy_centre_is_given_a_breath_and_gets_the_message_then(centre: Peer, status: int) -> None:
    centre.ask("behave", statuses=[0, status, status])
    said = _send(centre.port, *(_message(number) for number in range(12)))
    assert all(delivery.accepted for delivery in said.values())
    assert _seen(centre)["taken"] == 14


def test_a_centre_that_stays_busy_makes_the_rest_wait(centre: Peer) -> None:
    centre.ask("behave", statuses=[0, *[0x58] * 100])
    said = _send(centre.port, *(_message(number) for number in range(12)), window="2")
    assert said[0].accepted
    assert all(said[number].retry and said[number].pause == QUICK.pause for number in range(1, 12))
    assert not any(delivery.uncertain for delivery in said.values())
    assert _seen(centre)["taken"] < 12, "it was left in peace"


def test_a_text_of_which_a_part_was_taken_does_not_go_again_by_itself(centre: Peer) -> None:
    centre.ask("behave", statuses=[0, 0x08])
    delivery = _send(centre.port, _message(1, "я" * 200), window="1")[1]
    assert (delivery.accepted, delivery.uncertain, delivery.retry) == (False, True, False)
    assert _seen(centre)["taken"] == 2, "its third part stayed at home"


# --- a centre that goes away --------------------------------------------------------------------------


def test_what_was_under_way_when_the_connection_ended_may_have_been_taken(centre: Peer) -> None:
    centre.ask("behave", dropAfter=3)
    with _connector().open(_setup(centre.port, window="2")) as link:
        said, why = _said_before_the_end(link, *(_message(number) for number in range(10)))
    assert why == "connection"
    taken = [number for number, delivery in said.items() if delivery.accepted]
    open_ = [number for number, delivery in said.items() if delivery.uncertain]
    assert sorted(taken + open_) == list(range(len(said)))
    assert 1 <= len(open_) <= 2, "never more than the window"
    assert len(said) < 10, "what never left is not spoken of and goes again"


@pytest.mark.parametrize(
    ("manner", "why"), [({"silentAfter": 2}, "time"), ({"half": True}, "time"), ({"garbage": True}, "protocol")]
)
def test_no_answer_half_an_answer_and_nonsense_leave_the_message_open(
    centre: Peer, manner: dict[str, Any], why: str
) -> None:
    centre.ask("behave", **manner)
    with _connector(HASTY).open(_setup(centre.port, window="1")) as link:
        said, ended = _said_before_the_end(link, *(_message(number) for number in range(5)))
    assert ended == why
    assert [delivery.uncertain for delivery in said.values()][-1]
    assert _seen(centre)["taken"] == len(said)


def test_a_connection_that_ended_long_ago_takes_nothing(centre: Peer) -> None:
    with _connector(replace(QUICK, idle=0.0)).open(_setup(centre.port)) as link:
        centre.ask("drop")
        said, why = _said_before_the_end(link, _message(1))
    assert (said, why) == ({}, "connection")


def test_the_centre_is_answered_when_it_asks_whether_we_are_there(centre: Peer) -> None:
    with _connector().open(_setup(centre.port)) as link, ThreadPoolExecutor(1) as pool:
        answered = pool.submit(centre.ask, "enquire")
        while not answered.done():
            link.poll()
        assert len(answered.result()) == 1


# --- what it tells afterwards -------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after", "twice"])
@pytest.mark.parametrize("parameters", [True, False])
def test_a_receipt_is_told_until_it_is_taken(centre: Peer, when: str, parameters: bool) -> None:
    centre.ask("behave", receipt=when, toldAs={"parameters": parameters})
    with _connector().open(_setup(centre.port)) as link:
        said = _by_id(link, _message(1))
        (report,) = _polled(link)
        assert (report.kind, report.receipt, report.address) == ("delivered", said[1].receipt, PHONE)
        assert list(link.poll()) == [report]
        assert set(_seen(centre)["told"]) == {None}, "the centre does not know yet that it is recorded"
        link.take([report])
        assert list(link.poll()) == []
    assert set(_seen(centre)["told"]) == {0}


@pytest.mark.parametrize(
    ("state", "kind"), [("UNDELIV", "failed"), ("EXPIRED", "failed"), ("REJECTD", "failed"), ("DELIVRD", "delivered")]
)
def test_states_of_receipts_become_reports(centre: Peer, state: str, kind: str) -> None:
    centre.ask("behave", receipt="after", toldAs={"state": state, "err": "027"})
    with _connector().open(_setup(centre.port)) as link:
        _by_id(link, _message(1))
        (report,) = _polled(link)
    assert report.kind == kind
    assert ("027" in (report.error or "")) is (kind == "failed")


def test_a_message_on_its_way_is_nothing_to_tell(centre: Peer) -> None:
    centre.ask("behave", receipt="after", toldAs={"state": "ENROUTE"})
    with _connector().open(_setup(centre.port)) as link:
        _by_id(link, _message(1))
        assert list(link.poll()) == []
    assert _seen(centre)["told"] == [0]


def test_a_number_in_hexadecimal_is_the_one_in_decimal(centre: Peer) -> None:
    centre.ask("behave", receipt="after", hex=True)
    with _connector().open(_setup(centre.port, ids="hex-dec")) as link:
        said = _by_id(link, _message(1))
        (report,) = _polled(link)
    assert report.receipt == said[1].receipt


def test_a_receipt_for_an_unknown_message_is_told_as_it_is(centre: Peer) -> None:
    centre.ask("behave", receipt="after", toldAs={"id": "ffff99"})
    with _connector().open(_setup(centre.port)) as link:
        said = _by_id(link, _message(1))
        (report,) = _polled(link)
    assert report.receipt == "ffff99" != said[1].receipt


def test_replies_come_as_they_were_written(centre: Peer) -> None:
    with _connector().open(_setup(centre.port)) as link:
        centre.ask(
            "tell", values={"source_addr": "79161234567", "data_coding": 8, "hex": "СТОП".encode("utf-16-be").hex()}
        )
        centre.ask("tell", values={"source_addr": "79161234567", "data_coding": 0, "hex": "1b651b3c1103"})
        found = _polled(link)
        assert [(report.kind, report.address, report.text) for report in found] == [
            ("reply", PHONE, "СТОП"), ("reply", PHONE, "€[_¥"),
        ]  # fmt: skip
        link.take(found)
        assert list(link.poll()) == []


def test_a_long_reply_is_one_reply(centre: Peer) -> None:
    pieces = ["Заплачу ", "в ", "пятницу"]
    with _connector().open(_setup(centre.port)) as link:
        for number in (3, 1, 2):
            text = bytes((5, 0, 3, 77, 3, number)) + pieces[number - 1].encode("utf-16-be")
            centre.ask(
                "tell", values={"source_addr": "79161234567", "esm_class": 0x40, "data_coding": 8, "hex": text.hex()}
            )
        found = _polled(link)
        assert [report.text for report in found] == ["Заплачу в пятницу"]
        link.take(found)
        assert list(link.poll()) == []
    assert _seen(centre)["told"] == [0, 0, 0]


def test_a_borrower_cannot_write_a_receipt(centre: Peer) -> None:
    with _connector().open(_setup(centre.port)) as link:
        centre.ask("tell", values={"source_addr": "79161234567", "short_message": "id:1 stat:DELIVRD err:000"})
        assert [report.kind for report in _polled(link)] == ["reply"]


# --- settings -----------------------------------------------------------------------------------------


def test_the_test_logs_in_and_sends_nobody_anything(centre: Peer) -> None:
    assert "TestCentre" in _connector().test(_setup(centre.port)).en
    assert _seen(centre)["taken"] == 0


def test_a_refused_login_says_so(centre: Peer) -> None:
    with pytest.raises(Invalid, match="refused the login") as refused:
        _connector().test(_setup(centre.port, password="wrong"))
    assert refused.value.code == "connector.login"


def test_an_inner_address_is_not_reached_without_leave(centre: Peer) -> None:
    with pytest.raises(Invalid) as closed:
        _connector().test(Setup(chosen=_setup(centre.port).chosen, networks=""))
    assert closed.value.code == "address.inner"


def test_nobody_there_is_no_connection(centre: Peer) -> None:
    with pytest.raises(Unreached, match="connection"):
        _connector().test(_setup(1))


@pytest.mark.parametrize(
    ("drip", "why"), [(b"", "time"), (b"\0\0\0\x14\x80\0\0", "time|protocol"), (b"220 mail\r\n", "protocol")]
)
def test_a_centre_that_does_not_answer_the_login_is_given_up(drip: bytes, why: str) -> None:
    with silent_server(drip) as port, pytest.raises(Unreached, match=why):
        _connector(HASTY).test(_setup(port))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("host", "smpp://x"),
        ("port", "0"),
        ("password", "nine-sign"),
        ("sender", "Очень длинное"),
        ("sender", "twelve-signs"),
        ("window", "none"),
        ("ids", "octal"),
        ("countries", "XX"),
    ],
)
def test_wrong_settings_are_named(key: str, value: str) -> None:
    assert Smpp().problem(_setup(2775).chosen) is None
    assert Smpp().problem(dict(_setup(2775).chosen) | {key: value}) is not None


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def test_tls_is_spoken_with_a_trusted_certificate_and_no_other(certificate: Certificate) -> None:
    with peer("smpp.js", str(certificate.key), str(certificate.file)) as secured:
        setup = _setup(secured.port, tls="yes", host="localhost")
        trusting = Smpp(limits=QUICK, lookup=lambda _host, _port: ["127.0.0.1"], trust=certificate.trust)
        assert "TestCentre" in trusting.test(setup).en
        with pytest.raises(Unreached, match="tls"):
            Smpp(limits=QUICK, lookup=lambda _host, _port: ["127.0.0.1"]).test(setup)


def test_the_certificate_is_that_of_the_name(certificate: Certificate, tmp_path: Path) -> None:
    with peer("smpp.js", str(certificate.key), str(certificate.file)) as secured:
        elsewhere = Smpp(limits=QUICK, lookup=lambda _host, _port: ["127.0.0.1"], trust=certificate.trust)
        with pytest.raises(Unreached, match="tls"):
            elsewhere.test(_setup(secured.port, tls="yes", host="smpp.example.com"))
