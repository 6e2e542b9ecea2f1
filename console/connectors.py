"""The connectors that are installed, found through their entry points: the console knows none of them by name."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from scenario_engine.ports import Connector

#: the entry-point group in which a package declares its connectors
GROUP = "kaskad.connectors"


@cache
def load_connectors() -> MappingProxyType[str, Connector]:
    """One connector of each kind, by its key. Raises TypeError for a wrong declaration."""
    found: dict[str, Connector] = {}
    for point in entry_points(group=GROUP):
        connector: Any = point.load()()
        if not isinstance(connector, Connector) or connector.key != point.name:
            raise TypeError(f"entry point {point.name!r} of {GROUP} does not name a connector with that key")
        found[point.name] = connector
    return MappingProxyType(found)
