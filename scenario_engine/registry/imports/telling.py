"""What the moves of one import tell as signals: whose word it is, and how its signals are told from others'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, Table, false, literal, null, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from scenario_engine.models import Loan, UtcDateTime
from scenario_engine.registry import buckets, rowsets


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Where rows come from, as the registry notes it."""

    #: import, api
    source: str
    #: unique among all that ever brought rows
    mark: str
    #: the row of its history, when it has one
    import_id: int | None = None

    @property
    def origin(self) -> Mapping[str, ColumnElement[Any]]:
        """The details of a signal that say no more than where it comes from."""
        return {"import_id": sql_cast(literal(self.import_id), Integer)} if self.import_id else {}

    def write(
        self,
        session: Session,
        kind: str,
        *,
        now: datetime,
        data: Mapping[str, Any],
        joined: tuple[Table, ColumnElement[bool]],
        which: ColumnElement[bool],
    ) -> None:
        """One signal of `kind` for each loan that `which` names, over the staged rows `joined` to loans."""
        rows, condition = joined
        buckets.write_signals(
            session,
            select(
                literal(f"{kind}:", String) + sql_cast(Loan.id, String) + f":{self.mark}",
                Loan.id,
                literal(kind),
                literal(now, UtcDateTime()),
                rowsets.document(data),
                literal(self.source),
                false(),
                sql_cast(null(), Integer),
            )
            .select_from(rows)
            .join(Loan, condition)
            .where(which),
        )
