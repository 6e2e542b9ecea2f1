"""The numbers of a version as rows of a table, in the order in which the document has its nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenario_engine.texts import Text


def table_columns(numbers: Mapping[str, Any]) -> tuple[tuple[Text, str], ...]:
    """Titles with their paths into a row."""
    days = numbers["window_days"]
    return (
        (Text("Node", "Узел"), "node"),
        (Text("Type", "Тип"), "type"),
        (Text("Label", "Название"), "label"),
        (Text("Here before the period", "Было до периода"), "before"),
        (Text("Entered", "Вошло"), "entered"),
        (Text("Entered, kopecks", "Вошло, коп."), "entered_amount"),
        (Text("Here", "Здесь"), "here"),
        (Text("Left", "Вышло"), "left"),
        (Text("Failed", "С ошибкой"), "failed"),
        (Text(f"Paid within {days} days, cases", f"Оплатили за {days} дн., дел"), "paid_cases"),
        (Text(f"Paid within {days} days, kopecks", f"Оплачено за {days} дн., коп."), "paid_amount"),
        (Text("Left by port", "Вышло по выходам"), "ports"),
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
