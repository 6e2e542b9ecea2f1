"""Letters that were made, on their way to the post: a folder a day, for each letter its PDF and what is known of it.

The connector writes them; an operator takes a day's letters and their register to the post office, and writes back the
post's tracking numbers. A letter is numbered by the idempotency key of its message: making it again overwrites it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from scenario_engine.errors import NotFound
from scenario_engine.texts import Text

#: below the installation's folder for files
FOLDER = "letters"
_NUMBER = re.compile(r"[0-9A-Za-z._-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter that was made."""

    #: also what the outbox has as its receipt
    number: str
    day: date
    addressee: str
    address: str
    subject: str
    #: of paper, printed on one side
    sheets: int
    #: the post's number of it
    tracking: str | None = None
    #: delivered, returned; null: nobody has said yet
    outcome: str | None = None
    outcome_on: date | None = None


def keep(folder: Path, letter: Letter, content: bytes) -> None:
    """Write a letter and what is known of it. Raises OSError; a letter that is listed is whole."""
    place = folder / FOLDER / letter.day.isoformat()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(place / f"{letter.number}.pdf", content)
    note(folder, letter)


def note(folder: Path, letter: Letter) -> None:
    """Write what is known of a letter that was made. Raises OSError."""
    known = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(letter).items()}
    file = folder / FOLDER / letter.day.isoformat() / f"{letter.number}.json"
    _write(file, json.dumps(known, ensure_ascii=False).encode())


def days(folder: Path) -> Sequence[date]:
    """The days on which letters were made, the newest first."""
    found = (_day(place.name) for place in (folder / FOLDER).glob("*") if place.is_dir())
    return sorted((day for day in found if day is not None), reverse=True)


def letters_of(folder: Path, day: date) -> Sequence[Letter]:
    """The letters of a day, by number."""
    place = folder / FOLDER / day.isoformat()
    return sorted((_read(file) for file in place.glob("*.json")), key=lambda letter: _order(letter.number))


def made_before(folder: Path, number: str) -> Letter | None:
    """The letter of that number, whenever it was made."""
    if not _NUMBER.fullmatch(number):
        return None
    return next((_read(file) for file in (folder / FOLDER).glob(f"*/{number}.json")), None)


def letter_of(folder: Path, day: date, number: str) -> Letter:
    """One letter. Raises `NotFound`."""
    file = folder / FOLDER / day.isoformat() / f"{number}.json"
    if not _NUMBER.fullmatch(number) or not file.is_file():
        raise NotFound(Text("There is no such letter.", "Такого письма нет."), code="letter.unknown")
    return _read(file)


def content_of(folder: Path, letter: Letter) -> bytes:
    """The PDF of a letter."""
    return (folder / FOLDER / letter.day.isoformat() / f"{letter.number}.pdf").read_bytes()


def tracked(letter: Letter, *, tracking: str | None, outcome: str | None, on: date | None) -> Letter:
    """The same letter with what the post says of it; null leaves what is known."""
    return replace(
        letter,
        tracking=tracking or letter.tracking,
        outcome=outcome or letter.outcome,
        outcome_on=on if outcome else letter.outcome_on,
    )


def _write(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(content)
    draft.replace(file)


def _read(file: Path) -> Letter:
    known = json.loads(file.read_text(encoding="utf-8"))
    on = known["outcome_on"]
    return Letter(
        **{**known, "day": date.fromisoformat(known["day"]), "outcome_on": date.fromisoformat(on) if on else None}
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


def _order(number: str) -> tuple[list[int], str]:
    """Numbers by what they count, not by their letters."""
    return [int(part) for part in re.findall(r"[0-9]{1,18}", number)], number
