"""Two scenarios may have one name; wherever only the name would show, their keys tell them apart."""

from __future__ import annotations

from scenario_engine.engine.trouble import pause
from scenario_engine.models import Scenario
from scenario_engine.texts import Text
from tests.console.client import Console
from tests.console.world import NOW, World
from tests.engine.scenarios import a_document, a_live_version, overdue_rule


def twins(console: Console, like: int) -> tuple[str, str, str]:
    """A twin of the scenario, in its track: the name of both, the first's key and the second's."""
    document = a_document(
        {"in": ("entry.segment", {"rule": overdue_rule(1)}), "out": ("exit", {"reason": "x"})}, ["in:next>out"]
    )
    with console.database.write() as session:
        first = session.get_one(Scenario, like)
        second = session.get_one(Scenario, a_live_version(session, document, key="twin", now=NOW).scenario_id)
        second.name = first.name
        return first.name, first.key, second.key


def test_of_two_scenarios_with_one_name_each_shows_its_key(both: Console, both_world: World) -> None:
    name, first, second = twins(both, both_world.scenario)
    manager = both.sign_in("manager")
    shown = {f"{name} ({first})", f"{name} ({second})"}
    assert {one["name"] for one in manager.get("/search", q=name).json["scenarios"]} == shown
    assert shown <= {one["name"] for one in manager.get("/home").json["scenarios"]}
    cases = manager.get(f"/loans/{both_world.loan}").json["cases"]
    assert f"{name} ({first})" in {case["scenario"]["name"] for case in cases}
    said = {
        item["scenario"]["name"]: item["text"]
        for item in manager.get(f"/loans/{both_world.loan}/scenarios").json["items"]
    }
    assert shown <= set(said)
    assert f"“{name} ({first})”" in said[f"{name} ({second})"]
    listed = {one["key"] for one in manager.get("/scenarios").json["items"] if one["name"] == name}
    assert listed == {first, second}, "the list has a line for the key"
    ids = {one["key"]: one["id"] for one in manager.get("/scenarios").json["items"]}
    files = [manager.get(f"/scenarios/{ids[key]}/export").headers["Content-Disposition"] for key in (first, second)]
    assert files == [f'attachment; filename="{first}.json"', f'attachment; filename="{second}.json"']
    with both.database.write() as session:
        pause(session, session.get_one(Scenario, both_world.scenario), Text("It fails.", "Не работает."), now=NOW)
    assert f"“{name} ({first})”" in manager.get("/notices").json["items"][0]["text"]
    assert manager.get("/engine").json["paused"][0]["scenario"]["name"] == f"{name} ({first})"


def test_a_scenario_whose_name_nobody_shares_shows_the_name_alone(both: Console, both_world: World) -> None:
    with both.database.read() as session:
        name = session.get_one(Scenario, both_world.scenario).name
    found = both.sign_in("manager").get("/search", q=name).json["scenarios"]
    assert [one["name"] for one in found] == [name]
