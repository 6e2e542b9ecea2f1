"""What a mail in the mailbox tells: a delivery status notification (RFC 3464), a reply, or nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from typing import Literal, cast

from connectors.bodies import words
from connectors.exchange import both
from connectors.smtp.letters import Identity, is_number, tagged_in
from connectors.smtp.words import enhanced_code, is_dead, reason
from scenario_engine.ports import Report

_Kind = Literal["delivered", "failed", "dead"]

#: where quoting begins: nothing below it is the borrower's
_QUOTE = re.compile(
    r"^(>|-{3,}\s*(original message|исходное сообщение|пересылаемое сообщение)"
    r"|.{0,200}\b(wrote|writes|пишет|писал|писала|написал|написала)(\(а\))?:\s*$)",
    re.IGNORECASE,
)
#: headers that may hold the address a bounce went to
_DELIVERED = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


def read(raw: bytes, identity: Identity, at: datetime) -> Sequence[Report]:
    """What the mail tells; empty when it tells nothing, or cannot be read."""
    try:
        mail = message_from_bytes(raw, policy=policy.default)
        if mail.get_content_type() == "multipart/report":
            return tuple(_of_notification(mail, identity, at))
        return tuple(_of_reply(mail, raw, identity, at))
    except _UNREADABLE:  # the parser of headers trips over some that are none
        return ()


def _of_notification(mail: EmailMessage, identity: Identity, at: datetime) -> Iterable[Report]:
    blocks: list[EmailMessage] = []
    original = ""
    for part in mail.iter_parts():
        type_ = part.get_content_type()
        if type_ == "message/delivery-status":
            blocks = cast(list[EmailMessage], part.get_payload())
        elif type_ in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"):
            original = _text(part)
    if not blocks:
        return
    receipt = (
        identity.named_in(original)
        or _by_envelope(blocks[0])
        or tagged_in(*(str(value) for name in _DELIVERED for value in mail.get_all(name, ())))
    )
    for block in blocks[1:] or blocks:
        action = str(block.get("Action", "")).strip().lower()
        code = enhanced_code(str(block.get("Status", "")))
        kind = _kind(action, code)
        if kind is None or receipt is None:
            continue
        yield Report(
            kind=kind, key=f"dsn-{receipt}-{action}-{code}", at=at, receipt=receipt, address=_recipient(block),
            error=None if kind == "delivered" else both(reason(code)),
        )  # fmt: skip


def _kind(action: str, code: str) -> _Kind | None:
    """Null: nothing is certain yet, or ever will be (it was passed on to where nobody tells)."""
    if action == "delivered":
        return "delivered"
    if action == "failed":
        return "dead" if is_dead(code) else "failed"
    return None


def _by_envelope(block: EmailMessage) -> str | None:
    number = str(block.get("Original-Envelope-Id", "")).strip()
    return number if is_number(number) else None


def _recipient(block: EmailMessage) -> str | None:
    for name in ("Original-Recipient", "Final-Recipient"):
        address = str(block.get(name, "")).partition(";")[2].strip()
        if "@" in address:
            return address
    return None


def _of_reply(mail: EmailMessage, raw: bytes, identity: Identity, at: datetime) -> Iterable[Report]:
    if str(mail.get("Auto-Submitted", "no")).strip().lower().partition(";")[0] != "no":
        return  # out of office
    address = parseaddr(str(mail.get("From", "")))[1]
    if "@" not in address:
        return
    receipt = identity.named_in(str(mail.get("In-Reply-To", "")), str(mail.get("References", "")))
    body = mail.get_body(preferencelist=("plain", "html"))
    text = _own_words(_text(body)) if body is not None else ""
    named = str(mail.get("Message-ID", "")).strip().encode("utf-8", "replace") or raw
    key = f"reply-{hashlib.sha256(named).hexdigest()[:32]}"
    yield Report(kind="reply", key=key, at=at, receipt=receipt, address=address, text=text)


def _own_words(text: str) -> str:
    """What stands above the quotation."""
    own: list[str] = []
    for line in text.splitlines():
        if _QUOTE.match(line.strip()):
            break
        own.append(line)
    return words("\n".join(own))


def _text(part: MIMEPart) -> str:
    content = part.get_content()
    if isinstance(content, bytes):
        return content.decode("utf-8", "replace")
    if isinstance(content, MIMEPart):
        return content.as_string()
    text = str(content)
    return re.sub(r"<[^>]{0,2000}>", " ", text) if part.get_content_type() == "text/html" else text
