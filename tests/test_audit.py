"""The audit trail can be searched and exported, and nobody changes it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scenario_engine import audit
from scenario_engine.audit import Filters, Page
from scenario_engine.database import Database

NOON = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def trail(database: Database) -> Database:
    with database.write() as session:
        for hour, (actor, action, subject, details) in enumerate(
            [
                ("manager", "scenario.created", 1, {"key": "soft"}),
                ("manager", "scenario.saved", 1, {"note": "скидка 50%"}),
                ("compliance", "version.approved", 7, {"number": 1}),
                ("=cmd()", "task.taken", 3, {"quote": 'he said "yes"\n'}),
                ("engine", "engine.batch", None, {}),
            ]
        ):
            audit.record(
                session,
                at=NOON + timedelta(hours=hour),
                actor=actor,
                action=action,
                subject_type=action.partition(".")[0],
                subject_id=subject,
                **details,
            )
    return database


@pytest.mark.parametrize(
    ("filters", "actions"),
    [
        (Filters(), ["scenario.created", "scenario.saved", "version.approved", "task.taken", "engine.batch"]),
        (Filters(actor="manager"), ["scenario.created", "scenario.saved"]),
        (Filters(action="version.approved"), ["version.approved"]),
        (Filters(action="scenario."), ["scenario.created", "scenario.saved"]),
        (Filters(action="scenario"), []),
        (Filters(action="%."), []),
        (Filters(subject_type="version", subject_id="7"), ["version.approved"]),
        (
            Filters(since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=3)),
            ["scenario.saved", "version.approved"],
        ),
        (Filters(text="COMPLIANCE"), ["version.approved"]),
        (Filters(text="скидка 50%"), ["scenario.saved"]),
        (Filters(text="скидка 5_%"), []),
        (Filters(text='said "yes"'), ["task.taken"]),
        (Filters(actor="nobody' OR 1=1 --"), []),
    ],
)
def test_entries_are_found_by_every_filter(trail: Database, filters: Filters, actions: list[str]) -> None:
    with trail.read() as session:
        found = audit.search(session, filters, Page(newest_first=False))
        assert [entry.action for entry in found.entries] == actions
        assert found.total == len(actions)


def test_pages_part_the_entries_newest_first(trail: Database) -> None:
    with trail.read() as session:
        pages = [audit.search(session, Filters(), Page(number=number, size=2)) for number in (1, 2, 3, 4)]
    assert [[entry.action for entry in page.entries] for page in pages] == [
        ["engine.batch", "task.taken"],
        ["version.approved", "scenario.saved"],
        ["scenario.created"],
        [],
    ]
    assert {page.total for page in pages} == {5}


def test_facets_are_what_occurs(trail: Database) -> None:
    with trail.read() as session:
        found = audit.facets(session)
    assert set(found.actors) == {"manager", "compliance", "=cmd()", "engine"}
    assert list(found.subject_types) == ["engine", "scenario", "task", "version"]
    assert "task.taken" in found.actions


def test_json_lines_hold_every_value(trail: Database) -> None:
    with trail.read() as session:
        lines = [json.loads(line) for line in audit.export(session, Filters(), "jsonl")]
    assert len(lines) == 5
    assert lines[1]["details"] == {"note": "скидка 50%"}
    assert lines[0]["at"] == "2026-03-04T09:00:00Z"
    assert lines[4]["subject_id"] is None


def test_csv_is_read_back_and_runs_no_formula(trail: Database) -> None:
    with trail.read() as session:
        rows = list(csv.DictReader(io.StringIO("".join(audit.export(session, Filters(), "csv")))))
    assert [row["action"] for row in rows][:2] == ["scenario.created", "scenario.saved"]
    assert json.loads(rows[3]["details"]) == {"quote": 'he said "yes"\n'}
    assert rows[3]["actor"] == "'=cmd()"


def test_an_export_keeps_no_entries_in_memory(trail: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "CHUNK", 2)
    with trail.read() as session:
        kept = [len(session.identity_map) for _ in audit.export(session, Filters(), "jsonl")]
        assert max(kept) <= 2
        assert len(session.identity_map) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'me'",
        "UPDATE audit_entries SET details = details",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "TRUNCATE audit_entries CASCADE",
    ],
)
def test_nothing_in_the_trail_can_be_changed(trail: Database, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match="append-only" if "TRUNCATE" not in statement else None),
        trail.write() as session,
    ):
        session.execute(text(statement))
    with trail.read() as session:
        assert audit.search(session, Filters(), Page()).total == 5
        assert audit.search(session, Filters(actor="me"), Page()).total == 0
