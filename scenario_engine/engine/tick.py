"""A tick: react to what happened, enrol, and move every case that is due, batch by batch."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import BigInteger, exists, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.exc import DBAPIError

from scenario_engine.database import Database, Failure, failure_of
from scenario_engine.engine import counters
from scenario_engine.engine.advance import Run, advance, give_up
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.events import Reaction, react
from scenario_engine.engine.look import look_for
from scenario_engine.engine.notes import note
from scenario_engine.engine.plans import live_versions, urgency
from scenario_engine.engine.turns import Due, Turn, plan_turns
from scenario_engine.engine.workable import Unworkable
from scenario_engine.models import Batch, Case, Message, Scenario, Shard, Version
from scenario_engine.models.message import IN_QUEUE
from scenario_engine.settings import Settings

log = logging.getLogger(__name__)

Timer = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class TickResult:
    """What a tick did."""

    enrolled: int = 0
    advanced: int = 0
    ended: int = 0
    signals: int = 0
    messages: int = 0
    batches: int = 0
    set_aside: int = 0
    #: transactions that were done again because another one, or a lost connection, got in the way
    retries: int = 0
    seconds: float = 0.0


def run_tick(
    database: Database,
    *,
    now: datetime,
    settings: Settings,
    timer: Timer,
    enrol: bool = True,
    upkeep: bool = True,
    stop: Callable[[], bool] = lambda: False,
    randomness: random.Random | None = None,
    pause: Callable[[float], object] = lambda _seconds: None,
) -> TickResult:
    """One tick at `now`; any number of processes may run one at the same time.

    `enrol` looks at the registry for entries by segment and `upkeep` folds counters: the leader's affairs, harmless
    when two do them. `timer` gives seconds for the record of how long things took. `stop` is asked between batches.
    `randomness` and `pause` (seconds) spread engines and attempts that get in each other's way.
    """
    attempts = Attempts(randomness or random.Random(0), pause)
    run = Run(database=database, now=now, settings=settings, timer=timer, stop=stop, attempts=attempts)
    began = timer()
    reaction = attempts.make(lambda: _react(run))
    enrolled = reaction.enrolled + (_look(run) if enrol else 0)
    with database.read() as session:
        run.first_batch = (session.scalar(select(func.max(Batch.id))) or 0) + 1
    _advance(run)
    if upkeep:
        attempts.make(lambda: _fold(run))
    done = run.done
    return TickResult(
        enrolled=enrolled, advanced=done.advanced, ended=done.ended, signals=reaction.signals, messages=done.messages,
        batches=done.batches, set_aside=done.set_aside, retries=attempts.retries, seconds=timer() - began,
    )  # fmt: skip


def _react(run: Run) -> Reaction:
    began = run.timer()
    with run.database.write() as session:
        reaction = react(session, now=run.now, time_zone=run.settings.time_zone)
        if reaction.batch_id is not None:
            session.get_one(Batch, reaction.batch_id).micros = int((run.timer() - began) * 1_000_000)
    return reaction


def _look(run: Run) -> int:
    """Enrol for every live scenario, the most urgent first; one that cannot be enrolled for does not stop the rest."""
    with run.database.read() as session:
        live = live_versions(session)
    enrolled = 0
    for scenario_id, version_id in live:
        if run.stop():
            break
        try:
            found = look_for(run, scenario_id, version_id)
        except Unworkable as error:
            give_up(run, version_id, error)
            continue
        except DBAPIError as error:
            if failure_of(error) not in (Failure.DATA, Failure.CONFLICT, Failure.TIMEOUT):
                raise
            log.warning("nothing was enrolled for scenario %s: %s", scenario_id, error.orig)
            continue
        if found is None:
            # another engine looks at this moment; what it leaves free is its decision, by the same order
            break
        enrolled += found
    return enrolled


def _advance(run: Run) -> None:
    due, urgent = _due(run)
    run.room = _room(run) if due else 0
    groups = plan_turns(due, urgent, run.settings.batch_size)
    while groups and not run.stop():
        # engines that begin at different shards seldom want the same ones
        first = run.attempts.randomness.randrange(len(groups))
        left = [_work(run, group) for group in (*groups[first:], *groups[:first])]
        groups = sorted((turns for turns in left if turns), key=lambda turns: turns[0].shards)


def _work(run: Run, turns: Sequence[Turn]) -> list[Turn]:
    """Let every scenario of a group have its batch; what is left for the next round."""
    left = []
    for turn in turns:
        if run.stop():
            return []
        if rest := advance(run, turn):
            left.append(replace(turn, versions=rest))
    return left


def _due(run: Run) -> tuple[Sequence[Due], Mapping[int, tuple[int, int, int]]]:
    with run.database.read() as session:
        some = exists(select(Case.id).where(Case.shard == Shard.id, Case.due_at <= run.now))
        shards = session.scalars(select(Shard.id).where(some)).all()
        if not shards:
            return (), {}
        # in the order of the index: cases that came together are due together, and SQLite sorts only what is left
        place = (Case.shard, Case.version_id, Case.node_id)
        together = (
            select(*place, func.count().label("cases"))
            .where(Case.shard.in_(shards), Case.due_at <= run.now)
            .group_by(Case.shard, Case.due_at, Case.version_id, Case.node_id)
            .subquery()
        )
        at = (together.c.shard, together.c.version_id, together.c.node_id)
        counts = select(*at, sql_cast(func.sum(together.c.cases), BigInteger).label("cases")).group_by(*at).subquery()
        rows = session.execute(
            select(counts)
            .join(Version, Version.id == counts.c.version_id)
            .join(Scenario, Scenario.id == Version.scenario_id)
            .where(Scenario.state == "live")
        ).all()
        due = [Due(shard=row.shard, version_id=row.version_id, node_id=row.node_id, cases=row.cases) for row in rows]
        return due, urgency(session, {item.version_id for item in due})


def _room(run: Run) -> int:
    """How many messages may still be written before the outbox is too long."""
    most = run.settings.outbox_most
    with run.database.read() as session:
        waiting = select(Message.id).where(IN_QUEUE, Message.state == "queued").limit(most).subquery()
        return most - (session.scalar(select(func.count()).select_from(waiting)) or 0)


def _fold(run: Run) -> None:
    began = run.timer()
    with run.database.write() as session:
        if counters.fold(session):
            note(session, "fold", now=run.now, home=run.settings.time_zone, seconds=run.timer() - began)
