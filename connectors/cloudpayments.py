"""CloudPayments: forms or JSON, signed with the API secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.bodies import hints, identity, instant, kopecks, names, read_form, read_json, said, signed
from scenario_engine.ports import Forged, Notification, SettingField, Told, Unreadable
from scenario_engine.texts import Text


class CloudPayments:
    """The notifications Pay and Refund."""

    key = "cloudpayments"
    title = Text("CloudPayments", "CloudPayments")
    help = Text(
        "In CloudPayments, in the settings of the site, enter this address for the notifications Pay and Refund only, "
        "POST, UTF-8. Put the loan's number into InvoiceId, or the borrower's into AccountId.",
        "В CloudPayments, в настройках сайта, укажите этот адрес только для уведомлений Pay и Refund, POST, UTF-8. "
        "Номер займа передавайте в InvoiceId или номер заёмщика в AccountId.",
    )
    fields: Sequence[SettingField] = (
        SettingField(key="secret", title=Text("API secret", "Пароль для API (API Secret)"), secret=True),
    )

    def read(self, notification: Notification, chosen: Mapping[str, str]) -> Told:
        """What it says; signed in one of the two headers over the body as it came."""
        headers = notification.headers
        # Content-HMAC covers the body as it is sent; the other is looked at only where that one is missing
        signature = headers.get("content-hmac") or headers.get("x-content-hmac") or ""
        if not signed(chosen["secret"].encode(), notification.body, signature):
            raise Forged("signature")
        is_json = headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
        values = read_json(notification.body) if is_json else read_form(notification.body)
        is_refund = bool(said(values.get("PaymentTransactionId")))
        is_done = is_refund or said(values.get("Status")) == "Completed"
        data = _data(values.get("Data"))
        return Told(
            external_id=identity(values.get("TransactionId"), 40),
            kind="refund" if is_refund else "payment" if is_done else "other",
            amount=kopecks(values.get("Amount")),
            # a refund does not say it: it is that of the payment
            currency=said(values.get("Currency")).upper() or ("RUB" if is_refund else ""),
            paid_at=instant(values.get("DateTime"), notification.received_at),
            named=names(values.get("InvoiceId"), data.get("loan"), values.get("AccountId")),
            original=said(values.get("PaymentTransactionId")) or None,
            hints=hints(payer=values.get("Name"), email=values.get("Email"), purpose=values.get("Description")),
        )

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """Any secret will do."""
        return None

    def thanks(self) -> Mapping[str, Any]:
        """As the protocol wants it."""
        return {"code": 0}


def _data(value: Any) -> dict[str, Any]:
    """What the shop itself attached, an object or its JSON."""
    if isinstance(value, str):
        try:
            value = read_json(value.encode())
        except (Unreadable, UnicodeEncodeError):
            return {}
    return value if isinstance(value, dict) else {}
