"""What every resource of the API shares.

One `route` declaration says path, right, what is asked and what is answered; parsing, refusal and the OpenAPI
description all follow from it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, jsonify, request
from flask.wrappers import Response
from flask_appbuilder.api import BaseApi
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError

from console.api.actor import identify
from console.api.fields import refuse_unstorable
from console.errors import BadRequest, answer_error
from console.repetition import REPLAYED, Replayed
from scenario_engine.texts import Text

#: configuration key: compare every answer with its declared shape (tests do)
CHECK_ANSWERS = "KASKAD_CHECK_ANSWERS"
_PARAMETER = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")


@dataclass(frozen=True)
class Tagged:
    """An answer with an ETag."""

    answer: Any
    tag: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """One declared way into the API."""

    method: str
    path: str
    #: any of these lets the actor in; empty: everybody who is signed in
    rights: tuple[str, ...]
    query: type[Schema] | None
    body: type[Schema] | None
    #: fields and files of a multipart form, instead of a JSON body
    form: type[Schema] | None
    answer: type[Schema] | None
    status: int
    summary: str
    #: media types of a file answer
    files: tuple[str, ...]
    #: the answer is a list of the shape
    many: bool
    #: `Idempotency-Key` is heeded: the function claims it in its transaction (`console.repetition`)
    repeatable: bool


def route(
    method: str,
    path: str,
    *,
    right: str | tuple[str, ...] = (),
    query: type[Schema] | None = None,
    body: type[Schema] | None = None,
    form: type[Schema] | None = None,
    answer: type[Schema] | None = None,
    status: int = 200,
    files: tuple[str, ...] = (),
    many: bool = False,
    repeatable: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a route. The function gets `actor`, the parts of the path, and `query` / `body` / `form` when declared.

    It gives a JSON-able value (sent with `status`), or a response of its own.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        declared = Route(
            method=method,
            path=path,
            rights=(right,) if isinstance(right, str) else tuple(right),
            query=query,
            body=body,
            form=form,
            answer=answer,
            status=status,
            summary=(function.__doc__ or "").strip().split("\n")[0],
            files=files,
            many=many,
            repeatable=repeatable,
        )

        @functools.wraps(function)
        def handle(self: Api, **path_values: Any) -> Response:
            try:
                return _respond(declared, functools.partial(function, self), path_values)
            except Replayed as known:
                response = jsonify(known.answer)
                response.status_code = known.status
                response.headers[REPLAYED] = "true"
                return response
            except Exception as error:
                return answer_error(error)

        handle._urls = [(path, [method])]  # type: ignore[attr-defined]
        handle._route = declared  # type: ignore[attr-defined]
        return handle

    return declare


def _respond(declared: Route, function: Callable[..., Any], path_values: dict[str, Any]) -> Response:
    actor = identify()
    if declared.rights and not any(actor.may(right) for right in declared.rights):
        actor.require(declared.rights[0])
    values: dict[str, Any] = dict(path_values)
    if declared.query is not None:
        values["query"] = declared.query(unknown=EXCLUDE).load(refuse_unstorable(read_query()))
    if declared.body is not None:
        values["body"] = declared.body(unknown=RAISE).load(read_json())
    if declared.form is not None:
        values["form"] = declared.form(unknown=EXCLUDE).load(refuse_unstorable(request.form.to_dict()) | request.files)
    answer = function(actor=actor, **values)
    if isinstance(answer, Response):
        return answer
    tag = None
    if isinstance(answer, Tagged):
        answer, tag = answer.answer, answer.tag
    if declared.answer is not None and current_app.config.get(CHECK_ANSWERS):
        check_answer(declared, answer)
    response = jsonify(answer)
    response.status_code = declared.status
    if tag is not None:
        response.set_etag(tag)
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def read_query() -> dict[str, str]:
    """The query; a name that is given twice means either value, as `name=a,b` does."""
    return {name: ",".join(values) for name, values in request.args.lists()}


def read_json() -> Any:
    """The request's body; BadRequest when it is not JSON. An empty body is an empty object."""
    raw = request.get_data(cache=True)
    if not raw:
        return {}
    try:
        return refuse_unstorable(json.loads(raw, parse_constant=_refuse_constant))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            raise
        raise BadRequest(Text("The body of the request is not JSON.", "Тело запроса — не JSON.")) from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def check_answer(declared: Route, answer: Any) -> None:
    """AssertionError when an answer differs from its declared shape in any key or type."""
    assert declared.answer is not None
    wrong = declared.answer(unknown=RAISE, many=declared.many).validate(json.loads(current_app.json.dumps(answer)))
    if wrong:
        raise AssertionError(f"{declared.method} {declared.path}: {declared.answer.__name__}: {wrong}")


class Api(BaseApi):
    """Base of our resources: under CSRF protection, described by their declarations."""

    csrf_exempt = False
    allow_browser_login = True

    @staticmethod
    def tagged(answer: Any, tag: str) -> Tagged:
        """An answer that the caller may keep until its tag changes."""
        return Tagged(answer, tag)

    def routes(self) -> list[Route]:
        """Every route of the resource, by path."""
        found = [getattr(getattr(self, name), "_route", None) for name in dir(type(self))]
        return sorted((each for each in found if each is not None), key=lambda each: (each.path, each.method))

    @property
    def prefix(self) -> str:
        """What all paths of the resource begin with."""
        return str(self.route_base)


def openapi_path(path: str) -> tuple[str, Mapping[str, str]]:
    """A Flask path as OpenAPI writes it, and its parameters with their converters."""
    parameters = {name: converter or "string" for converter, name in _PARAMETER.findall(path)}
    return _PARAMETER.sub(r"{\2}", path), parameters
