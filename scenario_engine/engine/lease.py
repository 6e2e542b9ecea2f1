"""The leader's lease: which engine takes new loans, rolls the registry and tidies up.

Its time is the database's own clock and nobody's argument: it says whether a process lives, not when something
happens in the portfolio, and machines whose clocks differ must agree on it. Two leaders would be harmless, because all
that a leader does locks its rows and changes nothing the second time; the lease only spares the work.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, case, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from scenario_engine.database import Database
from scenario_engine.models import Lease, table_of
from scenario_engine.sql import database_now, shift_instant

LEADER = "leader"
#: how long a lease holds without being renewed
LEASE_SECONDS = 5
#: pause between renewals, and between looks whether it has lapsed. Together with the lease well below ten seconds, and
#: a leader that is held up for three renewals still leads
RENEW_SECONDS = 1


def hold(database: Database, process: str, *, seconds: int = LEASE_SECONDS) -> bool:
    """Take the lease, or renew it; false while another process holds it.

    One that reaches further than it can was written before the database's clock was put back: it counts as lapsed.
    """
    leases = table_of(Lease)
    now = database_now()
    until = shift_instant(now, seconds)
    insert = (sqlite if database.dialect == "sqlite" else postgresql).insert(leases)
    mine = leases.c.holder == process
    written = insert.values(name=LEADER, holder=process, taken_at=now, until=until)
    held = database.execute_alone(
        written.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": process, "taken_at": case((mine, leases.c.taken_at), else_=now), "until": until},
            where=or_(mine, leases.c.until < now, leases.c.until > shift_instant(now, 2 * seconds)),
        ).returning(leases.c.holder)
    )
    return held is not None


def let_go(database: Database, process: str) -> None:
    """Give the lease up, so that another process need not wait for it to lapse."""
    leases = table_of(Lease)
    database.execute_alone(
        update(leases)
        .where(and_(leases.c.name == LEADER, leases.c.holder == process))
        .values(until=shift_instant(database_now(), -1))
        .returning(leases.c.name)
    )


def note_roll(database: Database, day: date) -> None:
    """Write down to which day the registry was brought. Alone: nobody may hold the row while others wait to lead."""
    leases = table_of(Lease)
    database.execute_alone(update(leases).where(leases.c.name == LEADER).values(rolled_on=day).returning(leases.c.name))
