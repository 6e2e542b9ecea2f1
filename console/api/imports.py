"""Files of loans and payments: uploaded, looked at, brought in, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask.wrappers import Response
from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from console import file_imports
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Json, Line
from console.api.listing import ListQuery, answer, reader
from console.api.shapes import pages as shapes
from console.clock import now
from console.context import database, room, settings
from console.export import export
from console.jobs.bring_in import look
from console.queries.imports import PROBLEM_COLUMNS, import_card, import_list, import_problems
from console.uploads import Upload
from scenario_engine.errors import KaskadError
from scenario_engine.registry import imports


def _is_file(value: Any) -> None:
    if not isinstance(value, FileStorage) or not value.filename:
        raise ValidationError("Missing data for required field.")


class UploadForm(Schema):
    """A file and what it holds."""

    file = fields.Raw(required=True, validate=_is_file, metadata={"type": "string", "format": "binary"})
    kind = fields.String(required=True, validate=validate.OneOf(list(imports.TARGETS)))


class LookBody(Schema):
    """How the file is to be read; what is null is detected, what is left out stays."""

    encoding = Line(longest=40, allow_none=True)
    separator = Line(longest=4, allow_none=True)
    sheet = Line(allow_none=True)


class StartBody(Schema):
    """Which column is what; a dry run writes nothing, `partial` takes the right rows of a file with wrong ones."""

    mapping = Json(required=True)
    dry_run = fields.Boolean(load_default=False)
    # The class has a `partial` of its own.
    right_rows = fields.Boolean(load_default=False, data_key="partial", attribute="partial")


class ImportQuery(ListQuery):
    """Filters of the list."""

    kind = Line()
    state = Line()
    actor = Line()


class ImportsApi(Api):
    """Files that are brought in."""

    resource_name = "imports"

    @route("POST", "", right="import.run", form=UploadForm, answer=shapes.Upload, status=201)
    def post(self, *, actor: Actor, form: dict[str, Any]) -> dict[str, Any]:
        """Send a file; what it holds is told, nothing of it is written."""
        uploads = file_imports.uploads_of(settings())
        uploads.expire(now())
        upload = uploads.keep(
            form["file"].stream,
            user_id=actor.user_id,
            kind=form["kind"],
            file_name=form["file"].filename,
            megabytes=settings().upload_megabytes,
            now=now(),
        )
        try:
            return _told(upload, actor)
        except KaskadError:
            uploads.drop(upload.id)
            raise

    @route("POST", "/<string:upload_id>/look", right="import.run", body=LookBody, answer=shapes.Upload)
    def look(self, *, actor: Actor, upload_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Look at a file that was sent, maybe with another encoding, separator or sheet."""
        uploads = file_imports.uploads_of(settings())
        upload = uploads.find(upload_id, user_id=actor.user_id)
        told = _told(replace(upload, **body), actor)
        uploads.change(upload, **body)
        return told

    @route("POST", "/<string:upload_id>/start", right="import.run", body=StartBody, answer=shapes.ImportStarted)
    def start(self, *, actor: Actor, upload_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Bring the file in, or try it without writing."""
        upload = file_imports.uploads_of(settings()).find(upload_id, user_id=actor.user_id)
        import_id, job_id = file_imports.start(room(), upload, **body, actor=actor.name, now=now())
        return {"import_id": import_id, "job_id": job_id}

    @route("GET", "", right="import.read", query=ImportQuery, answer=shapes.ImportPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """Every file that was brought in or tried, the newest first."""
        return answer(database(), import_list(actor, query), query, actor)

    @route("GET", "/<key:import_id>", right="import.read", answer=shapes.ImportCard)
    def get(self, *, actor: Actor, import_id: int) -> dict[str, Any]:
        """One import with its first hundred problems."""
        return _card(actor, import_id)

    @route("GET", "/<key:import_id>/problems.csv", right="import.read", files=("text/csv",))
    def problems(self, *, actor: Actor, import_id: int) -> Response:
        """Every problem of an import as a file."""
        return export(
            import_problems(database(), actor, import_id),
            columns=PROBLEM_COLUMNS,
            form="csv",
            file_name=f"import-{import_id}-problems",
            reader=reader(actor),
        )

    @route("POST", "/<key:import_id>/cancel", right="import.run", answer=shapes.ImportCard)
    def cancel(self, *, actor: Actor, import_id: int) -> dict[str, Any]:
        """End an import that waits or runs; nothing of it stays."""
        file_imports.cancel(room(), import_id, actor=actor.name, now=now())
        return _card(actor, import_id)


def _told(upload: Upload, actor: Actor) -> dict[str, Any]:
    return {
        "upload_id": upload.id,
        "file_name": upload.file_name,
        "size": upload.size,
        **described(upload.kind, look(upload), actor),
    }


def described(kind: str, seen: imports.FileLook, actor: Actor) -> dict[str, Any]:
    """What rows hold, what it may become, and what is proposed."""
    with database().read() as session:
        proposal = imports.propose(session, kind, seen)
    return {
        "kind": kind,
        "format": seen.format,
        "encoding": seen.encoding,
        "separator": seen.separator,
        "sheet": seen.sheet,
        "sheets": list(seen.sheets),
        "columns": [{"name": column.name, "samples": list(column.samples)} for column in seen.columns],
        "targets": [
            {
                "key": target.key,
                "title": target.title.say(actor.language),
                "help": target.help.say(actor.language),
                "required": target.required,
                "type": target.type,
                "options": {name: list(values) for name, values in imports.OPTIONS.get(target.type, {}).items()},
            }
            for target in imports.TARGETS[kind]
        ],
        "mapping": proposal.mapping,
        "remembered": proposal.remembered,
        "doubts": {
            problem.field: problem.text.say(actor.language) for problem in imports.doubts(kind, seen, proposal.mapping)
        },
    }


def _card(actor: Actor, import_id: int) -> dict[str, Any]:
    with database().read() as session:
        return import_card(session, actor, import_id)
