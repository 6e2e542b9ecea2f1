"""Documents of older formats, brought to the current one step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scenario_engine.errors import Problem
from scenario_engine.texts import Text

#: the format that this program writes
FORMAT = 1

#: format -> what makes a document of the next format out of it; the document given is not changed
UPGRADES: dict[int, Callable[[Mapping[str, Any]], dict[str, Any]]] = {}


def upgrade(raw: Mapping[str, Any]) -> tuple[Mapping[str, Any], Problem | None]:
    """The document in the current format, or the problem that says why it cannot be read."""
    number = raw.get("format")
    while type(number) is int and number != FORMAT and number in UPGRADES:
        raw = UPGRADES[number](raw)
        number = raw.get("format")
    if type(number) is int and number == FORMAT:
        return raw, None
    shown = str(number)[:40] if "format" in raw else "—"
    return raw, Problem(
        code="document.format",
        text=Text(
            f"This program reads documents of format {FORMAT}; this one says {shown}.",
            f"Программа читает документы формата {FORMAT}, а у этого указан формат {shown}.",
        ),
        field="format",
    )
