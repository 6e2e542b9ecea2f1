"""SQL sources as the administrator sees them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine.models import FileImport, SqlSource


def source_list(session: Session, language: str) -> list[dict[str, Any]]:
    """Every source by name, with its last run."""
    found = session.scalars(select(SqlSource).order_by(SqlSource.name, SqlSource.id)).all()
    return [source_card(session, source, language) for source in found]


def source_card(session: Session, source: SqlSource, language: str) -> dict[str, Any]:
    """A source as JSON, without its secret."""
    last = session.scalar(select(func.max(FileImport.id)).where(FileImport.source_id == source.id))
    run = session.get(FileImport, last) if last is not None else None
    message = run.message if run is not None else None
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "enabled": source.enabled,
        "address": source.address,
        "query": source.query,
        "mapping": source.mapping,
        "growing": source.growing,
        "reached": (source.reached or {}).get("value"),
        "partial": source.partial,
        "every": source.every,
        "starting": source.starting,
        "next_at": source.next_at,
        "changed_at": source.changed_at,
        "changed_by": source.changed_by,
        "last": run and {
            "import_id": run.id,
            "state": run.state,
            "started_at": run.started_at,
            "rows_added": run.rows_added,
            "rows_updated": run.rows_updated,
            "rows_wrong": run.rows_wrong,
            "message": message and (message.get(language) or message.get("en")),
        },
    }  # fmt: skip
