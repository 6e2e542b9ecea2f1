"""Parts of the help that the program itself knows: node types, fields of rules, roles and their rights, as Markdown.

A help page takes one in with a line of its own, such as ``[[nodes]]``, so that nothing is written down twice.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence

from console.security import ROLE_RIGHTS
from console.views.role_words import RIGHTS, ROLES
from scenario_engine.graph.json_schema import params_schema
from scenario_engine.graph.params import read_params
from scenario_engine.nodes.base import NodeType
from scenario_engine.nodes.catalogue import GROUPS, load_catalogue
from scenario_engine.policies.pack import read_pack
from scenario_engine.policies.shipped import SHIPPED
from scenario_engine.policies.wording import lines
from scenario_engine.rules.fields import FIELDS
from scenario_engine.texts import Text

_SETTINGS = Text("Settings", "Настройки")
_REQUIRED = Text("required", "обязательно")
_WAYS = Text("Ways out", "Выходы")
_OWN_WAYS = Text("those you name in the settings", "те, что вы назовёте в настройках")


def nodes(language: str) -> str:
    """Every installed node type by group: help text, ways out, settings."""
    parts = []
    for group, title in GROUPS.items():
        found = [kind for kind in load_catalogue().values() if kind.group == group]
        if found:
            parts += [f"## {title.say(language)}", *(_node(kind, language) for kind in found)]
    return "\n\n".join(parts)


def _node(kind: NodeType, language: str) -> str:
    parts = [f"### {kind.title.say(language)} `{kind.key}`", inspect.cleandoc(kind.help.say(language))]
    ways = _ways_out(kind, language)
    if ways:
        parts.append(f"*{_WAYS.say(language)}:* {ways}.")
    schema = params_schema(kind, language)
    required = schema.get("required", [])
    lines = []
    for name, form in schema["properties"].items():
        must = f" ({_REQUIRED.say(language)})" if name in required else ""
        about = f" — {form['description']}" if form.get("description") else ""
        lines.append(f"- {form.get('title', name)}{must}{about}")
    if lines:
        parts += [f"*{_SETTINGS.say(language)}:*", "\n".join(lines)]
    return "\n\n".join(parts)


def _ways_out(kind: NodeType, language: str) -> str:
    """Titles of the ports; those that a person names (the same in both languages) are not listed one by one."""
    ports = kind.ports(read_params(kind, kind.defaults_in(language)))
    own = [port for port in ports if port.title.en == port.title.ru]
    said = [port.title.say(language) for port in ports if port not in own]
    return ", ".join([_OWN_WAYS.say(language), *said] if own else said)


def fields(language: str) -> str:
    """Every field that a rule may ask for, and whether its value may be unknown."""
    titles = Text("Field", "Поле"), Text("Name in JSON", "Имя в JSON"), Text("May be unknown", "Бывает неизвестно")
    yes = Text("yes", "да").say(language)
    return _table(
        [title.say(language) for title in titles],
        [(field.title.say(language), f"`{key}`", yes if field.nullable else "") for key, field in FIELDS.items()],
    )


def roles(language: str) -> str:
    """What each role may do."""
    return _table(
        [Text("May", "Можно").say(language), *(ROLES[role].say(language) for role in ROLE_RIGHTS)],
        [
            (words.say(language), *("✓" if right in granted else "" for granted in ROLE_RIGHTS.values()))
            for right, words in RIGHTS.items()
        ],
    )


def policies(language: str) -> str:
    """What every contact policy that comes with Kaskad says."""
    return "\n\n".join(_policy(key, language) for key in SHIPPED)


def _policy(key: str, language: str) -> str:
    policy = read_pack(key, SHIPPED[key].document)
    said = [f"- **{line.title.say(language)}:** {line.text.say(language)}" for line in lines(policy)]
    return "\n\n".join([f"### {policy.title.say(language)} `{key}`", "\n".join(said)])


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


#: what stands for ``[[name]]`` in a help page
TABLES: Mapping[str, Callable[[str], str]] = {
    "nodes": nodes,
    "fields": fields,
    "roles": roles,
    "policies": policies,
}
