"""What lets messages through to a live connector: its circuit breaker, a pause the other side asked for, its rate.

The state is a row in the database, so that any number of engines are one sender to the other side. Whoever holds the
row waits for nothing, so nobody is kept waiting for long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from scenario_engine.masking import without_persons
from scenario_engine.models import ConnectorState
from scenario_engine.registry.rowsets import insert_into

#: failures one after the other at which the breaker opens
MOST_FAILURES = 5
#: seconds that it stays open the first time; twice as long each further time
FIRST_REST, LONGEST_REST = 30, 900
#: a probe that nobody told the end of is taken to be that of a process that died
PROBE = timedelta(minutes=5)
#: seconds whose messages may leave at once
BURST = 1.0
#: … and seconds that a sender waits at least, so as not to fetch them one by one
SHORTEST_WAIT = 0.2
#: answers that are kept to be looked at
KEPT_ANSWERS = 20

Event = Literal["good", "bad"]


@dataclass(kw_only=True)
class Gate:
    """What may pass at a moment."""

    #: messages
    room: int
    #: seconds until more may, when the rate is what they wait for
    wait: float | None = None
    #: the one message that finds out whether the other side is back
    is_probe: bool = False
    _state: ConnectorState | None = None
    _rate: float | None = None
    _from: datetime | None = None

    def take(self, messages: int, now: datetime) -> None:
        """So many messages pass; in the transaction that asked."""
        if self._state is None or not messages:
            return
        if self.is_probe:
            self._state.breaker, self._state.probe_at = "half_open", now
        if self._rate is not None and self._from is not None:
            self._state.free_at = self._from + timedelta(seconds=messages / self._rate)


def open_gate(session: Session, key: str, *, rate: float | None, wanted: int, now: datetime) -> Gate:
    """How many of `wanted` messages may leave through a connector now. Nobody else passes until the transaction ends,
    unless there is nothing to heed.
    """
    seen = session.get(ConnectorState, key)
    if rate is None and (seen is None or _is_free(seen, now)):
        return Gate(room=wanted)
    state = held(session, key)
    if state.paused_until is not None and state.paused_until > now:
        return Gate(room=0)
    if state.breaker == "open" and state.retry_at is not None and state.retry_at > now:
        return Gate(room=0)
    if state.breaker == "half_open" and state.probe_at is not None and state.probe_at > now - PROBE:
        return Gate(room=0)
    is_probe = state.breaker != "closed"
    room = 1 if is_probe else wanted
    if rate is None:
        return Gate(room=room, is_probe=is_probe, _state=state)
    start = max(state.free_at or now, now)
    ahead = (start - now).total_seconds()
    burst = max(BURST, 1 / rate)
    may = int((burst - ahead) * rate + 1e-6)
    if may < 1:
        return Gate(room=0, wait=max(SHORTEST_WAIT, ahead + 1 / rate - burst))
    return Gate(room=min(room, may), wait=SHORTEST_WAIT, is_probe=is_probe, _state=state, _rate=rate, _from=start)


def closed_gates(now: datetime) -> Select[str]:
    """Keys of the connectors through which nothing may leave at the moment."""
    state = ConnectorState
    return select(state.key).where(
        or_(
            state.paused_until > now,
            and_(state.breaker == "open", state.retry_at > now),
            and_(state.breaker == "half_open", state.probe_at > now - PROBE),
        )
    )


def held(session: Session, key: str) -> ConnectorState:
    """The state of a connector, which nobody else changes until the transaction ends."""
    found = select(ConnectorState).where(ConnectorState.key == key).with_for_update()
    state = session.scalar(found.execution_options(populate_existing=True))
    if state is None:
        fresh = {"key": key, "breaker": "closed", "failures": 0, "trips": 0, "answers": {"last": []}}
        session.execute(insert_into(session, ConnectorState).values(fresh).on_conflict_do_nothing())
        state = session.scalars(found.execution_options(populate_existing=True)).one()
    return state


def tell(
    session: Session,
    key: str,
    events: Sequence[Event],
    *,
    now: datetime,
    pause: float | None = None,
    answers: Sequence[tuple[str, str]] = (),
) -> ConnectorState:
    """Note how messages fared, in their order; `answers` are (kind, text) of what the other side said. Call it last in
    a transaction.
    """
    state = held(session, key)
    for event, same in groupby(events):
        if event == "good":  # many are no more than one
            state.breaker, state.failures, state.trips = "closed", 0, 0
            state.retry_at = state.probe_at = None
            state.good_at = now
            continue
        for _each in same:
            state.failures += 1
            state.bad_at = now
            if state.breaker == "half_open" or (state.breaker == "closed" and state.failures >= MOST_FAILURES):
                rest = min(FIRST_REST * 2**state.trips, LONGEST_REST)
                state.breaker, state.trips, state.probe_at = "open", state.trips + 1, None
                state.retry_at = now + timedelta(seconds=rest)
    if pause is not None:
        state.paused_until = max(state.paused_until or now, now + timedelta(seconds=pause))
        if state.breaker == "half_open":  # it answered
            state.breaker, state.failures, state.trips, state.probe_at = "closed", 0, 0, None
    if answers:
        state.answers = {"last": _newest(state.answers, answers, now)}
    session.flush()
    return state


def try_now(session: Session, key: str, *, now: datetime) -> ConnectorState:
    """Let a probe leave at once, whatever the breaker and the other side said."""
    state = held(session, key)
    state.retry_at = state.paused_until = state.probe_at = None
    if state.breaker == "half_open":
        state.breaker = "open"
    session.flush()
    return state


def _newest(kept: dict[str, Any], answers: Sequence[tuple[str, str]], now: datetime) -> list[dict[str, Any]]:
    fresh = [
        {"at": now.isoformat(), "kind": kind, "text": without_persons(text)[:300]}
        for kind, text in dict.fromkeys(answers)
    ]
    return [*reversed(fresh), *kept.get("last", [])][:KEPT_ANSWERS]


def _is_free(state: ConnectorState, now: datetime) -> bool:
    return state.breaker == "closed" and (state.paused_until is None or state.paused_until <= now)
