"""The job that writes what a day changed for the credit bureau."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import IO, Any

from console.api.actor import find_actor
from console.jobs.made_file import FileJob
from scenario_engine.database import Database
from scenario_engine.jobs import Attempt
from scenario_engine.models import Job
from scenario_engine.registry import bureau_report
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

#: events between two reports
STEP = 500
RIGHT = "inquiry.report"


class ReportBureau(FileJob):
    """Writes the events of a day. Params: day, user_id, language. A day gives the same file whenever it is made."""

    key = "bureau_report"
    title = Text("Report to the credit bureau", "Отчёт в бюро кредитных историй")

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(settings)
        self._database = database
        self._time_zone = settings.time_zone

    def work(self, attempt: Attempt) -> Mapping[str, Any]:
        """Write the segments; gives the file as every file job does, its rows are events."""
        day = date.fromisoformat(attempt.params["day"])
        with self._database.read() as session:
            find_actor(session, attempt.params["user_id"], attempt.params["language"]).require(RIGHT)
        bureau_report.check_day(day, now=attempt.clock(), time_zone=self._time_zone)

        def fill(file: IO[bytes]) -> int:
            text, events = io.TextIOWrapper(file, "utf-8", newline=""), 0
            writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
            writer.writerow(["HEADER", "RUTDF", day.isoformat()])
            with self._database.read() as session:
                for event in bureau_report.events(session, day, time_zone=self._time_zone):
                    writer.writerows(event)
                    events += 1
                    if events % STEP == 0:
                        attempt.report(events, None)
            writer.writerow(["TRAILER", events])
            text.detach()  # flushes, and leaves the file open
            return events

        return self.make(attempt, "txt", f"rutdf-{day.isoformat()}.txt", fill)

    def right_of(self, job: Job) -> str:
        """Whoever reports."""
        return RIGHT

    def media_of(self, job: Job) -> str:
        """Plain text."""
        return "text/plain; charset=utf-8"
