"""In which language a person reads."""

from __future__ import annotations

from flask import g, has_request_context, request, session
from flask_babel import LazyString

from console.context import settings
from scenario_engine.texts import LANGUAGES, Text


def reader_language() -> str:
    """``en`` or ``ru``.

    The API follows `Accept-Language`, which the front-end sets from the person's choice. Pages follow the choice that
    is kept in the session, because there the header only says what the browser was installed in.
    """
    if not has_request_context():
        return "en"
    if "kaskad_language" not in g:
        g.kaskad_language = _decide()
    language: str = g.kaskad_language
    return language


def lazy(text: Text) -> LazyString:
    """A text that is said when it is shown, in the language of whoever reads it then."""
    return LazyString(lambda: text.say(reader_language()))


def _decide() -> str:
    asked = request.accept_languages.best_match(LANGUAGES)
    chosen = session.get("locale")
    if chosen not in LANGUAGES:
        chosen = None
    first, second = (asked, chosen) if request.path.startswith("/api/") else (chosen, asked)
    return first or second or settings().language
