"""Which column becomes what: proposing a mapping, remembering it, and checking one that was given.

A mapping is JSON, one entry for each target that the file brings::

    {"external_id": {"column": "ID"},
     "balance": {"column": "BILL_AMT1", "unit": "roubles", "negative": "zero"},
     "dpd": {"column": "PAY_0", "unit": "months", "values": {"-2": 0, "-1": 0}},
     "product": {"constant": "credit_card"}}

``column`` or ``constant`` says where the value comes from. ``values`` replaces what a cell says before it is read
(null: empty). ``unit``: roubles or kopecks, days or months (of 30 days). ``decimal``: the decimal sign, where the
amounts alone leave it open. ``negative``: ``zero`` reads a negative amount as 0. ``order``: DMY or MDY, for days that
are written with figures only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.errors import Invalid, Problem
from scenario_engine.models import ImportMapping
from scenario_engine.registry import rowsets
from scenario_engine.registry.imports.cell import BadCell, Surroundings
from scenario_engine.registry.imports.cells import reader
from scenario_engine.registry.imports.layout import Column, FileLook, letters
from scenario_engine.registry.imports.targets import TARGETS, UNITS, Target, targets_of
from scenario_engine.registry.imports.words import plain_name
from scenario_engine.texts import Text

#: replacements in one ``values``
MAX_VALUES = 1_000
#: characters of a constant or of one side of a replacement
MAX_VALUE_LENGTH = 250

#: options of each type of target, with what they may say
OPTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "money": {"unit": UNITS["money"], "decimal": (".", ","), "negative": ("refuse", "zero")},
    "days": {"unit": UNITS["days"]},
    "day": {"order": ("DMY", "MDY")},
    "instant": {"order": ("DMY", "MDY")},
}

#: words of a header that say the unit
_UNIT_WORDS = {
    "руб": "roubles",
    "рублей": "roubles",
    "рубли": "roubles",
    "р": "roubles",
    "rub": "roubles",
    "rur": "roubles",
    "коп": "kopecks",
    "копеек": "kopecks",
    "kopecks": "kopecks",
    "kop": "kopecks",
}
_MONTH_NAMES = ("months overdue", "months past due", "overdue months", "месяцев просрочки", "просрочка месяцев")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A mapping for a file, and whether it is the one that was used last time."""

    mapping: dict[str, Any]
    remembered: bool


def propose(session: Session, kind: str, look: FileLook) -> Proposal:
    """The mapping used last for files of this kind with this header, else one by the names of the columns.

    Raises `Invalid` for a kind that is not known.
    """
    require_kind(kind)
    known = session.scalar(
        select(ImportMapping).where(ImportMapping.kind == kind, ImportMapping.header_hash == look.header_hash)
    )
    if known is not None and not check_mapping(kind, look, known.mapping):
        return Proposal(mapping=dict(known.mapping), remembered=True)
    return Proposal(mapping=_by_names(kind, look), remembered=False)


def remember(session: Session, kind: str, look: FileLook, mapping: Mapping[str, Any], *, now: datetime) -> None:
    """Have the mapping proposed for the next file with this header."""
    statement = rowsets.insert_into(session, ImportMapping).values(
        kind=kind, header_hash=look.header_hash, mapping=dict(mapping), used_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "header_hash"],
            set_={"mapping": statement.excluded.mapping, "used_at": statement.excluded.used_at},
        )
    )


def require_kind(kind: str) -> None:
    """Raise `Invalid` unless files of this kind can be brought in."""
    if kind not in TARGETS:
        raise Invalid(
            Text(
                "Files of the kind {kind} cannot be brought in. Kinds: {all}.",
                "Файлы вида {kind} не загружаются. Виды: {all}.",
            ).format(kind=kind[:60], all=", ".join(TARGETS)),
            code="import.kind",
        )


# -- by names ---------------------------------------------------------------------------------------------------


def _by_names(kind: str, look: FileLook) -> dict[str, Any]:
    found: dict[str, Any] = {}
    free = {column.name: column for column in look.columns if column.doubtful is None}
    for target in TARGETS[kind]:
        best = min(
            ((rank, name) for name in free if (rank := _rank(target, name)) is not None),
            default=None,
        )
        if best is not None:
            found[target.key] = {"column": best[1], **_guess(target, free.pop(best[1]))}
    return found


def _rank(target: Target, name: str) -> int | None:
    """How well the column's name fits, 0 best; None: not at all."""
    plain = plain_name(name)
    for spelt in (plain, " ".join(word for word in plain.split() if word not in _UNIT_WORDS)):
        if spelt in (target.key.replace("_", " "), plain_name(target.title.en), plain_name(target.title.ru)):
            return 0
        if spelt in target.names:
            return 1 + target.names.index(spelt)
        if target.type == "days" and spelt in _MONTH_NAMES:
            return len(target.names) + 1
    return None


def _guess(target: Target, column: Column) -> dict[str, str]:
    """The options that the column's name and first values tell."""
    words = plain_name(column.name).split()
    if target.type == "days":
        return {"unit": "months" if plain_name(column.name) in _MONTH_NAMES else "days"}
    if target.type != "money":
        return {}
    found = {"unit": next((unit for word in words if (unit := _UNIT_WORDS.get(word))), "roubles")}
    signs = {sign for said in column.samples if (sign := _decimal_sign(said))}
    if len(signs) == 1:
        found["decimal"] = signs.pop()
    return found


def _decimal_sign(said: str) -> str | None:
    """The decimal sign when this amount leaves no doubt about it."""
    bare = said.rstrip("₽ рубRUBrub.")
    for sign, other in ((",", "."), (".", ",")):
        whole, mark, fraction = bare.rpartition(sign)
        if mark and fraction.isdigit() and len(fraction) in (1, 2) and sign not in whole:
            return sign
        if whole.count(sign) and fraction.isdigit() and len(fraction) == 3:
            return other
    return None


# -- checks -----------------------------------------------------------------------------------------------------


def check_mapping(kind: str, look: FileLook, mapping: Any) -> list[Problem]:
    """Everything that is wrong with the mapping for this file; an empty list when it can be used.

    A problem's `field` is the target. Raises `Invalid` for a kind that is not known.
    """
    require_kind(kind)
    if not isinstance(mapping, Mapping):
        return [
            _problem(
                "mapping.form",
                "",
                Text(
                    "A mapping is a JSON object: target → column.",
                    "Сопоставление — объект JSON: что загружаем → столбец.",
                ),
            )
        ]
    targets = targets_of(kind)
    problems = [problem for key in mapping for problem in _check_entry(str(key), targets, look, mapping[key])]
    for target in targets.values():
        if target.required and target.key not in mapping:
            problems.append(_missing(target, look))
    return problems


def doubts(kind: str, look: FileLook, mapping: Mapping[str, Any]) -> Iterator[Problem]:
    """For each target that the mapping leaves out because the file has several columns of its name: which ones."""
    for target in TARGETS[kind]:
        if target.key not in mapping and (several := _several(target, look)):
            yield _ambiguous(target, several, look)


def _several(target: Target, look: FileLook) -> list[Column]:
    """The columns of one name that all could be the target; none when there is not such a name."""
    fitting = [one for one in look.columns if one.doubtful and _rank(target, one.doubtful) is not None]
    first = fitting[0].doubtful if fitting else None
    return [one for one in fitting if first and one.doubtful and one.doubtful.casefold() == first.casefold()]


def _ambiguous(target: Target, columns: Sequence[Column], look: FileLook) -> Problem:
    """Several columns have the name of the target: which ones, as a spreadsheet letters them."""
    places = [letters(look.places[column.name]) for column in columns]
    shown, names = (
        ", ".join(some[:10]) + (", …" if len(some) > 10 else "") for some in (places, [one.name for one in columns])
    )
    return Problem(
        code="mapping.ambiguous",
        field=target.key,
        row=look.header_row or None,
        text=Text(
            "The header has “{name}” more than once, in the columns {places}. Choose which one is “{title}”: {all}.",
            "В заголовке столбец «{name}» встречается не один раз: {places}. Выберите, какой из них «{title}»: {all}.",
        ).format(name=columns[0].doubtful, places=shown, title=target.title, all=names),
    )


def _missing(target: Target, look: FileLook) -> Problem:
    if several := _several(target, look):
        return _ambiguous(target, several, look)
    return Problem(
        code="mapping.missing",
        field=target.key,
        row=look.header_row or None,
        text=Text(
            "The file has no column for “{title}” ({key}), which is required.",
            "В файле не указан обязательный столбец «{title}» ({key}).",
        ).format(title=target.title, key=target.key),
    )


def _check_entry(key: str, targets: Mapping[str, Target], look: FileLook, entry: Any) -> Iterator[Problem]:
    target = targets.get(key)
    if target is None:
        yield _problem(
            "mapping.target",
            key[:60],
            Text("There is no such target. Targets: {all}.", "Такого поля нет. Поля: {all}.").format(
                all=", ".join(targets)
            ),
        )
        return
    if not isinstance(entry, Mapping):
        yield _problem(
            "mapping.form",
            key,
            Text('Write {"column": …} or {"constant": …} here.', 'Здесь нужно {"column": …} или {"constant": …}.'),
        )
        return
    column, constant = entry.get("column"), entry.get("constant")
    if column is None and constant is None:
        if target.required:
            yield _missing(target, look)
    elif column is not None and constant is not None:
        yield _problem(
            "mapping.form", key, Text("A column or a constant, not both.", "Либо столбец, либо постоянное значение.")
        )
    elif column is not None:
        yield from _check_column(target, look, column)
    yield from _check_options(target, entry)


def _check_column(target: Target, look: FileLook, column: Any) -> Iterator[Problem]:
    if isinstance(column, str) and column in look.places:
        return
    said = str(column)[:100]
    alike = [one for one in look.columns if one.doubtful and one.doubtful.casefold() == said.casefold()]
    if alike:
        yield _ambiguous(target, alike, look)
        return
    text = Text(
        "The file has no column {name}. Its columns: {all}.", "В файле нет столбца {name}. Есть: {all}."
    ).format(
        name=said, all=", ".join(one.name for one in look.columns[:20]) + (", …" if len(look.columns) > 20 else "")
    )
    yield Problem(code="mapping.column", field=target.key, row=look.header_row or None, text=text)


def _check_options(target: Target, entry: Mapping[str, Any]) -> Iterator[Problem]:
    allowed = OPTIONS.get(target.type, {})
    for option, value in entry.items():
        if option in ("column", "constant"):
            continue
        if option == "values":
            if not _are_values(value):
                yield _problem(
                    "mapping.values",
                    target.key,
                    Text(
                        "“values” is an object of at most {most} replacements: what the cell says → what is read.",
                        "values — объект, не больше {most} замен: что в ячейке → что читать.",
                    ).format(most=MAX_VALUES),
                )
            continue
        if option not in allowed:
            yield _problem(
                "mapping.option",
                target.key,
                Text(
                    "There is no option {option} here. Options: {all}.",
                    "Параметра {option} здесь нет. Параметры: {all}.",
                ).format(option=str(option)[:60], all=", ".join(("column", "constant", "values", *allowed))),
            )
        elif value not in allowed[option]:
            yield _problem(
                "mapping.option",
                target.key,
                Text(
                    "{option} may be: {all}.",
                    "{option} может быть: {all}.",
                ).format(option=option, all=", ".join(allowed[option])),
            )
    constant = entry.get("constant")
    if constant is not None and not _is_scalar(constant):
        yield _problem(
            "mapping.constant",
            target.key,
            Text("A constant is a text or a number.", "Постоянное значение — текст или число."),
        )


def _are_values(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and len(value) <= MAX_VALUES
        and all(isinstance(key, str) and _is_scalar(key) for key in value)
        and all(new is None or _is_scalar(new) for new in value.values())
    )


def _is_scalar(value: Any) -> bool:
    """Whether the value is a short text or a number that any database can keep."""
    if isinstance(value, str):
        return len(value) <= MAX_VALUE_LENGTH and not re.search("[\x00\ud800-\udfff]", value)
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def check_constants(kind: str, mapping: Mapping[str, Any], surroundings: Surroundings) -> list[Problem]:
    """The constants of a checked mapping that their targets cannot read."""
    problems = []
    for target in TARGETS[kind]:
        entry = mapping.get(target.key) or {}
        if entry.get("constant") is None:
            continue
        try:
            reader(target, entry, surroundings)(entry["constant"])
        except BadCell as error:
            problems.append(_problem(f"mapping.{error.code}", target.key, error.text))
    return problems


def _problem(code: str, key: str, text: Text) -> Problem:
    return Problem(code=code, field=key or None, text=text)
