"""The short form of the run in which senders are killed; see `tests.chaos.sending`."""

from __future__ import annotations

from pathlib import Path

from scenario_engine.database import Database
from tests.chaos.sending import BATCH, run


def test_what_a_killed_sender_may_have_sent_is_marked_and_nothing_is_lost(database: Database, tmp_path: Path) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    outcome = run(url, tmp_path, kills=2, seed=5)
    assert outcome.faults == []
    assert 0 < outcome.doubled <= outcome.marked <= 2 * BATCH
