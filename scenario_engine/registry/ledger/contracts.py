"""What was agreed, as JSON in the event of an amendment: what held before it and after.

So the ledger can be walked again from its first day, whatever was agreed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from scenario_engine.registry.ledger.fold import Amended, Contract, Pause
from scenario_engine.registry.lending import terms
from scenario_engine.registry.lending.schedule import Line


def write(amended: Amended, before: Contract, more: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the event; `more` is what people want to know of it, such as the buyer of a loan."""
    return {
        "before": _contract(before),
        "after": _contract(amended.contract),
        "waived": dict(amended.waived),
        "capitalised": dict(amended.capitalised),
        "debt": amended.debt,
        "costs": amended.costs,
        "more": dict(more),
    }


def read(kind: str, day: date, data: Mapping[str, Any], event_id: int) -> Amended:
    """The amendment that was written so."""
    return Amended(
        kind=kind, day=day, contract=contract(data["after"]), waived=data["waived"], capitalised=data["capitalised"],
        debt=data["debt"], costs=data["costs"], event_id=event_id,
    )  # fmt: skip


def _contract(agreed: Contract) -> dict[str, Any]:
    return {
        "terms": agreed.terms.as_document(),
        "issued_on": agreed.issued_on.isoformat(),
        "lines": [asdict(line) | {"due_on": line.due_on.isoformat()} for line in agreed.lines],
        "charges_limit": agreed.charges_limit,
        "penalty_kept": agreed.penalty_kept,
        "pauses": [
            asdict(pause) | {"first": pause.first.isoformat(), "last": pause.last and pause.last.isoformat()}
            for pause in agreed.pauses
        ],
    }


def contract(document: Mapping[str, Any]) -> Contract:
    """The contract that was written so."""
    return Contract(
        terms=terms.read(document["terms"]),
        issued_on=date.fromisoformat(document["issued_on"]),
        lines=tuple(Line(**line | {"due_on": date.fromisoformat(line["due_on"])}) for line in document["lines"]),
        charges_limit=document["charges_limit"],
        # what was written before there was one knows of none
        penalty_kept=document.get("penalty_kept", 0),
        pauses=tuple(
            Pause(**pause | {
                "first": date.fromisoformat(pause["first"]),
                "last": pause["last"] and date.fromisoformat(pause["last"]),
            })
            for pause in document["pauses"]
        ),
    )  # fmt: skip
