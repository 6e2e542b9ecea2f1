"""`kaskad bench`: how fast the engine is beside the raw limit of its database."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from console.cli.benchmark.conditions import FEW, measure_registry, measure_sizes
from console.cli.benchmark.machine import describe_database, describe_machine
from console.cli.benchmark.measures import measure_all
from console.cli.benchmark.registry import HEAD, measure_day
from console.cli.benchmark.report import quote_ratios, write_report
from console.cli.benchmark.run import Curve, Run
from console.cli.benchmark.sending import HEAD as SENDING_HEAD
from console.cli.benchmark.sending import measure_sending
from console.cli.benchmark.servers import TOP, postgres_database
from console.cli.options import json_option
from console.cli.shell import Shell, pass_shell
from scenario_engine.database import Database
from scenario_engine.errors import Conflict
from scenario_engine.texts import Text

SMOKE_LOANS = 100_000
#: messages of the benchmark of sending
SENT, SMOKE_SENT = 100_000, 300
#: the report that is kept with the sources; the README quotes its ratios
KEPT = TOP / "tests" / "bench"


@click.command()
@click.option("--loans", type=click.IntRange(200, 50_000_000), help="Size; 1 000 000, or 100 000 for --smoke.")
@click.option(
    "--smoke", is_flag=True, help="A few minutes; fails when something does not work, or PostgreSQL is missing."
)
@click.option("--registry", "of_registry", is_flag=True, help="The day of the registry instead: REGISTRY.md.")
@click.option(
    "--sending",
    "of_sending",
    is_flag=True,
    help="Sending by SMTP and SMPP instead, a message a loan, on PostgreSQL: SENDING.md.",
)
@click.option("--database", "url", metavar="URL", help="Measure only on this empty database.")
@click.option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where the report goes.")
@json_option
@pass_shell
def bench(
    shell: Shell,
    loans: int | None,
    smoke: bool,
    of_registry: bool,
    of_sending: bool,
    url: str | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Build N loans, time the engine on them, and write REPORT.md and report.json.

    Without --report they go to tests/bench of a checkout, and the README quotes the ratios; those of a smoke run go to
    bench-results.

    Uses databases of its own: a temporary SQLite file, and PostgreSQL when KASKAD_BENCH_PG or KASKAD_TEST_PG names a
    server or the test harness has one.
    """
    if of_sending:
        loans = loans or (SMOKE_SENT if smoke else SENT)
    loans = loans or (SMOKE_LOANS if smoke else 1_000_000)
    target = folder or _report_folder(smoke=smoke)
    runs: list[Run] = []
    described: dict[str, Any] = {}
    measure, named = measure_all, {}
    if of_registry:
        measure, named = measure_day, {"name": "registry", "head": HEAD}
    if of_sending:
        measure, named = measure_sending, {"name": "sending", "head": SENDING_HEAD}
    with ExitStack() as stack:
        for database in _databases(stack, url, required=smoke or of_sending):
            if of_sending and not smoke and url is None and database.dialect == "sqlite":
                continue
            click.echo(f"— {database.dialect}", err=True)
            run = _run(shell, database, loans, short=smoke)
            measure(run)
            runs.append(run)
            described[database.dialect] = describe_database(database)
        if not smoke and url is None and not named:
            _vary(shell, runs)
    files = write_report(
        target, runs, machine=describe_machine(), described=described,
        made_at=shell.now.strftime("%Y-%m-%d %H:%M UTC"), **named,
    )  # fmt: skip
    if target == KEPT and not named:
        quote_ratios(TOP / "README.md", files[1])
    if as_json:
        click.echo(files[1].read_text(encoding="utf-8"), nl=False)
    else:
        text = Text("The report is in {file}.", "Отчёт — в файле {file}.")
        click.echo(shell.say(text.format(file=files[0])))
    failures = [failure for run in runs for failure in run.failures]
    for failure in failures:
        click.secho(failure, err=True, fg="red")
    if failures:
        raise click.exceptions.Exit(1)


def _run(shell: Shell, database: Database, loans: int, *, short: bool = False) -> Run:
    return Run(
        database=database,
        # nobody sends here: the outbox may grow as long as it likes
        settings=shell.settings.model_copy(update={"outbox_most": 10**9}),
        timer=time.perf_counter,
        loans=loans,
        short=short,
        say=lambda line: click.echo(line, err=True),
    )


def _vary(shell: Shell, runs: list[Run]) -> None:
    """Registries and graphs of other sizes, each on a database of its own."""
    sizes = [size for size in (10_000, 100_000) if size < runs[0].loans]
    for run in runs:
        points = []
        for size in sizes:
            with ExitStack() as stack:
                small = _run(shell, _another(stack, run.database.dialect), size)
                points.append((float(size), measure_registry(small)))
                run.failures += small.failures
        whole = next(measure for measure in run.measures if measure.name == "tick of 5 hops")
        points.append((float(run.loans), 1e6 * whole.seconds / run.loans))
        run.draw(Curve(name="tick of 5 hops, loans in the registry", across="loans", points=tuple(points)))
        with ExitStack() as stack:
            varied = _run(shell, _another(stack, run.database.dialect), min(FEW, run.loans))
            measure_sizes(varied)
            run.curves += varied.curves
            run.failures += varied.failures


def _another(stack: ExitStack, dialect: str) -> Database:
    """One more empty database of that kind."""
    if dialect == "postgresql":
        found = stack.enter_context(postgres_database())
        assert found is not None, "the server was there a moment ago"
        return found
    directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="kaskad-bench-"))
    database = Database(f"sqlite:///{directory}/bench.db")
    stack.callback(database.dispose)
    return database


def _databases(stack: ExitStack, url: str | None, *, required: bool) -> Iterator[Database]:
    if url is not None:
        yield stack.enter_context(_named(url))
        return
    with tempfile.TemporaryDirectory(prefix="kaskad-bench-") as directory:
        database = Database(f"sqlite:///{directory}/bench.db")
        yield database
        database.dispose()
    with postgres_database() as postgres:
        if postgres is not None:
            yield postgres
        elif required:
            raise Conflict(
                Text(
                    "There is no PostgreSQL to measure on: run `make setup`, or name a server with KASKAD_BENCH_PG.",
                    "Нет PostgreSQL для замеров: выполните `make setup` или укажите сервер в KASKAD_BENCH_PG.",
                ),
                code="bench.postgres",
            )


@contextmanager
def _named(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            if database.engine.dialect.has_table(connection, "loans"):
                raise Conflict(
                    Text(
                        "This database is in use. The benchmark needs an empty one.",
                        "Эта база уже используется. Для замеров нужна пустая.",
                    ),
                    code="bench.database",
                )
        yield database
    finally:
        database.dispose()


def _report_folder(*, smoke: bool) -> Path:
    """Beside the tests in a checkout; a smoke run leaves what is kept there alone."""
    return KEPT if KEPT.is_dir() and not smoke else Path("bench-results")
