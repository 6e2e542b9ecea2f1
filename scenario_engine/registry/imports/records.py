"""Records that another system sends itself: the same checks and writes as a file's rows, in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.errors import Invalid, Problem
from scenario_engine.registry.imports.cell import Surroundings
from scenario_engine.registry.imports.layout import FileLook, Row, Trouble
from scenario_engine.registry.imports.mapping import require_kind
from scenario_engine.registry.imports.moves import move_of
from scenario_engine.registry.imports.outcome import Problems
from scenario_engine.registry.imports.reading import RowReader
from scenario_engine.registry.imports.staging import Staging, staging
from scenario_engine.registry.imports.targets import targets_of
from scenario_engine.registry.imports.telling import Telling
from scenario_engine.texts import Text

#: records of one request; more is a file
MOST_RECORDS = 10_000
#: what other systems call a target, where its own name means Kaskad's key in the API
OUTSIDE_NAMES: Mapping[str, str] = {"loan_id": "loan_external_id", "borrower_id": "borrower_external_id"}

_NO_FIELD = Text("There is no such field.", "Такого поля нет.")
_NOT_SCALAR = Text("Send a text, a number or null here.", "Здесь нужен текст, число или null.")
_LACKING = Text(
    "Other rows have this field and this one has not: send null to empty it.",
    "У других строк это поле есть, а у этой нет: чтобы очистить значение, передайте null.",
)


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What became of records: `added` + `updated` + `unchanged` + `wrong` are all of them."""

    added: int
    updated: int
    unchanged: int
    wrong: int
    #: by row, counted from 1
    problems: Sequence[Problem] = ()


def field_names(kind: str) -> dict[str, str]:
    """The field of a record for each target of the kind."""
    return {key: OUTSIDE_NAMES.get(key, key) for key in targets_of(kind)}


def bring(
    database: Database,
    kind: str,
    records: Sequence[Mapping[str, Any]],
    *,
    told: Telling,
    partial: bool,
    time_zone: str,
    today: date,
    now: datetime,
    before: Callable[[Session], object],
    after: Callable[[Session, Brought], object],
) -> Brought:
    """Write the records in one transaction, or with `partial` the right ones; money is kopecks.

    `before` is called first in the transaction and `after` last; what they raise undoes it. Raises `Invalid` with the
    problems of the rows when nothing may be written: one is wrong, or with `partial` all are.
    """
    require_kind(kind)
    fields = field_names(kind)
    places = {name: place for place, name in enumerate(fields.values())}
    given = {name for record in records for name in record} & set(places)
    mapping = {key: _read_as(kind, key, name) for key, name in fields.items() if name in given}
    problems = Problems()
    with staging(database, kind) as staged:
        around = Surroundings(time_zone=time_zone, today=today, now=now)
        reader = RowReader(kind, _look(places), mapping, around)
        required = [fields[key] for key, target in targets_of(kind).items() if target.required]
        _stage(staged, reader, _rows(records, places, given, required), problems)
        move = move_of(kind, staged, reader.columns, told=told, time_zone=time_zone)
        with staged.settle() as session:
            before(session)
            move.check(session, problems)
            wrong = len(records) - staged.count(session)
            found = _told(problems)
            if wrong and (not partial or wrong == len(records)):
                raise Invalid(_refusal(wrong, len(records)), code="rows", problems=found)
            added, updated = move.count(session)
            brought = Brought(
                added=added, updated=updated, unchanged=len(records) - wrong - added - updated, wrong=wrong,
                problems=found,
            )  # fmt: skip
            move.move(session, today=today, now=now)
            after(session, brought)
    return brought


def _look(places: Mapping[str, int]) -> FileLook:
    return FileLook(
        format="rows", encoding=None, separator=None, sheet=None, sheets=(), columns=(), header_hash="",
        places=dict(places),
    )  # fmt: skip


def _read_as(kind: str, key: str, name: str) -> dict[str, Any]:
    return {"column": name, **({"unit": "kopecks"} if targets_of(kind)[key].type == "money" else {})}


def _rows(
    records: Sequence[Mapping[str, Any]], places: Mapping[str, int], given: set[str], required: Sequence[str]
) -> Iterator[tuple[Row, list[Trouble]]]:
    documents = {"data"}
    for number, record in enumerate(records, 1):
        troubles = [Trouble(code="field.unknown", column=name[:250], text=_NO_FIELD) for name in record.keys() - places]
        troubles += [Trouble(code="field.lacking", column=name, text=_LACKING) for name in given - record.keys()]
        troubles += [
            Trouble(code="field", column=name, text=Text("Fill this in.", "Заполните это поле."))
            for name in required
            if name not in given
        ]
        troubles += [
            Trouble(code="field.type", column=name, text=_NOT_SCALAR)
            for name, value in record.items()
            if isinstance(value, list) or (isinstance(value, dict) and name not in documents)
        ]
        yield Row(number=number, cells=[record.get(name) for name in places]), troubles


def _stage(staged: Staging, reader: RowReader, rows: Iterator[tuple[Row, list[Trouble]]], problems: Problems) -> None:
    """Stage the rows that can be told apart; what is wrong with the others."""
    ready = []
    for row, troubles in rows:
        values = None
        if not troubles:
            values, found = reader.read(row)
            troubles = list(found)
        for trouble in troubles:
            problems.add(row.number, trouble)
        if values is not None:
            ready.append(values)
    staged.add(ready)


def _told(problems: Problems) -> list[Problem]:
    return [
        Problem(code=trouble.code, text=trouble.text, field=trouble.column, row=row)
        for row, trouble in sorted(problems.found, key=lambda one: (one[0], one[1].column or ""))
    ]


def _refusal(wrong: int, all_of_them: int) -> Text:
    return Text(
        f"Nothing was written: {wrong} of {all_of_them} rows wrong. Mend them, or send partial: true to have the right "
        "ones written.",
        f"Ничего не записано: строк с ошибками — {wrong} из {all_of_them}. Исправьте их или передайте partial: true, "
        "чтобы записать только верные.",
    )
