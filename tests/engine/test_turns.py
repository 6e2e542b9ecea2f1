"""Scenarios take turns, and on one borrower the most urgent comes first."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select

from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.engine.turns import Due, plan_turns
from scenario_engine.models import Batch, Case, Message, Path, Scenario, Trail, Version, VersionNode
from scenario_engine.settings import Settings
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

dues = st.dictionaries(
    st.tuples(st.integers(0, 8), st.integers(1, 5), st.integers(1, 3)), st.integers(1, 60), max_size=30
)


@given(due=dues, size=st.integers(1, 50))
def test_a_round_names_all_that_is_due_once_and_the_urgent_first(
    due: dict[tuple[int, int, int], int], size: int
) -> None:
    items = [
        Due(shard=shard, version_id=version, node_id=node, cases=cases) for (shard, version, node), cases in due.items()
    ]
    groups = plan_turns(items, {version: -version for version in range(6)}, size)
    named: Counter[tuple[int, int]] = Counter()
    for turns in groups:
        versions = [version for turn in turns for version in turn.versions]
        assert versions == sorted(versions, reverse=True)
        assert len({turn.shards for turn in turns}) == 1
        for turn in turns:
            assert sum(min(sum(nodes.values()), size) for nodes in turn.versions.values()) <= size
            for version, nodes in turn.versions.items():
                named.update({(version, node): cases for node, cases in nodes.items()})
    wanted: Counter[tuple[int, int]] = Counter()
    for (_shard, version, node), cases in due.items():
        wanted[version, node] += cases
    assert named == wanted
    shards = [shard for turns in groups for shard in turns[0].shards]
    assert shards == sorted({shard for shard, _version, _node in due})


REST = a_document(
    {"in": ("entry.segment", {"rule": overdue_rule(50)}), "rest": ("wait.duration", {"days": 1}),
     "out": ("exit", {"reason": "x"})},
    ["in:next>rest", "rest:next>out"], priority=20,
)  # fmt: skip
HUGE = {**REST, "nodes": [{**node} for node in REST["nodes"]], "settings": {**REST["settings"], "priority": 1}}
HUGE["nodes"][0] = {**HUGE["nodes"][0], "data": {"label": "in", "params": {"rule": overdue_rule(1)}}}


def test_a_small_scenario_is_not_held_up_by_the_backlog_of_a_huge_one(database: Database) -> None:
    with database.write() as session:
        owner = a_borrower(session)
        shard = a_loan(session, owner, dpd=1, overdue=1).shard
        for _number in range(99):
            a_loan(session, dpd=1, overdue=1, shard=shard)
        # of another track, so that the loans of the small one are in both
        small = {**REST, "settings": {**REST["settings"], "track": "other"}}
        for _number in range(5):
            a_loan(session, dpd=60, overdue=1, shard=shard)
        a_live_version(session, HUGE, key="huge")
        small_id = a_live_version(session, small, key="small").id
    run_tick(database, now=NOON, settings=Settings(batch_size=10), timer=lambda: 0.0)
    with database.read() as session:
        batches = session.execute(
            select(Batch.version_id).where(Batch.kind == "advance").order_by(Batch.id)
        ).scalars().all()  # fmt: skip
    assert batches.index(small_id) <= 1, "after one batch of the huge scenario comes one of the small"
    assert len(batches) >= 11


SMS = a_document(
    {"in": ("entry.segment", {"rule": overdue_rule(1)}), "sms": ("sms", {"template": "{{ first_name }}"}),
     "again": ("sms", {"template": "{{ first_name }}"}), "out": ("exit", {"reason": "x"})},
    ["in:next>sms", "sms:sent>again", "sms:blocked>out", "again:sent>out", "again:blocked>out"],
)  # fmt: skip


def sms_for(dpd: int, priority: int) -> dict[str, object]:
    nodes = [dict(node) for node in SMS["nodes"]]
    nodes[0] = {**nodes[0], "data": {"label": "in", "params": {"rule": overdue_rule(dpd)}}}
    return {**SMS, "nodes": nodes, "settings": {**SMS["settings"], "priority": priority}}


@pytest.mark.parametrize("urgent", ["first", "second"])
def test_of_two_scenarios_that_want_to_write_to_one_borrower_the_urgent_one_does(
    database: Database, urgent: str
) -> None:
    """The policy allows two messages a day; each scenario wants two."""
    with database.write() as session:
        person = a_borrower(session)
        a_loan(session, person, dpd=5, overdue=100_00)
        a_loan(session, person, dpd=90, overdue=100_00)
        a_live_version(session, sms_for(50, 1 if urgent == "first" else 9), key="first")
        later = {**sms_for(1, 9 if urgent == "first" else 1)}
        later["settings"] = {**later["settings"], "track": "other"}  # type: ignore[dict-item]
        a_live_version(session, later, key="second")
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    with database.read() as session:
        senders = session.scalars(
            select(Scenario.key)
            .join(Version, Version.scenario_id == Scenario.id)
            .join(Message, Message.version_id == Version.id)
        ).all()
    assert set(senders) == {urgent}


def test_of_fifty_scenarios_that_want_one_loan_the_smallest_priority_wins(database: Database) -> None:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        for number in range(50):
            document = {**REST, "settings": {**REST["settings"], "priority": (number * 7 + 3) % 50}}
            document["nodes"] = HUGE["nodes"]
            a_live_version(session, document, key=f"s{number}")
        wanted = next(number for number in range(50) if (number * 7 + 3) % 50 == 0)
    for hours in (0, 1):
        run_tick(database, now=NOON + timedelta(hours=hours), settings=SETTINGS, timer=lambda: 0.0)
    with database.read() as session:
        found = session.scalars(select(Scenario.key).join(Case, Case.scenario_id == Scenario.id)).all()
        assert found == [f"s{wanted}"]
        assert session.scalar(select(func.count()).select_from(VersionNode)) == 150


CALLS = a_document(
    {"in": ("entry.segment", {"rule": overdue_rule(1)}), "rest": ("wait.duration", {"days": 1}),
     "call": ("robot_call", {"template": "{{ first_name }}"}), "called": ("exit", {"reason": "called"}),
     "spared": ("exit", {"reason": "spared"})},
    ["in:next>rest", "rest:next>call", "call:sent>called", "call:blocked>spared"],
)  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_of_two_loans_of_a_borrower_the_one_that_came_first_is_called_about_whatever_a_batch_holds(
    database: Database, size: int
) -> None:
    with database.write() as session:
        borrower = a_borrower(session)
        for _ in range(3):
            a_loan(session, borrower, dpd=5, overdue=100_00)
        a_live_version(session, CALLS)
    run_tick(database, now=NOON, settings=Settings(batch_size=1000), timer=lambda: 0.0)
    with database.write() as session:
        # however they lie in the table
        rows = [dict(row) for row in session.execute(select(Case.__table__).order_by(Case.id.desc())).mappings()]
        session.execute(delete(Case))
        session.execute(insert(Case), rows)
    run_tick(database, now=NOON + timedelta(days=1), settings=Settings(batch_size=size), timer=lambda: 0.0)
    with database.read() as session:
        paths = select(Path.hops).join(Trail, Trail.path_id == Path.id).where(Path.hops.like("rest:%"))
        ways = session.scalars(paths.order_by(Trail.case_id)).all()
    assert ["called" in way for way in ways] == [True, False, False]
