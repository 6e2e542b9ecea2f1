"""What a centre's codes mean: statuses of its answers, states of its receipts, and the forms of its ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from scenario_engine.texts import Text


class Judgement(NamedTuple):
    """What a status means for a message. login: nothing at all is taken from us; slower: the centre is busy."""

    text: Text
    kind: Literal["refused", "again", "slower", "login"]


_NUMBER = Text("The SMS centre takes the phone number for a wrong one.", "SMS-центр считает номер телефона неверным.")
_SENDER = Text(
    "The SMS centre does not take this sender's name: agree it with the provider.",
    "SMS-центр не принимает это имя отправителя: согласуйте его с провайдером.",
)
_LONG = Text("The SMS centre finds the text too long.", "SMS-центр считает текст слишком длинным.")
_BUSY = Text("The SMS centre is busy; it goes again after a pause.", "SMS-центр занят; отправим ещё раз после паузы.")
_TROUBLE = Text("The SMS centre has a fault of its own.", "У SMS-центра сбой.")
_LOGIN = Text("The SMS centre refused the login.", "SMS-центр не принял логин.")
_REFUSED = Text("The SMS centre refused the message.", "SMS-центр отклонил сообщение.")

_STATUSES: Mapping[int, Judgement] = {
    0x01: Judgement(_LONG, "refused"),
    0x04: Judgement(_TROUBLE, "again"),
    0x08: Judgement(_TROUBLE, "again"),
    0x0A: Judgement(_SENDER, "refused"),
    0x0B: Judgement(_NUMBER, "refused"),
    0x0D: Judgement(_LOGIN, "login"),
    0x0E: Judgement(_LOGIN, "login"),
    0x0F: Judgement(_LOGIN, "login"),
    0x14: Judgement(_BUSY, "slower"),
    0x45: Judgement(_TROUBLE, "again"),
    0x48: Judgement(_SENDER, "refused"),
    0x49: Judgement(_SENDER, "refused"),
    0x50: Judgement(_NUMBER, "refused"),
    0x51: Judgement(_NUMBER, "refused"),
    0x58: Judgement(_BUSY, "slower"),
    0x64: Judgement(_TROUBLE, "again"),
    0x65: Judgement(_REFUSED, "refused"),
    0x66: Judgement(_REFUSED, "refused"),
    0xC2: Judgement(_LONG, "refused"),
    0xFE: Judgement(_TROUBLE, "again"),
}
_OTHER = Text(
    "The SMS centre refused the message with the code {code}.", "SMS-центр отклонил сообщение с кодом {code}."
)

#: how receipts name a state, by number and by word; null: it is still on its way
_STATES: Mapping[str, tuple[Literal["delivered", "failed"], Text | None] | None] = {
    "ENROUTE": None,
    "ACCEPTD": None,
    "DELIVRD": ("delivered", None),
    "EXPIRED": ("failed", Text("The phone was out of reach too long.", "Телефон слишком долго был недоступен.")),
    "DELETED": ("failed", Text("The SMS centre dropped it.", "SMS-центр снял сообщение с отправки.")),
    "UNDELIV": ("failed", Text("It cannot be delivered to this number.", "На этот номер доставить нельзя.")),
    "UNKNOWN": (
        "failed",
        Text("The SMS centre does not know what became of it.", "SMS-центр не знает, что с ним стало."),
    ),
    "REJECTD": ("failed", Text("The SMS centre refused to deliver it.", "SMS-центр отказался доставлять.")),
}
_NUMBERED = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN",
             8: "REJECTD"}  # fmt: skip

_ID = re.compile(r"\bid:\s*(\S+)", re.IGNORECASE)
_STAT = re.compile(r"\bstat:\s*([A-Za-z]+)", re.IGNORECASE)
_ERR = re.compile(r"\berr:\s*([0-9A-Za-z]+)", re.IGNORECASE)
#: digits, of which an id in another form is made
_FORMS = {"same": None, "hex-dec": 16, "dec-hex": 10}


class Receipt(NamedTuple):
    """What a receipt says."""

    id: str
    #: a word of `_STATES`
    state: str
    #: the phone company's own code; empty when there is none
    code: str


def judge(status: int) -> Judgement:
    """What an answer with that status means."""
    known = _STATUSES.get(status)
    return known or Judgement(_OTHER.format(code=f"0x{status:02X}"), "refused")


def read_receipt(text: str, named: bytes, state: bytes) -> Receipt | None:
    """A receipt from its text and its optional parameters, which go first; null without an id or a state."""
    written, stat, err = _ID.search(text), _STAT.search(text), _ERR.search(text)
    number = _NUMBERED.get(state[0]) if len(state) == 1 else None
    word = number or (stat[1].upper()[:7] if stat else "")
    identity = named.rstrip(b"\0").decode("latin-1").strip() or (written[1] if written else "")
    if not identity or word not in _STATES:
        return None
    return Receipt(identity, word, err[1] if err and err[1].strip("0") else "")


def outcome(receipt: Receipt) -> tuple[Literal["delivered", "failed"], Text | None] | None:
    """How it ended and, unless it was delivered, why; null: it did not end."""
    found = _STATES[receipt.state]
    if found is None or found[1] is None or not receipt.code:
        return found
    return found[0], Text("{why} Code {code}.", "{why} Код {code}.").format(why=found[1], code=receipt.code[:10])


def is_form(form: str) -> bool:
    """Whether `plain` knows the form."""
    return form in _FORMS


def plain(identity: str, form: str, *, answered: bool) -> str:
    """An id in the one form in which answers and receipts agree: the decimal number where the centre writes one of the
    two in hexadecimal (hex-dec: the answer; dec-hex: the receipt), else small letters without leading zeros.
    """
    base = _FORMS[form]
    if base is not None:
        digits = base if answered else 26 - base
        try:
            return str(int(identity, digits))
        except ValueError:
            pass
    return identity.lower().lstrip("0") or "0"
