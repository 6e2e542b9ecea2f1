"""Bodies of notifications, read strictly: what could mean two things is refused."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

from scenario_engine.ports import Unreadable

#: a name that is longer names no loan
_LONGEST_NAME = 64
_LONGEST_HINT = 250
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: kopecks; more cannot be stored, let alone paid
_LARGEST = 10**15


def read_json(body: bytes) -> dict[str, Any]:
    """The JSON object; numbers with a point stay exact. Raises `Unreadable`, also when a name comes twice."""
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Unreadable("json") from error
    if not isinstance(found, dict):
        raise Unreadable("json")
    return found


def read_form(body: bytes) -> dict[str, Any]:
    """The fields of a form. Raises `Unreadable`, also when a name comes twice."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError as error:
        raise Unreadable("form") from error
    return _once(pairs)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("twice")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(name)


def inside(values: Mapping[str, Any], *path: str) -> Any:
    """What stands at that path of nested objects; None when it leads nowhere."""
    found: Any = values
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def said(value: Any) -> str:
    """A text or a whole number as text; the empty text for anything else and for what cannot be stored."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    return "" if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in text) else text


def words(value: Any, longest: int = 4_000) -> str:
    """What a person wrote, cut to a length; without what cannot be stored."""
    text = value if isinstance(value, str) else ""
    kept = (
        letter for letter in text if (ord(letter) >= 32 or letter in "\n\t") and not 0xD800 <= ord(letter) <= 0xDFFF
    )
    return "".join(kept).strip()[:longest]


def identity(value: Any, longest: int) -> str:
    """An id of the outside system. Raises `Unreadable` without one."""
    text = said(value)
    if not text or len(text) > longest:
        raise Unreadable("id")
    return text


def kopecks(value: Any) -> int | None:
    """Roubles, as text or number, in kopecks; None for what is not a whole number of kopecks."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        exact = Decimal(value) * 100
        if not exact.is_finite() or exact != exact.to_integral_value() or abs(exact) > _LARGEST:
            return None
    except (InvalidOperation, ValueError):
        return None
    return int(exact)


def whole_kopecks(value: Any) -> int | None:
    """Kopecks that were said as kopecks; None for anything but a whole number."""
    text = said(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def instant(value: Any, otherwise: datetime, zone: tzinfo = UTC) -> datetime:
    """The moment of an ISO 8601 text (without an offset: in `zone`), UTC; `otherwise` when it is none."""
    try:
        found = datetime.fromisoformat(said(value))
        return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return otherwise


def moment(value: Any, otherwise: datetime) -> datetime:
    """The moment of a number of seconds since 1970, UTC; `otherwise` when it is none."""
    text = said(value)
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) < 10**11):
        return otherwise
    return datetime.fromtimestamp(int(text[:12]), UTC)


def names(*values: Any) -> tuple[str, ...]:
    """The texts among them that may name a loan, in order, each once."""
    found = (said(value) for value in values)
    return tuple(dict.fromkeys(name for name in found if 0 < len(name) <= _LONGEST_NAME))


def hints(**values: Any) -> dict[str, str]:
    """The texts among them, cut to a length that a person reads."""
    found = {name: said(value)[:_LONGEST_HINT] for name, value in values.items()}
    return {name: text for name, text in found.items() if text}


def signed(secret: bytes, content: bytes, signature: str) -> bool:
    """Whether the text is the HMAC-SHA256 of the content, in base64."""
    try:
        given = base64.b64decode(signature.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(hmac.digest(secret, content, hashlib.sha256), given)
