"""The short form of the chaos run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.__main__ import DURABLE, run
from tests.harness.postgres import start_server


@pytest.mark.postgres
def test_engines_desks_and_backends_that_are_killed_leave_the_state_of_an_undisturbed_run(tmp_path: Path) -> None:
    server = start_server(**DURABLE)
    said: list[str] = []
    try:
        outcome = run(server, tmp_path, loans=300, days=2, kills=8, seed=7, most=20, say=said.append)
    finally:
        server.stop()
    assert outcome.faults == [], said
    assert sum(outcome.kills.values()) >= 4, said
    assert outcome.rows["trail"] > 250
    assert outcome.rows["payments"] > 10
    assert outcome.taken > 100
