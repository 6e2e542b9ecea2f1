"""What codes of mail servers mean, in words. Their own texts are left out: they name the borrower."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scenario_engine.texts import Text

_NO_MAILBOX = Text("There is no such mailbox.", "Такого почтового ящика нет.")
_NO_DOMAIN = Text("There is no such mail domain.", "Такого почтового домена нет.")
_OFF = Text("The mailbox is switched off.", "Почтовый ящик отключён.")
_FULL = Text("The mailbox is full.", "Почтовый ящик переполнен.")
_BIG = Text("The e-mail is too large for the mailbox.", "Письмо слишком большое для этого ящика.")
_UNREACHABLE = Text("The borrower's mail server was out of reach.", "Почтовый сервер заёмщика был недоступен.")
_POLICY = Text("The mail server refuses such e-mails.", "Почтовый сервер не принимает такие письма.")
_SENDER = Text("The mail server does not take this sender.", "Почтовый сервер не принимает этого отправителя.")
_BUSY = Text("The mail server is busy.", "Почтовый сервер занят.")
_REFUSED = Text("The mail server refused the e-mail.", "Почтовый сервер отклонил письмо.")
_LATER = Text("The mail server asked to try again later.", "Почтовый сервер попросил попробовать позже.")

#: by the last two numbers of an enhanced status code, else by the second (RFC 3463)
_DETAILS: Mapping[str, Text] = {
    "1.1": _NO_MAILBOX, "1.2": _NO_DOMAIN, "1.3": _NO_MAILBOX, "1.6": _NO_MAILBOX, "1.10": _NO_DOMAIN, "1.7": _SENDER,
    "1.8": _SENDER, "2.1": _OFF, "2.2": _FULL, "2.3": _BIG, "3.4": _BIG, "3.2": _BUSY, "4.5": _BUSY,
}  # fmt: skip
_SUBJECTS: Mapping[str, Text] = {"4": _UNREACHABLE, "7": _POLICY}
#: the address takes nothing any more, and never will
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})

_CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


def enhanced_code(text: str) -> str:
    """The enhanced status code in a server's answer; empty when there is none."""
    found = _CODE.search(text)
    return found[0] if found else ""


def is_dead(code: str) -> bool:
    """Whether the code says that there is no such mailbox, for good."""
    return code in _DEAD


def reason(code: str, status: int = 0) -> Text:
    """Why, in words, with the code."""
    _, _, detail = code.partition(".")
    words = _DETAILS.get(detail) or _SUBJECTS.get(detail.partition(".")[0])
    if words is None:
        words = _LATER if status // 100 == 4 or code.startswith("4") else _REFUSED
    shown = " ".join(part for part in (str(status) if status else "", code) if part)
    if not shown:
        return words
    return Text("{why} Code {code}.", "{why} Код {code}.").format(why=words, code=shown)
