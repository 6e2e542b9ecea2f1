"""Where outside systems tell of payments: no login, no cookie; what counts is the signature."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, request
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import RequestEntityTooLarge

from console import incoming, payment_sources
from console.clock import now
from console.context import database, room, settings
from scenario_engine.ports import Forged, Notification, PaymentSource, Unconfirmed, Unreadable
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
    limited = limiter.limit(REFUSALS, key_func=get_remote_address, deduct_when=_refused)(receive)
    blueprint.add_url_rule(f"{PREFIX}<string:key>", view_func=limited, methods=["POST"], endpoint="receive")
    app.register_blueprint(blueprint)


def _refused(response: Response) -> bool:
    return response.status_code in (400, 401, 403, 413)


def receive(key: str) -> Response:
    """Verify a notification and take it; the sender learns no more than whether to come again."""
    source = room().sources.get(key)
    if source is None:
        abort(404)
    moment = now()
    try:
        with database().read() as session:
            chosen = payment_sources.open_values(session, room().vault, source)
        if chosen is None:
            abort(404)
        request.max_content_length = LARGEST
        told = source.read(
            Notification(
                body=request.get_data(),
                headers={name.lower(): value for name, value in request.headers.items()},
                sender=request.remote_addr or "",
                received_at=moment,
            ),
            chosen,
        )
    except Forged as error:
        return _refuse(source, str(error), 403 if str(error) == "network" else 401)
    except Unreadable as error:
        return _refuse(source, str(error), 400)
    except RequestEntityTooLarge:
        return _refuse(source, "size", 413)
    except Unconfirmed as error:
        return _refuse(source, "unconfirmed", 503, str(error))
    incoming.receive(database(), room().vault, source.key, told, now=moment, time_zone=settings().time_zone)
    return jsonify(source.thanks())


def _refuse(source: PaymentSource, reason: str, status: int, details: str = "") -> Response:
    sender = request.remote_addr or ""
    log.warning("%s: refused (%s) from %s %s", source.key, reason, mask_sender(sender), details)
    with database().write() as session:
        count_refusal(session, source.key, reason, sender, now=now())
    response = jsonify({"error": "refused" if status < 500 else "later"})
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response
