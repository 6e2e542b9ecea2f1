"""Contact points: every address that is known of a borrower, and which of them is in use.

`borrowers.phone`, `email` and `messenger` hold the address in use of each kind and are written here alone. Another
address in use is told to the loans as the signal ``contact_data_changed``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, exists, insert, literal, select, update
from sqlalchemy import Date as SqlDate
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.contacts.addresses import clean
from scenario_engine.contacts.third_parties import party_of
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Borrower, ContactPoint, Loan, Signal, table_of
from scenario_engine.models.base import UtcDateTime
from scenario_engine.models.contact_point import DEAD, POINT_KINDS, POINT_SOURCES
from scenario_engine.texts import Text

#: the kind of address that a channel uses
_KINDS = {"sms": "phone", "robot_call": "phone", "email": "email", "messenger": "messenger"}
_COLUMNS: Mapping[str, ColumnElement[Any]] = {kind: table_of(Borrower).c[kind] for kind in POINT_KINDS}


def add(
    session: Session,
    borrower_id: int,
    *,
    kind: str,
    value: str,
    third_party_id: int | None = None,
    valid_from: date | None = None,
    in_use: bool = False,
    source: str,
    actor: str,
    now: datetime,
) -> ContactPoint:
    """A new address of the borrower, or of a person beside them; written in the caller's transaction.

    Raises `NotFound`, `Invalid`, and `Conflict` for one that is known already.
    """
    if kind not in POINT_KINDS or source not in POINT_SOURCES:
        raise ValueError(f"no such kind or source: {kind}, {source}")
    borrower = _locked(session, borrower_id)
    if third_party_id is not None:
        party_of(session, borrower_id, third_party_id)
    cleaned = clean(kind, value)
    if isinstance(cleaned, Problem):
        raise Invalid(cleaned.text, problems=[Problem(code=cleaned.code, field="value", text=cleaned.text)])
    owner = ContactPoint.third_party_id
    known = select(ContactPoint.id).where(
        ContactPoint.borrower_id == borrower_id, ContactPoint.kind == kind, ContactPoint.value == cleaned,
        ContactPoint.valid_to.is_(None), owner.is_(None) if third_party_id is None else owner == third_party_id,
    )  # fmt: skip
    if session.scalar(known) is not None:
        raise Conflict(Text("This address is known already.", "Этот адрес уже записан."), code="point.known")
    point = ContactPoint(
        borrower_id=borrower_id, third_party_id=third_party_id, kind=kind, value=cleaned, valid_from=valid_from,
        source=source, in_use=False, added_at=now, added_by=actor,
    )  # fmt: skip
    session.add(point)
    session.flush()
    _note(session, "added", point, actor, now, source=source)
    if in_use and third_party_id is None:
        _put_to_use(session, borrower, point, source="operator", now=now)
    return point


def use(session: Session, borrower_id: int, point_id: int, *, actor: str, now: datetime) -> None:
    """Reach the borrower by this address from now on; what is queued goes there too. Raises `NotFound`, `Conflict`."""
    borrower = _locked(session, borrower_id)
    point = _open_point(session, borrower_id, point_id)
    if point.third_party_id is not None:
        raise Conflict(
            Text(
                "This is somebody else's address: messages go to the borrower alone.",
                "Это адрес другого человека, а сообщения отправляются только заёмщику.",
            ),
            code="point.third_party",
        )
    if not point.in_use:
        _put_to_use(session, borrower, point, source="operator", now=now)
        _note(session, "used", point, actor, now)


def verify(session: Session, borrower_id: int, point_id: int, *, actor: str, now: datetime) -> None:
    """Somebody made sure that the address is theirs. Raises `NotFound`."""
    point = _open_point(session, borrower_id, point_id)
    point.verified_at, point.verified_by = now, actor
    _note(session, "verified", point, actor, now)


def close(session: Session, borrower_id: int, point_id: int, *, on: date, actor: str, now: datetime) -> None:
    """The address reaches nobody after day `on`: it is used no more, from now on. Raises `NotFound`."""
    borrower = _locked(session, borrower_id)
    point = _open_point(session, borrower_id, point_id)
    was_used = point.in_use
    point.valid_to, point.in_use = on, False
    if was_used:
        setattr(borrower, point.kind, None)
    session.flush()
    if was_used:
        tell_changed(session, [borrower_id], source="operator", now=now)
    _note(session, "closed", point, actor, now)


def report_dead(session: Session, told: Collection[tuple[int, str, str]], *, actor: str, now: datetime) -> int:
    """The other side says that addresses are nobody's, each by borrower, channel and address: they end, and another
    address that somebody has verified takes the place of one in use. How many ended; what is not known, or has ended,
    is passed over.
    """
    found = sorted({(owner, kind, address) for owner, channel, address in told if (kind := _KINDS.get(channel))})
    return sum(_end_dead(session, *each, actor=actor, now=now) for each in found)


def _end_dead(session: Session, borrower_id: int, kind: str, address: str, *, actor: str, now: datetime) -> bool:
    borrower = _locked(session, borrower_id)
    own = (
        ContactPoint.borrower_id == borrower_id, ContactPoint.kind == kind, ContactPoint.third_party_id.is_(None),
        ContactPoint.valid_to.is_(None),
    )  # fmt: skip
    point = session.scalar(select(ContactPoint).where(*own, ContactPoint.value == address))
    if point is None:
        return False
    was_used = point.in_use
    point.valid_to, point.end_reason, point.in_use = now.astimezone(ZoneInfo(borrower.time_zone)).date(), DEAD, False
    session.flush()
    _note(session, "died", point, actor, now)
    verified = select(ContactPoint).where(*own, ContactPoint.verified_at.is_not(None), ContactPoint.id != point.id)
    other = session.scalar(verified.order_by(ContactPoint.verified_at.desc(), ContactPoint.id.desc()).limit(1))
    if was_used and other is not None:
        _put_to_use(session, borrower, other, source="engine", now=now)
        _note(session, "used", other, actor, now)
    elif was_used:
        setattr(borrower, kind, None)
        session.flush()
        tell_changed(session, [borrower_id], source="engine", now=now)
    return True


def put(session: Session, borrower: Borrower, kind: str, value: str | None, *, source: str, now: datetime) -> bool:
    """Make a cleaned value the address in use of its kind; whether it was another one."""
    if getattr(borrower, kind) == value:
        return False
    setattr(borrower, kind, value)
    session.flush()
    adopt(session, select(Borrower.id).where(Borrower.id == borrower.id), kinds=(kind,), source=source, now=now)
    return True


def adopt(
    session: Session,
    people: Select[int],
    *,
    kinds: Collection[str] = tuple(POINT_KINDS),
    source: str,
    now: datetime,
    on: date | None = None,
) -> None:
    """Bring the points of these borrowers into line with the addresses in their rows, which have just been written.

    What was in use before stays known. `on` is the day from which the new ones are valid, when it is known.
    """
    point = table_of(ContactPoint).c
    for kind in kinds:
        stands = select(_COLUMNS[kind]).where(table_of(Borrower).c.id == point.borrower_id).scalar_subquery()
        theirs = [point.borrower_id.in_(people), point.kind == kind, point.third_party_id.is_(None)]
        session.execute(
            update(ContactPoint)
            .where(*theirs, point.in_use, point.value.is_distinct_from(stands))
            .values(in_use=False)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(ContactPoint)
            .where(*theirs, ~point.in_use, point.valid_to.is_(None), point.value == stands)
            .values(in_use=True)
            .execution_options(synchronize_session=False)
        )
        known = exists().where(
            ContactPoint.borrower_id == Borrower.id, ContactPoint.kind == kind, ContactPoint.third_party_id.is_(None),
            ContactPoint.in_use,
        )  # fmt: skip
        new = select(
            Borrower.id, literal(kind), _COLUMNS[kind], literal(on, SqlDate()), literal(source), literal(True),
            literal(now, UtcDateTime()), literal(source),
        ).where(Borrower.id.in_(people), _COLUMNS[kind].is_not(None), ~known)  # fmt: skip
        names = ("borrower_id", "kind", "value", "valid_from", "source", "in_use", "added_at", "added_by")
        session.execute(insert(table_of(ContactPoint)).from_select(names, new.order_by(Borrower.id)))


def tell_changed(session: Session, borrowers: Sequence[int], *, source: str, now: datetime) -> list[int]:
    """Note for each open loan that its borrower is reached otherwise now; the ids of the loans, for the engine."""
    loans = session.scalars(
        select(Loan.id).where(Loan.borrower_id.in_(borrowers), Loan.state == "open").order_by(Loan.id)
    ).all()
    session.add_all(
        Signal(
            key=f"contacts:{loan}:{now.isoformat()}", loan_id=loan, kind="contact_data_changed", at=now, data={},
            source=source,
        )
        for loan in loans
        if session.scalar(select(Signal.id).where(Signal.key == f"contacts:{loan}:{now.isoformat()}")) is None
    )  # fmt: skip
    session.flush()
    return list(loans)


def _put_to_use(session: Session, borrower: Borrower, point: ContactPoint, *, source: str, now: datetime) -> None:
    setattr(borrower, point.kind, point.value)
    session.execute(update(ContactPoint).where(*_used(borrower.id, point.kind)).values(in_use=False))
    session.flush()
    point.in_use = True
    session.flush()
    tell_changed(session, [borrower.id], source=source, now=now)


def _used(borrower_id: int, kind: str) -> list[ColumnElement[bool]]:
    return [
        ContactPoint.borrower_id == borrower_id, ContactPoint.kind == kind, ContactPoint.third_party_id.is_(None),
        ContactPoint.in_use.is_(True),
    ]  # fmt: skip


def _locked(session: Session, borrower_id: int) -> Borrower:
    found = session.scalar(
        select(Borrower).where(Borrower.id == borrower_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(Text("There is no such borrower.", "Такого заёмщика нет."), code="borrower.unknown")
    return found


def _open_point(session: Session, borrower_id: int, point_id: int) -> ContactPoint:
    found = session.get(ContactPoint, point_id, populate_existing=True)
    if found is None or found.borrower_id != borrower_id:
        raise NotFound(Text("There is no such address.", "Такого адреса нет."), code="point.unknown")
    if found.valid_to is not None:
        raise Conflict(Text("This address has ended.", "Этот адрес уже не действует."), code="point.ended")
    return found


def _note(session: Session, act: str, point: ContactPoint, actor: str, now: datetime, **details: str) -> None:
    _note_kind(session, act, point.borrower_id, point.kind, actor, now, point=point.id, **details)


def _note_kind(
    session: Session, act: str, borrower_id: int, kind: str, actor: str, now: datetime, **details: str | int
) -> None:
    # which address, never what it is: the trail is free of personal data
    audit.record(
        session, at=now, actor=actor, action=f"borrower.point_{act}", subject_type="borrower", subject_id=borrower_id,
        kind=kind, **details,
    )  # fmt: skip
    session.flush()
