"""Jobs that make a file for who asked for it. The file waits for a day."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session

from scenario_engine.errors import NotFound
from scenario_engine.jobs import Attempt, JobKind
from scenario_engine.models import Job
from scenario_engine.settings import Settings
from scenario_engine.texts import Text


class FileJob(JobKind):
    """Base of the kinds whose result names a file: ``{"file", "file_name", "size", "rows"}``."""

    kept = timedelta(days=1)

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data_dir / "exports"

    @abstractmethod
    def right_of(self, job: Job) -> str:
        """The right without which nobody takes the file."""

    @abstractmethod
    def media_of(self, job: Job) -> str:
        """Its media type."""

    def make(self, attempt: Attempt, form: str, file_name: str, write: Callable[[IO[bytes]], int]) -> Mapping[str, Any]:
        """The result of the job; `write` fills the file and gives its number of rows."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{attempt.job.id}-{attempt.job.attempts}.{form}"
        with (self._folder / name).open("wb") as file:
            rows = write(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        attempt.report(rows, rows)
        return {"file": name, "file_name": file_name, "size": size, "rows": rows}

    def file_of(self, job: Job) -> Path:
        """The file of a job that is done; NotFound when it is gone."""
        path = self._folder / str((job.result or {}).get("file", ""))
        if job.state != "done" or not path.is_file():
            raise NotFound(
                Text(
                    "The file is no longer here: files are kept for a day. Make it again.",
                    "Файла уже нет: готовые файлы хранятся сутки. Сделайте его ещё раз.",
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
