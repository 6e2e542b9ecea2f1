"""An import from its beginning to its end: read, check, move; told to the `FileImport` row all along."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Halted, Invalid, KaskadError, NotFound
from scenario_engine.models import FileImport, ImportProblem
from scenario_engine.registry.imports.cell import Surroundings
from scenario_engine.registry.imports.layout import FileLook, Trouble
from scenario_engine.registry.imports.mapping import check_constants, check_mapping, remember, require_kind
from scenario_engine.registry.imports.moves import Move, move_of
from scenario_engine.registry.imports.outcome import Outcome, ProblemList, printable
from scenario_engine.registry.imports.reading import RowReader
from scenario_engine.registry.imports.source import RowSource
from scenario_engine.registry.imports.sql_rows import SourceLost
from scenario_engine.registry.imports.staging import Staging, staging
from scenario_engine.registry.imports.telling import Telling
from scenario_engine.texts import Text

log = logging.getLogger(__name__)

#: rows that are staged, and told of, at a time
CHUNK = 10_000

Report = Callable[[int, int | None], None]


class _Cancelled(Exception):
    """Somebody asked the import to end."""


def start(
    session: Session,
    *,
    kind: str,
    file_name: str,
    file_hash: str,
    mapping: Mapping[str, Any],
    dry_run: bool,
    actor: str,
    now: datetime,
) -> FileImport:
    """Note a new import, in state waiting; `run` does the work, and audit entries are the caller's.

    Raises `Invalid` for a kind that is not known.
    """
    require_kind(kind)
    found = FileImport(
        kind=kind,
        file_name=printable(file_name, 250),
        file_hash=file_hash,
        state="waiting",
        dry_run=dry_run,
        mapping=dict(mapping),
        actor=actor,
        started_at=now,
    )
    session.add(found)
    session.flush()
    return found


def run(
    database: Database,
    import_id: int,
    *,
    source: RowSource,
    mapping: Mapping[str, Any],
    partial: bool = False,
    time_zone: str,
    today: date,
    now: datetime,
    report: Report = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    react: Callable[[Session], object] | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Outcome:
    """Bring the file in, in one transaction, or refuse it; with `partial` its wrong rows are left out.

    `today` is the day of the portfolio's `time_zone` at `now`. `report` is told rows read and, as far as it is known,
    their number; `cancelled` is asked now and then. `react` is called with the session that wrote the rows before it
    is committed: the engine's `events.react` belongs there. `clock` tells when it ended; `now` without it. Progress
    and problems are committed on their own, so everybody can watch. The end stands in the `FileImport` row. Raises
    `NotFound` and `Conflict` (not waiting), and `Halted` when a hook does: nothing was written then, and the row still
    says running. Whatever else breaks is raised after the row says failed.
    """
    kind, dry_run = _begin(database, import_id)
    look = source.look
    work = _Work(database, import_id, dry_run, now, clock or (lambda: now), report, cancelled)
    around = Surroundings(time_zone=time_zone, today=today, now=now)
    try:
        _require_mapping(kind, look, mapping, around)
        with staging(database, kind) as staged:
            reader = RowReader(kind, look, mapping, around)
            work.fill(staged, reader, source)
            told = Telling(source="import", mark=f"import:{import_id}", import_id=import_id)
            move = move_of(kind, staged, reader.columns, told=told, time_zone=time_zone, step=work.step)
            staged.complete()
            with staged.settle() as session:
                work.settle(session, move, partial=partial, today=today, react=react)
                if work.outcome.state == "done" and not dry_run and look.format != "rows":
                    remember(session, kind, look, mapping, now=now)
        return work.outcome
    except _Cancelled:
        return work.end(
            "cancelled",
            Text("The import was cancelled; nothing of it stays.", "Загрузка отменена; из неё ничего не записано."),
        )
    except SourceLost as error:
        return work.end("failed", error.text)
    except KaskadError as error:
        return work.refuse(error)
    except Halted:
        raise
    except BaseException:
        log.exception("import %s failed", import_id)
        work.end(
            "failed",
            Text(
                "Something went wrong on our side; nothing of the file was written. Try again.",
                "Произошла ошибка на нашей стороне; из файла ничего не записано. Попробуйте ещё раз.",
            ),
        )
        raise


def start_over(session: Session, import_id: int) -> None:
    """Put an import that brought nothing in back to waiting: its worker died, or somebody tries again."""
    session.execute(delete(ImportProblem).where(ImportProblem.import_id == import_id))
    session.execute(
        update(FileImport)
        .where(FileImport.id == import_id)
        .values(
            state="waiting",
            finished_at=None,
            message=None,
            rows_read=0,
            rows_total=None,
            rows_added=0,
            rows_updated=0,
            rows_wrong=0,
        )
    )


def _begin(database: Database, import_id: int) -> tuple[str, bool]:
    with database.write() as session:
        found = session.get(FileImport, import_id)
        if found is None:
            raise NotFound(
                Text("There is no import #{id}.", "Загрузки № {id} нет.").format(id=import_id), code="import.unknown"
            )
        if found.state != "waiting":
            raise Conflict(Text("This import has run already.", "Эта загрузка уже выполнялась."), code="import.state")
        found.state = "running"
        return found.kind, found.dry_run


def _require_mapping(kind: str, look: FileLook, mapping: Mapping[str, Any], around: Surroundings) -> None:
    problems = check_mapping(kind, look, mapping) or check_constants(kind, mapping, around)
    if problems:
        raise Invalid(
            Text(
                "The columns are not assigned as they must be; nothing was written.",
                "Столбцы сопоставлены неверно; ничего не записано.",
            ),
            code="mapping",
            problems=problems,
        )


class _Work:
    """One run: what was counted so far, and how it is told."""

    def __init__(
        self,
        database: Database,
        import_id: int,
        dry_run: bool,
        now: datetime,
        clock: Callable[[], datetime],
        report: Report,
        cancelled: Callable[[], bool],
    ) -> None:
        self._database = database
        self._import_id = import_id
        self._dry_run = dry_run
        self._now = now
        self._clock = clock
        self._report = report
        self._cancelled = cancelled
        self._problems = ProblemList(import_id)
        self._total: int | None = None
        self.outcome = Outcome(state="running")

    def step(self) -> None:
        """Go on, unless somebody asked to end."""
        if self._cancelled():
            raise _Cancelled

    # -- reading ------------------------------------------------------------------------------------------------

    def fill(self, staged: Staging, reader: RowReader, source: RowSource) -> None:
        """Stage every row of the source, and gather what is wrong with single rows."""
        self._total, look = source.expected(), source.look
        chunk: list[dict[str, Any]] = []
        read = wrong = 0
        for row in source.rows():
            values, troubles = reader.read(row)
            read += 1
            if troubles:
                wrong += 1
                for trouble in troubles:
                    self._problems.add(row.number, trouble)
            if values is not None:
                chunk.append(values)
            if read % CHUNK == 0:
                staged.add(chunk)
                chunk = []
                if look.format == "csv" and row.position:
                    self._total = max(read, read * look.size // row.position)
                self._tell(read, wrong)
        staged.add(chunk)
        self._total = read
        self._tell(read, wrong)
        if not read and look.format != "rows":
            raise Invalid(
                Text("The file holds a header and no rows.", "В файле есть заголовок, но нет ни одной строки."),
                code="file.no_rows",
            )

    def _tell(self, read: int, wrong: int) -> None:
        self.outcome = replace(self.outcome, read=read, wrong=wrong)
        self.step()
        self._report(read, self._total)
        with self._database.write() as session:
            self._write(session)

    # -- the end ------------------------------------------------------------------------------------------------

    def settle(
        self,
        session: Session,
        move: Move,
        *,
        partial: bool,
        today: date,
        react: Callable[[Session], object] | None,
    ) -> None:
        """Check the rows against the registry and, when they may, move them."""
        wrong = self.outcome.wrong + move.check(session, self._problems)
        self.step()
        added, updated = move.count(session)
        read = self.outcome.read
        counted = replace(
            self.outcome, wrong=wrong, added=added, updated=updated, unchanged=read - wrong - added - updated
        )
        if wrong and (not partial or wrong == read):
            self.outcome = replace(
                counted, state="refused", added=0, updated=0, unchanged=0, message=_refusal(wrong, read)
            )
        elif self._dry_run:
            self.outcome = replace(counted, state="done")
        else:
            move.move(session, today=today, now=self._now)
            self.step()
            if react is not None:
                react(session)
            self.outcome = replace(counted, state="done")
        self._finish(session)

    def end(self, state: str, message: Text) -> Outcome:
        """Write an end in which nothing was brought in."""
        self.outcome = replace(self.outcome, state=state, added=0, updated=0, unchanged=0, message=message)
        with self._database.write() as session:
            self._finish(session)
        return self.outcome

    def refuse(self, error: KaskadError) -> Outcome:
        """Write the refusal of the whole file, with the problems that the error carries."""
        for problem in error.problems:
            column = problem.field
            self._problems.add(problem.row or 1, Trouble(code=problem.code, text=problem.text, column=column))
        return self.end("refused", error.text)

    def _finish(self, session: Session) -> None:
        found = cast(FileImport, session.get(FileImport, self._import_id))
        found.finished_at = self._clock()
        self._write(session)
        session.flush()

    def _write(self, session: Session) -> None:
        self._problems.write(session)
        message = self.outcome.message
        session.execute(
            update(FileImport)
            .where(FileImport.id == self._import_id)
            .values(
                state=self.outcome.state,
                rows_read=self.outcome.read,
                rows_total=self._total,
                rows_added=self.outcome.added,
                rows_updated=self.outcome.updated,
                rows_wrong=self.outcome.wrong,
                message=None if message is None else {"en": message.en, "ru": message.ru},
            ),
            execution_options={"synchronize_session": False},
        )


def _refusal(wrong: int, read: int) -> Text:
    rows, are, them = "row" if read == 1 else "rows", "is" if wrong == 1 else "are", "it" if wrong == 1 else "them"
    return Text(
        f"Nothing was written: {wrong} of {read} {rows} {are} wrong. Mend {them}, or bring in the right ones alone.",
        f"Ничего не записано: строк с ошибками — {wrong} из {read}. "
        f"Исправьте {'её' if wrong == 1 else 'их'} или загрузите только верные строки.",
    )
