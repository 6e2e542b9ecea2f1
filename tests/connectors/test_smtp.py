"""E-mail against a real mail server and a real mailbox: what leaves, what bounces, who replies, and what goes wrong."""

from __future__ import annotations

import base64
import email
import email.policy
import ssl
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from connectors.smtp.connector import Smtp
from connectors.smtp.letters import number_of
from connectors.smtp.link import Limits
from scenario_engine.errors import Invalid
from scenario_engine.ports import Delivery, Link, Outgoing, Report, Setup, Unreached
from tests.harness.certificates import Certificate, make_certificate
from tests.harness.mail import OK, MailServer, mail_server, silent_server
from tests.harness.peers import Peer, peer

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
TO = "anna@borrower.example"
SENDER = "collect@lender.example"
PATIENT, HASTY = Limits(pause=60.0), Limits(answer=0.5)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def running(certificate: Certificate) -> Iterator[MailServer]:
    with mail_server(certificate) as started:
        yield started


@pytest.fixture
def server(running: MailServer) -> MailServer:
    running.behave()
    return running


@pytest.fixture(scope="module")
def running_box(certificate: Certificate) -> Iterator[Peer]:
    with peer("imap.js", str(certificate.key), str(certificate.file)) as started:
        yield started


@pytest.fixture
def box(running_box: Peer) -> Peer:
    running_box.ask("empty")
    return running_box


@pytest.fixture
def smtp(certificate: Certificate) -> Smtp:
    return _connector(certificate)


@pytest.fixture
def hasty(certificate: Certificate) -> Smtp:
    """For what is to be waited out."""
    return _connector(certificate, HASTY)


def _connector(certificate: Certificate, limits: Limits = PATIENT) -> Smtp:
    return Smtp(limits=limits, lookup=lambda _host, _port: ["127.0.0.1"], trust=certificate.trust, clock=lambda: NOW)


def _setup(server: MailServer, box: Peer | None = None, **chosen: str) -> Setup:
    values = {field.key: field.default for field in Smtp.fields}
    values |= {
        "host": "localhost", "port": str(server.port), "login": "kaskad", "password": "secret", "sender": SENDER,
        "sender_name": "МКК «Займ»",
    }  # fmt: skip
    if box is not None:
        values |= {"imap_host": "localhost", "imap_port": str(box.port)}
    return Setup(chosen=values | chosen, networks="127.0.0.0/8")


def _message(number: int = 1, **other: object) -> Outgoing:
    values = {
        "key": f"7-{number}-mail", "message_id": number, "channel": "email", "recipient": TO,
        "subject": "Займ 17: просроченный платёж", "body": "Здравствуйте!\n.\n\nМКК «Займ», 8 800 000-00-00",
        "content": {}, "addressee": "Анна Примерова",
    }  # fmt: skip
    return Outgoing(**(values | other))  # type: ignore[arg-type]


def _sent(link: Link, *batch: Outgoing) -> Mapping[int, Delivery]:
    said = list(link.send(batch))
    found = {delivery.message_id: delivery for delivery in said}
    assert len(found) == len(said), "each message is told of once"
    return found


def _read(server: MailServer, number: int = 0) -> EmailMessage:
    return email.message_from_bytes(server.envelopes[number].content or b"", policy=email.policy.default)


# --- what leaves ------------------------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_written(smtp: Smtp, server: MailServer) -> None:
    with smtp.open(_setup(server)) as link:
        said = _sent(link, _message(content={"optout_url": "https://lender.example/o/abc"}))
    mail = _read(server)
    assert mail.get_content().replace("\r\n", "\n") == "Здравствуйте!\n.\n\nМКК «Займ», 8 800 000-00-00\n"
    assert (mail["Subject"], mail["From"].addresses[0].display_name) == ("Займ 17: просроченный платёж", "МКК «Займ»")
    assert str(mail["To"]) == f"Анна Примерова <{TO}>"
    assert mail["Message-ID"] == f"<{said[1].receipt}@lender.example>"
    assert mail["List-Unsubscribe"] == "<https://lender.example/o/abc>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert server.envelopes[0].rcpt_tos == [TO]
    assert server.wishes == ["RET=HDRS", f"ENVID={number_of('7-1-mail')}", "NOTIFY=FAILURE"]


def test_a_repeated_message_is_recognisable(smtp: Smtp, server: MailServer) -> None:
    with smtp.open(_setup(server)) as link:
        receipts = [_sent(link, _message(number))[number].receipt for number in (1, 1, 2)]
    assert receipts[0] == receipts[1] != receipts[2]


@pytest.mark.parametrize("body", ["Plain text.\n.\n..two\n", "y" * 2000, "Line\n" * 3 + "я" * 3000])
def test_no_line_is_too_long_and_no_dot_is_lost(smtp: Smtp, server: MailServer, body: str) -> None:
    subject = " ".join(["Long subject"] * 12)
    with smtp.open(_setup(server)) as link:
        assert _sent(link, _message(body=body, subject=subject))[1].accepted
    content = server.envelopes[0].content
    assert isinstance(content, bytes)
    assert max(len(line) for line in content.split(b"\r\n")) < 998
    assert _read(server).get_content().replace("\r\n", "\n").rstrip("\n") == body.rstrip("\n")
    assert _read(server)["Subject"] == subject


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "Hello\r\nBcc: everybody@example.com"),
        ("subject", "Hello\nX-Other: 1"),
        ("addressee", "Anna\r\nBcc: everybody@example.com"),
        ("recipient", "anna@borrower.example\r\nRCPT TO:<x@example.com>"),
        ("recipient", "anna@borrower.example> SIZE=1"),
        ("recipient", "anna@borrower.example,boris@example.com"),
        ("recipient", "anna"),
        ("content", {"optout_url": "https://lender.example/o\r\nBcc: x@example.com"}),
        ("content", {"optout_url": "javascript:alert(1)"}),
        ("body", "\ud800"),
    ],
)
def test_what_could_begin_a_header_is_refused(smtp: Smtp, server: MailServer, field: str, value: object) -> None:
    with smtp.open(_setup(server)) as link:
        said = _sent(link, _message(1, **{field: value}), _message(2))
    assert (said[1].accepted, said[1].retry, said[1].uncertain) == (False, False, False)
    assert said[1].error
    assert "example" not in (said[1].error or ""), "no personal data"
    assert said[2].accepted
    assert len(server.envelopes) == 1


def test_bounces_can_go_to_an_address_of_their_own(smtp: Smtp, server: MailServer) -> None:
    with smtp.open(_setup(server, bounces="bounces@lender.example", tagged="yes")) as link:
        _sent(link, _message())
    assert server.envelopes[0].mail_from == f"bounces+{number_of('7-1-mail')}@lender.example"


def test_a_batch_goes_over_one_connection(smtp: Smtp, server: MailServer) -> None:
    with smtp.open(_setup(server)) as link:
        said = _sent(link, *(_message(number) for number in range(20)))
    assert all(delivery.accepted for delivery in said.values())
    assert server.connections == 1


def test_a_server_that_takes_several_questions_at_once_gets_them(smtp: Smtp, server: MailServer) -> None:
    server.behave(
        is_quick=True, recipient=lambda address: OK if address == TO else "550 5.1.1 no",
        data=lambda number: OK if number < 2 else "421 4.3.2 enough",
    )  # fmt: skip
    with smtp.open(_setup(server)) as link:
        said = _sent(link, _message(1), _message(2, recipient="boris@borrower.example"), *map(_message, (3, 4, 5)))
    assert [said[number].accepted for number in range(1, 6)] == [True, False, True, False, False]
    assert (said[2].retry, said[4].pause, said[5].pause) == (False, 60.0, 60.0)
    assert [envelope.rcpt_tos for envelope in server.envelopes] == [[TO], [TO]]


# --- a server that says no, or not now ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "retry", "word"),
    [
        ("550 5.1.1 <anna@borrower.example> user unknown", False, "no such mailbox"),
        ("552 5.2.2 quota", False, "full"),
        ("450 4.2.0 greylisted", True, "later"),
        ("554 no", False, "refused"),
        ("450 4.2.1 not now", True, "switched off"),
    ],
)
def test_a_refused_recipient_concerns_one_mail(
    smtp: Smtp, server: MailServer, answer: str, retry: bool, word: str
) -> None:
    server.behave(recipient=lambda address: answer if address == TO else OK)
    with smtp.open(_setup(server)) as link:
        said = _sent(link, _message(1), _message(2, recipient="boris@borrower.example"))
    assert (said[1].accepted, said[1].retry, said[1].uncertain) == (False, retry, False)
    assert word in (said[1].error or "")
    assert "anna" not in (said[1].error or ""), "no personal data"
    assert said[1].dead == (word == "no such mailbox")
    assert said[2].accepted


@pytest.mark.parametrize(("answer", "retry"), [("554 5.7.1 spam", False), ("451 4.3.0 try later", True)])
def test_a_refused_mail_is_not_taken(smtp: Smtp, server: MailServer, answer: str, retry: bool) -> None:
    server.behave(data=lambda number: answer if number == 0 else OK)
    with smtp.open(_setup(server)) as link:
        said = _sent(link, _message())
    assert (said[1].accepted, said[1].retry, said[1].uncertain) == (False, retry, False)
    assert server.envelopes == []


@pytest.mark.parametrize("is_quick", [True, False])
def test_a_sender_that_is_barred_costs_no_message(smtp: Smtp, server: MailServer, is_quick: bool) -> None:
    server.behave(mail=lambda _address: "550 5.7.1 not from you", is_quick=is_quick)
    said: list[Delivery] = []
    with smtp.open(_setup(server)) as link, pytest.raises(Unreached, match="setup"):
        said.extend(link.send([_message(1), _message(2)]))
    assert said == []


def test_a_door_that_closes_makes_the_rest_wait(smtp: Smtp, server: MailServer) -> None:
    server.behave(recipient=lambda address: "421 4.7.0 too much mail" if address == TO else OK)
    with smtp.open(_setup(server)) as link:
        said = _sent(link, _message(1, recipient="boris@borrower.example"), _message(2), _message(3))
    assert said[1].accepted
    assert [(said[number].retry, said[number].pause, said[number].uncertain) for number in (2, 3)] == [
        (True, 60.0, False)
    ] * 2


# --- a server that goes away ----------------------------------------------------------------------------


def test_a_connection_lost_after_the_mail_left_leaves_it_open(smtp: Smtp, server: MailServer) -> None:
    server.behave(data=lambda number: None if number == 1 else OK)
    with smtp.open(_setup(server)) as link:
        said = _sent(link, *(_message(number) for number in (1, 2, 3)))
    assert [said[number].accepted for number in (1, 2, 3)] == [True, False, True]
    assert (said[2].uncertain, said[2].retry) == (True, False)
    assert len(server.envelopes) == 3, "it had been taken, and was not sent again"


def test_no_answer_to_a_mail_leaves_it_open(hasty: Smtp, server: MailServer) -> None:
    server.behave(silence=1.5)
    with hasty.open(_setup(server)) as link:
        assert _sent(link, _message())[1].uncertain


def test_a_server_that_ends_a_connection_now_and_then_is_called_again(smtp: Smtp, server: MailServer) -> None:
    seen: list[str] = []

    def cut_the_third(address: str) -> str | None:
        seen.append(address)
        return None if len(seen) == 3 else OK

    server.behave(mail=cut_the_third)
    with smtp.open(_setup(server)) as link:
        said = _sent(link, *(_message(number) for number in range(5)))
    assert all(delivery.accepted for delivery in said.values())
    assert (len(server.envelopes), server.connections) == (5, 2)


def test_a_server_that_never_listens_is_not_reached(smtp: Smtp, server: MailServer) -> None:
    server.behave(mail=lambda _address: None)
    said: list[Delivery] = []
    with smtp.open(_setup(server)) as link, pytest.raises(Unreached, match="connection"):
        said.extend(link.send([_message(1), _message(2)]))
    assert said == []
    assert server.envelopes == []


def test_a_server_that_says_nothing_is_given_up(hasty: Smtp) -> None:
    with silent_server() as port, mail_server() as other:
        setup = _setup(other, port=str(port), plain="yes", login="", password="")
        with pytest.raises(Unreached, match="time"):
            hasty.test(setup)


def test_a_greeting_of_another_protocol_is_named(smtp: Smtp) -> None:
    with silent_server(drip=b"HTTP/1.1 400 Bad Request\r\n") as port, mail_server() as other:
        setup = _setup(other, port=str(port), plain="yes", login="", password="")
        with pytest.raises(Unreached, match="protocol"):
            smtp.test(setup)


@pytest.mark.parametrize("answer", ["whatever you say", "354 more"])
def test_a_senseless_answer_to_a_mail_leaves_it_open(smtp: Smtp, server: MailServer, answer: str) -> None:
    server.behave(data=lambda number: answer if number == 1 else OK)
    with smtp.open(_setup(server)) as link:
        said = _sent(link, _message(1), _message(2))
        assert [said[number].accepted for number in (1, 2)] == [True, False]
        assert (said[2].uncertain, said[2].retry) == (True, False)


def test_a_senseless_answer_before_the_mail_is_no_refusal(smtp: Smtp, server: MailServer) -> None:
    server.behave(recipient=lambda _address: "whatever you say")
    with smtp.open(_setup(server)) as link, pytest.raises(Unreached, match="protocol"):
        list(link.send([_message()]))
    assert server.envelopes == []


def test_a_greeting_that_drips_is_given_up(hasty: Smtp) -> None:
    with silent_server(drip=b"2") as port, mail_server() as other:
        setup = _setup(other, port=str(port), plain="yes", login="", password="")
        with pytest.raises(Unreached, match="time"):
            hasty.test(setup)


# --- bounces and replies ----------------------------------------------------------------------------------

RECEIPT = number_of("7-1-mail")
MESSAGE_ID = f"{RECEIPT}@lender.example"


def _notification(
    action: str = "failed", status: str = "5.1.1", *, envelope: str = "", original: str = "", to: str = SENDER
) -> str:
    named = f"Original-Envelope-Id: {envelope}\r\n" if envelope else ""
    returned = f"Message-ID: <{original}>\r\nSubject: Hello\r\n" if original else "Subject: Hello\r\n"
    return (
        f"From: mailer-daemon@borrower.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        "Auto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{named}Reporting-MTA: dns; mx.borrower.example\r\n\r\n"
        f"Final-Recipient: rfc822; {TO}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <anna@borrower.example> no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--b--\r\n"
    )


def _reply(text: str, *, to: str | None = MESSAGE_ID, more: str = "", number: int = 1) -> str:
    answered = f"In-Reply-To: <{to}>\r\n" if to else ""
    body = base64.b64encode(text.encode()).decode()
    return (
        f"From: Anna <{TO}>\r\nTo: {SENDER}\r\nSubject: Re: hello\r\nMessage-ID: <{number}@borrower.example>\r\n"
        f"{answered}{more}"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n"
    )


def _told(smtp: Smtp, server: MailServer, box: Peer, *mails: str, **chosen: str) -> Sequence[Report]:
    for mail in mails:
        box.ask("put", raw=mail)
    with smtp.open(_setup(server, box, **chosen)) as link:
        return link.poll()


@pytest.mark.parametrize(
    ("action", "status", "kind", "word"),
    [
        ("failed", "5.1.1", "dead", "no such mailbox"),
        ("failed", "5.2.2", "failed", "full"),
        ("failed", "5.4.4", "failed", "out of reach"),
        ("failed", "4.4.7", "failed", "out of reach"),
        ("delivered", "2.0.0", "delivered", ""),
    ],
)
def test_bounces_become_reports(
    smtp: Smtp, server: MailServer, box: Peer, action: str, status: str, kind: str, word: str
) -> None:
    (report,) = _told(smtp, server, box, _notification(action, status, original=MESSAGE_ID))
    assert (report.kind, report.receipt, report.address) == (kind, RECEIPT, TO)
    assert word in (report.error or "")
    assert "anna" not in (report.error or ""), "no personal data"


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded"])
def test_what_is_not_over_is_nothing_to_tell(smtp: Smtp, server: MailServer, box: Peer, action: str) -> None:
    assert _told(smtp, server, box, _notification(action, "4.0.0", original=MESSAGE_ID)) == []
    assert box.ask("flags") == [["\\Seen"]]


def test_a_bounce_names_its_mail_in_three_ways(smtp: Smtp, server: MailServer, box: Peer) -> None:
    bounces = [
        _notification(original=MESSAGE_ID),
        _notification(status="5.1.2", envelope=RECEIPT),
        _notification(status="5.1.3", to=f"collect+{RECEIPT}@lender.example"),
        _notification(status="5.1.6", original=f"{RECEIPT}@somebody-else.example"),
    ]
    assert [report.receipt for report in _told(smtp, server, box, *bounces)] == [RECEIPT] * 3


def test_a_mail_is_told_until_it_is_taken(smtp: Smtp, server: MailServer, box: Peer) -> None:
    first = _told(smtp, server, box, _notification(original=MESSAGE_ID), _reply("СТОП"))
    with smtp.open(_setup(server, box)) as link:
        again = link.poll()
        assert [report.key for report in again] == [report.key for report in first]
        assert box.ask("flags") == [[], []]
        link.take(again[:1])
        assert box.ask("flags") == [["\\Seen"], []]
        link.take(link.poll())
        assert link.poll() == []
    assert box.ask("flags") == [["\\Seen"], ["\\Seen"]]


def test_a_reply_is_what_the_borrower_wrote(smtp: Smtp, server: MailServer, box: Peer) -> None:
    quoted = "Не пишите мне\n\nпт, 27 нояб. 2026 г. в 12:00, МКК «Займ» пишет:\n> Здравствуйте!"
    (report,) = _told(smtp, server, box, _reply(quoted))
    assert (report.kind, report.text, report.address, report.receipt) == ("reply", "Не пишите мне", TO, RECEIPT)


def test_an_out_of_office_note_is_no_reply(smtp: Smtp, server: MailServer, box: Peer) -> None:
    assert _told(smtp, server, box, _reply("Я в отпуске", more="Auto-Submitted: auto-replied\r\n")) == []


def test_a_mail_that_answers_none_of_ours_is_told_by_its_address(smtp: Smtp, server: MailServer, box: Peer) -> None:
    (report,) = _told(smtp, server, box, _reply("Когда платить?", to=None))
    assert (report.receipt, report.address) == (None, TO)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no headers at all",
        "From: <<>>\r\n\r\n",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n',
        "From: a@b\r\nContent-Type: text/plain; charset=unknown-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n",
    ],
)
def test_nonsense_in_the_mailbox_holds_nothing_up(smtp: Smtp, server: MailServer, box: Peer, raw: str) -> None:
    told = _told(smtp, server, box, raw, _reply("ok"))
    assert "ok" in [report.text for report in told]


def test_without_a_mailbox_nothing_is_told(smtp: Smtp, server: MailServer) -> None:
    with smtp.open(_setup(server)) as link:
        assert list(link.poll()) == []


# --- settings -----------------------------------------------------------------------------------------------


def test_the_test_logs_in_and_sends_nobody_anything(smtp: Smtp, server: MailServer, box: Peer) -> None:
    assert smtp.test(_setup(server)).en == "The mail server took the login."
    assert "mailbox" in smtp.test(_setup(server, box)).en
    assert server.envelopes == []


def test_a_refused_login_says_whose(smtp: Smtp, server: MailServer, box: Peer) -> None:
    with pytest.raises(Invalid, match="mail server refused the login"):
        smtp.test(_setup(server, password="wrong"))
    with pytest.raises(Invalid, match="mailbox refused the login"):
        smtp.test(_setup(server, box, imap_password="wrong"))


def test_a_folder_that_is_not_there_is_a_matter_of_set_up(smtp: Smtp, server: MailServer, box: Peer) -> None:
    with pytest.raises(Unreached, match="setup"):
        smtp.test(_setup(server, box, imap_folder="Nowhere"))


def test_tls_from_the_start(smtp: Smtp, certificate: Certificate) -> None:
    with mail_server(certificate, is_secured=True) as server, smtp.open(_setup(server, tls="yes", login="")) as link:
        assert _sent(link, _message())[1].accepted


@pytest.mark.parametrize("is_secured", [True, False])
def test_a_certificate_nobody_trusts_ends_it(certificate: Certificate, is_secured: bool) -> None:
    wary = Smtp(limits=PATIENT, lookup=lambda _host, _port: ["127.0.0.1"], trust=ssl.create_default_context)
    with mail_server(certificate, is_secured=is_secured) as server, pytest.raises(Unreached, match="tls"):
        wary.test(_setup(server, tls="yes" if is_secured else ""))


def test_no_password_leaves_without_encryption(smtp: Smtp) -> None:
    with mail_server() as server, pytest.raises(Invalid, match="STARTTLS"):
        smtp.test(_setup(server))


def test_a_server_in_our_own_network_may_do_without(smtp: Smtp) -> None:
    with mail_server() as server:
        setup = _setup(server, plain="yes", login="", password="")
        with smtp.open(setup) as link:
            assert _sent(link, _message())[1].accepted


def test_an_inner_address_is_not_reached_without_leave(smtp: Smtp, server: MailServer) -> None:
    with pytest.raises(Invalid) as closed:
        smtp.test(Setup(chosen=_setup(server).chosen, networks=""))
    assert closed.value.code == "address.inner"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("host", "mail.example.com:587"),
        ("port", "smtp"),
        ("sender", "collect"),
        ("sender", "a@b\r\nBcc: x@example.com"),
        ("bounces", "b b@example.com"),
        ("sender_name", "Name\nX: 1"),
        ("password", ""),
        ("plain", "yes"),
        ("imap_host", "imap.example.com/x"),
    ],
)
def test_wrong_settings_are_named(key: str, value: str) -> None:
    chosen = {field.key: field.default for field in Smtp.fields}
    chosen |= {"host": "mail.example.com", "login": "kaskad", "password": "secret", "sender": SENDER}
    assert Smtp().problem(chosen) is None
    assert Smtp().problem(chosen | {key: value}) is not None
