"""Telling: news become deliveries, deliveries leave, those of one loan one after the other.

A delivery is claimed in one transaction, sent without any, and its result written in another. A process that dies in
between leaves a claim that runs out; the delivery then leaves again under the same key.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from scenario_engine.database import Database
from scenario_engine.errors import KaskadError
from scenario_engine.masking import without_persons
from scenario_engine.models import News, NewsDelivery, Subscription
from scenario_engine.models.news import IS_OPEN
from scenario_engine.news.wording import bodies
from scenario_engine.ports import Answer, Courier, Unreached
from scenario_engine.vault import Vault

#: news taken at once
SPREAD = 1_000
#: deliveries of one round; with slow answers a round still ends long before its claims run out
ROUND = 20
#: after this long a claim is taken to be that of a process that died
CLAIM = timedelta(minutes=10)
#: over about half a day
MOST_ATTEMPTS = 8
#: seconds before the second attempt; four times as many before each further one
FIRST_PAUSE = 30
_OPEN = ("queued", "sending")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one round did."""

    sent: int = 0
    failed: int = 0
    #: another attempt follows, or another round
    put_off: int = 0

    @property
    def taken(self) -> int:
        """How many deliveries it dealt with; 0: nothing was due."""
        return self.sent + self.failed + self.put_off


@dataclass(frozen=True, kw_only=True)
class _Result:
    """What a delivery is to be."""

    state: str
    answer: str | None = None
    reason: str | None = None
    due_at: datetime | None = None
    #: when it is not the number of this attempt
    attempts: int | None = None
    #: nobody answered
    is_silent: bool = False


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether there are news, or a delivery may leave."""
    if session.scalar(select(News.id).limit(1)) is not None:
        return True
    return session.scalar(_due(now).limit(1)) is not None


def spread(database: Database, *, now: datetime) -> int:
    """Make deliveries of the oldest news, one for every subscription that is on and chose the kind; gives how many news
    were taken. Each is taken once: it goes in the transaction that writes its deliveries.
    """
    with database.write() as session:
        # whoever comes second waits, so that those of one loan keep their order
        found = session.scalars(select(News).order_by(News.id).limit(SPREAD).with_for_update()).all()
        if not found:
            return 0
        subscriptions = session.scalars(
            select(Subscription)
            .where(Subscription.enabled, Subscription.removed_at.is_(None))
            .order_by(Subscription.id)
        ).all()
        said = bodies(session, found)
        rows = [
            {
                "subscription_id": subscription.id, "news_id": news.id, "kind": news.kind, "outcome": news.outcome,
                "loan_id": news.loan_id, "thread": _thread(news), "body": said[news.id], "state": "queued",
                "happened_at": news.at, "due_at": now, "attempts": 0,
            }
            for news in found
            for subscription in subscriptions
            if news.kind in subscription.kinds["chosen"]
        ]  # fmt: skip
        if rows:
            session.execute(insert(NewsDelivery), rows)
        session.execute(delete(News).where(News.id.in_([news.id for news in found])))
        return len(found)


def deliver(
    database: Database,
    courier: Courier,
    vault: Vault,
    *,
    now: datetime,
    networks: str,
    randomness: random.Random,
    limit: int = ROUND,
) -> Told:
    """Send up to `limit` deliveries that are due. One that gets no answer keeps the others of its subscription back for
    a short while: a receiver that is down is asked once in a round, not once for each.
    """
    claimed = _claim(database, now=now, limit=limit)
    done: Counter[str] = Counter()
    silent: set[int] = set()
    for delivery, subscription in claimed:
        if subscription.id in silent:
            later = now + timedelta(seconds=FIRST_PAUSE)
            result = _Result(
                state="queued",
                due_at=later,
                answer=delivery.answer,
                reason=delivery.reason,
                attempts=delivery.attempts - 1,
            )
        else:
            result = _attempt(delivery, subscription, courier, vault, now=now, networks=networks)
            if result.is_silent:
                silent.add(subscription.id)
            result = _again(result, delivery, now, randomness)
        done[result.state] += 1
        values: dict[str, Any] = {
            "state": result.state,
            "answer": result.answer,
            "reason": result.reason,
            "attempts": delivery.attempts if result.attempts is None else result.attempts,
        }
        if result.due_at is not None:
            values["due_at"] = result.due_at
        if result.state == "sent":
            values["sent_at"] = now
        with database.write() as session:
            mine = (NewsDelivery.id == delivery.id, NewsDelivery.claimed_at == now, NewsDelivery.state == "sending")
            session.execute(update(NewsDelivery).where(*mine).values(claimed_at=None, **values))
    return Told(sent=done["sent"], failed=done["failed"], put_off=done["queued"])


def summed(answer: Answer) -> str:
    """The answer in one line, without what may be numbers or addresses of persons."""
    masked = without_persons(answer.text)
    return (f"HTTP {answer.status}" + (f": {masked}" if masked else ""))[:300]


def _thread(news: News) -> str:
    return f"loan {news.loan_id}" if news.loan_id is not None else f"borrower {news.borrower_id}"


def _due(now: datetime) -> Select[int]:
    earlier = aliased(NewsDelivery)
    is_first = ~exists(
        select(earlier.id).where(
            earlier.subscription_id == NewsDelivery.subscription_id, earlier.thread == NewsDelivery.thread,
            earlier.id < NewsDelivery.id, earlier.state.in_(_OPEN),
        )
    )  # fmt: skip
    return (
        select(NewsDelivery.id)
        .join(Subscription, Subscription.id == NewsDelivery.subscription_id)
        .where(
            IS_OPEN, NewsDelivery.due_at <= now, Subscription.enabled, is_first,
            or_(NewsDelivery.state == "queued", NewsDelivery.claimed_at < now - CLAIM),
        )
    )  # fmt: skip


def _claim(database: Database, *, now: datetime, limit: int) -> Sequence[tuple[NewsDelivery, Subscription]]:
    with database.write() as session:
        ids = session.scalars(
            _due(now).order_by(NewsDelivery.due_at, NewsDelivery.id).limit(limit)
            .with_for_update(of=NewsDelivery, skip_locked=True)
        ).all()  # fmt: skip
        if not ids:
            return ()
        session.execute(
            update(NewsDelivery)
            .where(NewsDelivery.id.in_(ids))
            .values(state="sending", claimed_at=now, attempts=NewsDelivery.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        found = session.execute(
            select(NewsDelivery, Subscription)
            .join(Subscription, Subscription.id == NewsDelivery.subscription_id)
            .where(NewsDelivery.id.in_(ids))
            .order_by(NewsDelivery.id)
        ).all()
        return [(row[0], row[1]) for row in found]


def _attempt(
    delivery: NewsDelivery, subscription: Subscription, courier: Courier, vault: Vault, *, now: datetime, networks: str
) -> _Result:
    """What came of offering the delivery once."""
    secret = vault.open(subscription.secret)
    if secret is None:
        return _Result(state="failed", reason="subscription.sealed")
    try:
        answer = courier.post(
            subscription.url, secret=secret, key=delivery.key, at=now, body=delivery.body.encode(), networks=networks
        )
    except Unreached as error:
        return _Result(state="queued", reason=str(error), is_silent=True)
    except KaskadError as error:  # an address that is closed stays so until a person does something
        return _Result(state="failed", reason=error.code)
    return _Result(state="sent" if 200 <= answer.status < 300 else "queued", answer=summed(answer))


def _again(result: _Result, delivery: NewsDelivery, now: datetime, randomness: random.Random) -> _Result:
    """The same with the moment of the next attempt, as long as there is one."""
    if result.state != "queued":
        return result
    if delivery.attempts >= MOST_ATTEMPTS:
        return replace(result, state="failed")
    pause = FIRST_PAUSE * 4 ** (delivery.attempts - 1) * randomness.uniform(0.5, 1.5)
    return replace(result, due_at=now + timedelta(seconds=pause))
