"""Every node type that is installed, and the palette that the browser shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from scenario_engine.graph.json_schema import params_schema
from scenario_engine.graph.params import read_params
from scenario_engine.nodes.base import NodeType
from scenario_engine.nodes.templates import VARIABLES, render
from scenario_engine.texts import Text

#: the entry-point group in which a package declares its node types
GROUP = "kaskad.nodes"

GROUPS: Mapping[str, Text] = MappingProxyType(
    {
        "entry": Text("Entry", "Вход"),
        "logic": Text("Logic", "Логика"),
        "wait": Text("Waiting", "Ожидание"),
        "message": Text("Messages", "Сообщения"),
        "work": Text("People's work", "Работа людей"),
        "action": Text("Actions", "Действия"),
        "end": Text("End", "Завершение"),
    }
)


@cache
def load_catalogue() -> Mapping[str, NodeType]:
    """Node types by key, in the order of their groups and declarations. Raises TypeError for a wrong declaration."""
    found: dict[str, NodeType] = {}
    for point in entry_points(group=GROUP):
        kind = point.load()()
        if not isinstance(kind, NodeType) or kind.key != point.name:
            raise TypeError(f"entry point {point.name!r} of {GROUP} does not name a node type with that key")
        found[point.name] = kind
    order = list(GROUPS)
    # an entry that is only called comes after those that begin a strategy
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: (order.index(item[1].group), item[1].called))))


def palette(language: str) -> dict[str, Any]:
    """What GET /palette answers, in the reader's language: groups, node types with forms and defaults, and what the
    text of a message may name.
    """
    return {
        "groups": [{"key": key, "title": title.say(language)} for key, title in GROUPS.items()],
        "nodes": [_entry(kind, language) for kind in load_catalogue().values()],
        "variables": [
            {
                "key": key,
                "title": variable.title.say(language),
                "example": render(f"{{{{ {key} }}}}", {key: variable.example}),
            }
            for key, variable in VARIABLES.items()
        ],
    }


def _entry(kind: NodeType, language: str) -> dict[str, Any]:
    defaults = read_params(kind, kind.defaults_in(language))
    return {
        "key": kind.key,
        "title": kind.title.say(language),
        "help": kind.help.say(language),
        "group": kind.group,
        "icon": kind.icon,
        "entry": kind.entry,
        "called": kind.called,
        "calls": kind.calls,
        "terminal": kind.terminal,
        "rests": kind.rests,
        "contact_kind": kind.contact_kind,
        "channel": kind.channel,
        "ports": [
            {"key": port.key, "title": port.title.say(language), "required": port.required}
            for port in kind.ports(defaults)
        ],
        "params_schema": params_schema(kind, language),
        "defaults": defaults,
    }
