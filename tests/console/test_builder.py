"""What the builder asks beside the scenario: who else is here, and how a message will read."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from scenario_engine.models import Presence
from tests.console.client import Console
from tests.console.world import World

HELLO = {"tab": "tab-1", "node": None, "editing": False}


def test_people_who_have_a_scenario_open_see_one_another(both: Console, both_world: World) -> None:
    path = f"/presence/{both_world.scenario}"
    manager, auditor = both.sign_in("manager"), both.sign_in("auditor")
    assert manager.post(path, HELLO).json["others"] == []
    seen = auditor.post(path, HELLO | {"tab": "tab-2"}).json
    assert [(each["person"], each["node"], each["editing"]) for each in seen["others"]] == [("manager", None, False)]
    assert seen["revision"] >= 1
    manager.post(path, HELLO | {"node": "n1", "editing": True})
    (other,) = auditor.post(path, HELLO | {"tab": "tab-2"}).json["others"]
    assert (other["node"], other["editing"]) == ("n1", True)
    # the manager's second tab is another pair of hands
    assert len(manager.post(path, HELLO | {"tab": "tab-3"}).json["others"]) == 2


def test_who_left_or_fell_silent_is_not_here(both: Console, both_world: World) -> None:
    path = f"/presence/{both_world.scenario}"
    manager, auditor = both.sign_in("manager"), both.sign_in("auditor")
    manager.post(path, HELLO)
    # another person's tab is not mine to close or to speak for
    auditor.post(path, HELLO | {"gone": True})
    auditor.post(path, HELLO)
    with both.database.read() as session:
        assert session.scalars(select(Presence.person)).all() == ["manager"]
    manager.post(path, HELLO | {"gone": True})
    assert auditor.post(path, HELLO | {"tab": "tab-2"}).json["others"] == []
    manager.post(path, HELLO)
    both.now += timedelta(seconds=40)
    assert auditor.post(path, HELLO | {"tab": "tab-2"}).json["others"] == []
    assert auditor.post("/presence/999999", HELLO).status_code == 404
    assert auditor.post(path, {"tab": ""}).status_code == 422


def test_a_message_is_shown_as_the_borrower_reads_it(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor")
    body = {"template": "{{ first_name }}, {{ overdue }}", "loan_id": both_world.loan}
    found = person.post("/preview/message", body).json
    assert found["text"] == "Пётр, 5\N{NO-BREAK SPACE}000,00\N{NO-BREAK SPACE}₽"
    assert (found["length"]["encoding"], found["length"]["segments"]) == ("UCS-2", 1)
    assert found["loan"]["external_id"] == "L-1"
    assert found["segment_price"] == 300
    assert sum(part["loans"] for part in found["sample"]["segments"]) == found["sample"]["loans"] > 0
    # without a loan the first that is overdue is taken
    assert person.post("/preview/message", {"template": "x"}).json["loan"]["dpd"] > 0


def test_a_preview_veils_names_and_keeps_the_length(console: Console, world: World) -> None:
    body = {"template": "{{ full_name }}!", "loan_id": world.loan}
    plain = console.sign_in("supervisor").post("/preview/message", body).json
    veiled = console.sign_in("manager").post("/preview/message", body).json
    assert "Сергеевич" in plain["text"]
    assert "Сергеевич" not in veiled["text"]
    assert "Сергеевич" not in veiled["loan"]["name"]
    assert veiled["length"] == plain["length"]


def test_a_preview_of_what_cannot_be_filled_in_says_why(console: Console, world: World) -> None:
    person = console.sign_in("manager")
    found = person.post("/preview/message", {"template": "{{ nobody }}"})
    assert found.status_code == 200
    assert [problem["code"] for problem in found.json["problems"]] == ["template.variable"]
    assert found.json["text"] is None
    assert person.post("/preview/message", {"template": "x", "loan_id": 999_999}).status_code == 404
    assert person.post("/preview/message", {"template": "x" * 10_001}).status_code == 422
