"""History at length: trails as chains, fewer indexes, and on PostgreSQL a partition a month."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

from scenario_engine.models import triggers
from scenario_engine.models.base import BigKey, Json, UtcDateTime
from scenario_engine.models.months import make_default

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STATE = "state IN ('queued', 'sending')"
#: trails in the order of a case's life
_LIFE = "OVER (PARTITION BY case_id ORDER BY at, id)"


class Shape(NamedTuple):
    """A history table before or after."""

    columns: tuple[tuple[str, sa.types.TypeEngine[object], bool], ...]
    key: tuple[str, ...]
    #: primary key on PostgreSQL, where it is cut by month; None: it is not
    month_key: tuple[str, ...] | None = None
    month: str = "at"
    unique: tuple[str, ...] = ()


def _columns(
    *given: tuple[str, sa.types.TypeEngine[object]] | tuple[str, sa.types.TypeEngine[object], bool],
) -> tuple[tuple[str, sa.types.TypeEngine[object], bool], ...]:
    return tuple((column[0], column[1], len(column) > 2) for column in given)


_MESSAGE = _columns(
    ("id", BigKey),
    ("case_id", sa.BigInteger()),
    ("node_id", sa.BigInteger()),
    ("batch_id", sa.BigInteger()),
    ("version_id", sa.BigInteger()),
    ("loan_id", sa.BigInteger()),
    ("borrower_id", sa.BigInteger()),
    ("channel", sa.String(64)),
    ("connector", sa.String(64)),
    ("state", sa.String(20)),
    ("queued_at", UtcDateTime()),
    ("due_at", UtcDateTime()),
    ("content", Json),
    ("recipient", sa.String(250), True),
    ("subject", sa.String(500), True),
    ("body", sa.Text(), True),
    ("attempts", sa.Integer()),
    ("claimed_at", UtcDateTime(), True),
    ("sent_at", UtcDateTime(), True),
    ("receipt", sa.String(100), True),
    ("error", sa.String(500), True),
)
_CONTACT = _columns(
    ("id", BigKey),
    ("borrower_id", sa.BigInteger()),
    ("loan_id", sa.BigInteger()),
    ("kind", sa.String(64)),
    ("channel", sa.String(64)),
    ("at", UtcDateTime()),
    ("case_id", sa.BigInteger(), True),
    ("node_id", sa.BigInteger(), True),
    ("batch_id", sa.BigInteger(), True),
)
_AUDIT = _columns(
    ("id", BigKey),
    ("at", UtcDateTime()),
    ("actor", sa.String(250)),
    ("action", sa.String(64)),
    ("subject_type", sa.String(64)),
    ("subject_id", sa.String(64), True),
    ("details", Json),
)
_TRAIL = _columns(
    ("id", BigKey),
    ("case_id", sa.BigInteger()),
    ("batch_id", sa.BigInteger()),
    ("path_id", sa.BigInteger()),
    ("at", UtcDateTime()),
    ("seen", sa.Text(), True),
)
_CHAINED = _columns(
    ("batch_id", sa.BigInteger()),
    ("case_id", sa.BigInteger()),
    ("previous_batch_id", sa.BigInteger(), True),
    ("path_id", sa.BigInteger()),
    ("at", UtcDateTime()),
    ("seen", sa.Text(), True),
)
_COPIED = ("messages", "contacts")
_VISIT = ("case_id", "node_id", "batch_id")
BEFORE = {
    "trails": Shape(columns=_TRAIL, key=("id",), unique=("case_id", "batch_id")),
    "messages": Shape(columns=_MESSAGE, key=("id",), unique=_VISIT),
    "contacts": Shape(columns=_CONTACT, key=("id",), unique=_VISIT),
    "audit_entries": Shape(columns=_AUDIT, key=("id",)),
}
AFTER = {
    "trails": Shape(columns=_CHAINED, key=("batch_id", "case_id"), month_key=("batch_id", "case_id", "at")),
    "messages": Shape(columns=_MESSAGE, key=("id",), month_key=("id", "queued_at"), month="queued_at"),
    "contacts": Shape(columns=_CONTACT, key=("id",), month_key=("borrower_id", "kind", "at", "id")),
    "audit_entries": Shape(columns=_AUDIT, key=("id",), month_key=("id", "at")),
}


def upgrade() -> None:
    """Apply the revision."""
    postgres = _postgres()
    _attributions("batch_id", "SELECT t.batch_id FROM trails t WHERE t.id = attributions.trail_id", wide=True)
    for name in _COPIED:
        _remake(name, AFTER[name], _names(AFTER[name]))
    _remake("trails", AFTER["trails"], f"batch_id, case_id, lag(batch_id) {_LIFE}, path_id, at, seen")
    if postgres:
        _remake("audit_entries", AFTER["audit_entries"], _names(AFTER["audit_entries"]))
        _hold_audit()
        op.execute(triggers.AUDIT_PART.format(part="audit_entries_default"))
    _indexes_after(postgres)
    op.drop_index("ks_ix_signals_batch_id", "signals")
    _partial("ks_ix_signals_batch", "signals", "batch_id", "batch_id IS NOT NULL")
    _batches(sa.Integer(), sa.BigInteger())
    _partial("ks_ix_batches_version", "batches", "version_id", "version_id IS NOT NULL")


def downgrade() -> None:
    """Take the revision back. Months that were detached stay apart."""
    postgres = _postgres()
    op.drop_index("ks_ix_batches_version", "batches")
    _batches(sa.BigInteger(), sa.Integer())
    op.drop_index("ks_ix_signals_batch", "signals")
    op.create_index("ks_ix_signals_batch_id", "signals", ["batch_id"])
    numbered = "row_number() OVER (ORDER BY at, batch_id, case_id), case_id, batch_id, path_id, at, seen"
    _remake("trails", BEFORE["trails"], numbered)
    for name in _COPIED:
        _remake(name, BEFORE[name], _names(BEFORE[name]))
    if postgres:
        _remake("audit_entries", BEFORE["audit_entries"], _names(BEFORE["audit_entries"]))
        _hold_audit()
    _indexes_before(postgres)
    visit = "t.case_id = attributions.case_id AND t.batch_id = attributions.batch_id"
    _attributions("trail_id", f"SELECT t.id FROM trails t WHERE {visit}", wide=False)


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _names(shape: Shape) -> str:
    return ", ".join(column[0] for column in shape.columns)


def _remake(name: str, shape: Shape, chosen: str) -> None:
    """Make the table anew with its rows. The old one is out of the way first, with the names of what belongs to it."""
    old = f"{name}_before"
    numbered = shape.key == ("id",)
    unique = f"ks_uq_{name}_{'_'.join(shape.unique)}"
    if _postgres():
        for index in sa.inspect(op.get_bind()).get_indexes(name):
            if not index.get("duplicates_constraint"):
                op.drop_index(str(index["name"]), name)
        op.execute(f"ALTER TABLE {name} RENAME CONSTRAINT ks_pk_{name} TO ks_pk_{old}")
        op.execute(f"ALTER SEQUENCE IF EXISTS {name}_id_seq RENAME TO {old}_id_seq")
    op.rename_table(name, old)
    by_month = shape.month_key if _postgres() else None
    rest: list[sa.schema.SchemaItem] = [sa.PrimaryKeyConstraint(*(by_month or shape.key), name=f"ks_pk_{name}")]
    if shape.unique and not _postgres():
        rest.append(sa.UniqueConstraint(*shape.unique, name=unique))
    op.create_table(
        name,
        *(
            sa.Column(column, kind, nullable=nullable, autoincrement=column == "id")
            for column, kind, nullable in shape.columns
        ),
        *rest,
        sqlite_with_rowid=numbered,
        **({"postgresql_partition_by": f"RANGE ({shape.month})"} if by_month else {}),
    )
    if by_month:
        op.execute(make_default(name))
        _make_months(name, shape.month, old)
    op.execute(f"INSERT INTO {name} ({_names(shape)}) SELECT {chosen} FROM {old}")
    op.drop_table(old)
    if _postgres() and numbered:
        op.execute(f"SELECT setval('{name}_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM {name}), false)")
    if _postgres() and shape.unique:
        op.create_unique_constraint(unique, name, list(shape.unique))


def _make_months(name: str, column: str, old: str) -> None:
    """A partition for each month (UTC) that has rows."""
    months = op.get_bind().execute(
        sa.text(f"SELECT DISTINCT date_trunc('month', {column} AT TIME ZONE 'UTC') AS month FROM {old} ORDER BY 1")
    )
    for (month,) in months.all():
        following = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
        part = f"{name}_{month:%Y_%m}"
        op.execute(
            f"CREATE TABLE {part} PARTITION OF {name}"
            f" FOR VALUES FROM ('{month:%Y-%m-%d} 00:00+00') TO ('{following:%Y-%m-%d} 00:00+00')"
        )
        if name == "audit_entries":
            op.execute(triggers.AUDIT_PART.format(part=part))


def _attributions(added: str, value: str, *, wide: bool) -> None:
    """Refer to the visit's trail in the other way; what has no trail any more gets 0."""
    kind: sa.types.TypeEngine[int] = sa.BigInteger() if wide else sa.Integer()
    op.add_column("attributions", sa.Column(added, kind, nullable=True))
    op.execute(f"UPDATE attributions SET {added} = coalesce(({value}), 0)")
    with op.batch_alter_table("attributions") as table:
        table.alter_column(added, existing_type=kind, nullable=False)
        table.drop_column("trail_id" if wide else "batch_id")
        for column in ("version_id", "node_id", "case_id"):
            table.alter_column(
                column, existing_type=sa.Integer() if wide else sa.BigInteger(), type_=kind, existing_nullable=False
            )


def _batches(before: sa.types.TypeEngine[int], after: sa.types.TypeEngine[int]) -> None:
    with op.batch_alter_table("batches") as table:
        table.alter_column("version_id", existing_type=before, type_=after, existing_nullable=True)


def _partial(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def _indexes_after(postgres: bool) -> None:
    op.create_index("ks_ix_messages_loan_id", "messages", ["loan_id"])
    _partial("ks_ix_messages_queue", "messages", "due_at", _STATE)
    _partial("ks_ix_messages_failed", "messages", "queued_at", "state = 'failed'")
    if postgres:
        _audit_indexes()
    else:
        op.create_index("ks_ix_contacts_borrower_id_kind_at", "contacts", ["borrower_id", "kind", "at"])


def _indexes_before(postgres: bool) -> None:
    for column in ("case_id", "loan_id", "node_id"):
        op.create_index(f"ks_ix_messages_{column}", "messages", [column])
    _partial("ks_ix_messages_queue", "messages", "due_at", "state = 'queued'")
    op.create_index("ks_ix_contacts_borrower_id_kind_at", "contacts", ["borrower_id", "kind", "at"])
    op.create_index("ks_ix_trails_batch", "trails", ["batch_id"])
    if postgres:
        _audit_indexes()


def _audit_indexes() -> None:
    op.create_index("ks_ix_audit_entries_action", "audit_entries", ["action"])
    op.create_index("ks_ix_audit_entries_at", "audit_entries", ["at"])
    op.create_index("ks_ix_audit_entries_subject_type_subject_id", "audit_entries", ["subject_type", "subject_id"])


def _hold_audit() -> None:
    """The triggers of the table; their function is there already."""
    for statement in triggers.AUDIT["postgresql"][1:]:
        op.execute(statement)
