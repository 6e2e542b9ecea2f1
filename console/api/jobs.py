"""Long jobs: what is being done, how far it is, and the files they made."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from flask import send_file
from flask.wrappers import Response
from marshmallow import EXCLUDE, Schema, fields, validate

from console.api.actor import Actor
from console.api.audit import note_export
from console.api.base import Api, route
from console.api.fields import Json, Line
from console.api.listing import Asked, ListQuery, answer, order
from console.api.shapes import jobs as shapes
from console.clock import now
from console.context import database, room, settings
from console.export import FORMATS, content_type
from console.jobs.bring_in import BringIn
from console.jobs.export_list import ExportList
from console.jobs.made_file import FileJob
from console.lists import LISTS
from console.queries.jobs import job_card, job_list, refuse_too_many, require_job
from scenario_engine.errors import Forbidden, NotFound
from scenario_engine.texts import Text

#: what a person needs to have a job of the kind done again; an export asks for the right of its list when it runs
RIGHTS = {BringIn.key: "import.run"}


class JobQuery(ListQuery):
    """Filters of the list; `mine` leaves out what others asked for."""

    state = Line()
    kind = Line()
    actor = Line()
    mine = fields.Boolean()


class ExportBody(Schema):
    """Which list becomes a file; `query` is what stands in the list's address, its filters and sort."""

    list = fields.String(required=True, validate=validate.OneOf(tuple(LISTS)))
    query = Json(load_default=dict)
    format = fields.String(required=True, validate=validate.OneOf(FORMATS))


class JobsApi(Api):
    """Long jobs."""

    resource_name = "jobs"

    @route("GET", "", query=JobQuery, answer=shapes.JobPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """One's own jobs, the newest first; everybody's for those who oversee."""
        return answer(database(), job_list(actor, query, silence=_silence()), query, actor)

    @route("GET", "/<key:job_id>", answer=shapes.Job)
    def get(self, *, actor: Actor, job_id: int) -> dict[str, Any]:
        """One job."""
        return _card(actor, job_id)

    @route("POST", "/exports", body=ExportBody, answer=shapes.Job, status=202)
    def export(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Have a whole list written into a file. The same list again is refused while it is being written."""
        source = LISTS[body["list"]]
        actor.require(source.right)
        query = source.query(unknown=EXCLUDE).load(body["query"])
        moment, zone = now(), settings().time_zone
        order(source.make(Asked(actor=actor, query=query, now=moment, time_zone=zone)), query["sort"])
        params = {**body, "user_id": actor.user_id, "language": actor.language}
        digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:40]
        with database().write() as session:
            refuse_too_many(session, actor)
            job = room().jobs.submit(
                session, ExportList.key, title=source.title, params=params, actor=actor.name, now=moment,
                key=f"export-{digest}", noted={"list": body["list"], "format": body["format"]},
            )  # fmt: skip
            if body["list"] == "audit":
                note_export(session, query | {"format": body["format"]}, actor.name, moment)
        room().jobs.dispatch(job.id)
        return _card(actor, job.id)

    @route("GET", "/<key:job_id>/file", files=(*(content_type(form) for form in FORMATS), "text/plain; charset=utf-8"))
    def file(self, *, actor: Actor, job_id: int) -> Response:
        """The file that a job made; only for who asked for it, while they may still read the list."""
        with database().read() as session:
            job = require_job(session, actor, job_id)
        if job.actor != actor.name:
            raise Forbidden(
                Text(
                    "Only who exported a list may take its file.",
                    "Файл выгрузки может забрать только тот, кто её сделал.",
                )
            )
        kind = room().jobs.kinds.get(job.kind)
        if not isinstance(kind, FileJob):
            raise NotFound(Text("This job makes no file.", "У этой операции нет файла."))
        path = kind.file_of(job)
        actor.require(kind.right_of(job))
        answer: Response = send_file(
            path.resolve(),
            mimetype=kind.media_of(job),
            as_attachment=True,
            download_name=(job.result or {})["file_name"],
            max_age=0,
        )
        return answer

    @route("POST", "/<key:job_id>/cancel", answer=shapes.Job)
    def cancel(self, *, actor: Actor, job_id: int) -> dict[str, Any]:
        """End a job that waits or runs, in whichever process; nothing half-done stays."""
        with database().write() as session:
            require_job(session, actor, job_id)
            room().jobs.cancel(session, job_id, actor=actor.name, now=now())
        return _card(actor, job_id)

    @route("POST", "/<key:job_id>/repeat", answer=shapes.Job)
    def repeat(self, *, actor: Actor, job_id: int) -> dict[str, Any]:
        """Have a job that failed or was cancelled done once more."""
        with database().write() as session:
            job = require_job(session, actor, job_id)
            if job.kind in RIGHTS:
                actor.require(RIGHTS[job.kind])
            room().jobs.repeat(session, job_id, actor=actor.name, now=now())
        room().jobs.dispatch(job_id)
        return _card(actor, job_id)


def _card(actor: Actor, job_id: int) -> dict[str, Any]:
    with database().read() as session:
        return job_card(session, actor, job_id, silence=_silence())


def _silence() -> timedelta:
    return timedelta(seconds=settings().job_silence_seconds)
