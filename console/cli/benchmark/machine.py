"""What the benchmark ran on."""

from __future__ import annotations

import contextlib
import os
import platform
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import text

from scenario_engine.database import Database

#: settings of PostgreSQL that decide what a commit costs
POSTGRES_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")


def describe_machine() -> dict[str, Any]:
    """CPU, memory, system and Python."""
    return {
        "cpu": _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count() or 1,
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def describe_database(database: Database) -> dict[str, Any]:
    """Version of the database and the settings that matter for writing."""
    with database.read() as session:
        if database.dialect == "sqlite":
            names = ("journal_mode", "synchronous", "cache_size")
            values = {name: session.execute(text(f"PRAGMA {name}")).scalar_one() for name in names}
            return {"version": sqlite3.sqlite_version, "settings": values}
        version = session.execute(text("SHOW server_version")).scalar_one()
        values = {name: session.execute(text(f"SHOW {name}")).scalar_one() for name in POSTGRES_SETTINGS}
        return {"version": version, "settings": values}


def peak_megabytes() -> int | None:
    """The largest resident memory of this process so far; None where the system does not say."""
    found = _line("/proc/self/status", "VmHWM")
    return int(found.split()[0]) // 1024 if found else None


def _memory_gb() -> float | None:
    found = _line("/proc/meminfo", "MemTotal")
    return round(int(found.split()[0]) / 1_048_576, 1) if found else None


def _line(file: str, name: str) -> str | None:
    with contextlib.suppress(OSError), Path(file).open(encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.partition(":")
            if key.strip() == name:
                return value.strip()
    return None
