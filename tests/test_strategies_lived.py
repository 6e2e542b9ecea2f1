"""The strategies that come with Kaskad, ninety days at work together on the demo portfolio."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
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
from scenario_engine.registry import demo
from scenario_engine.registry.days import local_day, start_of
from scenario_engine.rules.contact_policy import policy_on
from scenario_engine.settings import Settings
from scenario_engine.stats.numbers import version_numbers
from scenario_engine.templates import Strategy, strategies

DAYS = 90
NOW = datetime(2026, 11, 1, 15, tzinfo=UTC)
SEED = 7
BORROWERS, LOANS = 800, 1_200
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
def lived(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """All strategies live at once: a loan goes from one to the next as it grows older, as in a real shop."""
    path = tmp_path_factory.mktemp("lived") / "kaskad.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    settings = Settings(database_url=f"sqlite:///{path}")
    zone, today = settings.time_zone, local_day(NOW, settings.time_zone)
    began = today - timedelta(days=DAYS)
    morning = start_of(began, zone) + timedelta(hours=8)
    made = demo.build(database, seed=SEED, today=today, upto=began, now=morning, borrowers=BORROWERS, loans=LOANS)
    documents = {strategy.key: strategy.document_in("ru") for strategy in strategies()}
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


def test_the_older_the_debt_the_fewer_pay(lived: Lived) -> None:
    totals = {key: found["totals"] for key, found in lived.numbers.items()}
    paid = {key: found["paid_cases"] / found["entered"] for key, found in totals.items()}
    assert paid["before-due"] > 0.5
    assert 0.15 < paid["early-1-5"] < 0.9
    assert 0.15 < paid["soft-6-30"] < 0.9
    assert paid["soft-6-30"] > paid["middle-31-60"] > paid["hard-61-90"] > paid["court"]


def test_nobody_is_contacted_more_often_than_the_law_lets(lived: Lived) -> None:
    limits = policy_on("ru-230", lived.began).limits
    made: defaultdict[tuple[int, str], list[tuple[datetime, bool]]] = defaultdict(list)
    contacts = select(Contact.borrower_id, Contact.kind, Contact.at, Contact.batch_id.is_not(None))
    with lived.database.read() as session:
        for borrower, kind, at, by_engine in session.execute(contacts):
            made[borrower, kind].append((at, by_engine))
    assert {kind for _borrower, kind in made} >= {"message", "call"}
    for (borrower, kind), contacts_made in made.items():
        contacts_made.sort()
        for limit in limits[kind]:
            pairs = zip(contacts_made, contacts_made[limit.contacts :], strict=False)
            for (first, _), (one_too_many, by_engine) in pairs:
                apart = (one_too_many - first).total_seconds()
                # what the invented operators do on the phone is theirs to answer for
                assert apart >= limit.seconds or not by_engine, (borrower, kind, limit)
