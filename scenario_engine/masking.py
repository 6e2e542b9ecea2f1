"""What another system says, without what may be a person in it."""

from __future__ import annotations

import re

#: what may be a phone, a card, an account; an address of a person
_NUMBERS, _ADDRESSES = re.compile(r"\d[\d\s().-]{3,}\d"), re.compile(r"\S+@\S+")


def without_persons(text: str) -> str:
    """The text in one line, numbers and addresses masked."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return _ADDRESSES.sub("…", _NUMBERS.sub("…", plain))
