"""Long jobs: imports, exports, sending. What was asked for is a row; whoever claims it does it, and only they.

A backend (`scenario_engine.ports.JobBackend`) tells workers which row to look at: threads of this process (`threads`),
or a queue outside. A worker gives signs of life; when they stop, another takes the job up, a bounded number of times.
"""

from scenario_engine.jobs.attempt import Attempt
from scenario_engine.jobs.desk import Desk
from scenario_engine.jobs.kind import JobKind

__all__ = ["Attempt", "Desk", "JobKind"]
