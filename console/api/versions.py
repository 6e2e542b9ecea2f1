"""Versions: review, and the numbers of their nodes."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from flask import request
from flask.wrappers import Response
from marshmallow import Schema, fields, validate
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Line
from console.api.listing import ListQuery, answer, reader
from console.api.scenarios import document_file, scenario_card
from console.api.shapes import loans as loan_shapes
from console.api.shapes import message_templates as template_shapes
from console.api.shapes import scenarios as shapes
from console.clock import now, today
from console.context import database, settings
from console.errors import answer_error
from console.export import export
from console.queries.cases import node_cases
from console.queries.numbers_table import number_rows, table_columns
from console.queries.scenarios import require_scenario, require_version, reviews, version_card
from console.queries.version_messages import version_messages
from scenario_engine import authoring
from scenario_engine.errors import Invalid, NotFound
from scenario_engine.models import VersionNode
from scenario_engine.stats.numbers import numbers_revision, version_numbers
from scenario_engine.stats.slices import Slice, choices, conditions_of
from scenario_engine.texts import Text

#: days that the numbers look back when no period is asked for
_DAYS = 30
#: the longest period
_MOST_DAYS = 3660


class Approval(Schema):
    """What exactly is approved."""

    content_hash = Line(longest=64, required=True)
    comment = Line(longest=10_000, load_default="", allow_none=True)


class Return(Schema):
    """Why a version goes back, perhaps at one node."""

    reason = Line(longest=10_000, required=True)
    node = Line(longest=64, load_default=None, allow_none=True)


class Period(Schema):
    """Local days of the portfolio, both included."""

    date_from = fields.Date(data_key="from", load_default=None)
    date_to = fields.Date(data_key="to", load_default=None)


class SliceQuery(Schema):
    """Whom numbers are about."""

    arm = Line(longest=120, load_default="")
    repeat = Line(longest=10, load_default="")
    product = Line(longest=64, load_default="")
    district = Line(longest=64, load_default="")


class NumbersQuery(Period, SliceQuery):
    """A period, and whom the numbers are about."""


class NodeCaseQuery(ListQuery, NumbersQuery):
    """Which cases of a node."""

    state = fields.String(load_default="here", validate=validate.OneOf(("here", "entered", "left", "failed")))
    port = Line(longest=64, load_default="")


class VersionsApi(Api):
    """Versions that somebody submitted."""

    resource_name = "versions"

    @route("GET", "/<key:version_id>", right="scenario.read", answer=shapes.VersionCard)
    def get(self, *, actor: Actor, version_id: int) -> dict[str, Any]:
        """A version, read-only."""
        with database().read() as session:
            return self._card(session, version_id, actor.language)

    @route("GET", "/<key:version_id>/export", right="scenario.read", files=("application/json",))
    def export(self, *, actor: Actor, version_id: int) -> Response:
        """The version as a file, with the templates of the library that it names."""
        with database().write() as session:
            version = require_version(session, version_id)
            key = require_scenario(session, version.scenario_id).key
            document = authoring.export_version(session, version_id, actor=actor.name, now=now())
        return document_file(document, f"{key}-{version.number}")

    @route("GET", "/<key:version_id>/messages", right="scenario.read", answer=template_shapes.Sent)
    def messages(self, *, actor: Actor, version_id: int) -> dict[str, Any]:
        """The texts that a version sends, in both languages, and what changed in them against the version before."""
        with database().read() as session:
            return version_messages(session, require_version(session, version_id), actor.language)

    @route("POST", "/<key:version_id>/approve", right="scenario.review", body=Approval, answer=shapes.VersionCard)
    def approve(self, *, actor: Actor, version_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Publish a version that another person submitted."""
        with database().write() as session:
            authoring.approve(
                session,
                version_id,
                content_hash=body["content_hash"],
                comment=body["comment"] or "",
                actor=actor.name,
                now=now(),
            )
            return self._card(session, version_id, actor.language)

    @route("POST", "/<key:version_id>/return", right="scenario.review", body=Return, answer=shapes.VersionCard)
    def return_(self, *, actor: Actor, version_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Send a version back with a reason."""
        with database().write() as session:
            authoring.return_(session, version_id, **body, actor=actor.name, now=now())
            return self._card(session, version_id, actor.language)

    @route("POST", "/<key:version_id>/restore", right="scenario.edit", answer=shapes.Scenario)
    def restore(self, *, actor: Actor, version_id: int) -> Any:
        """Copy a version's document into the draft."""
        try:
            with database().write() as session:
                scenario = authoring.restore(session, version_id, actor=actor.name, now=now())
                return scenario_card(session, scenario, actor.language)
        except authoring.StaleDraft as error:
            return answer_error(error, theirs=error.theirs)

    @route("GET", "/<key:version_id>/numbers", right="scenario.read", query=NumbersQuery, answer=shapes.Numbers)
    def numbers(self, *, actor: Actor, version_id: int, query: dict[str, Any]) -> Any:
        """The numbers of every node; 304 while nothing changed since the ETag that was sent."""
        first, last = _period(query)
        with database().read() as session:
            require_version(session, version_id)
            # The day is part of it: at midnight a younger day matures.
            day = today(now(), settings().time_zone)
            only = _slice(query)
            asked = sha256(repr(only).encode()).hexdigest()[:12] if only else ""
            tag = f"{numbers_revision(session, version_id)}-{first}-{last}-{day}-{asked}"
            if request.if_none_match.contains(tag):
                unchanged = Response(status=304)
                unchanged.set_etag(tag)
                return unchanged
            numbers = _numbers(session, version_id, query)
        return self.tagged(numbers, tag)

    @route("GET", "/<key:version_id>/slices", right="scenario.read", answer=shapes.Slices)
    def slices(self, *, actor: Actor, version_id: int) -> dict[str, Any]:
        """What the numbers can be read by: arms of the splits, and segments of borrowers."""
        with database().read() as session:
            return choices(session, require_version(session, version_id), actor.language)

    @route("GET", "/<key:version_id>/numbers.csv", right="scenario.read", query=NumbersQuery, files=("text/csv",))
    def numbers_csv(self, *, actor: Actor, version_id: int, query: dict[str, Any]) -> Response:
        """The numbers as a table."""
        return _table(actor, version_id, query, "csv")

    @route(
        "GET",
        "/<key:version_id>/numbers.xlsx",
        right="scenario.read",
        query=NumbersQuery,
        files=("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    )
    def numbers_xlsx(self, *, actor: Actor, version_id: int, query: dict[str, Any]) -> Response:
        """The numbers as a table for a spreadsheet."""
        return _table(actor, version_id, query, "xlsx")

    @route(
        "GET",
        "/<key:version_id>/nodes/<string:node>/cases",
        right="scenario.read",
        query=NodeCaseQuery,
        answer=loan_shapes.NodeCasePage,
    )
    def cases(self, *, actor: Actor, version_id: int, node: str, query: dict[str, Any]) -> Any:
        """The cases that are at a node, left it, or failed there."""
        with database().read() as session:
            version = require_version(session, version_id)
            only = _slice(query)
            which = conditions_of(session, version, only).people if only else true()
            node_id = session.scalar(
                select(VersionNode.id).where(
                    VersionNode.version_id == version_id, VersionNode.key == node.replace("\0", "")
                )
            )
        if node_id is None:
            raise NotFound(Text("The version has no such node.", "В этой версии нет такого узла."))
        first, last = (day.isoformat() for day in _period(query))
        listing = node_cases(
            actor,
            version_id,
            node_id,
            state=query["state"],
            port=query["port"] or None,
            days=(first, last),
            which=which,
        )
        return answer(database(), listing, query, actor)

    def _card(self, session: Any, version_id: int, language: str) -> dict[str, Any]:
        version = require_version(session, version_id)
        card = version_card(session, version)
        analysis = authoring.analyse(session, version.document, now=now(), scenario_key=card["scenario"]["key"])
        return {**card, "analysis": analysis.as_dict(language)}


class ReviewsApi(Api):
    """What waits for review."""

    resource_name = "reviews"

    @route("GET", "", right="scenario.read", answer=shapes.Reviews)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """Submitted versions, the oldest first."""
        with database().read() as session:
            found = reviews(session)
        return {"items": found, "total": len(found)}


def _period(query: dict[str, Any]) -> tuple[date, date]:
    last = query["date_to"] or today(now(), settings().time_zone)
    first = query["date_from"] or last - timedelta(days=min(_DAYS - 1, (last - date.min).days))
    if not timedelta(0) <= last - first <= timedelta(days=_MOST_DAYS):
        raise Invalid(
            Text("The period ends before it begins, or is too long.", "Период задан неверно или слишком длинный.")
        )
    return first, last


def _slice(query: dict[str, Any]) -> Slice:
    return Slice(**{name: query[name] or None for name in ("arm", "repeat", "product", "district")})


def _numbers(session: Session, version_id: int, query: dict[str, Any]) -> dict[str, Any]:
    first, last = _period(query)
    zone = settings().time_zone
    return version_numbers(
        session, version_id, date_from=first, date_to=last, now=now(), time_zone=zone, only=_slice(query)
    )


def _table(actor: Actor, version_id: int, query: dict[str, Any], form: str) -> Response:
    with database().read() as session:
        version = require_version(session, version_id)
        numbers = _numbers(session, version_id, query)
        rows = number_rows(version.document, numbers)
    return export(
        rows,
        columns=table_columns(numbers),
        form=form,
        file_name=f"version-{version_id}-numbers",
        reader=reader(actor),
    )
