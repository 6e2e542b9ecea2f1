"""How answers look: tables and progress for a person at a terminal, JSON for a script, errors for both."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from scenario_engine.errors import KaskadError, Problem

#: problems of one error that are written out; the rest is counted
SHOWN_PROBLEMS = 50

#: called with what is done and, when it is known, what there is to do
Report = Callable[..., None]


def print_json(value: Any) -> None:
    """One JSON document on stdout: dataclasses as objects, instants as UTC with a Z."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table at a terminal; tab-separated lines, with the titles first, anywhere else."""
    lines = [["" if value is None else str(value) for value in row] for row in rows]
    console = Console()
    if not console.is_terminal:
        for line in [list(titles), *lines]:
            click.echo("\t".join(value.replace("\t", " ").replace("\n", " ") for value in line))
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    for line in lines:
        table.add_row(*[escape(value) for value in line])
    console.print(table)


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """A bar on stderr while something long runs; nothing when stderr is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _tell_nobody
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(escape(title), total=None)

        def tell(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def _tell_nobody(_done: int, _total: int | None = None) -> None:
    """Progress that no terminal shows."""


def report_error(error: KaskadError, language: str) -> None:
    """The error on stderr, with its problems one a line."""
    click.secho(error.text.say(language), err=True, fg="red")
    print_problems(error.problems, language)


def print_problems(problems: Sequence[Problem], language: str) -> None:
    """Problems on stderr, one a line, where they are first."""
    for problem in problems[:SHOWN_PROBLEMS]:
        click.echo(f"  {_place(problem, language)}{problem.text.say(language)}", err=True)
    if len(problems) > SHOWN_PROBLEMS:
        rest = len(problems) - SHOWN_PROBLEMS
        click.echo(f"  … и ещё {rest}" if language == "ru" else f"  … and {rest} more", err=True)


def _place(problem: Problem, language: str) -> str:
    russian = language == "ru"
    parts = []
    if problem.severity == "warning":
        parts.append("предупреждение" if russian else "warning")
    if problem.row is not None:
        parts.append(f"строка {problem.row}" if russian else f"row {problem.row}")
    if problem.node:
        parts.append(f"шаг {problem.node}" if russian else f"node {problem.node}")
    if problem.field:
        parts.append(problem.field)
    return ", ".join(parts) + ": " if parts else ""


def roubles(kopecks: int) -> str:
    """Kopecks as roubles with two digits after the point, e.g. ``1 234.50``."""
    sign = "-" if kopecks < 0 else ""
    return f"{sign}{abs(kopecks) // 100:,}".replace(",", " ") + f".{abs(kopecks) % 100:02d}"
