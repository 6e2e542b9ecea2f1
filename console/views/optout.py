"""Where the link of a message leads: a channel is refused without signing in.

A look at the page changes nothing, so scanners of mail refuse nothing for anybody; the button does, and so does the
one click of a mail program (RFC 8058). The page says nothing about who it is, or why they were written to.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, make_response, render_template, request
from flask_limiter.util import get_remote_address

from console.clock import now
from console.context import database, room
from console.language import reader_language
from console.words import WORDS
from scenario_engine.contacts.optout import OptOut, read_token
from scenario_engine.contacts.refusals import refuse, refused
from scenario_engine.errors import NotFound
from scenario_engine.models.consent import CHANNELS

#: from one address
LIMIT = "30 per minute"
#: nothing that is posted here is longer
_LARGEST = 2_048


def register(app: Flask) -> None:
    """Add the page; after Flask-AppBuilder, which brings the limits."""
    blueprint = Blueprint("optout", __name__)
    limiter: Any = app.extensions["appbuilder"].sm.limiter
    limited = limiter.limit(LIMIT, key_func=get_remote_address)(page)
    blueprint.add_url_rule("/o/<string:token>", view_func=limited, methods=["GET", "POST"], endpoint="page")
    app.register_blueprint(blueprint)


def page(token: str) -> Response:
    """Ask, or do it and say so."""
    found = read_token(token, vault=room().vault)
    if found is None:
        return _shown("wrong", 404)
    if request.method == "GET":
        with database().read() as session:
            is_done = (found.borrower_id, found.channel) in refused(session, [found.borrower_id])
        return _shown("done" if is_done else "ask", 200, found)
    request.max_content_length = _LARGEST
    meant = request.form.get("confirm") == "yes" or request.form.get("List-Unsubscribe") == "One-Click"
    if not meant:
        return _shown("ask", 400, found)
    try:
        with database().write() as session:
            refuse(session, found.borrower_id, found.channel, source="link", actor="borrower", now=now())
    except NotFound:
        return _shown("wrong", 404)
    return _shown("done", 200, found)


def _shown(state: str, status: int, found: OptOut | None = None) -> Response:
    language = reader_language()
    channel = "" if found is None else CHANNELS[found.channel].say(language)
    title, text = (WORDS[f"optout_{state}{part}"].say(language).format(channel=channel) for part in ("", "_text"))
    response = make_response(render_template("console/optout.html", state=state, title=title, text=text), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
