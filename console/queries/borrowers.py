"""The list of borrowers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.queries.visibility import Veil
from scenario_engine.models import Borrower
from scenario_engine.texts import Text

EXPORTED = (
    Column(Text("Number", "Номер"), "external_id"),
    Column(Text("Borrower", "Заёмщик"), "name"),
    Column(Text("Phone", "Телефон"), "phone"),
    Column(Text("Region", "Регион"), "region"),
    Column(Text("Loans", "Займов"), "loans_count"),
)


def borrower_list(actor: Actor, filters: Mapping[str, Any]) -> Listing:
    """The borrowers whom the words find; names and phones are searched by those who may see them."""
    veil = Veil(actor)
    where: list[ColumnElement[bool]] = []
    if filters.get("q", "").strip():
        persons = () if veil.masked else (Borrower.full_name, Borrower.phone)
        where.append(searches(filters["q"], Borrower.external_id, *persons))
    columns = (
        Borrower.id,
        Borrower.external_id,
        Borrower.full_name,
        Borrower.phone,
        Borrower.region,
        Borrower.loans_count,
        Borrower.demo,
    )
    return Listing(
        select=select(*columns).where(*where),
        sorts={"id": Borrower.id, "name": Borrower.full_name, "external_id": Borrower.external_id},
        order="name",
        tie=Borrower.id,
        item=lambda row: {
            "id": row.id,
            "external_id": row.external_id,
            "name": veil.name(row.full_name),
            "phone": veil.phone(row.phone),
            "region": row.region,
            "loans_count": row.loans_count,
            "demo": row.demo,
        },
        columns=EXPORTED,
        file_name="borrowers",
    )
