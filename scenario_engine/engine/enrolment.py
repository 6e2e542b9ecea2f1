"""Enrolment: which loans become cases. One INSERT..SELECT for each entry; nothing per loan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from scenario_engine.engine import counters
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.plan import Plan
from scenario_engine.engine.step import Step
from scenario_engine.graph.document import read_draft
from scenario_engine.graph.params import try_params
from scenario_engine.models import Borrower, Case, Loan, Product, Signal, UtcDateTime, Version, VersionNode
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.rules.condition import compile_rule
from scenario_engine.rules.count import registry_scope
from scenario_engine.sql import shift_instant


def enrol_segments(
    session: Session, plan: Plan, *, now: datetime, batch_id: int, home: str,
    only: ColumnElement[bool] | None = None, careful: bool = False,
) -> int:  # fmt: skip
    """Make cases of all open loans that an entry by segment wants and that are free for it; how many.

    `only`, over `Loan`, looks at some of them. `careful`: see `_asked_of_the_free`.
    """
    return sum(
        _enrol(session, plan, step, now=now, batch_id=batch_id, home=home, only=only, careful=careful)
        for step in plan.steps
        if step.type.key == "entry.segment"
    )


def enrol_signals(
    session: Session, plan: Plan, *, now: datetime, batch_id: int, home: str,
    only: ColumnElement[bool] | None = None, careful: bool = False,
) -> int:  # fmt: skip
    """Make cases of the loans whose signals (those of this batch) an entry by signal waits for; how many.

    `only`, over `Loan`, looks at some of them. `careful`: see `_asked_of_the_free`.
    """
    enrolled = 0
    kinds = set(session.scalars(select(Signal.kind).where(Signal.batch_id == batch_id).distinct()))
    for step in plan.steps:
        if step.type.key == "entry.signal" and step.params["signal_kind"] in kinds:
            # IN, not EXISTS: SQLite starts from the few signals then, and not from every loan of the registry
            told = select(Signal.loan_id).where(Signal.batch_id == batch_id, Signal.kind == step.params["signal_kind"])
            enrolled += _enrol(
                session, plan, step, now=now, batch_id=batch_id, home=home,
                only=and_(Loan.id.in_(told), true() if only is None else only), careful=careful,
            )  # fmt: skip
    return enrolled


def signal_kinds(document: Mapping[str, Any]) -> frozenset[str]:
    """The kinds of signals by which a version of this document enrols, as far as this program can read it."""
    entry = load_catalogue()["entry.signal"]
    draft = read_draft(document).document
    entries = [try_params(entry, node.params) for node in (draft.nodes if draft else ()) if node.type == entry.key]
    return frozenset(params["signal_kind"] for params, problems in entries if not problems)


def _enrol(
    session: Session, plan: Plan, step: Step, *, now: datetime, batch_id: int, home: str,
    only: ColumnElement[bool] | None, careful: bool,
) -> int:  # fmt: skip
    settings = plan.document.settings
    instant = literal(now, UtcDateTime())
    conditions: list[ColumnElement[bool]] = [Loan.state == "open", free_for(plan, now)]
    if only is not None:
        conditions.append(only)
    rule = step.params.get("rule")
    if rule is not None:
        holds = compile_rule(rule, registry_scope(now, home))
        conditions.append(_asked_of_the_free(holds, plan, conditions) if careful else holds)
    values: dict[str, Any] = {
        "scenario_id": literal(plan.scenario_id, BigInteger()),
        "version_id": literal(plan.version_id, BigInteger()),
        "loan_id": Loan.id,
        "borrower_id": Loan.borrower_id,
        "shard": Loan.shard,
        "track": literal(settings.track, String()),
        "node_id": literal(step.id, BigInteger()),
        "due_at": instant,
        "entered_at": instant,
        "enrolled_at": instant,
        "enrolled_overdue": Loan.overdue,
        "batch_id": literal(batch_id, BigInteger()),
    }
    rows = (
        select(*[value.label(name) for name, value in values.items()])
        .select_from(Loan)
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .join(Product, Product.id == Loan.product_id)
        .where(and_(*conditions))
        # Sorting reads the whole selection before the first case is written: otherwise PostgreSQL, which believes an
        # almost empty `cases` to stay so, scans the growing table for every loan. Cases of a shard then lie together.
        .order_by(Loan.shard, Loan.id)
    )
    cases, overdue = _insert(session, list(values), rows)
    counters.add(session, plan.version_id, {(step.id, counters.ENTERED): (cases, overdue)}, local_day(now, home))
    return cases


def wanted_by_entry(
    session: Session, version_id: int, node_id: int, loans: Select[Any], *, now: datetime, home: str
) -> Select[int] | None:
    """Ids of those of the loans that fit the rule of an entry; None when the node is no entry with a rule."""
    node = session.get_one(VersionNode, node_id)
    draft = read_draft(session.get_one(Version, version_id).document).document
    found = next((one for one in draft.nodes if one.id == node.key), None) if draft else None
    rule = found.params.get("rule") if found and node.type.startswith("entry.") else None
    if rule is None:
        return None
    asked = Loan.id.in_(loans)
    holds = case((asked, compile_rule(rule, registry_scope(now, home))), else_=false())
    tables = select(Loan.id).join(Borrower, Borrower.id == Loan.borrower_id)
    return tables.join(Product, Product.id == Loan.product_id).where(asked, holds)


def set_aside_at_entries(plan: Plan) -> Select[int]:
    """Loans on which an entry's rule failed, and which no person has tried again."""
    entries = [step.id for step in plan.steps if step.type.entry]
    # spelled as the partial index has it: SQLite uses it for no other spelling
    failed = text("cases.end_reason = 'failed'")
    return select(Case.loan_id).where(failed, Case.version_id == plan.version_id, Case.node_id.in_(entries))


def _asked_of_the_free(
    holds: ColumnElement[bool], plan: Plan, conditions: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """The rule, asked of no loan that does not fit anyway or was set aside: a database may ask it first otherwise, and
    one loan on which it fails would fail every look.
    """
    return case((and_(*conditions, Loan.id.not_in(set_aside_at_entries(plan))), holds), else_=false())


def free_for(plan: Plan, now: datetime) -> ColumnElement[bool]:
    """Over `Loan`: no active case in the track, and this scenario may have the loan (again)."""
    track, instant = plan.document.settings.track, literal(now, UtcDateTime())
    other = aliased(Case)
    days = plan.document.settings.reentry_days
    again: ColumnElement[bool] = (
        literal(True)
        if days is None
        else or_(other.ended_at.is_(None), other.ended_at > shift_instant(instant, -days * 86_400))
    )
    return ~exists(
        select(other.id).where(
            other.loan_id == Loan.id,
            or_(
                and_(other.ended_at.is_(None), other.track == track),
                and_(other.scenario_id == plan.scenario_id, other.track.is_not(None), again),
            ),
        )
    )


def _insert(session: Session, names: list[str], rows: Any) -> tuple[int, int]:
    if session.get_bind().dialect.name == "postgresql":
        added = (
            postgresql.insert(Case)
            .from_select(names, rows)
            .on_conflict_do_nothing()
            .returning(Case.enrolled_overdue)
            .cte("added")
        )
        total = session.execute(select(func.count(), func.coalesce(func.sum(added.c.enrolled_overdue), 0))).one()
        return int(total[0]), int(total[1])
    # one writer at a time: whatever is above the highest id is ours
    before = session.scalar(select(func.coalesce(func.max(Case.id), 0))) or 0
    # the WHERE true keeps SQLite's parser from reading ON CONFLICT as a join condition
    session.execute(sqlite.insert(Case).from_select(names, rows).on_conflict_do_nothing())
    total = session.execute(
        select(func.count(), func.coalesce(func.sum(Case.enrolled_overdue), 0)).where(Case.id > before)
    ).one()
    return int(total[0]), int(total[1])
