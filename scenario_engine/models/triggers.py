"""Triggers that hold what must not change (audit entries, loan events, the documents of published versions, the texts
of messages), and those that note what other systems are to be told: nobody who writes can forget to.

The same statements serve `create_all` and the migrations, so there is one text of each.
"""

from __future__ import annotations

from sqlalchemy import DDL, event

from scenario_engine.models.audit import AuditEntry
from scenario_engine.models.base import Base
from scenario_engine.models.batch import Shard
from scenario_engine.models.consent import Consent
from scenario_engine.models.ledger import LoanEvent
from scenario_engine.models.loan import SHARDS
from scenario_engine.models.message_template import TemplateRevision
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


def _append_only(table: str, said: str) -> dict[str, list[str]]:
    refusal = f"'{said} are append-only'"
    return {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, {refusal}); END",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, {refusal}); END",
        ],
        "postgresql": [
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION {refusal}; END $$",
            f"CREATE TRIGGER {table}_held BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
            f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
        ],
    }


LEDGER = _append_only("loan_events", "loan events")
CONSENTS = _append_only("consents", "consents")
TEMPLATES = _append_only("template_revisions", "revisions of templates")

SHARD_ROWS = {
    "sqlite": [
        "INSERT INTO shards (id) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
        f" WHERE i < {SHARDS - 1}) SELECT i FROM n"
    ],
    "postgresql": [f"INSERT INTO shards (id) SELECT generate_series(0, {SHARDS - 1})"],
}


_Noted = tuple[tuple[str, str, str, str, str, str], ...]


# Kinds of signals as they are on the day of the migration: a later kind needs a migration of its own.
_AMENDED = "'prolonged', 'redrawn', 'restructured', 'holidays', 'paused', 'resumed', 'judged', 'sold', 'written_off'"
_DECIDED = "NEW.state IN ('approved', 'confirming', 'issued', 'refused')"
_DECISION = "CASE WHEN NEW.state = 'refused' THEN 'refused' ELSE 'approved' END"
_ENDED = "NEW.id, NEW.loan_id, NEW.borrower_id, NEW.ended_at, NEW.end_reason"
_APPLIED = f"NEW.id, NEW.loan_id, NEW.borrower_id, COALESCE(NEW.decided_at, NEW.filed_at), {_DECISION}"
#: name, kind of news, table, when, condition, and what is noted: subject, loan, borrower, moment, outcome
_NOTED: _Noted = (
    ("ended", "case.ended", "cases", "UPDATE OF ended_at",
     "OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL", _ENDED),
    ("ended_at_once", "case.ended", "cases", "INSERT", "NEW.ended_at IS NOT NULL", _ENDED),
    ("restricted", "lending.restricted", "borrowers", "UPDATE OF lending_restricted_at",
     "OLD.lending_restricted_at IS NULL AND NEW.lending_restricted_at IS NOT NULL",
     "NEW.id, NULL, NEW.id, NEW.lending_restricted_at, NULL"),
    ("decided", "application.decided", "applications", "UPDATE OF state",
     f"OLD.state = 'waiting' AND {_DECIDED}", _APPLIED),
    ("decided_at_once", "application.decided", "applications", "INSERT", _DECIDED, _APPLIED),
    ("amended", "loan.amended", "signals", "INSERT", f"NEW.kind IN ({_AMENDED})",
     "NEW.id, NEW.loan_id, NULL, NEW.at, NEW.kind"),
    ("closed", "task.closed", "tasks", "UPDATE OF state", "OLD.state = 'open' AND NEW.state = 'done'",
     "NEW.id, NEW.loan_id, NEW.borrower_id, NEW.closed_at, NEW.disposition"),
)  # fmt: skip


def _noting(kind: str, values: str) -> str:
    return (
        "INSERT INTO news (kind, subject_id, loan_id, borrower_id, at, outcome)"
        f" SELECT '{kind}', {values} WHERE EXISTS (SELECT 1 FROM subscriptions WHERE enabled)"
    )


def _made(noted: _Noted) -> dict[str, list[str]]:
    return {
        "sqlite": [
            f"CREATE TRIGGER news_{name} AFTER {when} ON {table} WHEN {condition} BEGIN {_noting(kind, values)}; END"
            for name, kind, table, when, condition, values in noted
        ],
        "postgresql": [
            statement
            for name, kind, table, when, condition, values in noted
            for statement in (
                f"CREATE FUNCTION news_{name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {_noting(kind, values)}; RETURN NULL; END $$",
                f"CREATE TRIGGER news_{name} AFTER {when} ON {table} FOR EACH ROW WHEN ({condition})"
                f" EXECUTE FUNCTION news_{name}()",
            )
        ],
    }


def _gone(noted: _Noted) -> dict[str, list[str]]:
    return {
        "sqlite": [f"DROP TRIGGER news_{name}" for name, *_ in noted],
        "postgresql": [
            statement
            for name, _kind, table, *_ in noted
            for statement in (f"DROP TRIGGER news_{name} ON {table}", f"DROP FUNCTION news_{name}()")
        ],
    }


NEWS, NEWS_GONE = _made(_NOTED), _gone(_NOTED)
_ALLOWED: _Noted = (
    ("lending_allowed", "lending.allowed", "borrowers", "UPDATE OF lending_allowed_at",
     "OLD.lending_restricted_at IS NOT NULL AND NEW.lending_restricted_at IS NULL"
     " AND NEW.lending_allowed_at IS NOT NULL",
     "NEW.id, NULL, NEW.id, NEW.lending_allowed_at, NULL"),
)  # fmt: skip
LENDING_NEWS, LENDING_NEWS_GONE = _made(_ALLOWED), _gone(_ALLOWED)


def attach() -> None:
    """Have `create_all` run the statements right after it makes the table."""
    for table, by_dialect in (
        (AuditEntry.__table__, AUDIT),
        (AuditEntry.__table__, {"postgresql": [AUDIT_PART.format(part=default_part(AuditEntry.__tablename__))]}),
        (Version.__table__, VERSIONS),
        (LoanEvent.__table__, LEDGER),
        (Consent.__table__, CONSENTS),
        (TemplateRevision.__table__, TEMPLATES),
        (Shard.__table__, SHARD_ROWS),
    ):
        for dialect, statements in by_dialect.items():
            for statement in statements:
                ddl = DDL(statement.replace("%", "%%"))
                event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
    # these stand on several tables
    for dialect, statements in (*NEWS.items(), *LENDING_NEWS.items()):
        for statement in statements:
            event.listen(Base.metadata, "after_create", DDL(statement).execute_if(dialect=dialect))
