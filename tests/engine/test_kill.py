"""An engine that is killed at any moment loses nothing and does nothing twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.models import Case, Loan, Message, NodeCount, Trail, VersionNode
from scenario_engine.models import Path as TrailPath
from tests.builders import a_borrower, a_loan
from tests.engine.scenarios import a_document, a_live_version, overdue_rule
from tests.engine.walk import main as walk

DAYS = 5
LOANS = 600

WALK = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "ask": ("condition", {"rule": overdue_rule(30)}),
        "ab": ("split", {"arms": [{"key": "a", "title": "A", "weight": 50}, {"key": "b", "title": "B", "weight": 50}]}),
        "sms": ("sms", {"template": "{{ first_name }}"}),
        "rest": ("wait.duration", {"days": 1}),
        "again": ("condition", {"rule": overdue_rule(60)}),
        "out": ("exit", {"reason": "x"}),
    },
    ["in:next>ask", "ask:yes>ab", "ask:no>rest", "ab:a>sms", "ab:b>rest", "sms:sent>rest", "sms:blocked>rest",
     "rest:next>again", "again:yes>ask", "again:no>out"],
)  # fmt: skip


def fill(database: Database) -> None:
    with database.write() as session:
        for number in range(LOANS):
            person = a_borrower(session, external_id=f"K-{number}", lot=number * 7_919_191 % 2**31)
            a_loan(session, person, external_id=f"K-{number}", dpd=1 + number % 90, overdue=100_00)
        a_live_version(session, WALK)


def state(database: Database) -> dict[str, Any]:
    """Everything a run leaves behind, without the ids that depend on how it was cut into batches."""
    with database.read() as session:
        cases = session.execute(
            select(Loan.external_id, VersionNode.key, Case.due_at, Case.entered_at, Case.ended_at, Case.end_reason)
            .join(Loan, Loan.id == Case.loan_id)
            .join(VersionNode, VersionNode.id == Case.node_id)
            .order_by(Loan.external_id)
        ).all()
        trails = session.execute(
            select(Loan.external_id, Trail.at, TrailPath.hops, Trail.seen)
            .join(Case, Case.id == Trail.case_id)
            .join(Loan, Loan.id == Case.loan_id)
            .join(TrailPath, TrailPath.id == Trail.path_id)
            .order_by(Loan.external_id, Trail.at)
        ).all()
        counts = session.execute(
            select(
                VersionNode.key, NodeCount.port, NodeCount.day, func.sum(NodeCount.cases), func.sum(NodeCount.amount)
            )
            .join(VersionNode, VersionNode.id == NodeCount.node_id)
            .group_by(VersionNode.key, NodeCount.port, NodeCount.day)
            .order_by(VersionNode.key, NodeCount.port, NodeCount.day)
        ).all()
        messages = session.execute(
            select(Loan.external_id, Message.queued_at, func.count())
            .join(Loan, Loan.id == Message.loan_id)
            .group_by(Loan.external_id, Message.queued_at)
            .order_by(Loan.external_id, Message.queued_at)
        ).all()
    # the databases write the same JSON with other spaces
    trails = [(*row[:3], row.seen and json.loads(row.seen)) for row in trails]
    found = {"cases": cases, "trails": trails, "counts": counts, "messages": messages}
    return {name: [tuple(row) for row in rows] for name, rows in found.items()}


def test_kill_9_in_the_middle_of_ticks_leaves_the_state_of_an_undisturbed_run(
    database: Database, tmp_path: Path
) -> None:
    fill(database)
    calm = Database(f"sqlite:///{tmp_path / 'calm.db'}")
    calm.create_all()
    fill(calm)
    walk(calm.engine.url.render_as_string(hide_password=False), tmp_path / "calm", DAYS)
    expected = state(calm)
    calm.dispose()
    assert expected["messages"], "the walk must send something, or the comparison proves little"

    randomness = random.Random(20260304)
    progress = tmp_path / "killed"
    url = database.engine.url.render_as_string(hide_password=False)
    kills = 0
    while not (progress.exists() and int(progress.read_text()) == DAYS):
        process = subprocess.Popen([sys.executable, "-m", "tests.engine.walk", url, str(progress), str(DAYS)])
        if kills < 8:
            # from the moment the process has begun to write, somewhere within its next second
            before = written(database)
            while process.poll() is None and written(database) == before:
                time.sleep(0.01)
            time.sleep(randomness.uniform(0.0, 0.15))
            kills += process.poll() is None
            process.send_signal(signal.SIGKILL)
        process.wait(timeout=120)
    assert kills >= 3
    assert state(database) == expected


def written(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Trail)) or 0
