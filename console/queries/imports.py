"""Files that were brought in or tried, and what was wrong in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from console import state_words
from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from scenario_engine.database import Database
from scenario_engine.errors import NotFound
from scenario_engine.models import FileImport, ImportProblem
from scenario_engine.texts import Text

#: an import in one of these has not ended
GOING = ("waiting", "running")
#: problems that the card shows; all of them are in the file
SHOWN = 100
#: stands where a value may hold what the reader may not see
HIDDEN = "•••"
_COLUMNS = (
    FileImport.id,
    FileImport.kind,
    FileImport.file_name,
    FileImport.state,
    FileImport.dry_run,
    FileImport.actor,
    FileImport.started_at,
    FileImport.finished_at,
    FileImport.rows_read,
    FileImport.rows_total,
    FileImport.rows_added,
    FileImport.rows_updated,
    FileImport.rows_wrong,
    FileImport.message,
    FileImport.job_id,
)
EXPORTED = (
    Column(Text("File", "Файл"), "file_name"),
    Column(Text("Holds", "Что в файле"), "kind", words=state_words.IMPORT_KINDS),
    Column(Text("State", "Состояние"), "state", words=state_words.IMPORTS),
    Column(Text("Trial", "Проверка"), "dry_run"),
    Column(Text("Who", "Кто"), "actor"),
    Column(Text("Started", "Начата"), "started_at"),
    Column(Text("Finished", "Закончена"), "finished_at"),
    Column(Text("Rows read", "Прочитано строк"), "rows_read"),
    Column(Text("Added", "Добавлено"), "rows_added"),
    Column(Text("Updated", "Обновлено"), "rows_updated"),
    Column(Text("Wrong", "Ошибочных"), "rows_wrong"),
    Column(Text("Message", "Сообщение"), "message"),
)
PROBLEM_COLUMNS = (
    Column(Text("Row", "Строка"), "row"),
    Column(Text("Column", "Столбец"), "column"),
    Column(Text("Value", "Значение"), "value"),
    Column(Text("What is wrong", "Что не так"), "text"),
)


def import_list(actor: Actor, filters: Mapping[str, Any]) -> Listing:
    """The imports that fit the filters."""
    where: list[ColumnElement[bool]] = []
    for name, column in (("state", FileImport.state), ("kind", FileImport.kind), ("actor", FileImport.actor)):
        if filters.get(name):
            where.append(column.in_(filters[name].split(",")))
    if filters.get("q", "").strip():
        where.append(searches(filters["q"], FileImport.file_name, FileImport.actor))
    return Listing(
        select=select(*_COLUMNS).where(*where),
        sorts={
            "id": FileImport.id,
            "file_name": FileImport.file_name,
            "kind": FileImport.kind,
            "state": FileImport.state,
            "actor": FileImport.actor,
            "started_at": FileImport.started_at,
            "finished_at": FileImport.finished_at,
            "rows_added": FileImport.rows_added,
            "rows_updated": FileImport.rows_updated,
            "rows_wrong": FileImport.rows_wrong,
        },
        order="-started_at",
        tie=FileImport.id.desc(),
        item=lambda row: import_item(row, actor.language),
        columns=EXPORTED,
        file_name="imports",
    )


def import_item(row: Row[*tuple[Any, ...]], language: str) -> dict[str, Any]:
    """An import as JSON."""
    return {**row._mapping, "message": _said(row.message, language)}


def import_problems(database: Database, actor: Actor, import_id: int) -> Iterator[dict[str, Any]]:
    """Every problem of an import, row by row, as it is read; NotFound (at once) when there is no such import."""
    with database.read() as session:
        brought_by = session.scalar(select(FileImport.actor).where(FileImport.id == import_id))
    if brought_by is None:
        raise no_import()
    return _read_problems(database, import_id, may_see_values(actor, brought_by), actor.language)


def _read_problems(database: Database, import_id: int, shown: bool, language: str) -> Iterator[dict[str, Any]]:
    statement = (
        select(ImportProblem.row, ImportProblem.column, ImportProblem.value, ImportProblem.code, ImportProblem.text)
        .where(ImportProblem.import_id == import_id)
        .order_by(ImportProblem.row, ImportProblem.id)
        .execution_options(yield_per=1000)
    )
    with database.read() as session:
        for row in session.execute(statement):
            yield problem_item(row, shown, language)


def problem_item(row: Row[*tuple[Any, ...]], shown: bool, language: str) -> dict[str, Any]:
    """A wrong row as JSON; `shown` is whether its value may be seen."""
    return {
        "row": row.row,
        "column": row.column,
        "value": row.value if shown or row.value is None else HIDDEN,
        "code": row.code,
        "text": _said(row.text, language) or row.code,
    }


def import_card(session: Session, actor: Actor, import_id: int) -> dict[str, Any]:
    """One import with its mapping and its first problems; NotFound when there is none.

    The values of wrong rows are shown to who brought the file and to those who may see persons.
    """
    row = session.execute(select(*_COLUMNS, FileImport.mapping).where(FileImport.id == import_id)).one_or_none()
    if row is None:
        raise no_import()
    shown = may_see_values(actor, row.actor)
    problems = session.execute(
        select(ImportProblem.row, ImportProblem.column, ImportProblem.value, ImportProblem.code, ImportProblem.text)
        .where(ImportProblem.import_id == import_id)
        .order_by(ImportProblem.row, ImportProblem.id)
        .limit(SHOWN)
    )
    return {
        **import_item(row, actor.language),
        "problems": [problem_item(problem, shown, actor.language) for problem in problems],
    }


def may_see_values(actor: Actor, brought_by: str) -> bool:
    """Whether the actor may see what stands in the wrong rows of a file."""
    return actor.name == brought_by or actor.may("person.read")


def no_import() -> NotFound:
    """The refusal for an import that does not exist."""
    return NotFound(Text("There is no such import.", "Такой загрузки нет."))


def _said(text: Mapping[str, str] | None, language: str) -> str | None:
    return None if text is None else text.get(language) or text.get("en")
