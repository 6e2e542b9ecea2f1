"""The outbox through the real connectors to real servers, there and back."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.smpp.connector import Smpp
from connectors.smpp.sending import Limits as SmppLimits
from connectors.smtp.connector import Smtp
from connectors.smtp.link import Limits as SmtpLimits
from scenario_engine.database import Database
from scenario_engine.engine.outbox import deliver, listen
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import Borrower, ChannelRefusal, Loan, Message, Signal
from scenario_engine.ports import Connector
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule
from tests.harness.certificates import Certificate, make_certificate
from tests.harness.gateway import VAULT, switch_on
from tests.harness.mail import MailServer, mail_server
from tests.harness.peers import Peer, peer

INNER = SETTINGS.model_copy(update={"inner_networks": "127.0.0.0/8"})


@pytest.fixture(scope="module")
def centre() -> Iterator[Peer]:
    with peer("smpp.js") as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def box(certificate: Certificate) -> Iterator[Peer]:
    with peer("imap.js", str(certificate.key), str(certificate.file)) as running:
        yield running


@pytest.fixture
def server(certificate: Certificate) -> Iterator[MailServer]:
    with mail_server(certificate) as running:
        yield running


def _queue(database: Database, step: str, connector: str) -> None:
    """Three messages by one kind of step."""
    texts = {"sms": {"template": "{{ loan_number }}"}, "email": {"template": "{{ loan_number }}", "subject": "Привет"}}
    document = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "send": (step, {**texts[step], "connector": connector}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>send", "send:sent>out", "send:blocked>out"],
    )
    with database.write() as session:
        for _number in range(3):
            a_loan(session, dpd=5, overdue=100_00)
        a_live_version(session, document)
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)


def _switch_on(database: Database, connector: Smpp | Smtp, **chosen: str) -> None:
    values = {field.key: field.default for field in connector.fields} | chosen
    assert connector.problem(values) is None
    secrets = VAULT.seal(json.dumps({"password": values.pop("password")}))
    switch_on(database, connector.key, chosen=values, secrets=secrets)


def _send(database: Database, connector: Connector) -> None:
    deliver(
        database, {connector.key: connector}, vault=VAULT, now=NOON, settings=INNER, randomness=random.Random(1)
    )  # fmt: skip


def _listen(database: Database, connector: Connector) -> int:
    later = NOON + timedelta(minutes=5)
    return listen(
        database, {connector.key: connector}, connector.key, vault=VAULT, clock=lambda: later, settings=INNER
    )  # fmt: skip


def _states(database: Database) -> Mapping[str, str]:
    """What became of the messages, by the loan's number."""
    with database.read() as session:
        rows = session.execute(select(Loan.external_id, Message.state).join(Message, Message.loan_id == Loan.id))
        return {row[0]: row[1] for row in rows}


def _kinds(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(select(Signal.kind)))


def test_short_messages_there_and_back(database: Database, centre: Peer) -> None:
    smpp = Smpp(limits=SmppLimits(listen=0.2), clock=lambda: NOON)
    _queue(database, "sms", "smpp")
    _switch_on(
        database, smpp, host="127.0.0.1", port=str(centre.port), system_id="kaskad", password="secret", sender="Kaskad"
    )
    centre.ask("behave", statuses=[0, 0x0B, 0], receipt="before", toldAs={"parameters": True})
    _send(database, smpp)
    texts = [message["text"] for message in centre.ask("seen")["seen"]]
    assert [_states(database)[text] for text in texts] == ["delivered", "failed", "delivered"]
    assert _kinds(database) == ["delivered", "delivered", "not_delivered"]
    assert centre.ask("seen")["told"] == [0, 0], "told before the answer, and taken once it was recorded"
    centre.ask("behave")
    assert _listen(database, smpp) == 0


def test_e_mails_there_and_back(database: Database, server: MailServer, box: Peer, certificate: Certificate) -> None:
    smtp = Smtp(
        limits=SmtpLimits(answer=5.0), lookup=lambda _host, _port: ["127.0.0.1"], trust=certificate.trust,
        clock=lambda: NOON,
    )  # fmt: skip
    box.ask("empty")
    _queue(database, "email", "smtp")
    _switch_on(
        database, smtp, host="localhost", port=str(server.port), login="kaskad", password="secret",
        sender="collect@lender.example", imap_host="localhost", imap_port=str(box.port),
    )  # fmt: skip
    _send(database, smtp)
    with database.read() as session:
        bounced, replied, _ = session.scalars(select(Message).order_by(Message.id)).all()
        address = session.get_one(Borrower, replied.borrower_id).email
    box.ask("put", raw=_bounce(str(bounced.receipt)))
    box.ask("put", raw=_reply(str(replied.receipt), str(address)))
    assert _listen(database, smtp) == 2
    with database.read() as session:
        assert session.scalars(select(Message.state).order_by(Message.id)).all() == ["undelivered", "sent", "sent"]
        refused = session.scalars(select(ChannelRefusal)).all()
    assert (replied.borrower_id, "email") in {(row.borrower_id, row.channel) for row in refused}
    assert "reply" in _kinds(database)
    assert box.ask("flags") == [["\\Seen"], ["\\Seen"]]


def _bounce(number: str) -> str:
    return (
        "From: mailer-daemon@borrower.example\r\nTo: collect@lender.example\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nOriginal-Envelope-Id: {number}\r\n\r\n"
        "Final-Recipient: rfc822; x@borrower.example\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n--b--\r\n"
    )


def _reply(number: str, address: str) -> str:
    return (
        f"From: {address}\r\nTo: collect@lender.example\r\nMessage-ID: <1@borrower.example>\r\n"
        f"In-Reply-To: <{number}@lender.example>\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nSTOP\r\n"
    )
