"""Long work in the background."""

from __future__ import annotations

import threading

from console.jobs import Job, Jobs


def test_a_job_reports_and_ends() -> None:
    jobs = Jobs()
    job = jobs.start("a", lambda job: job.report(5, 10))
    job.wait(5)
    assert (job.done, job.total, job.error, job.running) == (5, 10, None, False)
    assert jobs.find("a") is job
    assert jobs.find("b") is None
    jobs.stop()


def test_a_job_is_asked_to_end() -> None:
    jobs = Jobs()
    began = threading.Event()

    def work(job: Job) -> None:
        began.set()
        while not job.cancelled():
            threading.Event().wait(0.01)

    job = jobs.start("a", work)
    assert began.wait(5)
    assert job.running
    job.cancel()
    job.wait(5)
    assert not job.running
    jobs.stop()


def test_a_failing_job_keeps_its_error() -> None:
    jobs = Jobs()

    def work(_job: Job) -> None:
        raise ValueError("no")

    job = jobs.start("a", work)
    job.wait(5)
    assert job.error == "no"
    jobs.stop()
