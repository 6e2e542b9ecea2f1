"""The bytes of SMPP 3.4, written and read by smpplib; what it does not care for is cared for here: an optional
parameter that it does not know, an id without its final zero, a length that cannot be.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from smpplib import command, smpp
from smpplib.consts import OPTIONAL_PARAMS

from connectors.wire import Gone
from scenario_engine.nodes.sms_length import GSM_ALPHABET, GSM_PAIRS

GENERIC_NACK = 0x80000000
SUBMIT_SM_RESP = 0x80000004
DELIVER_SM = 0x00000005
UNBIND = 0x00000006
UNBIND_RESP = 0x80000006
BIND_TRANSCEIVER_RESP = 0x80000009
ENQUIRE_LINK = 0x00000015
ENQUIRE_LINK_RESP = 0x80000015
ALERT_NOTIFICATION = 0x00000102
IS_ANSWER = 0x80000000

#: data codings
GSM, ASCII, LATIN, UCS2 = 0, 1, 3, 8
#: bits of esm_class: a header stands before the text; what kind of message it is
HEADED, KIND = 0x40, 0x3C

_HEADER = struct.Struct(">LLLL")
_LARGEST = 64 * 1024
_ESCAPE = 0x1B
_CODES = {
    **{sign: bytes([code]) for code, sign in enumerate(GSM_ALPHABET)},
    **{sign: bytes([_ESCAPE, code]) for sign, code in GSM_PAIRS.items()},
}
_PAIRED = {code: sign for sign, code in GSM_PAIRS.items()}
#: optional parameters
RECEIPTED_MESSAGE_ID, MESSAGE_PAYLOAD, MESSAGE_STATE = 0x001E, 0x0424, 0x0427
_REFERENCE, _TOTAL, _NUMBER = 0x020C, 0x020E, 0x020F
#: kinds of headers: the same reference in one byte or in two
_SHORT, _LONG = 0x00, 0x08


@dataclass(frozen=True)
class Frame:
    """One PDU as it came."""

    command: int
    status: int
    sequence: int
    raw: bytes


@dataclass(frozen=True)
class Piece:
    """Where a text belongs in a longer one."""

    reference: int
    total: int
    number: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """A deliver_sm."""

    source: str
    destination: str
    esm_class: int
    data_coding: int
    content: bytes
    options: Mapping[int, bytes]
    piece: Piece | None

    @property
    def text(self) -> str:
        """The content as text; what cannot be read is marked."""
        return decoded(self.content, self.data_coding)


class _Deliver(command.DeliverSM):  # type: ignore[misc]
    options: dict[int, bytes]

    def parse_optional_params(self, data: bytes) -> None:
        """Any parameter, known or not."""
        self.options = {}
        at = 0
        while at + 4 <= len(data):
            tag, length = struct.unpack(">HH", data[at : at + 4])
            self.options[tag] = data[at + 4 : at + 4 + length]
            at += 4 + length


class _Submit(command.SubmitSM):  # type: ignore[misc]
    """With the optional parameter that is used, and not the twenty that are asked after each time."""

    params_order = (*(name for name in command.SubmitSM.params_order if name not in OPTIONAL_PARAMS), "message_payload")
    params: ClassVar = {name: command.SubmitSM.params[name] for name in params_order}


def frames(had: bytearray) -> Iterator[Frame]:
    """Take the whole PDUs off the front of what came. Raises `Gone` for what is no SMPP."""
    while len(had) >= _HEADER.size:
        length, kind, status, sequence = _HEADER.unpack_from(had)
        if not _HEADER.size <= length <= _LARGEST:
            raise Gone("protocol")
        if len(had) < length:
            return
        raw = bytes(had[:length])
        del had[:length]
        yield Frame(kind, status, sequence, raw)


def packed(name: str, sequence: int, **values: Any) -> bytes:
    """A PDU as bytes; its status is 0 unless given."""
    pdu = smpp.make_pdu(name, client=None, sequence=sequence, **values)
    pdu.sequence = sequence
    return bytes(pdu.generate())


def submit(sequence: int, **values: Any) -> bytes:
    """A submit_sm as bytes."""
    pdu = _Submit("submit_sm", client=None, sequence=sequence, **values)
    pdu.sequence = sequence
    return bytes(pdu.generate())


def message_id(frame: Frame) -> str:
    """What the centre calls the message that it took; empty when it does not say."""
    return frame.raw[_HEADER.size :].partition(b"\0")[0].decode("latin-1").strip()


def told(frame: Frame) -> Told:
    """What a deliver_sm says. Raises `ValueError` when it says nothing that can be read."""
    pdu = _Deliver("deliver_sm", client=None, sequence=frame.sequence)
    pdu.options = {}
    try:
        pdu.parse(frame.raw)
        content = pdu.short_message or pdu.options.get(MESSAGE_PAYLOAD, b"")
        source, destination = (each.decode("latin-1").strip() for each in (pdu.source_addr, pdu.destination_addr))
        piece = _sar(pdu.options)
        if pdu.esm_class & HEADED and content:
            piece, content = _header(content[1 : 1 + content[0]]) or piece, content[1 + content[0] :]
    except (struct.error, AttributeError, TypeError) as error:
        raise ValueError("deliver_sm") from error
    return Told(
        source=source, destination=destination, esm_class=pdu.esm_class, data_coding=pdu.data_coding, content=content,
        options=pdu.options, piece=piece,
    )  # fmt: skip


def encoded(text: str) -> tuple[bytes, int]:
    """The text as bytes, and their data coding: the 7-bit alphabet where it has every character."""
    try:
        return b"".join([_CODES[sign] for sign in text]), GSM
    except KeyError:
        return text.encode("utf-16-be", "surrogatepass"), UCS2


def decoded(content: bytes, data_coding: int) -> str:
    """What a person wrote."""
    if data_coding == UCS2:
        return content.decode("utf-16-be", "replace")
    if data_coding != GSM:
        return content.decode("ascii" if data_coding == ASCII else "latin-1", "replace")
    signs = []
    is_pair = False
    for code in content:
        if is_pair:
            signs.append(_PAIRED.get(code, "\ufffd"))
        elif code != _ESCAPE:
            signs.append(GSM_ALPHABET[code] if code < len(GSM_ALPHABET) else "\ufffd")
        is_pair = code == _ESCAPE and not is_pair
    return "".join(signs)


def _header(header: bytes) -> Piece | None:
    """Which piece of a longer text this is, as the header before it says."""
    at = 0
    while at + 2 <= len(header):
        kind, value = header[at], header[at + 2 : at + 2 + header[at + 1]]
        if (kind, len(value)) == (_SHORT, 3):
            return Piece(value[0], value[1], value[2])
        if (kind, len(value)) == (_LONG, 4):
            return Piece(value[0] << 8 | value[1], value[2], value[3])
        at += 2 + len(value)
    return None


def _sar(options: Mapping[int, bytes]) -> Piece | None:
    if not all(options.get(tag) for tag in (_REFERENCE, _TOTAL, _NUMBER)):
        return None
    return Piece(*(int.from_bytes(options[tag], "big") for tag in (_REFERENCE, _TOTAL, _NUMBER)))
