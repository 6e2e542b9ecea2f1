"""News to other systems as Standard Webhooks, over HTTP. What was checked is connected to, and nothing is followed."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from connectors.http import Client, Limits, reached
from connectors.standard_webhooks import headers_of, secret_of, written
from scenario_engine.addresses import Lookup, look_up
from scenario_engine.errors import Invalid
from scenario_engine.ports import Answer, Unreached
from scenario_engine.texts import Text

SECONDS = 10
#: bytes of an answer that are read
_READ = 400


class WebhookCourier:
    """Posts a body with its signature."""

    key = "webhooks"

    def __init__(self, lookup: Lookup = look_up, seconds: float = SECONDS) -> None:
        self._lookup = lookup
        self._seconds = seconds

    def post(self, url: str, *, secret: str, key: str, at: datetime, body: bytes, networks: str) -> Answer:
        """One attempt; any answer counts as one, a redirect too."""
        opened = secret_of(secret)
        if opened is None:
            raise Invalid(Text("This is no secret.", "Это не секрет."), code="subscription.secret")
        limits = Limits(connect=self._seconds, silence=self._seconds, whole=self._seconds, size=_READ)
        headers = {"Content-Type": "application/json", **headers_of(opened, key, str(int(at.timestamp())), body)}
        with Client(url, networks=networks, lookup=self._lookup, limits=limits) as client:
            answer = client.ask("POST", "", headers, body)
        return Answer(status=answer.status, text=answer.body.decode("utf-8", "replace"))

    def check(self, url: str, *, networks: str) -> None:
        """Look the name up and see whether it may be reached."""
        try:
            reached(url, networks=networks, lookup=self._lookup)
        except Unreached as error:
            host = urlsplit(url).hostname or ""
            raise Invalid(
                Text("The address {host} is not known.", "Адрес {host} не найден.").format(host=host[:100]),
                code="address.unknown",
            ) from error

    def make_secret(self, randomness: bytes) -> str:
        """whsec_ and the bytes in base64."""
        return written(randomness)
