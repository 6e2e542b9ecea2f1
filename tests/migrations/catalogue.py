"""What a database says of itself: every table with its key, partitions, indexes, constraints and triggers."""

from __future__ import annotations

from sqlalchemy import text

from scenario_engine.database import Database

_POSTGRES = {
    "tables": """
        SELECT c.relname, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), c.reloptions::text
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')""",
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
          AND NOT a.attisdropped""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}


def catalogue(database: Database) -> dict[str, list[tuple[str, ...]]]:
    """The catalogue, sorted; the same for two databases when they are made alike."""
    with database.engine.connect() as connection:
        if database.dialect == "postgresql":
            found = {name: connection.execute(text(statement)).all() for name, statement in _POSTGRES.items()}
            return {name: sorted(tuple(map(str, row)) for row in rows) for name, rows in found.items()}
        tables = connection.execute(
            text("SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
        ).all()
        columns, indexes = [], []
        for name, *_ in tables:
            for row in connection.execute(
                text('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(:table)'), {"table": name}
            ):
                columns.append(tuple(map(str, (name, *row))))
            for row in connection.execute(
                text(
                    'SELECT l.name, l."unique", l.partial, group_concat(i.name)'
                    " FROM pragma_index_list(:table) l, pragma_index_info(l.name) i"
                    ' GROUP BY l.name, l."unique", l.partial'
                ),
                {"table": name},
            ):
                # the name of an index that SQLite makes itself holds the number of constraints before it
                own = "" if row[0].startswith("sqlite_autoindex") else row[0]
                indexes.append(tuple(map(str, (name, own, *row[1:]))))
        triggers = connection.execute(
            text("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        partial = connection.execute(
            text(
                "SELECT tbl_name, name, substr(sql, instr(sql, ' WHERE ')) FROM sqlite_master WHERE sql LIKE :partial"
            ),
            {"partial": "%INDEX% WHERE %"},
        ).all()
    rows = {"tables": tables, "columns": columns, "indexes": indexes, "triggers": triggers, "partial": partial}
    return {name: sorted(tuple(map(str, row)) for row in found) for name, found in rows.items()}
