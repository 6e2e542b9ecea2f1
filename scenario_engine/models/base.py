"""What every mapped class shares: naming of constraints, and the column types both databases agree on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, cast

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, Integer, MetaData, String, Table, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes and gives aware datetimes; stored as timestamptz, or as UTC text on SQLite (which drops
    offsets)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: 64-bit on PostgreSQL, the rowid on SQLite
BigKey = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")

Key = Annotated[int, mapped_column(BigKey, primary_key=True)]
#: money in kopecks
Kopecks = Annotated[int, mapped_column(BigInteger)]
Instant = Annotated[datetime, mapped_column(UtcDateTime)]
Day = Annotated[date, mapped_column(Date)]
Code = Annotated[str, mapped_column(String(64))]
Name = Annotated[str, mapped_column(String(250))]
Document = Annotated[dict[str, Any], mapped_column(Json)]


class Base(DeclarativeBase):
    """Base of every table of the engine. Names are prefixed `ks_`: Flask-AppBuilder owns names such as
    `idx_user_id`."""

    metadata = MetaData(
        naming_convention={
            "ix": "ks_ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "ks_uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ks_ck_%(table_name)s_%(constraint_name)s",
            "fk": "ks_fk_%(table_name)s_%(column_0_name)s",
            "pk": "ks_pk_%(table_name)s",
        }
    )


def table_of(entity: type[Base]) -> Table:
    """The table of a mapped class, for statements that are written without the ORM."""
    return cast(Table, entity.__table__)
