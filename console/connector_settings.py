"""Connectors as an administrator sets them up, tries them, and switches them on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from scenario_engine import audit, filled_in
from scenario_engine.engine.outbox import SANDBOX, gate
from scenario_engine.engine.outbox.arrangement import BATCH
from scenario_engine.errors import Conflict, Invalid, KaskadError
from scenario_engine.models import ConnectorSettings
from scenario_engine.models.connector import LIVE
from scenario_engine.models.connector import SANDBOX as SANDBOXED
from scenario_engine.ports import Connector, Setup, Unreached
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

log = logging.getLogger(__name__)

#: seconds that a test of a connection may take
PATIENCE = 20.0

_CANNOT = Text("The connector cannot be set up so.", "Так канал отправки настроить нельзя.")
_SILENT = Text(
    "No answer in {seconds} seconds. Is the address right, and does a firewall let it through?",
    "За {seconds} секунд ответа нет. Верен ли адрес и пропускает ли его межсетевой экран?",
)
_UNREACHED = Text("Not reached: {reason}", "Не удалось связаться: {reason}")
_BROKEN = Text("The connector itself failed: {reason}", "Сбой в самом канале: {reason}")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A connector as it is to be."""

    mode: str
    values: Mapping[str, str]
    #: messages a second; null: as fast as it goes
    rate: float | None = None
    batch: int = BATCH
    #: kopecks
    tariff: int = 0
    by_part: bool = False


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of a test."""

    is_good: bool
    said: Text


def find(session: Session, key: str) -> ConnectorSettings | None:
    """A connector's settings, when it has any."""
    return session.get(ConnectorSettings, key)


def change(session: Session, vault: Vault, connector: Connector, chosen: Chosen, *, actor: str, now: datetime) -> None:
    """Set a connector up. A secret that is not among the values stays as it is. Raises `Invalid` for values with which
    it cannot be live, and `Conflict` for the sandbox itself.
    """
    _must_be_real(connector)
    found = session.get(ConnectorSettings, connector.key, with_for_update=True)
    form = filled_in.form_of(vault, connector.fields, found, chosen.values)
    problems = filled_in.must_be_whole(form, connector.problem) if chosen.mode == LIVE else form.problems
    if problems:
        raise Invalid(_CANNOT, problems=problems)
    if found is None:
        found = ConnectorSettings(key=connector.key, mode=SANDBOXED)
        session.add(found)
    was: dict[str, Any] = {"was_mode": found.mode} if found.mode != chosen.mode else {}
    found.mode, found.rate, found.batch = chosen.mode, chosen.rate, chosen.batch
    found.tariff, found.by_part = chosen.tariff, chosen.by_part
    found.chosen, found.secrets = form.chosen, form.sealed(vault)
    found.changed_at, found.changed_by = now, actor
    audit.record(
        session, at=now, actor=actor, action="connector.changed", subject_type="connector", subject_id=connector.key,
        mode=chosen.mode, rate=chosen.rate, batch=chosen.batch, tariff=chosen.tariff, by_part=chosen.by_part,
        changed=form.changed, **was,
    )  # fmt: skip
    session.flush()


def prepare_test(
    session: Session, vault: Vault, connector: Connector, values: Mapping[str, str], *, networks: str, folder: Path,
    actor: str, now: datetime,
) -> Setup:  # fmt: skip
    """What a connector is to be tried with: what is stored, with `values` filled in. Raises `Invalid` as `change`."""
    _must_be_real(connector)
    form = filled_in.form_of(vault, connector.fields, find(session, connector.key), values)
    problems = filled_in.must_be_whole(form, connector.problem)
    if problems:
        raise Invalid(_CANNOT, problems=problems)
    audit.record(
        session, at=now, actor=actor, action="connector.tested", subject_type="connector", subject_id=connector.key
    )
    return Setup(chosen=form.after, networks=networks, folder=folder)


def try_out(connector: Connector, setup: Setup, *, patience: float = PATIENCE) -> Tried:
    """Reach the other side, and tell in words what it said. It sends nobody anything, and takes no longer than
    `patience` seconds.
    """
    told: list[Tried] = []

    def ask() -> None:
        try:
            told.append(Tried(is_good=True, said=connector.test(setup)))
        except Unreached as error:
            told.append(Tried(is_good=False, said=_UNREACHED.format(reason=error.said)))
        except KaskadError as error:
            told.append(Tried(is_good=False, said=error.text))
        except Exception as error:  # a connector is other people's code
            log.exception("test of connector %s failed", connector.key)
            told.append(Tried(is_good=False, said=_BROKEN.format(reason=type(error).__name__)))

    asking = threading.Thread(target=ask, name=f"test-{connector.key}", daemon=True)
    asking.start()
    asking.join(patience)
    return told[0] if told else Tried(is_good=False, said=_SILENT.format(seconds=f"{patience:g}"))


def try_now(session: Session, connector: Connector, *, actor: str, now: datetime) -> None:
    """Have the engine send one message at once, to see whether the other side is back."""
    _must_be_real(connector)
    gate.try_now(session, connector.key, now=now)
    audit.record(
        session, at=now, actor=actor, action="connector.tried", subject_type="connector", subject_id=connector.key
    )


def _must_be_real(connector: Connector) -> None:
    if connector.key == SANDBOX:
        raise Conflict(Text("The sandbox has no settings.", "У песочницы нет настроек."), code="connector.sandbox")
