"""Headers that keep the browser strict: content security policy, frames, referrer, HTTPS."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_talisman import Talisman

from scenario_engine.settings import Settings

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
#: first parts of the paths where Flask-AppBuilder's own pages live: their widgets carry inline styles
_ADMINISTRATION = {
    "users",
    "roles",
    "groups",
    "userstatschartview",
    "resetpassword",
    "resetmypassword",
    "userinfoeditview",
    "raw",
}


def harden(app: Flask, settings: Settings) -> None:
    """Set the headers on every response. Scripts and style elements need the nonce of the response."""

    # Registered before Talisman's: Flask calls the last one first.
    @app.after_request
    def relax_for_administration(response: Response) -> Response:
        policy = response.headers.get("Content-Security-Policy")
        if policy and request.path.split("/", 2)[1] in _ADMINISTRATION:
            parts = [part for part in policy.split("; ") if not part.startswith("style-src")]
            response.headers["Content-Security-Policy"] = "; ".join([*parts, "style-src 'self' 'unsafe-inline'"])
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    Talisman(
        app,
        force_https=settings.https,
        strict_transport_security=settings.https,
        session_cookie_secure=settings.https,
        frame_options="DENY",
        referrer_policy="same-origin",
        content_security_policy=_POLICY,
        content_security_policy_nonce_in=["script-src", "style-src"],
    )
