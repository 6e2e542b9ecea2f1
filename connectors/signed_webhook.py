"""Signed webhooks of the step “Webhook”: fields of a case as JSON, signed as Standard Webhooks says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from connectors.exchange import both, refusal
from connectors.http import Client, Limits, Unanswered
from connectors.standard_webhooks import headers_of, secret_of
from scenario_engine.addresses import Lookup
from scenario_engine.errors import Invalid
from scenario_engine.ports import Delivery, Link, Outgoing, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text

_LIMITS = Limits(size=4096)
_SECRET = Text("The secret is whsec_ and 16 to 64 bytes in base64.", "Секрет — это whsec_ и от 16 до 64 байт в base64.")
_GONE = Text("The receiver wants no more of this (410).", "Получатель больше ничего не ждёт по этому адресу (410).")
_ELSEWHERE = Text(
    "The address leads elsewhere ({status}); nothing was followed.",
    "Адрес ведёт в другое место ({status}); мы туда не пошли.",
)
_ANSWERED = Text("The receiver answered with {status}.", "Получатель ответил кодом {status}.")
_SILENT = Text("The receiver could not be told: {why}.", "Не удалось сообщить получателю: {why}.")


class SignedWebhook:
    """A POST to the address of the step."""

    key = "signed_webhook"
    title = Text("Signed webhook", "Подписанный вебхук")
    help = Text(
        "Make a secret and enter the same at the receiver: it checks webhook-signature as standardwebhooks.com says. "
        'The body is {"type": "case.told", "data": {…}} with the fields of the step, sums in kopecks. '
        "Any answer of 2xx counts as taken. A webhook that got no answer comes again with the same webhook-id.",
        "Придумайте секрет и укажите его у получателя: он проверяет webhook-signature по standardwebhooks.com. "
        'Тело — {"type": "case.told", "data": {…}} с полями шага, суммы в копейках. Любой '
        "ответ 2xx значит «принято». Вебхук, на который не ответили, придёт ещё раз с тем же webhook-id.",
    )
    channels: Sequence[str] = ("webhook",)
    fields: Sequence[SettingField] = (
        SettingField(key="secret", title=Text("Secret", "Секрет"), help=_SECRET, secret=True),
    )

    def __init__(
        self, limits: Limits = _LIMITS, lookup: Lookup | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._limits = limits
        self._lookup = lookup
        self._clock = clock

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """A secret that is none."""
        return _SECRET if secret_of(chosen["secret"]) is None else None

    def test(self, setup: Setup) -> Text:
        """There is nobody to ask: each step has an address of its own."""
        if secret_of(setup.chosen["secret"]) is None:
            raise Invalid(_SECRET, code="connector.secret")
        return Text(
            "The secret is in order. The addresses are those of the steps: try one with a loan of your own.",
            "Секрет в порядке. Адреса указаны в шагах: проверьте один на своём займе.",
        )

    def open(self, setup: Setup) -> AbstractContextManager[Link]:
        """A link that connects for each message."""
        secret = secret_of(setup.chosen["secret"])
        if secret is None:
            raise Invalid(_SECRET, code="connector.secret")
        return nullcontext(_Link(secret, setup.networks, self._limits, self._lookup, self._clock))


class _Link:
    def __init__(
        self, secret: bytes, networks: str, limits: Limits, lookup: Lookup | None, clock: Callable[[], float]
    ) -> None:
        self._secret = secret
        self._networks = networks
        self._limits = limits
        self._lookup = lookup
        self._clock = clock

    def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
        """Each to its own address: one that cannot be reached keeps nothing back for another."""
        for message in batch:
            yield self._send(message)

    def _send(self, message: Outgoing) -> Delivery:
        body = message.body.encode()
        stamp = str(int(self._clock()))
        headers = {"Content-Type": "application/json", **headers_of(self._secret, message.key, stamp, body)}
        try:
            with Client(message.recipient, networks=self._networks, lookup=self._lookup, limits=self._limits) as client:
                status = client.ask("POST", "", headers, body).status
        except Invalid as error:
            return refusal(message, error.text)
        except Unreached as error:
            return Delivery(
                message_id=message.message_id, accepted=False, retry=True, uncertain=isinstance(error, Unanswered),
                error=both(_SILENT.format(why=error.said)),
            )  # fmt: skip
        if 200 <= status < 300:
            return Delivery(message_id=message.message_id, accepted=True, receipt=message.key)
        if status == 410:
            return refusal(message, _GONE)
        if 300 <= status < 400:
            return refusal(message, _ELSEWHERE.format(status=status))
        return refusal(message, _ANSWERED.format(status=status), retry=True)

    def poll(self) -> Sequence[Report]:
        """Nobody tells anything."""
        return ()

    def take(self, reports: Sequence[Report]) -> None:
        """Nothing was told."""
