"""`kaskad maintain` at a terminal."""

from __future__ import annotations

from tests.cli.terminal import Terminal


def test_maintain_says_what_takes_room(demo: Terminal) -> None:
    answer = demo.done("maintain", "--json").json
    assert answer["kept"]["made"] == []
    room = {size["name"]: size["bytes"] for size in answer["sizes"]}
    assert room["file"] == demo.database.stat().st_size
    assert demo.ask("SELECT count(*) > 0 FROM sqlite_stat1") == [(1,)]
    assert "database file" in demo.done("maintain").out
    assert "файл базы" in demo.done("--language", "ru", "maintain").out


def test_a_dry_run_counts_nothing_anew(demo: Terminal) -> None:
    before = demo.ask("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
    demo.done("maintain", "--dry-run")
    assert demo.ask("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'") == before


def test_nothing_is_dropped_that_was_not_written(demo: Terminal) -> None:
    refused = demo.run("maintain", "--drop")
    assert refused.status == 2
    assert "--archive" in refused.err
    assert demo.run("maintain", "--archive", str(demo.folder / "nowhere")).status == 2


def test_too_short_a_history_is_refused(demo: Terminal) -> None:
    refused = demo.run("maintain", KASKAD_HISTORY_MONTHS="2")
    assert refused.status == 2
    assert "KASKAD_HISTORY_MONTHS" in refused.err


def test_too_few_days_of_what_was_told_are_refused(demo: Terminal) -> None:
    refused = demo.run("maintain", KASKAD_TOLD_DAYS="59")
    assert refused.status == 2
    assert "KASKAD_TOLD_DAYS" in refused.err
