"""Where outside systems tell of payments and of messages: no login, no cookie; what counts is the signature."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, request
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import RequestEntityTooLarge

from console import incoming, payment_sources
from console.clock import now
from console.context import database, room, settings
from scenario_engine.engine.outbox import arrange, hear
from scenario_engine.ports import Forged, Hearing, Notification, PaymentSource, Setup, Unconfirmed, Unreadable
from scenario_engine.registry.incoming import count_refusal, mask_sender

log = logging.getLogger(__name__)

PREFIX = "/hooks/"
#: no notification is longer
LARGEST = 64 * 1024
#: refusals from one address; what is genuine is not counted
REFUSALS = "60 per minute"


def register(app: Flask) -> None:
    """Add the addresses; after Flask-AppBuilder, which brings the limits."""
    blueprint = Blueprint("hooks", __name__)
    limiter: Any = app.extensions["appbuilder"].sm.limiter
    for view, method in ((receive, "POST"), (greet, "GET")):
        limited = limiter.limit(REFUSALS, key_func=get_remote_address, deduct_when=_refused)(view)
        blueprint.add_url_rule(f"{PREFIX}<string:key>", view_func=limited, methods=[method], endpoint=view.__name__)
    app.register_blueprint(blueprint)


def _refused(response: Response) -> bool:
    return response.status_code in (400, 401, 403, 413)


def receive(key: str) -> Response:
    """Verify a notification and take it; the sender learns no more than whether to come again."""
    request.max_content_length = LARGEST
    source = room().sources.get(key)
    try:
        return _take_payment(source) if source is not None else _take_reports(key)
    except Forged as error:
        return _refuse(key, str(error), 403 if str(error) == "network" else 401)
    except Unreadable as error:
        return _refuse(key, str(error), 400)
    except RequestEntityTooLarge:
        return _refuse(key, "size", 413)
    except Unconfirmed as error:
        return _refuse(key, "unconfirmed", 503, str(error))


def greet(key: str) -> Response:
    """Answer an outside system that makes sure of the address."""
    try:
        hearing, setup = _hearing(key)
    except Unconfirmed as error:
        return _refuse(key, "unconfirmed", 503, str(error))
    answer = hearing.greet(request.args.to_dict(), setup)
    if answer is None:
        return _refuse(key, "greeting", 403)
    return Response(answer, content_type="text/plain; charset=utf-8")


def _take_payment(source: PaymentSource) -> Response:
    moment = now()
    with database().read() as session:
        chosen = payment_sources.open_values(session, room().vault, source)
    if chosen is None:
        abort(404)
    told = source.read(_notification(moment), chosen)
    incoming.receive(database(), room().vault, source.key, told, now=moment, time_zone=settings().time_zone)
    return jsonify(source.thanks())


def _take_reports(key: str) -> Response:
    """What a connector's other side tells of its messages."""
    hearing, setup = _hearing(key)
    moment = now()
    reports = hearing.hear(_notification(moment), setup)
    channels = room().connectors[key].channels
    hear(database(), key, channels, reports, now=moment, time_zone=settings().time_zone)
    return jsonify({"status": "ok"})


def _hearing(key: str) -> tuple[Hearing, Setup]:
    """A live connector whose other side calls us; nobody hears one that is in its sandbox."""
    found = room().connectors.get(key)
    if found is None or not isinstance(found, Hearing):
        abort(404)
    with database().read() as session:
        arrangement = arrange(session, room().connectors, room().vault, networks=settings().inner_networks)[key]
    if not arrangement.is_live:
        abort(404)
    if arrangement.is_sealed:
        raise Unconfirmed("secrets")
    return found, arrangement.setup


def _notification(moment: datetime) -> Notification:
    return Notification(
        body=request.get_data(),
        headers={name.lower(): value for name, value in request.headers.items()},
        sender=request.remote_addr or "",
        received_at=moment,
        query=request.args.to_dict(),
    )


def _refuse(key: str, reason: str, status: int, details: str = "") -> Response:
    sender = request.remote_addr or ""
    log.warning("%s: refused (%s) from %s %s", key, reason, mask_sender(sender), details)
    with database().write() as session:
        count_refusal(session, key, reason, sender, now=now())
    response = jsonify({"error": "refused" if status < 500 else "later"})
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response
