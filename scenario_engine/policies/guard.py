"""The contact guard in SQL: may one more contact be made with a borrower, and why not.

One look at the borrower's contacts answers for every limit: each limit is a count over the part of it that its windows
hold. Where those windows begin is reckoned beforehand, once for each time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause, Integer, Select, and_, case, exists, func, literal, or_, select, true

from scenario_engine.models import ChannelRefusal, Contact, table_of
from scenario_engine.policies.pack import INCOMING, TALKED, ContactPolicy, Limit
from scenario_engine.policies.reasons import ALLOW, CHANNEL_OFF, DEFER, NO_ADDRESS, REFUSED, STOP, code_of_limit
from scenario_engine.policies.windows import Beginning, Rolling, Window, widest


class Asking(Protocol):
    """For whom and when the guard is asked."""

    now: ColumnElement[datetime]
    #: columns of the loan and of the borrower, by attribute
    loan: Any
    borrower: Any

    def moment(self, moment: Callable[[datetime, str], datetime]) -> ColumnElement[datetime]:
        """`moment(now, time zone)` for the borrower's own time zone."""
        ...

    def after(self, seconds: int) -> ColumnElement[datetime]:
        """The instant so many seconds later, before it when negative."""
        ...


def answer(
    asking: Asking,
    policy: ContactPolicy,
    *,
    kind: str,
    channel: str | None,
    address: ColumnElement[Any],
    earlier: Sequence[ColumnElement[bool]] = (),
    limited: bool = True,
    contacts: FromClause | None = None,
) -> ColumnElement[str]:
    """The code of the guard's answer (`reasons`) for one more contact of a kind.

    `earlier` are contacts of the kind that were made in the same moment and are not written yet. `limited` false: the
    borrower agreed to this contact beforehand. `contacts` is what to count in, the table when it is not given.
    """
    nowhere = or_(address.is_(None), func.length(address) == 0)
    if channel in policy.channels_off:
        return case((nowhere, literal(NO_ADDRESS)), else_=literal(CHANNEL_OFF))
    borrower = asking.borrower
    stopped = and_(
        borrower.contact_stop.is_not(None),
        or_(borrower.contact_stop_until.is_(None), borrower.contact_stop_until > asking.now),
    )
    return case(
        (nowhere, literal(NO_ADDRESS)),
        (stopped, literal(f"{STOP}:").concat(borrower.contact_stop)),
        (_refused(borrower.id, channel), literal(REFUSED)),
        (asking.moment(policy.next_moment) > asking.now, literal(DEFER)),
        else_=_within_limits(asking, policy, kind, earlier, contacts)
        if limited or not policy.consent_exempts
        else literal(ALLOW),
    )


def _refused(borrower_id: ColumnElement[int], channel: str | None) -> ColumnElement[bool]:
    """Few refuse: whether anybody refused the channel is asked once a statement, and seldom the borrower."""
    refusals, anybody = table_of(ChannelRefusal).alias(), table_of(ChannelRefusal).alias()
    some = exists(select(anybody.c.borrower_id).where(anybody.c.channel == channel)).correlate(None)
    this_one = exists(
        select(refusals.c.borrower_id).where(refusals.c.borrower_id == borrower_id, refusals.c.channel == channel)
    ).correlate_except(refusals)
    return and_(some, this_one)


def _within_limits(
    asking: Asking,
    policy: ContactPolicy,
    kind: str,
    earlier: Sequence[ColumnElement[bool]],
    given: FromClause | None,
) -> ColumnElement[str]:
    limits = policy.limits.get(kind, ())
    if not limits:
        return literal(ALLOW)
    contacts = table_of(Contact).alias() if given is None else given
    talks = any(limit.counts == "talks" for limit in limits)
    more: Any = literal(1, Integer())
    for made in earlier:
        more = more + case((made, 1), else_=0)
    every = widest(window for limit in limits for window in limit.windows)
    over = []
    for limit in limits:
        # a conversation counts whoever began it
        of_kind = contacts.c.kind == kind if talks and limit.counts == "attempts" else true()
        count = _count(asking, contacts, limit, every, of_kind)
        used = count if limit.counts == "talks" else count + more
        over.append((used > limit.contacts, literal(code_of_limit(limit))))
    return (
        select(case(*over, else_=literal(ALLOW)))
        .select_from(contacts)
        .where(
            contacts.c.borrower_id == asking.borrower.id,
            contacts.c.kind.in_((kind, INCOMING)) if talks else contacts.c.kind == kind,
            contacts.c.at > _beginning(asking, every),
        )
        .correlate_except(contacts)
        .scalar_subquery()
    )


def tally(asking: Asking, policy: ContactPolicy, contacts: FromClause) -> Select[Any]:
    """How many of the borrower's contacts each limit of the policy counts, in one look: a column for each of
    `every_limit`, and a row for each loan that the contacts are about when `asking.loan` is theirs.
    """
    every = widest(window for _, limit in policy.every_limit for window in limit.windows)
    columns: list[Any] = []
    for kind, limit in policy.every_limit:
        kinds = (kind, INCOMING) if limit.counts == "talks" else (kind,)
        columns.append(_count(asking, contacts, limit, every, contacts.c.kind.in_(kinds)))
    return (
        select(*columns)
        .where(contacts.c.borrower_id == asking.borrower.id, contacts.c.at > _beginning(asking, every))
        .group_by(contacts.c.loan_id)
    )


def _count(
    asking: Asking, contacts: Any, limit: Limit, every: frozenset[Window], of_kind: ColumnElement[bool]
) -> ColumnElement[int]:
    """How many of the contacts that are looked at a limit counts."""
    windows = widest(limit.windows)
    counted = [of_kind]
    if windows != every:
        counted.append(contacts.c.at > _beginning(asking, windows))
    if limit.per == "loan":
        counted.append(contacts.c.loan_id == asking.loan.id)
    if limit.counts == "talks":
        counted.append(contacts.c.outcome == TALKED)
    if len(counted) == 1 and windows == every and of_kind.compare(true()):
        return func.count()
    return func.count(case((and_(*counted), 1)))


def _beginning(asking: Asking, windows: frozenset[Window]) -> ColumnElement[datetime]:
    if all(isinstance(window, Rolling) for window in windows):
        return asking.after(-max(window.seconds for window in windows if isinstance(window, Rolling)))
    return asking.moment(Beginning(windows))
