"""Payment sources as an administrator sets them up. A secret goes in and never comes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from scenario_engine import audit, filled_in
from scenario_engine.errors import Invalid
from scenario_engine.models import SourceSettings
from scenario_engine.ports import PaymentSource, Unconfirmed
from scenario_engine.texts import Text
from scenario_engine.vault import Vault


def open_values(session: Session, vault: Vault, source: PaymentSource) -> dict[str, str] | None:
    """A value for each field of a source that is switched on; None when it is off. Unconfirmed when the key of its
    secrets is lost: the sender comes again once it is back.
    """
    found = session.get(SourceSettings, source.key)
    if found is None or not found.enabled:
        return None
    values = filled_in.open_values(vault, source.fields, found)
    if values is None:
        raise Unconfirmed("secrets")
    return values


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
    form = filled_in.form_of(vault, source.fields, found, values)
    problems = filled_in.must_be_whole(form, source.problem) if enabled else form.problems
    if problems:
        raise Invalid(Text("The source cannot be set up so.", "Так источник настроить нельзя."), problems=problems)
    if found is None:
        found = SourceSettings(key=source.key)
        session.add(found)
    was_enabled = bool(found.enabled)
    found.enabled = enabled
    found.chosen, found.secrets = form.chosen, form.sealed(vault)
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
        changed=form.changed,
    )
    session.flush()
