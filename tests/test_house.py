"""The house's own rules: who may import whom, what is declared is there, and what is pinned is locked."""

from __future__ import annotations

import configparser
import json
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

TOP = Path(__file__).resolve().parents[1]


def declared(section: str) -> dict[str, str]:
    """One section of setup.cfg as it is written."""
    config = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    config.optionxform = str  # type: ignore[method-assign, assignment]
    config.read(TOP / "setup.cfg", encoding="utf-8")
    return dict(config[section])


def names_of(group: str) -> list[str]:
    """The names setup.cfg declares in an entry-point group."""
    lines = declared("options.entry_points")[group].splitlines()
    return [line.partition("=")[0].strip() for line in lines if line and not line.startswith("#")]


def test_dependencies_point_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(TOP)
    status = lint_imports(config_filename=str(TOP / "setup.cfg"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize("group", ["kaskad.nodes", "kaskad.connectors", "kaskad.payment_sources", "kaskad.inquiries"])
def test_every_declared_extension_is_installed_and_loads(group: str) -> None:
    installed = {entry.name: entry for entry in entry_points(group=group)}
    assert sorted(installed) == sorted(names_of(group)), "setup.cfg changed: run `make setup`"
    for entry in installed.values():
        assert isinstance(entry.load(), type)


def test_every_requirement_is_locked_at_its_pin() -> None:
    wanted = declared("options")["install_requires"] + "\n"
    wanted += "\n".join(declared("options.extras_require").values())
    pins = re.findall(r"^\s*([\w.-]+)(?:\[\w+\])? == ([\w.]+)", wanted, re.MULTILINE)
    locked = (TOP / "requirements.lock").read_text(encoding="utf-8")
    assert len(pins) > 30
    for name, version in pins:
        assert re.search(rf"^{re.escape(name)}(\[\w+\])?=={re.escape(version)}( |$)", locked, re.MULTILINE), name


def test_lock_files_name_no_package_host() -> None:
    for folder in ("static", "tests/peers"):
        packages = json.loads((TOP / folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        assert [name for name, package in packages.items() if "resolved" in package] == []
    assert "://" not in (TOP / "requirements.lock").read_text(encoding="utf-8")
