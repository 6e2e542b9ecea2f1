"""Writers of a process take turns at a SQLite file."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from scenario_engine.database import Database


def test_a_writer_gets_its_turn_from_one_that_writes_without_end(sqlite_database: Database) -> None:
    """A tick writes batch after batch; a payment need not wait until it happens to look between two of them."""
    asked, paid = threading.Event(), threading.Event()

    def pay() -> None:
        asked.set()
        with sqlite_database.write() as session:
            session.execute(text("SELECT 1"))
            paid.set()

    payer = threading.Thread(target=pay)
    batches_meanwhile = 0
    with sqlite_database.write() as session:
        session.execute(text("SELECT 1"))
        payer.start()
        asked.wait()
    while not paid.is_set() and batches_meanwhile < 500:
        with sqlite_database.write() as session:
            session.execute(text("SELECT 1"))
            time.sleep(0.001)
        batches_meanwhile += 1
    payer.join()
    assert batches_meanwhile < 500


def test_a_failed_turn_lets_the_next_one_in(sqlite_database: Database) -> None:
    with pytest.raises(OperationalError), sqlite_database.write() as session:
        session.execute(text("SELECT nothing"))
    with sqlite_database.write() as session:
        assert session.scalar(text("SELECT 1")) == 1
