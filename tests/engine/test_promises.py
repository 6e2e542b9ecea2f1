"""The engine's promises on random graphs: a tick ends, nothing is lost, nothing is counted twice.

The graphs are valid by construction: every way leads to a later node, and only nodes where cases rest may lead back.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.engine.events import react
from scenario_engine.engine.tick import run_tick
from scenario_engine.graph.checks import analyse
from scenario_engine.graph.params import read_params
from scenario_engine.models import SIGNAL_KINDS, Case, Contact, Loan, Message, NodeCount, Signal, Trail, VersionNode
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

RESTING = {
    "wait.duration": {"days": 1},
    "wait.signal": {"signal_kinds": ["reply", "partial_payment"], "timeout": {"days": 2}},
    "task": {"title": "Call", "dispositions": [{"key": "done", "title": "Done"}], "expires": {"days": 1}},
    "offer": {},
}
PASSING = {
    "condition": {"rule": overdue_rule(20)},
    "split": {"arms": [{"key": "a", "title": "A", "weight": 40}, {"key": "b", "title": "B", "weight": 60}]},
    "sms": {"template": "{{ first_name }}"},
    "email": {"template": "{{ first_name }}", "subject": "Loan"},
    "robot_call": {"template": "{{ first_name }}"},
    "tag": {"tag": "seen"},
    "restrict_lending": {"reason": "overdue"},
}
KINDS = {**RESTING, **PASSING}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A valid document of 1 to 10 nodes between an entry and an exit."""
    catalogue = load_catalogue()
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=10))
    names = ["in", *(f"n{number}" for number in range(1, len(kinds) + 1)), "out"]
    nodes: dict[str, tuple[str, dict[str, Any]]] = {"in": ("entry.segment", {"rule": overdue_rule(1)})}
    edges = [f"in:next>{names[1]}"]
    for place, kind in enumerate(kinds, 1):
        params = read_params(catalogue[kind], {**catalogue[kind].defaults_in("en"), **KINDS[kind]})
        nodes[names[place]] = (kind, params)
        for number, port in enumerate(port for port in catalogue[kind].ports(params) if port.required):
            later = names[place + 1 :]
            targets = names[1:] if catalogue[kind].rests else later
            target = later[0] if number == 0 else draw(st.sampled_from(targets))
            edges.append(f"{names[place]}:{port.key}>{target}")
    nodes["out"] = ("exit", {"reason": "end"})
    return a_document(nodes, edges, holdout_percent=draw(st.sampled_from([0, 20])))


def check_promises(session: Session, version_id: int) -> None:
    """entered = here + left + failed at every node; one trail a case and batch; no message without its contact."""
    counted: dict[int, dict[str, int]] = {}
    for node, port, cases in session.execute(
        select(NodeCount.node_id, NodeCount.port, func.sum(NodeCount.cases))
        .where(NodeCount.version_id == version_id)
        .group_by(NodeCount.node_id, NodeCount.port)
    ):
        counted.setdefault(node, {})[port] = int(cases)
    here = {
        node: cases
        for node, cases in session.execute(
            select(Case.node_id, func.count())
            .where(Case.version_id == version_id, Case.ended_at.is_(None))
            .group_by(Case.node_id)
        )
    }
    for node in session.scalars(select(VersionNode.id).where(VersionNode.version_id == version_id)):
        ports = counted.get(node, {})
        left = sum(cases for port, cases in ports.items() if port != "@in")
        assert ports.get("@in", 0) == here.get(node, 0) + left, node
    assert session.scalar(select(func.count()).select_from(Message)) == session.scalar(
        select(func.count()).select_from(Contact)
    )
    twice = session.execute(
        select(Trail.case_id, Trail.at).group_by(Trail.case_id, Trail.at).having(func.count() > 2)
    ).all()
    assert not twice


events = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 11), st.sampled_from(sorted(SIGNAL_KINDS))), max_size=8)


def walk(database: Database, document: dict[str, Any], happened: list[tuple[int, int, str]]) -> None:
    analysis = analyse(document, load_catalogue(), CheckScope())
    assert analysis.publishable, analysis.problems
    with database.write() as session:
        people = [a_borrower(session, lot=number * 536_870_911) for number in range(4)]
        loans = [
            a_loan(session, people[number // 3], dpd=number * 4, overdue=100_00 if number else 0).id
            for number in range(12)
        ]
        version = a_live_version(session, document)
    for day in range(6):
        now = NOON + timedelta(days=day)
        run_tick(database, now=now, settings=SETTINGS, timer=lambda: 0.0)
        with database.write() as session:
            check_promises(session, version.id)
            for number, (when, which, kind) in enumerate(happened):
                if when == day:
                    at = now + timedelta(hours=1)
                    if kind == "overdue_paid":
                        session.get_one(Loan, loans[which]).overdue = 0
                    session.add(Signal(key=f"s{number}", loan_id=loans[which], kind=kind, at=at, source="api"))
            session.flush()
            react(session, now=now + timedelta(hours=1), time_zone=SETTINGS.time_zone)
            check_promises(session, version.id)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents(), happened=events)
def test_promises_hold_on_sqlite(tmp_path_factory: pytest.TempPathFactory, document: Any, happened: Any) -> None:
    path: Path = tmp_path_factory.mktemp("walk") / "walk.db"
    database = Database(f"sqlite:///{path}")
    database.create_all()
    walk(database, document, happened)
    database.dispose()


@pytest.mark.postgres
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents(), happened=events)
def test_promises_hold_on_postgresql(
    postgres_server: Any, postgres_template: str, document: Any, happened: Any
) -> None:
    name = postgres_server.create_database(template=postgres_template)
    database = Database(postgres_server.url(name))
    walk(database, document, happened)
    database.dispose()
    postgres_server.drop_database(name)
