"""Who comes when in a tick: shards put together to batches, and the scenarios that take turns on them.

A round visits every group of shards once, and in it every scenario gets at most one batch of each. So a scenario with a
million due cases holds up none with a hundred for longer than a round. On one shard the scenarios come by urgency,
whatever engine works on it: which of two contacts with a borrower the contact policy lets through does not depend on
how many engines there are, or on one that died.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Due:
    """Cases due in a shard for a version."""

    shard: int
    version_id: int
    cases: int


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one transaction is to move: versions in the order of their urgency, with the cases due for each."""

    shards: tuple[int, ...]
    versions: Mapping[int, int]

    def after(self, moved: Mapping[int, int], size: int) -> Turn | None:
        """What is left for the next round: the versions that filled their batch and had more."""
        left = {
            version: due - moved[version]
            for version, due in self.versions.items()
            if due > moved.get(version, 0) >= size
        }
        return replace(self, versions=left) if left else None


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
            wanted = min(cases[version], size)
            if turns and wanted <= room:
                turns[-1] = replace(turns[-1], versions={**turns[-1].versions, version: cases[version]})
            else:
                turns.append(Turn(shards=shards, versions={version: cases[version]}))
                room = size
            room -= wanted
        groups.append(turns)
    return groups


def _groups(due: Sequence[Due], size: int) -> list[tuple[tuple[int, ...], dict[int, int]]]:
    by_shard: dict[int, dict[int, int]] = {}
    for item in due:
        by_shard.setdefault(item.shard, {})[item.version_id] = item.cases
    groups: list[tuple[tuple[int, ...], dict[int, int]]] = []
    shards: tuple[int, ...] = ()
    cases: dict[int, int] = {}
    for shard in sorted(by_shard):
        if shards and sum(cases.values()) + sum(by_shard[shard].values()) > size:
            groups.append((shards, cases))
            shards, cases = (), {}
        shards += (shard,)
        for version, number in by_shard[shard].items():
            cases[version] = cases.get(version, 0) + number
    return [*groups, (shards, cases)] if shards else groups
