"""Monitoring through the API: rules with their history, the board, what fired, trials."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from console.api.shapes import monitoring as shapes
from scenario_engine.models import Loan, MonitoringRule
from scenario_engine.monitoring.look import look
from scenario_engine.registry import bucket_history, delinquency
from tests.builders import a_loan
from tests.console.client import Console
from tests.console.world import NOW, TODAY

RULE = {"combinator": "and", "rules": [{"field": "dpd", "operator": ">=", "value": 5}]}
BUCKET = {"combinator": "and", "rules": [{"field": "bucket", "operator": "=", "value": "1-30"}]}


def body(**over: Any) -> dict[str, Any]:
    return {
        "name": "Late", "signal_kind": "monitoring_fired", "rule": RULE, "quiet_days": 0, "enabled": True,
    } | over  # fmt: skip


def live_a_day(console: Console, days: int, dpd: int) -> int:
    """Every loan gets that DPD, and the rules look; gives the id of one loan."""
    day = TODAY + timedelta(days=days)
    moment = datetime.combine(day, time(6), NOW.tzinfo)
    with console.database.write() as session:
        loan = session.scalar(select(Loan)) or a_loan(session, servicing="core")
        loan.dpd = dpd
        session.flush()
        delinquency.roll(session, on=day, now=moment)
        bucket_history.close_day(session, on=day)
        for rule in session.scalars(select(MonitoringRule).where(MonitoringRule.enabled)).all():
            look(session, rule, on=day, now=moment, time_zone="Europe/Moscow")
        return loan.id


def agree(console: Console) -> None:
    """Compliance agrees to all that waits."""
    compliance = console.sign_in("compliance")
    for change in compliance.get("/monitoring").json["waiting"]:
        assert compliance.post(f"/monitoring/changes/{change['id']}/approval").status_code == 200


def test_what_waits_is_told_part_by_part_and_decided_by_another(both: Console) -> None:
    manager, compliance = both.sign_in("manager", language="ru"), both.sign_in("compliance", language="ru")
    rule = manager.post("/monitoring/rules", body()).json
    (change,) = rule["waiting"]
    assert (change["differences"][0], change["own"]) == ({"part": "enabled", "before": "off", "after": "on"}, True)
    own = manager.post(f"/monitoring/changes/{change['id']}/approval")
    assert own.status_code == 403
    assert compliance.post(f"/monitoring/changes/{change['id']}/approval").json["enabled"]
    changed = manager.put(f"/monitoring/rules/{rule['id']}", body(rule=BUCKET, quiet_days=3, revision=2)).json
    assert (changed["words"], changed["revision"]) == ("просрочка от 5 дней", 2)
    assert [person.get("/home").json["rules_waiting"] for person in (manager, compliance)] == [0, 1]
    (change,) = compliance.get("/monitoring").json["waiting"]
    assert [(one["part"], one["before"]) for one in change["differences"]] == [
        ("rule", "просрочка от 5 дней"), ("quiet_days", "0"),
    ]  # fmt: skip
    refused = compliance.post(f"/monitoring/changes/{change['id']}/rejection", {"reason": "рано"})
    assert (refused.json["waiting"], refused.json["quiet_days"]) == ([], 0)
    manager.put(f"/monitoring/rules/{rule['id']}", body(quiet_days=4, revision=2))
    (change,) = manager.get("/monitoring").json["waiting"]
    taken_back = manager.post(f"/monitoring/changes/{change['id']}/rejection", {"reason": "ошибка"})
    assert (taken_back.status_code, taken_back.json["waiting"]) == (200, [])


def test_a_rule_is_made_changed_and_keeps_its_history(both: Console) -> None:
    manager = both.sign_in("manager", language="ru")
    made = manager.post("/monitoring/rules", body())
    assert made.status_code == 201, made.text
    card = made.json
    assert (card["words"], card["signal"]) == ("просрочка от 5 дней", "Сработало правило мониторинга")
    assert (card["enabled"], [one["own"] for one in card["waiting"]]) == (False, [True])
    agree(both)
    changed = manager.put(f"/monitoring/rules/{card['id']}", body(enabled=False, revision=2)).json
    assert [(one["revision"], one["enabled"]) for one in changed["versions"]] == [(3, False), (2, True), (1, False)]
    again = manager.put(f"/monitoring/rules/{card['id']}", body(revision=1))
    assert (again.status_code, again.json["error"]["code"]) == (409, "monitoring.changed")
    refused = manager.post("/monitoring/rules", body(name="", rule={"combinator": "and", "rules": []}))
    assert (refused.status_code, [p["field"] for p in refused.json["error"]["problems"]]) == (422, ["name", "rule"])


def test_what_fired_stands_on_the_board_and_in_the_list_with_its_loan(both: Console) -> None:
    manager = both.sign_in("manager")
    rule = manager.post("/monitoring/rules", body()).json["id"]
    agree(both)
    loan = live_a_day(both, -2, 0)
    live_a_day(both, -1, 7)
    live_a_day(both, 0, 7)
    board = manager.get("/monitoring").json
    assert shapes.Board().validate(board) == {}
    watched = next(one for one in board["rules"] if one["id"] == rule)
    assert (watched["holding"], watched["fired"][-3:], len(board["days"])) == (1, [0, 1, 0], 30)
    found = manager.get("/monitoring/firings", rule=str(rule), holds="true").json
    assert [(item["loan"]["id"], item["dpd"], item["until"]) for item in found["items"]] == [(loan, 7, None)]
    told = [event["text"] for event in manager.get(f"/loans/{loan}/timeline").json["items"] if event["text"]]
    assert "Late" in told
    assert manager.get("/monitoring/firings", day=TODAY.isoformat()).json["total"] == 0
    assert "Late" in manager.get("/monitoring/firings", format="csv").text


def test_a_trial_counts_past_days_and_names_what_only_today_knows(both: Console) -> None:
    manager = both.sign_in("auditor")
    live_a_day(both, -2, 0)
    live_a_day(both, -1, 7)
    asked = {"first": (TODAY - timedelta(days=6)).isoformat(), "last": TODAY.isoformat()}
    found = manager.post("/monitoring/trial", {"rule": BUCKET, **asked}).json
    assert [day["fired"] for day in found["days"]] == [1, 0]
    assert found["by_today"] == []
    assert manager.post("/monitoring/trial", {"rule": RULE, **asked}).json["by_today"] == ["Days past due (DPD)"]
    too_long = {"first": "2026-01-01", "last": "2026-02-01"}
    assert manager.post("/monitoring/trial", {"rule": BUCKET, **too_long}).status_code == 422
