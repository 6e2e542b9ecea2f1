"""`kaskad import`, as a person and as a script use it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.registry.imports.files import LOAN_MAPPING, loans, payments, saved, table

GOOD = ("L1", "B1", "100", "50", "45")


@pytest.fixture
def terminal(sqlite_template: Path, tmp_path: Path) -> Terminal:
    """A terminal on an empty registry."""
    terminal = Terminal(tmp_path / "kaskad.db", tmp_path)
    shutil.copyfile(sqlite_template, terminal.database)
    return terminal


def test_a_file_with_known_columns_needs_no_mapping(terminal: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(GOOD))
    assert terminal.done("import", str(path)).out == (
        "Rows read: 1; added: 1, updated: 0, unchanged: 0, wrong and left out: 0\n"
    )
    answer = terminal.done("import", str(path), "--json").json
    assert {key: answer[key] for key in ("state", "read", "added", "updated", "unchanged", "wrong")} == {
        "state": "done", "read": 1, "added": 0, "updated": 0, "unchanged": 1, "wrong": 0,
    }  # fmt: skip


def test_a_trial_says_what_would_be(terminal: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(GOOD))
    assert terminal.done("import", str(path), "--dry-run").out.startswith(
        "Nothing was written. Rows read: 1; to be added: 1"
    )
    assert terminal.done("import", str(path), "--json").json["added"] == 1


def test_unknown_columns_are_refused_with_a_mapping_to_edit(terminal: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path, table(("a", "b", "c", "balance"), ("L1", "B1", "1", "2")))
    kept = tmp_path / "mapping.json"
    answer = terminal.run("import", str(path), "--save-mapping", str(kept))
    assert answer.status == 1
    proposal = {
        "external_id": {"column": None},
        "borrower_id": {"column": None},
        "principal": {"column": None},
        "balance": {"column": "balance", "unit": "roubles"},
    }
    assert answer.json == proposal == json.loads(kept.read_text(encoding="utf-8"))
    assert "Borrower id" in answer.err
    chosen = {
        "external_id": {"column": "a"}, "borrower_id": {"column": "b"}, "principal": {"column": "c"},
        "balance": {"column": "balance"},
    }  # fmt: skip
    kept.write_text(json.dumps(chosen), encoding="utf-8")
    assert terminal.done("import", str(path), "--mapping", str(kept), "--json").json["added"] == 1
    assert terminal.done("import", str(path), "--json").json["unchanged"] == 1


def test_wrong_rows_are_told_and_end_with_status_1(terminal: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(GOOD, ("L2", "B2", "-5", "=1", "0")))
    answer = terminal.run("--language", "en", "import", str(path))
    assert (answer.status, answer.out) == (1, "")
    assert "row 3, principal '-5': The amount is negative." in answer.err
    assert "row 3, balance '=1': The cell holds a formula" in answer.err
    russian = terminal.run("--language", "ru", "import", str(path))
    assert "строка 3, principal '-5': Сумма отрицательная." in russian.err
    told = terminal.run("import", str(path), "--json")
    assert told.status == 1
    assert [(one["row"], one["column"], one["code"]) for one in told.json["problems"]] == [
        (3, "principal", "amount.negative"),
        (3, "balance", "cell.formula"),
    ]
    assert terminal.done("import", str(path), "--partial", "--json").json["added"] == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook", b"\x00\x01\x02" * 999])
def test_a_file_that_is_no_table_is_refused(terminal: Terminal, tmp_path: Path, content: bytes) -> None:
    path = saved(tmp_path, content)
    answer = terminal.run("import", str(path))
    assert (answer.status, answer.out) == (1, "")
    assert answer.err.strip()
    assert terminal.run("import", str(path), "--json").json["state"] == "refused"


def test_how_to_read_the_file_may_be_said(terminal: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(GOOD, mark="\t"), encoding="cp866")
    how = ("--encoding", "cp866", "--separator", "tab")
    assert terminal.done("import", str(path), *how, "--json").json["added"] == 1
    assert terminal.run("import", str(path), "--separator", "::").status == 1
    assert terminal.run("import", str(path), "--encoding", "rot13").status == 2
    assert terminal.run("import", str(tmp_path / "absent.csv")).status == 2


def test_a_bad_mapping_file_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    path = saved(tmp_path, loans(GOOD))
    for text, status in (("{", 2), ("[]", 1), (json.dumps(LOAN_MAPPING | {"x": {}}), 1)):
        mapping = saved(tmp_path, text, "mapping.json")
        answer = terminal.run("import", str(path), "--mapping", str(mapping))
        assert answer.status == status, text
        assert answer.err


def test_payments_act_at_once_and_everything_is_in_the_audit_trail(terminal: Terminal, tmp_path: Path) -> None:
    terminal.done("import", str(saved(tmp_path, loans(GOOD))), "--actor", "maria", "--now", "2026-03-16T10:00")
    paid = saved(tmp_path, payments(("P1", "L1", "50", "16.03.2026")))
    answer = terminal.done("import", str(paid), "--kind", "payments", "--now", "2026-03-17T10:00", "--json")
    assert answer.json["added"] == 1
    lines = [json.loads(line) for line in terminal.done("audit", "export").out.splitlines()]
    told = [(line["actor"], line["action"]) for line in lines if line["action"].startswith(("import.", "engine.s"))]
    assert told == [
        ("maria", "import.started"),
        ("engine", "engine.signals"),
        ("maria", "import.finished"),
        ("command", "import.started"),
        ("engine", "engine.signals"),
        ("command", "import.finished"),
    ]
    assert lines[-1]["details"]["added"] == 1
