"""marshmallow's messages, said so that a person understands them, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from scenario_engine.texts import Text


class Said(str):
    """A message of our own validators: marshmallow carries it as a string, the text in both languages stays with it."""

    __slots__ = ("text",)
    text: Text

    def __new__(cls, text: Text) -> Said:
        """The English sentence, with both languages beside it."""
        made = super().__new__(cls, text.en)
        made.text = text
        return made

    def format(self, *args: object, **values: object) -> Said:
        """The message with its marks filled in."""
        return Said(self.text.format(**values))


def invalid(en: str, ru: str, *, field: str | None = None) -> ValidationError:
    """A marshmallow error that says the same in both languages."""
    message = Said(Text(en, ru))
    return ValidationError(message, field) if field else ValidationError(message)


_NUMBER = Text("must be a number", "должно быть числом")
_TABLE: tuple[tuple[str, Text], ...] = (
    (r"Missing data for required field\.", Text("must be filled in", "нужно заполнить")),
    (r"Field may not be null\.", Text("must not be empty", "не может быть пустым")),
    (r"Unknown field\.", Text("is not known here; remove it", "здесь не предусмотрено; удалите это поле")),
    (r"Invalid input type\.", Text("must be an object", "должно быть объектом")),
    (r"Not a valid string\.", Text("must be text", "должно быть текстом")),
    (r"Not a valid utf-8 string\.", Text("must be text", "должно быть текстом")),
    (r"Not a valid integer\.", Text("must be a whole number", "должно быть целым числом")),
    (r"Not a valid number\.", _NUMBER),
    (r"Special numeric values .*", _NUMBER),
    (r"Number too large\.", Text("is too large", "слишком большое число")),
    (r"Not a valid boolean\.", Text("must be true or false", "должно быть «да» или «нет»")),
    (r"Not a valid list\.", Text("must be a list", "должно быть списком")),
    (r"Not a valid mapping type\.", Text("must be an object", "должно быть объектом")),
    (r"Not a valid URL\.", Text("must be a full web address", "должно быть полным веб-адресом")),
    (r"Must be one of: (?P<c>.*)\.", Text("must be one of: {c}", "должно быть одним из: {c}")),
    (r"String does not match expected pattern\.", Text("has a wrong form", "имеет неверный вид")),
    (
        r"Shorter than minimum length (?P<n>\d+)\.",
        Text("is too short: at least {n}", "слишком коротко: не меньше {n}"),
    ),
    (
        r"Longer than maximum length (?P<n>\d+)\.",
        Text("is too long: at most {n}", "слишком длинно: не больше {n}"),
    ),
    (
        r"Length must be between (?P<a>\d+) and (?P<b>\d+)\.",
        Text("must have a length from {a} to {b}", "длина должна быть от {a} до {b}"),
    ),
    (r"Length must be (?P<n>\d+)\.", Text("must have the length {n}", "длина должна быть {n}")),
    (
        r"Must be greater than or equal to (?P<a>\S+) and less than or equal to (?P<b>\S+)\.",
        Text("must be from {a} to {b}", "должно быть от {a} до {b}"),
    ),
    (
        r"Must be greater than or equal to (?P<a>\S+)\.",
        Text("must be at least {a}", "должно быть не меньше {a}"),
    ),
    (r"Must be less than or equal to (?P<b>\S+)\.", Text("must be at most {b}", "должно быть не больше {b}")),
    (
        r"One or more of the choices you made was not in: (?P<c>.*)\.",
        Text("may hold only: {c}", "может содержать только: {c}"),
    ),
)
_COMPILED = tuple((re.compile(pattern, re.DOTALL), text) for pattern, text in _TABLE)
_ANY = Text("is not valid", "заполнено неверно")


def translate(message: object) -> Text:
    """marshmallow's message (or ours) in both languages; a general sentence for one that is not known."""
    if isinstance(message, Said):
        return message.text
    for pattern, text in _COMPILED:
        if found := pattern.fullmatch(str(message)):
            return text.format(**found.groupdict())
    return _ANY


def flatten(messages: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Text]]:
    """Every message of a `ValidationError.messages` with the path of its field."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from flatten(inner, path if key == "_schema" else (*path, str(key)))
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from flatten(inner, path)
    else:
        yield path, translate(messages)


def said_of(path: tuple[str, ...], text: Text, titles: Mapping[str, Any] | None = None) -> Text:
    """`“field” must be filled in`: the message with the field's own title in front, when it has one."""
    if not path:
        return Text(text.en[:1].upper() + text.en[1:], text.ru[:1].upper() + text.ru[1:])
    title = (titles or {}).get(path[0])
    named = title if isinstance(title, Text) else Text(".".join(path), ".".join(path))
    return Text(f"“{named.en}” {text.en}", f"«{named.ru}»: {text.ru}")
