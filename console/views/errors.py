"""What a browser or a program is shown when something is refused before any page or resource took over."""

from __future__ import annotations

import logging

from flask import Flask, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from console.errors import answer_error, database_trouble, status_of
from console.language import reader_language
from console.words import WORDS

log = logging.getLogger(__name__)
_TOLD = (400, 403, 404, 429, 500)


def handle_errors(app: Flask) -> None:
    """JSON for the API, a page for people; an unforeseen error is logged and never shown."""
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(CSRFError, _answer)
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> Response | tuple[str, int]:
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error.get_response()
    if request.path.startswith(("/api/", "/hooks/")):
        return answer_error(error)
    status = status_of(error)
    if isinstance(error, CSRFError) and request.path == "/login/":
        return redirect(url_for("LoginView.login", next=request.args.get("next")))
    trouble = database_trouble(error)
    if trouble is not None:
        log.warning("no page: %s", trouble[1].en)
    elif status >= 500:
        log.error("unforeseen error", exc_info=error)
    told = status if status in _TOLD else 500 if status >= 500 else 404
    language = reader_language()
    page = render_template(
        "console/error.html",
        title=WORDS[f"error_{told}"].say(language),
        text=(trouble[1] if trouble is not None else WORDS[f"error_{told}_text"]).say(language),
    )
    return page, status
