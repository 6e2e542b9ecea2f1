"""What can go wrong, as one tree; the console maps each class to one HTTP status.

KaskadError
 ├─ NotFound          404  the thing named does not exist (or the actor may not see it)
 ├─ Conflict          409  somebody else changed it first, or its state does not allow the act
 ├─ Forbidden         403  the actor may not do this
 └─ Invalid           422  the input is wrong; `problems` say where
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from typing import Any, Literal

from scenario_engine.texts import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Fix:
    """The one obvious way to mend a problem, as an edit that the builder can carry out and undo."""

    #: what the button says
    title: Text
    #: params: set these params of the node; settings: these of the scenario; end: lead these ports of the node to an
    #: end; disconnect: delete these edges; insert: put the usual node of a group into an edge; add: add such a node
    act: Literal["params", "settings", "end", "disconnect", "insert", "add"]
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong, said so that a person can mend it."""

    #: stable name of the check, e.g. ``port.unwired``
    code: str
    #: what a person reads
    text: Text
    #: the scenario node it concerns
    node: str | None = None
    #: dotted path of the field, inside the node's params or the document
    field: str | None = None
    #: row of an imported file, counted as the spreadsheet shows it (header = 1)
    row: int | None = None
    severity: Severity = "error"
    fix: Fix | None = member(default=None, compare=False)

    def as_dict(self, language: str) -> dict[str, Any]:
        """The problem as JSON, in the reader's language."""
        return {
            "code": self.code,
            "text": self.text.say(language),
            "node": self.node,
            "field": self.field,
            "row": self.row,
            "severity": self.severity,
            "fix": self.fix
            and {"title": self.fix.title.say(language), "act": self.fix.act, "values": dict(self.fix.values)},
        }


class KaskadError(Exception):
    """Base of every error that Kaskad raises on purpose."""

    code = "error"

    def __init__(self, text: Text, *, code: str | None = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(text.en)
        self.text = text
        self.code = code or self.code
        self.problems = tuple(problems)


class NotFound(KaskadError):
    """The thing named does not exist, or the actor may not see it."""

    code = "not_found"


class Conflict(KaskadError):
    """Somebody else changed it first, or its state does not allow the act."""

    code = "conflict"


class Forbidden(KaskadError):
    """The actor may not do this."""

    code = "forbidden"


class Invalid(KaskadError):
    """The input is wrong; `problems` say what and where."""

    code = "invalid"


class Halted(Exception):
    """No error: work in the background is to end where it stands. Whoever told it to writes down what becomes of it."""
