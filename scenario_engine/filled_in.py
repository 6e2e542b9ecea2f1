"""What an administrator fills in about an outside system: values that may be shown, and secrets that go in and never
come out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from scenario_engine.errors import Problem
from scenario_engine.ports import SettingField
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

#: what a flag is when it is set
YES = "yes"
_LONGEST = 500
_MISSING = Text("Fill this in.", "Заполните это поле.")


class Stored(Protocol):
    """A row with values and secrets."""

    @property
    def chosen(self) -> Any:
        """What may be shown, by field."""

    @property
    def secrets(self) -> Any:
        """What may not: a JSON object, sealed."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What was there and what is to be, by field."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    problems: Sequence[Problem]
    fields: Sequence[SettingField]

    @property
    def changed(self) -> list[str]:
        """Keys of the fields that are not what they were."""
        return sorted(key for key, value in self.after.items() if value != self.before[key])

    @property
    def chosen(self) -> dict[str, str]:
        """The part that may be shown."""
        return {field.key: self.after[field.key] for field in self.fields if not field.secret}

    def sealed(self, vault: Vault) -> str:
        """The part that may not."""
        return vault.seal(json.dumps({field.key: self.after[field.key] for field in self.fields if field.secret}))


def open_values(vault: Vault, fields: Sequence[SettingField], found: Stored | None) -> dict[str, str] | None:
    """A value for each field; None when there are none, or the key of the secrets is lost."""
    if found is None:
        return None
    opened = vault.open(found.secrets)
    if opened is None:
        return None
    stored = found.chosen | json.loads(opened)
    return {field.key: str(stored.get(field.key, field.default)) for field in fields}


def form_of(vault: Vault, fields: Sequence[SettingField], found: Stored | None, values: Mapping[str, str]) -> Form:
    """What is there with `values` filled in; a secret that is not among them stays as it is."""
    before = open_values(vault, fields, found) or {field.key: field.default for field in fields}
    by_key = {field.key: field for field in fields}
    problems = [problem for key, value in values.items() if (problem := _wrong(by_key.get(key), key, value))]
    after = before | {key: value.strip() for key, value in values.items()}
    return Form(before=before, after=after, problems=problems, fields=fields)


def must_be_whole(form: Form, problem: Callable[[Mapping[str, str]], Text | None]) -> Sequence[Problem]:
    """Why the outside system cannot be switched on with the values, if so; `problem` is its own look at them."""
    if form.problems:
        return form.problems
    missing = [
        Problem(code="missing", text=_MISSING, field=field.key)
        for field in form.fields
        if field.required and not form.after[field.key]
    ]
    if not missing and (said := problem(form.after)) is not None:
        return [Problem(code="source", text=said)]
    return missing


def shown_fields(
    vault: Vault, fields: Sequence[SettingField], found: Stored | None, language: str
) -> list[dict[str, Any]]:
    """The fields as JSON for a form; a secret is there or it is not."""
    values = open_values(vault, fields, found) or {}
    chosen = found.chosen if found is not None else {}
    return [
        {
            "key": field.key,
            "title": field.title.say(language),
            "help": field.help and field.help.say(language),
            "secret": field.secret,
            "flag": field.flag,
            "required": field.required,
            "value": None if field.secret else str(chosen.get(field.key, field.default)),
            "known": field.secret and bool(values.get(field.key)),
        }
        for field in fields
    ]


def _wrong(field: SettingField | None, key: str, value: str) -> Problem | None:
    if field is None:
        return Problem(code="field", text=Text("There is no such field.", "Такого поля нет."), field=key)
    if len(value) > _LONGEST or not value.isprintable():
        return Problem(
            code="field",
            text=Text("At most 500 characters, all in one line.", "Не больше 500 символов, в одну строку."),
            field=key,
        )
    if field.flag and value not in ("", YES):
        return Problem(code="field", text=Text("Yes or no.", "Да или нет."), field=key)
    return None
