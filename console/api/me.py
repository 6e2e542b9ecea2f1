"""Who am I: rights, choices, the token of the session."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from flask import session as cookie
from flask_wtf.csrf import generate_csrf
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from console import preferences
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.shapes import pages as shapes
from console.context import database, settings
from console.security import known_rights
from scenario_engine.models import Borrower
from scenario_engine.texts import LANGUAGES

THEMES = ("light", "dark", "auto")


class Choices(Schema):
    """What a person may choose."""

    language = fields.String(validate=validate.OneOf(LANGUAGES))
    theme = fields.String(validate=validate.OneOf(THEMES))


class MeApi(Api):
    """The person who is signed in."""

    resource_name = "me"

    @route("GET", "", answer=shapes.Me)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """Who is signed in, what they may do, and the token that changing requests must carry."""
        return self._answer(actor)

    @route("PUT", "", body=Choices, answer=shapes.Me)
    def put(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Choose language and theme."""
        with database().write() as session:
            preferences.choose(session, actor.user_id, **body)
        if "language" in body:
            cookie["locale"] = body["language"]
        return self._answer(actor)

    def _answer(self, actor: Actor) -> dict[str, Any]:
        with database().read() as session:
            chosen = preferences.find(session, actor.user_id)
            demo = session.scalar(select(Borrower.id).where(Borrower.demo).limit(1)) is not None
        return {
            "user": {
                "name": actor.name,
                "full_name": actor.full_name,
                "roles": list(actor.roles),
                "language": (chosen.language if chosen else None) or settings().language,
                "theme": (chosen.theme if chosen else None) or "auto",
            },
            "rights": known_rights(actor.rights),
            "csrf": generate_csrf(),
            "settings": {
                "time_zone": settings().time_zone,
                "demo": demo,
                "version": version("kaskad"),
                "upload_megabytes": settings().upload_megabytes,
            },
        }
