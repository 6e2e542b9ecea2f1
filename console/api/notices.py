"""What everybody should know at the moment."""

from __future__ import annotations

from typing import Any

from console.api.actor import Actor
from console.api.base import Api, route
from console.api.shapes.making import many, maybe_whole, shape, text
from console.context import database, settings
from console.queries.notices import notices

_Notice = shape("Notice", kind=text(), text=text(), scenario_id=maybe_whole())
Notices = shape("Notices", items=many(_Notice))


class NoticesApi(Api):
    """Notices above the pages."""

    resource_name = "notices"

    @route("GET", "", answer=Notices)
    def get(self, *, actor: Actor) -> dict[str, Any]:
        """What stands still at the moment and why: the database, the outbox, scenarios that the engine paused."""
        with database().read() as session:
            found = notices(session, database(), settings(), actor.language)
        if not actor.may("scenario.read"):
            found = [notice for notice in found if notice["scenario_id"] is None]
        return {"items": found}
