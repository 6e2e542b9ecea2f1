"""The connectors that are installed, found through their entry points: the console knows none of them by name."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from scenario_engine.ports import Connector, Courier, Inquirer, PaymentSource

#: the entry-point group in which a package declares its connectors
GROUP = "kaskad.connectors"
#: … and its payment sources
SOURCES = "kaskad.payment_sources"
#: … and how news reach other systems
COURIERS = "kaskad.couriers"
#: … and whom one may ask about borrowers
INQUIRIES = "kaskad.inquiries"
#: the one that subscriptions use
WEBHOOKS = "webhooks"


@cache
def load_connectors() -> MappingProxyType[str, Connector]:
    """One connector of each kind, by its key. Raises TypeError for a wrong declaration."""
    return _load(GROUP, Connector)


@cache
def load_payment_sources() -> MappingProxyType[str, PaymentSource]:
    """One payment source of each kind, by its key. Raises TypeError for a wrong declaration."""
    return _load(SOURCES, PaymentSource)


@cache
def load_inquirers() -> MappingProxyType[str, Inquirer]:
    """One inquirer of each kind, by its key. Raises TypeError for a wrong declaration."""
    return _load(INQUIRIES, Inquirer)


@cache
def load_courier() -> Courier:
    """What brings news to subscriptions."""
    found: Courier = _load(COURIERS, Courier)[WEBHOOKS]
    return found


def _load(group: str, protocol: type[Any]) -> MappingProxyType[str, Any]:
    found: dict[str, Any] = {}
    for point in entry_points(group=group):
        made: Any = point.load()()
        if not isinstance(made, protocol) or made.key != point.name:
            raise TypeError(f"entry point {point.name!r} of {group} does not name a {protocol.__name__} with that key")
        found[point.name] = made
    return MappingProxyType(found)
