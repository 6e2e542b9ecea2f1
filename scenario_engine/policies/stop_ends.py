"""When a stop of contacts ends by the contact policies that a borrower's loans are worked under."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.models import Borrower, Case, Loan, Version
from scenario_engine.policies.shelf import policy_in_force
from scenario_engine.policies.shipped import USUAL, key_of


def stop_ends(session: Session, borrower_id: int, *, now: datetime) -> dict[str, date]:
    """Reason of a stop that is written down now -> its last day where the borrower lives, where a policy says one.

    The policies are those of the borrower's running cases, the usual one without any; of several the longest time
    holds. The day on which it is written down does not count.
    """
    zone = session.scalars(select(Borrower.time_zone).where(Borrower.id == borrower_id)).one()
    today = now.astimezone(ZoneInfo(zone)).date()
    ends: dict[str, date] = {}
    for key in _policies(session, borrower_id):
        for reason, days in policy_in_force(session, key, now).stop_days.items():
            ends[reason] = max(ends.get(reason, today), today + timedelta(days=days))
    return ends


def _policies(session: Session, borrower_id: int) -> set[str]:
    running = (
        select(Case.version_id)
        .join(Loan, Loan.id == Case.loan_id)
        .where(Loan.borrower_id == borrower_id, Case.ended_at.is_(None))
    )
    documents = session.scalars(select(Version.document).where(Version.id.in_(running)))
    return {key_of(document) for document in documents} or {USUAL}
