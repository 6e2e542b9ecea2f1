"""Another attempt at work that another transaction, or a lost connection, got in the way of."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from scenario_engine.database import Failure, failure_of

T = TypeVar("T")

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 7
#: seconds before the second attempt; doubled before each further one
FIRST_PAUSE = 0.05
_PASSING = (Failure.CONFLICT, Failure.LOST)


@dataclass
class Attempts:
    """How one process tries again, and how often it had to."""

    randomness: random.Random
    #: waits for so many seconds; in tests and on other clocks it returns at once
    pause: Callable[[float], object]
    retries: int = 0

    def make(self, work: Callable[[], T]) -> T:
        """What `work` gives. It is one whole transaction that may be done again even when it has been committed.

        Raises the last error when trying again does not help, or would not.
        """
        for number in range(1, MOST_ATTEMPTS + 1):
            try:
                return work()
            except DBAPIError as error:
                failure = failure_of(error)
                if failure not in _PASSING or number == MOST_ATTEMPTS:
                    raise
                self.retries += 1
                log.info("attempt %s failed (%s): %s", number, failure, error.orig)
                self.pause(FIRST_PAUSE * 2 ** (number - 1) * self.randomness.uniform(0.5, 1.5))
        raise AssertionError("unreachable")
