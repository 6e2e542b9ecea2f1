"""The job that writes a whole list into a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from marshmallow import EXCLUDE

from console.api.actor import find_actor
from console.api.listing import LARGEST_EXPORT, Asked, all_items, count
from console.export import Reader, content_type, write
from console.jobs.made_file import FileJob
from console.lists import LISTS
from scenario_engine.database import Database
from scenario_engine.jobs import Attempt
from scenario_engine.models import Job
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

#: rows between two reports
STEP = 1_000


class ExportList(FileJob):
    """Writes a list into a file. Params: list, query (as in its address), format, user_id, language.

    The person's rights are asked anew when the job runs, and the rows are those of that moment.
    """

    key = "export"
    title = Text("Export", "Выгрузка")

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(settings)
        self._database = database
        self._time_zone = settings.time_zone

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
        reader = Reader(language=actor.language, time_zone=self._time_zone)
        rows = _Counted(all_items(self._database, listing, query), attempt, total)

        def fill(file: IO[bytes]) -> int:
            write(rows, file, columns=listing.columns, form=form, reader=reader)
            return rows.done

        return self.make(attempt, form, f"{listing.file_name}.{form}", fill)

    def right_of(self, job: Job) -> str:
        """That of the list."""
        return LISTS[job.params["list"]].right

    def media_of(self, job: Job) -> str:
        """That of the form."""
        return content_type(job.params["format"])


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
