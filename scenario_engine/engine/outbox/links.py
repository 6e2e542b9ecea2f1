"""Connections to outside systems, and what a person reads when one fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from scenario_engine.engine.outbox.arrangement import Arrangement
from scenario_engine.errors import KaskadError
from scenario_engine.ports import Connector, Link, Unreached
from scenario_engine.texts import Text

log = logging.getLogger(__name__)

_NOT_REACHED = Text("Not reached: {why}.", "Не удалось связаться: {why}.")


@contextmanager
def opened(arrangement: Arrangement, carrier: Connector) -> Iterator[Link]:
    """A connection whose end fails quietly: what was said before is known."""
    connection = carrier.open(arrangement.setup)
    link = connection.__enter__()
    try:
        yield link
    finally:
        try:
            connection.__exit__(None, None, None)
        except Exception as error:  # as above
            log_failure(arrangement.key, error)


def log_failure(key: str, error: Exception) -> None:
    """Write down that a connector failed, with its trace when nobody foresaw it."""
    if isinstance(error, Unreached):
        log.warning("connector %s was not reached: %s", key, error)
    else:
        log.error("connector %s failed", key, exc_info=error)


def said_of(error: Exception) -> str:
    """What a person may read of it."""
    if isinstance(error, Unreached):
        return " / ".join(_NOT_REACHED.format(why=error.said))
    said = error.text.en if isinstance(error, KaskadError) else str(error)
    return f"{type(error).__name__}: {said}"
