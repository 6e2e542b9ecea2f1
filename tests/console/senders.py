"""What payment systems send, signed as they sign it, with invented secrets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from console import context, payment_sources
from tests.console.client import Console

CLOUD_SECRET = "an invented API secret"
BANK_KEY = "an invented key of a bank"
HOOK_SECRET = "whsec_" + base64.b64encode(b"an invented secret of 32 bytes..").decode()
VALUES: Mapping[str, Mapping[str, str]] = {
    "cloudpayments": {"secret": CLOUD_SECRET},
    "sbp": {"secret": BANK_KEY},
    "webhooks": {"secret": HOOK_SECRET},
    "yookassa": {"shop_id": "100500", "secret_key": "test_key", "ask": "yes"},
}

#: those that ask nobody
SIGNED = ("cloudpayments", "sbp", "webhooks")

#: body, headers
Sent = tuple[bytes, dict[str, str]]


def switch_on(console: Console, *keys: str) -> None:
    """Set sources up with the secrets of this file; those that sign when none is named."""
    room = context.room(console.app)
    with console.database.write() as session:
        for key in keys or SIGNED:
            payment_sources.change(
                session, room.vault, room.sources[key], enabled=True, values=VALUES[key], actor="admin", now=console.now
            )


def _mac(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).digest()


def cloudpayments(number: object, loan: str, amount: int, at: datetime, **more: Any) -> Sent:
    """A notification Pay; `amount` in kopecks."""
    fields = {"TransactionId": number, "Amount": f"{amount // 100}.{amount % 100:02d}", "Currency": "RUB",
              "InvoiceId": loan, "Status": "Completed", "DateTime": at.strftime("%Y-%m-%d %H:%M:%S")}  # fmt: skip
    body = urlencode(fields | more).encode()
    signature = base64.b64encode(_mac(CLOUD_SECRET, body)).decode()
    return body, {"Content-Type": "application/x-www-form-urlencoded", "Content-HMAC": signature}


def sbp(number: object, loan: str, amount: int, at: datetime, **more: Any) -> Sent:
    """A bank's notification about an order that was paid."""
    fields = {"orderId": str(number), "operationId": f"op-{number}", "partnerOrderNumber": loan, "orderState": "PAID",
              "operationSum": amount, "operationCurrency": "643", "operationDateTime": at.isoformat()}  # fmt: skip
    body = json.dumps(fields | more).encode()
    return body, {"Content-Type": "application/json", "X-Api-Signature-SHA256": _mac(BANK_KEY, body).hex()}


def webhook(number: object, loan: str, amount: int, at: datetime, *, delivery: str | None = None, **more: Any) -> Sent:
    """An event payment.received; `more` goes into its data."""
    data = {"id": str(number), "loan": loan, "amount": amount, "currency": "RUB", "paid_at": at.isoformat()}
    body = json.dumps({"type": "payment.received", "timestamp": at.isoformat(), "data": data | more}).encode()
    message, stamp = delivery or f"msg-{number}", str(int(at.timestamp()))
    key = base64.b64decode(HOOK_SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, b".".join((message.encode(), stamp.encode(), body)), hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(digest).decode()
    headers = {"webhook-id": message, "webhook-timestamp": stamp, "webhook-signature": signature}
    return body, {"Content-Type": "application/json", **headers}


def deliver(console: Console, key: str, sent: Sent, **options: Any) -> TestResponse:
    """Send it to the address of the source, as somebody without a cookie."""
    body, headers = sent
    return console.app.test_client().post(f"/hooks/{key}", data=body, headers=headers, **options)
