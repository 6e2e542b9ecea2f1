"""`/metrics`: nobody without the token, and figures of the engine for whoever has it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scenario_engine.models import Batch, ConnectorHour, ConnectorState, Lease
from tests.console.client import Console
from tests.console.senders import cloudpayments, deliver, switch_on
from tests.console.world import NOW, World

TOKEN = "m" * 24


@pytest.fixture
def watched(both: Console, both_world: World) -> Console:
    """A console whose metrics are read with a token."""
    both.app.config["METRICS_TOKEN"] = TOKEN
    return both


def read(console: Console, token: str | None = TOKEN) -> tuple[int, dict[str, float]]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = console.app.test_client().get("/metrics", headers=headers)
    if answer.status_code != 200:
        return answer.status_code, {}
    return 200, {
        "/".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_there_are_no_metrics_without_a_token(both: Console) -> None:
    both.app.config["METRICS_TOKEN"] = ""
    assert read(both)[0] == 404
    assert read(both, None)[0] == 404


@pytest.mark.parametrize("token", [None, "", "m" * 23, "m" * 25, "ключ"])
def test_only_the_token_opens_them(watched: Console, token: str | None) -> None:
    assert read(watched, token)[0] == 401


def test_they_tell_how_the_engine_does(watched: Console) -> None:
    with watched.database.write() as session:
        session.add(Lease(name="leader", holder="host:1", taken_at=NOW, until=NOW + timedelta(seconds=8)))
        session.add(Batch(kind="send", at=NOW, day="2026-11-24", messages=3, micros=2_500_000, grouped=True))
    status, figures = read(watched)
    assert status == 200
    assert figures["kaskad_engine_lag_seconds"] == 300
    assert figures["kaskad_engine_due_cases"] == 1
    assert figures["kaskad_engine_has_leader"] == 1
    assert figures["kaskad_engine_processes"] == 1
    assert figures["kaskad_engine_last_tick_seconds/host:1"] == 0.012
    assert figures["kaskad_engine_messages_total/send"] == 3
    assert figures["kaskad_engine_busy_seconds_total/send"] == 2.5
    assert figures["kaskad_engine_cases_total/enrol"] == 1
    assert figures["kaskad_scenarios/live"] == 1


def test_they_count_payment_notifications_by_what_became_of_them(watched: Console) -> None:
    switch_on(watched)
    for number, loan in enumerate(("L-1", "L-1", "nowhere")):
        assert deliver(watched, "cloudpayments", cloudpayments(number, loan, 100, NOW)).status_code == 200
    body, headers = cloudpayments(9, "L-1", 100, NOW)
    assert deliver(watched, "cloudpayments", (body, headers | {"Content-HMAC": "forged"})).status_code == 401

    def told(figures: dict[str, float], outcome: str) -> float | None:
        return figures.get(f"kaskad_payment_notifications_day/{outcome}/cloudpayments")

    figures = read(watched)[1]
    assert [told(figures, each) for each in ("credited", "unmatched", "refused_signature")] == [2, 1, 1]
    assert figures["kaskad_payments_unmatched"] == 1
    watched.now = NOW + timedelta(days=2)
    later = read(watched)[1]
    assert (told(later, "credited"), later["kaskad_payments_unmatched"]) == (None, 1)


def test_totals_never_go_back(watched: Console) -> None:
    name = "kaskad_engine_cases_total/enrol"
    seen = []
    for hours in (0, 2, 4):
        watched.now = NOW + timedelta(hours=hours)
        with watched.database.write() as session:
            session.add(Batch(kind="enrol", at=watched.now, day="2026-11-24", cases=10, micros=1))
        seen.append(read(watched)[1][name])
    assert seen == [11, 21, 31]


def test_they_count_messages_by_connector_and_tell_of_open_breakers(watched: Console) -> None:
    with watched.database.write() as session:
        for hours in (0, 1):
            session.add(
                ConnectorHour(
                    connector="centre", hour=watched.now - timedelta(hours=hours), channel="sms", sent=5, failed=1,
                    retried=0, delivered=4, undelivered=0, cost=1_250,
                )
            )  # fmt: skip
        session.add(ConnectorState(key="centre", breaker="open", failures=5, trips=1, answers={"last": []}))
    _status, figures = read(watched)
    assert figures["kaskad_connector_messages_total/centre/sent"] == 10
    assert figures["kaskad_connector_messages_total/centre/delivered"] == 8
    assert figures["kaskad_connector_cost_kopecks_total/centre"] == 2_500
    assert figures["kaskad_connector_breaker_open/centre"] == 1
