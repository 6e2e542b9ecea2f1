"""Triggers that hold what must not change: audit entries, loan events, and the documents of published versions.

The same statements serve `create_all` and the migrations, so there is one text of each.
"""

from __future__ import annotations

from sqlalchemy import DDL, event

from scenario_engine.models.audit import AuditEntry
from scenario_engine.models.batch import Shard
from scenario_engine.models.ledger import LoanEvent
from scenario_engine.models.loan import SHARDS
from scenario_engine.models.months import default_part
from scenario_engine.models.scenario import Version

_HELD = (
    "OLD.state IN ('published', 'retired') AND (NEW.state NOT IN ('published', 'retired')"
    " OR NEW.content_hash <> OLD.content_hash OR NEW.number <> OLD.number OR NEW.scenario_id <> OLD.scenario_id"
    " OR {document})"
)

AUDIT = {
    "sqlite": [
        "CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries"
        " BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
        "CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries"
        " BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$",
        "CREATE TRIGGER audit_entries_held BEFORE UPDATE OR DELETE ON audit_entries"
        " FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()",
        "CREATE TRIGGER audit_entries_kept BEFORE TRUNCATE ON audit_entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()",
    ],
}

#: what PostgreSQL does not clone to a partition, or takes away from one that is detached
AUDIT_PART = (
    "CREATE TRIGGER audit_entries_kept BEFORE TRUNCATE ON {part}"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()"
)
AUDIT_DETACHED = (
    "CREATE TRIGGER audit_entries_held BEFORE UPDATE OR DELETE ON {part}"
    " FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()"
)

VERSIONS = {
    "sqlite": [
        "CREATE TRIGGER versions_no_change BEFORE UPDATE ON versions WHEN "
        + _HELD.format(document="NEW.document <> OLD.document")
        + " BEGIN SELECT RAISE(ABORT, 'a published version cannot change'); END",
        "CREATE TRIGGER versions_no_delete BEFORE DELETE ON versions WHEN OLD.state IN ('published', 'retired')"
        " BEGIN SELECT RAISE(ABORT, 'a published version cannot be deleted'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION versions_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' THEN"
        " IF OLD.state IN ('published', 'retired') THEN"
        " RAISE EXCEPTION 'a published version cannot be deleted'; END IF; RETURN OLD; END IF;"
        " IF " + _HELD.format(document="NEW.document::text <> OLD.document::text") + " THEN"
        " RAISE EXCEPTION 'a published version cannot change'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER versions_held BEFORE UPDATE OR DELETE ON versions"
        " FOR EACH ROW EXECUTE FUNCTION versions_refuse()",
    ],
}

LEDGER = {
    "sqlite": [
        "CREATE TRIGGER loan_events_no_update BEFORE UPDATE ON loan_events"
        " BEGIN SELECT RAISE(ABORT, 'loan events are append-only'); END",
        "CREATE TRIGGER loan_events_no_delete BEFORE DELETE ON loan_events"
        " BEGIN SELECT RAISE(ABORT, 'loan events are append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION loan_events_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'loan events are append-only'; END $$",
        "CREATE TRIGGER loan_events_held BEFORE UPDATE OR DELETE ON loan_events"
        " FOR EACH ROW EXECUTE FUNCTION loan_events_refuse()",
        "CREATE TRIGGER loan_events_kept BEFORE TRUNCATE ON loan_events"
        " FOR EACH STATEMENT EXECUTE FUNCTION loan_events_refuse()",
    ],
}

SHARD_ROWS = {
    "sqlite": [
        "INSERT INTO shards (id) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
        f" WHERE i < {SHARDS - 1}) SELECT i FROM n"
    ],
    "postgresql": [f"INSERT INTO shards (id) SELECT generate_series(0, {SHARDS - 1})"],
}


def attach() -> None:
    """Have `create_all` run the statements right after it makes the table."""
    for table, by_dialect in (
        (AuditEntry.__table__, AUDIT),
        (AuditEntry.__table__, {"postgresql": [AUDIT_PART.format(part=default_part(AuditEntry.__tablename__))]}),
        (Version.__table__, VERSIONS),
        (LoanEvent.__table__, LEDGER),
        (Shard.__table__, SHARD_ROWS),
    ):
        for dialect, statements in by_dialect.items():
            for statement in statements:
                ddl = DDL(statement.replace("%", "%%"))
                event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
