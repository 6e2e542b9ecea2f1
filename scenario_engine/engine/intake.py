"""Signals taken for a batch, and the record of what it did with them; statements that are made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Executable,
    FromClause,
    Select,
    String,
    Update,
    and_,
    any_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.orm import Session

from scenario_engine.engine.batch import BATCH, NOW
from scenario_engine.models import (
    AuditEntry,
    Batch,
    Case,
    Loan,
    Scenario,
    Signal,
    Version,
    VersionNode,
    Wake,
    table_of,
)

#: the portfolio's local day, YYYY-MM-DD
DAY = bindparam("on_day", type_=String())

#: signals so few that statements name them; PostgreSQL then plans once for all, and not for an average batch, which is
#: a file's or a day's and would have it read the whole of `cases`
FEW = 20

#: the signal that ends cases
CURES = "overdue_paid"

#: written as the partial index has it: SQLite uses that index for no other spelling
_WAITING = text("NOT signals.handled")

_CASES, _SIGNALS, _LOANS, _BATCHES = table_of(Case), table_of(Signal), table_of(Loan), table_of(Batch)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The signals that a batch took, and what they call for."""

    batch_id: int
    signals: int
    #: their ids when they are few, else none
    ids: Sequence[int] | None
    kinds: frozenset[str]
    #: some of them tell of payments
    pay: bool
    #: active cases that they may end
    cure: bool
    #: active cases that may wait for them
    wake: bool
    #: live versions with an entry by signal
    entries: Sequence[int]


def take(session: Session, parameters: Mapping[str, Any], loans: Sequence[int] | None = None) -> Taken | None:
    """Take the signals that nobody has handled and nobody else is handling, with their loans and the cases they may
    change, and open a batch for them (`NOW`, `DAY`); None when there are none. Only those of `loans`, when given.
    """
    of_some = loans is not None
    parameters = {**parameters, "loans": list(loans)} if loans is not None else parameters
    if session.get_bind().dialect.name == "postgresql":
        row = session.execute(_take_at_once(of_some), parameters).one()
        if row.batch_id is None:
            return None
        return Taken(
            batch_id=row.batch_id,
            signals=row.signals,
            ids=row.ids,
            kinds=frozenset(row.kinds),
            pay=row.payments > 0,
            cure=row.cured > 0,
            wake=row.waiting > 0,
            entries=row.entries or (),
        )
    if session.scalar(_first_waiting(of_some), parameters) is None:
        return None
    batch_id = session.execute(_open_batch(), parameters).scalar_one()
    session.execute(_take_all(of_some), {**parameters, "batch": batch_id})
    kinds = session.execute(_kinds_of_batch(), {"batch": batch_id}).all()
    found = frozenset(row.kind for row in kinds)
    return Taken(
        batch_id=batch_id,
        signals=sum(row.signals for row in kinds),
        ids=None,
        kinds=found,
        pay=any(row.payments for row in kinds),
        cure=CURES in found,
        wake=bool(session.scalar(_waited_for(), {"batch": batch_id})),
        entries=session.scalars(_entry_versions()).all(),
    )


def close(session: Session, taken: Taken, parameters: Mapping[str, Any], *, actor: str, **counts: int) -> None:
    """Write down what the batch did: `counts` of cases, in its row and in the audit trail."""
    values = {
        **parameters,
        "batch": taken.batch_id,
        "touched": sum(counts.values()),
        "by_actor": actor,
        "told": {"signals": taken.signals, **counts},
    }
    for statement in _record(session.get_bind().dialect.name):
        session.execute(statement, values)


@cache
def _record(dialect: str) -> Sequence[Executable]:
    batch = update(_BATCHES).where(_BATCHES.c.id == BATCH).values(cases=bindparam("touched", type_=BigInteger()))
    entries = table_of(AuditEntry)
    entry = insert(entries).values(
        at=NOW,
        actor=bindparam("by_actor", type_=String()),
        action="engine.signals",
        subject_type="batch",
        subject_id=cast(BATCH, String()),
        details=bindparam("told", type_=entries.c.details.type),
    )
    if dialect == "postgresql":
        return [select(literal(1)).add_cte(batch.cte("counted"), entry.cte("entered"))]
    return [batch, entry]


def _waiting(dialect: str, of_some: bool) -> Any:
    if not of_some:
        return _WAITING
    if dialect == "postgresql":
        return and_(_WAITING, _SIGNALS.c.loan_id == any_(bindparam("loans", type_=ARRAY(BigInteger()))))
    return and_(_WAITING, _SIGNALS.c.loan_id.in_(bindparam("loans", expanding=True)))


@cache
def _take_at_once(of_some: bool) -> Select[Any]:
    # A signal together with its loan, so that whoever works on a loan's cases has the loan, and waits for none; the
    # cases after the loans (lock order).
    found = (
        select(_SIGNALS.c.id, _SIGNALS.c.loan_id, _SIGNALS.c.kind)
        .join(_LOANS, _LOANS.c.id == _SIGNALS.c.loan_id)
        .where(_waiting("postgresql", of_some))
        .with_for_update(of=(_SIGNALS, _LOANS), key_share=True, skip_locked=True)
        .cte("found")
    )
    wakes, versions = table_of(Wake), table_of(Version)
    cures = and_(found.c.kind == CURES, versions.c.goal == CURES)
    held = (
        select(_CASES.c.id, cures.label("cured"), wakes.c.id.is_not(None).label("waiting"))
        .join_from(found, _CASES, and_(_CASES.c.loan_id == found.c.loan_id, _CASES.c.ended_at.is_(None)))
        .join(versions, versions.c.id == _CASES.c.version_id)
        .outerjoin(wakes, and_(wakes.c.node_id == _CASES.c.node_id, wakes.c.signal_kind == found.c.kind))
        .where(or_(cures, wakes.c.id.is_not(None)))
        .order_by(_CASES.c.id)
        .with_for_update(of=_CASES, key_share=True)
        .cte("held")
    )
    opened = _open_batch(exists(select(found.c.id))).cte("opened")
    batch_id = select(opened.c.id).scalar_subquery()
    taken = (
        update(_SIGNALS)
        .where(_SIGNALS.c.id == found.c.id)
        .values(handled=true(), batch_id=batch_id)
        .returning(_SIGNALS.c.id, _SIGNALS.c.kind, _SIGNALS.c.payment_id)
        .cte("taken")
    )
    entries = _entry_versions().subquery()
    return select(
        batch_id.label("batch_id"),
        func.count().label("signals"),
        case((func.count() <= FEW, func.array_agg(taken.c.id))).label("ids"),
        func.array_agg(taken.c.kind.distinct()).label("kinds"),
        func.count(taken.c.payment_id).label("payments"),
        _count(held, held.c.cured).label("cured"),
        _count(held, held.c.waiting).label("waiting"),
        select(func.array_agg(entries.c[0])).scalar_subquery().label("entries"),
    ).select_from(taken)


def _count(rows: FromClause, which: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(rows).where(which).scalar_subquery()


@cache
def _first_waiting(of_some: bool) -> Select[Any]:
    return select(_SIGNALS.c.id).where(_waiting("sqlite", of_some)).limit(1)


def _open_batch(when: ColumnElement[bool] | None = None) -> Any:
    values: dict[str, Any] = {
        "kind": literal("signal", String()),
        "at": NOW,
        "day": DAY,
        "cases": literal(0),
        "messages": literal(0),
        "grouped": false(),
    }
    rows = select(*values.values())
    rows = rows if when is None else rows.where(when)
    # a statement inside another fills in no defaults
    return insert(_BATCHES).from_select(list(values), rows, include_defaults=False).returning(_BATCHES.c.id)


@cache
def _take_all(of_some: bool) -> Update:
    return update(_SIGNALS).where(_waiting("sqlite", of_some)).values(handled=true(), batch_id=BATCH)


@cache
def _kinds_of_batch() -> Select[Any]:
    return (
        select(_SIGNALS.c.kind, func.count().label("signals"), func.count(_SIGNALS.c.payment_id).label("payments"))
        .where(_SIGNALS.c.batch_id == BATCH)
        .group_by(_SIGNALS.c.kind)
    )


@cache
def _waited_for() -> Select[Any]:
    kinds = select(_SIGNALS.c.kind).where(_SIGNALS.c.batch_id == BATCH)
    return select(table_of(Wake).c.id).where(table_of(Wake).c.signal_kind.in_(kinds)).limit(1)


@cache
def _entry_versions() -> Select[Any]:
    scenarios, nodes = table_of(Scenario), table_of(VersionNode)
    enters = exists().where(nodes.c.version_id == scenarios.c.live_version_id, nodes.c.type == "entry.signal")
    return select(scenarios.c.live_version_id).where(scenarios.c.state == "live", enters)
