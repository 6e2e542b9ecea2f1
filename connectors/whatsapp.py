"""WhatsApp, its Cloud API: templates that Meta approved, and what it tells by signed calls."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.bodies import inside, moment, read_json, said, words
from connectors.exchange import (
    HttpConnector,
    OneByOne,
    Refused,
    Throttled,
    address,
    address_problem,
    answered,
    asked,
    both,
    first_problem,
)
from connectors.http import Client, Nonsense, Reply
from connectors.phones import COUNTRIES, countries_problem, digits
from scenario_engine.errors import Invalid
from scenario_engine.ports import Delivery, Forged, Link, Notification, Outgoing, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text

_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]{1,2}")
_TEMPLATE = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_NUMBER = re.compile(r"[0-9]{5,25}")
#: characters of a text, and of one text parameter
_LONGEST, _LONGEST_PARAMETER = 4096, 1024

#: codes of Meta that concern the whole account: the same for every message
_TROUBLES: Mapping[int, str] = {
    0: "login", 10: "login", 190: "login", 200: "login", 131005: "login",
    368: "blocked", 131031: "blocked",
    131042: "funds",
    33: "setup", 133010: "setup", 132001: "setup", 132015: "setup", 132016: "setup",
}  # fmt: skip
#: … and that ask for a pause: seconds
_PAUSES: Mapping[int, float] = {4: 300, 80007: 300, 130429: 60, 131048: 3600, 131056: 60, 133016: 3600}
#: … and that are worth another attempt
_LATER = (1, 2, 131000, 131016, 131057, 133004)
_WORDS: Mapping[int, Text] = {
    130472: Text("Meta sends this number no business messages.", "Meta не доставляет этому номеру сообщения бизнеса."),
    131021: Text("This is our own number.", "Это наш собственный номер."),
    131026: Text(
        "The number has no WhatsApp, or cannot take the message.",
        "У номера нет WhatsApp, или он не может принять сообщение.",
    ),
    131030: Text("The number is not among those allowed for tests.", "Номера нет в списке разрешённых для проверки."),
    131047: Text(
        "The borrower has not written for 24 hours: only an approved template may be sent. Fill in its name.",
        "Заёмщик не писал больше суток: можно отправить только одобренный шаблон. Укажите его имя.",
    ),
    131049: Text(
        "Meta held it back: the borrower gets too many business messages.",
        "Meta не доставила: заёмщику пишет слишком много компаний.",
    ),
    131050: Text(
        "The borrower wants no messages from us in WhatsApp.", "Заёмщик отказался от наших сообщений в WhatsApp."
    ),
    132000: Text(
        "The text has another number of lines than the template has gaps.",
        "Число строк в тексте не совпадает с числом мест в шаблоне.",
    ),
    132005: Text("With its gaps filled the template is too long.", "Шаблон с подставленным текстом слишком длинный."),
    132007: Text("The template breaks Meta's rules.", "Шаблон нарушает правила Meta."),
    132012: Text("The template's gaps want something else than text.", "В шаблоне ждут не текст."),
}
_NOT_TAKEN = Text("WhatsApp does not take the message (code {code}).", "WhatsApp не принял сообщение (код {code}).")
_EMPTY = Text("There is no text.", "Текста нет.")
_TOO_LONG = Text("A line is longer than WhatsApp takes.", "Строка длиннее, чем принимает WhatsApp.")
#: the borrower said at WhatsApp itself that they want nothing more
_OPTED_OUT = 131050


class WhatsApp(HttpConnector):
    """Messages as templates, or as plain text to those who wrote within 24 hours."""

    key = "whatsapp"
    title = Text("WhatsApp", "WhatsApp")
    help = Text(
        "In Meta's console, add WhatsApp to an app and make a permanent token of a system user. Have a template "
        "approved whose body has gaps {{1}}, {{2}} …: the first line of a message fills the first gap, and so on. "
        "Enter our address as the webhook with the word for checking below, and subscribe it to “messages”. Before "
        "you switch it on, have a lawyer say whether you may use a foreign messenger.",
        "В консоли Meta добавьте WhatsApp в приложение и создайте бессрочный токен системного пользователя. "
        "Согласуйте шаблон с местами {{1}}, {{2}} …: первая строка сообщения встанет на первое место и так далее. "
        "Укажите наш адрес как вебхук с проверочным словом (ниже) и подпишите его на messages. Перед включением "
        "спросите юриста, можно ли вам писать через иностранный мессенджер.",
    )
    channels: Sequence[str] = ("messenger",)
    fields: Sequence[SettingField] = (
        SettingField(key="phone_id", title=Text("ID of our number", "Идентификатор нашего номера (Phone number ID)")),
        SettingField(key="token", title=Text("Access token", "Токен доступа"), secret=True),
        SettingField(
            key="app_secret",
            title=Text("App secret", "Секрет приложения (App secret)"),
            help=Text("Meta signs its calls with it.", "Им Meta подписывает свои вызовы."),
            secret=True,
        ),
        SettingField(
            key="verify",
            title=Text("Word for checking", "Проверочное слово (Verify token)"),
            help=Text(
                "Make one up, and enter the same at Meta beside our address.",
                "Придумайте его и укажите в Meta рядом с нашим адресом.",
            ),
            secret=True,
        ),
        SettingField(
            key="template",
            title=Text("Template", "Шаблон"),
            help=Text(
                "Its name. Empty: plain text, which reaches only those who wrote within 24 hours.",
                "Его имя. Пусто: обычный текст, он дойдёт только до тех, кто писал нам за последние сутки.",
            ),
            required=False,
        ),
        SettingField(key="language", title=Text("Language of the template", "Язык шаблона"), default="ru"),
        COUNTRIES,
        SettingField(key="version", title=Text("Version of the API", "Версия API"), default="v23.0"),
        address("https://graph.facebook.com"),
    )

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """A number, a template, a language or a version that is none."""
        if not _NUMBER.fullmatch(chosen["phone_id"]):
            return Text(
                "The ID of our number is a number that Meta's console shows; it is not the phone number.",
                "Идентификатор номера — это число из консоли Meta, а не сам телефон.",
            )
        if chosen.get("template") and not _TEMPLATE.fullmatch(chosen["template"]):
            return Text(
                "The name of a template has small Latin letters, digits and underscores.",
                "В имени шаблона — строчные латинские буквы, цифры и подчёркивания.",
            )
        if not _LANGUAGE.fullmatch(chosen["language"]):
            return Text("A language looks like ru or en_US.", "Язык пишется так: ru или en_US.")
        if not _VERSION.fullmatch(chosen["version"]):
            return Text("A version looks like v23.0.", "Версия пишется так: v23.0.")
        return first_problem(countries_problem(chosen), address_problem(chosen))

    def test(self, setup: Setup) -> Text:
        """Ask about our number."""
        with self.client(setup) as client:
            reply = client.get(_path(setup.chosen), {"fields": "verified_name,quality_rating"}, _login(setup.chosen))
        code = _code(reply)
        trouble = None if code is None else _TROUBLES.get(code, "setup")
        if reply.status == 401 or trouble == "login":
            raise Invalid(Text("Meta refused the token.", "Meta не приняла токен."), code="connector.login")
        if trouble is not None:
            raise Unreached(trouble)
        found = asked(reply)
        if not said(found.get("id")):
            raise Unreached("json")
        return Text("Meta knows the number: {name}.", "Meta знает этот номер: {name}.").format(
            name=said(found.get("verified_name"))[:100] or said(found.get("id"))[:30]
        )

    def link(self, client: Client, setup: Setup) -> Link:
        """A message a request."""
        return _Link(client, setup.chosen)

    def hear(self, notification: Notification, setup: Setup) -> Sequence[Report]:
        """What became of messages, and what people wrote: Meta may tell several things in one call."""
        given = notification.headers.get("x-hub-signature-256", "").strip()
        right = hmac.digest(setup.chosen["app_secret"].encode(), notification.body, hashlib.sha256).hex()
        if not setup.chosen["app_secret"] or not hmac.compare_digest(given.encode(), f"sha256={right}".encode()):
            raise Forged("signature")
        told: list[Report] = []
        for value in _values(read_json(notification.body)):
            if said(inside(value, "metadata", "phone_number_id")) not in ("", setup.chosen["phone_id"]):
                continue  # another number of the same app
            told += [report for each in _dicts(value.get("statuses")) for report in _status(each, notification)]
            told += [report for each in _dicts(value.get("messages")) for report in _message(each, notification)]
        return told

    def greet(self, query: Mapping[str, str], setup: Setup) -> str | None:
        """Meta asks whether the address is ours, and is answered with its own challenge."""
        word, challenge = query.get("hub.verify_token", ""), query.get("hub.challenge", "")
        ours = setup.chosen.get("verify", "")
        if query.get("hub.mode") != "subscribe" or not ours or not hmac.compare_digest(word.encode(), ours.encode()):
            return None
        return challenge if re.fullmatch(r"[0-9A-Za-z_-]{1,200}", challenge) else None


class _Link(OneByOne):
    def __init__(self, client: Client, chosen: Mapping[str, str]) -> None:
        super().__init__(client)
        self._chosen = chosen

    def offer(self, message: Outgoing) -> Delivery:
        """One request."""
        values = {
            "messaging_product": "whatsapp", "recipient_type": "individual",
            "to": digits(message.recipient, self._chosen), "biz_opaque_callback_data": message.key[:256],
            **self._said(message.body),
        }  # fmt: skip
        reply = self.client.post_json(f"{_path(self._chosen)}/messages", values, _login(self._chosen))
        _raise_for(reply)
        found = answered(reply)
        sent = found.get("messages")
        receipt = said(sent[0].get("id")) if isinstance(sent, list) and sent and isinstance(sent[0], dict) else ""
        if not receipt or len(receipt) > 100:
            raise Nonsense("json")
        return Delivery(message_id=message.message_id, accepted=True, receipt=receipt)

    def _said(self, body: str) -> dict[str, Any]:
        name = self._chosen.get("template")
        if not body.strip():
            raise Refused(_EMPTY)
        if not name:
            if len(body) > _LONGEST:
                raise Refused(_TOO_LONG)
            return {"type": "text", "text": {"body": body, "preview_url": False}}
        # a parameter may hold neither a line break nor many spaces
        lines = [" ".join(line.split()) for line in body.splitlines() if line.strip()]
        if any(len(line) > _LONGEST_PARAMETER for line in lines):
            raise Refused(_TOO_LONG)
        parameters = [{"type": "text", "text": line} for line in lines]
        return {
            "type": "template",
            "template": {
                "name": name,
                "language": {"code": self._chosen["language"], "policy": "deterministic"},
                "components": [{"type": "body", "parameters": parameters}],
            },
        }


def _path(chosen: Mapping[str, str]) -> str:
    return f"/{chosen['version']}/{chosen['phone_id']}"


def _login(chosen: Mapping[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {chosen['token']}"}


def _code(reply: Reply) -> int | None:
    """Meta's number of the error; null: there is none, or none that can be read."""
    try:
        value = inside(reply.read_object(), "error", "code")
    except Nonsense:
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _raise_for(reply: Reply) -> None:
    """Raises what Meta's error means; nothing when there is none."""
    code = _code(reply)
    if code is None:
        return
    if code in _PAUSES:
        raise Throttled(reply.pause or _PAUSES[code])
    if code in _TROUBLES:
        raise Unreached(_TROUBLES[code])
    raise Refused(_worded(code), retry=code in _LATER)


def _worded(code: int) -> Text:
    return _WORDS.get(code) or _NOT_TAKEN.format(code=code)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _values(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in _dicts(body.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            if change.get("field") == "messages" and isinstance(value, dict):
                yield value


def _status(told: Mapping[str, Any], notification: Notification) -> Iterator[Report]:
    receipt, status = said(told.get("id")), said(told.get("status"))
    at = moment(told.get("timestamp"), notification.received_at)
    address = _plus(said(told.get("recipient_id")))
    if not receipt or len(receipt) > 100:
        return
    if status in ("delivered", "read"):
        yield Report(kind="delivered", key=f"{receipt}-delivered", at=at, receipt=receipt, address=address)
    elif status == "failed":
        codes = [each.get("code") for each in _dicts(told.get("errors"))]
        code = next((each for each in codes if isinstance(each, int)), 0)
        yield Report(
            kind="failed", key=f"{receipt}-failed", at=at, receipt=receipt, address=address, error=both(_worded(code))
        )
        if code == _OPTED_OUT:
            yield Report(kind="opt_out", key=f"{receipt}-opt-out", at=at, receipt=receipt, address=address)


def _message(told: Mapping[str, Any], notification: Notification) -> Iterator[Report]:
    named, sender = said(told.get("id")), said(told.get("from"))
    if not named or not sender:
        return
    text = next(
        (
            found
            for path in (
                ("text", "body"),
                ("button", "text"),
                ("interactive", "button_reply", "title"),
                ("image", "caption"),
            )
            if isinstance(found := inside(told, *path), str)
        ),
        "",
    )
    yield Report(
        kind="reply", key=f"reply-{hashlib.sha256(named.encode()).hexdigest()[:32]}",
        at=moment(told.get("timestamp"), notification.received_at), address=_plus(sender),
        receipt=said(inside(told, "context", "id")) or None, text=words(text) or None,
    )  # fmt: skip


def _plus(phone: str) -> str | None:
    return f"+{phone}" if phone.isdecimal() else None
