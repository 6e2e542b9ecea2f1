"""The simulated clock: a file that every process reads, and the script alone sets."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


class FileClock:
    """Gives the instant that stands in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        """The instant it is."""
        return datetime.fromisoformat(self._path.read_text())

    def set(self, now: datetime) -> None:
        """Let it be this instant, for all processes at once."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(now.isoformat())
        fresh.replace(self._path)
