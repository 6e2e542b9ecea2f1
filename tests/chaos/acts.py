"""What people do in the chaos run: payments, tasks closed, offers answered. Planned by names: two runs plan alike."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from scenario_engine import work
from scenario_engine.database import Database
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.events import react
from scenario_engine.models import Borrower, Case, Loan, Offer, Task
from scenario_engine.registry import payments
from tests.chaos.portfolio import COLLECTION, DISPOSITIONS
from tests.engine.scenarios import SETTINGS


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that somebody does; done twice it changes nothing."""

    #: pay, task, offer
    kind: str
    loan: str
    at: datetime
    #: kopecks, for a payment
    amount: int = 0
    #: the disposition, or the answer
    choice: str = ""

    @property
    def key(self) -> str:
        """Id of the payment."""
        return f"P-{self.at:%m%d%H%M}-{self.loan}"


def plan_acts(session: Session, *, at: datetime, seed: str, most: int, alone: bool) -> list[Act]:
    """Acts at a moment, on the state as it is before: at most one a borrower, at most `most` of a kind.

    Only borrowers none of whose cases moves by itself at that moment, and only loans that no scenario can take up at
    it, for one has them: what people do and the ticks of the moment may then come in any order. `alone` names payments
    of borrowers with a single loan: for a moment at which the registry is rolled, too.
    """
    randomness = random.Random(seed)
    acts: list[Act] = []
    taken: set[int] = set()
    for kind, rows in _candidates(session, at, alone).items():
        for name, borrower, overdue in randomness.sample(rows, min(most, len(rows))):
            if borrower in taken:
                continue
            taken.add(borrower)
            lot = randomness.random()
            if kind == "pay":
                acts.append(Act(kind=kind, loan=name, at=at, amount=overdue if lot < 0.6 else overdue // 2 + 1))
            elif kind == "task":
                acts.append(Act(kind=kind, loan=name, at=at, choice=str(DISPOSITIONS[lot < 0.5]["key"])))
            else:
                acts.append(Act(kind=kind, loan=name, at=at, choice="accepted" if lot < 0.5 else "declined"))
    randomness.shuffle(acts)
    return acts


def _candidates(session: Session, at: datetime, alone: bool) -> dict[str, Sequence[Any]]:
    moves = exists().where(Case.borrower_id == Loan.borrower_id, Case.due_at <= at)
    loans = (
        select(Loan.external_id, Loan.borrower_id, Loan.overdue)
        .where(Loan.state == "open", ~moves)
        .order_by(Loan.external_id)
    )
    # a case of another track lets loans in beside it: they come when their time to come again is over
    taken = exists().where(Case.loan_id == Loan.id, Case.ended_at.is_(None), Case.track == COLLECTION)
    pay = loans.where(Loan.overdue > 1, taken)
    if alone:
        other = aliased(Loan)
        single = ~exists().where(other.borrower_id == Loan.borrower_id, other.id != Loan.id)
        return {"pay": session.execute(pay.where(single)).all()}
    task = loans.join(Task, Task.loan_id == Loan.id).where(Task.state == "open")
    offer = loans.join(Offer, Offer.loan_id == Loan.id).where(Offer.state == "open")
    return {kind: session.execute(found).all() for kind, found in (("task", task), ("offer", offer), ("pay", pay))}


def write_acts(path: Path, acts: Sequence[Act]) -> None:
    """Give a desk its work as a file."""
    path.write_text(json.dumps([{**asdict(act), "at": act.at.isoformat()} for act in acts]))


def read_acts(path: Path) -> list[Act]:
    """The work in a file."""
    return [Act(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in json.loads(path.read_text())]


def perform(database: Database, act: Act, attempts: Attempts) -> None:
    """Do it, once: an act that has been done already is left alone."""
    attempts.make(lambda: _perform(database, act))


def _perform(database: Database, act: Act) -> None:
    zone = SETTINGS.time_zone
    with database.write() as session:
        loan = session.execute(
            select(Loan.id, Borrower.external_id)
            .join(Borrower, Borrower.id == Loan.borrower_id)
            .where(Loan.external_id == act.loan)
        ).one()
        if act.kind == "pay":
            paid_at = act.at - timedelta(minutes=30)
            new = payments.NewPayment(external_id=act.key, loan_id=loan.id, amount=act.amount, paid_at=paid_at)
            payments.record(session, [new], now=act.at, source="api", time_zone=zone)
            react(session, now=act.at, time_zone=zone)
            return
        row: type[Task] | type[Offer] = Task if act.kind == "task" else Offer
        found = session.scalar(select(row.id).where(row.loan_id == loan.id, row.state == "open"))
        if found is None:
            return
        if act.kind == "task":
            work.close(session, found, disposition=act.choice, actor="operator", now=act.at, time_zone=zone)
        else:
            work.answer_offer(
                session, found, accepted=act.choice == "accepted", actor="operator", now=act.at, time_zone=zone
            )
