"""The short form of the partition: one of two engine machines is cut off in the middle and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.network import can_make_namespaces
from tests.chaos.partition import run_partition


def check(home: Path, *, namespaces: bool) -> None:
    said: list[str] = []
    outcome = run_partition(home, loans=200, days=1, cuts=2, seed=3, say=said.append, namespaces=namespaces)
    assert outcome.faults == [], said
    assert sum(outcome.kills.values()) >= 1, said
    assert outcome.taken > 100, said


@pytest.mark.postgres
def test_a_machine_in_a_network_namespace_that_is_cut_off_does_nothing_twice(tmp_path: Path) -> None:
    if not can_make_namespaces():
        pytest.skip("network namespaces need root, the program `ip`, and a kernel that allows them")
    check(tmp_path, namespaces=True)


@pytest.mark.postgres
def test_a_process_behind_a_relay_that_stops_does_nothing_twice(tmp_path: Path) -> None:
    if can_make_namespaces():
        pytest.skip("network namespaces, which are closer to two machines, can be had here")
    check(tmp_path, namespaces=False)
