"""The job that reads a SQL source. All new rows or none: how far it came is written with the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from console.configuration import open_vault
from console.jobs.bring_in import Importing
from console.queries.imports import GOING
from console.sql_sources import READ, rows_of
from scenario_engine.database import Database
from scenario_engine.engine.events import react
from scenario_engine.errors import NotFound
from scenario_engine.jobs import Attempt
from scenario_engine.jobs.attempt import Cancelled
from scenario_engine.models import FileImport, SqlSource
from scenario_engine.registry import imports
from scenario_engine.registry.days import local_day
from scenario_engine.registry.imports.sql_rows import SourceLost
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

_GONE = Text("The source was removed.", "Источник удалён.")


class ReadSource(Importing):
    """Reads a SQL source. Params: import_id, source_id."""

    key = READ
    title = Text("Reading a database", "Чтение базы данных")

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._vault = open_vault(settings)

    def work(self, attempt: Attempt) -> Mapping[str, Any]:
        """Read, check and move the rows; gives the state in which the import ended."""
        import_id = int(attempt.params["import_id"])
        with self._database.read() as session:
            row = session.get_one(FileImport, import_id)
            source = session.get(SqlSource, attempt.params["source_id"])
        if source is None:
            raise NotFound(_GONE)
        if row.state in GOING:
            row.state = self._run(attempt, row, source)
        if row.state == "cancelled":
            raise Cancelled
        return {"import_id": import_id, "state": row.state}

    def _run(self, attempt: Attempt, row: FileImport, source: SqlSource) -> str:
        moment, zone = attempt.clock(), self._settings.time_zone
        opened = rows_of(source, self._vault, self._settings).open()

        def settle(session: Session) -> None:
            react(session, now=moment, time_zone=zone)
            # another query or column since means: from the beginning, whatever this one reached
            session.execute(
                update(SqlSource)
                .where(SqlSource.id == source.id, SqlSource.changed_at == source.changed_at)
                .values(reached=opened.reached)
            )
            attempt.hold(session)

        outcome = imports.run(
            self._database,
            row.id,
            source=opened,
            mapping=source.mapping,
            partial=source.partial,
            time_zone=zone,
            today=local_day(moment, zone),
            now=moment,
            report=attempt.report,
            cancelled=attempt.is_cancelled,
            react=settle,
            clock=attempt.clock,
        )
        if outcome.state == "failed" and outcome.message is not None:
            raise SourceLost(outcome.message)
        return outcome.state
