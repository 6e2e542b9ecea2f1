"""Who comes when in a tick: shards put together to batches, and the scenarios that take turns on them.

A round visits every group of shards once, and in it every scenario gets at most one batch of each. So a scenario with a
million due cases holds up none with a hundred for longer than a round. On one shard the scenarios come by urgency,
whatever engine works on it: which of two contacts with a borrower the contact policy lets through does not depend on
how many engines there are, or on one that died.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

#: how many cases are due, by version and by node
DueCases = Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, kw_only=True)
class Due:
    """Cases due in a shard at a node of a version."""

    shard: int
    version_id: int
    node_id: int
    cases: int


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one transaction is to move: versions in the order of their urgency, with the cases due for each."""

    shards: tuple[int, ...]
    versions: DueCases


def plan_turns(due: Sequence[Due], urgency: Mapping[int, object], size: int) -> list[list[Turn]]:
    """Turns of a round, by groups of shards; the turns of a group come in their order.

    A group has about `size` due cases, or is a single shard; a turn moves at most about as many. `urgency` sorts
    versions, the most urgent first.
    """
    groups = []
    for shards, cases in _groups(due, size):
        turns: list[Turn] = []
        room = 0
        for version in sorted(cases, key=lambda version: urgency[version]):  # type: ignore[arg-type,return-value]
            wanted = min(cases[version].total(), size)
            if turns and wanted <= room:
                turns[-1] = replace(turns[-1], versions={**turns[-1].versions, version: cases[version]})
            else:
                turns.append(Turn(shards=shards, versions={version: cases[version]}))
                room = size
            room -= wanted
        groups.append(turns)
    return groups


def _groups(due: Sequence[Due], size: int) -> list[tuple[tuple[int, ...], dict[int, Counter[int]]]]:
    by_shard: dict[int, list[Due]] = {}
    for item in due:
        by_shard.setdefault(item.shard, []).append(item)
    groups: list[tuple[tuple[int, ...], dict[int, Counter[int]]]] = []
    shards: tuple[int, ...] = ()
    cases: dict[int, Counter[int]] = {}
    held = 0
    for shard in sorted(by_shard):
        more = sum(item.cases for item in by_shard[shard])
        if shards and held + more > size:
            groups.append((shards, cases))
            shards, cases, held = (), {}, 0
        shards, held = (*shards, shard), held + more
        for item in by_shard[shard]:
            cases.setdefault(item.version_id, Counter())[item.node_id] += item.cases
    return [*groups, (shards, cases)] if shards else groups
