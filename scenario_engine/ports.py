"""What the engine expects of the outside: Protocols that connectors fill, found through entry points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A rendered message, ready to leave."""

    #: idempotency key, the same at every retry
    key: str
    message_id: int
    channel: str
    recipient: str
    subject: str
    body: str
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of one message."""

    message_id: int
    accepted: bool
    #: the outside system's id
    receipt: str | None = None
    #: why not, for a person; null when accepted
    error: str | None = None
    #: worth trying again
    retry: bool = False


@runtime_checkable
class Connector(Protocol):
    """One outside system that messages leave through."""

    #: stable name, e.g. ``sandbox``
    key: str
    #: what people read
    title: Text
    #: channels it serves
    channels: Sequence[str]

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Delivery]:
        """Send the batch; one `Delivery` for each message, in any order. Raises nothing for a single bad message."""
        ...


class JobBackend(Protocol):
    """Where long jobs are worked on: threads of this process, or workers behind a queue.

    It carries ids and promises nothing: a job may be told twice or never. The row decides (see `scenario_engine.jobs`).
    """

    def dispatch(self, job_id: int) -> None:
        """Have the job run soon. Raises `OSError` when the queue cannot be reached."""
        ...

    def stop(self) -> None:
        """Take no more jobs, and wait for those that run here."""
        ...
