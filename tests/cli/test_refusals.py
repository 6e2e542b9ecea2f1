"""Bad input: exit status 1 or 2 and a message that says what is wrong, never a traceback, nothing written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

#: words of the command, and what its message must mention
REFUSED = {
    "a file that is not there": (("rule", "count", "{folder}/none.json"), "none.json"),
    "a folder instead of a file": (("rule", "count", "{folder}"), "{folder}"),
    "a file that is not JSON": (("rule", "count", "{folder}/broken.json"), "broken.json cannot be read as JSON"),
    "a rule that is a list": (("rule", "count", "{folder}/list.json"), "must be an object"),
    "a rule over an unknown field": (("rule", "words", "{folder}/field.json"), "nope"),
    "a document that is a list": (("scenario", "import", "{folder}/list.json"), "object"),
    "a file in another encoding": (("scenario", "import", "{folder}/bytes.json"), "bytes.json"),
    "an unknown loan": (("pay", "NOPE-1", "100"), "NOPE-1"),
    "a negative amount": (("pay", "DEMO-000001", "-5"), "'-5' is not an amount"),
    "an amount of nothing": (("pay", "DEMO-000001", "0.00"), "above 0"),
    "an amount in words": (("pay", "DEMO-000001", "much"), "'much' is not an amount"),
    "an amount beyond belief": (("pay", "DEMO-000001", "999999999999"), "10 billion"),
    "an option that does not exist": (("pay", "DEMO-000001", "5", "--nope"), "--nope"),
    "a moment in words": (("tick", "--now", "yesterday"), "'yesterday' is not a moment"),
    "a moment at the end of the calendar": (("tick", "--now", "9999-12-31T23:59"), "is not a moment"),
    "a moment at its beginning": (("tick", "--now", "0001-01-01"), "is not a moment"),
    "a day that does not exist": (("roll", "--on", "2026-02-30"), "'2026-02-30' is not a day"),
    "an unknown scenario": (("scenario", "stats", "nope"), "nope"),
    "an unknown version": (("scenario", "stats", "soft-1-30", "--version", "9"), "version 9"),
    "a period that ends before it begins": (
        ("scenario", "stats", "soft-1-30", "--from", "2026-03-02", "--to", "2026-03-01"),
        "later than",
    ),
    "a key that is taken": (("scenario", "create", "Other", "--key", "soft-1-30"), "soft-1-30"),
    "a name of five thousand letters": (("scenario", "create", "x" * 5_000), "250"),
    "an unknown user": (("scenario", "publish", "soft-1-30", "--as", "nobody", "--approve-as", "compliance"), "nobody"),
    "a short password": (("users", "add", "x", "--role", "Admin", "--password", "1"), "at least 8"),
    "an unknown role": (("users", "add", "x", "--role", "King", "--password", "long enough"), "King"),
    "a file that cannot be written": (("audit", "export", "--out", "{folder}/none/audit.csv"), "audit.csv"),
    "a worker without a queue": (("worker",), "KASKAD_BROKER_URL"),
    "an unknown command": (("collect",), "collect"),
    "a benchmark in a database that is in use": (
        ("bench", "--loans", "2000", "--database", "sqlite:///{folder}/kaskad.db"),
        "in use",
    ),
}


@pytest.fixture
def careless(demo: Terminal) -> Terminal:
    """The demo, and files as people bring them."""
    demo.file("broken.json", "{")
    demo.file("list.json", [])
    demo.file("field.json", {"combinator": "and", "rules": [{"field": "nope", "operator": "=", "value": 1}]})
    (demo.folder / "bytes.json").write_bytes('{"name": "Имя"}'.encode("cp1251"))
    return demo


def everything(terminal: Terminal) -> list[str]:
    """Every row that a refused command could have written."""
    tables = ("payments", "signals", "cases", "scenarios", "versions", "audit_entries", "ab_user")
    return [repr(terminal.ask(f"SELECT * FROM {table} ORDER BY 1")) for table in tables]  # noqa: S608


@pytest.mark.parametrize("what", REFUSED)
def test_bad_input_is_refused_in_words_and_writes_nothing(careless: Terminal, what: str) -> None:
    words, mention = REFUSED[what]
    before = everything(careless)
    answer = careless.run(*[word.replace("{folder}", str(careless.folder)) for word in words])
    assert answer.status in (1, 2)
    assert mention.replace("{folder}", str(careless.folder)) in answer.err
    assert "Traceback" not in answer.out + answer.err
    assert everything(careless) == before


@pytest.mark.parametrize(
    ("url", "mention"),
    [
        ("nonsense", "not understood"),
        ("mysql://someone@somewhere/x", "not understood"),
        ("sqlite:///{folder}/none.db", "Run `kaskad init`"),
        ("sqlite:///{folder}/text.db", "not a database"),
        ("sqlite:///{folder}/empty.db", "Run `kaskad init`"),
        ("postgresql://u:secret@127.0.0.1:1/x", "Connection refused"),
    ],
)
def test_a_wrong_database_is_named_and_its_password_is_not(terminal: Terminal, url: str, mention: str) -> None:
    terminal.file("text.db", "This is not a database. " * 100)
    terminal.file("empty.db", "")
    answer = terminal.run("--database", url.replace("{folder}", str(terminal.folder)), "scenario", "list")
    assert answer.status == 2
    assert mention in answer.err
    assert "secret" not in answer.err


def test_a_database_in_an_impossible_place_is_refused(terminal: Terminal) -> None:
    terminal.file("file", "")
    answer = terminal.run("--database", f"sqlite:///{terminal.folder}/file/kaskad.db", "init")
    assert answer.status == 2
    assert str(terminal.folder / "file") in answer.err


def test_tables_older_than_the_program_are_told_from_missing_ones(demo: Terminal) -> None:
    with sqlite3.connect(demo.database) as connection:
        connection.execute("ALTER TABLE loans RENAME COLUMN overdue_since TO late_since")
    answer = demo.run("roll")
    assert answer.status == 2
    assert "older than this program" in answer.err


@pytest.mark.parametrize(
    ("name", "value"),
    [("KASKAD_PORT", "99999"), ("KASKAD_TIME_ZONE", "Mars/Base"), ("KASKAD_LANGUAGE", "de"), ("KASKAD_HTTPS", "maybe")],
)
def test_a_wrong_setting_is_named(demo: Terminal, name: str, value: str) -> None:
    answer = demo.run("scenario", "list", **{name: value})
    assert answer.status == 2
    assert name in answer.err


def test_refusals_speak_the_language_of_the_terminal(demo: Terminal) -> None:
    assert demo.run("pay", "NOPE", "5", KASKAD_LANGUAGE="ru").err.strip() == "Займа NOPE нет."
    assert "не момент времени" in demo.run("tick", "--now", "x", KASKAD_LANGUAGE="ru").err
    assert "не сумма" in demo.run("--language", "ru", "pay", "NOPE", "x").err
    by_locale = demo.run("pay", "NOPE", "5", KASKAD_LANGUAGE=None, LC_ALL="ru_RU.UTF-8")
    assert by_locale.err.strip() == "Займа NOPE нет."


@pytest.mark.parametrize("command", ["web", "engine"])
def test_a_server_does_not_start_on_tables_that_are_not_there(terminal: Terminal, command: str, tmp_path: Path) -> None:
    (tmp_path / "kaskad.db").touch()
    answer = terminal.run(command)
    assert answer.status == 2
    assert "Run `kaskad init`" in answer.err
