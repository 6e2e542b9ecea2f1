"""What became of messages, written down as soon as it is known: their states, signals of those that failed for good,
how the connector fares.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, String, and_, func, select, update
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from scenario_engine.contacts import points
from scenario_engine.database import Database
from scenario_engine.engine.outbox.arrangement import Arrangement
from scenario_engine.engine.outbox.claims import Taken
from scenario_engine.engine.outbox.gate import Event, tell
from scenario_engine.engine.paths import CURED, STOPPED
from scenario_engine.masking import without_persons
from scenario_engine.models import Case, ConnectorHour, Message, Signal, UtcDateTime, table_of
from scenario_engine.models.message import AWAITED
from scenario_engine.ports import Delivery, Outgoing
from scenario_engine.registry.rowsets import encode, given, insert_into
from scenario_engine.texts import Text

MOST_ATTEMPTS = 6
#: seconds before the second attempt; twice as many before each further one
FIRST_PAUSE = 60

_CASE_OVER = Text(
    "Not sent: the first attempt failed, and the case ended before the next.",
    "Не отправлено: первая попытка не удалась, а до следующей дело завершилось.",
)
_LATE = Text(
    "Not sent: it was too late for it.",
    "Не отправлено: срок, до которого сообщение имело смысл, прошёл.",
)
_COLUMNS: dict[str, TypeEngine[Any]] = {
    "id": BigInteger(),
    "queued_at": UtcDateTime(),
    "state": String(20),
    "recipient": String(250),
    "subject": String(500),
    "body": SqlText(),
    "due_at": UtcDateTime(),
    "attempts": BigInteger(),
    "sent_at": UtcDateTime(),
    "receipt": String(100),
    "error": String(500),
    "uncertain_at": UtcDateTime(),
    "cost": BigInteger(),
}


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What one round of the outbox did."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    #: contact with the borrower was forbidden, or the case ended, before they left
    cancelled: int = 0
    #: too late
    expired: int = 0
    #: seconds until more may leave, when the rate is what they wait for
    wait: float | None = field(default=None, compare=False)

    @property
    def taken(self) -> int:
        """How many messages the round dealt with; 0: nothing was due."""
        return self.sent + self.failed + self.retried + self.cancelled + self.expired

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Delivered:
        """From counts by name."""
        return cls(**{name: counts.get(name, 0) for name in OUTCOMES})

    def and_(self, other: Delivered) -> Delivered:
        """Both rounds."""
        waits = [wait for wait in (self.wait, other.wait) if wait is not None]
        counts = {name: getattr(self, name) + getattr(other, name) for name in OUTCOMES}
        return Delivered(**counts, wait=min(waits, default=None))


OUTCOMES = tuple(each.name for each in fields(Delivered) if each.name != "wait")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of one message of a batch: what the other side said, or why it was not asked."""

    message: Taken
    outgoing: Outgoing | None = None
    result: Delivery | None = None
    #: why it must not leave by now
    stopped: str | None = None
    is_late: bool = False
    #: outside the hours of contact: when it may leave
    not_before: datetime | None = None
    #: the connection failed before anything left: no attempt was made
    is_unmade: bool = False


def record(
    database: Database,
    arrangement: Arrangement,
    known: Sequence[Known],
    *,
    claimed_at: datetime,
    now: datetime,
    randomness: random.Random,
) -> Counter[str]:
    """Write down what is known; how many messages fared how (`OUTCOMES`). What somebody else has taken over since the
    moment `claimed_at` stays theirs, but is marked as possibly sent twice.
    """
    if not known:
        return Counter()
    with database.write() as session:
        over = _over(session, [each.message.case_id for each in known if _goes_again(each)])
        rows = [_row(each, arrangement, over, now, randomness) for each in known]
        ours = _write(session, rows, claimed_at)
        _mark_taken_over(session, known, ours, now)
        done: Counter[str] = Counter()
        hours: dict[str, Counter[str]] = {}
        for each, row in zip(known, rows, strict=True):
            if row["id"] not in ours:
                continue
            outcome = "retried" if row["state"] == "queued" else row["state"]
            done[outcome] += 1
            hour = hours.setdefault(each.message.channel, Counter())
            hour[outcome] += 1
            hour["cost"] += row["cost"] or 0
        _tell_of_failures(session, [each for each in known if each.message.id in ours], rows, now)
        dead = [
            (each.message.borrower_id, each.message.channel, each.outgoing.recipient)
            for each in known if each.result is not None and each.result.dead and each.outgoing is not None
        ]  # fmt: skip
        points.report_dead(session, dead, actor=arrangement.key, now=now)
        count_hour(session, arrangement.key, hours, now)
        if not arrangement.is_live:
            # nobody will tell of what the sandbox took: whoever waits for it goes on
            taken = {row["id"] for row in rows if row["state"] == "sent"} & ours
            awaited = [each.message for each in known if each.message.content.get(AWAITED) and each.message.id in taken]
            note_signals(session, "delivered", awaited, now=now)
        else:
            _tell_gate(session, arrangement, known, now)
        return done


def _row(
    each: Known, arrangement: Arrangement, over: set[int], now: datetime, randomness: random.Random
) -> dict[str, Any]:
    message, item, result = each.message, each.outgoing, each.result
    row = {
        "id": message.id, "queued_at": message.queued_at, "state": "sent",
        "recipient": item.recipient if item else None, "subject": item.subject if item else None,
        "body": item.body if item else None, "due_at": message.due_at, "attempts": message.attempts,
        "sent_at": None, "receipt": None, "error": None, "uncertain_at": message.uncertain_at, "cost": None,
    }  # fmt: skip
    said = result.error if result else "the connector gave no answer"
    error = without_persons(said)[:500] if said else None
    if result is not None and result.uncertain:
        row["uncertain_at"] = message.uncertain_at or now
    if each.is_late:
        return row | {"state": "expired", "error": " / ".join(_LATE), "attempts": message.attempts - 1}
    if each.stopped is not None:
        return row | {"state": "cancelled", "error": each.stopped[:500]}
    if result is not None and result.accepted and item is not None:
        receipt = result.receipt[:100] if result.receipt else None
        return row | {"sent_at": now, "receipt": receipt, "cost": arrangement.cost(item, result)}
    if not _goes_again(each):
        return row | {"state": "failed", "error": error}
    if message.case_id in over:
        return row | {"state": "cancelled", "error": " / ".join(_CASE_OVER)}
    if each.not_before is not None:  # nothing was tried
        attempts = message.attempts - 1
        return row | {"state": "queued", "error": message.error, "due_at": each.not_before, "attempts": attempts}
    row |= {"state": "queued", "error": error}
    if result is not None and result.pause is not None:  # the other side has not looked at it
        return row | {"due_at": now + timedelta(seconds=result.pause), "attempts": message.attempts - 1}
    made = 1 if each.is_unmade else message.attempts
    pause = FIRST_PAUSE * 2 ** (made - 1) * randomness.uniform(0.5, 1.5)
    return row | {"due_at": now + timedelta(seconds=pause), "attempts": message.attempts - int(each.is_unmade)}


def _goes_again(each: Known) -> bool:
    """Whether the attempt failed in a way that another may mend."""
    if each.stopped is not None or each.is_late:
        return False
    if each.not_before is not None:
        return True
    result = each.result
    if result is not None and (result.accepted or not (result.retry or result.pause is not None)):
        return False
    is_unmade = each.is_unmade or (result is not None and result.pause is not None)
    return is_unmade or each.message.attempts < MOST_ATTEMPTS


def _over(session: Session, cases: Sequence[int]) -> set[int]:
    """Those of the cases that a payment or a person ended. What they had queued was cancelled then, but for what was
    just being sent; whoever ends one of them now waits, and finds its message in the queue.
    """
    if not cases:
        return set()
    held = select(Case.id, Case.end_reason).where(Case.id.in_(cases)).order_by(Case.id).with_for_update(read=True)
    return {row.id for row in session.execute(held) if row.end_reason in (CURED, STOPPED)}


def _write(session: Session, rows: Sequence[dict[str, Any]], claimed_at: datetime) -> set[int]:
    """Write the rows of those that are still ours, in one statement; gives which these are."""
    messages = table_of(Message)
    new = given(session, encode(session, rows), _COLUMNS, "fared")
    first, last = min(row["queued_at"] for row in rows), max(row["queued_at"] for row in rows)
    mine = and_(messages.c.state == "sending", messages.c.claimed_at == claimed_at)
    values = {name: new.c[name] for name in _COLUMNS if name not in ("id", "queued_at")}
    statement = (
        update(messages)
        .where(messages.c.id == new.c.id, mine, messages.c.queued_at.between(first, last))
        .values(**values, claimed_at=None)
        .returning(messages.c.id)
    )
    return set(session.scalars(statement))


def _mark_taken_over(session: Session, known: Sequence[Known], ours: set[int], now: datetime) -> None:
    """We took so long that another engine took them for a dead one's: both may have sent them."""
    theirs = [each.message.id for each in known if each.message.id not in ours and each.result is not None]
    if theirs:
        session.execute(
            update(Message)
            .where(Message.id.in_(theirs))
            .values(uncertain_at=func.coalesce(Message.uncertain_at, now))
            .execution_options(synchronize_session=False)
        )


def _tell_of_failures(
    session: Session, known: Iterable[Known], rows: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    states = {row["id"]: row for row in rows}
    lost = [each.message for each in known if states[each.message.id]["state"] in ("failed", "expired")]
    note_signals(session, "not_delivered", lost, now=now)


def note_signals(session: Session, kind: str, messages: Sequence[Taken], *, now: datetime) -> list[int]:
    """Signals of what became of messages, one of a kind for each; gives the loans of those that are new."""
    if not messages:
        return []
    rows = [
        {
            "key": f"{kind.replace('_', '-')}-{message.id}", "loan_id": message.loan_id, "kind": kind, "at": now,
            "data": {"message": message.id, "channel": message.channel}, "source": "engine", "handled": False,
            "case_id": message.case_id, "visit_id": message.batch_id,
        }
        for message in messages
    ]  # fmt: skip
    statement = insert_into(session, Signal).on_conflict_do_nothing(index_elements=["key"])
    return list(session.scalars(statement.values(rows).returning(Signal.__table__.c.loan_id)))


def count_hour(session: Session, key: str, hours: Mapping[str, Mapping[str, int]], now: datetime) -> None:
    """Add what went through a connector to the counts of the hour; `hours` are counts by channel."""
    counted = ("sent", "failed", "retried", "delivered", "undelivered", "cost")
    rows = [
        {"connector": key, "hour": now.replace(minute=0, second=0, microsecond=0), "channel": channel}
        | {name: counts.get(name, 0) for name in counted}
        for channel, counts in sorted(hours.items())
        if any(counts.get(name) for name in counted)
    ]
    if rows:
        statement = insert_into(session, ConnectorHour).values(rows)
        table = table_of(ConnectorHour)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["connector", "hour", "channel"],
                set_={name: table.c[name] + statement.excluded[name] for name in counted},
            )
        )


def _tell_gate(session: Session, arrangement: Arrangement, known: Sequence[Known], now: datetime) -> None:
    events: list[Event] = []
    answers: list[tuple[str, str]] = []
    pause: float | None = None
    unmade = next((each for each in known if each.is_unmade), None)
    if unmade is not None:  # the whole batch met with one failure
        events.append("bad")
        answers.append(("lost", (unmade.result and unmade.result.error) or "?"))
    for each in known:
        result = each.result
        if result is None or each.is_unmade or each.outgoing is None:
            continue
        if result.pause is not None:
            pause = max(pause or 0, result.pause)
        elif not result.accepted and (result.retry or result.uncertain):
            events.append("bad")
        else:
            events.append("good")
        if result.error and len(answers) < 5:
            answers.append(("uncertain" if result.uncertain else "refused", result.error))
        elif result.accepted and not any(kind == "accepted" for kind, _text in answers):
            answers.append(("accepted", result.receipt or "OK"))
    if events or pause is not None:
        tell(session, arrangement.key, events, now=now, pause=pause, answers=answers)
