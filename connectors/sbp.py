"""SBP, the Faster Payments System, through a bank: notifications about QR codes, signed with a shared key.

The banks agree on the statuses of an order and on little else. Read are the names that the largest of them uses; the
header that carries the signature is chosen.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from zoneinfo import ZoneInfo

from connectors.bodies import hints, identity, instant, names, read_json, said, signed, whole_kopecks
from scenario_engine.ports import Forged, Notification, SettingField, Told, Unreadable
from scenario_engine.texts import Text

_Kind = Literal["payment", "refund", "other"]
#: what each status of an order means for the money
STATES: Mapping[str, _Kind] = {
    "PAID": "payment",
    "REFUNDED": "refund",
    "REVERSED": "refund",
    "CREATED": "other",
    "ON_PAYMENT": "other",
    "REVOKED": "other",
    "DECLINED": "other",
    "EXPIRED": "other",
}
#: ISO 4217 numbers, which banks write instead of letters
_CURRENCIES = {"643": "RUB", "810": "RUB", "840": "USD", "978": "EUR", "156": "CNY"}
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
#: banks write local time of Moscow when they write no offset
_MOSCOW = ZoneInfo("Europe/Moscow")


class Sbp:
    """QR payments of a bank."""

    key = "sbp"
    title = Text("SBP (through a bank)", "СБП (через банк)")
    help = Text(
        "Give this address to your bank for notifications about QR payments, and agree on a key for HMAC-SHA256 over "
        "the body. The loan's number belongs into the order's number (partnerOrderNumber).",
        "Сообщите этот адрес банку для уведомлений об оплате по QR и договоритесь о ключе: HMAC-SHA256 от тела "
        "запроса. Номер займа передавайте как номер заказа (partnerOrderNumber).",
    )
    fields: Sequence[SettingField] = (
        SettingField(key="secret", title=Text("Key of the signature", "Ключ подписи"), secret=True),
        SettingField(
            key="header",
            title=Text("Header with the signature", "Заголовок с подписью"),
            help=Text("In hexadecimal or base64.", "В шестнадцатеричном виде или base64."),
            default="X-Api-Signature-SHA256",
        ),
    )

    def read(self, notification: Notification, chosen: Mapping[str, str]) -> Told:
        """What it says."""
        signature = notification.headers.get(chosen["header"].lower(), "").strip()
        if re.fullmatch(r"[0-9A-Fa-f]{64}", signature):
            signature = base64.b64encode(binascii.unhexlify(signature)).decode()
        if not signed(chosen["secret"].encode(), notification.body, signature):
            raise Forged("signature")
        values = read_json(notification.body)
        kind = STATES.get(said(values.get("orderState")).upper())
        if kind is None:
            raise Unreadable("status")
        currency = said(values.get("operationCurrency")).upper()
        order = identity(values.get("orderId"), 40)
        return Told(
            # an order is paid once; what goes back may go back in parts, each an operation of its own
            external_id=identity(values.get("operationId"), 40) if kind == "refund" else order,
            kind=kind,
            amount=whole_kopecks(values.get("operationSum")),
            currency=_CURRENCIES.get(currency, currency),
            paid_at=instant(values.get("operationDateTime"), notification.received_at, _MOSCOW),
            named=names(values.get("partnerOrderNumber")),
            original=order if kind == "refund" else None,
            hints=hints(
                payer=values.get("payerName"), phone=values.get("payerPhone"), purpose=values.get("paymentPurpose")
            ),
        )

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """A header that cannot be one."""
        if not _HEADER.fullmatch(chosen["header"]):
            return Text(
                "A header's name has letters, digits and hyphens.",
                "Имя заголовка — это латинские буквы, цифры и дефис.",
            )
        return None

    def thanks(self) -> Mapping[str, Any]:
        """Any 200."""
        return {}
