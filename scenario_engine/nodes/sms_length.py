"""How long a text message is, as a phone company counts it.

Source: 3GPP TS 23.038 (the 7-bit alphabet and its extension table) and 23.040 (parts of a long message).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: written as two characters, the first of them the escape
_GSM_PAIRS = frozenset("^{}\\[~]|€\f")


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
    odd = next((sign for sign in text if sign not in _GSM and sign not in _GSM_PAIRS), None)
    if odd is None:
        widths = [2 if sign in _GSM_PAIRS else 1 for sign in text]
        single, part = 160, 153
    else:
        # a sign beyond the basic plane takes two units, which may not be torn apart
        widths = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
        single, part = 70, 67
    size = sum(widths)
    if size <= single:
        segments, room = (1 if size else 0), single - size
    else:
        segments, room = 1, part
        for width in widths:
            if width > room:
                segments, room = segments + 1, part
            room -= width
    return SmsLength(
        characters=len(text), encoding="GSM-7" if odd is None else "UCS-2", segments=segments, room=room, odd=odd
    )
