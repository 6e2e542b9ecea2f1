"""A batch on its way: messages in parts, a window of parts under way, rests when the centre is busy."""

from __future__ import annotations

import time
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.exchange import Refused, both, refusal
from connectors.phones import digits
from connectors.smpp.pdus import HEADED, SUBMIT_SM_RESP, UCS2, Frame, encoded, message_id, submit
from connectors.smpp.words import Judgement, judge, plain
from connectors.wire import Gone
from scenario_engine.nodes.sms_length import split
from scenario_engine.ports import Delivery, Outgoing
from scenario_engine.texts import Text

_LONGEST_WHOLE = 32 * 1024
_MOST_PARTS = 255

_MAYBE = Text(
    "It may have been sent: the connection ended before the SMS centre answered.",
    "Возможно, отправлено: связь прервалась раньше, чем SMS-центр ответил.",
)
_PARTLY = Text(
    "A part of it was taken, another was not. {why}", "Часть сообщения SMS-центр принял, другую — нет. {why}"
)
_SLOWER = Text(
    "The SMS centre asked to send more slowly; this goes again after a pause.",
    "SMS-центр попросил слать медленнее; отправим ещё раз после паузы.",
)
_EMPTY = Text("The text is empty.", "Текст пустой.")
_TOO_LONG = Text("The text is too long for an SMS.", "Текст слишком длинный для SMS.")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds."""

    connect: float = 5.0
    #: from a submit to its answer
    answer: float = 30.0
    #: after the centre asked to send more slowly; so many times in a row
    breath: float = 1.0
    breaths: int = 5
    #: what everything else waits for when that did not help
    pause: float = 30.0
    #: how long a poll waits for the first word
    listen: float = 0.3
    #: after such a silence the centre is asked whether it is there
    idle: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How an administrator set the connector up."""

    sender: str
    window: int
    #: a long text leaves whole
    is_whole: bool
    #: see `words.plain`
    form: str
    chosen: Mapping[str, str]


class Wire(Protocol):
    """What a round needs of the connection."""

    def number(self) -> int:
        """The next sequence number."""
        ...

    def write(self, said: Sequence[bytes]) -> None:
        """Raises `Gone`."""
        ...

    def hear(self, seconds: float) -> list[Frame]:
        """Answers to submits, waiting so long for the first word. Raises `Gone`."""
        ...

    def ended(self, why: str) -> Gone:
        """What to raise: nothing more is to be had from this connection."""
        ...


@dataclass
class Letter:
    """A message and what became of its parts."""

    message: Outgoing
    parts: list[bytes]
    address: str
    coding: int
    esm_class: int
    waiting: int = 0
    taken: int = 0
    receipt: str | None = None
    trouble: Judgement | None = None

    def __post_init__(self) -> None:
        self.waiting = len(self.parts)

    @property
    def is_begun(self) -> bool:
        """Whether giving up now leaves a part of it at the centre."""
        return self.taken > 0


class Round:
    """One batch on its way."""

    def __init__(self, wire: Wire, batch: Sequence[Outgoing], manner: Manner, limits: Limits) -> None:
        self._wire = wire
        self._manner = manner
        self._limits = limits
        self._batch = iter(batch)
        #: parts that come next: those the centre was too busy for
        self._next: deque[tuple[Letter, int]] = deque()
        self._under_way: dict[int, tuple[Letter, int, float]] = {}
        self._breaths = 0
        self._rest_until = 0.0
        self._gave_up = False

    def run(self) -> Iterator[Delivery]:
        """Until every message is dealt with. Raises `Gone`."""
        while True:
            is_resting = time.monotonic() < self._rest_until
            if not is_resting and not self._gave_up:
                yield from self._fill()
            if not self._under_way and (self._gave_up or not is_resting):
                break
            yield from self._answers()
        for letter, _ in self._next:
            yield from self._held_back(letter)
        for message in self._batch:
            yield _later(message, self._limits.pause)

    def left_open(self) -> Iterator[Delivery]:
        """What may have been taken when the connection ended."""
        letters = {id(letter): letter for letter, _, _ in self._under_way.values()}
        letters |= {id(letter): letter for letter, _ in self._next if letter.is_begun}
        for letter in letters.values():
            yield Delivery(
                message_id=letter.message.message_id, accepted=False, uncertain=True, error=both(_MAYBE)
            )  # fmt: skip

    def _fill(self) -> Iterator[Delivery]:
        """Submit as much as the window has room for."""
        leaving = []
        while len(self._under_way) < self._manner.window:
            try:
                part = self._part()
            except _Unfit as error:
                yield error.delivery
                continue
            if part is None:
                break
            sequence, pdu = self._submit(*part)
            self._under_way[sequence] = (*part, time.monotonic() + self._limits.answer)
            leaving.append(pdu)
        self._wire.write(leaving)

    def _part(self) -> tuple[Letter, int] | None:
        while self._next:
            letter, number = self._next.popleft()
            if letter.trouble is None:
                return letter, number
        message = next(self._batch, None)
        if message is None:
            return None
        try:
            letter = letter_of(message, self._manner)
        except Refused as error:
            raise _Unfit(refusal(message, error.text)) from error
        self._next.extend((letter, number) for number in range(1, len(letter.parts)))
        return letter, 0

    def _answers(self) -> Iterator[Delivery]:
        now = time.monotonic()
        if self._under_way:
            left = next(iter(self._under_way.values()))[2] - now
            if left <= 0:
                raise self._wire.ended("time")
        else:
            left = self._rest_until - now
        if now < self._rest_until:
            left = min(left, self._rest_until - now)
        for frame in self._wire.hear(left):
            found = self._under_way.pop(frame.sequence, None)
            if found is not None:
                yield from self._answered(found[0], found[1], frame)

    def _answered(self, letter: Letter, number: int, frame: Frame) -> Iterator[Delivery]:
        if frame.command == SUBMIT_SM_RESP and frame.status == 0:
            self._breaths = 0
            letter.taken += 1
            if number == len(letter.parts) - 1:
                named = message_id(frame)
                letter.receipt = plain(named, self._manner.form, answered=True) if named else None
        else:
            judgement = judge(frame.status)
            if judgement.kind == "slower" and letter.trouble is None:
                self._next.appendleft((letter, number))
                self._rest()
                return
            letter.trouble = letter.trouble or judgement
        letter.waiting -= 1
        if letter.trouble is not None:
            # parts that have not left need not leave any more
            unsent = [entry for entry in self._next if entry[0] is letter]
            for entry in unsent:
                self._next.remove(entry)
            letter.waiting -= len(unsent)
        if letter.waiting == 0:
            yield _ended(letter)

    def _rest(self) -> None:
        """Let the centre breathe; all that it was too busy for at once is one breath."""
        now = time.monotonic()
        if now < self._rest_until:
            return
        self._breaths += 1
        self._gave_up = self._breaths > self._limits.breaths
        self._rest_until = now + self._limits.breath

    def _held_back(self, letter: Letter) -> Iterator[Delivery]:
        if letter.waiting > 0:
            letter.waiting = 0  # once for all its parts
            yield _ended(letter, _SLOWER) if letter.is_begun else _later(letter.message, self._limits.pause)

    def _submit(self, letter: Letter, number: int) -> tuple[int, bytes]:
        """A part as it leaves, and its sequence number."""
        content = letter.parts[number]
        is_short = not self._manner.is_whole or len(content) <= 140
        ton, npi = _address_type(self._manner.sender)
        sequence = self._wire.number()
        return sequence, submit(
            sequence, source_addr_ton=ton, source_addr_npi=npi, source_addr=self._manner.sender,
            dest_addr_ton=1, dest_addr_npi=1, destination_addr=letter.address, esm_class=letter.esm_class,
            data_coding=letter.coding, registered_delivery=int(number == len(letter.parts) - 1),
            **({"short_message": content} if is_short else {"message_payload": content}),
        )  # fmt: skip


def letter_of(message: Outgoing, manner: Manner) -> Letter:
    """The message in parts. Raises `Refused`."""
    address = digits(message.recipient, manner.chosen)
    if not message.body:
        raise Refused(_EMPTY)
    if manner.is_whole:
        content, coding = encoded(message.body)
        if len(content) > _LONGEST_WHOLE:
            raise Refused(_TOO_LONG)
        return Letter(message, [content], address, coding, 0)
    texts = split(message.body)
    if len(texts) > _MOST_PARTS:
        raise Refused(_TOO_LONG)
    _, coding = encoded(message.body)
    parts = [encoded(text)[0] if coding != UCS2 else text.encode("utf-16-be", "surrogatepass") for text in texts]
    if len(parts) == 1:
        return Letter(message, parts, address, coding, 0)
    # the same at every attempt, so that a phone which got a part twice can tell
    reference = zlib.crc32(message.key.encode()) & 0xFF
    headed = [bytes((5, 0, 3, reference, len(parts), number)) + part for number, part in enumerate(parts, 1)]
    return Letter(message, headed, address, coding, HEADED)


class _Unfit(Exception):
    def __init__(self, delivery: Delivery) -> None:
        super().__init__()
        self.delivery = delivery


def _ended(letter: Letter, why: Text | None = None) -> Delivery:
    number = letter.message.message_id
    trouble = letter.trouble
    if why is None and trouble is None:
        return Delivery(message_id=number, accepted=True, receipt=letter.receipt)
    why = why or (trouble.text if trouble is not None else _MAYBE)
    if letter.is_begun:
        return Delivery(message_id=number, accepted=False, uncertain=True, error=both(_PARTLY.format(why=why)))
    return Delivery(
        message_id=number, accepted=False, error=both(why), retry=trouble is not None and trouble.kind != "refused"
    )


def _later(message: Outgoing, pause: float) -> Delivery:
    return Delivery(message_id=message.message_id, accepted=False, retry=True, pause=pause, error=both(_SLOWER))


def _address_type(sender: str) -> tuple[int, int]:
    """Type and plan of the sender's number: a name, a short number of the network, or an international number."""
    if not sender.isdigit():
        return 5, 0
    return (3, 0) if len(sender) < 7 else (1, 1)
