"""Numbers of a slice: every case is in exactly one arm, segment and district, and all slices together are everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from scenario_engine.database import Database
from scenario_engine.engine import cohorts
from scenario_engine.engine.events import end_cases
from scenario_engine.engine.tick import run_tick
from scenario_engine.errors import Invalid
from scenario_engine.models import Batch, Case, Loan, PathCount, Version
from scenario_engine.registry.districts import REGIONS, TITLES, district_of
from scenario_engine.registry.imports.regions import ZONES
from scenario_engine.stats.numbers import version_numbers
from scenario_engine.stats.slices import Slice, choices
from tests.builders import a_borrower, a_loan, a_product
from tests.engine.scenarios import NOON, SETTINGS, a_document, a_live_version, overdue_rule

ARMS = [
    {"key": "soft", "title": "Soft", "weight": 60, "holdout": False},
    {"key": "none", "title": "Nothing", "weight": 40, "holdout": True},
]
SPLIT = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "split": ("split", {"arms": ARMS}),
        "rest": ("wait.duration", {"days": 3}),
        "out": ("exit", {"reason": "soft"}),
        "alone": ("exit", {"reason": "alone"}),
    },
    ["in:next>split", "split:soft>rest", "rest:next>out", "split:none>alone"],
    holdout_percent=20,
)
REGION_CODES = ("RU-MOW", "RU-SVE", "RU-PRI", None)
LOANS = 120
#: what adds up from slices to everybody
ADDITIVE = ("before", "entered", "entered_amount", "here", "left", "failed", "lost", "paid_cases", "paid_amount")


@pytest.fixture
def version(database: Database) -> int:
    """A version through which some loans have walked: the third day has come, and all is grouped."""
    with database.write() as session:
        products = [a_product(session).id, a_product(session, code="payday", name="Payday").id]
        for number in range(LOANS):
            owner = a_borrower(session, region=REGION_CODES[number % 4])
            a_loan(
                session, owner, dpd=5, overdue=1_000 + number, ordinal=1 + number % 3, product_id=products[number % 2]
            )
        made = a_live_version(session, SPLIT).id
    for day in (0, 3):
        run_tick(database, now=NOON + timedelta(days=day), settings=SETTINGS, timer=lambda: 0.0)
    cohorts.group_all(database)
    return made


def group(database: Database) -> int:
    with database.write() as session:
        return cohorts.group(session)


def numbers(database: Database, version: int, only: Slice = Slice()) -> dict[str, Any]:  # noqa: B008
    with database.read() as session:
        return version_numbers(
            session,
            version,
            date_from=NOON.date(),
            date_to=NOON.date() + timedelta(days=5),
            now=NOON + timedelta(days=5),
            time_zone="Europe/Moscow",
            only=only,
        )


def together(found: Iterable[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """The sums of several slices, by node."""
    sums: dict[str, dict[str, int]] = {}
    for each in found:
        for key, node in each["nodes"].items():
            into = sums.setdefault(key, dict.fromkeys(ADDITIVE, 0))
            for name in ADDITIVE:
                into[name] += node[name]
    return sums


def everybody(database: Database, version: int) -> dict[str, dict[str, int]]:
    return together([numbers(database, version)])


@pytest.mark.parametrize(
    "slices",
    [
        [Slice(arm="split:soft"), Slice(arm="split:none"), Slice(arm="@holdout")],
        [Slice(repeat="yes"), Slice(repeat="no")],
        [Slice(product="instalment"), Slice(product="payday")],
        [Slice(arm=arm, repeat=who) for arm in ("split:soft", "split:none", "@holdout") for who in ("yes", "no")],
    ],
)
def test_slices_add_up_to_everybody(database: Database, version: int, slices: list[Slice]) -> None:
    found = [numbers(database, version, only) for only in slices]
    assert together(found) == everybody(database, version)
    assert min(each["totals"]["entered"] for each in found) > 0
    assert sum(each["totals"]["entered"] for each in found) == LOANS


def test_an_arm_holds_those_whom_the_lot_gave_it(database: Database, version: int) -> None:
    soft = numbers(database, version, Slice(arm="split:soft"))["nodes"]
    assert soft["split"]["ports"] == {"soft": {"cases": soft["in"]["entered"], "amount": soft["in"]["entered_amount"]}}
    assert soft["alone"]["entered"] == 0
    held = numbers(database, version, Slice(arm="@holdout"))["nodes"]
    assert held["in"]["entered"] == held["in"]["ports"]["holdout"]["cases"] > 0
    assert held["split"]["entered"] == 0


def test_a_district_holds_its_regions_and_the_rest_is_in_none(database: Database, version: int) -> None:
    found = {key: numbers(database, version, Slice(district=key))["totals"]["entered"] for key in TITLES}
    assert {key: cases for key, cases in found.items() if cases} == {"central": 30, "urals": 30, "far_east": 30}


def test_how_long_cases_rested_is_kept(database: Database, version: int) -> None:
    nodes = numbers(database, version)["nodes"]
    assert nodes["rest"]["dwell"] == 3 * 86_400
    assert nodes["split"]["dwell"] is None or nodes["split"]["dwell"] == 0


def test_every_batch_is_grouped_once(database: Database, version: int) -> None:
    with database.read() as session:
        before = session.execute(select(PathCount.cases, PathCount.amount, PathCount.seconds)).all()
    assert group(database) == 0
    with database.write() as session:
        session.add(Batch(kind="advance", version_id=version, at=NOON, day="2026-03-04"))
    assert group(database) == 1
    with database.read() as session:
        assert session.execute(select(PathCount.cases, PathCount.amount, PathCount.seconds)).all() == before


def test_days_go_back_thirty_days_whatever_the_period(database: Database, version: int) -> None:
    with database.read() as session:
        today = numbers(database, version)
        short = version_numbers(
            session,
            version,
            date_from=NOON.date() + timedelta(days=5),
            date_to=NOON.date() + timedelta(days=5),
            now=NOON + timedelta(days=5),
            time_zone="Europe/Moscow",
        )
    assert short["nodes"]["in"]["entered"] == 0
    assert short["nodes"]["in"]["days"] == today["nodes"]["in"]["days"]
    assert short["spark_from"] == (NOON.date() + timedelta(days=5 - 29)).isoformat()


def test_choices_name_what_there_is(database: Database, version: int) -> None:
    with database.read() as session:
        found = choices(session, session.get_one(Version, version), "en")
    assert [(arm["key"], arm["of"], arm["holdout"]) for arm in found["arms"]] == [
        ("split:soft", "split", False),
        ("split:none", "split", True),
        ("@holdout", "", True),
    ]
    assert {segment["key"]: len(segment["values"]) for segment in found["segments"]} == {
        "repeat": 2,
        "product": 2,
        "district": 3,
    }


@pytest.mark.parametrize(
    "only",
    [Slice(arm="split:firm"), Slice(arm="x"), Slice(repeat="maybe"), Slice(product="gold"), Slice(district="mars")],
)
def test_a_slice_that_is_not_there_is_refused(database: Database, version: int, only: Slice) -> None:
    with pytest.raises(Invalid):
        numbers(database, version, only)


def test_every_region_of_the_registry_has_its_district() -> None:
    assert {code for codes in REGIONS.values() for code in codes} == set(ZONES)
    assert sum(len(codes) for codes in REGIONS.values()) == len(ZONES)
    assert set(REGIONS) == set(TITLES)
    assert (district_of("RU-SVE"), district_of(None), district_of("XX")) == ("urals", "", "")


def test_a_case_cured_before_its_first_step_has_entered_and_left(database: Database) -> None:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        made = a_live_version(session, SPLIT).id
    # enrolled only: the tick is stopped before it moves anybody
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0, stop=stop_after(1))
    with database.write() as session:
        session.execute(update(Loan).values(overdue=0))
        batch = Batch(kind="signal", version_id=None, at=NOON, day="2026-03-04")
        session.add(batch)
        session.flush()
        end_cases(session, Case.version_id == made, port="cured", batch_id=batch.id, now=NOON, day="2026-03-04")
    cohorts.group_all(database)
    entry = numbers(database, made, Slice(repeat="no"))["nodes"]["in"]
    assert (entry["entered"], entry["left"], entry["here"]) == (1, 1, 0)


def stop_after(asked: int) -> Any:
    """Says stop from the second question on."""
    left = [asked]

    def stop() -> bool:
        left[0] -= 1
        return left[0] < 0

    return stop
