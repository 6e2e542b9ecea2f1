"""SMS Aero, version 2 of its API: short messages over HTTP, and its reports."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from connectors.bodies import identity, moment, read_form, read_json, said
from connectors.exchange import (
    HttpConnector,
    OneByOne,
    Refused,
    address,
    address_problem,
    answered,
    asked,
    both,
    cost,
    first_problem,
)
from connectors.http import Client, Nonsense, Reply, split
from connectors.phones import COUNTRIES, countries_problem, digits
from scenario_engine.errors import Invalid
from scenario_engine.ports import Delivery, Forged, Link, Notification, Outgoing, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text

_REFUSED = Text("SMS Aero does not take the message: {why}.", "SMS Aero не принимает сообщение: {why}.")
_FIELDS: Mapping[str, Text] = {
    "number": Text("the phone number", "номер телефона"),
    "text": Text("the text", "текст"),
    "sign": Text("the signature", "подпись"),
    "callbackUrl": Text("our address for reports", "наш адрес для отчётов"),
}
_SOMETHING = Text("it gives no reason that we know", "причину не назвали")
_DELIVERED = 1
_FAILED: Mapping[int, Text] = {
    2: Text("It was not delivered.", "Не доставлено."),
    6: Text("SMS Aero rejected it.", "SMS Aero отклонил сообщение."),
}


class SmsAero(HttpConnector):
    """Messages by /v2/sms/send; reports by calls to an address of ours that each message names."""

    key = "smsaero"
    title = Text("SMS Aero", "SMS Aero")
    help = Text(
        "In SMS Aero, make an API key (Settings → API and SMPP) and have a signature approved. For reports write the "
        "address of this connector's calls, as the internet sees it, into the setting below; nothing is to be entered "
        "at SMS Aero.",
        "В SMS Aero создайте API-ключ («Настройки → API и SMPP») и согласуйте подпись. Чтобы получать отчёты, впишите "
        "ниже адрес вызовов этого канала так, как он виден из интернета; в самом SMS Aero указывать ничего не нужно.",
    )
    channels: Sequence[str] = ("sms",)
    fields: Sequence[SettingField] = (
        SettingField(key="email", title=Text("E-mail of the account", "Почта аккаунта")),
        SettingField(key="secret", title=Text("API key", "API-ключ"), secret=True),
        SettingField(key="sign", title=Text("Signature", "Подпись"), default="SMS Aero"),
        SettingField(
            key="trial",
            title=Text("Test mode of SMS Aero", "Тестовый режим SMS Aero"),
            help=Text(
                "SMS Aero takes the messages, delivers none and takes no money.",
                "SMS Aero принимает сообщения, но никому не доставляет и денег не берёт.",
            ),
            flag=True,
            required=False,
        ),
        SettingField(
            key="callback",
            title=Text("Our address for reports", "Наш адрес для отчётов"),
            help=Text(
                "https://…/hooks/smsaero. Without it nobody tells whether a message was delivered.",
                "https://…/hooks/smsaero. Без него никто не сообщит, доставлено ли сообщение.",
            ),
            required=False,
        ),
        COUNTRIES,
        address("https://gate.smsaero.ru"),
    )

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """An e-mail that is none, countries, addresses."""
        if "@" not in chosen["email"] or ":" in chosen["email"]:
            return Text("The login is the e-mail of the account.", "Логин — это почта аккаунта.")
        if chosen.get("callback"):
            try:
                split(chosen["callback"])
            except Invalid as error:
                return error.text
        return first_problem(countries_problem(chosen), address_problem(chosen))

    def test(self, setup: Setup) -> Text:
        """Log in and ask for the balance."""
        with self.client(setup) as client:
            reply = client.post_json("/v2/balance", {}, _login(setup.chosen))
        if reply.status in (401, 403):
            raise Invalid(Text("SMS Aero refused the login.", "SMS Aero не принял логин."), code="connector.login")
        found = asked(reply)
        data = found.get("data")
        if found.get("success") is not True or not isinstance(data, dict):
            raise Unreached("json")
        return Text("SMS Aero knows us. Balance: {sum} ₽.", "SMS Aero нас узнал. Баланс: {sum} ₽.").format(
            sum=str(data.get("balance"))[:20]
        )

    def link(self, client: Client, setup: Setup) -> Link:
        """A message a request."""
        return _Link(client, setup.chosen)

    def hear(self, notification: Notification, setup: Setup) -> Sequence[Report]:
        """A report. It is signed in the address that it comes to, and so are the message that it may speak of."""
        ours = notification.query.get("message", "")
        signature = notification.query.get("sign", "")
        if not ours or not hmac.compare_digest(signature.encode(), _signature(setup.chosen, ours).encode()):
            raise Forged("signature")
        kind = notification.headers.get("content-type", "")
        values = read_json(notification.body) if "json" in kind else read_form(notification.body)
        receipt, status = identity(values.get("id"), 40), said(values.get("status"))
        at = moment(values.get("dateAnswer"), notification.received_at)
        if status == str(_DELIVERED):
            return (
                Report(
                    kind="delivered", key=f"{ours}-delivered", at=at, receipt=receipt, cost=cost(values.get("cost"))
                ),
            )
        if status.isdecimal() and int(status) in _FAILED:
            why = both(_FAILED[int(status)])
            return (Report(kind="failed", key=f"{ours}-failed", at=at, receipt=receipt, error=why),)
        return ()

    def greet(self, query: Mapping[str, str], setup: Setup) -> str | None:
        """SMS Aero makes sure of nothing."""
        return None


class _Link(OneByOne):
    def __init__(self, client: Client, chosen: Mapping[str, str]) -> None:
        super().__init__(client)
        self._chosen = chosen

    def offer(self, message: Outgoing) -> Delivery:
        """One request."""
        values: dict[str, Any] = {
            "number": digits(message.recipient, self._chosen),
            "text": message.body,
            "sign": self._chosen["sign"],
        }
        if self._chosen.get("callback"):
            ours = {"message": message.key, "sign": _signature(self._chosen, message.key)}
            values |= {"callbackUrl": f"{self._chosen['callback']}?{urlencode(ours)}", "callbackFormat": "JSON"}
        path = "/v2/sms/testsend" if self._chosen.get("trial") else "/v2/sms/send"
        data = _data(self.client.post_json(path, values, _login(self._chosen)))
        receipt = said(data.get("id"))
        if not receipt:
            raise Nonsense("json")
        return Delivery(message_id=message.message_id, accepted=True, receipt=receipt, cost=cost(data.get("cost")))


def _data(reply: Reply) -> Mapping[str, Any]:
    """What is in a successful answer. Raises as `offer` does."""
    if reply.status in (401, 403):
        raise Unreached("login")
    if reply.status == 402:
        raise Unreached("funds")
    found = answered(reply)
    if found.get("result") == "no credits":
        raise Unreached("funds")
    data = found.get("data")
    if found.get("success") is True and isinstance(data, dict):
        return data
    if found.get("success") is False or found.get("result") == "reject":
        wrong = data if isinstance(data, dict) else {}
        named = next((title for name, title in _FIELDS.items() if name in wrong), _SOMETHING)
        raise Refused(_REFUSED.format(why=named))
    raise Nonsense("json")


def _login(chosen: Mapping[str, str]) -> dict[str, str]:
    pair = f"{chosen['email']}:{chosen['secret']}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}


def _signature(chosen: Mapping[str, str], key: str) -> str:
    """What proves that we gave out the address: SMS Aero signs nothing itself."""
    return hmac.digest(chosen["secret"].encode(), f"report of {key}".encode(), hashlib.sha256).hex()[:32]
