"""Words that the sentences of node types share: counts with the right plural, durations, shortened texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenario_engine.rules.words import rule_in_words
from scenario_engine.texts import LANGUAGES, Text


@dataclass(frozen=True)
class Noun:
    """A thing that is counted: English singular and plural, Russian for 1, 2 and 5."""

    one: str
    many: str
    ru_one: str
    ru_few: str
    ru_many: str


DAY = Noun("day", "days", "день", "дня", "дней")
HOUR = Noun("hour", "hours", "час", "часа", "часов")
MINUTE = Noun("minute", "minutes", "минуту", "минуты", "минут")
MONTH = Noun("month", "months", "месяц", "месяца", "месяцев")


def count_of(number: int, noun: Noun) -> Text:
    """``3 days`` / ``3 дня``."""
    if number % 10 == 1 and number % 100 != 11:
        russian = noun.ru_one
    elif number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        russian = noun.ru_few
    else:
        russian = noun.ru_many
    return Text(f"{number} {noun.one if number == 1 else noun.many}", f"{number} {russian}")


def duration_in_words(duration: Mapping[str, Any]) -> Text:
    """``1 day 12 hours`` for ``{"days": 1, "hours": 12, "minutes": 0}``; the parts that are zero are left out."""
    parts = [
        count_of(duration[key], noun)
        for key, noun in (("days", DAY), ("hours", HOUR), ("minutes", MINUTE))
        if duration[key]
    ]
    return join(parts, " ") if parts else count_of(0, MINUTE)


def join(parts: list[Text], between: str) -> Text:
    """The texts one after the other, each language on its own."""
    return Text(between.join(part.en for part in parts), between.join(part.ru for part in parts))


def same(words: str) -> Text:
    """What a person wrote, the same in every language."""
    return Text(words, words)


def excerpt(words: str, length: int = 60) -> str:
    """The beginning of a text on one line."""
    line = " ".join(words.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def rule_words(rule: Mapping[str, Any] | None) -> Text:
    """A rule in both languages; empty for no rule."""
    if not rule or not rule.get("rules"):
        return Text("", "")
    return Text(*(rule_in_words(rule, language) for language in LANGUAGES))
