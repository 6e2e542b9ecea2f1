"""Every request that changes something and rests on the session cookie shows the token of that session."""

from __future__ import annotations

from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect

_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
#: they take a password or a token in the request itself and never look at the cookie
_SIGNED = {"hooks", "optout"}
_WITHOUT_COOKIE = {"/api/v1/security/login", "/api/v1/security/refresh"}


def uses_token() -> bool:
    """Whether the caller shows a bearer token; then its cookie counts for nothing."""
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


def protect(app: Flask) -> CSRFProtect:
    """Check the token before every changing request, Flask-AppBuilder's own APIs included."""
    csrf = CSRFProtect(app)

    @app.before_request
    def check() -> None:
        if uses_token():
            # Who sends a token is who the token says: a cookie that rides along is not looked at.
            g._login_user = app.login_manager.anonymous_user()  # type: ignore[attr-defined]
            return
        # the addresses of payment sources and of opt-out links look at a signature, never at a cookie
        if request.method not in _SAFE and request.path not in _WITHOUT_COOKIE and request.blueprint not in _SIGNED:
            csrf.protect()

    return csrf
