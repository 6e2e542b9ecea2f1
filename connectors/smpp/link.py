"""A bound connection. The centre learns that a receipt or a reply was taken only once it is recorded here; until then
it keeps it and tells it again.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator, Sequence

from connectors.smpp import pdus
from connectors.smpp.inbox import Clock, Inbox
from connectors.smpp.pdus import (
    BIND_TRANSCEIVER_RESP,
    ENQUIRE_LINK_RESP,
    GENERIC_NACK,
    IS_ANSWER,
    SUBMIT_SM_RESP,
    UNBIND_RESP,
    Frame,
    frames,
    message_id,
    packed,
    told,
)
from connectors.smpp.sending import Limits, Manner, Round
from connectors.wire import Gone
from scenario_engine.ports import Delivery, Outgoing, Report, Unreached

_LARGEST_READ = 64 * 1024
#: what is held until it is recorded; the centre keeps the rest
_MOST_HELD = 1000
_REJECTED, _UNKNOWN_COMMAND = 0x66, 0x03
_LAST_SEQUENCE = 0x7FFFFFFF


class SmppLink:
    """Sends and listens over a connection that it closes at the end."""

    def __init__(self, line: socket.socket, manner: Manner, *, clock: Clock, limits: Limits) -> None:
        self._line = line
        self._manner = manner
        self._limits = limits
        self._had = bytearray()
        self._sequence = 0
        self._heard_at = time.monotonic()
        self._inbox = Inbox(manner.form, clock)
        #: why nothing more comes, once that is known
        self._over: str | None = None

    def bind(self, system_id: str, password: str, system_type: str) -> tuple[int, str]:
        """Log in: the status of the answer, and what the centre calls itself. Raises `Unreached`."""
        try:
            found = self._ask(
                "bind_transceiver", BIND_TRANSCEIVER_RESP, system_id=system_id, password=password,
                system_type=system_type, addr_ton=0, addr_npi=0, address_range="",
            )  # fmt: skip
        except Gone as error:
            raise Unreached(str(error)) from error
        return found.status, message_id(found)

    def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
        """Each as the centre answers. Raises `Unreached` when it is gone; what it may have taken is said before."""
        self._make_sure()
        round_ = Round(self, batch, self._manner, self._limits)
        try:
            yield from round_.run()
        except Gone as error:
            yield from round_.left_open()
            raise Unreached(str(error)) from error

    def poll(self) -> Sequence[Report]:
        """Receipts and replies that are not recorded yet. Raises `Unreached` when there are none and never will be."""
        try:
            self._make_sure()
            patience = time.monotonic() + self._limits.listen
            while len(self._inbox) < _MOST_HELD:
                before = len(self._inbox)
                self._hear(self._limits.listen)
                if len(self._inbox) == before and (not self._inbox.has_pieces or time.monotonic() > patience):
                    break
        except (Gone, Unreached) as error:
            if not self._inbox:
                raise Unreached(str(error)) from error
        return self._inbox.reports()

    def take(self, reports: Sequence[Report]) -> None:
        """Tell the centre that they are taken. If that does not arrive, it tells them again under the same keys."""
        answers = [
            packed("deliver_sm_resp", sequence) for report in reports for sequence in self._inbox.release(report.key)
        ]
        with contextlib.suppress(Gone):
            self.write(answers)

    def close(self) -> None:
        """Take leave, without waiting long for it."""
        try:
            if self._over is None:
                with contextlib.suppress(Gone):
                    self._ask("unbind", UNBIND_RESP, seconds=min(2.0, self._limits.answer))
        finally:
            self._line.close()

    def write(self, said: Sequence[bytes]) -> None:
        """Raises `Gone`."""
        if not said:
            return
        try:
            self._line.settimeout(self._limits.answer)
            self._line.sendall(b"".join(said))
        except TimeoutError as error:
            raise self.ended("time") from error
        except OSError as error:
            raise self.ended("connection") from error

    def ended(self, why: str) -> Gone:
        """What to raise: nothing more is to be had from this connection."""
        self._over = why
        return Gone(why)

    def hear(self, seconds: float) -> list[Frame]:
        """Answers to submits, waiting so long for the first word. Raises `Gone`."""
        return [frame for frame in self._hear(seconds) if frame.command in (SUBMIT_SM_RESP, GENERIC_NACK)]

    def number(self) -> int:
        """The next sequence number."""
        self._sequence = self._sequence % _LAST_SEQUENCE + 1
        return self._sequence

    def _ask(self, name: str, answer: int, seconds: float | None = None, **values: object) -> Frame:
        """Send and wait for the answer, hearing what comes before it. Raises `Gone`."""
        sequence = self.number()
        self.write([packed(name, sequence, **values)])
        until = time.monotonic() + (self._limits.answer if seconds is None else seconds)
        while (left := until - time.monotonic()) > 0:
            for frame in self._hear(left):
                if frame.sequence == sequence and frame.command in (answer, GENERIC_NACK):
                    return frame
        raise self.ended("time")

    def _make_sure(self) -> None:
        """Nothing is sent into a connection that ended long ago. Raises `Unreached`."""
        try:
            if time.monotonic() - self._heard_at > self._limits.idle:
                self._ask("enquire_link", ENQUIRE_LINK_RESP)
        except Gone as error:
            raise Unreached(str(error)) from error

    def _hear(self, seconds: float) -> list[Frame]:
        """Read what is there, waiting so long for the first word, and deal with what is no answer. Raises `Gone`."""
        if self._over is not None:
            raise Gone(self._over)
        try:
            self._line.settimeout(max(seconds, 0.001))
            piece = self._line.recv(_LARGEST_READ)
        except TimeoutError:
            return []
        except OSError as error:
            raise self.ended("connection") from error
        if not piece:
            raise self.ended("connection")
        self._heard_at = time.monotonic()
        self._had += piece
        answers: list[Frame] = []
        replies: list[bytes] = []
        try:
            for frame in frames(self._had):
                if frame.command & IS_ANSWER:
                    answers.append(frame)
                else:
                    replies += self._heed(frame)
        except Gone as error:  # what was whole still counts
            self._over = str(error)
        try:
            self.write(replies)
        except Gone:
            if not answers:
                raise
        return answers

    def _heed(self, frame: Frame) -> list[bytes]:
        """What the centre wants, and the answer it gets at once."""
        match frame.command:
            case pdus.ENQUIRE_LINK:
                return [packed("enquire_link_resp", frame.sequence)]
            case pdus.UNBIND:
                self._over = "connection"
                return [packed("unbind_resp", frame.sequence)]
            case pdus.DELIVER_SM:
                try:
                    said = told(frame)
                except ValueError:
                    return [packed("deliver_sm_resp", frame.sequence, status=_REJECTED)]
                is_held = self._inbox.note(said, frame.sequence)
                return [] if is_held else [packed("deliver_sm_resp", frame.sequence)]
            case pdus.ALERT_NOTIFICATION:  # it has no answer
                return []
            case _:
                return [packed("generic_nack", frame.sequence, status=_UNKNOWN_COMMAND)]
