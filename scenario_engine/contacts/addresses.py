"""What an address must look like, and which country a phone belongs to."""

from __future__ import annotations

import re

import phonenumbers

from scenario_engine.errors import Problem
from scenario_engine.texts import Text

#: numbers without a country code are of this one
HOME = "RU"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_LONGEST = {"phone": 32, "email": 250, "messenger": 64}


def clean(kind: str, said: str) -> str | Problem:
    """The address as it is kept (a phone as ``+79001234567``), or what is wrong with it; `kind` is one of
    `POINT_KINDS`.
    """
    plain = said.strip()
    if not plain or len(plain) > _LONGEST[kind] or not plain.isprintable():
        return _problem(kind, Text("This is not an address.", "Это не адрес."))
    if kind == "phone":
        return _phone(plain)
    if kind == "email" and not _EMAIL.fullmatch(plain):
        return _problem(kind, Text("This is not an e-mail address.", "Это не адрес электронной почты."))
    return plain


def country_of(phone: str) -> str | None:
    """ISO 3166-1 code of the country that the number belongs to; None for the home country and for what is no number.

    It says nothing about where the person is: the time zone follows from the region alone.
    """
    try:
        parsed = phonenumbers.parse(phone, HOME)
    except phonenumbers.NumberParseException:
        return None
    # of a number that nobody has, the country code tells at least whose it would be
    would_be = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    found = phonenumbers.region_code_for_number(parsed) or would_be
    return None if found == HOME else found


def is_given_out(phone: str) -> bool:
    """Whether numbers like this one are given to anybody in its country."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(phone, HOME))
    except phonenumbers.NumberParseException:
        return False


def _phone(said: str) -> str | Problem:
    try:
        parsed = phonenumbers.parse(said, HOME)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        text = Text(
            "This is not a phone number: +7 900 000-00-00.", "Это не номер телефона: нужен вид +7 900 000-00-00."
        )
        return _problem("phone", text)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _problem(kind: str, text: Text) -> Problem:
    return Problem(code=f"borrower.{kind}", field=kind, text=text)
