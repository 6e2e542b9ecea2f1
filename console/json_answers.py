"""How values become JSON: instants as UTC with a ``Z``, days as ``YYYY-MM-DD``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask.json.provider import DefaultJSONProvider


def plain(value: Any) -> Any:
    """The value as JSON knows it; an instant or a day becomes text, anything else stays."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _default(value: Any) -> Any:
    found = plain(value)
    return found if found is not value else DefaultJSONProvider.default(value)


class Answers(DefaultJSONProvider):
    """Flask's JSON with our instants, and letters as they are."""

    ensure_ascii = False
    sort_keys = False
    default = staticmethod(_default)
