"""Other systems that are told what happens here, and what they were told."""

from __future__ import annotations

from typing import Any

from flask.wrappers import Response
from marshmallow import Schema, fields, validate

from console import subscriptions
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import KeyFilter, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import subscriptions as shapes
from console.clock import now
from console.connectors import load_courier
from console.context import database, room, settings
from console.queries.deliveries import delivery_card, delivery_list, subscription_card, subscription_list, summary
from scenario_engine.models.news import NEWS_KINDS
from scenario_engine.texts import Text


class SubscriptionBody(Schema):
    """Who is told what."""

    name = Line(longest=100, shortest=1, required=True)
    url = Line(longest=1000, shortest=1, required=True)
    kinds = fields.List(
        fields.String(validate=validate.OneOf(list(NEWS_KINDS))), required=True, validate=validate.Length(1, 20)
    )
    enabled = fields.Boolean(load_default=False)


class DeliveryQuery(ListQuery):
    """Filters of the list."""

    state = Line()
    kind = Line()
    subscription = KeyFilter()
    loan = KeyFilter()


DELIVERIES = Source(
    title=Text("Webhooks", "Вебхуки"),
    right="outbox.read",
    query=DeliveryQuery,
    make=lambda asked: delivery_list(asked.actor, asked.query),
)


class SubscriptionsApi(Api):
    """Other systems that are told."""

    resource_name = "subscriptions"

    @route("GET", "", right="admin", answer=shapes.Subscriptions)
    def get_list(self, *, actor: Actor) -> dict[str, Any]:
        """Every subscription, and what can be told."""
        with database().read() as session:
            items = subscription_list(session)
        kinds = [{"key": key, "title": title.say(actor.language)} for key, title in NEWS_KINDS.items()]
        return {"items": items, "kinds": kinds}

    @route("POST", "", right="admin", body=SubscriptionBody, answer=shapes.Saved, status=201)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Set up a new subscription; its secret is told in this answer and never again."""
        return _save(actor, None, body)

    @route("PUT", "/<key:subscription_id>", right="admin", body=SubscriptionBody, answer=shapes.Saved)
    def put(self, *, actor: Actor, subscription_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Change a subscription, switch it on or off."""
        return _save(actor, subscription_id, body)

    @route("DELETE", "/<key:subscription_id>", right="admin", status=204)
    def delete(self, *, actor: Actor, subscription_id: int) -> Response:
        """Remove a subscription; what it was told stays."""
        with database().write() as session:
            subscriptions.remove(session, subscription_id, actor=actor.name, now=now())
        return Response(status=204)

    @route("POST", "/<key:subscription_id>/secret", right="admin", answer=shapes.Saved)
    def secret(self, *, actor: Actor, subscription_id: int) -> dict[str, Any]:
        """Make a new secret; it is told in this answer and never again."""
        with database().write() as session:
            found, made = subscriptions.renew_secret(
                session, room().vault, load_courier(), subscription_id, actor=actor.name, now=now()
            )
            return {**subscription_card(session, found), "secret": made}

    @route("POST", "/<key:subscription_id>/test", right="admin", answer=shapes.Delivery)
    def test(self, *, actor: Actor, subscription_id: int) -> dict[str, Any]:
        """Send a test at once, also while it is switched off, and tell what came of it."""
        delivery_id = subscriptions.try_out(
            database(), settings(), room().vault, load_courier(), subscription_id, actor=actor.name, now=now()
        )
        with database().read() as session:
            return delivery_card(session, actor, delivery_id)


class DeliveriesApi(Api):
    """What subscriptions were told."""

    resource_name = "deliveries"

    @route("GET", "", right="outbox.read", query=DeliveryQuery, answer=shapes.DeliveryPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """The deliveries, the newest first."""
        return DELIVERIES.page(actor, query)

    @route("GET", "/summary", right="outbox.read", answer=shapes.DeliverySummary)
    def summary(self, *, actor: Actor) -> dict[str, Any]:
        """The subscriptions, and how many deliveries wait or were given up."""
        with database().read() as session:
            return summary(session)

    @route("GET", "/<key:delivery_id>", right="outbox.read", answer=shapes.Delivery)
    def get(self, *, actor: Actor, delivery_id: int) -> dict[str, Any]:
        """A delivery with what it says."""
        with database().read() as session:
            return delivery_card(session, actor, delivery_id)

    @route("POST", "/<key:delivery_id>/retry", right="outbox.work", answer=shapes.Delivery)
    def retry(self, *, actor: Actor, delivery_id: int) -> dict[str, Any]:
        """Send a delivery again, under its old key."""
        with database().write() as session:
            subscriptions.send_again(session, delivery_id, actor=actor.name, now=now())
            return delivery_card(session, actor, delivery_id)


def _save(actor: Actor, subscription_id: int | None, body: dict[str, Any]) -> dict[str, Any]:
    chosen = subscriptions.Chosen(**body)
    if chosen.enabled:
        load_courier().check(chosen.url, networks=settings().inner_networks)
    with database().write() as session:
        found, made = subscriptions.save(
            session, room().vault, load_courier(), chosen, subscription_id=subscription_id, actor=actor.name, now=now()
        )
        return {**subscription_card(session, found), "secret": made}
