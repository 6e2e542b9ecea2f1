"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\{\{.*?\}\}|\s+|\w+|[^\w\s]")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Words that stayed, went, or came."""

    kind: Literal["same", "gone", "new"]
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces in reading order; those that are not new make up `before`, those that are not gone `after`."""
    # spaces alone are no likeness
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for act, first, last, start, end in SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            pieces.append(Piece(kind="same", text="".join(old[first:last])))
            continue
        if last > first:
            pieces.append(Piece(kind="gone", text="".join(old[first:last])))
        if end > start:
            pieces.append(Piece(kind="new", text="".join(new[start:end])))
    return pieces
