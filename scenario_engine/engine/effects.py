"""What signals do to cases, as statements that are made once.

Each part is written from a source of rows. On PostgreSQL the source is what the part before it returns, and the parts
hang together as data-modifying CTEs of one statement; all of them see the cases as they were before, so whoever
executes it holds the cases already: what it waited for meanwhile it would not see. On SQLite the parts run one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Insert,
    String,
    Update,
    and_,
    any_,
    bindparam,
    case,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from scenario_engine.engine import paths
from scenario_engine.engine.batch import BATCH, NOW
from scenario_engine.engine.history import trails_of
from scenario_engine.engine.intake import CURES, DAY, Taken
from scenario_engine.models import (
    Attribution,
    Case,
    Loan,
    Message,
    NodeCount,
    Offer,
    Path,
    PathHop,
    Payment,
    Signal,
    Task,
    Trail,
    Version,
    VersionNode,
    Wake,
    table_of,
)
from scenario_engine.nodes.base import HELD
from scenario_engine.sql import shift_instant

#: seconds by which the clocks of two machines may differ
CLOCKS_DIFFER = 120

#: the signals of a batch, when they are few; PostgreSQL only
_IDS = bindparam("signals", type_=ARRAY(BigInteger))

_CASES, _SIGNALS, _LOANS = table_of(Case), table_of(Signal), table_of(Loan)


def apply(session: Session, taken: Taken, parameters: Mapping[str, Any]) -> tuple[int, int]:
    """End the cases that the signals of a batch cure, wake those that wait for them, and attribute the payments; how
    many cases ended and how many woke.
    """
    dialect = session.get_bind().dialect.name
    parts = _effects(dialect, taken.cure, taken.wake, taken.pay, taken.ids is not None)
    counts = execute(session, parts, {**parameters, "batch": taken.batch_id, "signals": taken.ids})
    return counts.get("ended", 0), counts.get("woken", 0)


def end(session: Session, which: ColumnElement[bool], *, port: str, parameters: Mapping[str, Any]) -> int:
    """End the active cases that `which` names by a system port, see `apply`; how many. The caller has their loans."""
    dialect = session.get_bind().dialect.name
    which = and_(_CASES.c.ended_at.is_(None), which)
    if dialect == "postgresql":
        held = select(_CASES.c.id).where(which).order_by(_CASES.c.id).with_for_update(key_share=True).cte("held")
        if not session.scalar(select(func.count()).select_from(held)):
            return 0
    return execute(session, _together(dialect, _ending(dialect, which, port)), parameters)["ended"]


Parts = Sequence[tuple[str, Any]]


def execute(session: Session, parts: Parts, parameters: Mapping[str, Any]) -> dict[str, int]:
    """Execute the statements in their order; how many rows each of ``ended`` and ``woken`` changed."""
    counts: dict[str, int] = {}
    for name, statement in parts:
        result: Any = session.execute(statement, dict(parameters))
        if name == "all":
            counts |= {key: int(value) for key, value in result.one()._mapping.items() if value is not None}
        else:
            counts[name] = result.rowcount
    return counts


def _together(dialect: str, parts: Parts) -> Parts:
    """On PostgreSQL one statement of them all."""
    if dialect != "postgresql":
        return parts
    whole: dict[str, CTE] = {}
    for name, part in parts:
        whole[name] = part if isinstance(part, CTE) else part.cte(name)
    counted = [
        select(func.count()).select_from(whole[name]).scalar_subquery().label(name)
        for name in ("ended", "woken")
        if name in whole
    ]
    return [("all", select(*counted, null().label("nothing")).add_cte(*whole.values()))]


@cache
def _effects(dialect: str, cure: bool, wake: bool, pay: bool, few: bool) -> Parts:
    told = _SIGNALS.c.id == any_(_IDS) if few else _SIGNALS.c.batch_id == BATCH
    parts: list[tuple[str, Any]] = []
    if cure:
        parts += _ending(dialect, _cured(told), paths.CURED)
    if wake:
        woken = _wake(dict(parts).get("ended"), told)
        parts.append(("woken", woken.returning(_CASES.c.id) if dialect == "postgresql" else woken))
    if pay:
        parts.append(("attributed", _attribute(told)))
    return _together(dialect, parts) if parts else parts


def _cured(told: ColumnElement[bool]) -> ColumnElement[bool]:
    versions = table_of(Version)
    loans = select(_SIGNALS.c.loan_id).where(told, _SIGNALS.c.kind == CURES)
    return and_(
        _CASES.c.ended_at.is_(None),
        _CASES.c.loan_id.in_(loans),
        exists(select(_LOANS.c.id).where(_LOANS.c.id == _CASES.c.loan_id, _LOANS.c.overdue == 0)),
        _CASES.c.version_id.in_(select(versions.c.id).where(versions.c.goal == CURES)),
    )


def _ending(dialect: str, which: ColumnElement[bool], port: str) -> Parts:
    """End cases: their trails, their counts, and what was still to be done for them."""
    columns = {
        "case_id": _CASES.c.id,
        "previous": _CASES.c.batch_id,
        "version_id": _CASES.c.version_id,
        "node_id": _CASES.c.node_id,
        "loan_id": _CASES.c.loan_id,
        "overdue": _CASES.c.enrolled_overdue,
        "parent_id": _CASES.c.parent_id,
    }
    found = select(*(column.label(name) for name, column in columns.items())).where(which)
    change = update(_CASES).values(ended_at=NOW, end_reason=port, due_at=null(), outcome=null(), batch_id=BATCH)
    if dialect == "postgresql":
        source = found.cte("found")
        ended = change.where(_CASES.c.id == source.c.case_id).returning(*source.c).cte("ended")
        return [
            ("ended", ended),
            ("trailed", _trails(ended, port)),
            *_of_ended(ended, port),
            ("resumed", _resume(ended)),
        ]
    # the trails first: a trail tells the batch that the case forgets, and then says which cases these were
    trails = table_of(Trail)
    columns["previous"] = trails.c.previous_batch_id
    ended_here = (
        select(*(column.label(name) for name, column in columns.items()))
        .join_from(trails, _CASES, _CASES.c.id == trails.c.case_id)
        .where(trails.c.batch_id == BATCH, _CASES.c.end_reason == port)
    )
    return [
        ("trailed", _trails(found.subquery("found"), port)),
        ("ended", change.where(which)),
        *_of_ended(ended_here.subquery("ended_here"), port),
        ("resumed", _resume(ended_here.subquery("ended_here"))),
    ]


def _trails(ended: FromClause, port: str) -> Insert:
    nodes, ways = table_of(VersionNode), table_of(Path)
    way = and_(ways.c.version_id == ended.c.version_id, ways.c.hops == nodes.c.key + f":{port};")
    return insert(table_of(Trail)).from_select(
        ["batch_id", "case_id", "previous_batch_id", "path_id", "at"],
        select(BATCH, ended.c.case_id, ended.c.previous, ways.c.id, NOW)
        .select_from(ended)
        .join(nodes, nodes.c.id == ended.c.node_id)
        .join(ways, way),
    )


def _of_ended(ended: FromClause, port: str) -> list[tuple[str, Any]]:
    counts, messages, tasks, offers = table_of(NodeCount), table_of(Message), table_of(Task), table_of(Offer)
    counted = select(
        ended.c.version_id,
        ended.c.node_id,
        literal(port, String()),
        DAY,
        func.count(),
        func.sum(ended.c.overdue),
        false(),
    ).group_by(ended.c.version_id, ended.c.node_id)
    # a statement inside another fills in no defaults
    names = ["version_id", "node_id", "port", "day", "cases", "amount", "folded"]
    return [
        ("counted", insert(counts).from_select(names, counted)),
        (
            "unsent",
            update(messages)
            # messages are found by their loan
            .where(messages.c.loan_id == ended.c.loan_id, messages.c.case_id == ended.c.case_id)
            .where(messages.c.state == "queued")
            .values(state="cancelled"),
        ),
        (
            "dropped",
            update(tasks)
            .where(tasks.c.case_id == ended.c.case_id, tasks.c.state == "open")
            .values(state="cancelled", closed_at=NOW),
        ),
        (
            "withdrawn",
            update(offers)
            # and so are offers
            .where(offers.c.loan_id == ended.c.loan_id, offers.c.case_id == ended.c.case_id)
            .where(offers.c.state == "open")
            .values(state="withdrawn", answered_at=NOW),
        ),
    ]


def _resume(ended: FromClause) -> Update:
    """Cases that wait for one of those that ended as their sub-scenario go on."""
    parents = select(ended.c.parent_id).where(ended.c.parent_id.is_not(None))
    resumed = update(_CASES).where(_CASES.c.id.in_(parents), _CASES.c.ended_at.is_(None))
    return _but(resumed, ended).values(outcome="done", due_at=NOW)


def _but(change: Update, ended: Any) -> Update:
    """Without the cases that end in the same statement (PostgreSQL): it may change a row once."""
    return change.where(_CASES.c.id.not_in(select(ended.c.case_id))) if isinstance(ended, CTE) else change


def _wake(ended: Any, told: ColumnElement[bool]) -> Update:
    """Cases that wait for such a signal leave by its port at the next tick. The oldest signal of a batch decides.

    `ended` are the cases that end first; those that waited for them go on already.
    """
    wakes = table_of(Wake)
    first = (
        select(wakes.c.port)
        .join(_SIGNALS, _SIGNALS.c.kind == wakes.c.signal_kind)
        .where(
            told,
            _SIGNALS.c.loan_id == _CASES.c.loan_id,
            wakes.c.node_id == _CASES.c.node_id,
            or_(
                wakes.c.own.is_not(True),
                and_(_SIGNALS.c.case_id == _CASES.c.id, _SIGNALS.c.visit_id == _CASES.c.batch_id),
            ),
            # the clocks of two machines may differ a little, and the signal is news: nobody has handled it before
            _SIGNALS.c.at >= shift_instant(_CASES.c.entered_at, -CLOCKS_DIFFER),
        )
        .order_by(_SIGNALS.c.at, _SIGNALS.c.id)
        .limit(1)
        .correlate(_CASES)
        .scalar_subquery()
    )
    woken = update(_CASES).where(
        _CASES.c.ended_at.is_(None),
        or_(_CASES.c.outcome.is_(None), _CASES.c.outcome == HELD),
        _CASES.c.loan_id.in_(select(_SIGNALS.c.loan_id).where(told)),
        _CASES.c.node_id.in_(select(wakes.c.node_id)),
        first.is_not(None),
    )
    if isinstance(ended, CTE):
        parents = select(ended.c.parent_id).where(ended.c.parent_id.is_not(None))
        woken = _but(woken, ended).where(_CASES.c.id.not_in(parents))
    return woken.values(outcome=first, due_at=NOW)


def _attribute(told: ColumnElement[bool]) -> Insert:
    """Note for every visit within the window before a payment that the payment followed it."""
    payments, versions, hops = table_of(Payment), table_of(Version), table_of(PathHop)
    received = select(_SIGNALS.c.payment_id).where(told, _SIGNALS.c.payment_id.is_not(None))
    paid = (
        select(
            _CASES.c.id.label("case_id"),
            _CASES.c.batch_id,
            _CASES.c.version_id,
            _CASES.c.enrolled_at,
            payments.c.id.label("payment_id"),
            payments.c.amount,
            payments.c.paid_at,
            shift_instant(payments.c.paid_at, -86_400 * versions.c.window_days).label("since"),
        )
        .join_from(payments, _CASES, _CASES.c.loan_id == payments.c.loan_id)
        .join(versions, versions.c.id == _CASES.c.version_id)
        .where(payments.c.id.in_(received))
    )
    trail = trails_of(paid, carry=("version_id", "enrolled_at", "payment_id", "amount", "paid_at")).c
    entered = case((hops.c.hop == 0, trail.enrolled_at), else_=trail.at)
    return insert(table_of(Attribution)).from_select(
        ["payment_id", "version_id", "node_id", "case_id", "batch_id", "hop", "day", "amount"],
        select(
            trail.payment_id,
            trail.version_id,
            hops.c.node_id,
            trail.case_id,
            trail.batch_id,
            hops.c.hop,
            trail.day,
            trail.amount,
        )
        .join(hops, hops.c.path_id == trail.path_id)
        .where(hops.c.entered, entered <= trail.paid_at, entered > trail.since),
    )
