"""Fields of node forms: marshmallow fields with the title, help, unit and widget that the browser shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate, validates_schema

from scenario_engine.graph.messages import Said, invalid
from scenario_engine.graph.schemas import ID_PATTERN, StrictSchema
from scenario_engine.texts import Text

__all__ = [
    "MAX_DAYS",
    "DurationSchema",
    "Form",
    "branch_key",
    "branch_title",
    "check_keys",
    "choice",
    "clock_time",
    "days",
    "duration",
    "line",
    "meta",
    "rule",
    "seconds_of",
]

#: longest wait
MAX_DAYS = 3_650
_KEY = validate.Regexp(
    ID_PATTERN,
    error=Said(
        Text(
            "must be 1 to 40 Latin letters, digits, hyphens or underscores",
            "допустимы от 1 до 40 латинских букв, цифр, дефисов и подчёркиваний",
        )
    ),
)
_CLOCK = validate.Regexp(
    r"\A([01]\d|2[0-3]):[0-5]\d\Z",
    error=Said(Text("must be a time such as 10:00", "должно быть временем, например 10:00")),
)


class Form(StrictSchema):
    """Base of every node type's Params: refuses fields it does not know."""


def meta(
    title: Text,
    hint: Text | None = None,
    *,
    widget: str | None = None,
    unit: Text | None = None,
    choices: Mapping[str, Text] | None = None,
) -> dict[str, Any]:
    """Metadata of a field; `graph.json_schema` puts it into the reader's language."""
    given = {"title": title, "help": hint, "widget": widget, "unit": unit, "choices": choices}
    return {key: value for key, value in given.items() if value is not None}


def _filled(value: str) -> None:
    if not value.strip():
        raise invalid("must be filled in", "нужно заполнить")


def line(
    title: Text, hint: Text | None = None, *, most: int = 250, widget: str = "text", **options: Any
) -> fields.String:
    """A text; one that is required, or has a default that is not empty, must not be blank."""
    checks: list[Any] = [validate.Length(max=most)]
    if options.get("required") or options.get("load_default"):
        checks.append(_filled)
    return fields.String(metadata=meta(title, hint, widget=widget), validate=checks, **options)


def choice(
    title: Text,
    choices: Mapping[str, Text],
    hint: Text | None = None,
    *,
    widget: str = "select",
    **options: Any,
) -> fields.String:
    """One of several named values."""
    return fields.String(
        metadata=meta(title, hint, widget=widget, choices=choices),
        validate=validate.OneOf(list(choices)),
        **options,
    )


def rule(title: Text, hint: Text | None = None, **options: Any) -> fields.Dict:
    """A rule: react-querybuilder's group. `NodeType.rules` has it checked."""
    return fields.Dict(keys=fields.String(), metadata=meta(title, hint, widget="rule"), **options)


def clock_time(title: Text, hint: Text | None = None, **options: Any) -> fields.String:
    """A local time of day, HH:MM."""
    return fields.String(metadata=meta(title, hint, widget="time"), validate=_CLOCK, **options)


def days(title: Text, hint: Text | None = None, *, least: int = 1, most: int = 365, **options: Any) -> fields.Integer:
    """A number of days."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(least, most),
        metadata=meta(title, hint, unit=Text("days", "дней")),
        **options,
    )


def _part(title: Text, most: int) -> fields.Integer:
    return fields.Integer(strict=True, load_default=0, validate=validate.Range(0, most), metadata=meta(title))


class DurationSchema(Form):
    """A length of time: days, hours, minutes; at least one minute."""

    days = _part(Text("Days", "Дней"), MAX_DAYS)
    hours = _part(Text("Hours", "Часов"), 10_000)
    minutes = _part(Text("Minutes", "Минут"), 100_000)

    @validates_schema
    def check_length(self, data: dict[str, Any], **_: Any) -> None:
        """At least one minute, at most ten years."""
        length = seconds_of(data)
        if not 60 <= length <= MAX_DAYS * 86_400:
            raise invalid(
                f"must be between 1 minute and {MAX_DAYS} days",
                f"должно быть от 1 минуты до {MAX_DAYS} дней",
            )


def duration(title: Text, hint: Text | None = None, **options: Any) -> fields.Nested:
    """A nested length of time, `{"days": 3, "hours": 0, "minutes": 0}`."""
    return fields.Nested(DurationSchema, metadata=meta(title, hint, widget="duration"), **options)


def seconds_of(duration: Mapping[str, Any]) -> int:
    """Length of a duration in seconds."""
    return int(duration["days"]) * 86_400 + int(duration["hours"]) * 3_600 + int(duration["minutes"]) * 60


def branch_key() -> fields.String:
    """The key of a branch: it names the port."""
    hint = Text(
        "Name of the way out inside the document: Latin letters, digits, hyphen, underscore.",
        "Имя выхода внутри документа: латинские буквы, цифры, дефис, подчёркивание.",
    )
    return fields.String(required=True, validate=_KEY, metadata=meta(Text("Key", "Ключ"), hint, widget="key"))


def branch_title() -> fields.String:
    """The title of a branch."""
    return line(Text("Title", "Название"), required=True, most=60)


def check_keys(items: Sequence[Mapping[str, Any]], field: str, reserved: Sequence[str] = ()) -> None:
    """Raises a marshmallow error when keys repeat or one is taken by a port of the node itself."""
    seen = set(reserved)
    for item in items:
        key = item["key"]
        if key in reserved:
            raise invalid(
                f"“{key}” is a way out that this node has anyway",
                f"выход «{key}» у блока уже есть",
                field=field,
            )
        if key in seen:
            raise invalid(f"the key “{key}” is used twice", f"ключ «{key}» указан дважды", field=field)
        seen.add(key)
