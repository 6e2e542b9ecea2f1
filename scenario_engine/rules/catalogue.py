"""The field catalogue as the browser's rule editor takes it (react-querybuilder's `fields`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from scenario_engine.rules.application import APPLICATION_FIELDS, title_of
from scenario_engine.rules.field import GROUPS, Field
from scenario_engine.rules.fields import FIELDS
from scenario_engine.rules.operators import label, operators_of
from scenario_engine.texts import Text

#: values of the registry offered for one field
MAX_OFFERED = 500

_INPUT = {"number": "number", "money": "number", "date": "date"}
_YES_NO = (("true", Text("yes", "да")), ("false", Text("no", "нет")))


def catalogue(session: Session, language: str) -> dict[str, Any]:
    """What ``GET /fields`` answers: ``{"fields": [...]}``, in the reader's language.

    `type` money: the value is in kopecks and the editor shows roubles. Values that only the registry knows
    are read now.
    """
    groups = {group.key: group.title.say(language) for group in GROUPS}
    return {"fields": [describe(field, session, language, groups) for field in FIELDS.values()]}


def application_catalogue(session: Session, language: str) -> dict[str, Any]:
    """The same for rules over applications, where some fields are called otherwise."""
    groups = {group.key: group.title.say(language) for group in GROUPS}
    return {
        "fields": [
            {**describe(field, session, language, groups), "label": title_of(field).say(language)}
            for field in APPLICATION_FIELDS
        ]
    }


def describe(field: Field, session: Session, language: str, groups: dict[str, str]) -> dict[str, Any]:
    """One field of the catalogue."""
    offered = list(field.choices)
    if field.known is not None:
        offered = list(field.known(session))[:MAX_OFFERED]
    values = [{"name": choice.key, "label": choice.title.say(language)} for choice in offered]
    if field.type == "boolean":
        values = [{"name": key, "label": title.say(language)} for key, title in _YES_NO]
    free = field.type in ("number", "money", "date", "text") or (field.type == "tags" and not values)
    unit = "₽" if field.type == "money" else None
    if field.unit is not None:
        unit = field.unit.ru[2] if language.startswith("ru") else field.unit.en[1]
    return {
        "name": field.key,
        "label": field.title.say(language),
        "group": groups[field.group],
        "type": field.type,
        "inputType": _INPUT.get(field.type, "text"),
        "valueEditorType": "text" if free else "select",
        "operators": [
            {"name": operator, "label": label(field, operator).say(language)} for operator in operators_of(field)
        ],
        "values": values,
        "unit": unit,
        "nullable": field.nullable,
    }
