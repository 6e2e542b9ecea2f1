"""Uploaded files that wait to be brought in: kept under random names, each its owner's, removed after a day."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from console.errors import TooLarge
from scenario_engine.errors import NotFound
from scenario_engine.texts import Text

#: how long a file waits for its owner
KEPT = timedelta(days=1)
_ID = re.compile(r"[0-9a-f]{32}")
_CHUNK = 1 << 20
#: what a file's name may end with; readers of spreadsheets look at it
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
_LONGEST_NAME = 250


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that waits, and how its owner wants it to be read (None: as it was detected)."""

    id: str
    #: the person it belongs to
    user_id: int
    #: loans, payments
    kind: str
    #: as the person calls it
    file_name: str
    #: bytes
    size: int
    #: SHA-256 of the bytes
    file_hash: str
    path: Path
    #: ISO 8601, UTC
    made_at: str
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None


class Uploads:
    """The folder of uploads."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made when the first file is kept."""
        self._folder = folder

    def keep(
        self, stream: BinaryIO, *, user_id: int, kind: str, file_name: str, megabytes: int, now: datetime
    ) -> Upload:
        """Copy the stream into the folder; TooLarge, and nothing kept, when it has more than that many megabytes."""
        upload_id = secrets.token_hex(16)
        place = self._folder / upload_id
        place.mkdir(parents=True, mode=0o700)
        suffix = Path(file_name).suffix.lower()
        path = place / f"file{suffix if suffix in _SUFFIXES else ''}"
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("wb") as kept:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > megabytes * 1_000_000:
                        raise TooLarge(megabytes)
                    digest.update(chunk)
                    kept.write(chunk)
            upload = Upload(
                id=upload_id,
                user_id=user_id,
                kind=kind,
                file_name=_tidy(file_name),
                size=size,
                file_hash=digest.hexdigest(),
                path=path,
                made_at=now.isoformat(),
            )
            self._note(upload)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return upload

    def find(self, upload_id: str, *, user_id: int) -> Upload:
        """The upload of that person; NotFound when there is none, it is too old, or it is somebody else's."""
        found = self._read(self._folder / upload_id) if _ID.fullmatch(upload_id) else None
        if found is None or found.user_id != user_id:
            raise NotFound(
                Text(
                    "This file was brought in already, or it waited for too long. Choose it again if you need it.",
                    "Этот файл уже загружен или ждал слишком долго. Если он нужен, выберите его ещё раз.",
                )
            )
        return found

    def is_here(self, upload_id: str) -> bool:
        """Whether the file still waits."""
        return bool(_ID.fullmatch(upload_id)) and (self._folder / upload_id).is_dir()

    def change(self, upload: Upload, **changes: Any) -> Upload:
        """The upload with these values, kept."""
        changed = replace(upload, **changes)
        self._note(changed)
        return changed

    def drop(self, upload_id: str) -> None:
        """Remove the file and what is known of it. Safe to repeat."""
        shutil.rmtree(self._folder / upload_id, ignore_errors=True)

    def expire(self, now: datetime) -> None:
        """Remove what has waited for longer than a day."""
        for place in self._places():
            found = self._read(place)
            # One that is not described yet is being sent at this moment, or its sender went away.
            made = datetime.fromisoformat(found.made_at) if found else _touched(place)
            if now - made > KEPT:
                shutil.rmtree(place, ignore_errors=True)

    def _places(self) -> Iterator[Path]:
        if self._folder.is_dir():
            yield from (place for place in self._folder.iterdir() if place.is_dir() and _ID.fullmatch(place.name))

    def _note(self, upload: Upload) -> None:
        about = self._folder / upload.id / "about.json"
        fresh = about.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(upload) | {"path": upload.path.name}), encoding="utf-8")
        fresh.replace(about)

    def _read(self, place: Path) -> Upload | None:
        try:
            known = json.loads((place / "about.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return Upload(**{**known, "path": place / known["path"]})


def _touched(place: Path) -> datetime:
    try:
        return datetime.fromtimestamp(place.stat().st_mtime, UTC)
    except FileNotFoundError:  # another process was faster
        return datetime.max.replace(tzinfo=UTC)


def _tidy(name: str) -> str:
    """The name without folders and control characters; never empty, short enough to be stored."""
    last = re.split(r"[\\/]", name)[-1]
    printable = "".join(each for each in last if each.isprintable()).strip()
    return printable[-_LONGEST_NAME:] or "file"
