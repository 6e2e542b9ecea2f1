"""Buckets: the portfolio by days past due, and how loans moved between them."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.listing import ListQuery, Source
from console.api.shapes import buckets as shapes
from console.clock import now, today
from console.context import database, settings
from console.queries.buckets import board, day_list, moves
from scenario_engine.errors import Invalid, Problem
from scenario_engine.texts import Text

_DAYS = validate.Range(date(2000, 1, 1), date(2099, 12, 31))

BUCKET_DAYS = Source(
    title=Text("Buckets by day", "Корзины по дням"),
    right="loan.all",
    query=ListQuery,
    make=lambda asked: day_list(asked.query),
)


class MovesQuery(Schema):
    """The period, both days included."""

    first = fields.Date(required=True, data_key="from", validate=_DAYS)
    last = fields.Date(required=True, data_key="to", validate=_DAYS)


class BucketsApi(Api):
    """Buckets."""

    resource_name = "buckets"

    @route("GET", "", right="loan.all", answer=shapes.Board)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """The portfolio by bucket, against yesterday, a week and a month ago."""
        with database().read() as session:
            return board(session, actor.language, on=today(now(), settings().time_zone))

    @route("GET", "/moves", right="loan.all", query=MovesQuery, answer=shapes.Moves)
    def moves(self, *, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
        """Where the loans of each bucket went between the ends of two days."""
        if query["first"] >= query["last"]:
            text = Text("The period must begin before it ends.", "Начало периода должно быть раньше конца.")
            raise Invalid(text, code="period", problems=[Problem(code="period", field="from", text=text)])
        with database().read() as session:
            return moves(session, actor.language, **query)

    @route("GET", "/days", right="loan.all", query=ListQuery, answer=shapes.DayPage)
    def days(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """What the buckets held after each day's roll."""
        return BUCKET_DAYS.page(actor, query)
