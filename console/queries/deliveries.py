"""Subscriptions, and what they were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.queries.timeline_words import MESSAGE_STATES
from console.queries.visibility import seen_loans
from scenario_engine.errors import NotFound
from scenario_engine.models import Loan, NewsDelivery, Subscription
from scenario_engine.models.news import IS_OPEN, NEWS_KINDS, NO_ANSWER, TEST
from scenario_engine.texts import Text

COUNTED = 10_000
KINDS = {**NEWS_KINDS, TEST: Text("Test", "Проверка")}
EXPORTED = (
    Column(Text("Number", "Номер"), "key"),
    Column(Text("What happened", "Что случилось"), "kind", words=KINDS),
    Column(Text("Outcome", "Итог"), "outcome"),
    Column(Text("Loan", "Займ"), "loan.external_id"),
    Column(Text("Subscription", "Подписка"), "subscription.name"),
    Column(Text("State", "Состояние"), "state", words=MESSAGE_STATES),
    Column(Text("Happened at", "Когда случилось"), "happened_at"),
    Column(Text("Sent at", "Отправлено"), "sent_at"),
    Column(Text("Attempts", "Попыток"), "attempts"),
    Column(Text("Last answer", "Последний ответ"), "answer"),
    Column(Text("Why no answer", "Почему нет ответа"), "reason", words=NO_ANSWER),
    Column(Text("Content", "Содержание"), "body"),
)
_ROWS = (
    select(NewsDelivery, Subscription.name, Loan.external_id)
    .join(Subscription, Subscription.id == NewsDelivery.subscription_id)
    .outerjoin(Loan, Loan.id == NewsDelivery.loan_id)
)


def delivery_list(actor: Actor, filters: Mapping[str, Any]) -> Listing:
    """The deliveries that fit the filters. Whoever reads them sees every loan."""
    where: list[ColumnElement[bool]] = [seen_loans(actor) | NewsDelivery.loan_id.is_(None)]
    for name, column in (("state", NewsDelivery.state), ("kind", NewsDelivery.kind)):
        if filters.get(name):
            where.append(column.in_(filters[name].split(",")))
    if filters.get("subscription"):
        where.append(NewsDelivery.subscription_id == filters["subscription"])
    if filters.get("loan"):
        where.append(NewsDelivery.loan_id == filters["loan"])
    if filters.get("q", "").strip():
        where.append(searches(filters["q"], Loan.external_id, NewsDelivery.answer, NewsDelivery.outcome))
    return Listing(
        select=_ROWS.where(*where),
        most=COUNTED,
        sorts={
            "id": NewsDelivery.id,
            "kind": NewsDelivery.kind,
            "state": NewsDelivery.state,
            "subscription": Subscription.name,
            "loan": Loan.external_id,
            "happened_at": NewsDelivery.happened_at,
            "sent_at": NewsDelivery.sent_at,
            "due_at": NewsDelivery.due_at,
            "attempts": NewsDelivery.attempts,
        },
        order="-happened_at",
        tie=NewsDelivery.id.desc(),
        item=lambda row: _item(row, actor.language),
        columns=EXPORTED,
        file_name="webhooks",
    )


def delivery_card(session: Session, actor: Actor, delivery_id: int) -> dict[str, Any]:
    """One delivery; NotFound."""
    seen = seen_loans(actor) | NewsDelivery.loan_id.is_(None)
    row = session.execute(_ROWS.where(NewsDelivery.id == delivery_id, seen)).one_or_none()
    if row is None:
        raise NotFound(Text("There is no such delivery.", "Такой доставки нет."))
    return _item(row, actor.language)


def _item(row: Row[*tuple[Any, ...]], language: str) -> dict[str, Any]:
    delivery, subscription, loan = row
    reason = NO_ANSWER.get(delivery.reason or "")
    return {
        "id": delivery.id,
        "key": delivery.key,
        "kind": delivery.kind,
        "title": KINDS[delivery.kind].say(language),
        "outcome": delivery.outcome,
        "state": delivery.state,
        "happened_at": delivery.happened_at,
        "due_at": delivery.due_at,
        "sent_at": delivery.sent_at,
        "attempts": delivery.attempts,
        "answer": delivery.answer,
        "reason": delivery.reason,
        "reason_text": reason and reason.say(language),
        "subscription": {"id": delivery.subscription_id, "name": subscription},
        "loan": delivery.loan_id and {"id": delivery.loan_id, "external_id": loan},
        "body": delivery.body,
    }


def summary(session: Session) -> dict[str, Any]:
    """The subscriptions by name, how many are on, how many deliveries wait and how many were given up."""
    found = session.scalars(
        select(Subscription).where(Subscription.removed_at.is_(None)).order_by(Subscription.name)
    ).all()
    failed = select(func.count()).select_from(NewsDelivery).where(NewsDelivery.state == "failed")
    return {
        "subscriptions": [{"id": each.id, "name": each.name} for each in found],
        "enabled": sum(each.enabled for each in found),
        "queued": session.scalar(select(func.count()).select_from(NewsDelivery).where(IS_OPEN)) or 0,
        "failed": session.scalar(failed) or 0,
    }


def subscription_list(session: Session) -> list[dict[str, Any]]:
    """Every subscription by name."""
    found = session.scalars(
        select(Subscription).where(Subscription.removed_at.is_(None)).order_by(Subscription.name, Subscription.id)
    ).all()
    return [subscription_card(session, each) for each in found]


def subscription_card(session: Session, found: Subscription) -> dict[str, Any]:
    """A subscription as JSON, without its secret."""
    is_open, is_failed = NewsDelivery.state.in_(("queued", "sending")), NewsDelivery.state == "failed"
    waiting, failed, last = session.execute(
        select(
            func.coalesce(func.sum(case((is_open, 1), else_=0)), 0),
            func.coalesce(func.sum(case((is_failed, 1), else_=0)), 0),
            func.max(NewsDelivery.sent_at),
        ).where(NewsDelivery.subscription_id == found.id)
    ).one()
    return {
        "id": found.id,
        "name": found.name,
        "url": found.url,
        "kinds": found.kinds["chosen"],
        "enabled": found.enabled,
        "changed_at": found.changed_at,
        "changed_by": found.changed_by,
        "waiting": int(waiting),
        "failed": int(failed),
        "last_at": last,
    }
