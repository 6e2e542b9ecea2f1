"""`kaskad scenario`, `tick`, `pay`, `roll`, `audit`: a scenario's life from a file to its numbers."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from typing import Any

from console.cli.sketch import rule, sketch
from tests.cli.terminal import NOW, Terminal

PUBLISH = ("--as", "manager", "--approve-as", "compliance", "--now", NOW)


def three_steps(name: str = "Late loans") -> dict[str, Any]:
    """Every late loan waits three days."""
    return sketch(
        name,
        {
            "late": ("entry.segment", "Late", {"rule": rule(("dpd", ">=", 1))}),
            "pause": ("wait.duration", "Three days", {"days": 3}),
            "end": ("exit", "End", {}),
        },
        [("late", "next", "pause"), ("pause", "next", "end")],
        track="test",
    )


def test_a_file_with_its_templates_is_checked_as_an_import_would_find_it(demo: Terminal) -> None:
    said = {"ru": {"body": "Оплатите {{ overdue }}. {{ creditor_name }}, {{ creditor_phone }}"}}
    document = three_steps() | {
        "library": [{"key": "carried", "revision": 1, "title": "Carried", "channel": "sms", "texts": said}]
    }
    message = {"library": {"key": "carried", "revision": 1}, "connector": "sandbox"}
    document["nodes"][1] |= {"type": "sms", "data": {"label": "Say", "params": message}}
    document["edges"][1]["sourceHandle"] = "sent"
    document["edges"].append(document["edges"][1] | {"id": "e3", "sourceHandle": "blocked"})
    good = demo.file("carried.json", document)
    assert demo.done("scenario", "validate", good, "--json").json["problems"] == []
    del document["library"]
    bare = demo.run("scenario", "validate", demo.file("bare.json", document), "--json")
    assert [problem["code"] for problem in bare.json["problems"]] == ["template.unknown"], "nothing of it stayed"


def publish(demo: Terminal) -> None:
    """The three steps, live under the key ``late``."""
    demo.done("scenario", "import", demo.file("late.json", three_steps()), "--key", "late", "--as", "manager")
    demo.done("scenario", "publish", "late", *PUBLISH)


def state_of(demo: Terminal, key: str) -> str:
    """The scenario's state as the list shows it."""
    return {item["key"]: item["state"] for item in demo.done("scenario", "list", "--json").json}[key]


def test_the_demos_scenarios_are_listed_with_their_state(demo: Terminal) -> None:
    listed = demo.done("scenario", "list", "--json").json
    assert {item["key"] for item in listed} == {"reminder", "soft-1-30", "broken-promise", "middle-31-90"}
    assert all(item["state"] == "live" and item["live_version"] == 1 for item in listed)
    assert demo.done("scenario", "list", KASKAD_LANGUAGE="ru").rows[0][0] == "ключ"


def test_a_created_scenario_is_an_empty_draft_and_may_begin_as_a_copy(demo: Terminal) -> None:
    made = demo.done("scenario", "create", "New one", "--as", "manager", "--json").json
    copied = demo.done("scenario", "create", "Copy", "--copy-of", "soft-1-30", "--json").json
    assert state_of(demo, made["key"]) == "draft"
    empty, full = (json.loads(demo.done("scenario", "export", item["key"]).out) for item in (made, copied))
    assert empty["nodes"] == []
    assert {node["type"] for node in full["nodes"]} >= {"entry.segment", "sms", "task"}


def test_a_document_that_goes_out_comes_in_again_unchanged(demo: Terminal) -> None:
    out = demo.folder / "soft.json"
    demo.done("scenario", "export", "soft-1-30", "--out", str(out))
    demo.done("scenario", "import", str(out), "--key", "again", "--as", "manager")
    again = json.loads(demo.done("scenario", "export", "again").out)
    assert again == json.loads(out.read_text(encoding="utf-8"))
    demo.done("scenario", "import", demo.file("late.json", three_steps()), "--into", "again", "--as", "manager")
    assert len(json.loads(demo.done("scenario", "export", "again").out)["nodes"]) == 3
    published = json.loads(demo.done("scenario", "export", "soft-1-30", "--version", "1").out)
    assert published["nodes"] == json.loads(out.read_text(encoding="utf-8"))["nodes"]


def test_validation_finds_every_problem_at_once_and_says_it_by_its_status(demo: Terminal) -> None:
    good = demo.file("good.json", three_steps())
    assert demo.done("scenario", "validate", good, "--json").json["problems"] == []
    document = three_steps()
    document["edges"].pop()
    document["nodes"][0]["data"]["params"]["rule"]["rules"][0]["field"] = "shoe_size"
    answer = demo.run("scenario", "validate", demo.file("bad.json", document), "--json")
    assert answer.status == 1
    assert {problem["node"] for problem in answer.json["problems"]} >= {"late", "pause"}
    said = demo.run("scenario", "validate", demo.file("bad.json", document), KASKAD_LANGUAGE="ru")
    assert said.status == 1
    assert "Публиковать нельзя" in said.out
    assert "shoe_size" in said.err


def test_publishing_takes_two_people_with_the_right_to_it(demo: Terminal) -> None:
    demo.done("scenario", "import", demo.file("late.json", three_steps()), "--key", "late", "--as", "manager")
    for submits, approves in (("manager", "manager"), ("operator", "compliance"), ("manager", "auditor")):
        answer = demo.run("scenario", "publish", "late", "--as", submits, "--approve-as", approves)
        assert answer.status == 2, (submits, approves)
        assert state_of(demo, "late") == "draft"
    published = demo.done("scenario", "publish", "late", *PUBLISH, "--json").json
    assert (published["key"], published["number"]) == ("late", 1)
    assert state_of(demo, "late") == "live"


def test_a_paused_scenario_stands_until_it_is_resumed(demo: Terminal) -> None:
    publish(demo)
    demo.done("scenario", "pause", "late", "--reason", "the texts are wrong", "--as", "manager")
    assert state_of(demo, "late") == "paused"
    assert demo.done("tick", "--now", NOW, "--json").json["enrolled"] == 0
    demo.done("scenario", "resume", "late", "--as", "manager")
    assert state_of(demo, "late") == "live"
    assert demo.done("tick", "--now", NOW, "--json").json["enrolled"] > 0


def test_a_tick_moves_loans_and_the_numbers_add_up(demo: Terminal) -> None:
    publish(demo)
    late = demo.done("rule", "count", demo.file("r.json", rule(("dpd", ">=", 1))), "--now", NOW, "--json").json["loans"]
    first = demo.done("tick", "--now", NOW, "--json").json
    assert first["enrolled"] == late > 0
    still = demo.done("tick", "--now", NOW, "--json").json
    assert (still["enrolled"], still["advanced"]) == (0, 0)
    later = demo.done("tick", "--now", "2026-03-20T14:01+03:00", "--no-enrol", "--send", "--json").json
    assert later["ended"] >= late
    assert later["sent"] >= 0
    stats = demo.done("scenario", "stats", "late", "--now", "2026-03-21T10:00+03:00", "--json").json["nodes"]
    assert stats["pause"]["entered"] == late
    assert stats["end"]["left"] == late
    for node in stats.values():
        assert node["before"] + node["entered"] == node["here"] + node["left"] + node["failed"]
    table = demo.done("scenario", "stats", "late", "--now", "2026-03-21T10:00+03:00").rows
    assert [row[0] for row in table] == ["node", "late", "pause", "end"]


def test_a_payment_that_cures_the_loan_ends_its_cases_and_is_never_counted_twice(demo: Terminal) -> None:
    publish(demo)
    demo.done("tick", "--now", NOW)
    [(loan, owed, cases)] = demo.ask(
        "SELECT l.external_id, l.overdue, count(*) FROM loans l JOIN cases c ON c.loan_id = l.id"
        " WHERE c.ended_at IS NULL AND l.overdue > 0 GROUP BY l.id ORDER BY l.overdue LIMIT 1"
    )
    words = ("pay", loan, f"{owed // 100}.{owed % 100:02d}", "--at", "2026-03-17T15:00+03:00", "--id", "P-1")
    paid = demo.done(*words, "--json").json
    assert (paid["ended_cases"], paid["repeated"]) == (cases, False)
    assert demo.ask(
        "SELECT DISTINCT end_reason FROM cases c JOIN loans l ON l.id = c.loan_id"
        " WHERE l.external_id = ? AND c.ended_at >= '2026-03-17 12:00'",
        loan,
    ) == [("cured",)]
    assert demo.ask("SELECT overdue FROM loans WHERE external_id = ?", loan) == [(0,)]
    again = demo.done(*words, "--json").json
    assert (again["payment_id"], again["repeated"]) == (None, True)
    assert "already" in demo.done(*words).out
    assert demo.ask("SELECT count(*) FROM payments WHERE external_id = 'P-1'") == [(1,)]


def test_a_roll_brings_the_registry_to_a_day(demo: Terminal) -> None:
    before = dict(demo.ask("SELECT id, dpd FROM loans WHERE dpd > 0 AND state = 'open'"))
    rolled = demo.done("roll", "--on", "2026-03-18", "--now", "2026-03-18T03:00+03:00", "--json").json
    assert rolled["on"] == "2026-03-18"
    assert rolled["changed"] >= len(before) > 0
    after = dict(demo.ask("SELECT id, dpd FROM loans"))
    assert {after[loan] - dpd for loan, dpd in before.items()} == {1}


def test_the_audit_trail_is_exported_for_spreadsheets_and_for_programs(demo: Terminal) -> None:
    entries = demo.ask("SELECT count(*) FROM audit_entries")[0][0]
    lines = [json.loads(line) for line in demo.done("audit", "export").out.splitlines()]
    assert len(lines) == entries
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    out = demo.folder / "audit.csv"
    said = demo.done("audit", "export", "--format", "csv", "--out", str(out), KASKAD_LANGUAGE="ru")
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert len(rows) == entries
    assert str(entries) in said.err
    approved = demo.done("audit", "export", "--action", "version.approved", "--actor", "compliance").out.splitlines()
    assert len(approved) == 4
    assert demo.done("audit", "export", "--from", "2200-01-01").out == ""


def test_a_version_is_explained_in_steps_and_statements(demo: Terminal) -> None:
    publish(demo)
    said = demo.done("scenario", "explain", "late", "--database", "both", "--json").json
    assert [step["node"] for step in said["steps"]] == ["late", "pause", "end"]
    assert [step["rests"] for step in said["steps"]] == [False, True, False]
    assert [(leg["from"], leg["through"]) for leg in said["legs"]] == [
        ("late", ["late", "pause"]),
        ("pause", ["pause", "end"]),
    ]
    statements = said["legs"][0]["statements"]
    assert statements["postgresql"][0]["sql"].startswith("WITH")
    assert "UPDATE cases" in "".join(one["sql"] for one in statements["sqlite"])
    text = demo.done("scenario", "explain", "late").out
    assert "Wait 3 days" in text
    assert "decide the way of every due case" in text


def test_explaining_with_the_database_writes_nothing(demo: Terminal) -> None:
    publish(demo)
    before = _rows(demo)
    legs = demo.done("scenario", "explain", "late", "--analyze", "--json").json["legs"]
    assert any("cases" in line for line in legs[0]["plan"])
    assert _rows(demo) == before
    assert demo.run("scenario", "explain", "absent").status == 2


def _rows(demo: Terminal) -> list[str]:
    with closing(sqlite3.connect(demo.database)) as connection:
        return list(connection.iterdump())
