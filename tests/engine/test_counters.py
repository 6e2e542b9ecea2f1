"""Counters: appended deltas, folded into sums that stay."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.engine import counters
from scenario_engine.models import NodeCount, VersionNode
from tests.engine.scenarios import a_live_version
from tests.engine.test_tick import WAIT_AND_ASK


def test_folding_keeps_every_sum_and_leaves_sums_alone(database: Database) -> None:
    with database.write() as session:
        version = a_live_version(session, WAIT_AND_ASK)
        node = session.scalars(select(VersionNode.id)).first()
        assert node is not None

    def add(day: int, times: int) -> None:
        with database.write() as session:
            for _ in range(times):
                counters.add(session, version.id, {(node, "next"): (2, 50), (node, "@in"): (3, 70)}, date(2026, 3, day))

    def fold(at_least: int) -> int:
        with database.write() as session:
            return counters.fold(session, at_least=at_least)

    def sums() -> list[tuple[str, str, int, int]]:
        with database.read() as session:
            found = session.execute(
                select(NodeCount.port, NodeCount.day, func.sum(NodeCount.cases), func.sum(NodeCount.amount))
                .group_by(NodeCount.port, NodeCount.day)
                .order_by(NodeCount.port, NodeCount.day)
            )
            return [(port, day, int(cases), int(amount)) for port, day, cases, amount in found]

    add(1, 5)
    add(2, 5)
    before = sums()
    assert fold(21) == 0
    assert fold(20) == 16
    assert sums() == before
    with database.read() as session:
        kept = session.scalars(select(NodeCount.id)).all()
    assert fold(1) == 0
    add(2, 2)
    assert fold(4) == 2
    with database.read() as session:
        assert set(kept) < set(session.scalars(select(NodeCount.id)))
    assert sums()[1] == ("@in", "2026-03-02", 21, 490)
