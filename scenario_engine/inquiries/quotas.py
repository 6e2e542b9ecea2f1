"""What a provider still takes: its quotas against the requests that were written down, by whichever process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from scenario_engine.models import InquiryRequest
from scenario_engine.ports import Inquirer, Quota


@dataclass(frozen=True, kw_only=True)
class Room:
    """How much one more request may ask."""

    #: single, group
    kind: str
    #: 0: nothing before `until`
    questions: int
    until: datetime | None = None


def room(session: Session, inquirer: Inquirer, waiting: int, *, now: datetime) -> Room:
    """The request that asks most of what waits, within every quota. The caller holds the provider's row."""
    single = _left(session, inquirer, "single", now)
    if inquirer.together > 1:
        group = _left(session, inquirer, "group", now)
        if group.questions and (waiting > 1 or not single.questions):
            return Room(kind="group", questions=min(group.questions, inquirer.together))
        if not group.questions and not single.questions:
            return min(group, single, key=lambda each: each.until or now)
    return Room(kind="single", questions=min(single.questions, 1), until=single.until)


def write_down(session: Session, inquirer: Inquirer, kind: str, questions: int, *, now: datetime) -> None:
    """Count a request before it leaves: one that is cut off may have been counted on the other side too."""
    longest = max((quota.seconds for quota in inquirer.quotas), default=0)
    old = now - timedelta(seconds=longest)
    session.execute(
        delete(InquiryRequest).where(InquiryRequest.provider == inquirer.key, InquiryRequest.at <= old)
    )  # fmt: skip
    session.add(InquiryRequest(provider=inquirer.key, kind=kind, at=now, questions=questions))
    session.flush()


def _left(session: Session, inquirer: Inquirer, kind: str, now: datetime) -> Room:
    left, until = inquirer.together, now
    for quota in _of(inquirer.quotas, kind):
        since = now - timedelta(seconds=quota.seconds)
        counted = func.coalesce(func.sum(InquiryRequest.questions), 0) if quota.by_question else func.count()
        mine = (InquiryRequest.provider == inquirer.key, InquiryRequest.kind == kind, InquiryRequest.at > since)
        rest = quota.most - int(session.scalar(select(counted).select_from(InquiryRequest).where(*mine)) or 0)
        if rest <= 0:
            first = session.scalar(select(func.min(InquiryRequest.at)).where(*mine)) or now
            until = max(until, first + timedelta(seconds=quota.seconds))
        left = min(left, max(rest, 0) if quota.by_question else (left if rest > 0 else 0))
    return Room(kind=kind, questions=left, until=until)


def _of(quotas: Sequence[Quota], kind: str) -> list[Quota]:
    return [quota for quota in quotas if quota.kind == kind]
