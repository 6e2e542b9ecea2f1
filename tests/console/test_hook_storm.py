"""However notifications come — shuffled, repeated, forged, from several threads — money is credited exactly once."""

from __future__ import annotations

import pytest

from tests.console import hook_storm
from tests.console.client import Console

#: notifications and loans; `python -m tests.console.hook_storm` sends 10 000
SIZES = {"sqlite": (150, 40), "postgresql": (600, 120)}


@pytest.mark.slow
def test_a_storm_of_notifications_is_credited_exactly_once(both: Console) -> None:
    size, loans = SIZES[both.database.dialect]
    storm = hook_storm.brew(size, loans, seed=7)
    assert len({body for _source, (body, _headers), _genuine in storm.sent}) < size * 3 // 4, "a third is repeated"
    hook_storm.prepare(both, storm, loans)
    answers = hook_storm.blow(both, storm)
    assert hook_storm.faults(both, storm, answers) == []


def test_what_the_storm_looks_for_can_be_missed(console: Console) -> None:
    storm = hook_storm.brew(60, 20, seed=1)
    hook_storm.prepare(console, storm, 20)
    answers = hook_storm.blow(console, storm, threads=1)
    code = next(iter(storm.wanted))
    loan, amount = storm.wanted.pop(code)
    storm.wanted[code] = (loan, amount + 1)
    storm.forged += 1
    said = " ".join(hook_storm.faults(console, storm, answers))
    for what in ("answers", "payments differ", "sum", "refusals", f"{loan} owes"):
        assert what in said
