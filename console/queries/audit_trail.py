"""Reading the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import Session

from console.api.listing import Listing, searches
from console.export import Column
from scenario_engine.models import AuditEntry
from scenario_engine.registry.days import end_of, start_of
from scenario_engine.texts import Text


def audit_list(filters: Mapping[str, Any], time_zone: str) -> Listing:
    """The entries that fit; `from` and `to` are local days of the portfolio, both included."""
    where: list[ColumnElement[bool]] = []
    if filters.get("entry") is not None:
        where.append(AuditEntry.id == filters["entry"])
    for name, column in (
        ("actor", AuditEntry.actor),
        ("action", AuditEntry.action),
        ("subject_type", AuditEntry.subject_type),
        ("subject_id", AuditEntry.subject_id),
    ):
        if filters.get(name):
            where.append(column.in_(filters[name].split(",")))
    if filters.get("date_from"):
        where.append(AuditEntry.at >= start_of(filters["date_from"], time_zone))
    if filters.get("date_to"):
        where.append(AuditEntry.at < end_of(filters["date_to"], time_zone))
    if filters.get("q", "").strip():
        where.append(
            searches(
                filters["q"],
                AuditEntry.actor,
                AuditEntry.action,
                AuditEntry.subject_id,
                cast(AuditEntry.details, String),
            )
        )
    return Listing(
        select=select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.actor,
            AuditEntry.action,
            AuditEntry.subject_type,
            AuditEntry.subject_id,
            AuditEntry.details,
        ).where(*where),
        sorts={
            "id": AuditEntry.id,
            "at": AuditEntry.at,
            "actor": AuditEntry.actor,
            "action": AuditEntry.action,
            "subject_type": AuditEntry.subject_type,
            "subject_id": AuditEntry.subject_id,
        },
        order="-at",
        tie=AuditEntry.id,
        item=lambda row: dict(row._mapping),
        columns=(
            Column(Text("No.", "№"), "id"),
            Column(Text("At", "Когда"), "at", exact=True),
            Column(Text("Who", "Кто"), "actor"),
            Column(Text("Act", "Действие"), "action"),
            Column(Text("Subject", "Объект"), "subject_type"),
            Column(Text("Subject id", "Номер объекта"), "subject_id"),
            Column(Text("Details", "Подробности"), "details"),
        ),
        file_name="audit",
    )


def facets(session: Session) -> dict[str, list[str]]:
    """The actors, actions and kinds of subjects that occur."""
    return {
        name: list(session.scalars(select(column).distinct().order_by(column).limit(500)))
        for name, column in (
            ("actors", AuditEntry.actor),
            ("actions", AuditEntry.action),
            ("subject_types", AuditEntry.subject_type),
        )
    }
