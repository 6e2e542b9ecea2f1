"""The strategies that come with Kaskad, ninety days at work together on the demo portfolio."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from console.cli.demo_history import live_through, publish_scenarios
from scenario_engine.database import Database
from scenario_engine.models import Contact, Scenario
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.policies.shipped import SHIPPED
from scenario_engine.registry import demo
from scenario_engine.registry.days import local_day, start_of
from scenario_engine.settings import Settings
from scenario_engine.stats.numbers import version_numbers
from scenario_engine.templates import Strategy, strategies

DAYS = 90
NOW = datetime(2026, 11, 1, 15, tzinfo=UTC)
SEED = 7
BORROWERS, LOANS = 800, 1_200
#: the one that is used instead of the others
WHOLE = "whole-way"
ALL = pytest.mark.parametrize("strategy", strategies(), ids=lambda strategy: strategy.key)

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Lived:
    """What ninety days left behind."""

    database: Database
    zone: str
    began: date
    #: by the strategy's key
    states: dict[str, str]
    numbers: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def by_stages(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The strategies by stage live at once: a loan goes from one to the next as it grows older, as in a real shop."""
    with living(tuple(one for one in strategies() if one.key != WHOLE), sqlite_template, tmp_path_factory) as found:
        yield found


@pytest.fixture(scope="module")
def alone(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The one that is used instead of them."""
    with living(tuple(one for one in strategies() if one.key == WHOLE), sqlite_template, tmp_path_factory) as found:
        yield found


@pytest.fixture
def lived(request: pytest.FixtureRequest, strategy: Strategy) -> Lived:
    """The shop in which the strategy lived."""
    found: Lived = request.getfixturevalue("alone" if strategy.key == WHOLE else "by_stages")
    return found


@contextmanager
def living(chosen: Sequence[Strategy], template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Ninety days of a shop with these strategies."""
    path = tmp_path_factory.mktemp("lived") / "kaskad.db"
    path.write_bytes(template.read_bytes())
    database = Database(f"sqlite:///{path}")
    settings = Settings(database_url=f"sqlite:///{path}")
    zone, today = settings.time_zone, local_day(NOW, settings.time_zone)
    began = today - timedelta(days=DAYS)
    morning = start_of(began, zone) + timedelta(hours=8)
    made = demo.build(database, seed=SEED, today=today, upto=began, now=morning, borrowers=BORROWERS, loans=LOANS)
    documents = {strategy.key: strategy.document_in("ru") for strategy in chosen}
    publish_scenarios(database, documents, now=morning + timedelta(hours=1))
    live_through(
        database, made.later, began=began, now=NOW, settings=settings, seed=SEED, report=lambda *_: None, days=DAYS
    )
    with database.read() as session:
        found = session.scalars(select(Scenario)).all()
        numbers = {
            scenario.key: version_numbers(
                session, scenario.live_version_id or 0, date_from=began, date_to=today, now=NOW, time_zone=zone
            )
            for scenario in found
        }
        yield Lived(database, zone, began, {scenario.key: scenario.state for scenario in found}, numbers)
    database.dispose()


@ALL
def test_nobody_is_lost_on_the_way(lived: Lived, strategy: Strategy) -> None:
    nodes = lived.numbers[strategy.key]["nodes"]
    arrived: Counter[str] = Counter()
    for edge in strategy.document_in("ru")["edges"]:
        arrived[edge["target"]] += nodes[edge["source"]]["ports"].get(edge["sourceHandle"], {"cases": 0})["cases"]
    entries = {
        node["id"] for node in strategy.document_in("ru")["nodes"] if load_catalogue()[node["type"]].entry
    }  # fmt: skip
    for key, node in nodes.items():
        assert node["before"] + node["entered"] == node["here"] + node["left"] + node["failed"], key
        assert node["failed"] == 0, key
        assert sum(port["cases"] for port in node["ports"].values()) == node["left"], key
        assert key in entries or arrived[key] == node["entered"], key


@ALL
def test_it_works_without_a_person_stopping_it(lived: Lived, strategy: Strategy) -> None:
    found = lived.numbers[strategy.key]
    totals, nodes = found["totals"], found["nodes"]
    assert lived.states[strategy.key] == "live"
    assert totals["entered"] >= 25
    assert totals["entered"] == totals["active"] + totals["ended"]
    assert totals["ended"] > 0
    visited = [key for key, node in nodes.items() if node["entered"]]
    assert len(visited) >= 0.6 * len(nodes), sorted(set(nodes) - set(visited))
    assert 0 <= totals["paid_cases"] <= totals["entered"]


def test_the_older_the_debt_the_fewer_pay(by_stages: Lived) -> None:
    totals = {key: found["totals"] for key, found in by_stages.numbers.items()}
    paid = {key: found["paid_cases"] / found["entered"] for key, found in totals.items()}
    assert paid["before-due"] > 0.5
    assert 0.15 < paid["early-1-5"] < 0.9
    assert 0.15 < paid["soft-6-30"] < 0.9
    assert paid["soft-6-30"] > paid["middle-31-60"] > paid["hard-61-90"] > paid["court"]


def test_on_the_whole_way_each_stage_is_reached_by_fewer(alone: Lived) -> None:
    nodes = alone.numbers[WHOLE]["nodes"]
    through = [nodes[gate]["left"] for gate in ("a-after", "b-last", "c-last", "d-last", "e-last")]
    assert through[0] > through[1] > through[2] > through[3] > 0, through
    entries = {key: node["entered"] for key, node in nodes.items() if key.endswith("entry")}
    assert all(entries.values()), entries
    # most come in before the due date, and most of those pay by themselves
    assert nodes["a-entry"]["entered"] > 0.5 * sum(entries.values())
    assert nodes["a-fine"]["entered"] > nodes["b-lot"]["entered"] * 0.5


@pytest.mark.parametrize("shop", ["by_stages", "alone"])
def test_nobody_is_contacted_more_often_than_the_law_lets(request: pytest.FixtureRequest, shop: str) -> None:
    lived: Lived = request.getfixturevalue(shop)
    limits = SHIPPED["ru-230"].document["limits"]
    made: defaultdict[tuple[int, str], list[tuple[datetime, bool]]] = defaultdict(list)
    contacts = select(Contact.borrower_id, Contact.kind, Contact.at, Contact.batch_id.is_not(None))
    with lived.database.read() as session:
        for borrower, kind, at, by_engine in session.execute(contacts):
            made[borrower, kind].append((at, by_engine))
    assert {kind for _borrower, kind in made} >= {"message", "call"}
    for (borrower, kind), contacts_made in made.items():
        contacts_made.sort()
        for limit in (each for each in limits if each["kind"] == kind):
            pairs = zip(contacts_made, contacts_made[limit["contacts"] :], strict=False)
            for (first, _), (one_too_many, by_engine) in pairs:
                apart = (one_too_many - first).total_seconds()
                # what the invented operators do on the phone is theirs to answer for
                assert apart >= _seconds(limit) or not by_engine, (borrower, kind, limit)


def _seconds(limit: dict[str, Any]) -> int:
    """The rolling window of a limit."""
    return max(3_600 * each.get("rolling_hours", 0) + 86_400 * each.get("rolling_days", 0) for each in limit["windows"])
