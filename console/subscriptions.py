"""Subscriptions as an administrator sets them up. A secret is shown once, when it is made."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.errors import Conflict, KaskadError, NotFound
from scenario_engine.models import NewsDelivery, Subscription
from scenario_engine.models.news import TEST
from scenario_engine.news.sending import summed
from scenario_engine.news.wording import written
from scenario_engine.ports import Courier, Unreached
from scenario_engine.settings import Settings
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

#: bytes of a secret
SECRET = 32


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Who is to be told what."""

    name: str
    url: str
    kinds: Sequence[str]
    enabled: bool


def find(session: Session, subscription_id: int) -> Subscription:
    """The subscription, locked; NotFound when there is none, or not any more."""
    found = session.scalar(
        select(Subscription)
        .where(Subscription.id == subscription_id, Subscription.removed_at.is_(None))
        .with_for_update()
    )
    if found is None:
        raise NotFound(Text("There is no such subscription.", "Такой подписки нет."))
    return found


def save(
    session: Session, vault: Vault, courier: Courier, chosen: Chosen, *, subscription_id: int | None, actor: str,
    now: datetime,
) -> tuple[Subscription, str | None]:  # fmt: skip
    """Set a subscription up, a new one without an id; gives it, and the secret of a new one.

    Raises `NotFound`, and `Conflict` for a name that is taken. Whether the address may be reached is the caller's to
    ask beforehand (`check`): that asks the network.
    """
    same_name = select(Subscription.id).where(
        Subscription.name == chosen.name, Subscription.removed_at.is_(None), Subscription.id != (subscription_id or 0)
    )
    if session.scalar(same_name) is not None:
        raise Conflict(
            Text("There is a subscription with this name.", "Подписка с таким названием уже есть."),
            code="subscription.name",
        )
    secret = None
    if subscription_id is None:
        secret = courier.make_secret(secrets.token_bytes(SECRET))
        found = Subscription(secret=vault.seal(secret))
    else:
        found = find(session, subscription_id)
    found.name, found.url, found.enabled = chosen.name, chosen.url, chosen.enabled
    found.kinds = {"chosen": sorted(set(chosen.kinds))}
    _changed(session, found, "subscription.saved", actor, now, kinds=found.kinds["chosen"])
    return found, secret


def renew_secret(
    session: Session, vault: Vault, courier: Courier, subscription_id: int, *, actor: str, now: datetime
) -> tuple[Subscription, str]:
    """Give it another secret; the old one signs nothing from now on. NotFound."""
    found = find(session, subscription_id)
    secret = courier.make_secret(secrets.token_bytes(SECRET))
    found.secret = vault.seal(secret)
    _changed(session, found, "subscription.secret_renewed", actor, now)
    return found, secret


def remove(session: Session, subscription_id: int, *, actor: str, now: datetime) -> None:
    """Tell it nothing any more and forget its secret; what it was told stays, what waits is given up. NotFound."""
    found = find(session, subscription_id)
    found.enabled, found.removed_at, found.secret = False, now, ""
    session.execute(
        update(NewsDelivery)
        .where(NewsDelivery.subscription_id == found.id, NewsDelivery.state.in_(("queued", "sending")))
        .values(state="failed", claimed_at=None, reason="subscription.removed")
        .execution_options(synchronize_session=False)
    )
    _changed(session, found, "subscription.removed", actor, now)


def try_out(
    database: Database, settings: Settings, vault: Vault, courier: Courier, subscription_id: int, *, actor: str,
    now: datetime,
) -> int:  # fmt: skip
    """Send a piece of news of no meaning at once, once, even when it is switched off: a person asked for it. Gives the
    id of its delivery. NotFound, and `Conflict` when the secret's key is lost.
    """
    with database.write() as session:
        found = find(session, subscription_id)
        secret, url = vault.open(found.secret), found.url
        if secret is None:
            raise Conflict(
                Text(
                    "The key of the secret is gone. Make a new secret.", "Ключа от секрета больше нет. Создайте новый."
                ),
                code="subscription.sealed",
            )
        # in no queue: it is offered here and now
        delivery = NewsDelivery(
            subscription_id=found.id, kind=TEST, thread=TEST, state="failed", happened_at=now, due_at=now, attempts=1,
            body=written(TEST, now, {"name": found.name}), reason="cut_off",
        )  # fmt: skip
        session.add(delivery)
        _changed(session, found, "subscription.tried", actor, now, touch=False)
    state, said, reason = "failed", None, None
    try:
        answer = courier.post(
            url, secret=secret, key=delivery.key, at=now, body=delivery.body.encode(), networks=settings.inner_networks
        )
    except Unreached as error:
        reason = str(error)
    except KaskadError as error:
        reason = error.code
    else:
        said = summed(answer)
        state = "sent" if 200 <= answer.status < 300 else "failed"
    with database.write() as session:
        told = session.get_one(NewsDelivery, delivery.id)
        told.state, told.answer, told.reason = state, said, reason
        told.sent_at = now if state == "sent" else None
    return delivery.id


def send_again(session: Session, delivery_id: int, *, actor: str, now: datetime) -> NewsDelivery:
    """Queue a delivery again that was given up, or that the receiver lost; it keeps its key. NotFound; Conflict while
    it is on its way, for a test, and when its subscription is gone.
    """
    found = session.scalar(select(NewsDelivery).where(NewsDelivery.id == delivery_id).with_for_update())
    if found is None:
        raise NotFound(Text("There is no such delivery.", "Такой доставки нет."))
    subscription = session.get_one(Subscription, found.subscription_id)
    if found.state not in ("failed", "sent") or found.kind == TEST or subscription.removed_at is not None:
        raise Conflict(
            Text(
                "Only what has left or was given up can be sent again, and only while its subscription is there.",
                "Повторить можно только ушедшее или неушедшее, и только пока подписка есть.",
            ),
            code="delivery.state",
        )
    found.state, found.due_at, found.attempts, found.sent_at, found.reason = "queued", now, 0, None, None
    audit.record(
        session, at=now, actor=actor, action="delivery.retried", subject_type="delivery", subject_id=found.id,
        subscription=subscription.name,
    )  # fmt: skip
    session.flush()
    return found


def _changed(
    session: Session, found: Subscription, action: str, actor: str, now: datetime, *, touch: bool = True, **more: object
) -> None:
    if touch:
        found.changed_at, found.changed_by = now, actor
    session.add(found)
    session.flush()
    details: Mapping[str, object] = {"name": found.name, "address": found.url.partition("?")[0], **more}
    audit.record(
        session, at=now, actor=actor, action=action, subject_type="subscription", subject_id=found.id,
        enabled=found.enabled, **details,
    )  # fmt: skip
