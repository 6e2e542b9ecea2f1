"""Bringing in an uploaded file: started by a person, done by a job, told by its `FileImport` row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from console.context import Room
from console.held import Marks
from console.jobs import Job
from console.queries.imports import no_import
from console.uploads import KEPT, Upload, Uploads
from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.engine.events import react
from scenario_engine.errors import Conflict, Invalid
from scenario_engine.models import FileImport
from scenario_engine.registry import imports
from scenario_engine.registry.days import local_day
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

Clock = Callable[[], datetime]
#: an import in one of these has not ended
GOING = ("waiting", "running")
#: the actor of what the server does by itself
SERVER = "server"

_STOPPED = Text(
    "The server was stopped in the middle; nothing was written. Start the import again.",
    "Сервер остановили посреди загрузки, ничего не записано. Запустите загрузку ещё раз.",
)
_BROKEN = Text(
    "Something went wrong on our side; nothing was written. Try again, or tell an administrator.",
    "Что-то пошло не так на нашей стороне, ничего не записано. Повторите или сообщите администратору.",
)


def uploads_of(settings: Settings) -> Uploads:
    """The uploads of this installation."""
    return Uploads(settings.data_dir / "uploads")


def marks_of(settings: Settings) -> Marks:
    """The marks of imports that are being done at this moment."""
    return Marks(settings.data_dir / "imports")


def look(upload: Upload) -> imports.FileLook:
    """What the file holds, read the way its owner chose; Invalid when it cannot be read so."""
    return imports.look(
        upload.path,
        file_name=upload.file_name,
        encoding=upload.encoding,
        separator=upload.separator,
        sheet=upload.sheet,
    )


def start(
    room: Room, upload: Upload, *, mapping: Mapping[str, Any], dry_run: bool, partial: bool, actor: str, clock: Clock
) -> int:
    """Begin to bring the file in; the id of its import. A dry run writes nothing of the file.

    Conflict while it is being brought in already; Invalid when the mapping does not fit the file.
    """
    seen = look(upload)
    problems = imports.check_mapping(upload.kind, seen, mapping)
    if problems:
        raise Invalid(
            Text("The columns are not assigned yet.", "Столбцы ещё не назначены."), code="mapping", problems=problems
        )
    marks, moment = marks_of(room.settings), clock()
    with room.database.write() as session:
        _refuse_second(session, upload)
        row = imports.start(
            session,
            kind=upload.kind,
            file_name=upload.file_name,
            file_hash=upload.file_hash,
            mapping=mapping,
            dry_run=dry_run,
            actor=actor,
            now=moment,
        )
        import_id = row.id
        _note(session, row, "import.started", actor, moment, partial=partial)
    try:
        mark = marks.hold(_name(import_id))
        uploads_of(room.settings).change(upload, import_id=import_id)
    except OSError:  # the disk is full, or was taken away
        with room.database.write() as session:
            row = session.get_one(FileImport, import_id)
            _fail(row, _BROKEN, moment)
            _note_end(session, row, moment)
        raise

    def work(job: Job) -> None:
        try:
            state = _bring_in(room, upload, seen, import_id, job, mapping=mapping, partial=partial, clock=clock)
            if not dry_run and state == "done":
                uploads_of(room.settings).drop(upload)
        finally:
            marks.release(_name(import_id), mark)

    room.jobs.start(_name(import_id), work)
    return import_id


def _refuse_second(session: Session, upload: Upload) -> None:
    if upload.import_id is None:
        return
    state = session.scalar(select(FileImport.state).where(FileImport.id == upload.import_id))
    if state in GOING:
        raise Conflict(
            Text("This file is being brought in at this moment.", "Этот файл как раз загружается."), code="import_going"
        )


def _bring_in(
    room: Room,
    upload: Upload,
    seen: imports.FileLook,
    import_id: int,
    job: Job,
    *,
    mapping: Mapping[str, Any],
    partial: bool,
    clock: Clock,
) -> str:
    """The state in which it ended."""
    marks, zone, moment = marks_of(room.settings), room.settings.time_zone, clock()
    try:
        outcome = imports.run(
            room.database,
            import_id,
            path=upload.path,
            look=seen,
            mapping=mapping,
            partial=partial,
            time_zone=zone,
            today=local_day(moment, zone),
            now=moment,
            report=job.report,
            cancelled=lambda: job.cancelled() or marks.is_asked_to_stop(_name(import_id)),
            # A payment that cures a loan ends its cases in the transaction that records it.
            react=lambda session: react(session, now=moment, time_zone=zone),
            clock=clock,
        )
    except Exception:
        with room.database.write() as session:
            _fail(session.get_one(FileImport, import_id), _BROKEN, clock())
        raise
    finally:
        with room.database.write() as session:
            _note_end(session, session.get_one(FileImport, import_id), clock())
    return outcome.state


def _fail(row: FileImport, why: Text, moment: datetime) -> None:
    """Tell an import that could not tell its end itself; nothing when it did."""
    if row.state in GOING:
        row.state, row.finished_at, row.message = "failed", moment, why._asdict()


def _note_end(session: Session, row: FileImport, moment: datetime, actor: str | None = None) -> None:
    _note(
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


def _note(session: Session, row: FileImport, action: str, actor: str, moment: datetime, **details: Any) -> None:
    about = {"kind": row.kind, "file": row.file_name, "hash": row.file_hash, "dry_run": row.dry_run}
    audit.record(
        session, at=moment, actor=actor, action=action, subject_type="import", subject_id=row.id, **about, **details
    )


def cancel(room: Room, import_id: int, *, actor: str, now: datetime) -> None:
    """Ask an import to end, in whichever process it runs; nothing of it stays. Conflict when it has ended already."""
    with room.database.write() as session:
        state = session.scalar(select(FileImport.state).where(FileImport.id == import_id))
        if state is None:
            raise no_import()
        if state not in GOING:
            raise Conflict(Text("This import has ended already.", "Эта загрузка уже закончилась."), code="import_ended")
        audit.record(
            session, at=now, actor=actor, action="import.cancelled", subject_type="import", subject_id=import_id
        )
    job = room.jobs.find(_name(import_id))
    if job is not None:
        job.cancel()
    marks_of(room.settings).ask_to_stop(_name(import_id))


def recover(database: Database, settings: Settings, now: datetime) -> int:
    """After a start: tell imports whose process is gone as failed; how many. Old uploads are removed."""
    marks = marks_of(settings)
    orphans = {int(name.removeprefix("import-")): name for name in marks.orphans()}
    # One without a mark runs elsewhere, on the command line for instance; none takes a day.
    abandoned = and_(FileImport.state.in_(GOING), FileImport.started_at < now - KEPT)
    failed = 0
    with database.write() as session:
        lost = select(FileImport).where(or_(FileImport.id.in_(orphans), abandoned)).with_for_update(skip_locked=True)
        for row in session.scalars(lost):
            failed += row.state in GOING
            _fail(row, _STOPPED, now)
            _note_end(session, row, now, SERVER)
    for name in orphans.values():
        marks.forget(name)
    uploads_of(settings).expire(now)
    return failed


def _name(import_id: int) -> str:
    return f"import-{import_id}"
