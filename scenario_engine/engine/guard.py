"""The contact guard: lawful contacts by construction, for a whole batch at once.

For every case that wants to make a contact it counts the borrower's contacts in the policy's windows, those that the
same batch made at earlier nodes, and the case's own number among the borrower's cases that want one here. Cases of a
borrower share a shard and a batch locks its shards, so no other engine can add a contact meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, and_, case, func, literal, null, or_, select

from scenario_engine.engine.frame import CompileFrame
from scenario_engine.models import Contact, table_of
from scenario_engine.rules.contact_policy import ContactPolicy
from scenario_engine.sql import shift_instant

Answer = Callable[[str, ColumnElement[Any]], ColumnElement[str]]


class Guard:
    """The guard at one contact node while the node is compiled."""

    def __init__(self, policy: ContactPolicy, *, column: str, earlier: Sequence[str]) -> None:
        """`column` is the node's port column; `earlier` those of contact nodes of the same kind before it."""
        self._policy = policy
        self._tried = f"{column}_try"
        self._rank = f"{column}_rank"
        self._final = f"{column}_word"
        self._earlier = earlier
        self._word: ColumnElement[str] = literal("allow")
        self._kind = "message"

    def ask(self, frame: CompileFrame) -> Answer:
        """Answer for the first layer: keeps what can be said without looking at other cases."""

        def note(kind: str, address: ColumnElement[Any]) -> ColumnElement[str]:
            self._kind = kind
            self._word = case(
                (or_(address.is_(None), func.length(address) == 0), literal("no_address")),
                (frame.borrower.contact_stop.is_not(None), literal("block")),
                (frame.contact_moment() > frame.now, literal("defer")),
                else_=literal("try"),
            )
            return self._word

        return note

    def tried(self, present: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
        """Column of the first layer: the word so far, null for a case that is not at the node."""
        return {self._tried: case((present, self._word), else_=null())}

    def ranked(self, layer: CTE) -> dict[str, ColumnElement[Any]]:
        """Column of the second layer: contacts of the borrower in this batch up to and with this one."""
        c = layer.c
        wants = case((c[self._tried] == "try", literal(1, Integer())), else_=literal(0, Integer()))
        rank: ColumnElement[Any] = func.sum(wants).over(partition_by=c.borrower_id, order_by=c.case_id, rows=(None, 0))
        for column in self._earlier:
            sent = case((c[column] == "sent", literal(1, Integer())), else_=literal(0, Integer()))
            rank = rank + func.sum(sent).over(partition_by=c.borrower_id)
        return {self._rank: rank}

    @property
    def columns(self) -> frozenset[str]:
        """Columns that nobody needs once the node has its port."""
        return frozenset((self._tried, self._rank, self._final))

    def worded(self, layer: CTE, frame: CompileFrame) -> dict[str, ColumnElement[Any]]:
        """Column of the third layer: the final word. A column of its own, so that it is found once a case however
        many ports ask for it.
        """
        contacts = table_of(Contact)
        holds = [
            select(func.count())
            .select_from(contacts)
            .where(
                contacts.c.borrower_id == layer.c.borrower_id,
                contacts.c.kind == self._kind,
                contacts.c.at > shift_instant(frame.now, literal(-limit.seconds, Integer())),
            )
            .correlate(layer)
            .scalar_subquery()
            + layer.c[self._rank]
            <= limit.contacts
            for limit in self._policy.limits.get(self._kind, ())
        ]
        tried = layer.c[self._tried]
        word = case((tried != "try", tried), (and_(literal(True), *holds), literal("allow")), else_=literal("block"))
        return {self._final: case((tried.is_not(None), word), else_=null())}

    def answer(self, layer: CTE) -> Answer:
        """Answer for the fourth layer."""
        word = layer.c[self._final]
        return lambda _kind, _address: word
