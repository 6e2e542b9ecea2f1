"""What comes back: receipts and answers of outside systems become states of messages, signals and refusals, in one
transaction with the engine's reaction.

A report is written down once, whatever its order: one that is faster than the answer to its message waits until the
message is known; a second telling changes nothing; delivered stays delivered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, or_, select, update
from sqlalchemy.orm import Session

from scenario_engine.contacts import points
from scenario_engine.contacts.refusals import refuse
from scenario_engine.contacts.stop_words import is_stop_word
from scenario_engine.database import Database
from scenario_engine.engine.events import react
from scenario_engine.engine.outbox.recording import count_hour
from scenario_engine.masking import without_persons
from scenario_engine.models import Borrower, HeardReport, Loan, Message, Signal, table_of
from scenario_engine.models.connector import IS_UNKNOWN
from scenario_engine.models.consent import CHANNELS
from scenario_engine.ports import Report
from scenario_engine.registry.rowsets import encode, given, insert_into

#: a message is heard of within so long
REACH = timedelta(days=60)
#: a report waits so long for its message to be known: an answer takes no longer to be written down
EARLY = timedelta(hours=1)
#: early reports that are looked for at once
MOST = 1_000
#: what a report makes of its message
_OUTCOMES = {"delivered": "delivered", "failed": "undelivered", "dead": "undelivered", "blocked": "undelivered"}
_SIGNALS = {"delivered": "delivered", "undelivered": "not_delivered"}
_FOUND = (
    Message.id, Message.queued_at, Message.receipt, Message.connector, Message.channel, Message.state, Message.loan_id,
    Message.borrower_id, Message.recipient, Message.case_id, Message.batch_id, Message.cost,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What reports did."""

    #: told for the first time
    new: int = 0
    #: of these, those whose message is not known (yet)
    unknown: int = 0
    delivered: int = 0
    undelivered: int = 0
    replies: int = 0
    #: borrowers who refused a channel
    refused: int = 0


def hear(
    database: Database, key: str, channels: Sequence[str], reports: Sequence[Report], *, now: datetime, time_zone: str
) -> Heard:
    """Take what the other side of a connector told; `channels` are the connector's."""
    once = {report.key[:200]: _masked(report) for report in reports}
    if not once:
        return Heard()
    with database.write() as session:
        rows = [
            {
                "connector": key, "key": name, "kind": report.kind, "receipt": _cut(report.receipt, 100),
                "at": min(report.at, now), "heard_at": now, "error": _cut(report.error, 500), "cost": report.cost,
                "text": _cut(report.text, 2_000),
            }
            for name, report in sorted(once.items())
        ]  # fmt: skip
        table = table_of(HeardReport)
        written = insert_into(session, HeardReport).values(rows).on_conflict_do_nothing()
        fresh = session.execute(written.returning(table.c.id, table.c.key)).all()
        told = [_Told(row.id, once[row.key]) for row in fresh]
        messages = _messages(session, key, [each.report.receipt for each in told if each.report.receipt], now)
        return _take(session, key, channels, told, messages, now=now, time_zone=time_zone)


def settle_early(
    database: Database, channels: Mapping[str, Sequence[str]], *, now: datetime, time_zone: str
) -> Heard | None:
    """Match reports that came before the answer to their message; None when there are none."""
    waiting = (
        select(HeardReport)
        .join(Message, and_(Message.receipt == HeardReport.receipt, Message.connector == HeardReport.connector))
        .where(IS_UNKNOWN, HeardReport.heard_at > now - EARLY, Message.queued_at > now - REACH)
        .order_by(HeardReport.id)
        .limit(MOST)
    )
    with database.read() as session:
        if session.scalars(waiting.limit(1)).first() is None:
            return None
    with database.write() as session:
        found = session.scalars(waiting.with_for_update(of=HeardReport, skip_locked=True)).unique().all()
        done = Heard()
        for key in sorted({row.connector for row in found}):
            told = [_Told(row.id, _as_report(row)) for row in found if row.connector == key]
            messages = _messages(session, key, [row.receipt for row in found if row.receipt], now)
            done = _take(session, key, channels.get(key, ()), told, messages, now=now, time_zone=time_zone)
        return done


@dataclass(frozen=True)
class _Told:
    id: int
    report: Report


_Found = Row[*tuple[Any, ...]]


def _take(
    session: Session,
    key: str,
    channels: Sequence[str],
    told: Sequence[_Told],
    messages: Mapping[str, _Found],
    *,
    now: datetime,
    time_zone: str,
) -> Heard:
    known = {
        each.id: messages[each.report.receipt[:100]]
        for each in told
        if each.report.receipt and each.report.receipt[:100] in messages
    }
    strangers = [
        each.report.address for each in told
        if each.id not in known and each.report.address and each.report.kind in ("reply", "opt_out", "blocked")
    ]  # fmt: skip
    borrowers = _borrowers(session, strangers)
    changes = _changes(told, known)
    fared = Counter(change["state"] for change in changes)
    by_id = {found.id: found for found in known.values()}
    signals = [_signal(by_id[change["id"]], change, now) for change in changes]
    replies = [reply for each in told if (reply := _reply(each, known, borrowers, now)) is not None]
    loans = _note(session, [*signals, *replies])
    if loans:
        react(session, now=now, time_zone=time_zone, loans=sorted(loans))
    _write(session, changes, now)
    refused = _refuse(session, key, channels, told, known, borrowers, now)
    ends = [known[each.id] for each in told if each.report.kind == "dead" and each.id in known]
    dead = [(found.borrower_id, found.channel, found.recipient) for found in ends if found.recipient]
    points.report_dead(session, dead, actor=key, now=now)
    _match(session, told, known, borrowers)
    _count(session, key, changes, by_id, now)
    session.flush()
    return Heard(
        new=len(told),
        unknown=sum(1 for each in told if each.id not in known and each.report.receipt),
        delivered=fared["delivered"], undelivered=fared["undelivered"], replies=len(replies), refused=refused,
    )  # fmt: skip


def _messages(session: Session, key: str, receipts: Iterable[str], now: datetime) -> dict[str, _Found]:
    wanted = sorted({receipt[:100] for receipt in receipts})
    if not wanted:
        return {}
    found = session.execute(
        select(*_FOUND)
        .where(Message.receipt.in_(wanted), Message.connector == key, Message.queued_at > now - REACH)
        .order_by(Message.id)
    )
    return {row.receipt: row for row in found}


def _borrowers(session: Session, addresses: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Borrower and loan by address, where the address is of one borrower only: the open loan that owes most."""
    spelt = {spelling: address for address in addresses for spelling in _spellings(address)}
    if not spelt:
        return {}
    rows = session.execute(
        select(Borrower.id, Borrower.phone, Borrower.email, Borrower.messenger).where(
            or_(
                Borrower.phone.in_(spelt),
                Borrower.email.in_(spelt),
                Borrower.messenger.in_(spelt),
            )
        )
    ).all()
    owners: dict[str, set[int]] = {}
    for row in rows:
        for value in (row.phone, (row.email or "").lower(), row.messenger):
            if value in spelt:
                owners.setdefault(spelt[value], set()).add(row.id)
    sure = {address: ids.pop() for address, ids in owners.items() if len(ids) == 1}
    loans: dict[int, int] = {}
    wanted = select(Loan.borrower_id, Loan.id).where(Loan.borrower_id.in_(sorted(sure.values())))
    for borrower_id, loan_id in session.execute(wanted.order_by(Loan.state == "open", Loan.overdue, Loan.id)):
        loans[borrower_id] = loan_id  # the last is the open one that owes most
    return {address: (owner, loans[owner]) for address, owner in sure.items() if owner in loans}


def _spellings(address: str) -> set[str]:
    """A phone as it may be written down: +79001234567, 79001234567, 89001234567; anything else as it is."""
    plain = address.strip().lower()
    digits = "".join(sign for sign in plain if sign.isdigit())
    found = {address.strip(), plain}
    if len(digits) >= 10 and "@" not in plain:
        found |= {digits, f"+{digits}"}
        if len(digits) == 11 and digits[0] == "7":
            found.add(f"8{digits[1:]}")
    return found


def _changes(told: Sequence[_Told], known: Mapping[int, _Found]) -> list[dict[str, Any]]:
    """What becomes of each message that was told of: delivered stays, whatever is told besides."""
    changes: dict[int, dict[str, Any]] = {}
    for each in sorted(told, key=lambda one: (_OUTCOMES.get(one.report.kind) == "delivered", one.report.at)):
        state, found = _OUTCOMES.get(each.report.kind), known.get(each.id)
        if state is None or found is None:
            continue
        former = changes.get(found.id, {})
        cost = each.report.cost if each.report.cost is not None else former.get("cost", found.cost)
        if found.state == "delivered" or (found.state == state and not former):
            continue
        error = None if state == "delivered" else _cut(each.report.error, 500)
        changes[found.id] = {
            "id": found.id, "queued_at": found.queued_at, "state": state, "error": error, "cost": cost,
            "told_at": each.report.at,
        }  # fmt: skip
    return [changes[each] for each in sorted(changes)]


def _signal(found: _Found, change: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    kind = _SIGNALS[change["state"]]
    return {
        "key": f"{kind.replace('_', '-')}-{found.id}", "loan_id": found.loan_id, "kind": kind, "at": now,
        "data": {"message": found.id, "channel": found.channel}, "case_id": found.case_id, "visit_id": found.batch_id,
    }  # fmt: skip


def _reply(
    each: _Told, known: Mapping[int, _Found], borrowers: Mapping[str, tuple[int, int]], now: datetime
) -> dict[str, Any] | None:
    report, found = each.report, known.get(each.id)
    if report.kind not in ("reply", "opt_out"):
        return None
    loan_id = found.loan_id if found else borrowers.get(report.address or "", (None, None))[1]
    if loan_id is None:
        return None
    about = {"message": found.id, "channel": found.channel} if found else {}
    return {
        "key": f"reply-{each.id}", "loan_id": loan_id, "kind": "reply", "at": now,
        "data": {**about, "text": (report.text or "")[:2_000]}, "case_id": None, "visit_id": None,
    }  # fmt: skip


def _note(session: Session, signals: Sequence[Mapping[str, Any]]) -> set[int]:
    """Write signals, each once; the loans of those that are new."""
    if not signals:
        return set()
    rows = [{**each, "source": "engine", "handled": False} for each in sorted(signals, key=lambda one: one["key"])]
    statement = insert_into(session, Signal).on_conflict_do_nothing(index_elements=["key"]).values(rows)
    return set(session.scalars(statement.returning(table_of(Signal).c.loan_id)))


def _write(session: Session, changes: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if not changes:
        return
    messages = table_of(Message)
    columns = {name: messages.c[name].type for name in ("id", "queued_at", "state", "error", "cost", "told_at")}
    new = given(session, encode(session, changes), columns, "told")
    first, last = min(each["queued_at"] for each in changes), max(each["queued_at"] for each in changes)
    session.execute(
        update(messages)
        .where(messages.c.id == new.c.id, messages.c.queued_at.between(first, last))
        .where(or_(messages.c.state == "sent", and_(messages.c.state == "undelivered", new.c.state == "delivered")))
        .values({name: new.c[name] for name in ("state", "error", "cost", "told_at")})
    )


def _refuse(
    session: Session,
    key: str,
    channels: Sequence[str],
    told: Sequence[_Told],
    known: Mapping[int, _Found],
    borrowers: Mapping[str, tuple[int, int]],
    now: datetime,
) -> int:
    wanted: set[tuple[int, str]] = set()
    for each in told:
        report = each.report
        if report.kind != "opt_out" and not (report.kind == "reply" and is_stop_word(report.text or "")):
            continue
        found = known.get(each.id)
        owner = found.borrower_id if found else borrowers.get(report.address or "", (None, None))[0]
        if owner is not None:
            named = [found.channel] if found else channels
            wanted |= {(owner, channel) for channel in named if channel in CHANNELS}
    for borrower_id, channel in sorted(wanted):
        refuse(session, borrower_id, channel, source="reply", actor=key, now=now)
    return len({owner for owner, _channel in wanted})


def _match(
    session: Session,
    told: Sequence[_Told],
    known: Mapping[int, _Found],
    borrowers: Mapping[str, tuple[int, int]],
) -> None:
    """Note on the reports whom and what they were about."""
    rows = []
    for each in told:
        found, owner = known.get(each.id), borrowers.get(each.report.address or "")
        if found is not None or owner is not None:
            borrower_id = found.borrower_id if found else owner[0] if owner else None
            rows.append({"id": each.id, "message_id": found.id if found else None, "borrower_id": borrower_id})
    if rows:
        reports = table_of(HeardReport)
        columns = {name: reports.c[name].type for name in ("id", "message_id", "borrower_id")}
        new = given(session, encode(session, rows), columns, "matched")
        values = {name: new.c[name] for name in ("message_id", "borrower_id")}
        # the signal has what was written
        session.execute(update(reports).where(reports.c.id == new.c.id).values(**values, text=None))


def _count(
    session: Session,
    key: str,
    changes: Sequence[Mapping[str, Any]],
    by_id: Mapping[int, _Found],
    now: datetime,
) -> None:
    hours: dict[str, Counter[str]] = {}
    for change in changes:
        found = by_id[change["id"]]
        hour = hours.setdefault(found.channel, Counter())
        hour[change["state"]] += 1
        hour["cost"] += (change["cost"] or 0) - (found.cost or 0)
    count_hour(session, key, hours, now)


def _as_report(row: HeardReport) -> Report:
    kind: Any = row.kind
    return Report(kind=kind, key=row.key, at=row.at, receipt=row.receipt, error=row.error, cost=row.cost, text=row.text)


def _masked(report: Report) -> Report:
    """Without the borrower's address in the other side's own words: gateways repeat it."""
    return replace(report, error=without_persons(report.error)) if report.error else report


def _cut(text: str | None, most: int) -> str | None:
    return text[:most] if text else None
