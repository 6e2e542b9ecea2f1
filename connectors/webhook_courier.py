"""News to other systems as Standard Webhooks, over HTTP. What was checked is connected to, and nothing is followed."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from connectors.standard_webhooks import headers_of, secret_of, written
from scenario_engine.addresses import Lookup, checked_address, look_up
from scenario_engine.errors import Invalid
from scenario_engine.ports import Answer, Unreached
from scenario_engine.texts import Text

SECONDS = 10
#: bytes of an answer that are read
_READ = 400
_PORTS = {"https": 443, "http": 80}


class _Pinned(http.client.HTTPConnection):
    """Speaks to an address, and calls it by its name."""

    def __init__(self, host: str, port: int, *, address: str, seconds: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        """Connect to the checked address; the certificate is that of the name."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)


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
        parts, address = self._reached(url, networks)
        tls = ssl.create_default_context() if parts.scheme == "https" else None
        connection = _Pinned(parts.hostname or "", _port(parts), address=address, seconds=self._seconds, tls=tls)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Kaskad",
            **headers_of(opened, key, str(int(at.timestamp())), body),
        }
        try:
            connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            return Answer(status=answer.status, text=answer.read(_READ).decode("utf-8", "replace"))
        except TimeoutError as error:
            raise Unreached("time") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unreached("connection") from error
        finally:
            connection.close()

    def check(self, url: str, *, networks: str) -> None:
        """Look the name up and see whether it may be reached."""
        try:
            self._reached(url, networks)
        except Unreached as error:
            host = urlsplit(url).hostname or ""
            raise Invalid(
                Text("The address {host} is not known.", "Адрес {host} не найден.").format(host=host[:100]),
                code="address.unknown",
            ) from error

    def make_secret(self, randomness: bytes) -> str:
        """whsec_ and the bytes in base64."""
        return written(randomness)

    def _reached(self, url: str, networks: str) -> tuple[SplitResult, str]:
        parts = _split(url)
        try:
            address = checked_address(parts.hostname or "", _port(parts), networks=networks, lookup=self._lookup)
        except Invalid as error:
            if error.code == "address.unknown":  # it may be known again in an hour
                raise Unreached("address.unknown") from error
            raise
        if parts.scheme == "http" and ipaddress.ip_address(address).is_global:
            raise Invalid(
                Text(
                    "Over the internet only https is used. Write the address with https://.",
                    "Через интернет — только https. Запишите адрес с https://.",
                ),
                code="address.plain",
            )
        return parts, address


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if (
        parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.fragment or port == 0
        or not url.isascii() or not url.isprintable() or " " in url
    ):  # fmt: skip
        raise Invalid(
            Text(
                "Write the address like https://core.example.com/kaskad, without a name or password in it.",
                "Адрес пишется так: https://core.example.com/kaskad, без имени и пароля.",
            ),
            code="address.form",
        )
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]
