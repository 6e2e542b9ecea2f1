"""SMSC: short messages over HTTP, and its reports. A message carries our key as its id, so it can be asked about."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.bodies import identity, moment, read_form, said, words
from connectors.exchange import (
    HOOK_KEY,
    HttpConnector,
    OneByOne,
    Refused,
    Throttled,
    address,
    address_problem,
    answered,
    asked,
    both,
    check_hook_key,
    cost,
    first_problem,
    hook_key_problem,
)
from connectors.http import Client, Nonsense
from connectors.phones import COUNTRIES, countries_problem, digits
from scenario_engine.errors import Invalid
from scenario_engine.ports import Delivery, Link, Notification, Outgoing, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text

#: what concerns the message alone
_REFUSALS: Mapping[int, Text] = {
    1: Text("SMSC does not understand the message.", "SMSC не разобрал сообщение."),
    5: Text("SMSC does not take the date.", "SMSC не принял дату."),
    6: Text("SMSC forbids this text or this sender's name.", "SMSC запретил такой текст или имя отправителя."),
    7: Text("SMSC takes the phone number for a wrong one.", "SMSC считает номер телефона неверным."),
    8: Text("SMSC cannot deliver to this number.", "SMSC не может доставить на этот номер."),
}
#: what concerns all of them
_TROUBLES = {2: "login", 3: "funds", 4: "blocked"}
_THROTTLED, _MINUTE = 9, 60.0

_DELIVERED, _NOT_FOUND = (1, 2, 4), -3
_FAILED: Mapping[int, Text] = {
    -2: Text("SMSC stopped it.", "SMSC остановил отправку."),
    3: Text("It ran out of time.", "Истёк срок доставки."),
    20: Text("It cannot be delivered.", "Доставить невозможно."),
    22: Text("The number is wrong.", "Неверный номер."),
    23: Text("SMSC forbids it.", "SMSC запретил."),
    24: Text("No money left on the account.", "На счёте закончились деньги."),
    25: Text("The number cannot be reached.", "Номер недоступен."),
}
_ID = re.compile(r"[0-9A-Za-z._-]{1,40}")


class Smsc(HttpConnector):
    """Messages by send.php; reports and replies by calls to our address."""

    key = "smsc"
    title = Text("SMSC", "SMSC")
    help = Text(
        "In SMSC, make an API key (Settings → Security) and have the sender's name approved. For reports and replies "
        "enter our address with ?key= and the secret of our address as the handler of statuses and of incoming "
        "messages, method POST.",
        "В SMSC создайте API-ключ («Настройки → Безопасность») и согласуйте имя отправителя. Чтобы получать отчёты и "
        "ответы, укажите наш адрес с ?key= и секретом нашего адреса как обработчик статусов и входящих сообщений, "
        "метод POST.",
    )
    channels: Sequence[str] = ("sms",)
    fields: Sequence[SettingField] = (
        SettingField(
            key="login",
            title=Text("Login", "Логин"),
            help=Text("Only with a password; an API key needs none.", "Нужен только с паролем; с API-ключом не нужен."),
            required=False,
        ),
        SettingField(key="secret", title=Text("API key or password", "API-ключ или пароль"), secret=True),
        SettingField(key="sender", title=Text("Sender's name", "Имя отправителя"), required=False),
        COUNTRIES,
        HOOK_KEY,
        address("https://smsc.ru"),
    )

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """Countries, our secret, the address."""
        return first_problem(countries_problem(chosen), hook_key_problem(chosen), address_problem(chosen))

    def test(self, setup: Setup) -> Text:
        """Ask for the balance."""
        with self.client(setup) as client:
            found = asked(client.post_form("/sys/balance.php", _login(setup.chosen)))
        code = _code(found)
        if _TROUBLES.get(code) == "login":
            raise Invalid(Text("SMSC refused the login.", "SMSC не принял логин."), code="connector.login")
        if code or not said(found.get("balance")):
            raise Unreached(_TROUBLES.get(code, "json"))
        return Text("SMSC knows us. Balance: {sum} ₽.", "SMSC нас узнал. Баланс: {sum} ₽.").format(
            sum=said(found.get("balance"))[:20]
        )

    def link(self, client: Client, setup: Setup) -> Link:
        """A message a request."""
        return _Link(client, setup.chosen)

    def hear(self, notification: Notification, setup: Setup) -> Sequence[Report]:
        """A report, or a reply. What is on the way still is nothing to tell."""
        check_hook_key(notification, setup.chosen)
        values = read_form(notification.body)
        at = moment(values.get("ts"), notification.received_at)
        phone = said(values.get("phone"))
        if "mes" in values:
            text = words(values["mes"])
            # a repetition says the same, in the same second
            same = f"{identity(phone, 32)}\n{said(values.get('ts')) or f'{at:%Y%m%d%H%M}'}\n{text}"
            key = f"reply-{hashlib.sha256(same.encode()).hexdigest()[:32]}"
            return (Report(kind="reply", key=key, at=at, address=_plus(phone), text=text),)
        receipt, status = identity(values.get("id"), 40), _number(values.get("status"))
        told: dict[str, Any] = {"at": at, "receipt": receipt, "address": _plus(phone)}
        if status in _DELIVERED:
            return (Report(kind="delivered", key=f"{receipt}-delivered", cost=cost(values.get("cost")), **told),)
        if status is not None and status in _FAILED:
            return (Report(kind="failed", key=f"{receipt}-failed", error=both(_FAILED[status]), **told),)
        return ()

    def greet(self, query: Mapping[str, str], setup: Setup) -> str | None:
        """SMSC makes sure of nothing."""
        return None


class _Link(OneByOne):
    recognises = True

    def __init__(self, client: Client, chosen: Mapping[str, str]) -> None:
        super().__init__(client)
        self._chosen = chosen

    def offer(self, message: Outgoing) -> Delivery:
        """Ask about it if it may be there, else send it."""
        phone, name = digits(message.recipient, self._chosen), _name(message.key)
        if message.again and self._has(phone, name):
            return Delivery(message_id=message.message_id, accepted=True, receipt=name)
        values = {"phones": phone, "mes": message.body, "id": name, "charset": "utf-8", "cost": "3"}
        if self._chosen.get("sender"):
            values["sender"] = self._chosen["sender"]
        found = answered(self.client.post_form("/sys/send.php", _login(self._chosen) | values))
        _raise_for(_code(found))
        receipt = said(found.get("id"))
        if not receipt:
            raise Nonsense("json")
        return Delivery(message_id=message.message_id, accepted=True, receipt=receipt, cost=cost(found.get("cost")))

    def _has(self, phone: str, name: str) -> bool:
        found = answered(self.client.post_form("/sys/status.php", _login(self._chosen) | {"phone": phone, "id": name}))
        _raise_for(_code(found))
        status = _number(found.get("status"))
        return status is not None and status != _NOT_FOUND


def _login(chosen: Mapping[str, str]) -> dict[str, str]:
    if chosen.get("login"):
        return {"login": chosen["login"], "psw": chosen["secret"], "fmt": "3"}
    return {"apikey": chosen["secret"], "fmt": "3"}


def _raise_for(code: int) -> None:
    if code in _TROUBLES:
        raise Unreached(_TROUBLES[code])
    if code == _THROTTLED:
        raise Throttled(_MINUTE)
    if code:
        raise Refused(_REFUSALS.get(code, _REFUSALS[1]))


def _code(found: Mapping[str, Any]) -> int:
    """The number of the error; 0: none."""
    return (_number(found.get("error_code")) or 1) if "error" in found or "error_code" in found else 0


def _number(value: Any) -> int | None:
    text = said(value)
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else None


def _name(key: str) -> str:
    """The key as an id of SMSC."""
    return key if _ID.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()[:40]


def _plus(phone: str) -> str | None:
    return f"+{phone.removeprefix('+')}" if phone else None
