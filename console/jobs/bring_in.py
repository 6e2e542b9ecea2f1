"""The job that brings an uploaded file in. All of it or nothing: an attempt that was cut off left nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.queries.imports import GOING
from console.uploads import Upload, Uploads
from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.engine.events import react
from scenario_engine.errors import Conflict
from scenario_engine.jobs import Attempt, JobKind
from scenario_engine.jobs.attempt import Cancelled
from scenario_engine.models import FileImport, Job
from scenario_engine.registry import imports
from scenario_engine.registry.days import local_day
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

_CANCELLED = Text("The import was cancelled; nothing of it stays.", "Загрузка отменена; из неё ничего не записано.")
_NO_FILE = Text(
    "The file is no longer here. Choose it again on the Imports page.",
    "Файла здесь больше нет. Выберите его ещё раз на странице «Загрузки».",
)


def look(upload: Upload) -> imports.FileLook:
    """What the file holds, read the way its owner chose; Invalid when it cannot be read so."""
    return imports.look(
        upload.path,
        file_name=upload.file_name,
        encoding=upload.encoding,
        separator=upload.separator,
        sheet=upload.sheet,
    )


class Importing(JobKind):
    """What every job that brings rows in has in common. Params: import_id."""

    # the import has entries of its own
    audited = False

    def repeat(self, session: Session, job: Job, now: datetime) -> None:
        """Nothing of a former attempt was written: only what was told of it goes."""
        row = session.get_one(FileImport, job.params["import_id"], populate_existing=True)
        if row.state not in ("done", "refused"):
            imports.start_over(session, row.id)

    def conclude(self, session: Session, job: Job, now: datetime) -> None:
        """An import that could not tell its end itself ends as its job did; either way it is audited."""
        row = session.get_one(FileImport, job.params["import_id"], populate_existing=True)
        if row.state in GOING:
            message = _CANCELLED._asdict() if job.state == "cancelled" else job.error
            row.state, row.finished_at, row.message = job.state, now, message
        note_end(session, row, now)


class BringIn(Importing):
    """Brings a file of loans or payments in. Params: import_id, upload_id, user_id, partial."""

    key = "import"
    title = Text("Import", "Загрузка")

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._time_zone = settings.time_zone
        self._uploads = Uploads(settings.data_dir / "uploads")

    def work(self, attempt: Attempt) -> Mapping[str, Any]:
        """Read, check and move the rows; gives the state in which the import ended."""
        import_id = int(attempt.params["import_id"])
        with self._database.read() as session:
            row = session.get_one(FileImport, import_id)
        if row.state in GOING:
            row.state = self._run(attempt, row)
        if row.state == "cancelled":
            raise Cancelled
        if row.state == "done" and not row.dry_run and self._uploads.is_here(attempt.params["upload_id"]):
            self._uploads.drop(attempt.params["upload_id"])
        return {"import_id": import_id, "state": row.state}

    def _run(self, attempt: Attempt, row: FileImport) -> str:
        upload = self._uploads.find(attempt.params["upload_id"], user_id=attempt.params["user_id"])
        moment, zone = attempt.clock(), self._time_zone

        def settle(session: Session) -> None:
            # A payment that cures a loan ends its cases in the transaction that records it.
            react(session, now=moment, time_zone=zone)
            attempt.hold(session)

        return imports.run(
            self._database,
            row.id,
            source=imports.FileRows(path=upload.path, look=look(upload)),
            mapping=row.mapping,
            partial=attempt.params["partial"],
            time_zone=zone,
            today=local_day(moment, zone),
            now=moment,
            report=attempt.report,
            cancelled=attempt.is_cancelled,
            react=settle,
            clock=attempt.clock,
        ).state

    def check_repeat(self, job: Job) -> None:
        """Conflict when the file is gone."""
        if not self._uploads.is_here(job.params["upload_id"]):
            raise Conflict(_NO_FILE, code="file_gone")


def note_end(session: Session, row: FileImport, moment: datetime, actor: str | None = None) -> None:
    """The audit entry of an import's end."""
    note(
        session,
        row,
        "import.finished",
        actor or row.actor,
        moment,
        state=row.state,
        read=row.rows_read,
        added=row.rows_added,
        updated=row.rows_updated,
        wrong=row.rows_wrong,
    )


def note(session: Session, row: FileImport, action: str, actor: str, moment: datetime, **details: Any) -> None:
    """An audit entry about an import."""
    about = {"kind": row.kind, "file": row.file_name, "hash": row.file_hash, "dry_run": row.dry_run}
    audit.record(
        session, at=moment, actor=actor, action=action, subject_type="import", subject_id=row.id, **about, **details
    )
