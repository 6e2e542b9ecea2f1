"""The OpenAPI description, made of the declarations of all routes."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import current_app
from marshmallow import Schema

from console.api.actor import Actor
from console.api.base import Api, Route, openapi_path, route
from console.api.fields import LARGEST
from console.api.shapes.common import ErrorBody
from console.api.shapes.making import one, shape
from console.repetition import HEADER, LONGEST

ErrorAnswer = shape("ErrorAnswer", error=one(ErrorBody))
_REFUSALS = {
    "400": "The request cannot be read, or lacks the token of the session",
    "401": "Nobody is signed in",
    "403": "The role does not allow it",
    "404": "There is no such thing, or one may not see it",
    "409": "Its state does not allow it, or somebody changed it first",
    "413": "Too large",
    "422": "Something in it is wrong; `problems` say what",
    "503": "The database is busy; try again",
}

_REPETITION = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Makes it safe to send the request again: the same key gives the same answer and writes nothing "
    "anew. The same key with another request is refused. Keys are kept for a day; a request that was refused leaves "
    "none.",
    "schema": {"type": "string", "maxLength": LONGEST},
}


class OpenApiDescription(Api):
    """The description itself."""

    resource_name = "openapi.json"

    @route("GET", "")
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """This description."""
        return describe([view for view in current_app.extensions["appbuilder"].baseviews if isinstance(view, Api)])


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return (
        f"{kind.__module__.rpartition('.')[2]}_{kind.__name__}"
        if kind.__module__.startswith("console")
        else kind.__name__
    )


def describe(resources: list[Api]) -> dict[str, Any]:
    """The description of these resources."""
    spec = APISpec(
        title="Kaskad",
        version=version("kaskad"),
        openapi_version="3.0.3",
        info={
            "description": "Sign in with a session cookie and `X-CSRFToken`, or with `Authorization: Bearer` "
            "(POST /api/v1/security/login). Money is integer kopecks; instants are ISO 8601 UTC."
        },
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
    )
    spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": "kaskad_session"})
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for resource in resources:
        tag = (resource.resource_name or "").partition(".")[0]
        for declared in resource.routes():
            path, converters = openapi_path(resource.prefix + declared.path)
            spec.path(path=path, operations={declared.method.lower(): _operation(declared, tag, converters)})
    return spec.to_dict()


def _operation(declared: Route, tag: str, converters: Any) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "tags": [tag],
        "summary": declared.summary,
        "security": [{"session": []}, {"bearer": []}],
        "parameters": [_parameter(name, converter) for name, converter in converters.items()],
        "responses": {str(declared.status): _answer(declared)},
    }
    if declared.query is not None:
        operation["parameters"].append({"in": "query", "schema": declared.query})
    if declared.repeatable:
        operation["parameters"].append(_REPETITION)
    if declared.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": declared.body}}}
    if declared.form is not None:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": declared.form}}}
    if declared.rights:
        operation["description"] = f"Needs the right {' or '.join(declared.rights)}."
    refusal = {"application/json": {"schema": ErrorAnswer}}
    for status, text in _REFUSALS.items():
        operation["responses"][status] = {"description": text, "content": refusal}
    return operation


def _parameter(name: str, converter: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if converter == "key":
        schema = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST}
    return {"in": "path", "name": name, "required": True, "schema": schema}


def _answer(declared: Route) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": declared.summary}
    content: dict[str, Any] = {media: {"schema": {"type": "string", "format": "binary"}} for media in declared.files}
    if declared.answer is not None:
        shown: type[Schema] | dict[str, Any] = declared.answer
        content["application/json"] = {"schema": {"type": "array", "items": shown} if declared.many else shown}
    elif not declared.files and declared.status != 204:
        content["application/json"] = {"schema": {"type": "object"}}
    if content:
        answer["content"] = content
    return answer
