"""Payment sources as an administrator sets them up. A secret goes in and never comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Invalid, Problem
from scenario_engine.models import SourceSettings
from scenario_engine.ports import PaymentSource, SettingField, Unconfirmed
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

#: what a flag is when it is set
YES = "yes"
_LONGEST = 500


def open_values(session: Session, vault: Vault, source: PaymentSource) -> dict[str, str] | None:
    """A value for each field of a source that is switched on; None when it is off. Unconfirmed when the key of its
    secrets is lost: the sender comes again once it is back.
    """
    found = session.get(SourceSettings, source.key)
    if found is None or not found.enabled:
        return None
    values = _values(vault, source, found)
    if values is None:
        raise Unconfirmed("secrets")
    return values


def known_secrets(vault: Vault, source: PaymentSource, found: SourceSettings | None) -> set[str]:
    """The keys of secrets that are there and can be opened."""
    values = _values(vault, source, found) or {}
    return {field.key for field in source.fields if field.secret and values.get(field.key)}


def shown_values(source: PaymentSource, found: SourceSettings | None) -> dict[str, str]:
    """The values that are no secret."""
    chosen = found.chosen if found is not None else {}
    return {field.key: str(chosen.get(field.key, field.default)) for field in source.fields if not field.secret}


def change(
    session: Session,
    vault: Vault,
    source: PaymentSource,
    *,
    enabled: bool,
    values: Mapping[str, str],
    actor: str,
    now: datetime,
) -> None:
    """Set a source up. A secret that is not among the values stays as it is. Raises `Invalid` for values with which
    the source cannot be switched on.
    """
    found = session.get(SourceSettings, source.key, with_for_update=True)
    before = _values(vault, source, found) or {field.key: field.default for field in source.fields}
    fields = {field.key: field for field in source.fields}
    problems = [problem for key, value in values.items() if (problem := _wrong(fields.get(key), key, value))]
    after = before | {key: value.strip() for key, value in values.items()}
    if enabled and not problems:
        problems = [
            Problem(code="missing", text=Text("Fill this in.", "Заполните это поле."), field=field.key)
            for field in source.fields
            if field.required and not after[field.key]
        ]
        if not problems and (said := source.problem(after)) is not None:
            problems = [Problem(code="source", text=said)]
    if problems:
        raise Invalid(Text("The source cannot be set up so.", "Так источник настроить нельзя."), problems=problems)
    if found is None:
        found = SourceSettings(key=source.key)
        session.add(found)
    was_enabled = bool(found.enabled)
    secrets = {key: after[key] for key, field in fields.items() if field.secret}
    found.enabled = enabled
    found.chosen = {key: after[key] for key, field in fields.items() if not field.secret}
    found.secrets = vault.seal(json.dumps(secrets))
    found.changed_at, found.changed_by = now, actor
    audit.record(
        session,
        at=now,
        actor=actor,
        action="source.changed",
        subject_type="payment_source",
        subject_id=source.key,
        enabled=enabled,
        was_enabled=was_enabled,
        changed=sorted(key for key in fields if after[key] != before[key]),
    )
    session.flush()


def _values(vault: Vault, source: PaymentSource, found: SourceSettings | None) -> dict[str, str] | None:
    if found is None:
        return None
    opened = vault.open(found.secrets)
    if opened is None:
        return None
    stored = found.chosen | json.loads(opened)
    return {field.key: str(stored.get(field.key, field.default)) for field in source.fields}


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
