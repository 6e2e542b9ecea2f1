"""Local moments: what the borrower's clock says, from Kaliningrad to Kamchatka."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_engine.nodes.moments import DayClock, Later, MonthDay, Weekday, WorkingMoment, zone_named

MOSCOW = "Europe/Moscow"
KAMCHATKA = "Asia/Kamchatka"


def at(words: str) -> datetime:
    """An instant, written in UTC."""
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "now", "zone", "expected"),
    [
        # three days and then ten in the morning: today's ten has passed, in Kamchatka it is night already
        (Later(3 * 86_400, "10:00"), "2026-03-04 09:00", MOSCOW, "2026-03-08 07:00"),
        (Later(3 * 86_400, "10:00"), "2026-03-04 09:00", KAMCHATKA, "2026-03-07 22:00"),
        (Later(60, "10:00"), "2026-03-04 06:59", MOSCOW, "2026-03-04 07:00"),
        (Later(60, "10:00"), "2026-03-04 07:00", MOSCOW, "2026-03-05 07:00"),
        # Wednesday, 4 March
        (Weekday(frozenset({0}), "10:00"), "2026-03-04 09:00", MOSCOW, "2026-03-09 07:00"),
        (Weekday(frozenset({2}), "10:00"), "2026-03-04 09:00", MOSCOW, "2026-03-11 07:00"),
        (Weekday(frozenset({2}), "12:30"), "2026-03-04 09:00", MOSCOW, "2026-03-04 09:30"),
        (Weekday(frozenset({2, 3}), "10:00"), "2026-03-04 13:00", KAMCHATKA, "2026-03-04 22:00"),
        # the thirty-first of a short month is its last day
        (MonthDay(31, "10:00"), "2026-02-10 09:00", MOSCOW, "2026-02-28 07:00"),
        (MonthDay(1, "10:00"), "2026-12-01 07:00", MOSCOW, "2027-01-01 07:00"),
        (MonthDay(5, "00:00"), "2026-03-04 12:30", KAMCHATKA, "2026-04-04 12:00"),
        # working hours: now, in the evening, over a weekend, over the first days of January
        (WorkingMoment("10:00", "18:00"), "2026-03-04 09:00", MOSCOW, "2026-03-04 09:01"),
        (WorkingMoment("10:00", "18:00"), "2026-03-04 05:00", MOSCOW, "2026-03-04 07:00"),
        (WorkingMoment("10:00", "18:00"), "2026-03-04 15:00", MOSCOW, "2026-03-05 07:00"),
        (WorkingMoment("10:00", "18:00"), "2026-03-13 15:00", MOSCOW, "2026-03-16 07:00"),
        (WorkingMoment("10:00", "18:00"), "2026-05-08 16:00", MOSCOW, "2026-05-12 07:00"),
    ],
)
def test_the_moment_is_the_one_on_the_borrowers_clock(
    moment: Later | Weekday | MonthDay | WorkingMoment, now: str, zone: str, expected: str
) -> None:
    assert moment(at(now), zone) == at(expected)


def test_new_year_holidays_are_no_working_days() -> None:
    found = WorkingMoment("10:00", "18:00")(at("2025-12-31 23:00"), MOSCOW)
    assert found >= at("2026-01-09 07:00")


@given(
    st.integers(0, 6 * 365 * 86_400).map(lambda seconds: at("2024-01-01") + timedelta(seconds=seconds)),
    st.sampled_from([MOSCOW, KAMCHATKA, "Europe/Kaliningrad", "Asia/Yekaterinburg", "No/Where"]),
    st.sampled_from(
        [
            Later(60, "00:00"),
            Later(86_400, "23:59"),
            Weekday(frozenset({5, 6}), "00:00"),
            MonthDay(30, "23:59"),
            WorkingMoment("00:00", "23:59"),
        ]
    ),
)
def test_every_wait_is_at_least_a_minute_and_ends(
    now: datetime, zone: str, moment: Later | Weekday | MonthDay | WorkingMoment
) -> None:
    found = moment(now, zone)
    assert timedelta(minutes=1) <= found - now <= timedelta(days=32)
    assert found.astimezone(zone_named(zone)).minute in (0, 59) or isinstance(moment, WorkingMoment)


def test_whole_days_added_to_the_reference_give_the_time_of_day_there() -> None:
    base = DayClock("10:30")(at("2026-03-04 09:00"), KAMCHATKA)
    found = (base + timedelta(days=2255)).astimezone(zone_named(KAMCHATKA))
    assert (found.hour, found.minute) == (10, 30)
    assert base == at("2019-12-31 22:30")


def test_moments_compare_by_what_they_say() -> None:
    assert Later(60, "10:00") == Later(60, "10:00") != Later(61, "10:00")
    assert len({Weekday(frozenset({1}), "10:00"), Weekday(frozenset({1}), "10:00")}) == 1
