"""Paths: the way a case took through the graph in one tick, as one number.

Every hop (node, port) of a version has a random-looking code; a path's id is the sum of its hops' codes. The
instant part
of a graph is acyclic, so the set of hops says the order, and a database can compute the id without a dictionary.
With 52-bit codes two different paths of a million collide with a chance of about one in ten thousand; `register` would
notice and refuse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scenario_engine.models import Path, PathHop
from scenario_engine.nodes.base import HELD, STAY

#: ports by which the engine itself takes a case away
CURED = "cured"
STOPPED = "stopped"
HOLDOUT = "holdout"
SYSTEM_PORTS = (CURED, STOPPED)
#: first key of PostgreSQL's advisory lock for the paths of a version ("path")
_PATHS_LOCK = 0x70617468
#: port that stands for an outcome the node does not have
LOST = "@lost"


@dataclass(frozen=True, kw_only=True)
class Hop:
    """A hop: the node, the port it was left by (null: stayed), and whether it was entered in this tick."""

    node: str
    port: str | None
    entered: bool
    #: it has done what the node does, and waits there to hear how it went
    held: bool = False


def code_of(version_id: int, node: str, port: str) -> int:
    """Code of a hop: 52 bits, never 0."""
    digest = hashlib.sha256(f"{version_id}/{node}/{port}".encode()).digest()
    return (int.from_bytes(digest[:8]) >> 12) | 1


def parse(text: str, entries: Iterable[str]) -> tuple[Hop, ...]:
    """The hops of ``n1:next;n2:yes;n3:@stay;`` in order; the first is where the tick found the case."""
    entry_nodes = set(entries)
    hops = []
    for index, part in enumerate(part for part in text.split(";") if part):
        node, port = part.split(":", 1)
        left_by = None if port in (STAY, HELD) else port
        entered = index > 0 or node in entry_nodes
        hops.append(Hop(node=node, port=left_by, entered=entered, held=port == HELD))
    return tuple(hops)


def register(
    session: Session,
    version_id: int,
    texts: Mapping[int, str],
    node_ids: Mapping[str, int],
    entries: Iterable[str],
) -> None:
    """Write the paths that the dictionary does not have yet. Two engines may do it at the same time."""
    if not texts:
        return
    known = {row.id: row.hops for row in session.execute(select(Path.id, Path.hops).where(Path.id.in_(texts)))}
    for code, text in texts.items():
        if code in known and known[code] != text:
            raise AssertionError(f"two paths of version {version_id} share the code {code}")
    fresh = {code: text for code, text in texts.items() if code not in known}
    if not fresh:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    if dialect is postgresql:
        # one at a time for a version: two engines that write the same paths in another order would wait for each other
        session.execute(select(func.pg_advisory_xact_lock(_PATHS_LOCK, version_id)))
    session.execute(
        dialect.insert(Path).on_conflict_do_nothing(),
        [{"id": code, "version_id": version_id, "hops": text} for code, text in fresh.items()],
    )
    session.execute(
        dialect.insert(PathHop).on_conflict_do_nothing(),
        [
            {
                "path_id": code,
                "hop": index,
                "node_id": node_ids[hop.node],
                "port": hop.port,
                "entered": hop.entered,
            }
            for code, text in fresh.items()
            for index, hop in enumerate(parse(text, entries))
        ],
    )


class PathBook:
    """What one process knows of the dictionary of a version: a batch spells out only the paths that are not in it."""

    def __init__(self, version_id: int, node_ids: Mapping[str, int], entries: Sequence[str]) -> None:
        self._version_id = version_id
        self._node_ids = node_ids
        self._entries = entries
        self._texts: dict[int, str] | None = None

    def known(self, session: Session) -> list[int]:
        """Ids of the paths whose hops are known."""
        if self._texts is None:
            rows = session.execute(select(Path.id, Path.hops).where(Path.version_id == self._version_id))
            self._texts = {row.id: row.hops for row in rows}
        return list(self._texts)

    def text(self, path_id: int) -> str:
        """Hops of a known path."""
        return (self._texts or {})[path_id]

    def meet(self, session: Session, path_id: int, text: str) -> None:
        """Write a path into the dictionary unless it is known. It counts as known once the transaction is committed."""
        texts = self._texts or {}
        if path_id in texts:
            return
        register(session, self._version_id, {path_id: text}, self._node_ids, self._entries)

        @event.listens_for(session, "after_commit", once=True)
        def keep(_session: Session) -> None:
            texts[path_id] = text
