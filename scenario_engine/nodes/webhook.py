"""Webhook: tell another system."""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from marshmallow import fields, validate

from scenario_engine.errors import Problem
from scenario_engine.graph.messages import invalid
from scenario_engine.nodes.base import CheckScope, Effect, Frame, NodeType, ParamValues
from scenario_engine.nodes.contact import connector_field, unknown_connector
from scenario_engine.nodes.forms import Form, meta
from scenario_engine.nodes.templates import VARIABLES
from scenario_engine.nodes.wording import excerpt
from scenario_engine.texts import Text

#: what a webhook of a step says it is
TYPE = "case.told"
_PRIVATE_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


def check_address(url: str) -> None:
    """Raises a marshmallow error for anything but a public https address, as far as its text shows."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme != "https" or not host or any(sign.isspace() or not sign.isprintable() for sign in url):
        raise invalid("must be a full address that starts with https://", "должен быть полным адресом с https://")
    if parts.username is not None or parts.password is not None:
        raise invalid("must not hold a password", "не должен содержать пароль")
    name = host.rstrip(".").lower()
    if name.endswith(_PRIVATE_NAMES) or _is_private(name) or ("." not in name and ":" not in name):
        raise invalid(
            "leads into the internal network; only public addresses are allowed",
            "ведёт во внутреннюю сеть; разрешены только публичные адреса",
        )


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        try:
            # the short and numeric spellings that resolvers take: 127.1, 0x7f000001, 2130706433
            address = ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            return False
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return not address.is_global or bool(mapped and not mapped.is_global)


def body_of(content: Mapping[str, Any], values: Mapping[str, object]) -> str:
    """The JSON that leaves: the fields that the step chose. Amounts are kopecks, days ISO 8601."""
    data = {
        name: value.isoformat() if isinstance(value := values.get(name), date) else value
        for name in content.get("fields", ())
    }
    return json.dumps({"type": TYPE, "data": data}, ensure_ascii=False)


class Webhook(NodeType):
    """Tells another system about the case: an HTTPS POST with the fields you choose, through the outbox.

    It is not a contact with the borrower. Example: have the core system block the card.
    """

    key = "webhook"
    title = Text("Webhook", "Вебхук")
    group = "action"
    icon = "webhook"
    help_ru = (
        "Сообщает о деле другой системе: запрос HTTPS POST с выбранными полями, через исходящие.\n\n"
        "Контактом с заёмщиком не считается. Пример: попросить учётную систему заблокировать карту."
    )
    defaults = {"url": "https://example.com/hook"}

    class Params(Form):
        """Where to, and with what."""

        url = fields.String(
            required=True,
            validate=[validate.Length(max=500), check_address],
            metadata=meta(Text("Address", "Адрес"), Text("https only", "Только https"), widget="text"),
        )
        payload = fields.List(
            fields.String(validate=validate.OneOf(list(VARIABLES))),
            load_default=lambda: ["loan_number", "overdue", "dpd"],
            validate=validate.Length(max=len(VARIABLES)),
            metadata=meta(
                Text("Fields", "Поля"),
                widget="multiselect",
                choices={key: variable.title for key, variable in VARIABLES.items()},
            ),
        )
        connector = connector_field()

    def sentence(self, params: ParamValues) -> Text:
        """Where to."""
        host = excerpt(urlsplit(params["url"]).hostname or "", 50)
        return Text(f"Tell {host}", f"Сообщить: {host}")

    def check(self, node_id: str, params: ParamValues, scope: CheckScope) -> Iterable[Problem]:
        """The connector exists."""
        return unknown_connector(node_id, params["connector"], scope)

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """A message in the outbox."""
        return (
            Effect(
                on="next",
                table="messages",
                values={
                    "channel": "webhook",
                    "connector": params["connector"],
                    "state": "queued",
                    "queued_at": frame.now,
                    "due_at": frame.now,
                    "content": {"url": params["url"], "fields": list(params["payload"])},
                    "attempts": 0,
                },
            ),
        )
