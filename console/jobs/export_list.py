"""The job that writes a whole list into a file, for who asked for it. The file waits for a day."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE
from sqlalchemy.orm import Session

from console.api.actor import find_actor
from console.api.listing import LARGEST_EXPORT, Asked, all_items, count
from console.export import Reader, write
from console.lists import LISTS
from scenario_engine.database import Database
from scenario_engine.errors import NotFound
from scenario_engine.jobs import Attempt, JobKind
from scenario_engine.models import Job
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

#: rows between two reports
STEP = 1_000


class ExportList(JobKind):
    """Writes a list into a file. Params: list, query (as in its address), format, user_id, language.

    The person's rights are asked anew when the job runs, and the rows are those of that moment.
    """

    key = "export"
    title = Text("Export", "Выгрузка")
    kept = timedelta(days=1)

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._time_zone = settings.time_zone
        self._folder = settings.data_dir / "exports"

    def work(self, attempt: Attempt) -> Mapping[str, Any]:
        """Write the rows; gives the file's name on disk and for its reader, its size in bytes and its rows."""
        asked_for = attempt.params
        source, form = LISTS[asked_for["list"]], asked_for["format"]
        query = source.query(unknown=EXCLUDE).load(asked_for["query"])
        with self._database.read() as session:
            actor = find_actor(session, asked_for["user_id"], asked_for["language"])
            actor.require(source.right)
            listing = source.make(Asked(actor=actor, query=query, now=attempt.clock(), time_zone=self._time_zone))
            total = min(count(session, listing), LARGEST_EXPORT)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{attempt.job.id}-{attempt.job.attempts}.{form}"
        reader = Reader(language=actor.language, time_zone=self._time_zone)
        rows = _Counted(all_items(self._database, listing, query), attempt, total)
        with (self._folder / name).open("wb") as file:
            write(rows, file, columns=listing.columns, form=form, reader=reader)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        attempt.report(rows.done, rows.done)
        return {"file": name, "file_name": f"{listing.file_name}.{form}", "size": size, "rows": rows.done}

    def file_of(self, job: Job) -> Path:
        """The file of a job that is done; NotFound when it is gone."""
        path = self._folder / str((job.result or {}).get("file", ""))
        if job.state != "done" or not path.is_file():
            raise NotFound(
                Text(
                    "The file is no longer here: files are kept for a day. Export the list again.",
                    "Файла уже нет: выгрузки хранятся сутки. Выгрузите список ещё раз.",
                )
            )
        return path

    def repeat(self, session: Session, job: Job, now: datetime) -> None:
        """What a former attempt wrote is of no use."""
        self.discard(job)

    def conclude(self, session: Session, job: Job, now: datetime) -> None:
        """Only the file of a job that is done stays."""
        if job.state != "done":
            self.discard(job)

    def discard(self, job: Job) -> None:
        """Remove the files of every attempt."""
        for path in self._folder.glob(f"{job.id}-*"):
            path.unlink(missing_ok=True)


class _Counted(Iterable[Mapping[str, Any]]):
    """Rows that are reported as they pass."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], attempt: Attempt, total: int) -> None:
        self.done = 0
        self._rows = rows
        self._attempt = attempt
        self._total = total

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        self._attempt.report(0, self._total)
        for row in self._rows:
            yield row
            self.done += 1
            if self.done % STEP == 0:
                self._attempt.report(self.done, max(self._total, self.done))
