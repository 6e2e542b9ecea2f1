"""Lists: paging, sort, search and export of one select, done by the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask.wrappers import Response
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, String, func, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import cast

from console.api.actor import Actor
from console.api.fields import Line
from console.clock import now
from console.context import database, settings
from console.export import FORMATS, Column, Reader, export
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
    #: a page counts no further than this: the list is a history that nobody needs to know the length of
    most: int | None = None
    #: columns of an exported file
    columns: Sequence[Column] = field(default_factory=tuple)
    file_name: str = "export"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for which part of a list, and when."""

    actor: Actor
    query: Mapping[str, Any]
    #: UTC
    now: datetime
    #: the portfolio's
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """A list that may be longer than a request lasts: what a job needs to write it into a file on its own."""

    title: Text
    right: str
    query: type[ListQuery]
    make: Callable[[Asked], Listing]

    def page(self, actor: Actor, query: Mapping[str, Any]) -> dict[str, Any] | Response:
        """What `answer` gives for the current request."""
        asked = Asked(actor=actor, query=query, now=now(), time_zone=settings().time_zone)
        return answer(database(), self.make(asked), query, actor)


def reader(actor: Actor) -> Reader:
    """The actor as somebody who opens an exported file."""
    return Reader(language=actor.language, time_zone=settings().time_zone)


def answer(opened: Database, listing: Listing, query: Mapping[str, Any], actor: Actor) -> dict[str, Any] | Response:
    """The asked page as JSON, or the whole list as a file when the query names a format."""
    statement = listing.select.order_by(*order(listing, query["sort"]))
    if query["format"]:
        return export(
            all_items(opened, listing, query),
            columns=listing.columns,
            form=query["format"],
            file_name=listing.file_name,
            reader=reader(actor),
        )
    page, size = query["page"], query["size"]
    with opened.read() as session:
        total, more = _counted(session, listing)
        rows = session.execute(statement.limit(size).offset((page - 1) * size)).all()
        items = [listing.item(row) for row in rows]
        if listing.enrich is not None and items:
            listing.enrich(session, items)
    return {"items": items, "total": total, "more": more, "page": page, "size": size}


def count(session: Session, listing: Listing) -> int:
    """How many rows the list has."""
    counted = listing.count
    if counted is None:
        counted = select(func.count()).select_from(listing.select.order_by(None).subquery())
    return session.scalar(counted) or 0


def _counted(session: Session, listing: Listing) -> tuple[int, bool]:
    """How many rows a page says that the list has, and whether there are more than that."""
    if listing.most is None:
        return count(session, listing), False
    first = listing.select.order_by(None).with_only_columns(literal(1)).limit(listing.most + 1).subquery()
    found = session.scalar(select(func.count()).select_from(first)) or 0
    return min(found, listing.most), found > listing.most


def order(listing: Listing, asked: str) -> list[SQLColumnExpression[Any]]:
    """What the list is sorted by; Invalid when it cannot be sorted so."""
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


def all_items(opened: Database, listing: Listing, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every item of the list, as it is read, up to what a file may have."""
    statement = listing.select.order_by(*order(listing, query["sort"])).limit(LARGEST_EXPORT)
    with opened.read() as session:
        result = session.execute(statement.execution_options(yield_per=1000))
        for part in result.partitions():
            items = [listing.item(row) for row in part]
            if listing.enrich is not None:
                with opened.read() as beside:
                    listing.enrich(beside, items)
            yield from items


def searches(words: str, *columns: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Any of the columns holds the words. SQLite folds case for ASCII only, so the usual spellings are tried."""
    words = words.strip()
    spellings = dict.fromkeys((words, words.lower(), words.capitalize(), words.title(), words.upper()))
    return or_(
        *(cast(column, String).contains(spelling, autoescape=True) for column in columns for spelling in spellings)
    )
