"""A mail server (aiosmtpd) that does as the test tells it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.harness.certificates import Certificate

OK = "250 OK"
LOGIN, PASSWORD = b"kaskad", b"secret"
SECONDS = 10.0


class MailServer:
    """A running one. Each answer is asked of a function; null: the connection is cut."""

    def __init__(self, certificate: Certificate | None, *, is_secured: bool = False) -> None:
        """With a certificate it wants STARTTLS and a login, or (`is_secured`) TLS from the start."""
        self.certificate = certificate
        self.is_secured = is_secured
        self.behave()
        self.port = 0
        self._speakers: list[SMTP] = []
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(SECONDS)

    def behave(
        self,
        *,
        mail: Callable[[str], str | None] = lambda _address: OK,
        recipient: Callable[[str], str | None] = lambda _address: OK,
        data: Callable[[int], str | None] = lambda _number: OK,
        silence: float = 0.0,
        is_quick: bool = False,
    ) -> None:
        """From now on; `data` is asked with the number of mails taken before; quick: several questions at once."""
        self.on_mail, self.on_recipient, self.on_data = mail, recipient, data
        self.silence = silence
        self.is_quick = is_quick
        self.envelopes: list[Envelope] = []
        #: about notifications
        self.wishes: list[str] = []
        self.connections = 0

    def stop(self) -> None:
        """End it and its connections."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        tls = self.certificate.serve() if self.certificate is not None else None
        server = await self._loop.create_server(self._speaker, "127.0.0.1", 0, ssl=tls if self.is_secured else None)
        self._server = server
        self.port = server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        for speaker in self._speakers:
            # with STARTTLS there is another one below
            for transport in (speaker.transport, speaker._original_transport):
                if isinstance(transport, asyncio.Transport):
                    transport.abort()
        waiting = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.sleep(0.05)  # what was cut is closed in the next rounds of the loop

    def _speaker(self) -> SMTP:
        self.connections += 1
        starttls = self.certificate is not None and not self.is_secured
        speaker = _Speaker(
            self, hostname="mail.example.com", enable_SMTPUTF8=False, loop=self._loop,
            tls_context=self.certificate.serve() if self.certificate is not None and starttls else None,
            require_starttls=starttls,
            **({"authenticator": _authenticate, "auth_required": True} if starttls else {}),
        )  # fmt: skip
        self._speakers.append(speaker)
        return speaker


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, said: Any) -> AuthResult:
    is_right = isinstance(said, LoginPassword) and (said.login, said.password) == (LOGIN, PASSWORD)
    return AuthResult(success=is_right, handled=False)


class _Speaker(SMTP):
    """aiosmtpd takes no wishes for delivery status notifications: they are noted here and kept from it."""

    def __init__(self, owner: MailServer, **manner: Any) -> None:
        super().__init__(_Handler(owner), **manner)
        self._owner = owner

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Without RET and ENVID."""
        await super().smtp_MAIL(self._plain(arg, ("RET=", "ENVID=")))

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Without NOTIFY."""
        await super().smtp_RCPT(self._plain(arg, ("NOTIFY=",)))

    def _plain(self, arg: str, wishes: tuple[str, ...]) -> str:
        words = arg.split(" ")
        self._owner.wishes += [word for word in words if word.startswith(wishes)]
        return " ".join(word for word in words if not word.startswith(wishes))


class _Handler:
    def __init__(self, owner: MailServer) -> None:
        self._owner = owner

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", *(["250-PIPELINING"] if self._owner.is_quick else []), responses[-1]]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return _or_cut(server, self._owner.on_mail(address))

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = _or_cut(server, self._owner.on_recipient(address))
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return said

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        said = self._owner.on_data(len(self._owner.envelopes))
        if said is None or said.startswith("250"):
            self._owner.envelopes.append(envelope)
        if self._owner.silence:
            await asyncio.sleep(self._owner.silence)
        return _or_cut(server, said)


def _or_cut(server: SMTP, said: str | None) -> str:
    if said is None:
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
        return "421 gone"
    return said


@contextmanager
def mail_server(certificate: Certificate | None = None, **manner: bool) -> Iterator[MailServer]:
    """One for as long as the block lasts."""
    running = MailServer(certificate, **manner)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def silent_server(drip: bytes = b"") -> Iterator[int]:
    """The port of a server that accepts and says nothing, or a little now and then; one client at a time."""
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                continue
            with line, suppress(OSError):
                while not over.wait(0.05):
                    line.sendall(drip)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()
