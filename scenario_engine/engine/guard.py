"""The contact guard for a whole batch at once.

A statement holds one case of a borrower, cases of a borrower share a shard, and a batch locks its shards: nobody else
can add a contact meanwhile. What the case itself did at earlier nodes of the same tick is counted beside the contacts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement

from scenario_engine.policies.guard import answer
from scenario_engine.policies.reasons import ALLOW, NO_ADDRESS

if TYPE_CHECKING:
    from scenario_engine.engine.frame import CompileFrame


def word_of(
    frame: CompileFrame,
    *,
    kind: str,
    channel: str | None,
    address: ColumnElement[Any],
    earlier: Sequence[ColumnElement[bool]],
) -> ColumnElement[str]:
    """The guard's answer for one more contact of a kind to an address, at the frame's moment. `earlier` are the
    contacts of the kind that the case has made in this tick.
    """
    return answer(frame, frame.policy, kind=kind, channel=channel, address=address, earlier=earlier)


def wants_a_reason(word: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an answer is one that people will ask about; null where the guard was not asked."""
    return word.not_in((ALLOW, NO_ADDRESS))
