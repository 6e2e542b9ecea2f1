"""What every reader of cells shares: what may be wrong with a cell, and what reading may depend on besides it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scenario_engine.texts import Text

#: gives the value of a cell, or None for an empty one; raises `BadCell`
Read = Callable[[Any], Any]


class BadCell(Exception):
    """The cell cannot be read; `code` and `text` say why."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What reading a cell may depend on besides the cell."""

    time_zone: str
    today: date
    now: datetime
