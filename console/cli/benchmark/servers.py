"""Databases for the benchmark: a file of its own, and a PostgreSQL when there is one."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import console
from scenario_engine.database import Database

#: the checkout; an installation without one has no `tests`
TOP = Path(console.__file__).resolve().parents[1]
#: for the server out of the wheel: durable, as in production
DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "autovacuum": "on",
}


@contextmanager
def postgres_database() -> Iterator[Database | None]:
    """An empty database on the server that KASKAD_BENCH_PG or KASKAD_TEST_PG names, else on one out of the wheel.

    None when there is neither. The database is dropped at the end.
    """
    harness = _harness()
    if harness is None:
        yield None
        return
    named = os.environ.get("KASKAD_BENCH_PG")
    if named:
        os.environ["KASKAD_TEST_PG"] = named
    elif not os.environ.get("KASKAD_TEST_PG"):
        harness.SETTINGS.update(DURABLE)
    try:
        server: Any = harness.start_server()
    except harness.PostgresError:
        yield None
        return
    with ExitStack() as stack:
        stack.callback(server.stop)
        name = server.create_database()
        stack.callback(server.drop_database, name)
        database = Database(server.url(name))
        stack.callback(database.dispose)
        yield database


def _harness() -> ModuleType | None:
    """The test harness of the checkout, which is not installed with the packages."""
    file = TOP / "tests" / "harness" / "postgres.py"
    spec = importlib.util.spec_from_file_location("kaskad_bench_postgres", file) if file.exists() else None
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
