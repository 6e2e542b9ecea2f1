"""Whether a published version can still be worked: it could when it was published, but the program may have moved on.

A field, a value or a kind of node that a newer program no longer has makes a version unworkable, however sound it was.
"""

from __future__ import annotations

from scenario_engine.errors import Invalid, Problem
from scenario_engine.graph.checks import unreadable
from scenario_engine.models import Version
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.texts import Text

_AT_STEP = Text("step “{node}”: {text}", "шаг «{node}»: {text}")
_UNWORKABLE = Text(
    "Version {number} does not work any more: {first}{more} Correct it in the builder and publish a new version.",
    "Версия {number} больше не работает: {first}{more} Исправьте это в конструкторе и опубликуйте новую версию.",
)
_MORE = Text(" (and {count} more.)", " (и ещё {count}.)")


class Unworkable(Invalid):
    """A published version cannot be compiled; the text names the version, the step and the field."""

    code = "version.unworkable"

    def __init__(self, version: Version, problems: list[Problem]) -> None:
        first = problems[0]
        labels = {node.get("id"): node.get("data", {}).get("label") for node in version.document.get("nodes", ())}
        said = first.text
        if first.node is not None:
            said = _AT_STEP.format(node=labels.get(first.node) or first.node, text=first.text)
        more = _MORE.format(count=len(problems) - 1) if len(problems) > 1 else Text("", "")
        super().__init__(_UNWORKABLE.format(number=version.number, first=said, more=more), problems=problems)


def must_be_workable(version: Version) -> None:
    """Raise `Unworkable` when this program cannot compile the version."""
    problems = list(unreadable(version.document, load_catalogue()))
    if problems:
        raise Unworkable(version, problems)
