"""Lists: paging, sort, search and export of one select, done by the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask.wrappers import Response
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, String, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import cast

from console.api.fields import Line
from console.export import FORMATS, export
from scenario_engine.database import Database
from scenario_engine.errors import Invalid, Problem
from scenario_engine.texts import Text

LARGEST_PAGE = 200
#: rows a file may have; more belongs into the database's own tools
LARGEST_EXPORT = 1_000_000


class ListQuery(Schema):
    """The query that every list understands."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000_000))
    size = fields.Integer(load_default=25, validate=validate.Range(1, LARGEST_PAGE))
    sort = Line(longest=60, load_default="")
    q = Line(longest=200, load_default="")
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(FORMATS))


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list as data: what is selected, what it may be sorted by, how a row becomes JSON."""

    select: Select[*tuple[Any, ...]]
    #: name of the field -> what is sorted by
    sorts: Mapping[str, SQLColumnExpression[Any]]
    #: sort when none is asked for, e.g. ``-dpd``
    order: str
    #: unique column that makes the order complete
    tie: SQLColumnExpression[Any]
    item: Callable[[Row[*tuple[Any, ...]]], dict[str, Any]]
    #: adds to the items of a page what one more statement finds for all of them
    enrich: Callable[[Session, list[dict[str, Any]]], None] | None = None
    #: counts faster than the select itself would
    count: Select[int] | None = None
    #: columns of an exported file: title and how to reach into the item, e.g. ``borrower.name``
    columns: Sequence[tuple[Text, str]] = field(default_factory=tuple)
    file_name: str = "export"


def answer(database: Database, listing: Listing, query: Mapping[str, Any], language: str) -> dict[str, Any] | Response:
    """The asked page as JSON, or the whole list as a file when the query names a format."""
    statement = listing.select.order_by(*_order(listing, query["sort"]))
    if query["format"]:
        return export(
            _all_items(database, listing, statement.limit(LARGEST_EXPORT)),
            columns=[(title.say(language), path) for title, path in listing.columns],
            form=query["format"],
            file_name=listing.file_name,
        )
    page, size = query["page"], query["size"]
    with database.read() as session:
        counted = listing.count
        if counted is None:
            counted = select(func.count()).select_from(listing.select.order_by(None).subquery())
        total = session.scalar(counted) or 0
        rows = session.execute(statement.limit(size).offset((page - 1) * size)).all()
        items = [listing.item(row) for row in rows]
        if listing.enrich is not None and items:
            listing.enrich(session, items)
    return {"items": items, "total": total, "page": page, "size": size}


def _order(listing: Listing, asked: str) -> list[SQLColumnExpression[Any]]:
    sort = asked or listing.order
    column = listing.sorts.get(sort.removeprefix("-"))
    if column is None:
        raise Invalid(
            Text("This list cannot be sorted so.", "Этот список нельзя так сортировать."),
            problems=[
                Problem(
                    code="sort",
                    field="sort",
                    text=Text(
                        f"Sort by one of: {', '.join(listing.sorts)}.",
                        f"Сортировать можно по полям: {', '.join(listing.sorts)}.",
                    ),
                )
            ],
        )
    ordered = column.desc() if sort.startswith("-") else column.asc()
    return [ordered.nulls_last(), listing.tie]


def _all_items(database: Database, listing: Listing, statement: Select[*tuple[Any, ...]]) -> Any:
    with database.read() as session:
        result = session.execute(statement.execution_options(yield_per=1000))
        for part in result.partitions():
            items = [listing.item(row) for row in part]
            if listing.enrich is not None:
                with database.read() as beside:
                    listing.enrich(beside, items)
            yield from items


def searches(words: str, *columns: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Any of the columns holds the words. SQLite folds case for ASCII only, so the usual spellings are tried."""
    words = words.strip()
    spellings = dict.fromkeys((words, words.lower(), words.capitalize(), words.title(), words.upper()))
    return or_(
        *(cast(column, String).contains(spelling, autoescape=True) for column in columns for spelling in spellings)
    )
