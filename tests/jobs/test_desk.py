"""Jobs on both databases: claimed once, seen alive, cancelled between steps, taken over when left alone."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid, NotFound
from scenario_engine.jobs import Attempt, Desk, ledger
from scenario_engine.models import AuditEntry, Job
from scenario_engine.texts import Text
from tests.jobs.kinds import NOW, SILENCE, Clock, Count, Queue, a_desk, die, hand_in, let_pass, look_up, run_and_die


def test_a_job_is_done_and_tells_how_far_it_is(database: Database) -> None:
    seen: list[tuple[str, int, int | None]] = []

    def watch(attempt: Attempt, step: int) -> None:
        row = look_up(database, attempt.job.id)
        seen.append((row.state, row.done, row.total))

    kind = Count(watch)
    desk = a_desk(database, kind, Clock())
    job_id = hand_in(desk, database)
    assert look_up(database, job_id).state == "queued"
    desk.runner.run(job_id)
    assert seen == [("running", 0, None), ("running", 1, 3), ("running", 2, 3)]
    row = look_up(database, job_id)
    assert (row.state, row.done, row.result, row.attempts) == ("done", 3, {"counted": 3}, 1)
    assert row.expires_at == NOW + kind.kept
    assert kind.concluded == [(job_id, "done")]
    with database.read() as session:
        acts = session.execute(select(AuditEntry.actor, AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [tuple(act) for act in acts] == [("ann", "job.queued"), ("server", "job.finished")]


def test_of_many_workers_exactly_one_does_a_job(database: Database) -> None:
    began: list[str] = []
    kind = Count(lambda attempt, step: began.append(str(attempt.job.worker)) if step == 1 else None)
    desks = [a_desk(database, kind, Clock(), process=f"p{number}") for number in range(6)]
    job_id = hand_in(desks[0], database)
    threads = [threading.Thread(target=desk.runner.run, args=(job_id,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(began) == 1
    assert look_up(database, job_id).attempts == 1


def test_a_job_whose_worker_died_is_taken_over_by_exactly_one_when_its_silence_lasts(database: Database) -> None:
    clock = Clock()
    dying = a_desk(database, Count(die), clock, process="dying")
    job_id = hand_in(dying, database)
    run_and_die(dying, job_id)
    row = look_up(database, job_id)
    assert (row.state, row.done) == ("running", 1)

    kind = Count()
    others = [a_desk(database, kind, clock, process=f"p{number}") for number in range(4)]
    let_pass(database, 50)
    others[0].runner.run(job_id)
    assert look_up(database, job_id).worker == row.worker
    let_pass(database, 11)
    threads = [threading.Thread(target=desk.runner.run, args=(job_id,)) for desk in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    row = look_up(database, job_id)
    assert (row.state, row.attempts, row.result) == ("done", 2, {"counted": 3})
    assert kind.repeated == [job_id]


def test_a_clock_that_was_put_back_keeps_no_dead_workers_job(database: Database) -> None:
    clock = Clock()
    desk = a_desk(database, Count(die), clock)
    job_id = hand_in(desk, database)
    run_and_die(desk, job_id)
    let_pass(database, -3_600)
    queue = Queue()
    other = a_desk(database, Count(), clock, process="other", queue=queue)
    other.look()
    assert queue.told == [job_id]
    other.runner.run(job_id)
    assert look_up(database, job_id).state == "done"


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_process_whose_clock_jumps_takes_no_living_workers_job(database: Database, hours: int) -> None:
    clock, queue, kind = Clock(), Queue(), Count()
    jumping = a_desk(database, kind, clock, process="jumping", queue=queue)

    def jump(attempt: Attempt, step: int) -> None:
        if step == 2:
            clock.pass_by(hours * 3_600)
            jumping.look()
            jumping.runner.run(attempt.job.id)

    worker = a_desk(database, Count(jump), Clock(), process="worker")
    job_id = hand_in(worker, database)
    worker.runner.run(job_id)
    row = look_up(database, job_id)
    assert (row.state, row.attempts, queue.told, kind.repeated) == ("done", 1, [], [])


def test_a_job_whose_workers_keep_dying_fails_and_says_so(database: Database) -> None:
    clock = Clock()
    kind = Count(die)
    desk = a_desk(database, kind, clock)
    job_id = hand_in(desk, database)
    for _ in range(kind.most_attempts):
        run_and_die(desk, job_id)
        let_pass(database, 61)
    desk.runner.run(job_id)
    row = look_up(database, job_id)
    assert row.state == "failed"
    assert row.error is not None
    assert "2 times" in row.error["en"]
    assert "(2)" in row.error["ru"]
    assert kind.concluded == [(job_id, "failed")]


def test_who_was_taken_over_writes_nothing_any_more(database: Database) -> None:
    clock = Clock()
    wrote: list[str] = []

    def stall(attempt: Attempt, step: int) -> None:
        # It comes back from a long pause, in which another has done the job.
        if attempt.job.attempts == 1 and step == 2:
            let_pass(database, 61)
            other.runner.run(attempt.job.id)
            with pytest.raises(ledger.Lost), database.write() as session:
                attempt.hold(session)
        wrote.append(f"{attempt.job.attempts}.{step}")

    kind = Count(stall)
    other = a_desk(database, kind, clock, process="other")
    desk = a_desk(database, kind, clock)
    job_id = hand_in(desk, database)
    desk.runner.run(job_id)
    assert wrote == ["1.1", "2.1", "2.2", "2.3", "1.2"]
    row = look_up(database, job_id)
    assert (row.state, row.attempts, row.done) == ("done", 2, 3)
    assert kind.concluded == [(job_id, "done")]


def test_a_queued_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(database: Database) -> None:
    clock = Clock()

    def cancel(attempt: Attempt, step: int) -> None:
        if step == 2:
            with database.write() as session:
                elsewhere.cancel(session, attempt.job.id, actor="bob", now=clock())
            assert attempt.is_cancelled()

    kind = Count(cancel)
    desk, elsewhere = a_desk(database, kind, clock), a_desk(database, kind, clock, process="elsewhere")
    running = hand_in(desk, database)
    desk.runner.run(running)
    row = look_up(database, running)
    assert (row.state, row.done, row.cancel_asked) == ("cancelled", 2, True)

    queued = hand_in(desk, database)
    with database.write() as session:
        elsewhere.cancel(session, queued, actor="bob", now=clock())
    assert look_up(database, queued).state == "cancelled"
    desk.runner.run(queued)
    assert look_up(database, queued).attempts == 0
    assert kind.concluded == [(running, "cancelled"), (queued, "cancelled")]
    for job_id in (running, queued):
        with pytest.raises(Conflict), database.write() as session:
            elsewhere.cancel(session, job_id, actor="bob", now=clock())
    with pytest.raises(NotFound), database.write() as session:
        elsewhere.cancel(session, 10**6, actor="bob", now=clock())


def test_a_cancelled_job_whose_worker_died_is_concluded_by_who_finds_it(database: Database) -> None:
    clock = Clock()
    desk = a_desk(database, Count(die), clock)
    job_id = hand_in(desk, database)
    run_and_die(desk, job_id)
    with database.write() as session:
        desk.cancel(session, job_id, actor="bob", now=clock())
    let_pass(database, 61)
    kind = Count()
    a_desk(database, kind, clock, process="other").runner.run(job_id)
    assert look_up(database, job_id).state == "cancelled"
    assert kind.concluded == [(job_id, "cancelled")]


def test_a_failed_job_says_why_and_is_done_when_it_is_repeated(database: Database) -> None:
    clock = Clock()

    def refuse(attempt: Attempt, step: int) -> None:
        raise Invalid(Text("The moon is full.", "Полнолуние."))

    kind = Count(refuse)
    queue = Queue()
    desk = a_desk(database, kind, clock, queue=queue)
    job_id = hand_in(desk, database)
    desk.runner.run(job_id)
    row = look_up(database, job_id)
    assert (row.state, row.error) == ("failed", {"en": "The moon is full.", "ru": "Полнолуние."})
    kind.at_step = lambda _attempt, _step: None
    with database.write() as session:
        desk.repeat(session, job_id, actor="ann", now=clock())
    row = look_up(database, job_id)
    assert (row.state, row.attempts, row.error) == ("queued", 0, None)
    with pytest.raises(Conflict), database.write() as session:
        desk.repeat(session, job_id, actor="ann", now=clock())
    desk.runner.run(job_id)
    assert look_up(database, job_id).state == "done"


def test_an_error_of_ours_is_told_without_its_words(database: Database) -> None:
    def break_down(attempt: Attempt, step: int) -> None:
        raise RuntimeError("secret detail")

    desk = a_desk(database, Count(break_down), Clock())
    job_id = hand_in(desk, database)
    desk.runner.run(job_id)
    row = look_up(database, job_id)
    assert row.state == "failed"
    assert row.error is not None
    assert "secret" not in row.error["en"] + row.error["ru"]


def test_a_process_that_ends_hands_its_job_back_and_another_goes_on(database: Database) -> None:
    clock = Clock()
    kind = Count(lambda attempt, step: desk.runner.stopping.set() if step == 2 else None)
    desk = a_desk(database, kind, clock)
    job_id = hand_in(desk, database)
    desk.runner.run(job_id)
    row = look_up(database, job_id)
    assert (row.state, row.attempts, row.worker) == ("queued", 0, None)
    queue = Queue()
    other = a_desk(database, Count(), clock, process="other", queue=queue)
    other.look()
    assert queue.told == [job_id]
    other.runner.run(job_id)
    assert look_up(database, job_id).state == "done"


def test_only_one_job_with_a_key_is_active(database: Database) -> None:
    desk = a_desk(database, Count(), Clock())
    first = hand_in(desk, database, key="a")
    hand_in(desk, database, key="b")
    with pytest.raises(Conflict):
        hand_in(desk, database, key="a")
    desk.runner.run(first)
    hand_in(desk, database, key="a")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 3


def test_when_the_queue_cannot_be_reached_the_job_waits_and_is_told_of_later(database: Database) -> None:
    clock, queue = Clock(), Queue(broken=True)
    desk = a_desk(database, Count(), clock, queue=queue)
    job_id = hand_in(desk, database)
    desk.dispatch(job_id)
    assert look_up(database, job_id).state == "queued"
    desk.look()
    queue.broken = False
    desk.look()
    assert queue.told == [job_id]
    desk.look()
    assert queue.told == [job_id]
    # The queue lost it: after the silence it is told again.
    let_pass(database, 61)
    desk.look()
    assert queue.told == [job_id, job_id]


def test_a_job_of_a_kind_that_is_not_known_fails_clearly(database: Database) -> None:
    desk = a_desk(database, Count(), Clock())
    with database.write() as session:
        job_id = ledger.submit(session, "nonsense", title=Text("?", "?"), params={}, actor="ann", now=NOW).id
    desk.runner.run(job_id)
    row = look_up(database, job_id)
    assert row.state == "failed"
    assert row.error is not None
    assert "version" in row.error["en"]


def test_old_jobs_go_with_what_they_made(database: Database) -> None:
    clock, kind = Clock(), Count()
    desk = a_desk(database, kind, clock)
    old = hand_in(desk, database)
    desk.runner.run(old)
    clock.now += kind.kept
    waiting = hand_in(desk, database, now=clock())
    desk.look()
    assert kind.discarded == []
    clock.now += timedelta(seconds=1)
    desk.look()
    assert kind.discarded == [old]
    with database.read() as session:
        assert list(session.scalars(select(Job.id))) == [waiting]


def test_signs_of_life_go_out_while_one_step_lasts(database: Database) -> None:
    clock = Clock()
    alive = threading.Event()

    def linger(attempt: Attempt, step: int) -> None:
        let_pass(database, 45)
        before = look_up(database, attempt.job.id).heartbeat_at
        assert before is not None
        with attempt.alive(0.01):
            for _ in range(3_000):
                beat = look_up(database, attempt.job.id).heartbeat_at
                if beat is not None and beat - before >= timedelta(seconds=45):
                    alive.set()
                    return
                threading.Event().wait(0.01)

    desk = a_desk(database, Count(linger), clock)
    job_id = hand_in(desk, database, to=1)
    desk.runner.run(job_id)
    assert alive.is_set()
    assert look_up(database, job_id).attempts == 1


def test_threads_of_this_process_do_what_they_are_told(database: Database) -> None:
    done = threading.Semaphore(0)

    class Told(Count):
        def work(self, attempt: Attempt) -> dict[str, int]:
            super().work(attempt)
            done.release()
            return {}

    kinds = {"count": Told()}
    desk = Desk(database, kinds, clock=Clock(), process="one", silence=SILENCE, threads=2)
    ids = [hand_in(desk, database) for _ in range(3)]
    for job_id in ids:
        desk.dispatch(job_id)
    for _ in ids:
        assert done.acquire(timeout=30)
    desk.stop()
    desk.stop()
    assert [look_up(database, job_id).state for job_id in ids] == ["done"] * 3
