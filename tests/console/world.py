"""A little of everything, written straight into the tables: two borrowers, their loans, one live scenario."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.engine import paths
from scenario_engine.graph.canonical import content_hash
from scenario_engine.models import (
    Batch,
    Case,
    Heartbeat,
    Message,
    NodeCount,
    Offer,
    Path,
    PathHop,
    Payment,
    Promise,
    Scenario,
    Signal,
    Task,
    Trail,
    Version,
    VersionNode,
)
from tests.builders import a_borrower, a_loan

#: noon in Moscow
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DISPOSITIONS = {
    "items": [
        {"key": "promise", "title": {"en": "Promised to pay", "ru": "Обещал оплатить"}, "needs": "promise"},
        {"key": "no_answer", "title": {"en": "No answer", "ru": "Не ответил"}},
    ]
}


@dataclass(frozen=True)
class World:
    """Ids of what was built."""

    #: the loan of the borrower whom the operator's task is about
    loan: int
    #: a loan that no task is about
    other_loan: int
    borrower: int
    other_borrower: int
    scenario: int
    version: int
    case: int
    task: int
    message: int
    offer: int
    content_hash: str


def document(name: str = "Soft 1-30") -> dict[str, Any]:
    """A scenario with one way in and one way out."""
    rule = {"combinator": "and", "rules": [{"field": "dpd", "operator": ">=", "value": 1}]}
    return {
        "format": 1,
        "name": name,
        "settings": {"track": "collection"},
        "nodes": [
            {
                "id": "n1",
                "type": "entry.segment",
                "position": {"x": 0, "y": 0},
                "data": {"label": "Late", "params": {"rule": rule}},
            },
            {"id": "n2", "type": "exit", "position": {"x": 0, "y": 100}, "data": {"label": "Out", "params": {}}},
        ],
        "edges": [{"id": "e1", "source": "n1", "sourceHandle": "next", "target": "n2", "targetHandle": "in"}],
        "notes": [],
    }


def build(session: Session) -> World:
    """Write the world; the caller commits."""
    person = a_borrower(session, full_name="Иванов Пётр Сергеевич", phone="+79991234567", email="ivanov@example.test")
    other = a_borrower(session, full_name="Смирнова Анна", phone="+79997654321", region="RU-SVE")
    late = {"dpd": 12, "bucket": "1-30", "overdue": 500_000, "overdue_since": TODAY - timedelta(days=12)}
    loan = a_loan(session, person, external_id="L-1", **late)
    quiet = a_loan(session, other, external_id="L-2")
    raw = document()
    scenario = Scenario(
        key="soft", name="Soft 1-30", state="live", draft=raw, draft_by="manager", draft_at=NOW, created_by="manager",
        created_at=NOW,
    )  # fmt: skip
    session.add(scenario)
    session.flush()
    version = Version(
        scenario_id=scenario.id, number=1, state="published", document=raw, content_hash=content_hash(raw),
        submitted_by="manager", submitted_at=NOW, reviewed_by="compliance", reviewed_at=NOW,
    )  # fmt: skip
    session.add(version)
    session.flush()
    scenario.live_version_id = version.id
    nodes = [
        VersionNode(version_id=version.id, key="n1", type="entry.segment", label="Late", position=0),
        VersionNode(version_id=version.id, key="n2", type="exit", label="Out", position=1),
    ]
    batch = Batch(
        kind="enrol", version_id=version.id, at=NOW - timedelta(hours=1), day="2026-11-24", cases=1, micros=900
    )
    session.add_all([*nodes, batch])
    session.flush()
    # as publishing does: the ways by which the engine itself takes cases away
    paths.register(
        session,
        version.id,
        {
            paths.code_of(version.id, node.key, port): f"{node.key}:{port};"
            for node in nodes
            for port in paths.SYSTEM_PORTS
        },
        {node.key: node.id for node in nodes},
        entries=(),
    )
    case = Case(
        scenario_id=scenario.id, version_id=version.id, loan_id=loan.id, borrower_id=person.id, shard=loan.shard,
        track="collection", node_id=nodes[0].id, due_at=NOW - timedelta(minutes=5), entered_at=NOW - timedelta(hours=1),
        enrolled_at=NOW - timedelta(hours=1), enrolled_overdue=500_000, batch_id=batch.id,
    )  # fmt: skip
    session.add(case)
    path = Path(id=4711, version_id=version.id, hops="n1:@stay;")
    session.add(path)
    session.flush()
    trail = Trail(
        batch_id=batch.id, case_id=case.id, path_id=path.id, at=NOW - timedelta(hours=1), seen='{"n1":{"dpd":12}}'
    )
    count = NodeCount(version_id=version.id, node_id=nodes[0].id, port="@in", day="2026-11-24", cases=1, amount=500_000)
    message = Message(
        case_id=case.id, node_id=nodes[0].id, batch_id=batch.id, version_id=version.id, loan_id=loan.id,
        borrower_id=person.id, channel="sms", connector="sandbox", state="failed", queued_at=NOW - timedelta(hours=1),
        due_at=NOW, content={"template": "Здравствуйте, {{ first_name }}"}, recipient="+79991234567",
        body="Здравствуйте, Пётр", attempts=6, error="nobody there",
    )  # fmt: skip
    task = Task(
        case_id=case.id, node_id=nodes[0].id, batch_id=batch.id, loan_id=loan.id, borrower_id=person.id, queue="soft",
        title="Позвонить", instruction="Узнать, когда заплатит.", dispositions=DISPOSITIONS,
        created_at=NOW - timedelta(hours=1), due_at=NOW + timedelta(hours=3),
    )  # fmt: skip
    offer = Offer(
        loan_id=loan.id, kind="discount", size=10, made_at=NOW - timedelta(hours=1), expires_at=NOW + timedelta(days=3)
    )
    payment = Payment(
        external_id="P-1", loan_id=loan.id, amount=100_000, paid_at=NOW - timedelta(days=2),
        recorded_at=NOW - timedelta(days=2), source="demo",
    )  # fmt: skip
    session.add_all([PathHop(path_id=path.id, hop=0, node_id=nodes[0].id, port=None, entered=True), trail, count])
    session.add_all([message, task, offer, payment])
    session.add(
        Signal(
            key="s-1",
            loan_id=loan.id,
            kind="reply",
            at=NOW - timedelta(days=1),
            data={"text": "Перезвоните"},
            source="demo",
            handled=True,
        )
    )
    session.add(
        Promise(
            loan_id=loan.id,
            amount=200_000,
            due_on=TODAY - timedelta(days=3),
            given_at=NOW - timedelta(days=5),
            state="broken",
        )
    )
    session.add(Heartbeat(process="host:1", started_at=NOW, seen_at=NOW, last_tick_at=NOW, last_tick_ms=12))
    audit.record(session, at=NOW, actor="engine", action="engine.batch", subject_type="batch", subject_id=batch.id)
    session.flush()
    return World(
        loan=loan.id, other_loan=quiet.id, borrower=person.id, other_borrower=other.id, scenario=scenario.id,
        version=version.id, case=case.id, task=task.id, message=message.id, offer=offer.id,
        content_hash=version.content_hash,
    )  # fmt: skip
