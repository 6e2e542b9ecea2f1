"""The plans of the statements that run: what a database would read from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event

from scenario_engine.database import Database

#: tables that grow for ever
HISTORY = ("trails", "messages", "contacts", "audit_entries", "signals", "payments", "attributions")
#: they hold what is waiting only, so reading one whole is no scan of the history
_SMALL = ("ks_ix_messages_queue", "ks_ix_messages_failed", "ks_ix_signals_waiting")


@dataclass
class Plans:
    """What was found while statements ran."""

    #: history tables that would be read from end to end, and the statement
    scans: list[tuple[str, str]] = field(default_factory=list)
    #: history tables that were looked into by an index
    searched: set[str] = field(default_factory=set)


@contextmanager
def watched(database: Database) -> Iterator[Plans]:
    """Explain every statement right before it runs. PostgreSQL is told to scan only where there is no other way."""
    found = Plans()
    explain = _Postgres(found) if database.dialect == "postgresql" else _Sqlite(found)

    @event.listens_for(database.engine, "before_cursor_execute")
    def before(connection: Connection, _cursor: Any, statement: str, parameters: Any, _of: Any, many: bool) -> None:
        if statement.lstrip().split(None, 1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            explain.look(connection.connection, statement, parameters[0] if many else parameters)

    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", before)


class _Postgres:
    def __init__(self, found: Plans) -> None:
        self._found = found

    def look(self, connection: Any, statement: str, parameters: Any) -> None:
        with connection.cursor() as cursor:
            # a table of a test is so small that joining it whole costs the same as looking rows up
            for way in ("seqscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            self._read(cursor, cursor.fetchone()[0][0]["Plan"], statement, None)

    def _read(self, cursor: Any, node: dict[str, Any], statement: str, above: str | None) -> None:
        name = node.get("Relation Name", above)
        table = re.sub(r"_(default|\d{4}_\d{2})$", "", name or "")
        if table in HISTORY:
            kind = node["Node Type"]
            if kind == "Seq Scan" or ("Index" in kind and not self._narrow(cursor, node)):
                self._found.scans.append((table, statement))
            elif "Index" in kind:
                self._found.searched.add(table)
        for inner in node.get("Plans", ()):
            # the index under a bitmap scan does not say whose it is
            of_index = inner["Node Type"] in ("Bitmap Index Scan", "BitmapAnd", "BitmapOr")
            self._read(cursor, inner, statement, name if of_index else None)

    def _narrow(self, cursor: Any, node: dict[str, Any]) -> bool:
        if "Index Cond" in node:
            return True
        cursor.execute(
            "SELECT bool_or(relname = ANY(%s)) FROM pg_class WHERE oid IN (SELECT to_regclass(%s) UNION"
            " SELECT inhparent FROM pg_inherits WHERE inhrelid = to_regclass(%s))",
            [list(_SMALL), node["Index Name"], node["Index Name"]],
        )
        return bool(cursor.fetchone()[0])


class _Sqlite:
    def __init__(self, found: Plans) -> None:
        self._found = found

    def look(self, connection: Any, statement: str, parameters: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        aliases = {alias: name for name, alias in re.findall(r"\b(\w+) AS (\w+)\b", statement)}
        for *_, said in cursor.fetchall():
            matched = re.match(r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", said)
            if matched is None:
                continue
            how, name, index = matched.groups()
            table = aliases.get(name, name)
            # what the statement does not name is a foreign key's check, which runs only once one is violated
            if table in HISTORY and re.search(rf"\b{table}\b", statement):
                if how == "SCAN" and index not in _SMALL:
                    self._found.scans.append((table, statement))
                else:
                    self._found.searched.add(table)
        cursor.close()
