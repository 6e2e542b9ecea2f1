"""The kinds of amendments, in the order in which people find them."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_engine.registry.amendments.base import Kind
from scenario_engine.registry.amendments.judge import Judge
from scenario_engine.registry.amendments.leave import Sale, WriteOff
from scenario_engine.registry.amendments.pause import Hold, Holidays, Resume
from scenario_engine.registry.amendments.prolong import Prolong
from scenario_engine.registry.amendments.redraw import Redraw
from scenario_engine.registry.amendments.restructure import Restructure

KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (Prolong(), Redraw(), Holidays(), Hold(), Resume(), Restructure(), Judge(), Sale(), WriteOff())
}
