"""What happened to cases: their trails, found from the newest back.

A trail is found by the batch that wrote it, and says which batch had touched the case before. So a case's history is
read by as many look-ups in the primary key as it has trails, and writing it needs no index by case.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, and_, literal, select
from sqlalchemy.orm import aliased

from scenario_engine.models import Batch, Trail


def trails_of(
    cases: Any, *, carry: Collection[str] = (), past: Collection[int] | None = None, name: str = "history"
) -> CTE[Any]:
    """The trails of cases: ``case_id, batch_id, path_id, at, seen``, the local ``day``, how far ``back`` (0 is the
    newest), and what is carried.

    `cases` is a select of ``case_id`` and the ``batch_id`` of each case, of the columns to `carry`, and perhaps of
    ``since``: a case's trails are then read only as far back as they are later than that. `past` says the paths
    after which to look further; None: all.
    """
    first = cases.subquery()
    bounded = "since" in first.c
    carried = [*carry, "since"] if bounded else [*carry]
    newest: CTE[Any] = _step(first, first.c.batch_id, literal(0, Integer()), carried).cte(name, recursive=True)
    further = _step(newest, newest.c.previous, newest.c.back + 1, carried)
    return newest.union_all(further if past is None else further.where(newest.c.path_id.in_(past)))


def _step(before: Any, batch_id: ColumnElement[Any], back: ColumnElement[int], carried: Collection[str]) -> Any:
    """The trails one step further back. The batch knows their instant, and by it PostgreSQL the partition."""
    trail, batch = aliased(Trail), aliased(Batch)
    here = [trail.batch_id == batch.id, trail.case_id == before.c.case_id, trail.at == batch.at]
    if "since" in carried:
        here.append(trail.at > before.c.since)
    return (
        select(
            before.c.case_id,
            trail.batch_id.label("batch_id"),
            trail.previous_batch_id.label("previous"),
            trail.path_id.label("path_id"),
            trail.at.label("at"),
            trail.seen.label("seen"),
            batch.day.label("day"),
            back.label("back"),
            *(before.c[name] for name in carried),
        )
        .select_from(before)
        .join(batch, batch.id == batch_id)
        .join(trail, and_(*here))
    )
