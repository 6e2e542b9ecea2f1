"""SQL sources: set up, tried, read."""

from __future__ import annotations

from typing import Any

from flask.wrappers import Response
from marshmallow import Schema, fields, validate

from console import sql_sources
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Json, Key, Line
from console.api.imports import described
from console.api.shapes import sql_sources as shapes
from console.clock import now
from console.context import database, room, settings
from console.queries.sql_sources import source_card, source_list
from scenario_engine.errors import Invalid, Problem
from scenario_engine.registry import imports
from scenario_engine.registry.imports.sql_rows import MAX_QUERY, SourceLost
from scenario_engine.texts import Text


class TryBody(Schema):
    """A query to be tried; without `url` that of the source is used."""

    source_id = Key(load_default=None, allow_none=True)
    url = Line(longest=1000, load_default=None, allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(imports.TARGETS)))
    query = Line(longest=MAX_QUERY, shortest=1, required=True)


class SourceBody(Schema):
    """A source; `url` null leaves it as it was."""

    name = Line(longest=100, shortest=1, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(imports.TARGETS)))
    url = Line(longest=1000, load_default=None, allow_none=True)
    query = Line(longest=MAX_QUERY, shortest=1, required=True)
    mapping = Json(required=True)
    growing = Line(load_default=None, allow_none=True)
    # The class has a `partial` of its own.
    right_rows = fields.Boolean(load_default=False, data_key="partial")
    every = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.OneOf(sql_sources.EVERY))
    starting = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, sql_sources.DAY - 1))
    enabled = fields.Boolean(load_default=False)


class SqlSourcesApi(Api):
    """Databases of other systems that loans and payments are read from."""

    resource_name = "sql-sources"

    @route("GET", "", right="admin", answer=shapes.SqlSources)
    def get_list(self, *, actor: Actor) -> dict[str, Any]:
        """Every source and how its last run ended."""
        with database().read() as session:
            return {"items": source_list(session, actor.language)}

    @route("POST", "/try", right="admin", body=TryBody, answer=shapes.Tried)
    def attempt(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Connect and show the first rows, writing nothing there or here."""
        return described(body["kind"], _look(body["source_id"], body["url"], body["query"]), actor)

    @route("POST", "", right="admin", body=SourceBody, answer=shapes.SqlSource, status=201)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Set up a new source."""
        return _save(actor, None, body)

    @route("PUT", "/<key:source_id>", right="admin", body=SourceBody, answer=shapes.SqlSource)
    def put(self, *, actor: Actor, source_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Change a source; another database, query or growing column has it read from the beginning."""
        return _save(actor, source_id, body)

    @route("DELETE", "/<key:source_id>", right="admin", status=204)
    def delete(self, *, actor: Actor, source_id: int) -> Response:
        """Forget a source; what it brought in stays."""
        with database().write() as session:
            sql_sources.remove(session, source_id, actor=actor.name, now=now())
        return Response(status=204)

    @route("POST", "/<key:source_id>/run", right="admin", answer=shapes.Run)
    def run(self, *, actor: Actor, source_id: int) -> dict[str, Any]:
        """Have a source read now."""
        with database().write() as session:
            source = sql_sources.find(session, source_id)
            row, job = sql_sources.begin(session, room().jobs, source, actor=actor.name, now=now())
        room().jobs.dispatch(job.id)
        return {"import_id": row.id, "job_id": job.id}


def _look(source_id: int | None, url: str | None, query: str) -> imports.FileLook:
    if url is None and source_id is not None:
        with database().write() as session:
            url = sql_sources.opened_url(sql_sources.find(session, source_id), room().vault)
    try:
        return sql_sources.rows_at(url or "", query, settings()).look()
    except SourceLost as error:
        said = Text(
            f"The database did not answer as it should: {error.details}",
            f"База данных не ответила как надо: {error.details}",
        )
        raise Invalid(said, code="source.lost") from error


def _save(actor: Actor, source_id: int | None, body: dict[str, Any]) -> dict[str, Any]:
    chosen = sql_sources.Chosen(**{name: value for name, value in body.items() if name != "right_rows"},
                                partial=body["right_rows"])  # fmt: skip
    if chosen.enabled:
        _require_mapping(chosen, _look(source_id, chosen.url, chosen.query))
    with database().write() as session:
        found = sql_sources.save(
            session, room().vault, settings(), chosen, source_id=source_id, actor=actor.name, now=now()
        )
        return source_card(session, found, actor.language)


def _require_mapping(chosen: sql_sources.Chosen, look: imports.FileLook) -> None:
    """A source that is switched on must work as far as can be told."""
    problems = imports.check_mapping(chosen.kind, look, chosen.mapping)
    if chosen.growing is not None and chosen.growing not in look.places:
        text = Text("The query has no such column.", "В запросе нет такого столбца.")
        problems.append(Problem(code="source.growing", field="growing", text=text))
    if problems:
        raise Invalid(
            Text("The columns are not assigned as they must be.", "Столбцы сопоставлены неверно."), code="mapping",
            problems=problems,
        )  # fmt: skip
