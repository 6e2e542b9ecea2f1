"""The outbox: what left, or would have left."""

from __future__ import annotations

from typing import Any

from console import messages
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import pages as shapes
from console.clock import now
from console.context import database, settings
from console.queries.outbox import message_card, message_list, summary
from scenario_engine.registry.days import local_day
from scenario_engine.texts import Text


class MessageQuery(ListQuery):
    """Filters of the list."""

    state = Line()
    channel = Line()
    connector = Line()
    scenario = KeyFilter()
    loan = KeyFilter()


MESSAGES = Source(
    title=Text("Outbox", "Исходящие"),
    right="outbox.read",
    query=MessageQuery,
    make=lambda asked: message_list(asked.actor, asked.query),
)


class OutboxApi(Api):
    """Messages."""

    resource_name = "outbox"

    @route("GET", "", right="outbox.read", query=MessageQuery, answer=shapes.MessagePage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """The messages, the newest first."""
        return MESSAGES.page(actor, query)

    @route("GET", "/summary", right="outbox.read", answer=shapes.OutboxSummary)
    def summary(self, *, actor: Actor) -> dict[str, Any]:
        """How many messages wait, are on their way and failed, and how many were written today, by channel."""
        with database().read() as session:
            return summary(session, today=local_day(now(), settings().time_zone).isoformat())

    @route("GET", "/<key:message_id>", right="outbox.read", answer=shapes.MessageCard)
    def get(self, *, actor: Actor, message_id: int) -> dict[str, Any]:
        """A message with its text."""
        with database().read() as session:
            return message_card(session, actor, message_id)

    @route("POST", "/<key:message_id>/retry", right="outbox.work", answer=shapes.MessageCard)
    def retry(self, *, actor: Actor, message_id: int) -> dict[str, Any]:
        """Send a message again that failed or was cancelled."""
        with database().write() as session:
            messages.retry(session, message_id, actor=actor.name, now=now())
            return message_card(session, actor, message_id)

    @route("POST", "/<key:message_id>/cancel", right="outbox.work", answer=shapes.MessageCard)
    def cancel(self, *, actor: Actor, message_id: int) -> dict[str, Any]:
        """Keep a queued message from leaving."""
        with database().write() as session:
            messages.cancel(session, message_id, actor=actor.name, now=now())
            return message_card(session, actor, message_id)
