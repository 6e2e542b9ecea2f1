"""Which network addresses Kaskad may reach on somebody's word: a name is looked up once, and what was checked is used.

Public addresses are open; inner ones only when the installation names their networks, because a person at the console
must not look around inside through it. Link-local addresses, where clouds keep their secrets, are never reached.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from scenario_engine.errors import Invalid
from scenario_engine.texts import Text

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: host and port → addresses; raises OSError
Lookup = Callable[[str, int], Sequence[str]]

#: other ways to write an IPv4 address
_WRAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))


def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the system knows them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def checked_address(host: str, port: int, *, networks: str, lookup: Lookup = look_up) -> str:
    """The address to connect to. Raises `Invalid` when there is none, or when any of the name's is closed.

    `networks` are inner networks that may be reached, with commas between.
    """
    try:
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in lookup(host, port)]
    except (OSError, ValueError, UnicodeError) as error:
        raise _unknown(host) from error
    if not found:
        raise _unknown(host)
    inner = [ipaddress.ip_network(each.strip()) for each in networks.split(",") if each.strip()]
    if not all(_is_open(address, inner) for address in found):
        raise Invalid(
            Text(
                "{host} is an inner address. If Kaskad may reach it, add its network to KASKAD_INNER_NETWORKS and "
                "start Kaskad again.",
                "{host} — внутренний адрес. Если Каскаду можно к нему обращаться, добавьте его сеть в "
                "KASKAD_INNER_NETWORKS и перезапустите Каскад.",
            ).format(host=host[:100]),
            code="address.inner",
        )
    return str(found[0])


def _is_open(address: Address, inner: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if any(address in network for network in inner):
        return True
    return address.is_global and not any(address in network for network in _WRAPPED)


def _unknown(host: str) -> Invalid:
    return Invalid(
        Text("The address {host} is not known.", "Адрес {host} не найден.").format(host=host[:100]),
        code="address.unknown",
    )
