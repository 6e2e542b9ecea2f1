"""The outbox: what left, or would have left."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from console import messages
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Key, KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import pages as shapes
from console.clock import now
from console.context import database, room, settings
from console.queries.outbox import message_card, message_list, summary
from scenario_engine.engine.outbox import SANDBOX
from scenario_engine.registry.days import local_day
from scenario_engine.texts import Text

#: messages that one act takes
MOST = 500


class MessageQuery(ListQuery):
    """Filters of the list."""

    state = Line()
    channel = Line()
    connector = Line()
    scenario = KeyFilter()
    loan = KeyFilter()
    #: part of the error
    error = Line(longest=100)
    #: may have been sent twice
    uncertain = fields.Boolean()
    date_from = fields.Date(data_key="from")
    date_to = fields.Date(data_key="to")


class AgainBody(Schema):
    """Messages that are to leave once more."""

    ids = fields.List(Key(), required=True, validate=validate.Length(1, MOST))


class DismissBody(AgainBody):
    """Messages that are put away, and why."""

    reason = Line(longest=500, shortest=1, required=True)


def _titles() -> dict[str, Text]:
    titles = {key: connector.title for key, connector in room().connectors.items()}
    return {**titles, SANDBOX: Text("sandbox", "песочница")}


MESSAGES = Source(
    title=Text("Outbox", "Исходящие"),
    right="outbox.read",
    query=MessageQuery,
    make=lambda asked: message_list(asked.actor, asked.query, settings().time_zone, _titles()),
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
            home = settings().time_zone
            return summary(session, today=local_day(now(), home).isoformat(), time_zone=home)

    @route("GET", "/<key:message_id>", right="outbox.read", answer=shapes.MessageCard)
    def get(self, *, actor: Actor, message_id: int) -> dict[str, Any]:
        """A message with its text."""
        with database().read() as session:
            return message_card(session, actor, message_id, _titles())

    @route("POST", "/<key:message_id>/retry", right="outbox.work", answer=shapes.MessageCard)
    def retry(self, *, actor: Actor, message_id: int) -> dict[str, Any]:
        """Send a message again that failed or was cancelled."""
        with database().write() as session:
            messages.retry(session, message_id, actor=actor.name, now=now())
            return message_card(session, actor, message_id, _titles())

    @route("POST", "/retry", right="outbox.work", body=AgainBody, answer=shapes.MessagesDone)
    def retry_many(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Send many messages again; those that cannot be are passed over."""
        with database().write() as session:
            return {"done": messages.retry_many(session, body["ids"], actor=actor.name, now=now())}

    @route("POST", "/dismiss", right="outbox.work", body=DismissBody, answer=shapes.MessagesDone)
    def dismiss(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Put messages away that reached nobody, with the reason."""
        reason = body["reason"].strip()
        with database().write() as session:
            return {"done": messages.dismiss(session, body["ids"], reason=reason, actor=actor.name, now=now())}

    @route("POST", "/<key:message_id>/cancel", right="outbox.work", answer=shapes.MessageCard)
    def cancel(self, *, actor: Actor, message_id: int) -> dict[str, Any]:
        """Keep a queued message from leaving."""
        with database().write() as session:
            messages.cancel(session, message_id, actor=actor.name, now=now())
            return message_card(session, actor, message_id, _titles())
