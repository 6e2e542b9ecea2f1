"""The one table of what is done with the staged rows of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scenario_engine.registry.imports.borrowers import BorrowerMove
from scenario_engine.registry.imports.loans import LoanMove
from scenario_engine.registry.imports.payments import PaymentMove
from scenario_engine.registry.imports.signals import SignalMove
from scenario_engine.registry.imports.staging import Staging
from scenario_engine.registry.imports.telling import Telling

Move = BorrowerMove | LoanMove | PaymentMove | SignalMove


def move_of(
    kind: str,
    staged: Staging,
    columns: Mapping[str, str],
    *,
    told: Telling,
    time_zone: str,
    step: Callable[[], None] = lambda: None,
) -> Move:
    """What checks the staged rows against the registry and writes them; `step` is called between statements."""
    if kind == "payments":
        return PaymentMove(staged, columns, told=told, time_zone=time_zone, step=step)
    if kind == "signals":
        return SignalMove(staged, columns, told=told, step=step)
    if kind == "borrowers":
        return BorrowerMove(staged, columns, told=told, step=step)
    return LoanMove(staged, columns, told=told, step=step)
