"""What the texts of a template may be: by channel, in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scenario_engine.errors import Problem
from scenario_engine.nodes.contact import LONGEST, LONGEST_SUBJECT
from scenario_engine.nodes.library import WRITTEN_IN, Texts, says_not_who, unnamed
from scenario_engine.nodes.templates import CREDITOR, check_template
from scenario_engine.texts import Text

#: channels that a template can be written for
CHANNELS = tuple(LONGEST)
#: channels whose messages have a subject
WITH_SUBJECT = ("email", "letter")

_EMPTY = Text("Write the text in Russian or in English.", "Напишите текст на русском или английском.")
_FILL = Text("Fill this in.", "Заполните это поле.")


def cleaned(channel: str, texts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The texts as they are kept: the languages that say something, a subject where the channel has one."""
    found: dict[str, dict[str, str]] = {}
    for language in WRITTEN_IN:
        said = texts.get(language) or {}
        body, subject = str(said.get("body") or "").strip(), str(said.get("subject") or "").strip()
        if channel not in WITH_SUBJECT:
            subject = ""
        if body or subject:
            found[language] = {"subject": subject, "body": body}
    return found


def check_texts(channel: str, texts: Texts) -> list[Problem]:
    """What is wrong with texts as `cleaned` gives them; a problem's field is ``texts.ru.body`` or the like. A missing
    creditor is a warning, everything else an error.
    """
    if not texts:
        return [Problem(code="template.empty", field="texts", text=_EMPTY)]
    return [problem for language, said in texts.items() for problem in _check(channel, language, said)]


def _check(channel: str, language: str, said: Mapping[str, str]) -> Iterator[Problem]:
    place = f"texts.{language}"
    parts = {"body": LONGEST[channel]} | ({"subject": LONGEST_SUBJECT} if channel in WITH_SUBJECT else {})
    sound = True
    for part, longest in parts.items():
        words = said.get(part, "")
        wrong = check_template(words)
        if not words:
            wrong = [Problem(code="template.empty", text=_FILL)]
        elif len(words) > longest and not wrong:
            wrong = [_too_long(longest)]
        sound = sound and not wrong
        yield from (replace(problem, field=f"{place}.{part}") for problem in wrong)
    # it is not known which scenarios will take it: what any policy may want
    missing = unnamed((said.get(part, "") for part in parts), CREDITOR) if sound else None
    if missing:
        yield Problem(code="template.creditor", field=f"{place}.body", text=says_not_who(missing), severity="warning")


def _too_long(longest: int) -> Problem:
    return Problem(
        code="template.length",
        text=Text(f"The text is longer than {longest} characters.", f"Текст длиннее {longest} знаков."),
    )
