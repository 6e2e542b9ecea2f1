"""What the engine did beside moving cases, in the same record: the fold of counters, a run of the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from scenario_engine.engine.frame import local_day
from scenario_engine.models import Batch


def note(session: Session, kind: str, *, now: datetime, home: str, seconds: float, messages: int = 0) -> None:
    """Write down that something was done at `now` and how long it took; `home` is the portfolio's time zone."""
    day = local_day(now, home).isoformat()
    micros = int(seconds * 1_000_000)
    # no trail belongs to it, so there is nothing to count by groups of borrowers
    session.add(Batch(kind=kind, at=now, day=day, messages=messages, micros=micros, grouped=True))
