"""The mailbox that bounces and replies come to, read over IMAP.

A mail is marked as seen once what it tells is recorded; one that tells nothing is marked at once. All stay in the
mailbox for a person to read.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any, cast

from connectors.smtp.bounces import read
from connectors.smtp.letters import Identity
from connectors.wire import Reader
from scenario_engine.ports import Report, Unreached

#: mails a poll reads at most, and bytes of each
_MOST, _LARGEST = 100, 512 * 1024
_UID = re.compile(rb"\bUID (\d+)")


class ImapSession(imaplib.IMAP4):
    """imaplib over a connection that was checked, with every answer bounded in time."""

    def __init__(self, line: socket.socket, seconds: float) -> None:
        """Raises `imaplib.IMAP4.error` and `OSError` when nobody greets."""
        self._line = line
        self._reader = Reader(line, seconds)
        super().__init__(timeout=seconds)

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Nothing to connect: this is the connection."""
        self.host, self.port = host, port
        self.sock = self._line
        self.file = cast(IO[bytes], self._reader)  # it is only closed

    def read(self, size: int) -> bytes:
        """So many bytes, in time."""
        return self._reader.read(size)

    def readline(self) -> bytes:
        """A line, in time."""
        line = self._reader.readline(imaplib._MAXLINE + 1)  # type: ignore[attr-defined]
        if len(line) > imaplib._MAXLINE:  # type: ignore[attr-defined]
            raise self.error("a line is too long")
        return line

    def ask(self, command: str, *arguments: str) -> list[Any]:
        """The answer to a command with UIDs. Raises `imaplib.IMAP4.error` and `OSError`."""
        self._reader.allow()
        status, found = self.uid(command, *arguments)
        if status != "OK":
            raise self.error(command)
        return found

    def has_selected(self, folder: str) -> bool:
        """Go into the folder; false when there is none. Raises `imaplib.IMAP4.abort` and `OSError`."""
        self._reader.allow()
        try:
            status, _ = self.select(f'"{folder}"')
        except self.abort:
            raise
        except self.error:
            return False
        return status == "OK"

    def cut(self) -> None:
        """End the connection without a word."""
        with contextlib.suppress(OSError):
            self.shutdown()

    def allow(self) -> None:
        """The time for the next answer begins."""
        self._reader.allow()


class Mailbox:
    """Connects when it is first asked."""

    def __init__(
        self, connect: Callable[[], ImapSession], folder: str, identity: Identity, clock: Callable[[], datetime]
    ) -> None:
        self._connect = connect
        self._folder = folder
        self._identity = identity
        self._clock = clock
        self._session: ImapSession | None = None
        #: mails by what they tell, until all of it is recorded
        self._mails: dict[str, set[str]] = {}

    def check(self) -> None:
        """Log in and find the folder. Raises `Unreached` and `Invalid`."""
        with _heard():
            self._opened()

    def poll(self) -> Sequence[Report]:
        """What unseen mails tell. Raises `Unreached` and `Invalid`."""
        try:
            with _heard():
                return self._read()
        except Unreached:
            self._drop()
            raise

    def take(self, reports: Sequence[Report]) -> None:
        """Mark the mails as seen of which all is recorded. If that does not arrive, they are told again."""
        keys = {report.key for report in reports}
        done = []
        for uid, waiting in list(self._mails.items()):
            waiting -= keys
            if not waiting:
                done.append(uid)
                del self._mails[uid]
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._mark(done)

    def close(self) -> None:
        """Take leave."""
        session, self._session = self._session, None
        if session is not None:
            try:
                session.allow()
                session.logout()
            except (OSError, imaplib.IMAP4.error):
                session.cut()

    def _read(self) -> Sequence[Report]:
        session = self._session or self._opened()
        found = session.ask("SEARCH", "UNSEEN")
        uids = (found[0] or b"").decode("ascii").split()[:_MOST]
        reports: dict[str, Report] = {}
        mute = []
        for uid in uids:
            told = read(
                _content(session.ask("FETCH", uid, f"(UID BODY.PEEK[]<0.{_LARGEST}>)")), self._identity, self._clock()
            )
            if told:
                self._mails[uid] = {report.key for report in told}
                reports |= {report.key: report for report in told}
            else:
                mute.append(uid)
        self._mark(mute)
        return list(reports.values())

    def _opened(self) -> ImapSession:
        session = self._connect()
        if not session.has_selected(self._folder):
            session.cut()
            raise Unreached("setup")
        self._session = session
        return session

    def _mark(self, uids: Sequence[str]) -> None:
        if uids and self._session is not None:
            self._session.ask("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Seen)")

    def _drop(self) -> None:
        if self._session is not None:
            self._session.cut()
        self._session = None
        self._mails.clear()


@contextlib.contextmanager
def _heard() -> Iterator[None]:
    """Turns what imaplib raises into `Unreached`."""
    try:
        yield
    except TimeoutError as error:
        raise Unreached("time") from error
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreached("connection") from error


def _content(found: Sequence[Any]) -> bytes:
    """The mail in the answer to a FETCH; empty when there is none."""
    return next((bytes(part[1]) for part in found if isinstance(part, tuple)), b"")
