"""The contact guard: lawful contacts by construction, for a whole batch at once.

For every case that wants to make a contact it counts the borrower's contacts in the policy's windows and those that
the case made at earlier nodes of the same tick. A statement holds one case of a borrower, cases of a borrower share a
shard, and a batch locks its shards: nobody else can add a contact meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal, or_, select

from scenario_engine.models import Contact, table_of
from scenario_engine.rules.contact_policy import ContactPolicy

if TYPE_CHECKING:
    from scenario_engine.engine.frame import CompileFrame


def word_of(
    frame: CompileFrame, *, kind: str, address: ColumnElement[Any], earlier: Sequence[ColumnElement[bool]]
) -> ColumnElement[str]:
    """``allow``, ``defer``, ``block`` or ``no_address`` for one more contact of a kind to an address, at the frame's
    moment. `earlier` are the contacts of the kind that the case has made in this tick.
    """
    return case(
        (or_(address.is_(None), func.length(address) == 0), literal("no_address")),
        (frame.borrower.contact_stop.is_not(None), literal("block")),
        (frame.contact_moment() > frame.now, literal("defer")),
        else_=_within_limits(frame, frame.policy, kind, earlier),
    )


def _within_limits(
    frame: CompileFrame, policy: ContactPolicy, kind: str, earlier: Sequence[ColumnElement[bool]]
) -> ColumnElement[str]:
    """One look at the borrower's contacts of the longest window answers for all of them."""
    limits = policy.limits.get(kind, ())
    if not limits:
        return literal("allow")
    contacts = table_of(Contact).alias()
    more: Any = literal(1, Integer())
    for made in earlier:
        more = more + case((made, 1), else_=0)
    widest = max(limit.seconds for limit in limits)
    holds = []
    for limit in limits:
        inside = contacts.c.at > frame.after(-limit.seconds)
        count = func.count() if limit.seconds == widest else func.count(case((inside, 1)))
        holds.append(count + more <= limit.contacts)
    return (
        select(case((and_(*holds), literal("allow")), else_=literal("block")))
        .select_from(contacts)
        .where(
            contacts.c.borrower_id == frame.borrower.id,
            contacts.c.kind == kind,
            contacts.c.at > frame.after(-widest),
        )
        .correlate_except(contacts)
        .scalar_subquery()
    )
