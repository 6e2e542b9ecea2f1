"""The documents say what is: every setting and command is in them, and their examples run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from console.cli.benchmark.report import quote_ratios
from console.cli.root import COMMANDS, main
from scenario_engine.database import Database
from scenario_engine.graph.json_schema import params_schema
from scenario_engine.graph.params import read_params
from scenario_engine.nodes.base import NodeType
from scenario_engine.nodes.catalogue import GROUPS
from scenario_engine.ports import Connector, Outgoing, Setup
from scenario_engine.settings import Settings
from tests.builders import a_loan, a_product
from tests.jobs.kinds import Clock, a_desk, look_up

TOP = Path(__file__).resolve().parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", CONTRIBUTING, re.DOTALL)
#: what the shortened examples leave out
IMPORTS = """
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from scenario_engine.ports import Delivery, Link, Outgoing, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text
"""
JOB_IMPORTS = """
from typing import Any
from collections.abc import Mapping
from sqlalchemy import func, select
from scenario_engine.database import Database
from scenario_engine.jobs import Attempt, JobKind
from scenario_engine.models import Loan, Product
from scenario_engine.texts import Text
"""


def section(text: str, title: str) -> str:
    """What stands under a heading of the second level."""
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def defined_in(example: str) -> dict[str, Any]:
    """The names that an example defines."""
    names: dict[str, Any] = {"__name__": "an_example_of_the_documents"}
    exec(example, names)  # noqa: S102 - the example is ours
    return names


def test_the_readme_names_every_setting() -> None:
    named = set(re.findall(r"`KASKAD_([A-Z_]+)`", section(README, "Settings")))
    assert named == {name.upper() for name in Settings.model_fields}


def test_the_readme_names_every_command_and_every_sub_command() -> None:
    table = section(README, "Command line")
    for name in COMMANDS:
        assert f"`kaskad {name}" in table, name
        command = main.get_command(main.make_context("kaskad", ["--help"], resilient_parsing=True), name)
        assert command is not None
        line = next(line for line in table.splitlines() if f"`kaskad {name}" in line)
        for inner in getattr(command, "commands", {}):
            assert inner in line, f"{name} {inner}"


def test_the_readme_quotes_the_ratios_of_the_report_that_is_kept(tmp_path: Path) -> None:
    copy = tmp_path / "README.md"
    copy.write_text(README.replace("×", "?"), encoding="utf-8")
    assert quote_ratios(copy, TOP / "tests" / "bench" / "report.json")
    assert copy.read_text(encoding="utf-8") == README
    assert not quote_ratios(TOP / "CHANGELOG.md", TOP / "tests" / "bench" / "report.json")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_within_the_repository_lead_to_files(document: str) -> None:
    text = (TOP / document).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"(?<!!)\[[^]]*\]\(([^)#]+)", text) if "://" not in link]
    assert [link for link in links if not (TOP / link).exists()] == []


def test_the_example_of_a_node_type_is_one() -> None:
    kind = defined_in(EXAMPLES[0])["StopContacts"]()
    assert isinstance(kind, NodeType)
    assert kind.group in GROUPS
    params = read_params(kind, kind.defaults_in("ru"))
    assert "банкротство" in kind.sentence(params).ru
    assert [port.key for port in kind.ports(params)] == ["next"]
    assert params_schema(kind, "en")["required"] == ["reason"]


def test_the_example_of_a_connector_is_one(tmp_path: Path) -> None:
    connector = defined_in(IMPORTS + EXAMPLES[1])["SpoolConnector"]()
    assert isinstance(connector, Connector)
    assert connector.problem({"folder": "var/spool"}) is not None
    assert connector.problem({"folder": str(tmp_path)}) is None
    setup = Setup(chosen={"folder": str(tmp_path)}, networks="")
    assert connector.test(setup)
    message = Outgoing(
        key="1-2-3", message_id=7, channel="email", recipient="a@b.test", subject="S", body="Text", content={}
    )
    with connector.open(setup) as link:
        (first,), (second,) = (list(link.send([message])) for _ in range(2))
    assert (first.message_id, first.accepted, first.receipt) == (7, True, "1-2-3.txt")
    assert second == first
    assert [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()] == ["a@b.test\nS\n\nText\n"]


def test_the_example_of_a_job_kind_is_one(sqlite_database: Database) -> None:
    kind = defined_in(JOB_IMPORTS + EXAMPLES[2])["Recount"](sqlite_database)
    with sqlite_database.write() as session:
        product = a_product(session, code="there")
        for _ in range(3):
            a_loan(session, product_id=product.id)
    clock = Clock()
    desk = a_desk(sqlite_database, kind, clock)
    with sqlite_database.write() as session:
        job_id = desk.submit(session, kind.key, title=kind.title, params={}, actor="ann", now=clock()).id
    desk.runner.run(job_id)
    assert look_up(sqlite_database, job_id).result == {"there": 3}
