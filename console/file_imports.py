"""Bringing in an uploaded file: started by a person, done by a job, told by its `FileImport` row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from console.context import Room
from console.jobs.bring_in import BringIn, look, note, note_end
from console.queries.imports import GOING, no_import
from console.uploads import KEPT, Upload, Uploads
from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid
from scenario_engine.jobs.runner import SERVER
from scenario_engine.models import FileImport
from scenario_engine.registry import imports
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

_ABANDONED = Text(
    "Whoever brought this file in stopped in the middle; nothing was written. Start the import again.",
    "Загрузка оборвалась на середине, ничего не записано. Запустите её ещё раз.",
)


def uploads_of(settings: Settings) -> Uploads:
    """The uploads of this installation."""
    return Uploads(settings.data_dir / "uploads")


def start(
    room: Room, upload: Upload, *, mapping: Mapping[str, Any], dry_run: bool, partial: bool, actor: str, now: datetime
) -> tuple[int, int]:
    """Begin to bring the file in; the ids of its import and its job. A dry run writes nothing of the file.

    Conflict while it is being brought in already; Invalid when the mapping does not fit the file.
    """
    problems = imports.check_mapping(upload.kind, look(upload), mapping)
    if problems:
        raise Invalid(
            Text("The columns are not assigned yet.", "Столбцы ещё не назначены."), code="mapping", problems=problems
        )
    with room.database.write() as session:
        row = imports.start(
            session,
            kind=upload.kind,
            file_name=upload.file_name,
            file_hash=upload.file_hash,
            mapping=mapping,
            dry_run=dry_run,
            actor=actor,
            now=now,
        )
        params = {"import_id": row.id, "upload_id": upload.id, "user_id": upload.user_id, "partial": partial}
        job = room.jobs.submit(
            session, BringIn.key, title=Text(row.file_name, row.file_name), params=params, actor=actor, now=now,
            key=f"upload-{upload.id}", noted={"import": row.id},
        )  # fmt: skip
        row.job_id = job.id
        note(session, row, "import.started", actor, now, partial=partial)
    room.jobs.dispatch(job.id)
    return row.id, job.id


def cancel(room: Room, import_id: int, *, actor: str, now: datetime) -> None:
    """Ask an import to end, in whichever process it runs; nothing of it stays. Conflict when it has ended already."""
    with room.database.write() as session:
        row = session.get(FileImport, import_id)
        if row is None:
            raise no_import()
        if row.state not in GOING or row.job_id is None:
            raise Conflict(Text("This import has ended already.", "Эта загрузка уже закончилась."), code="import_ended")
        audit.record(
            session, at=now, actor=actor, action="import.cancelled", subject_type="import", subject_id=import_id
        )
        room.jobs.cancel(session, row.job_id, actor=actor, now=now)


def recover(database: Database, settings: Settings, now: datetime) -> int:
    """After a start: tell imports that no job looks after as failed when they take too long; how many.

    They ran on the command line. None takes a day. Old uploads are removed.
    """
    abandoned = (FileImport.state.in_(GOING), FileImport.job_id.is_(None), FileImport.started_at < now - KEPT)
    failed = 0
    with database.write() as session:
        for row in session.scalars(select(FileImport).where(*abandoned).with_for_update(skip_locked=True)):
            row.state, row.finished_at, row.message = "failed", now, _ABANDONED._asdict()
            note_end(session, row, now, SERVER)
            failed += 1
    uploads_of(settings).expire(now)
    return failed
