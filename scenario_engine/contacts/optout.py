"""The link by which a borrower refuses a channel: who and which channel, signed, short enough for an SMS."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from scenario_engine.models.consent import CHANNELS
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

#: what is signed is told from whatever else the keys sign
_PURPOSE = "optout"
#: 80 bits: nobody guesses them through a page that heeds so many requests a minute
_SIGNATURE = 10
#: one letter each, never given anew: links live as long as the messages that hold them
_MARKS = {
    "sms": "s", "email": "e", "messenger": "m", "push": "p", "robot_call": "r", "operator_call": "o", "letter": "l",
}  # fmt: skip
assert set(_MARKS) == set(CHANNELS)


@dataclass(frozen=True, kw_only=True)
class OptOut:
    """What a link says."""

    borrower_id: int
    channel: str


def optout_url(borrower_id: int, channel: str, *, settings: Settings, vault: Vault) -> str:
    """The address at which the borrower refuses the channel; the same one every time."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/o/{make_token(borrower_id, channel, vault=vault)}"


def make_token(borrower_id: int, channel: str, *, vault: Vault) -> str:
    """Letters, digits, ``-`` and ``_``; about twenty of them."""
    said = _said(borrower_id, channel)
    number = borrower_id.to_bytes(max(1, (borrower_id.bit_length() + 7) // 8), "big")
    return _MARKS[channel] + base64.urlsafe_b64encode(vault.sign(said, _SIGNATURE) + number).decode().rstrip("=")


def read_token(token: str, *, vault: Vault) -> OptOut | None:
    """What a link says; None when it is none of ours."""
    channel = next((channel for channel, mark in _MARKS.items() if mark == token[:1]), None)
    if channel is None or not 10 < len(token) < 40:
        return None
    coded = token[1:]
    try:
        raw = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    signature, number = raw[:_SIGNATURE], raw[_SIGNATURE:]
    borrower_id = int.from_bytes(number, "big")
    if not number or not vault.is_signed(_said(borrower_id, channel), signature):
        return None
    return OptOut(borrower_id=borrower_id, channel=channel)


def _said(borrower_id: int, channel: str) -> str:
    return f"{_PURPOSE}\0{channel}\0{borrower_id}"
