"""A message as an e-mail. Whatever could begin a header of its own is refused, not repaired."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr

from connectors.exchange import Refused
from scenario_engine.ports import Outgoing
from scenario_engine.texts import Text

#: where `Outgoing.content` has the link with which the borrower refuses this channel
OPTOUT_URL = "optout_url"

# the newer policies of the package parse every header that they write, which takes longer than sending
_LINES = policy.compat32.clone(linesep="\r\n")
_DIGITS = 32
_OURS = re.compile(rf"(?<![0-9a-f])([0-9a-f]{{{_DIGITS}}})@([0-9A-Za-z.-]+)")
_TAG = re.compile(rf"\+([0-9a-f]{{{_DIGITS}}})@")
_LOCAL = re.compile(r"""[^\s\x00-\x20\x7f@<>()\[\],;:\\"]{1,64}""")
_LONGEST_ADDRESS = 254
#: a longer one is not sent as it is
_LONGEST_LINE = 900
#: of the header with the link; longer ones are torn by some servers
_LONGEST_LINK = 900

_NOT_AN_ADDRESS = Text("This is no e-mail address.", "Это не адрес электронной почты.")
_BROKEN_LINE = Text(
    "The {what} has a line break or a control character in it: somebody may be trying to add headers of their own.",
    "В поле «{what}» есть перевод строки или управляющий символ: возможно, кто-то пытается добавить свои заголовки.",
)
_WRONG_LINK = Text("The link for refusing e-mails is no address.", "Ссылка для отказа от писем — не адрес.")
_UNREADABLE = Text("The text has characters that cannot be written.", "В тексте есть символы, которые не записать.")
_RECIPIENT, _NAME = Text("address", "адрес"), Text("name", "имя")
_SUBJECT, _LINK = Text("subject", "тема"), Text("link", "ссылка")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who writes."""

    address: str
    name: str
    #: where bounces go
    bounces: str
    #: bounces go to an address with the message's number in it
    is_tagged: bool

    @property
    def domain(self) -> str:
        """Behind the @ of the sender."""
        return self.address.rpartition("@")[2].lower()

    def message_id(self, number: str) -> str:
        """The id of the mail with that number, without its brackets."""
        return f"{number}@{self.domain}"

    def envelope(self, number: str) -> str:
        """The address that a bounce of the mail goes to."""
        if not self.is_tagged:
            return self.bounces
        local, _, domain = self.bounces.rpartition("@")
        return f"{local}+{number}@{domain}"

    def named_in(self, *texts: str) -> str | None:
        """The number of the first mail of ours that is named in these headers."""
        found = ((number, domain.lower()) for text in texts for number, domain in _OURS.findall(text))
        return next((number for number, domain in found if domain == self.domain), None)


def tagged_in(*texts: str) -> str | None:
    """The number of the mail that a bounce to one of these addresses is about."""
    return next((match[1] for text in texts if (match := _TAG.search(text))), None)


def number_of(key: str) -> str:
    """The number of a mail, the same at every attempt: its receipt."""
    return hashlib.sha256(key.encode()).hexdigest()[:_DIGITS]


def is_number(text: str) -> bool:
    """Whether `number_of` may have made it."""
    return re.fullmatch(rf"[0-9a-f]{{{_DIGITS}}}", text) is not None


def compose(message: Outgoing, identity: Identity, at: datetime) -> bytes:
    """The e-mail as it leaves. Raises `Refused`."""
    _check_line(message.recipient, _RECIPIENT)
    _check_line(message.addressee, _NAME)
    _check_line(message.subject, _SUBJECT)
    try:
        mail = _text_of(message.body)
        mail["From"] = formataddr((identity.name, identity.address))
        mail["To"] = formataddr((message.addressee, checked(message.recipient)))
        subject = message.subject.strip()
        is_plain = subject.isascii() and "=?" not in subject  # that would begin an encoded word
        mail["Subject"] = Header(subject, None if is_plain else "utf-8", header_name="Subject").encode()
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{identity.message_id(number_of(message.key))}>"
        mail["Auto-Submitted"] = "auto-generated"
        for name, value in _unsubscribe(message.content).items():
            mail[name] = value
        return mail.as_bytes(policy=_LINES)
    except UnicodeEncodeError as error:
        raise Refused(_UNREADABLE) from error


def _text_of(body: str) -> MIMEText:
    lines = body.splitlines()
    if body.isascii() and all(len(line) < _LONGEST_LINE for line in lines):
        return MIMEText("\n".join(lines) + "\n", "plain", "us-ascii")
    return MIMEText("\r\n".join(lines) + "\r\n", "plain", "utf-8")


def checked(address: str) -> str:
    """The address with its domain in ASCII. Raises `Refused`, also for letters before the @ that few servers take."""
    local, _, domain = address.strip().rpartition("@")
    try:
        plain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Refused(_NOT_AN_ADDRESS) from error
    is_dotted = not local.startswith(".") and not local.endswith(".") and ".." not in local
    if (
        not local.isascii()
        or not _LOCAL.fullmatch(local)
        or not is_dotted
        or not re.fullmatch(r"[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*", plain)
    ):
        raise Refused(_NOT_AN_ADDRESS)
    if len(local) + len(plain) >= _LONGEST_ADDRESS:
        raise Refused(_NOT_AN_ADDRESS)
    return f"{local}@{plain}"


def _unsubscribe(content: Mapping[str, object]) -> Mapping[str, str]:
    """RFC 8058: a mail program shows a button that refuses with one click."""
    url = content.get(OPTOUT_URL)
    if not url:
        return {}
    link = str(url)
    _check_line(link, _LINK)
    if (
        not link.startswith(("https://", "http://"))
        or not link.isascii()
        or len(link) > _LONGEST_LINK
        or set(link) & set('<> ,"')
    ):
        raise Refused(_WRONG_LINK)
    if link.startswith("http://"):  # a link to open by hand: the click of a mail program needs https
        return {"List-Unsubscribe": f"<{link}>"}
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _check_line(text: str, what: Text) -> None:
    if any(ord(sign) < 0x20 or ord(sign) == 0x7F or sign in "\x85\u2028\u2029" for sign in text):
        raise Refused(_BROKEN_LINE.format(what=what))
