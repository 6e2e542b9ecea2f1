"""Sending: a lane for each connector, batch after batch over one connection."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import reduce

from sqlalchemy import update

from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.engine.outbox.arrangement import Arrangement, arrange
from scenario_engine.engine.outbox.claims import RENEW, Taken, claim, due, due_keys, renew, taken_by
from scenario_engine.engine.outbox.gate import tell
from scenario_engine.engine.outbox.hours import too_early
from scenario_engine.engine.outbox.links import log_failure, opened, said_of
from scenario_engine.engine.outbox.listening import listen_to
from scenario_engine.engine.outbox.recording import Delivered, Known, note_signals, record
from scenario_engine.engine.outbox.rendering import find_people, render_batch
from scenario_engine.models import Message
from scenario_engine.ports import Connector, Delivery, Link, Outgoing
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

Clock = Callable[[], datetime]

#: answers after which what is known is written down, and how long they may wait for it: what is not written down when
#: a process dies is in doubt, and that is a batch at most
FLUSH, FLUSH_AFTER = 500, timedelta(seconds=2)
_SEALED = "the key of its secrets is lost"


def deliver(
    database: Database,
    connectors: Mapping[str, Connector],
    *,
    vault: Vault,
    now: datetime,
    settings: Settings,
    randomness: random.Random,
    limit: int = 500,
    only: str | None = None,
    clock: Clock | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send what is due, up to `limit` messages through each connector; through one when it is named (`only`).

    `clock` tells the time while it goes on; without one it is `now` all the time. `stop` is asked between batches.
    """
    with database.read() as session:
        arranged = arrange(session, connectors, vault, networks=settings.inner_networks, folder=settings.data_dir)
        wanted = sorted(arranged) if only is None else [only]
        ready = due_keys(session, wanted, now)
    lanes = [
        _Lane(database, arranged[key], settings, vault, randomness, clock or (lambda: now), limit=limit, stop=stop)
        for key in ready
    ]
    if len(lanes) > 1:
        with ThreadPoolExecutor(len(lanes), thread_name_prefix="lane") as threads:
            done = list(threads.map(_Lane.run, lanes))
    else:
        done = [lane.run() for lane in lanes]
    if only is None:
        done.append(give_up_unknown(database, connectors, now=now, limit=limit))
    return reduce(Delivered.and_, done, Delivered())


def give_up_unknown(
    database: Database, connectors: Mapping[str, Connector], *, now: datetime, limit: int = 500
) -> Delivered:
    """Messages for connectors that are not installed any more fail."""
    unknown = due(now).where(Message.connector.not_in(sorted(connectors))).limit(limit)
    with database.read() as session:
        if session.execute(unknown).first() is None:
            return Delivered()
    with database.write() as session:
        ids = [row.id for row in session.execute(unknown.with_for_update(of=Message, skip_locked=True))]
        error = "no connector “" + Message.connector + "”"
        failed = update(Message).where(Message.id.in_(ids)).values(state="failed", error=error, claimed_at=None)
        found = taken_by(session, failed)
        note_signals(session, "not_delivered", found, now=now)
        return Delivered(failed=len(found))


class _Lane:
    """The messages of one connector, one batch after the other."""

    def __init__(
        self,
        database: Database,
        arrangement: Arrangement,
        settings: Settings,
        vault: Vault,
        randomness: random.Random,
        clock: Clock,
        *,
        limit: int,
        stop: Callable[[], bool],
    ) -> None:
        self._database = database
        self._arrangement = arrangement
        self._settings = settings
        self._vault = vault
        self._randomness = randomness
        self._clock = clock
        self._limit = limit
        self._stop = stop
        self._done: Counter[str] = Counter()
        self._wait: float | None = None
        #: the connection was lost: this round is over
        self._is_lost = False

    def run(self) -> Delivered:
        """Send until nothing more may leave, the limit is reached, or the connection is lost."""
        arrangement = self._arrangement
        if arrangement.is_sealed:
            with self._database.write() as session:
                tell(session, arrangement.key, ["bad"], now=self._clock(), answers=[("lost", _SEALED)])
            return Delivered()
        with ExitStack() as open_link:
            link: Link | None = None
            while not self._is_lost and not self._stop() and (left := self._limit - self._done.total()) > 0:
                now = self._clock()
                claimed = claim(self._database, arrangement, now=now, most=min(arrangement.batch, left))
                self._wait = claimed.wait
                if not claimed.messages:
                    break
                batch = _Batch(self._database, arrangement, claimed.messages, now, self._clock, self._randomness)
                outgoing = batch.render(self._settings, self._vault)
                if outgoing and link is None:
                    link = self._open(open_link, batch)
                if link is not None and outgoing:
                    self._is_lost |= batch.send(link)
                self._done += batch.close()
            if link is not None and arrangement.is_live and not self._is_lost:
                # an answer may come over the connection that the message left by
                listen_to(self._database, arrangement, link, now=self._clock(), time_zone=self._settings.time_zone)
        done = Delivered.of(self._done)
        if done.taken:
            with self._database.write() as session:
                counts = {name: value for name, value in vars(done).items() if name != "wait"}
                audit.record(
                    session, at=self._clock(), actor="engine", action="outbox.delivered", subject_type="outbox",
                    connector=arrangement.key, **counts,
                )  # fmt: skip
        return Delivered(**{**vars(done), "wait": self._wait})

    def _open(self, stack: ExitStack, batch: _Batch) -> Link | None:
        arrangement = self._arrangement
        if arrangement.carrier is None:
            batch.refuse(f"no connector “{arrangement.key}”")
            return None
        try:
            return stack.enter_context(opened(arrangement, arrangement.carrier))
        except Exception as error:  # a connector is other people's code: whatever it raises, the queue goes on
            log_failure(arrangement.key, error)
            batch.put_off(said_of(error))
            self._is_lost = True
            return None


class _Batch:
    """Messages that were claimed together, until what became of each is written down."""

    def __init__(
        self,
        database: Database,
        arrangement: Arrangement,
        messages: Sequence[Taken],
        claimed_at: datetime,
        clock: Clock,
        randomness: random.Random,
    ) -> None:
        self._database = database
        self._arrangement = arrangement
        self._waiting = {message.id: message for message in messages}
        self._claimed_at = claimed_at
        self._written_at = claimed_at
        self._clock = clock
        self._randomness = randomness
        self._outgoing: dict[int, Outgoing] = {}
        self._known: list[Known] = []
        self._done: Counter[str] = Counter()

    def render(self, settings: Settings, vault: Vault) -> Sequence[Outgoing]:
        """What is to be sent; what is too late or too early, must not leave, or cannot be written, is known
        already.
        """
        now = self._clock()
        messages = list(self._waiting.values())
        for message in messages:
            if message.expires_at is not None and message.expires_at <= now:
                self._learn(message.id, is_late=True)
        with self._database.read() as session:
            people = find_people(session, list(self._waiting.values()))
            for message_id, moment in too_early(session, list(self._waiting.values()), people, now).items():
                self._learn(message_id, not_before=moment)
            rendered = render_batch(session, list(self._waiting.values()), people, settings, vault)
        for delivery in rendered.broken:
            self._learn(delivery.message_id, result=delivery)
        for message_id, reason in rendered.stopped.items():
            self._learn(message_id, stopped=reason)
        self._outgoing = {item.message_id: item for item in rendered.outgoing}
        return rendered.outgoing

    def send(self, link: Link) -> bool:
        """Hand the messages over; true when the connection is lost meanwhile. Of those that got no answer nobody knows
        whether they left.
        """
        try:
            for delivery in link.send(list(self._outgoing.values())):
                if delivery.message_id in self._waiting:
                    self._learn(delivery.message_id, result=delivery)
                self._write_sometimes()
        except Exception as error:  # as above
            log_failure(self._arrangement.key, error)
            self._doubt(said_of(error))
            return True
        self._doubt("the connector gave no answer")
        return False

    def refuse(self, error: str) -> None:
        """None of them can leave."""
        for message_id in list(self._waiting):
            self._learn(message_id, result=Delivery(message_id=message_id, accepted=False, error=error))

    def put_off(self, error: str) -> None:
        """None of them left: another attempt follows, and this was none."""
        for message_id in list(self._waiting):
            result = Delivery(message_id=message_id, accepted=False, error=error, retry=True)
            self._learn(message_id, result=result, is_unmade=True)

    def close(self) -> Counter[str]:
        """Write down the rest; how many fared how in all."""
        self._write(self._clock())
        return self._done

    def _doubt(self, error: str) -> None:
        for message_id in list(self._waiting):
            result = Delivery(message_id=message_id, accepted=False, error=error, retry=True, uncertain=True)
            self._learn(message_id, result=result)

    def _learn(self, message_id: int, **known: object) -> None:
        message = self._waiting.pop(message_id)
        outgoing = self._outgoing.get(message_id)
        self._known.append(Known(message=message, outgoing=outgoing, **known))  # type: ignore[arg-type]

    def _write_sometimes(self) -> None:
        now = self._clock()
        is_old = now - self._claimed_at >= RENEW
        if len(self._known) >= FLUSH or now - self._written_at >= FLUSH_AFTER or is_old:
            self._write(now)
        if is_old and self._waiting:
            renew(self._database, list(self._waiting.values()), claimed_at=self._claimed_at, now=now)
            self._claimed_at = now

    def _write(self, now: datetime) -> None:
        known, self._known, self._written_at = self._known, [], now
        self._done += record(
            self._database, self._arrangement, known, claimed_at=self._claimed_at, now=now, randomness=self._randomness
        )
