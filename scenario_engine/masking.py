"""What another system says, without what may be a person in it."""

from __future__ import annotations

import re

#: what may be a phone, a card, an account; an address of a person
_NUMBERS, _ADDRESSES = r"\d[\d\s().-]{3,}\d", re.compile(r"\S+@\S+")
#: numbers that tell of a trouble and of nobody: “550 5.1.1” of a mail server, “code 131026”
_CODES = r"(?<![\d.])(?:[245]\d\d[ -])?[245]\.\d\.\d{1,3}(?!\.?\d)|\b(?:code|код(?:ом)?) \d{1,6}\b(?!\s*[\d(])"
_NUMBERS_BUT_CODES = re.compile(rf"(?P<code>{_CODES})|{_NUMBERS}", re.IGNORECASE)


def without_persons(text: str) -> str:
    """The text in one line, numbers and addresses masked."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return _ADDRESSES.sub("…", _NUMBERS_BUT_CODES.sub(lambda found: found["code"] or "…", plain))
