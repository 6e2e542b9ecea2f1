"""Would this contact be allowed, and if not, when: the guard asked for one borrower, real or made up.

It is the guard's own SQL, over the contacts in the database or over a history that somebody thought of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, literal, select, union_all
from sqlalchemy.orm import Session

from scenario_engine.models import Borrower, Contact, Loan, UtcDateTime, table_of
from scenario_engine.policies.guard import answer, tally
from scenario_engine.policies.pack import ContactPolicy, Limit
from scenario_engine.policies.reasons import ALLOW, DEFER, LIMIT, TALK
from scenario_engine.policies.windows import Calendar, Rolling, Window

#: moments that are tried before nobody knows when the contact will be allowed
_MOST_TRIES = 60


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the guard says."""

    #: see `reasons`
    code: str
    #: the first moment at which it would say yes when nothing else happens; null: not by itself
    until: datetime | None = None

    @property
    def allowed(self) -> bool:
        """Whether the contact may be made."""
        return self.code == ALLOW


@dataclass(frozen=True, kw_only=True)
class Made:
    """A contact of a made-up history."""

    kind: str
    at: datetime
    #: about this loan, or about another one
    same_loan: bool = True
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True)
class Invented:
    """A borrower that somebody thought of."""

    time_zone: str
    contact_stop: str | None = None
    #: the borrower refused the channel
    refused: bool = False
    history: Sequence[Made] = ()


@dataclass(frozen=True, kw_only=True)
class Used:
    """How far contacts have come towards a limit."""

    kind: str
    limit: Limit
    #: contacts that it counts now; of a limit about one loan, about the loan that has most of them
    contacts: int

    @property
    def is_reached(self) -> bool:
        """Whether the next contact would be one too many."""
        return self.contacts > self.limit.contacts or (
            self.limit.counts == "attempts" and self.contacts == self.limit.contacts
        )


class Moment:
    """`guard.Asking` at one instant in one time zone."""

    def __init__(self, now: datetime, time_zone: str, *, loan: Any, borrower: Any) -> None:
        self._now = now
        self._zone = time_zone
        self.now: ColumnElement[datetime] = literal(now, UtcDateTime())
        self.loan = loan
        self.borrower = borrower

    def moment(self, moment: Callable[[datetime, str], datetime]) -> ColumnElement[datetime]:
        """In the one zone."""
        return literal(moment(self._now, self._zone), UtcDateTime())

    def after(self, seconds: int) -> ColumnElement[datetime]:
        """So much later."""
        return literal(self._now + timedelta(seconds=seconds), UtcDateTime())


def ask(
    session: Session,
    policy: ContactPolicy,
    *,
    loan_id: int,
    kind: str,
    channel: str,
    now: datetime,
    address: str | None = "known",
    consented: bool = False,
) -> Answer:
    """May the borrower of a loan be contacted now. `address` null: there is none."""
    borrower, loan = table_of(Borrower), table_of(Loan)
    of_loan = select(borrower.c.time_zone).join(loan, loan.c.borrower_id == borrower.c.id).where(loan.c.id == loan_id)
    zone = session.scalar(of_loan) or "UTC"

    def at(moment: datetime) -> str:
        said = answer(
            Moment(moment, zone, loan=loan.c, borrower=borrower.c),
            policy,
            kind=kind,
            channel=channel,
            address=literal(address, String()),
            limited=not consented,
        )
        asked = select(said).join_from(loan, borrower, borrower.c.id == loan.c.borrower_id).where(loan.c.id == loan_id)
        return session.scalar(asked) or ALLOW

    made = select(Contact.at).where(
        Contact.borrower_id == select(loan.c.borrower_id).where(loan.c.id == loan_id).scalar_subquery(),
        Contact.at > now - timedelta(seconds=_longest(policy, kind)),
    )
    return _first(policy, kind, zone, now, at, lambda: session.scalars(made).all())


def used(session: Session, policy: ContactPolicy, *, borrower_id: int, time_zone: str, now: datetime) -> list[Used]:
    """What is used of every limit, by the windows in which the guard counts."""
    if not policy.every_limit:
        return []
    contacts = table_of(Contact).alias()
    asking = Moment(
        now,
        time_zone,
        loan=SimpleNamespace(id=contacts.c.loan_id),
        borrower=SimpleNamespace(id=literal(borrower_id, BigInteger())),
    )
    by_loan = session.execute(tally(asking, policy, contacts)).all()
    over = {"borrower": sum, "loan": lambda counts: max(counts, default=0)}
    return [
        Used(kind=kind, limit=limit, contacts=over[limit.per](row[place] for row in by_loan))
        for place, (kind, limit) in enumerate(policy.every_limit)
    ]


def imagine(
    session: Session, policy: ContactPolicy, person: Invented, *, kind: str, channel: str, now: datetime
) -> Answer:
    """May somebody be contacted whom nobody has met; nothing is written."""
    borrower = SimpleNamespace(
        id=literal(1, BigInteger()),
        contact_stop=literal(person.contact_stop, String()),
        contact_stop_until=literal(None, UtcDateTime()),
    )
    rows = [
        select(
            literal(1, BigInteger()).label("borrower_id"),
            literal(1 if each.same_loan else 2, BigInteger()).label("loan_id"),
            literal(each.kind, String()).label("kind"),
            literal(each.at, UtcDateTime()).label("at"),
            literal(each.outcome, String()).label("outcome"),
        )
        for each in (*person.history, Made(kind="none", at=now))
    ]
    contacts = union_all(*rows).subquery("contacts")

    def at(moment: datetime) -> str:
        said = answer(
            Moment(moment, person.time_zone, loan=SimpleNamespace(id=literal(1, BigInteger())), borrower=borrower),
            policy,
            kind=kind,
            channel=channel,
            address=literal("known", String()),
            contacts=contacts,
        )
        return session.scalar(select(said)) or ALLOW

    if person.refused and at(now) in (ALLOW, DEFER):
        return Answer(code="refused")
    return _first(policy, kind, person.time_zone, now, at, lambda: [each.at for each in person.history])


def _first(
    policy: ContactPolicy,
    kind: str,
    zone: str,
    now: datetime,
    at: Callable[[datetime], str],
    history: Callable[[], Sequence[datetime]],
) -> Answer:
    """The answer now, and the first moment after it at which the answer is yes."""
    code = said = at(now)
    moment = now
    made: Sequence[datetime] | None = None
    for _ in range(_MOST_TRIES):
        if said == ALLOW:
            return Answer(code=code, until=None if moment == now else moment)
        if said == DEFER:
            moment = policy.next_moment(moment, zone)
        elif said.startswith((f"{LIMIT}:", f"{TALK}:")):
            made = history() if made is None else made
            moment = _next_change(policy, kind, zone, moment, made)
        else:
            break
        said = at(moment)
    return Answer(code=code)


def _next_change(policy: ContactPolicy, kind: str, zone: str, moment: datetime, made: Sequence[datetime]) -> datetime:
    """The first moment after this one at which a window holds fewer of the contacts."""
    windows = {window for limit in policy.limits.get(kind, ()) for window in limit.windows}
    return min(_end(window, zone, moment, made) for window in windows)


def _end(window: Window, zone: str, moment: datetime, made: Sequence[datetime]) -> datetime:
    if isinstance(window, Calendar):
        return window.after(moment, zone)
    assert isinstance(window, Rolling)
    leaving = [at + timedelta(seconds=window.seconds) for at in made]
    return min((left for left in leaving if left > moment), default=moment + timedelta(seconds=window.seconds))


def _longest(policy: ContactPolicy, kind: str) -> int:
    spans = [
        window.seconds if isinstance(window, Rolling) else window.longest
        for limit in policy.limits.get(kind, ())
        for window in limit.windows
    ]
    return max(spans, default=0)
