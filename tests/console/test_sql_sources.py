"""Databases of other systems: set up by an administrator, read on time, written whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from console import context, sql_sources
from scenario_engine.models import AuditEntry, FileImport, Job, Loan, SqlSource
from scenario_engine.registry.imports import sql_rows
from scenario_engine.registry.imports.layout import Row
from tests.console.client import Console, Person
from tests.console.world import NOW

QUERY = "select id as loan_id, client, lent, owed, dpd, changed from loans"
MAPPING = {
    "external_id": {"column": "loan_id"},
    "borrower_id": {"column": "client"},
    "principal": {"column": "lent"},
    "balance": {"column": "owed"},
    "dpd": {"column": "dpd"},
}
SOURCE: dict[str, Any] = {
    "name": "Core",
    "kind": "loans",
    "url": "sqlite:///core.db",
    "query": QUERY,
    "mapping": MAPPING,
    "growing": "changed",
    "every": 60,
    "starting": 30,
    "enabled": True,
}


class Core:
    """Another system's database."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        self.connection = sqlite3.connect(path)
        self.connection.execute("CREATE TABLE loans (id TEXT, client TEXT, lent, owed, dpd INTEGER, changed INTEGER)")

    def write(self, *rows: tuple[Any, ...]) -> None:
        """Add loans."""
        self.connection.executemany("INSERT INTO loans VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.connection.commit()


@pytest.fixture
def core(both: Console) -> Iterator[Core]:
    """It lies where the console may reach it."""
    made = Core(context.room(both.app).settings.data_dir / "sources" / "core.db")
    made.write(*((f"L-{n}", f"P-{n}", 1000, 12.5 * n, n, n) for n in range(1, 31)))
    yield made
    made.connection.close()


def _saved(person: Person, **more: Any) -> dict[str, Any]:
    answer = person.post("/sql-sources", SOURCE | more)
    assert answer.status_code == 201, answer.text
    saved: dict[str, Any] = answer.json
    return saved


def _run(both: Console, person: Person, source_id: int) -> tuple[Job, dict[str, Any]]:
    answer = person.post(f"/sql-sources/{source_id}/run")
    assert answer.status_code == 200, answer.text
    job = both.wait_for(answer.json["job_id"])
    return job, person.get(f"/imports/{answer.json['import_id']}").json


def _owed(both: Console) -> tuple[int, int]:
    with both.database.read() as session:
        found = session.execute(select(func.count(), func.coalesce(func.sum(Loan.balance), 0)).select_from(Loan)).one()
        return found[0], found[1]


def test_a_source_is_tried_set_up_and_read_from_where_it_ended(both: Console, core: Core) -> None:
    person = both.sign_in("admin")
    tried = person.post("/sql-sources/try", {key: SOURCE[key] for key in ("url", "kind", "query")})
    assert tried.status_code == 200, tried.text
    assert [column["name"] for column in tried.json["columns"]] == [
        "loan_id",
        "client",
        "lent",
        "owed",
        "dpd",
        "changed",
    ]
    assert tried.json["mapping"]["external_id"] == {"column": "loan_id"}
    assert _owed(both) == (0, 0)

    source = _saved(person)
    assert (source["address"], source["reached"], source["last"]) == ("sqlite:///core.db", None, None)
    _job, first = _run(both, person, source["id"])
    assert (first["state"], first["rows_added"], first["file_name"]) == ("done", 30, "Core")
    assert _owed(both) == (30, sum(1250 * n for n in range(1, 31)))

    core.write(("L-31", "P-31", 1000, 5, 0, 31))
    core.connection.execute("UPDATE loans SET owed = 7 WHERE id = 'L-1'")  # without its column growing
    core.connection.commit()
    _job, second = _run(both, person, source["id"])
    # the last row of the first run comes once more and changes nothing
    assert (second["rows_read"], second["rows_added"], second["rows_updated"]) == (2, 1, 0)
    card = person.get("/sql-sources").json["items"][0]
    assert (card["reached"], card["last"]["rows_added"]) == ("31", 1)
    changed = person.put(f"/sql-sources/{source['id']}", SOURCE | {"url": None, "query": QUERY + " where 1 = 1"}).json
    assert changed["reached"] is None
    _job, third = _run(both, person, source["id"])
    assert (third["rows_read"], third["rows_updated"]) == (31, 1)


def test_a_database_that_dies_in_the_middle_leaves_nothing_half_written(
    both: Console, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = both.sign_in("admin")
    source = _saved(person)
    _run(both, person, source["id"])
    before = _owed(both)
    core.write(*((f"N-{n}", f"P-{n}", 1000, 100, 0, 100 + n) for n in range(50)))
    whole = sql_rows.OpenQuery.rows

    def dying(self: sql_rows.OpenQuery) -> Iterator[Row]:
        for row in whole(self):
            if row.number == 40:
                raise sql_rows.SourceLost(sql_rows._lost(sql_rows.ArgumentError("gone")).text)
            yield row

    monkeypatch.setattr(sql_rows.OpenQuery, "rows", dying)
    job, card = _run(both, person, source["id"])
    assert (job.state, card["state"], card["rows_added"]) == ("failed", "failed", 0)
    assert "Nothing was written" in card["message"]
    assert _owed(both) == before
    with both.database.read() as session:
        assert session.scalar(select(SqlSource.reached)) == {"type": "number", "value": "30"}

    monkeypatch.undo()
    assert person.post(f"/jobs/{job.id}/repeat").status_code == 200
    assert both.wait_for(job.id).state == "done"
    assert _owed(both) == (before[0] + 50, before[1] + 50 * 10_000)


def test_wrong_rows_keep_a_run_out_and_the_next_one_begins_where_the_last_right_one_ended(
    both: Console, core: Core
) -> None:
    person = both.sign_in("admin")
    core.write(("L-99", "P-99", 1000, -5, 0, 99))
    source = _saved(person)
    _job, refused = _run(both, person, source["id"])
    assert (refused["state"], refused["rows_wrong"], refused["problems"][0]["column"]) == ("refused", 1, "owed")
    assert _owed(both)[0] == 0
    assert person.get("/sql-sources").json["items"][0]["reached"] is None
    person.put(f"/sql-sources/{source['id']}", SOURCE | {"url": None, "partial": True})
    _job, taken = _run(both, person, source["id"])
    assert (taken["state"], taken["rows_added"], taken["rows_wrong"]) == ("done", 30, 1)


def test_a_source_is_read_when_its_time_has_come_and_once(both: Console, core: Core) -> None:
    person = both.sign_in("admin")
    source = _saved(person)
    desk = context.room(both.app).jobs
    # noon in Moscow: the next half past an hour
    assert source["next_at"] == "2026-11-24T09:30:00Z"

    def runs() -> int:
        with both.database.read() as session:
            return session.scalar(select(func.count()).select_from(FileImport)) or 0

    sql_sources.start_due(both.database, desk, both.now, "Europe/Moscow")
    assert runs() == 0
    later = both.now + timedelta(minutes=31)
    for _ in range(3):
        sql_sources.start_due(both.database, desk, later, "Europe/Moscow")
    assert runs() == 1
    with both.database.read() as session:
        found = session.scalars(select(SqlSource)).one()
        assert found.next_at == both.now + timedelta(minutes=90)
        job_id, actor = session.execute(select(FileImport.job_id, FileImport.actor)).one()
    assert actor == sql_sources.SCHEDULE
    assert both.wait_for(job_id).state == "done"


def test_a_daily_run_keeps_its_hour() -> None:
    source = SqlSource(enabled=True, every=1440, starting=3 * 60)
    found = sql_sources.next_run(source, "Europe/Moscow", NOW)
    assert found is not None
    assert found.isoformat() == "2026-11-25T00:00:00+00:00"
    assert sql_sources.next_run(source, "Europe/Moscow", found) == found + timedelta(days=1)
    assert sql_sources.next_run(SqlSource(enabled=False, every=1440, starting=0), "Europe/Moscow", NOW) is None


def test_the_secret_goes_in_and_never_comes_out(both: Console) -> None:
    person = both.sign_in("admin")
    url = "postgresql://reader:hushhush@db.example.invalid/loans"
    saved = person.post("/sql-sources", SOURCE | {"url": url, "enabled": False})
    assert saved.status_code == 201, saved.text
    assert saved.json["address"] == "postgresql+psycopg://reader:***@db.example.invalid/loans"
    with both.database.read() as session:
        stored = session.execute(text("SELECT url FROM sql_sources")).scalar_one()
        assert "hushhush" not in stored
        noted = session.execute(select(AuditEntry.details).where(AuditEntry.action == "sql_source.saved")).scalar_one()
    everything = saved.text + person.get("/sql-sources").text + str(noted)
    assert "hushhush" not in everything
    tried = person.post("/sql-sources/try", {"source_id": saved.json["id"], "kind": "loans", "query": QUERY})
    assert (tried.status_code, tried.json["error"]["code"]) == (422, "address.unknown")
    assert person.post(f"/sql-sources/{saved.json['id']}/run").json["error"]["code"] == "source.off"


def test_an_inner_database_is_refused_until_its_network_is_named(both: Console) -> None:
    person = both.sign_in("admin")
    refused = person.post(
        "/sql-sources/try", {"url": "postgresql://a:b@127.0.0.1:1/x", "kind": "loans", "query": QUERY}
    )
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "address.inner")


def test_a_source_that_cannot_work_is_not_switched_on(both: Console, core: Core) -> None:
    person = both.sign_in("admin")
    for more, field in (
        ({"mapping": {"external_id": {"column": "nowhere"}}}, "external_id"),
        ({"growing": "nowhere"}, "growing"),
    ):
        refused = person.post("/sql-sources", SOURCE | more)
        assert refused.status_code == 422, refused.text
        assert field in [problem["field"] for problem in refused.json["error"]["problems"]]
    assert person.post("/sql-sources", SOURCE | {"query": "drop table loans"}).status_code == 422
    _saved(person)
    assert person.post("/sql-sources", SOURCE).json["error"]["code"] == "source.name"


def test_a_source_is_removed_and_what_it_brought_in_stays(both: Console, core: Core) -> None:
    person = both.sign_in("admin")
    source = _saved(person)
    _run(both, person, source["id"])
    assert person.delete(f"/sql-sources/{source['id']}").status_code == 204
    assert person.get("/sql-sources").json["items"] == []
    assert _owed(both)[0] == 30
    assert person.delete(f"/sql-sources/{source['id']}").status_code == 404
