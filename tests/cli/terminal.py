"""A terminal that runs `kaskad` in this process, on one SQLite database."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from console.cli import main

#: a Tuesday, two in the afternoon in Moscow: the demo of the tests stands at this moment
NOW = "2026-03-17T14:00+03:00"


@dataclass(frozen=True)
class Answer:
    """What a command left on the screen, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed for a script."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a printed table, titles first."""
        return [line.split("\t") for line in self.out.splitlines()]


class Terminal:
    """Runs commands; a command that ends in a traceback fails the test."""

    def __init__(self, database: Path, folder: Path) -> None:
        self.database = database
        self.folder = folder

    def run(self, *words: str, typed: str | None = None, **environment: str | None) -> Answer:
        """The command's answer, whatever its exit status. `environment` is added to the terminal's own."""
        own = {
            "KASKAD_DATABASE_URL": f"sqlite:///{self.database}",
            "KASKAD_DATA_DIR": str(self.folder / "var"),
            "KASKAD_LANGUAGE": "en",
            "KASKAD_TIME_ZONE": "Europe/Moscow",
        }
        result = CliRunner().invoke(main, words, input=typed, env={**own, **environment})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(status=result.exit_code, out=result.stdout, err=result.stderr)

    def done(self, *words: str, typed: str | None = None, **environment: str | None) -> Answer:
        """The answer of a command that must succeed."""
        answer = self.run(*words, typed=typed, **environment)
        assert answer.status == 0, answer.err or answer.out
        return answer

    def file(self, name: str, content: Any) -> str:
        """A file with that text, or with a value as JSON; its path."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """Rows straight from the database."""
        with sqlite3.connect(self.database) as connection:
            return connection.execute(statement, values).fetchall()


def copy_database(source: Path, target: Path) -> None:
    """A copy of a SQLite database, with what its write-ahead log still holds."""
    before, after = sqlite3.connect(source), sqlite3.connect(target)
    before.backup(after)
    before.close()
    after.close()
