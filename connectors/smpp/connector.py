"""Settings of an SMPP connection, its test and its opening."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from connectors.exchange import first_problem
from connectors.phones import COUNTRIES, countries_problem
from connectors.smpp.inbox import Clock
from connectors.smpp.link import SmppLink
from connectors.smpp.sending import Limits, Manner
from connectors.smpp.words import is_form, judge
from connectors.wire import Trust, connect, host_problem, port_of, secure
from scenario_engine.addresses import Lookup, look_up
from scenario_engine.errors import Invalid
from scenario_engine.ports import Link, SettingField, Setup, Unreached
from scenario_engine.texts import Text

_LARGEST_WINDOW = 1000
#: characters, as SMPP 3.4 has room for them
_LONGEST = {"system_id": 15, "password": 8, "system_type": 12}
_LONGEST_NAME, _LONGEST_NUMBER = 11, 20


class Smpp:
    """Short messages to a centre of a phone company or an aggregator."""

    key = "smpp"
    title = Text("SMPP 3.4", "SMPP 3.4")
    help = Text(
        "The provider gives you a server, a port, a system ID with its password, and the name that borrowers see. Ask "
        "for a transceiver connection, for delivery receipts, and how many messages may be under way at once.",
        "Провайдер даёт сервер, порт, system ID с паролем и имя, которое увидят заёмщики. Попросите подключение "
        "transceiver, отчёты о доставке и узнайте, сколько сообщений можно отправлять, не дожидаясь ответа.",
    )
    channels: Sequence[str] = ("sms",)
    fields: Sequence[SettingField] = (
        SettingField(key="host", title=Text("Server", "Сервер")),
        SettingField(key="port", title=Text("Port", "Порт"), default="2775"),
        SettingField(
            key="tls",
            title=Text("With TLS", "С шифрованием TLS"),
            help=Text(
                "The certificate must be one that this machine trusts.",
                "Сертификат должен быть из тех, которым доверяет эта машина.",
            ),
            flag=True,
            required=False,
        ),
        SettingField(key="system_id", title=Text("System ID", "System ID")),
        SettingField(key="password", title=Text("Password", "Пароль"), secret=True),
        SettingField(
            key="system_type",
            title=Text("System type", "System type"),
            help=Text("Only if the provider named one.", "Только если провайдер его назвал."),
            required=False,
        ),
        SettingField(
            key="sender",
            title=Text("Sender", "Отправитель"),
            help=Text(
                "The name or the number that borrowers see, as agreed with the provider.",
                "Имя или номер, который увидят заёмщики, — как согласовано с провайдером.",
            ),
        ),
        COUNTRIES,
        SettingField(
            key="window",
            title=Text("Messages under way at once", "Сообщений в пути одновременно"),
            help=Text(
                "How many the SMS centre takes before it has answered the first.",
                "Сколько сообщений SMS-центр принимает, ещё не ответив на первое.",
            ),
            default="10",
        ),
        SettingField(
            key="whole",
            title=Text("Send long texts whole", "Отправлять длинные тексты целиком"),
            help=Text(
                "The SMS centre cuts them itself (message_payload). Otherwise they leave in parts, and the receipt is "
                "that of the last. Each part costs either way.",
                "SMS-центр разрежет их сам (message_payload). Иначе они уходят частями, а отчёт приходит о последней. "
                "Платить за каждую часть придётся в любом случае.",
            ),
            flag=True,
            required=False,
        ),
        SettingField(
            key="ids",
            title=Text("Numbers of messages", "Номера сообщений"),
            help=Text(
                "same: answers and receipts name a message alike. hex-dec: the answer has the number in hexadecimal, "
                "the receipt in decimal. dec-hex: the other way round. Ask the provider.",
                "same — в ответе и в отчёте номер один и тот же. hex-dec — в ответе шестнадцатеричный, в отчёте "
                "десятичный. dec-hex — наоборот. Уточните у провайдера.",
            ),
            default="same",
        ),
    )

    def __init__(
        self,
        lookup: Lookup = look_up,
        trust: Trust = ssl.create_default_context,
        limits: Limits | None = None,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._lookup = lookup
        self._trust = trust
        self._limits = limits or Limits()
        self._clock = clock

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """Server, login, sender, countries, window, form of numbers."""
        return first_problem(
            host_problem(chosen), _login_problem(chosen), _sender_problem(chosen), countries_problem(chosen),
            _manner_problem(chosen),
        )  # fmt: skip

    def test(self, setup: Setup) -> Text:
        """Log in and take leave."""
        link, named = self._bound(setup)
        link.close()
        return Text(
            "The SMS centre took the login. It calls itself {name}.",
            "SMS-центр принял логин. Он называет себя {name}.",
        ).format(name=named[:30] or setup.chosen["host"][:100])

    @contextmanager
    def open(self, setup: Setup) -> Iterator[Link]:
        """A bound connection."""
        link, _ = self._bound(setup)
        try:
            yield link
        finally:
            link.close()

    def _bound(self, setup: Setup) -> tuple[SmppLink, str]:
        chosen, seconds = setup.chosen, self._limits.connect
        host = chosen["host"]
        line = connect(host, port_of(chosen), networks=setup.networks, lookup=self._lookup, seconds=seconds)
        if chosen.get("tls"):
            line = secure(line, host, self._trust)
        manner = Manner(
            sender=chosen["sender"].strip().removeprefix("+"), window=int(chosen["window"]),
            is_whole=bool(chosen.get("whole")), form=chosen["ids"], chosen=chosen,
        )  # fmt: skip
        link = SmppLink(line, manner, clock=self._clock, limits=self._limits)
        try:
            status, named = link.bind(chosen["system_id"], chosen["password"], chosen.get("system_type", ""))
            if status:
                _refuse(status)
        except BaseException:
            line.close()
            raise
        return link, named


def _refuse(status: int) -> None:
    judgement = judge(status)
    if judgement.kind == "login":
        raise Invalid(
            Text(
                "The SMS centre refused the login (code {code}). Check the system ID, the password and the address "
                "from which you may connect.",
                "SMS-центр не принял логин (код {code}). Проверьте system ID, пароль и адрес, с которого вам разрешено "
                "подключаться.",
            ).format(code=f"0x{status:02X}"),
            code="connector.login",
        )
    raise Unreached("blocked" if judgement.kind == "slower" else "server")


def _login_problem(chosen: Mapping[str, str]) -> Text | None:
    for key, most in _LONGEST.items():
        value = chosen.get(key, "")
        if len(value) > most or not value.isascii() or not (value.isprintable() or not value):
            return Text(
                "SMPP has room for {most} Latin characters in the field {name}.",
                "В SMPP в поле «{name}» помещается {most} латинских символов.",
            ).format(most=most, name=next(each.title for each in Smpp.fields if each.key == key))
    return None


def _sender_problem(chosen: Mapping[str, str]) -> Text | None:
    sender = chosen.get("sender", "").strip().removeprefix("+")
    most = _LONGEST_NUMBER if sender.isdigit() else _LONGEST_NAME
    if sender and len(sender) <= most and sender.isascii() and sender.isprintable():
        return None
    return Text(
        "The sender is a name of at most 11 Latin characters, or a number.",
        "Отправитель — имя не длиннее 11 латинских символов или номер.",
    )


def _manner_problem(chosen: Mapping[str, str]) -> Text | None:
    window = chosen.get("window", "")
    if not (window.isascii() and window.isdigit() and 0 < int(window[:6]) <= _LARGEST_WINDOW):
        return Text(
            "Messages under way at once: a number from 1 to {most}.",
            "Сообщений в пути одновременно: число от 1 до {most}.",
        ).format(most=_LARGEST_WINDOW)
    if not is_form(chosen.get("ids", "")):
        return Text("Numbers of messages: same, hex-dec or dec-hex.", "Номера сообщений: same, hex-dec или dec-hex.")
    return None
