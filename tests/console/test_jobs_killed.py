"""An import and an export whose process is killed in the middle: another takes them up, nothing is lost or doubled.

In the embedded default the web server does the jobs, on either database; with a broker Celery's workers do.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, insert, select

from console import context, file_imports
from console.clock import system_clock
from console.jobs.bring_in import look
from scenario_engine.models import FileImport, Job, Loan
from scenario_engine.models.job import ACTIVE
from scenario_engine.registry import imports
from tests.builders import a_borrower, a_loan, a_product
from tests.console.client import Console

START = "import sys; from console.cli import main; sys.exit(main())"
#: rows of the file that is brought in: more than are told of at once
ROWS = 12_000
#: loans that are there already, and are exported
THERE = 15_000
PATIENCE = 90.0


@contextmanager
def process(console: Console, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command as a process of its own, gone at the end."""
    settings = context.room(console.app).settings
    environment = {
        **os.environ,
        "KASKAD_DATABASE_URL": settings.database_url,
        "KASKAD_DATA_DIR": str(settings.data_dir),
        "KASKAD_SECRET_KEY": settings.secret_key,
        "KASKAD_BROKER_URL": settings.broker_url,
        "KASKAD_JOB_SILENCE_SECONDS": "1.5",
    }
    running = subprocess.Popen([sys.executable, "-c", START, *words], env=environment, stdout=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def wait_until(what: Callable[[], bool], why: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.01)


def hand_in(console: Console) -> tuple[int, int]:
    """Both jobs, as the pages hand them in: the file's import, and the export of the loans that are there."""
    console.now = system_clock()
    with console.database.write() as session:
        first = a_loan(session, a_borrower(session), product_id=a_product(session, code="there").id, external_id="E-0")
        values = {column.name: getattr(first, column.name) for column in Loan.__table__.columns if column.name != "id"}
        session.execute(insert(Loan), [values | {"external_id": f"E-{n}"} for n in range(1, THERE)])
    lines = ["Номер займа;Номер заёмщика;ФИО;Сумма займа;Весь долг;Дней просрочки"]
    lines += [f"A-{n};B-{n};Вымышленный Заёмщик {n};10000;12500,50;{n % 90}" for n in range(ROWS)]
    room = context.room(console.app)
    upload = file_imports.uploads_of(room.settings).keep(
        io.BytesIO("\n".join(lines).encode()),
        user_id=1, kind="loans", file_name="loans.csv", megabytes=100, now=console.now,
    )  # fmt: skip
    with console.database.read() as session:
        mapping = imports.propose(session, "loans", look(upload)).mapping
    _import_id, bringing = file_imports.start(
        room, upload, mapping=mapping, dry_run=False, partial=False, actor="admin", now=console.now
    )
    asked = console.sign_in("admin").post(
        "/jobs/exports", {"list": "loans", "query": {"product": "there"}, "format": "csv"}
    )
    assert asked.status_code == 202, asked.text
    return bringing, asked.json["id"]


def look_up(console: Console, job_id: int) -> Job:
    with console.database.read() as session:
        return session.get_one(Job, job_id)


def kill_in_the_middle(console: Console, running: subprocess.Popen[bytes], job_ids: tuple[int, int]) -> None:
    """kill -9 when some of the work of both jobs is done and some is not."""

    def is_midway() -> bool:
        jobs = [look_up(console, job_id) for job_id in job_ids]
        return {job.state for job in jobs} == {"running"} and max(job.done for job in jobs) >= 1_000

    wait_until(is_midway, "the jobs get nowhere")
    running.send_signal(signal.SIGKILL)
    running.wait()
    left = [look_up(console, job_id).state for job_id in job_ids]
    assert left == ["running"] * 2, "a job was over before its process died: the test proves nothing"


def assert_seen_through(console: Console, job_ids: tuple[int, int]) -> None:
    """Both jobs are done, at the second attempt, with every row once."""
    wait_until(lambda: all(look_up(console, job_id).state not in ACTIVE for job_id in job_ids), "nobody went on")
    for job_id in job_ids:
        job = look_up(console, job_id)
        assert (job.state, job.error, job.attempts) == ("done", None, 2)
    with console.database.read() as session:
        row = session.scalars(select(FileImport)).one()
        loans = session.scalar(select(func.count()).select_from(Loan))
    assert (row.state, row.rows_read, row.rows_added, row.rows_wrong) == ("done", ROWS, ROWS, 0)
    assert loans == ROWS + THERE
    file = console.sign_in("admin").get(f"/jobs/{job_ids[1]}/file")
    assert file.status_code == 200, file.text
    numbers = [line.split(";")[0] for line in file.text.splitlines()[1:]]
    assert sorted(numbers) == sorted(f"E-{n}" for n in range(THERE))
    assert len(list((context.room(console.app).settings.data_dir / "exports").iterdir())) == 1


@pytest.mark.slow
def test_the_web_server_is_killed_and_the_next_one_goes_on(both: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    # This process only hands in: whoever runs next does the work.
    monkeypatch.setattr(context.room(both.app).jobs, "dispatch", lambda _job_id: None)
    job_ids = hand_in(both)
    with process(both, "web", "--port", "0") as doomed:
        kill_in_the_middle(both, doomed, job_ids)
    with process(both, "web", "--port", "0"):
        assert_seen_through(both, job_ids)


@pytest.mark.slow
def test_a_celery_worker_is_killed_and_the_next_one_goes_on(queued: Console) -> None:
    with process(queued, "worker") as doomed:
        job_ids = hand_in(queued)
        kill_in_the_middle(queued, doomed, job_ids)
    with process(queued, "worker"):
        assert_seen_through(queued, job_ids)
