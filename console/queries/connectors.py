"""Connectors as pages show them: how each is set up, how it fares, what it answered last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from scenario_engine.engine.outbox import SANDBOX
from scenario_engine.engine.outbox.arrangement import BATCH
from scenario_engine.filled_in import shown_fields
from scenario_engine.models import ConnectorHour, ConnectorSettings, ConnectorState, Message, Refusal
from scenario_engine.models.connector import SANDBOX as SANDBOXED
from scenario_engine.models.message import IN_QUEUE
from scenario_engine.ports import Connector, Hearing
from scenario_engine.texts import half
from scenario_engine.vault import Vault

#: hours of the chart
HOURS = 24
_COUNTED = ("sent", "failed", "retried", "delivered", "undelivered", "cost")


def connector_cards(
    session: Session, actor: Actor, connectors: Mapping[str, Connector], vault: Vault, *, now: datetime
) -> list[dict[str, Any]]:
    """Every installed connector; what is filled in is for administrators."""
    settings = {row.key: row for row in session.scalars(select(ConnectorSettings))}
    states = {row.key: row for row in session.scalars(select(ConnectorState))}
    waiting = dict(
        session.execute(select(Message.connector, func.count()).where(IN_QUEUE).group_by(Message.connector)).all()
    )
    hours = _hours(session, now)
    refused = dict(
        session.execute(
            select(Refusal.source, func.sum(Refusal.count))
            .where(Refusal.hour > now - timedelta(hours=HOURS), Refusal.source.in_(sorted(connectors)))
            .group_by(Refusal.source)
        ).all()
    )
    return [
        {
            **_card(actor, connector, settings.get(key), states.get(key), vault, now),
            "waiting": waiting.get(key, 0),
            "hours": hours.get(key, []),
            "day": {name: sum(hour[name] for hour in hours.get(key, [])) for name in _COUNTED},
            "refused_day": int(refused.get(key, 0)),
        }
        for key, connector in sorted(connectors.items(), key=lambda pair: (pair[0] == SANDBOX, pair[0]))
    ]


def _hours(session: Session, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """What went through each connector, by hour, all channels together."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    sums = [func.sum(getattr(ConnectorHour, name)).label(name) for name in _COUNTED]
    rows = session.execute(
        select(ConnectorHour.connector, ConnectorHour.hour, *sums)
        .where(ConnectorHour.hour >= first)
        .group_by(ConnectorHour.connector, ConnectorHour.hour)
    ).all()
    known = {(row.connector, row.hour): {name: int(getattr(row, name)) for name in _COUNTED} for row in rows}
    nothing = dict.fromkeys(_COUNTED, 0)
    moments = [first + timedelta(hours=number) for number in range(HOURS)]
    return {
        key: [{"hour": moment, **known.get((key, moment), nothing)} for moment in moments]
        for key in sorted({row.connector for row in rows})
    }


def _card(
    actor: Actor,
    connector: Connector,
    found: ConnectorSettings | None,
    state: ConnectorState | None,
    vault: Vault,
    now: datetime,
) -> dict[str, Any]:
    fields = shown_fields(vault, connector.fields, found, actor.language) if actor.may("admin") else []
    has_secrets = any(field.secret for field in connector.fields)
    return {
        "key": connector.key,
        "title": connector.title.say(actor.language),
        "help": connector.help.say(actor.language),
        "channels": list(connector.channels),
        "is_sandbox": connector.key == SANDBOX,
        "path": f"/hooks/{connector.key}" if isinstance(connector, Hearing) else None,
        "mode": found.mode if found else SANDBOXED,
        "sealed": bool(found and has_secrets and vault.open(found.secrets) is None),
        "rate": found and found.rate,
        "batch": found.batch if found else BATCH,
        "tariff": found.tariff if found else 0,
        "by_part": bool(found and found.by_part),
        "fields": fields,
        "changed_at": found and found.changed_at,
        "changed_by": found and found.changed_by,
        "breaker": state.breaker if state else "closed",
        "failures": state.failures if state else 0,
        "retry_at": state and state.retry_at,
        "paused_until": state.paused_until if state and state.paused_until and state.paused_until > now else None,
        "good_at": state and state.good_at,
        "bad_at": state and state.bad_at,
        "answers": _answers(state, actor.language),
    }


def _answers(state: ConnectorState | None, language: str) -> Sequence[Mapping[str, Any]]:
    kept = state.answers.get("last", []) if state else []
    return [
        {"at": datetime.fromisoformat(each["at"]), "kind": each["kind"], "text": half(each["text"], language)}
        for each in kept
    ]
