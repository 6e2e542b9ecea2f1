"""Providers as an administrator sets them up. A secret goes in and never comes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit, filled_in
from scenario_engine.errors import Invalid, Problem
from scenario_engine.models import InquiryProvider
from scenario_engine.ports import Inquirer
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

#: the field that every provider may have: roubles for an answer
PRICE = "price"


def change(
    session: Session,
    vault: Vault,
    inquirer: Inquirer,
    *,
    enabled: bool,
    values: Mapping[str, str],
    actor: str,
    now: datetime,
) -> None:
    """Set a provider up. A secret that is not among the values stays as it is. Raises `Invalid` for values with which
    it cannot be switched on, and while another one of its subject is.
    """
    found = session.get(InquiryProvider, inquirer.key, with_for_update=True)
    form = filled_in.form_of(vault, inquirer.fields, found, values)
    problems = list(filled_in.must_be_whole(form, inquirer.problem) if enabled else form.problems)
    if not form.problems and price(form.after) is None:
        text = Text("Write roubles, such as 12.50.", "Укажите рубли, например 12,50.")
        problems.append(Problem(code="field", field=PRICE, text=text))
    if enabled:
        problems += _taken(session, inquirer)
    if problems:
        raise Invalid(
            Text("The provider cannot be set up so.", "Так поставщика настроить нельзя."), problems=problems
        )  # fmt: skip
    if found is None:
        found = InquiryProvider(key=inquirer.key, subject=inquirer.subject)
        session.add(found)
    was_enabled = bool(found.enabled)
    found.enabled = enabled
    found.chosen, found.secrets = form.chosen, form.sealed(vault)
    found.changed_at, found.changed_by = now, actor
    found.paused_until = found.trouble = None
    audit.record(
        session, at=now, actor=actor, action="inquiry.provider_changed", subject_type="inquiry_provider",
        subject_id=inquirer.key, enabled=enabled, was_enabled=was_enabled, changed=form.changed,
    )  # fmt: skip
    session.flush()


def _taken(session: Session, inquirer: Inquirer) -> list[Problem]:
    others = select(InquiryProvider.key).where(
        InquiryProvider.subject == inquirer.subject, InquiryProvider.enabled, InquiryProvider.key != inquirer.key
    )
    if session.scalar(others.limit(1)) is None:
        return []
    text = Text(
        "Another provider of the same answers is switched on: switch it off first.",
        "Для этих же запросов уже включён другой поставщик: сначала отключите его.",
    )
    return [Problem(code="provider.other", text=text)]


def price(values: Mapping[str, str]) -> int | None:
    """Kopecks that an answer costs; None for what is no price."""
    said = values.get(PRICE, "").strip().replace(",", ".") or "0"
    whole, _, rest = said.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) < 8 and len(rest) < 3 and (not rest or rest.isdigit())):
        return None
    return int(whole) * 100 + int(rest.ljust(2, "0"))
