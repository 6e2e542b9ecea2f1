"""Ticks, payments, imports, the day's roll and people's acts side by side: nobody waits in a circle."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from scenario_engine import work
from scenario_engine.contacts.stops import set_contact_stop
from scenario_engine.database import Database
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.events import react
from scenario_engine.engine.roll import roll_registry
from scenario_engine.engine.tick import run_tick
from scenario_engine.errors import KaskadError
from scenario_engine.models import Borrower, Case, Loan, Offer, Task
from scenario_engine.registry import payments
from tests.chaos.picture import leaks
from tests.chaos.portfolio import fill
from tests.engine.scenarios import NOON, SETTINGS

#: how often each of them acts
TIMES = 12
ZONE = SETTINGS.time_zone


class Crowd:
    """Threads that act on one database until each has acted often enough."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.retries = 0
        self.errors: list[BaseException] = []
        self.now = NOON + timedelta(days=1)
        with database.read() as session:
            self.loans = list(session.scalars(select(Loan.id)))
            self.people = list(session.scalars(select(Borrower.id)))

    def run(self, *acts: Callable[[random.Random, Attempts], None]) -> None:
        threads = [threading.Thread(target=self._repeat, args=(seed, act)) for seed, act in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _repeat(self, seed: int, act: Callable[[random.Random, Attempts], None]) -> None:
        attempts = Attempts(random.Random(seed), threading.Event().wait)
        try:
            for number in range(TIMES):
                act(random.Random(f"{seed}/{number}"), attempts)
        except BaseException as error:
            self.errors.append(error)
        self.retries += attempts.retries

    # -- who acts -----------------------------------------------------------------------------------------------

    def tick(self, randomness: random.Random, attempts: Attempts) -> None:
        self.now += timedelta(hours=8)
        result = run_tick(
            self.database, now=self.now, settings=SETTINGS, timer=lambda: 0.0, randomness=randomness,
            pause=attempts.pause,
        )  # fmt: skip
        self.retries += result.retries

    def pay_many(self, randomness: random.Random, attempts: Attempts) -> None:
        chosen = randomness.sample(self.loans, 40)
        key = randomness.getrandbits(60)

        def pay() -> None:
            with self.database.write() as session:
                rows = [
                    payments.NewPayment(external_id=f"{key}-{loan}", loan_id=loan, amount=50_00, paid_at=self.now)
                    for loan in chosen
                ]
                payments.record(session, rows, now=self.now, source="api", time_zone=ZONE)
                react(session, now=self.now, time_zone=ZONE)

        attempts.make(pay)

    def close_tasks(self, randomness: random.Random, attempts: Attempts) -> None:
        with self.database.read() as session:
            open_tasks = session.scalars(select(Task.id).where(Task.state == "open")).all()
        for task in randomness.sample(open_tasks, min(10, len(open_tasks))):

            def close(task: int = task) -> None:
                try:
                    with self.database.write() as session:
                        work.close(session, task, disposition="talked", actor="o", now=self.now, time_zone=ZONE)
                except KaskadError:
                    pass  # another was faster

            attempts.make(close)

    def answer_offers(self, randomness: random.Random, attempts: Attempts) -> None:
        with self.database.read() as session:
            offers = session.scalars(select(Offer.id).where(Offer.state == "open")).all()
        for offer in randomness.sample(offers, min(10, len(offers))):

            def answer(offer: int = offer) -> None:
                try:
                    with self.database.write() as session:
                        work.answer_offer(session, offer, accepted=False, actor="o", now=self.now, time_zone=ZONE)
                except KaskadError:
                    pass  # it has expired meanwhile

            attempts.make(answer)

    def stop_contacts(self, randomness: random.Random, attempts: Attempts) -> None:
        person = randomness.choice(self.people)
        for reason in ("bankruptcy", None):

            def stop(reason: str | None = reason) -> None:
                with self.database.write() as session:
                    set_contact_stop(session, person, reason=reason, actor="o", now=self.now)

            attempts.make(stop)

    def roll(self, randomness: random.Random, attempts: Attempts) -> None:
        on = date(2026, 3, 5) + timedelta(days=randomness.randrange(5))
        roll_registry(self.database, on=on, now=self.now, time_zone=ZONE, attempts=attempts)


@pytest.mark.postgres
def test_nobody_waits_in_a_circle(postgres_database: Database) -> None:
    with postgres_database.write() as session:
        fill(session, 400)
    run_tick(postgres_database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    crowd = Crowd(postgres_database)
    crowd.run(
        crowd.tick, crowd.tick, crowd.pay_many, crowd.pay_many, crowd.close_tasks, crowd.answer_offers,
        crowd.stop_contacts, crowd.roll,
    )  # fmt: skip
    assert crowd.errors == []
    with postgres_database.read() as session:
        met = session.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        assert met == 0
        assert session.scalar(select(func.count()).select_from(Case)) > 400
        assert leaks(session) == []
