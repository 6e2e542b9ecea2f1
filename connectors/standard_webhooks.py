"""Standard Webhooks: the open way to sign webhooks (standardwebhooks.com), for the lender's own systems."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from connectors.bodies import hints, identity, inside, instant, names, read_json, said, signed, whole_kopecks
from scenario_engine.ports import Forged, Notification, SettingField, Told
from scenario_engine.texts import Text

#: seconds by which the clocks of both sides may differ
TOLERANCE = 5 * 60
_PREFIX = "whsec_"
_KINDS: Mapping[str, Literal["payment", "refund"]] = {"payment.received": "payment", "payment.refunded": "refund"}


class StandardWebhooks:
    """Events payment.received and payment.refunded."""

    key = "webhooks"
    title = Text("Signed webhooks (Standard Webhooks)", "Подписанные вебхуки (Standard Webhooks)")
    help = Text(
        'Let your system send payment.received with data: {"id", "loan", "amount" in kopecks, "currency": "RUB", '
        '"paid_at"} to this address, signed as Standard Webhooks says (webhook-id, webhook-timestamp, '
        "webhook-signature).",
        'Пусть ваша система отправляет на этот адрес payment.received с полем data: {"id", "loan", "amount" в '
        'копейках, "currency": "RUB", "paid_at"} и подписывает по Standard Webhooks (webhook-id, webhook-timestamp, '
        "webhook-signature).",
    )
    fields: Sequence[SettingField] = (
        SettingField(
            key="secret",
            title=Text("Secret", "Секрет"),
            help=Text("whsec_ and 16 to 64 bytes in base64.", "whsec_ и от 16 до 64 байт в base64."),
            secret=True,
        ),
    )

    def read(self, notification: Notification, chosen: Mapping[str, str]) -> Told:
        """What it says. A telling that is older, or newer, than the tolerance is refused."""
        headers = notification.headers
        delivery, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        content = signed_content(delivery, stamp, notification.body)
        secret = secret_of(chosen["secret"])
        offered = [part.partition(",") for part in headers.get("webhook-signature", "").split(" ")[:10]]
        if secret is None or not any(kind == "v1" and signed(secret, content, text) for kind, _, text in offered):
            raise Forged("signature")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
            raise Forged("clock")
        if abs(notification.received_at.timestamp() - int(stamp)) > TOLERANCE:
            raise Forged("clock")
        values = read_json(notification.body)
        data = values.get("data")
        found = data if isinstance(data, dict) else {}
        kind = _KINDS.get(said(values.get("type")))
        return Told(
            external_id=identity(found.get("id") if kind else delivery, 40),
            kind=kind or "other",
            amount=whole_kopecks(found.get("amount")),
            currency=said(found.get("currency")).upper(),
            paid_at=instant(found.get("paid_at") or values.get("timestamp"), notification.received_at),
            named=names(found.get("loan"), found.get("borrower")),
            delivery=identity(delivery, 64),
            original=said(found.get("payment")) or None,
            hints=hints(
                payer=inside(found, "payer", "name"),
                phone=inside(found, "payer", "phone"),
                email=inside(found, "payer", "email"),
                purpose=found.get("purpose"),
            ),
        )

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """A secret that is none."""
        if secret_of(chosen["secret"]) is None:
            return Text(
                "The secret is whsec_ and 16 to 64 bytes in base64.", "Секрет — это whsec_ и от 16 до 64 байт в base64."
            )
        return None

    def thanks(self) -> Mapping[str, Any]:
        """Any 200."""
        return {}


def secret_of(text: str) -> bytes | None:
    """The bytes of a secret; None when it is none."""
    try:
        found = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if text.startswith(_PREFIX) and 16 <= len(found) <= 64 else None


def signed_content(delivery: str, stamp: str, body: bytes) -> bytes:
    """What is signed: the id of the telling, its second and its body."""
    return b".".join((delivery.encode(), stamp.encode(), body))


def headers_of(secret: bytes, delivery: str, stamp: str, body: bytes) -> dict[str, str]:
    """The headers of a telling that is signed so."""
    digest = hmac.digest(secret, signed_content(delivery, stamp, body), hashlib.sha256)
    return {
        "webhook-id": delivery,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode('ascii')}",
    }


def written(secret: bytes) -> str:
    """A secret as people copy it."""
    return _PREFIX + base64.b64encode(secret).decode("ascii")
