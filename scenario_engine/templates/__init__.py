"""Ready strategies to begin a scenario with: one JSON file each, in the order of their names.

A file holds `key`, `stage`, `title`, `purpose` and `document`; a text that a person reads is written as
``{"en": "…", "ru": "…"}``. Whoever adds a file adds a strategy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from scenario_engine import library
from scenario_engine.texts import LANGUAGES, Text, spoken

_BOTH = frozenset(LANGUAGES)


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """A strategy in both languages."""

    key: str
    #: the part of a loan's life that it is for
    stage: Text
    title: Text
    #: what it is for and how it works, in two or three sentences
    purpose: Text
    #: a scenario document in which texts are `Text`
    document: dict[str, Any]

    def document_in(self, language: str) -> dict[str, Any]:
        """A new copy of its scenario document, in `language`, with the templates of the library that it names."""
        document: dict[str, Any] = spoken(self.document, language)
        carried = library.shipped({key for key, _number in library.named_in(document)}, language)
        return document | ({library.SECTION: carried} if carried else {})

    def as_dict(self, language: str) -> dict[str, Any]:
        """The strategy as JSON, in the reader's language."""
        return {
            "key": self.key,
            "stage": self.stage.say(language),
            "title": self.title.say(language),
            "purpose": self.purpose.say(language),
            "document": self.document_in(language),
        }


@cache
def strategies() -> tuple[Strategy, ...]:
    """Every strategy that is installed, by the stages of a loan's life."""
    found = sorted((entry for entry in files(__name__).iterdir() if entry.name.endswith(".json")), key=lambda e: e.name)
    return tuple(Strategy(**_said(json.loads(entry.read_text(encoding="utf-8")))) for entry in found)


def _said(value: Any) -> Any:
    match value:
        case dict() if value.keys() == _BOTH:
            return Text(**value)
        case dict():
            return {key: _said(item) for key, item in value.items()}
        case list():
            return [_said(item) for item in value]
        case _:
            return value
