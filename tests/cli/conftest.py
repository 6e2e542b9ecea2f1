"""Terminals: on no database yet, and on a small demo that the commands themselves made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.terminal import NOW, Answer, Terminal, copy_database


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal whose database does not exist yet."""
    return Terminal(tmp_path / "kaskad.db", tmp_path)


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Terminal, Answer]:
    """The terminal in which a demo of 90 loans was made, and what the command answered. Not to be changed."""
    folder = tmp_path_factory.mktemp("demo")
    terminal = Terminal(folder / "kaskad.db", folder)
    return terminal, terminal.done("demo", "--borrowers", "60", "--loans", "90", "--now", NOW, "--json")


@pytest.fixture
def demo(made_demo: tuple[Terminal, Answer], tmp_path: Path) -> Terminal:
    """A terminal on a copy of the demo that is the test's own."""
    terminal = Terminal(tmp_path / "kaskad.db", tmp_path)
    copy_database(made_demo[0].database, terminal.database)
    return terminal
