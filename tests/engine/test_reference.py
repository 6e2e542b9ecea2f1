"""The compiled engine does what a slow, one-case-at-a-time interpreter says, on random scenarios and registries."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import text
from sqlalchemy.orm import Session

from scenario_engine import work
from scenario_engine.database import Database
from scenario_engine.engine import events
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import Base, Borrower, Loan, Offer, Payment, Signal, Task, Version
from scenario_engine.settings import Settings
from tests.conftest import KINDS
from tests.engine.plays import EVERYONE, ZONES, Act, Play, plays
from tests.engine.reference.comparison import assert_same
from tests.engine.reference.interpreter import Interpreter
from tests.engine.reference.node_types import STAY
from tests.engine.reference.state import Portfolio, copies, drawing_of, look
from tests.engine.scenarios import a_document, a_live_version
from tests.rules.reference import NOW, build_world

SETTINGS = Settings(batch_size=1_000)
ZONE = SETTINGS.time_zone
ACTOR = "operator"
#: a search longer than a commit can wait for, whose finds are made small: KASKAD_PLAYS=2000
PLAYS = os.environ.get("KASKAD_PLAYS")
EXAMPLES = int(PLAYS or "30")
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if PLAYS else [])]

KEPT = ("audit_entries", "shards")

Fresh = Callable[[], Any]


@pytest.fixture(params=KINDS)
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Makes an empty database for each play, of either kind."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        folder = tmp_path_factory.mktemp("plays")

        @contextmanager
        def sqlite() -> Iterator[Database]:
            with TemporaryDirectory(dir=folder) as place:
                path = shutil.copyfile(template, Path(place) / "kaskad.db")
                database = Database(f"sqlite:///{path}")
                yield database
                database.dispose()

        return sqlite
    database: Database = request.getfixturevalue("postgres_database")
    # the log of audits refuses to be emptied, and shards are there from the beginning
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables if table.name not in KEPT)

    @contextmanager
    def postgres() -> Iterator[Database]:
        with database.write() as session:
            # a play is over: what no loan and no borrower may forget goes with them, so no trigger keeps it
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        yield database

    return postgres


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=PHASES,
)
@given(play=plays())
def test_the_compiled_engine_equals_the_interpreter(fresh: Fresh, play: Play) -> None:
    with fresh() as database:
        Stage(database, play).perform(play.acts)


def test_both_wait_for_used_up_limits_alike(fresh: Fresh) -> None:
    calls = {
        f"call{days}": ("robot_call", {"template": "{{ creditor_name }} {{ creditor_phone }}", "limit_days": days})
        for days in (1, 3, 7)
    }
    document = a_document(
        {"in": ("entry.segment", {"rule": EVERYONE}), **calls, "end": ("exit", {"reason": "done"})},
        [
            "in:next>call1", "call1:sent>call3", "call1:blocked>call3", "call3:sent>call7", "call3:blocked>call7",
            "call7:sent>end", "call7:blocked>end",
        ],
    )  # fmt: skip
    acts = tuple(Act(minutes=minutes, kind="tick") for minutes in (0, 400, 400, *[720] * 18))
    with fresh() as database:
        stage = Stage(database, Play(seed=3, loans=14, documents=(document,), acts=acts))
        stage.perform(acts)
        trails = stage.portfolio.trails
    waited = [trail for trail in trails if trail.hops[-1][1] == STAY and "limit:" in str(trail.seen)]
    given_up = [trail for trail in trails if (trail.hops[0][1], "limit:" in str(trail.seen)) == ("blocked", True)]
    made = [trail for trail in waited for later in trails if later.case is trail.case and later.hops[0][1] == "sent"]
    assert waited
    assert given_up
    assert made


class Stage:
    """A play on both: the engine with its database, and the interpreter."""

    def __init__(self, database: Database, play: Play) -> None:
        # what is known of a version is known by its id, and every play begins its ids anew
        events._STORES.clear()
        events._ENTRIES.clear()
        self.database = database
        self.now = NOW
        draw = Random(play.seed)
        with database.write() as session:
            world = build_world(session, play.seed, play.loans)
            for borrower in world.borrowers:
                borrower.time_zone, borrower.lot = draw.choice(ZONES), draw.randrange(2**31)
            for number, document in enumerate(play.documents):
                a_live_version(session, document, key="other" if number else "first", now=NOW)
        with database.read() as session:
            drawings = [drawing_of(session, version) for version in _versions(session)]
            self.portfolio = Portfolio(world=look(session), drawings=drawings)
        self.interpreter = Interpreter(self.portfolio, ZONE)

    def perform(self, acts: tuple[Act, ...]) -> None:
        """Act by act, compared after each."""
        for act in acts:
            self.now += timedelta(minutes=act.minutes, seconds=1)
            getattr(self, f"_{act.kind}")(act)
            with self.database.read() as session:
                assert_same(session, self.portfolio, f"{act} at {self.now}")

    # -- acts ---------------------------------------------------------------------------------------------------

    def _tick(self, _act: Act) -> None:
        run_tick(self.database, now=self.now, settings=SETTINGS, timer=lambda: 0.0)
        self.interpreter.tick(self.now)

    def _signal(self, act: Act) -> None:
        """Something is heard of a loan; now and then nobody reacts before the next tick."""
        loan = _pick(self.portfolio.world.loans, act.number)
        with self.database.write() as session:
            self._tell(session, loan.id, act.word, None)
        self._absorb(react=bool(act.choice))

    def _pay(self, act: Act) -> None:
        """A payment, of all that is overdue or of a part."""
        loan = _pick(self.portfolio.world.loans, act.number)
        cures = act.choice > 0
        with self.database.write() as session:
            row = session.get_one(Loan, loan.id)
            paid_at = self.now - timedelta(minutes=30 * act.choice)
            payment = Payment(
                external_id=f"play-{self.now}", loan_id=loan.id, amount=100_000, paid_at=paid_at,
                recorded_at=self.now, source="api",
            )  # fmt: skip
            session.add(payment)
            if cures:
                row.overdue, row.dpd, row.bucket = 0, 0, "current"
            session.flush()
            for kind in ("payment_received", "overdue_paid") if cures else ("partial_payment",):
                self._tell(session, loan.id, kind, payment.id)
        self._absorb(react=True)

    def _miss(self, act: Act) -> None:
        """The loan falls into arrears."""
        loan = _pick(self.portfolio.world.loans, act.number)
        with self.database.write() as session:
            row = session.get_one(Loan, loan.id)
            row.overdue, row.dpd, row.bucket, row.state = 150_050, 5, "1-30", "open"
            self._tell(session, loan.id, "payment_missed", None)
        self._absorb(react=True)

    def _close(self, act: Act) -> None:
        """An operator closes a task."""
        open_tasks = [task for task in self._mine("tasks") if task.state == "open"]
        if not open_tasks:
            return
        task = _pick(open_tasks, act.number)
        chosen = _pick(task.dispositions["items"], act.choice)
        promised = chosen["needs"] == "promise"
        promise = work.PromiseGiven(amount=100, due_on=(self.now + timedelta(days=3)).date()) if promised else None
        with self.database.write() as session:
            found = session.query(Task).filter_by(case_id=task.case.id, state="open").one()
            work.close(
                session, found.id, disposition=chosen["key"], actor=ACTOR, now=self.now, time_zone=ZONE,
                promise=promise,
            )  # fmt: skip
        self.interpreter.close_task(task, chosen["key"], self.now, ACTOR)
        self._absorb(react=True, done=True)

    def _answer(self, act: Act) -> None:
        """A borrower answers an offer."""
        waiting = [offer for offer in self._mine("offers") if offer.state == "open" and offer.expires_at > self.now]
        if not waiting:
            return
        offer = _pick(waiting, act.number)
        with self.database.write() as session:
            found = session.query(Offer).filter_by(case_id=offer.case.id, state="open").one()
            work.answer_offer(
                session, found.id, accepted=act.choice > 1, actor=ACTOR, now=self.now, time_zone=ZONE
            )  # fmt: skip
        offer.state, offer.answered_at = "accepted" if act.choice > 1 else "declined", self.now
        self._absorb(react=True, done=True)

    def _stop(self, act: Act) -> None:
        """A borrower asks to be left alone, or allows contacts again."""
        borrower = _pick(self.portfolio.world.borrowers, act.number)
        borrower.contact_stop = None if act.choice > 1 else "refused"
        with self.database.write() as session:
            session.get_one(Borrower, borrower.id).contact_stop = borrower.contact_stop

    # -- inside -------------------------------------------------------------------------------------------------

    def _tell(self, session: Session, loan_id: int, kind: str, payment_id: int | None) -> None:
        session.add(
            Signal(
                key=f"{kind}-{loan_id}-{self.now}",
                loan_id=loan_id,
                kind=kind,
                at=self.now,
                source="api",
                payment_id=payment_id,
            )
        )
        session.flush()

    def _absorb(self, *, react: bool, done: bool = False) -> None:
        """Let the reference see what the registry recorded; then both react. `done`: the engine has reacted already."""
        world = self.portfolio.world
        with self.database.read() as session:
            fresh_loans = {row.id: row for row in copies(session, Loan)}
            for loan in world.loans:
                loan.__dict__.update(fresh_loans[loan.id].__dict__)
            for name, entity in (("payments", Payment), ("signals", Signal)):
                rows, known = getattr(world, name), {row.id for row in getattr(world, name)}
                news = [row for row in copies(session, entity) if row.id not in known]
                for row in news:
                    if name == "signals":
                        row.handled = False
                rows += news
            promises = copies(session, work.promises.Promise)
            world.promises[:] = promises
        if react:
            if not done:
                with self.database.write() as session:
                    events.react(session, now=self.now, time_zone=ZONE)
            self.interpreter.react(self.now)

    def _mine(self, table: str) -> list[SimpleNamespace]:
        return [row for row in getattr(self.portfolio.world, table) if hasattr(row, "case")]


def _versions(session: Session) -> list[Any]:
    return session.query(Version).order_by(Version.id).all()


def _pick(rows: Any, number: int) -> Any:
    return rows[number % len(rows)]
