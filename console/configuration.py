"""Flask's configuration, made from Kaskad's settings."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from console.clock import CLOCK, system_clock
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

#: multipart adds a few hundred bytes to the file itself
_ENVELOPE = 1_000_000


def flask_configuration(settings: Settings) -> dict[str, Any]:
    """Every configuration key that Flask and its extensions look at."""
    return {
        "SECRET_KEY": settings.secret_key or kept_secret(settings.data_dir, "secret_key"),
        CLOCK: system_clock,
        "APP_NAME": "Kaskad",
        "METRICS_TOKEN": settings.metrics_token,
        "MAX_CONTENT_LENGTH": settings.upload_megabytes * 1_000_000 + _ENVELOPE,
        "MAX_FORM_MEMORY_SIZE": 1_000_000,
        # sessions
        "SESSION_COOKIE_NAME": "kaskad_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        # a working day from the login; renewed with each answer, a poll on its way would sign a person in again
        # who has just signed out
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(hours=1),
        "JWT_TOKEN_LOCATION": ["headers"],
        # console.csrf decides when to check
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.https,
        # console.security writes roles and rights; tables come from the migrations
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "FAB_ROLES": {},
        "AUTH_TYPE": 1,
        "AUTH_ROLE_ADMIN": "Admin",
        "AUTH_ROLE_PUBLIC": "Public",
        "FAB_ADD_SECURITY_PERMISSION_VIEW": False,
        "FAB_ADD_SECURITY_VIEW_MENU_VIEW": False,
        "FAB_ADD_SECURITY_PERMISSION_VIEWS_VIEW": False,
        "FAB_BASE_TEMPLATE": "console/administration.html",
        # attempts to log in
        "RATELIMIT_ENABLED": True,
        "RATELIMIT_STORAGE_URI": "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        "AUTH_RATE_LIMITED": False,
        # languages
        "BABEL_DEFAULT_LOCALE": settings.language,
        "LANGUAGES": {"en": {"flag": "gb", "name": "English"}, "ru": {"flag": "ru", "name": "Русский"}},
    }


def open_vault(settings: Settings) -> Vault:
    """What the secrets of outside systems are sealed with."""
    return Vault(
        settings.encryption_keys.split(",")
        if settings.encryption_keys
        else [kept_secret(settings.data_dir, "encryption_key")]
    )


def kept_secret(folder: Path, name: str, length: int = 48) -> str:
    """The secret of that name in the data folder, drawn from `length` random bytes on the first call."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # another process was faster: its secret it is
        else:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(length))
    return path.read_text(encoding="ascii").strip()
