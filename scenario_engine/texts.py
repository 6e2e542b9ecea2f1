"""Texts that a person reads, in both languages, next to the thing they name.

A node type, a field or a problem carries its own words, so adding one stays one file.
"""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = ("en", "ru")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


class Text(NamedTuple):
    """The same sentence in English and in Russian; `{name}` marks what `format` fills in."""

    en: str
    ru: str

    def say(self, language: str) -> str:
        """The sentence in `language`; English for a language that is not known."""
        return self.ru if language.startswith("ru") else self.en

    def format(self, **values: Any) -> Text:
        """A copy with the marks filled in; a value that is a `Text` is put in by language."""
        return Text(
            *(
                sentence.format(**{k: v.say(lang) if isinstance(v, Text) else v for k, v in values.items()})
                for lang, sentence in zip(LANGUAGES, self, strict=True)
            )
        )


def half(said: str | None, language: str) -> str | None:
    """The reader's half of what was kept as “English / Russian”, for it was not known who would read it; anything else
    as it is.
    """
    english, bar, russian = (said or "").partition(" / ")
    if not bar or _CYRILLIC.search(english) or not _CYRILLIC.search(russian):
        return said
    return Text(english, russian).say(language)


def spoken(value: Any, language: str) -> Any:
    """A copy of plain data in which every `Text` has become a sentence in `language`."""
    match value:
        case Text():
            return value.say(language)
        case dict():
            return {key: spoken(item, language) for key, item in value.items()}
        case list():
            return [spoken(item, language) for item in value]
        case _:
            return value
