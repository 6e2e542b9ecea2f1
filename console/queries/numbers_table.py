"""The numbers of a version as rows of a table, in the order in which the document has its nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.export import Column
from scenario_engine.texts import Text


def table_columns(numbers: Mapping[str, Any]) -> tuple[Column, ...]:
    """The columns of the table."""
    days = numbers["window_days"]
    return (
        Column(Text("Node", "Узел"), "node"),
        Column(Text("Type", "Тип"), "type"),
        Column(Text("Label", "Название"), "label"),
        Column(Text("Here before the period", "Было до периода"), "before"),
        Column(Text("Entered", "Вошло"), "entered"),
        Column(Text("Entered, ₽", "Вошло, ₽"), "entered_amount", money=True),
        Column(Text("Here", "Здесь"), "here"),
        Column(Text("Left", "Вышло"), "left"),
        Column(Text("Failed", "С ошибкой"), "failed"),
        Column(Text(f"Paid within {days} days, cases", f"Оплатили за {days} дн., дел"), "paid_cases"),
        Column(Text(f"Paid within {days} days, ₽", f"Оплачено за {days} дн., ₽"), "paid_amount", money=True),
        Column(Text("Left by port", "Вышло по выходам"), "ports"),
    )


def number_rows(document: Mapping[str, Any], numbers: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One row a node."""
    for node in document["nodes"]:
        found = numbers["nodes"].get(node["id"])
        if found is None:
            continue
        ports = (f"{port}: {way['cases']}" for port, way in sorted(found["ports"].items()))
        yield {
            **{name: value for name, value in found.items() if name not in ("ports", "days")},
            "node": node["id"],
            "type": node["type"],
            "label": node["data"].get("label") or "",
            "ports": ", ".join(ports),
        }
