"""Counts by groups of borrowers: what the trails of finished batches mean, by path, day and cohort.

This runs beside the ticks, never in them. Each batch is read once; its few distinct (path, day, cohort) are added to
`path_counts`, and reading numbers of an arm or a segment never looks at a trail. What a case is grouped by does not
change while it lives: the loan's ordinal and product, the borrower's region and lot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, String, and_, case, func, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.engine.frame import HOLDOUT_SALT, draw
from scenario_engine.engine.history import trails_of
from scenario_engine.engine.paths import HOLDOUT
from scenario_engine.graph.document import read_document
from scenario_engine.graph.params import try_params
from scenario_engine.models import Batch, Borrower, Case, Cohort, Loan, Path, PathCount, Scenario, Trail, Version
from scenario_engine.nodes.base import STAY, Arm
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.registry.districts import district_of
from scenario_engine.sql import seconds_between

#: batches and cases that one transaction takes
MOST_BATCHES = 500
MOST_CASES = 20_000
#: combinations of arms that are kept apart; splits beyond it are not counted by arm
MOST_COMBINATIONS = 48
#: the arm of those who were left alone from the start
HELD = f"@{HOLDOUT}"
#: written as the partial index has it: SQLite uses that index for no other spelling
_UNGROUPED = text("NOT batches.grouped")


@dataclass(frozen=True, kw_only=True)
class Lot:
    """One draw that decides between arms."""

    #: id of the node in the document
    node: str
    label: str
    salt: str
    arms: Sequence[Arm]


@dataclass(frozen=True, kw_only=True)
class Lots:
    """Every draw of a version that cases are grouped by."""

    scenario_key: str
    holdout_percent: int
    splits: Sequence[Lot]

    def held(self, lot: ColumnElement[int]) -> ColumnElement[bool]:
        """The borrower is left alone from the start."""
        return draw(lot, f"{self.scenario_key}/{HOLDOUT_SALT}") < literal(self.holdout_percent * 100)

    def drawn(self, split: Lot, lot: ColumnElement[int]) -> ColumnElement[int]:
        """What the borrower drew at a split."""
        return draw(lot, f"{self.scenario_key}/{split.salt}")

    def arms(self, lot: ColumnElement[int]) -> ColumnElement[str]:
        """The arms of a borrower as `Cohort.arms` has them."""
        said: ColumnElement[str] = literal(";", String())
        for split in self.splits:
            drawn = self.drawn(split, lot)
            whens = [(drawn < literal(arm.high), literal(f"{split.node}:{arm.key};")) for arm in split.arms]
            said = said.concat(case(*whens, else_=literal("")))
        if self.holdout_percent:
            said = case((self.held(lot), literal(f";{HELD};")), else_=said)
        return said


def lots_of(session: Session, version: Version) -> Lots:
    """The draws of a version, in the order of its nodes."""
    key = session.scalar(select(Scenario.key).where(Scenario.id == version.scenario_id)) or ""
    document, catalogue = read_document(version.document), load_catalogue()
    splits: list[Lot] = []
    combinations = 1
    for node in document.nodes:
        kind = catalogue.get(node.type)
        params, problems = try_params(kind, node.params) if kind else ({}, [])
        if kind is None or problems:
            continue  # of an older program: the version does not run any more, its cases are still counted
        deal = kind.deal(node.id, params)
        if deal is None or combinations * len(deal.arms) > MOST_COMBINATIONS:
            continue
        combinations *= len(deal.arms)
        splits.append(Lot(node=node.id, label=node.label or kind.title.en, salt=deal.salt, arms=deal.arms))
    return Lots(scenario_key=key, holdout_percent=document.settings.holdout_percent, splits=splits)


class _Group(NamedTuple):
    repeat: bool
    product_id: int
    district: str
    arms: str


@dataclass
class _Sum:
    cases: int = 0
    amount: int = 0
    seconds: int = 0

    def add(self, cases: int, amount: int, seconds: int) -> None:
        self.cases += cases
        self.amount += amount
        self.seconds += seconds


def group(session: Session) -> int:
    """Add the trails of some batches that are not grouped yet; how many batches (0: there are none left).

    Any number of processes may call it: a batch that another one is grouping is left to it.
    """
    waiting = session.execute(
        select(Batch.id, Batch.cases)
        .where(_UNGROUPED)
        .order_by(Batch.id)
        .limit(MOST_BATCHES)
        .with_for_update(skip_locked=True)
    ).all()
    taken: list[int] = []
    cases = 0
    for batch, size in waiting:
        if taken and cases + size > MOST_CASES:
            break
        taken.append(batch)
        cases += size
    if not taken:
        return 0
    versions = session.scalars(
        select(Case.version_id).join(Trail, Trail.case_id == Case.id).where(Trail.batch_id.in_(taken)).distinct()
    ).all()
    for version_id in versions:
        _group_version(session, session.get_one(Version, version_id), taken)
    session.execute(
        update(Batch).where(Batch.id.in_(taken)).values(grouped=True).execution_options(synchronize_session=False)
    )
    return len(taken)


def group_all(database: Database) -> None:
    """Group until nothing is left."""
    while True:
        with database.write() as session:
            if group(session) == 0:
                return


def _group_version(session: Session, version: Version, batches: Sequence[int]) -> None:
    sums: dict[tuple[_Group, int, str], _Sum] = {}
    for row in _rows(session, version, batches):
        who = _Group(bool(row.repeat), row.product_id, district_of(row.region), row.arms)
        sums.setdefault((who, row.path_id, row.day), _Sum()).add(row.cases, int(row.amount), int(row.seconds))
    cohorts = _cohorts(session, version.id, {who for who, _path, _day in sums})
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(PathCount)
    added = {name: getattr(PathCount, name) + statement.excluded[name] for name in ("cases", "amount", "seconds")}
    if sums:
        session.execute(
            statement.on_conflict_do_update(index_elements=["cohort_id", "path_id", "day"], set_=added),
            [
                {"cohort_id": cohorts[who], "path_id": path, "day": day, "version_id": version.id, "cases": found.cases,
                 "amount": found.amount, "seconds": found.seconds}
                for (who, path, day), found in sums.items()
            ],
        )  # fmt: skip


def _rows(session: Session, version: Version, batches: Sequence[int]) -> Iterator[Any]:
    stays = _stays(session, version.id)
    lots = lots_of(session, version)
    before = select(Trail.case_id, Trail.previous_batch_id.label("batch_id"), Trail.batch_id.label("of_batch")).where(
        Trail.batch_id.in_(batches), Trail.path_id.not_in(stays)
    )
    history = trails_of(before, carry=("of_batch",), past=stays)
    earlier = history.c
    came = and_(earlier.case_id == Trail.case_id, earlier.of_batch == Trail.batch_id, earlier.path_id.not_in(stays))
    rested = case((Trail.path_id.in_(stays), 0), else_=func.coalesce(seconds_between(Trail.at, earlier.at), 0))
    # as `node_counts` has it: seconds after the tick the debt still is what it was in it
    owed = case((Batch.kind == "signal", Case.enrolled_overdue), else_=Loan.overdue)
    grouped = [
        Trail.path_id,
        Batch.day,
        (Loan.ordinal > 1).label("repeat"),
        Loan.product_id,
        Borrower.region,
        lots.arms(Borrower.__table__.c.lot).label("arms"),
    ]
    one = (
        select(*grouped, owed.label("overdue"), rested.label("rested"))
        .join(Batch, and_(Batch.id == Trail.batch_id, Batch.at == Trail.at))
        .outerjoin(history, came)
        .join(Case, Case.id == Trail.case_id)
        .join(Loan, Loan.id == Case.loan_id)
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .where(Trail.batch_id.in_(batches), Case.version_id == version.id)
        .subquery()
    )
    keys = [one.c[name] for name in ("path_id", "day", "repeat", "product_id", "region", "arms")]
    yield from session.execute(
        select(
            *keys,
            func.count().label("cases"),
            func.coalesce(func.sum(one.c.overdue), 0).label("amount"),
            func.coalesce(func.sum(one.c.rested), literal(0, BigInteger())).label("seconds"),
        ).group_by(*keys)
    )


def _stays(session: Session, version_id: int) -> list[int]:
    """Paths of cases that were looked at and stayed where they were: no coming, no going."""
    rows = session.execute(select(Path.id, Path.hops).where(Path.version_id == version_id))
    return [path for path, hops in rows if hops.count(";") == 1 and hops.endswith(f":{STAY};")]


def _cohorts(session: Session, version_id: int, wanted: set[_Group]) -> Mapping[_Group, int]:
    known = _known(session, version_id)
    fresh = [who for who in wanted if who not in known]
    if fresh:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(
            dialect.insert(Cohort).on_conflict_do_nothing(),
            [{"version_id": version_id, **who._asdict()} for who in fresh],
        )
        known = _known(session, version_id)
    return known


def _known(session: Session, version_id: int) -> dict[_Group, int]:
    columns = (Cohort.repeat, Cohort.product_id, Cohort.district, Cohort.arms)
    rows = session.execute(select(Cohort.id, *columns).where(Cohort.version_id == version_id))
    return {_Group(*row[1:]): row[0] for row in rows}
