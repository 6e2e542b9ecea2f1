"""Connectors: how each is set up, how it fares, a test of its connection."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from console import connector_settings
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Line
from console.api.shapes import connectors as shapes
from console.clock import now
from console.context import database, room, settings
from console.queries.connectors import connector_cards
from scenario_engine.engine.outbox.arrangement import BATCH
from scenario_engine.errors import NotFound
from scenario_engine.models.connector import LIVE, SANDBOX
from scenario_engine.ports import Connector
from scenario_engine.texts import Text


def _values() -> Any:
    return fields.Dict(keys=Line(longest=64), values=Line(longest=500), load_default=dict)


class ConnectorBody(Schema):
    """A connector as it is to be; a secret that is left out stays."""

    mode = fields.String(required=True, validate=validate.OneOf((SANDBOX, LIVE)))
    values = _values()
    rate = fields.Float(load_default=None, allow_none=True, validate=validate.Range(0.01, 10_000))
    batch = fields.Integer(strict=True, load_default=BATCH, validate=validate.Range(1, 5_000))
    tariff = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 10_000_00))
    by_part = fields.Boolean(load_default=False)


class TestBody(Schema):
    """What is filled in but not stored yet."""

    values = _values()


class ConnectorsApi(Api):
    """Outside systems that messages leave through."""

    resource_name = "connectors"

    @route("GET", "", right="outbox.read", answer=shapes.Connectors)
    def get_list(self, *, actor: Actor) -> dict[str, Any]:
        """Every installed connector: how it fares, and for administrators its settings; secrets are never told."""
        return _cards(actor)

    @route("PUT", "/<string:connector_key>", right="admin", body=ConnectorBody, answer=shapes.Connectors)
    def put(self, *, actor: Actor, connector_key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Set a connector up, switch it live or back into its sandbox."""
        connector = _find(connector_key)
        chosen = connector_settings.Chosen(**body)
        with database().write() as session:
            connector_settings.change(session, room().vault, connector, chosen, actor=actor.name, now=now())
        return _cards(actor)

    @route("POST", "/<string:connector_key>/test", right="admin", body=TestBody, answer=shapes.Tried)
    def test(self, *, actor: Actor, connector_key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Reach the other side and log in there, with what is filled in; nobody is sent anything."""
        connector = _find(connector_key)
        with database().write() as session:
            setup = connector_settings.prepare_test(
                session, room().vault, connector, body["values"], networks=settings().inner_networks,
                folder=settings().data_dir, actor=actor.name, now=now(),
            )  # fmt: skip
        tried = connector_settings.try_out(connector, setup)
        return {"is_good": tried.is_good, "said": tried.said.say(actor.language)}

    @route("POST", "/<string:connector_key>/try", right="admin", answer=shapes.Connectors)
    def try_now(self, *, actor: Actor, connector_key: str) -> dict[str, Any]:
        """Let one message leave at once, whatever the breaker says, to see whether the other side is back."""
        connector = _find(connector_key)
        with database().write() as session:
            connector_settings.try_now(session, connector, actor=actor.name, now=now())
        return _cards(actor)


def _cards(actor: Actor) -> dict[str, Any]:
    with database().read() as session:
        return {"items": connector_cards(session, actor, room().connectors, room().vault, now=now())}


def _find(key: str) -> Connector:
    found = room().connectors.get(key)
    if found is None:
        raise NotFound(Text("There is no such connector.", "Такого канала отправки нет."))
    return found
