"""What a kind of job says about itself: one file a kind, like node types and connectors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from scenario_engine.jobs.attempt import Attempt
from scenario_engine.models import Job
from scenario_engine.texts import Text


class JobKind:
    """One kind of long work. `work` may be cut off at any moment and begun again by somebody else."""

    #: stable name, stored in the row
    key: str
    #: what people call it
    title: Text
    #: how often it is begun when its workers die
    most_attempts = 3
    #: how long the row stays after its end, and with it what the job made
    kept = timedelta(days=30)
    #: whether people asked for it, so that the audit trail tells of it
    audited = True

    def work(self, attempt: Attempt) -> Mapping[str, Any]:
        """Do the job; gives its result as JSON values.

        Calls `attempt.report` or `attempt.step` between steps; both raise `Halted` when it is to end. A `KaskadError`
        tells the person why it failed.
        """
        raise NotImplementedError

    def repeat(self, session: Session, job: Job, now: datetime) -> None:
        """Undo what a former attempt left behind, if there was one, in the transaction in which the job is taken up."""

    def check_repeat(self, job: Job) -> None:
        """Raise a `KaskadError` when a person cannot have an ended job done again."""

    def conclude(self, session: Session, job: Job, now: datetime) -> None:
        """Tell the job's own rows of its end, in the transaction in which it ends as `job.state` says."""

    def discard(self, job: Job) -> None:
        """Remove what the job made outside the database; its row goes. Safe to repeat."""
