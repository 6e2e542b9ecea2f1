"""How long a text message is, as a phone company counts it.

Source: 3GPP TS 23.038 (the 7-bit alphabet and its extension table) and 23.040 (parts of a long message).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

#: the 7-bit alphabet in the order of its codes; the twenty-eighth is the escape, which is no character
GSM_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: written as two characters, the first of them the escape, the second with this code
GSM_PAIRS = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65
}  # fmt: skip
_GSM = frozenset(GSM_ALPHABET) - {"\x1b"}


@dataclass(frozen=True, kw_only=True)
class SmsLength:
    """The length of one text."""

    #: what a person counts
    characters: int
    #: 7-bit, or UCS-2: two bytes for each character, as soon as one is not in the 7-bit alphabet
    encoding: Literal["GSM-7", "UCS-2"]
    #: how many messages the phone company takes money for
    segments: int
    #: units that still fit into the last of them
    room: int
    #: the first character that the 7-bit alphabet has not
    odd: str | None


def measure(text: str) -> SmsLength:
    """The length of a text as it leaves; an empty text has no segment."""
    odd = _odd(text)
    ends, room = _cut(text, is_gsm=odd is None)
    return SmsLength(
        characters=len(text), encoding="GSM-7" if odd is None else "UCS-2", segments=len(ends), room=room, odd=odd
    )


def split(text: str) -> Sequence[str]:
    """What of the text each segment holds."""
    ends, _ = _cut(text, is_gsm=_odd(text) is None)
    return [text[begin:end] for begin, end in pairwise((0, *ends))]


def _odd(text: str) -> str | None:
    return next((sign for sign in text if sign not in _GSM and sign not in GSM_PAIRS), None)


def _cut(text: str, *, is_gsm: bool) -> tuple[Sequence[int], int]:
    """Where each segment ends, and the units that still fit into the last."""
    if is_gsm:
        widths = [2 if sign in GSM_PAIRS else 1 for sign in text]
        single, part = 160, 153
    else:
        # a sign beyond the basic plane takes two units, which may not be torn apart
        widths = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
        single, part = 70, 67
    size = sum(widths)
    if size <= single:
        return ([len(text)] if size else []), single - size
    ends, room = [], part
    for at, width in enumerate(widths):
        if width > room:
            ends.append(at)
            room = part
        room -= width
    return [*ends, len(text)], room
