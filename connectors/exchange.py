"""What connectors that speak HTTP share: one message after the other, and what became of each.

What concerns one message is a `Refused`; what concerns all of them (no connection, no money, a key that is refused) is
an `Unreached`; what asks for a pause is `Throttled`. A request that may have arrived and got no answer makes its
message uncertain: it goes again only where the other side knows it by its key.
"""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from connectors.http import Client, Limits, Nonsense, Reply, Unanswered, split
from scenario_engine.addresses import Lookup
from scenario_engine.errors import Invalid
from scenario_engine.ports import Delivery, Forged, Link, Notification, Outgoing, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text

#: the pause after a throttling answer that names none, seconds
_PAUSE = 30.0
_THROTTLED = Text(
    "The other side asked to send more slowly; this goes again after a pause.",
    "Другая сторона попросила слать медленнее; отправим ещё раз после паузы.",
)
_MAYBE = Text(
    "It may have been sent: the request left, and no clear answer came ({why}).",
    "Возможно, отправлено: запрос ушёл, но ясного ответа не было ({why}).",
)


class HttpConnector(ABC):
    """A connector that speaks HTTP with the system at its setting `address`."""

    def __init__(self, limits: Limits | None = None, lookup: Lookup | None = None) -> None:
        self._limits = limits
        self._lookup = lookup

    def client(self, setup: Setup) -> Client:
        """What requests go through. Raises as `Client` does."""
        return Client(setup.chosen["address"], networks=setup.networks, lookup=self._lookup, limits=self._limits)

    @contextmanager
    def open(self, setup: Setup) -> Iterator[Link]:
        """A link; it connects with the first message."""
        with self.client(setup) as client:
            yield self.link(client, setup)

    @abstractmethod
    def link(self, client: Client, setup: Setup) -> Link:
        """What messages leave over."""


class Refused(Exception):
    """The message is not taken. Says why, for a person."""

    def __init__(self, text: Text, *, retry: bool = False) -> None:
        super().__init__(text.en)
        self.text = text
        self.retry = retry


class Throttled(Exception):
    """The other side asks for a pause."""

    def __init__(self, pause: float | None = None) -> None:
        super().__init__()
        self.pause = _PAUSE if pause is None else pause


class OneByOne(ABC):
    """A link over which messages leave one at a time."""

    #: whether the other side can say if it has a message with that key
    recognises = False

    def __init__(self, client: Client) -> None:
        self.client = client

    @abstractmethod
    def offer(self, message: Outgoing) -> Delivery:
        """Send one. Raises `Refused`, `Throttled`, `Unreached`, `Unanswered` and `Nonsense`."""

    def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
        """Each as it becomes known; after a throttling answer the rest waits for its pause. Raises `Unreached`."""
        pause: float | None = None
        for message in batch:
            if pause is not None:
                yield held(message, pause)
                continue
            try:
                yield self.offer(message)
            except Refused as error:
                yield refusal(message, error.text, retry=error.retry)
            except Throttled as error:
                pause = error.pause
                yield held(message, pause)
            except Unanswered as error:
                yield maybe(message, str(error), retry=self.recognises)
            except Nonsense as error:
                if str(error) == "redirect":
                    raise Unreached("redirect") from error
                yield maybe(message, str(error), retry=self.recognises)

    def poll(self) -> Sequence[Report]:
        """Nothing: the other side tells by itself."""
        return ()

    def take(self, reports: Sequence[Report]) -> None:
        """Nothing was told."""
        assert not reports


def maybe(message: Outgoing, code: str, *, retry: bool) -> Delivery:
    """It may have been taken: no clear answer came, for the reason with that code of `Unreached`."""
    return Delivery(
        message_id=message.message_id, accepted=False, uncertain=True, retry=retry,
        error=both(_MAYBE.format(why=Unreached(code).said)),
    )  # fmt: skip


def refusal(message: Outgoing, text: Text, *, retry: bool = False) -> Delivery:
    """The message is not taken."""
    return Delivery(message_id=message.message_id, accepted=False, error=both(text), retry=retry)


def held(message: Outgoing, pause: float) -> Delivery:
    """It waits as long as the other side asked for."""
    return Delivery(message_id=message.message_id, accepted=False, retry=True, pause=pause, error=both(_THROTTLED))


def both(text: Text) -> str:
    """Both languages: who reads it is not known yet."""
    return " / ".join(text)


def answered(reply: Reply) -> dict[str, Any]:
    """The JSON object that an answer of any status but a throttling one or a failure holds. Raises `Throttled`,
    `Unanswered` and `Nonsense`.
    """
    if reply.status == 429 or (reply.status == 503 and reply.pause is not None):
        raise Throttled(reply.pause)
    if reply.status >= 500:
        raise Unanswered("server")
    return reply.read_object()


def asked(reply: Reply) -> dict[str, Any]:
    """The JSON object of an answer to a question that changes nothing. Raises `Unreached`."""
    try:
        return answered(reply)
    except Throttled as error:
        raise Unreached("blocked") from error
    except Nonsense as error:
        raise Unreached(str(error)) from error


def cost(value: Any) -> int | None:
    """Roubles, as text or number, in kopecks, rounded to the nearest; null for what is no amount."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        exact = Decimal(value) * 100
        return int(exact.to_integral_value(ROUND_HALF_UP)) if 0 <= exact < 10**12 else None
    except InvalidOperation:
        return None


def address(default: str) -> SettingField:
    """Where the outside system is; another one for its mirrors and for trying things out."""
    return SettingField(
        key="address",
        title=Text("Address", "Адрес"),
        help=Text("Leave as it is unless you were given another.", "Меняйте, только если вам дали другой."),
        default=default,
    )


def address_problem(chosen: Mapping[str, str]) -> Text | None:
    """What is wrong with the address, as far as its text shows."""
    try:
        split(chosen["address"])
    except Invalid as error:
        return error.text
    return None


#: what keeps others from telling us things, where the outside system signs nothing
HOOK_KEY = SettingField(
    key="hook_key",
    title=Text("Secret of our address", "Секрет нашего адреса"),
    help=Text(
        "At least 16 letters and digits of your choice. Our address takes reports only with ?key= and this secret "
        "behind it.",
        "Не меньше 16 латинских букв и цифр, придумайте сами. Отчёты принимаются, только если после нашего адреса "
        "стоит ?key= и этот секрет.",
    ),
    secret=True,
    required=False,
)


def hook_key_problem(chosen: Mapping[str, str]) -> Text | None:
    """What is wrong with the secret of our address; it may be left out, and nothing is heard then."""
    key = chosen.get("hook_key", "")
    if key and not (len(key) >= 16 and key.isascii() and key.isalnum()):
        return Text(
            "The secret of our address has at least 16 letters and digits.",
            "Секрет нашего адреса — не меньше 16 латинских букв и цифр.",
        )
    return None


def check_hook_key(notification: Notification, chosen: Mapping[str, str]) -> None:
    """Raises `Forged` unless the secret stands behind the address."""
    key = chosen.get("hook_key", "")
    if not key or not hmac.compare_digest(notification.query.get("key", "").encode(), key.encode()):
        raise Forged("key")


def first_problem(*problems: Text | None) -> Text | None:
    """The first of them."""
    return next((problem for problem in problems if problem is not None), None)
