"""Marks that live as long as the process that set them: how others know that a piece of work is still being done.

The system drops a lock with its process, however that ended; so nothing here asks for the time or for process numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class Marks:
    """Named marks in one folder that all processes of an installation share."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made with the first mark."""
        self._folder = folder

    def hold(self, name: str) -> IO[bytes]:
        """Set a mark; it lasts until `release`, or the end of this process."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._path(name).open("wb")
        if not _lock(file):
            file.close()
            raise RuntimeError(f"the mark {name} is held already")
        return file

    def release(self, name: str, mark: IO[bytes]) -> None:
        """Take the mark away, and with it a wish to stop."""
        mark.close()
        self._path(name).unlink(missing_ok=True)
        self._wish(name).unlink(missing_ok=True)

    def orphans(self) -> list[str]:
        """The marks that were set by processes that are gone."""
        return sorted(path.stem for path in self._folder.glob("*.held") if _is_free(path))

    def ask_to_stop(self, name: str) -> None:
        """Tell whoever holds the mark, in whichever process, to stop."""
        if self._path(name).exists():
            self._wish(name).touch()

    def is_asked_to_stop(self, name: str) -> bool:
        """Whether somebody asked the holder to stop."""
        return self._wish(name).exists()

    def forget(self, name: str) -> None:
        """Remove a mark whose process is gone."""
        self._path(name).unlink(missing_ok=True)
        self._wish(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.held"

    def _wish(self, name: str) -> Path:
        return self._folder / f"{name}.stop"


def _is_free(path: Path) -> bool:
    try:
        with path.open("rb+") as file:
            return _lock(file)
    except FileNotFoundError:  # released at this moment
        return False


def _lock(file: IO[bytes]) -> bool:
    """Lock the open file without waiting; False when somebody else holds it."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
