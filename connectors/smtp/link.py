"""An open connection to a mail server: one e-mail after the other, and what became of each."""

from __future__ import annotations

import ipaddress
import re
import smtplib
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

from connectors.exchange import Refused, both, refusal
from connectors.smtp.letters import Identity, checked, compose, number_of
from connectors.smtp.mailbox import Mailbox
from connectors.smtp.words import enhanced_code, is_dead, reason
from connectors.wire import Reader
from scenario_engine.ports import Delivery, Outgoing, Report, Unreached
from scenario_engine.texts import Text

Clock = Callable[[], datetime]

_READY, _GO_AHEAD, _CLOSING = 220, 354, 421
#: first digits of answers
_CLASSES = (2, 3, 4, 5)
_DOT = re.compile(rb"(?m)^\.")

_MAYBE = Text(
    "It may have been sent: the connection ended before the server answered.",
    "Возможно, отправлено: связь прервалась раньше, чем сервер ответил.",
)
_CLOSED = Text(
    "The mail server wants to be left alone for a while; this goes again after a pause.",
    "Почтовый сервер просит подождать; отправим ещё раз после паузы.",
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds."""

    connect: float = 10.0
    #: for each answer as a whole
    answer: float = 60.0
    #: what everything waits for when the server closes its door
    pause: float = 60.0


class Session(smtplib.SMTP):
    """smtplib over a connection that was checked, with every answer bounded in time."""

    def __init__(self, line: socket.socket, host: str, seconds: float) -> None:
        """Raises `smtplib.SMTPException` and `OSError` when nobody greets."""
        address = line.getsockname()[0]
        literal = f"[IPv6:{address}]" if ipaddress.ip_address(address).version == 6 else f"[{address}]"
        super().__init__(local_hostname=literal, timeout=seconds)
        self._host = host
        self._seconds = seconds
        self.sock: socket.socket | None = line
        self.file: Reader | None = None
        code, _ = self.getreply()
        if code != _READY:
            raise smtplib.SMTPConnectError(code, "")

    def getreply(self) -> tuple[int, bytes]:
        """An answer; all of it must come in time. Raises `Nonsense`, besides what smtplib raises."""
        if self.file is None and self.sock is not None:
            self.file = Reader(self.sock, self._seconds)
        if self.file is not None:
            self.file.allow()
        code, text = super().getreply()
        if code // 100 not in _CLASSES:
            self.close()
            raise Nonsense(code)
        return code, text


class Nonsense(smtplib.SMTPException):
    """The answer is none of SMTP."""


class _Said(Exception):
    """The server did not take it. With the code and the text of its answer."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(code)
        self.code = code
        self.text = text.decode("ascii", "replace")


class _Barred(_Said):
    """It takes nothing at all from this sender: no fault of the message's."""


class _Open(Exception):
    """The connection ended when the mail had left and was not answered."""


class _Draft:
    """A message, and how it leaves once that is written."""

    def __init__(self, message: Outgoing, identity: Identity, clock: Clock) -> None:
        self.message = message
        self._identity = identity
        self._clock = clock
        self._written: bytes | None = None

    def write(self) -> bytes:
        """What follows on DATA. Raises `Refused`."""
        if self._written is None:
            content = compose(self.message, self._identity, self._clock())
            self._written = _DOT.sub(b"..", content) + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")
        return self._written


class SmtpLink:
    """Sends over one connection, and makes another when the server closes it after a few e-mails."""

    def __init__(
        self,
        connect: Callable[[], Session],
        identity: Identity,
        mailbox: Mailbox | None,
        *,
        clock: Clock,
        limits: Limits,
    ) -> None:
        """Connects. Raises `Unreached` and `Invalid` as `connect` does."""
        self._connect = connect
        self._identity = identity
        self._mailbox = mailbox
        self._clock = clock
        self._limits = limits
        self._session: Session | None = connect()
        #: e-mails that this connection took
        self._taken = 0

    def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
        """One after the other. Raises `Unreached`."""
        is_closed = False
        drafts = [_Draft(message, self._identity, self._clock) for message in batch]
        for draft, following in zip_longest(drafts, drafts[1:]):
            message = draft.message
            if is_closed:
                yield self._later(message)
                continue
            try:
                yield self._offer(draft, following)
            except Refused as error:
                yield refusal(message, error.text)
            except _Open:
                yield Delivery(message_id=message.message_id, accepted=False, uncertain=True, error=both(_MAYBE))
            except _Said as said:
                if said.code == _CLOSING:
                    is_closed = True
                    self._drop()
                    yield self._later(message)
                else:
                    code, may_help = enhanced_code(said.text), said.code // 100 == 4
                    refused = refusal(message, reason(code, said.code), retry=may_help)
                    yield replace(refused, dead=is_dead(code) and not may_help)

    def poll(self) -> Sequence[Report]:
        """Bounces and replies in the mailbox. Raises `Unreached`."""
        return self._mailbox.poll() if self._mailbox is not None else ()

    def take(self, reports: Sequence[Report]) -> None:
        """Mark their mails as seen."""
        if self._mailbox is not None:
            self._mailbox.take(reports)

    def close(self) -> None:
        """Take leave of both."""
        if self._mailbox is not None:
            self._mailbox.close()
        session, self._session = self._session, None
        if session is not None:
            try:
                session.quit()
            except (OSError, smtplib.SMTPException):
                session.close()

    def _later(self, message: Outgoing) -> Delivery:
        return Delivery(
            message_id=message.message_id, accepted=False, retry=True, pause=self._limits.pause, error=both(_CLOSED)
        )

    def _offer(self, draft: _Draft, following: _Draft | None) -> Delivery:
        """Send one. Raises `Refused`, `_Said`, `_Open` and `Unreached`."""
        message = draft.message
        number, recipient = number_of(message.key), checked(message.recipient)
        draft.write()
        for attempt in (1, 2):
            session = self._session or self._again()
            try:
                self._hand_over(session, draft, following, number, recipient)
                break
            except (OSError, smtplib.SMTPException) as error:
                # nothing of it was taken: a server may end a connection after a few e-mails, and welcome the next
                had_taken = self._taken > 0
                self._drop()
                if attempt == 2 or not had_taken:
                    raise Unreached(code_of(error)) from error
        self._taken += 1
        return Delivery(message_id=message.message_id, accepted=True, receipt=number)

    def _hand_over(
        self, session: Session, draft: _Draft, following: _Draft | None, number: str, recipient: str
    ) -> None:
        """Raises `_Said` when it is not taken, `_Open` when nobody knows, `OSError` and `SMTPException` before that."""
        options, wishes = [], []
        if session.has_extn("dsn"):
            options += ["RET=HDRS", f"ENVID={number}"]
            wishes.append("NOTIFY=SUCCESS,FAILURE" if self._mailbox is not None else "NOTIFY=FAILURE")
        try:
            _announce(session, self._identity.envelope(number), options, recipient, wishes)
        except _Barred as error:
            self._drop()
            raise Unreached("setup") from error
        except _Said as said:
            if said.code != _CLOSING:
                session.rset()
            raise
        try:
            session.send(draft.write())
            if following is not None:  # while the server takes this one in
                with suppress(Refused):
                    following.write()
            answer = session.getreply()
            _expect(250, answer)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise _Open from error

    def _again(self) -> Session:
        self._session = self._connect()
        self._taken = 0
        return self._session

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None


def _announce(session: Session, sender: str, options: list[str], recipient: str, wishes: list[str]) -> None:
    """Ask whether the mail may come. Raises `_Said` when it may not, `_Barred` when none may."""
    if not session.has_extn("pipelining"):
        _expect_welcome(session.mail(sender, options))
        _expect(250, session.rcpt(recipient, wishes))
        _expect(_GO_AHEAD, session.docmd("DATA"))
        return
    # the three questions at once: half the way to and fro
    asked = (
        f"MAIL FROM:{smtplib.quoteaddr(sender)}", *options, f"\r\nRCPT TO:{smtplib.quoteaddr(recipient)}", *wishes,
        "\r\nDATA\r\n",
    )  # fmt: skip
    session.send(" ".join(asked).replace(" \r\n", "\r\n"))
    answers: list[tuple[int, bytes]] = []
    while len(answers) < 3 and (not answers or answers[-1][0] != _CLOSING):
        answers.append(session.getreply())
    is_refused = any(code not in (250, 251) for code, _ in answers[:2])
    if is_refused and answers[-1][0] == _GO_AHEAD:  # it waits for a mail to nobody
        session.docmd(".")
    _expect_welcome(answers[0])
    for wanted, answer in zip((250, _GO_AHEAD), answers[1:], strict=False):
        _expect(wanted, answer)


def _expect_welcome(answer: tuple[int, bytes]) -> None:
    """Of the sender."""
    if answer[0] // 100 == 5:
        raise _Barred(*answer)
    _expect(250, answer)


def code_of(error: Exception) -> str:
    """What of `Unreached` it is; smtplib tells of silence as of a lost connection."""
    if isinstance(error, Nonsense):
        return "protocol"
    return "time" if any(isinstance(each, TimeoutError) for each in (error, error.__context__)) else "connection"


def _expect(wanted: int, answer: tuple[int, bytes]) -> None:
    code, text = answer
    # 251: not here, but it will be passed on
    if code == wanted or (wanted == 250 and code == 251):
        return
    if code // 100 in (2, 3):
        raise Nonsense(code)
    raise _Said(code, text)
