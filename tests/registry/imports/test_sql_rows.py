"""Another system's database as a source: what it may reach, what is read, and what a death in the middle leaves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from scenario_engine.addresses import checked_address
from scenario_engine.errors import Invalid
from scenario_engine.registry.imports import sql_rows
from scenario_engine.registry.imports.sql_rows import (
    Reach,
    SourceLost,
    SqlRows,
    _stored,
    _value,
    check_query,
    shown_url,
)
from tests.harness.postgres import PostgresServer


def _looked_up(*addresses: str) -> Any:
    return lambda _host, _port: addresses


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.5", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "fe80::1%eth0", "0.0.0.0",  # noqa: S104
     "100.64.0.1", "::ffff:10.0.0.5", "64:ff9b::a00:5", "2002:a00:5::", "224.0.0.1"],
)  # fmt: skip
def test_inner_addresses_are_closed(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_address("db.example", 5432, networks="", lookup=_looked_up(address))
    assert refused.value.code == "address.inner"


def test_a_name_with_one_inner_address_among_public_ones_is_closed() -> None:
    with pytest.raises(Invalid):
        checked_address("db.example", 5432, networks="", lookup=_looked_up("93.184.216.34", "10.0.0.5"))


def test_named_networks_are_open_and_link_local_ones_never() -> None:
    networks = "10.1.0.0/16, 169.254.0.0/16"
    assert checked_address("db", 1, networks=networks, lookup=_looked_up("10.1.2.3")) == "10.1.2.3"
    assert checked_address("db", 1, networks=networks, lookup=_looked_up("93.184.216.34")) == "93.184.216.34"
    for address in ("10.2.0.1", "169.254.169.254"):
        with pytest.raises(Invalid):
            checked_address("db", 1, networks=networks, lookup=_looked_up(address))


def test_the_address_that_was_checked_is_the_one_that_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means something else at the second question must not lead inside."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    reached: list[dict[str, Any]] = []

    def connect(_url: Any, **options: Any) -> Any:
        reached.append(options["connect_args"])
        raise ImportError("far enough")

    monkeypatch.setattr("scenario_engine.registry.imports.sql_rows.create_engine", connect)
    reach = Reach(lookup=lambda _host, _port: next(answers))
    with pytest.raises(Invalid):
        SqlRows(url="postgresql://reader@db.example/loans", query="select 1", reach=reach).look()
    assert [one["hostaddr"] for one in reached] == ["93.184.216.34"]


@pytest.mark.parametrize(
    "url",
    ["", "nothing", "postgresql:///loans", "postgresql://a/b?host=10.0.0.1", "postgresql://a/b?service=x",
     "postgresql://a,10.0.0.1/b",  "mssql://a/b?odbc_connect=x", "duckdb:///etc/passwd",
     "postgresql://a/b?passfile=/etc/passwd"],
)  # fmt: skip
def test_urls_that_lead_elsewhere_are_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        shown_url(url)
    assert refused.value.code == "source.url"


def test_a_url_is_shown_without_its_password() -> None:
    shown = shown_url("postgresql://reader:secret@db.example:6000/loans?sslmode=require")
    assert shown == "postgresql+psycopg://reader:***@db.example:6000/loans?sslmode=require"


@pytest.mark.parametrize(
    "query",
    ["", "delete from loans", "select 1; drop table loans", "/* select */ update loans set x = 1", "x" * 30_000],
)
def test_what_is_not_one_select_is_refused(query: str) -> None:
    with pytest.raises(Invalid):
        check_query(query)
    check_query("-- the loans\nwith x as (select 1 as id) select * from x;")


def test_a_file_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    sqlite3.connect(tmp_path / "kaskad.db").close()
    for url in ("sqlite:///../kaskad.db", f"sqlite:///{tmp_path / 'kaskad.db'}", "sqlite://", "sqlite:///absent.db"):
        with pytest.raises(Invalid) as refused:
            SqlRows(url=url, query="select 1", reach=Reach(folder=folder)).look()
        assert refused.value.code == "source.file"


@pytest.fixture
def core(tmp_path: Path) -> Iterator[tuple[Reach, sqlite3.Connection]]:
    """Another system's database, and the reach that allows it."""
    folder = tmp_path / "sources"
    folder.mkdir()
    connection = sqlite3.connect(folder / "core.db")
    connection.execute("CREATE TABLE loans (id TEXT, owed NUMERIC, changed INTEGER)")
    connection.executemany("INSERT INTO loans VALUES (?, ?, ?)", [(f"L-{n}", n * 1.5, n) for n in range(1, 101)])
    connection.commit()
    yield Reach(folder=folder), connection
    connection.close()


def test_a_query_is_read_from_the_last_value_on(core: tuple[Reach, sqlite3.Connection]) -> None:
    reach, other = core
    asked = SqlRows(
        url="sqlite:///core.db",
        query="select id, owed, changed from loans where id <> ':x'",
        growing="changed",
        reach=reach,
    )
    look = asked.look()
    assert [column.name for column in look.columns] == ["id", "owed", "changed"]
    assert look.columns[0].samples[:2] == ("L-1", "L-2")
    first = asked.open()
    assert len(list(first.rows())) == 100
    assert first.reached == {"type": "number", "value": "100"}
    other.execute("INSERT INTO loans VALUES ('L-101', 5, 100), ('L-0', 5, 3)")
    other.commit()
    later = SqlRows(url=asked.url, query=asked.query, growing="changed", reached=first.reached, reach=reach).open()
    assert [row.cells[0] for row in later.rows()] == ["L-100", "L-101"]


def test_nothing_is_written_there(core: tuple[Reach, sqlite3.Connection]) -> None:
    reach, _other = core
    asked = SqlRows(url="sqlite:///core.db", query="select 1", reach=reach)
    with asked._connected(5) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM loans").scalar() == 100
    with pytest.raises(SourceLost) as refused, asked._connected(5) as connection:
        connection.exec_driver_sql("DELETE FROM loans")
    assert "readonly" in refused.value.details


@pytest.mark.parametrize(
    "value", [5, Decimal("1.50"), datetime(2026, 11, 1, 3, 4, tzinfo=UTC), date(2026, 11, 1), "abc"]
)
def test_a_last_value_is_the_same_again(value: Any) -> None:
    assert _value(_stored(value)) == value


@pytest.fixture
def other_postgres(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of another system's PostgreSQL, with many loans; ours listens on a socket that no source may name."""
    options = {"application_name": "kaskad"}
    monkeypatch.setattr(sql_rows, "_target", lambda url, _reach, _patience: (make_url(url), options))
    name = postgres_server.create_database()
    url = postgres_server.url(name)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE loans AS SELECT 'L-' || n AS id, n * 1.25 AS owed, date '2026-01-01' AS due,"
                " timestamptz '2026-11-01 00:00+03' + n * interval '1 second' AS changed"
                " FROM generate_series(1, 20000) n"
            )
        )
    engine.dispose()
    yield url
    postgres_server.drop_database(name)


def test_a_postgres_is_read_as_a_stream_and_not_written_to(other_postgres: str) -> None:
    asked = SqlRows(
        url=other_postgres, query="select * from loans", growing="changed",
        reached={"type": "instant", "value": "2026-11-01T05:30:00+03:00"},
    )  # fmt: skip
    opened = asked.open()
    read = list(opened.rows())
    assert (len(read), read[0].cells[:3]) == (201, ["L-19800", "24750.00", date(2026, 1, 1)])
    assert opened.reached is not None
    assert datetime.fromisoformat(opened.reached["value"]) == datetime(2026, 11, 1, 2, 33, 20, tzinfo=UTC)
    with pytest.raises(SourceLost) as refused, asked._connected(5) as connection:
        connection.execute(text("DELETE FROM loans"))
    assert "read-only" in refused.value.details


def test_a_postgres_that_goes_away_in_the_middle_is_told_as_lost(other_postgres: str) -> None:
    opened = SqlRows(url=other_postgres, query="select * from loans").open()
    rows = opened.rows()
    assert next(rows).cells[0] == "L-1"
    engine = create_engine(other_postgres)
    with engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kaskad'")
        )
    engine.dispose()
    with pytest.raises(SourceLost):
        list(rows)
