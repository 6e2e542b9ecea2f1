"""YooKassa. Its notifications are not signed: only the id in them is believed, and YooKassa is asked what is true."""

from __future__ import annotations

import base64
import ipaddress
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from connectors.bodies import hints, identity, inside, instant, kopecks, names, read_json, said
from scenario_engine.ports import Forged, Notification, SettingField, Told, Unconfirmed, Unreadable
from scenario_engine.texts import Text

#: where YooKassa's notifications come from, as it publishes them
NETWORKS = (
    "185.71.76.0/27",
    "185.71.77.0/27",
    "77.75.153.0/25",
    "77.75.156.11/32",
    "77.75.156.35/32",
    "77.75.154.128/25",
    "2a02:5180::/32",
)
#: the only address that is ever asked; nothing of a notification but a checked id is put behind it
API = "https://api.yookassa.ru/v3"
_ID = re.compile(r"[0-9A-Za-z-]{16,40}")
_LARGEST_ANSWER = 256 * 1024
_SECONDS = 5

#: path below the API and value of the Authorization header → the answer; raises OSError
Fetch = Callable[[str, str], bytes]


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """The secret key goes to the address that was checked and nowhere else."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Follow nothing."""
        return


def fetch(path: str, authorization: str) -> bytes:
    """Ask YooKassa."""
    request = urllib.request.Request(f"{API}/{path}", headers={"Authorization": authorization})  # noqa: S310 - https
    with urllib.request.build_opener(_NoDetours).open(request, timeout=_SECONDS) as answer:
        found: bytes = answer.read(_LARGEST_ANSWER)
    return found


class YooKassa:
    """Payments and refunds that YooKassa confirms."""

    key = "yookassa"
    title = Text("YooKassa", "ЮKassa")
    help = Text(
        "In YooKassa, under Integration → HTTP notifications, enter this address and choose payment.succeeded and "
        "refund.succeeded. Put the loan's number into the payment's metadata as loan or order_id.",
        "В ЮKassa, в разделе «Интеграция → HTTP-уведомления», укажите этот адрес и выберите payment.succeeded и "
        "refund.succeeded. Номер займа передавайте в metadata платежа: loan или order_id.",
    )
    fields: Sequence[SettingField] = (
        SettingField(key="shop_id", title=Text("Shop ID", "Идентификатор магазина (shopId)")),
        SettingField(key="secret_key", title=Text("Secret key", "Секретный ключ"), secret=True),
        SettingField(
            key="ask",
            title=Text("Ask YooKassa about every payment", "Спрашивать ЮKassa о каждом платеже"),
            help=Text(
                "Notifications are not signed, so each is confirmed at api.yookassa.ru. Without this the source "
                "cannot be switched on: nothing leaves this machine until you allow it.",
                "Уведомления не подписаны, поэтому каждое подтверждается на api.yookassa.ru. Без этого источник не "
                "включить: пока вы не разрешите, с этой машины ничего не уходит.",
            ),
            flag=True,
        ),
        SettingField(
            key="networks",
            title=Text("Networks of the sender", "Сети отправителя"),
            help=Text(
                "Others are refused. Empty: any, every payment is confirmed all the same.",
                "Остальные получают отказ. Пусто: любые; каждый платёж всё равно подтверждается.",
            ),
            required=False,
            default=", ".join(NETWORKS),
        ),
    )

    def __init__(self, fetch: Fetch = fetch) -> None:
        self._fetch = fetch

    def read(self, notification: Notification, chosen: Mapping[str, str]) -> Told:
        """What YooKassa itself says about the payment or the refund that the notification names."""
        _check_sender(notification.sender, chosen.get("networks", ""))
        values = read_json(notification.body)
        event = said(values.get("event"))
        kind: Literal["payment", "refund"] = "refund" if event.startswith("refund.") else "payment"
        wanted = said(inside(values, "object", "id"))
        if not event.startswith(("payment.", "refund.")) or not _ID.fullmatch(wanted):
            raise Unreadable("id")
        true = self._ask(f"{kind}s/{wanted}", chosen)
        if identity(true.get("id"), 40) != wanted:
            raise Unconfirmed("another object")
        is_done = said(true.get("status")) == "succeeded" and (kind == "refund" or true.get("paid") is True)
        if kind == "payment" and event == "payment.succeeded" and not is_done:
            raise Forged("status")
        metadata = inside(true, "metadata")
        found = metadata if isinstance(metadata, dict) else {}
        return Told(
            external_id=wanted,
            kind=kind if is_done else "other",
            amount=kopecks(inside(true, "amount", "value")),
            currency=said(inside(true, "amount", "currency")).upper(),
            paid_at=instant(true.get("captured_at") or true.get("created_at"), notification.received_at),
            named=names(
                *(found.get(name) for name in ("loan", "loan_id", "order_id", "account")),
                true.get("merchant_customer_id"),
            ),
            original=said(true.get("payment_id")) or None,
            hints=hints(purpose=true.get("description")),
        )

    def _ask(self, path: str, chosen: Mapping[str, str]) -> dict[str, Any]:
        pair = f"{chosen['shop_id']}:{chosen['secret_key']}".encode()
        try:
            answer = self._fetch(path, f"Basic {base64.b64encode(pair).decode()}")
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                raise Forged("unknown") from error
            raise Unconfirmed(f"status {error.code}") from error
        except OSError as error:
            raise Unconfirmed("no answer") from error
        try:
            return read_json(answer)
        except Unreadable as error:
            raise Unconfirmed("answer") from error

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """Networks that are none, a shop ID that is none, or no leave to ask."""
        if not chosen["shop_id"].isdecimal():
            return Text("The shop ID is a number.", "Идентификатор магазина — это число.")
        if not chosen["secret_key"].isascii() or ":" in chosen["secret_key"]:
            return Text("This is no secret key.", "Это не секретный ключ.")
        try:
            _networks(chosen["networks"])
        except ValueError:
            return Text(
                "Write the networks like 185.71.76.0/27, separated by commas.",
                "Сети пишутся так: 185.71.76.0/27, через запятую.",
            )
        return None

    def thanks(self) -> Mapping[str, Any]:
        """Any 200."""
        return {}


def _networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]


def _check_sender(sender: str, networks: str) -> None:
    allowed = _networks(networks)
    if not allowed:
        return
    try:
        address = ipaddress.ip_address(sender)
    except ValueError as error:
        raise Forged("network") from error
    plain = getattr(address, "ipv4_mapped", None) or address
    if not any(plain in network for network in allowed):
        raise Forged("network")
