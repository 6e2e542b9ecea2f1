"""The outbox: messages that scenarios wrote are rendered and handed to connectors, after the fact and outside the
batch.

A message is claimed in one transaction, sent without any, and its result written in another. A process that dies in
between leaves a claim that runs out; the message then leaves again under the same idempotency key.

The contact guard let a message pass when it was written. What forbids every contact may have come since, from a file or
another case: so that is asked once more when the message leaves.
"""

from __future__ import annotations

import logging
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from scenario_engine import audit, library
from scenario_engine.contacts.refusals import refusal_reason, refused
from scenario_engine.database import Database
from scenario_engine.engine.paths import CURED, STOPPED
from scenario_engine.errors import KaskadError
from scenario_engine.models import STOP_REASONS, Borrower, Case, Loan, Message, Product, Scenario, Signal, Version
from scenario_engine.models.message import IN_QUEUE
from scenario_engine.nodes.templates import render
from scenario_engine.ports import Connector, Delivery, Outgoing, Setup
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

log = logging.getLogger(__name__)

#: after this long a claim is taken to be that of a process that died
CLAIM = timedelta(minutes=5)
MOST_ATTEMPTS = 6
#: channels that do not reach the borrower: no contact stop concerns them
NO_CONTACT = ("webhook",)

_STOPPED = Text(
    "Not sent: contacts with the borrower were forbidden meanwhile ({reason}).",
    "Не отправлено: контакты с заёмщиком за это время запретили ({reason}).",
)
_CASE_OVER = Text(
    "Not sent: the first attempt failed, and the case ended before the next.",
    "Не отправлено: первая попытка не удалась, а до следующей дело завершилось.",
)


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What one round of the outbox did."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    #: contact with the borrower was forbidden, or the case ended, before they left
    cancelled: int = 0

    @property
    def taken(self) -> int:
        """How many messages the round dealt with; 0: nothing was due."""
        return self.sent + self.failed + self.retried + self.cancelled


def deliver(
    database: Database,
    connectors: Mapping[str, Connector],
    *,
    now: datetime,
    settings: Settings,
    randomness: random.Random,
    limit: int = 500,
) -> Delivered:
    """Send up to `limit` messages that are due. Messages of a scenario that is paused wait."""
    claimed = _claim(database, now=now, limit=limit)
    if not claimed:
        return Delivered()
    with database.read() as session:
        outgoing, broken, stopped = _render(session, claimed, settings)
    results: dict[int, Delivery] = {delivery.message_id: delivery for delivery in broken}
    by_connector: dict[str, list[Outgoing]] = defaultdict(list)
    names = {message.id: message.connector for message in claimed}
    for item in outgoing:
        by_connector[names[item.message_id]].append(item)
    for name, batch in by_connector.items():
        setup = Setup(chosen={}, networks=settings.inner_networks)
        for delivery in _send(connectors.get(name), name, batch, setup):
            results[delivery.message_id] = delivery
    rendered = {item.message_id: item for item in outgoing}
    return _record(database, claimed, rendered, results, stopped, now=now, randomness=randomness)


def stop_reason(reason: str) -> str:
    """What a person reads of a message that a contact stop kept from leaving."""
    return " / ".join(_STOPPED.format(reason=STOP_REASONS.get(reason, Text(reason, reason))))


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether `deliver` would find a message."""
    return session.scalar(_due(now).limit(1)) is not None


def _due(now: datetime) -> Select[int]:
    # a message that is being sent was due when it was taken, so the queue's index finds both
    ready = and_(IN_QUEUE, Message.due_at <= now, or_(Message.state == "queued", Message.claimed_at < now - CLAIM))
    return (
        select(Message.id)
        .join(Version, Version.id == Message.version_id)
        .join(Scenario, Scenario.id == Version.scenario_id)
        .where(ready, Scenario.state != "paused")
    )


def _claim(database: Database, *, now: datetime, limit: int) -> Sequence[Message]:
    with database.write() as session:
        ids = session.scalars(
            _due(now).order_by(Message.due_at, Message.id).limit(limit).with_for_update(of=Message, skip_locked=True)
        ).all()
        if not ids:
            return ()
        session.execute(
            update(Message)
            .where(Message.id.in_(ids))
            .values(state="sending", claimed_at=now, attempts=Message.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        return session.scalars(select(Message).where(Message.id.in_(ids))).all()


def _render(
    session: Session, messages: Sequence[Message], settings: Settings
) -> tuple[list[Outgoing], list[Delivery], dict[int, str]]:
    """What leaves, what cannot, and the reasons of what must not by now; the last by id."""
    rows = session.execute(
        select(Loan, Borrower, Product)
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .join(Product, Product.id == Loan.product_id)
        .where(Loan.id.in_({message.loan_id for message in messages}))
    ).all()
    by_loan = {row[0].id: row for row in rows}
    refusals = refused(session, {message.borrower_id for message in messages})
    texts = library.texts_of(session, {named for message in messages if (named := library.name_of(message.content))})
    outgoing: list[Outgoing] = []
    broken: list[Delivery] = []
    stopped: dict[int, str] = {}
    for message in messages:
        loan, borrower, product = by_loan[message.loan_id]
        if borrower.contact_stop is not None and message.channel not in NO_CONTACT:
            stopped[message.id] = stop_reason(borrower.contact_stop)
            continue
        if (message.borrower_id, message.channel) in refusals:
            stopped[message.id] = refusal_reason(message.channel)
            continue
        values = template_values(loan, borrower, product, settings)
        recipient = _recipient(message, borrower)
        try:
            said = library.words_of(message.content, borrower.language, texts)
            subject, body = (render(words, values) for words in said)
        except KaskadError as error:
            broken.append(Delivery(message_id=message.id, accepted=False, error=error.text.en))
            continue
        if not recipient:
            broken.append(Delivery(message_id=message.id, accepted=False, error="the borrower has no address by now"))
            continue
        outgoing.append(
            Outgoing(
                key=f"{message.batch_id}-{message.case_id}-{message.node_id}", message_id=message.id,
                channel=message.channel, recipient=recipient, subject=subject, body=body, content=message.content,
                addressee=borrower.full_name, again=message.attempts > 1,
            )
        )  # fmt: skip
    return outgoing, broken, stopped


def _recipient(message: Message, borrower: Borrower) -> str | None:
    addresses = {
        "email": borrower.email,
        "messenger": borrower.messenger,
        "webhook": message.content.get("url"),
    }
    return addresses.get(message.channel, borrower.phone)


def template_values(loan: Loan, borrower: Borrower, product: Product, settings: Settings) -> dict[str, object]:
    """What a message template may say about a loan. Amounts are kopecks; the template's filters word them."""
    names = borrower.full_name.split()
    return {
        "first_name": names[1] if len(names) > 1 else borrower.full_name,
        "full_name": borrower.full_name,
        "overdue": loan.overdue,
        "balance": loan.balance,
        "principal": loan.principal,
        "dpd": loan.dpd,
        "next_due_on": loan.next_due_on,
        "next_due_amount": loan.next_due_amount,
        "loan_number": loan.external_id,
        "product": product.name,
        "creditor_name": settings.creditor_name,
        "creditor_phone": settings.creditor_phone,
    }


def _send(connector: Connector | None, name: str, batch: Sequence[Outgoing], setup: Setup) -> Iterator[Delivery]:
    if connector is None:
        for item in batch:
            yield Delivery(message_id=item.message_id, accepted=False, error=f"no connector “{name}”")
        return
    waiting = {item.message_id for item in batch}
    try:
        with connector.open(setup) as link:
            for delivery in link.send(batch):
                waiting.discard(delivery.message_id)
                yield delivery
    except Exception as error:  # a connector is other people's code: whatever it raises, the queue goes on
        log.exception("connector %s failed", name)
        for message_id in waiting:
            yield Delivery(
                message_id=message_id, accepted=False, retry=True, error=f"{type(error).__name__}: {error}"
            )  # fmt: skip


def _record(
    database: Database,
    messages: Sequence[Message],
    rendered: Mapping[int, Outgoing],
    results: Mapping[int, Delivery],
    stopped: Mapping[int, str],
    *,
    now: datetime,
    randomness: random.Random,
) -> Delivered:
    done: Counter[str] = Counter()
    updates = []
    with database.write() as session:
        over = _over(session, [message.case_id for message in messages if _goes_again(message, stopped, results)])
        for message in messages:
            result = results.get(message.id)
            item = rendered.get(message.id)
            row = {
                "id": message.id, "recipient": item.recipient if item else None,
                "subject": item.subject if item else None, "body": item.body if item else None, "state": "sent",
                "sent_at": None, "receipt": None, "error": None, "due_at": message.due_at, "claimed_at": None,
            }  # fmt: skip
            error = result.error if result else "the connector gave no answer"
            if message.id in stopped:
                done["cancelled"] += 1
                row |= {"state": "cancelled", "error": stopped[message.id]}
            elif result is not None and result.accepted:
                done["sent"] += 1
                row |= {"sent_at": now, "receipt": result.receipt}
            elif not _goes_again(message, stopped, results):
                done["failed"] += 1
                row |= {"state": "failed", "error": error}
                session.add(
                    Signal(key=f"not-delivered-{message.id}", loan_id=message.loan_id, kind="not_delivered", at=now,
                           data={"message": message.id, "channel": message.channel}, source="engine")
                )  # fmt: skip
            elif message.case_id in over:
                done["cancelled"] += 1
                row |= {"state": "cancelled", "error": " / ".join(_CASE_OVER)}
            else:
                done["retried"] += 1
                pause = 60 * 2 ** (message.attempts - 1) * randomness.uniform(0.5, 1.5)
                row |= {"state": "queued", "due_at": now + timedelta(seconds=pause), "error": error}
            updates.append(row)
        session.execute(update(Message), updates)
        counts = {name: done[name] for name in ("sent", "failed", "retried", "cancelled")}
        audit.record(session, at=now, actor="engine", action="outbox.delivered", subject_type="outbox", **counts)
    return Delivered(**counts)


def _goes_again(message: Message, stopped: Mapping[int, str], results: Mapping[int, Delivery]) -> bool:
    """Whether the attempt failed in a way that another may mend."""
    result = results.get(message.id)
    if message.id in stopped or message.attempts >= MOST_ATTEMPTS:
        return False
    return result is None or (result.retry and not result.accepted)


def _over(session: Session, cases: Sequence[int]) -> set[int]:
    """Those of the cases that a payment or a person ended. What they had queued was cancelled then, but for what was
    just being sent; whoever ends one of them now waits, and finds its message in the queue.
    """
    if not cases:
        return set()
    held = select(Case.id, Case.end_reason).where(Case.id.in_(cases)).order_by(Case.id).with_for_update(read=True)
    return {row.id for row in session.execute(held) if row.end_reason in (CURED, STOPPED)}
