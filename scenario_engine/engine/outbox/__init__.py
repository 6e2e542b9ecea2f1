"""The outbox: messages that scenarios wrote are rendered and handed to connectors, after the fact and outside the
batch.

A message is claimed in one transaction, sent without any, and its result written in another as soon as it is known. A
process that dies in between leaves a claim that runs out; the message then leaves again under the same idempotency key,
marked as one that may have been sent twice.

Each connector has a lane of its own: one that is slow, or down, holds up nobody else. What all engines must heed (the
rate, a pause that the other side asked for, the circuit breaker) stands in the database (`gate`).
"""

from scenario_engine.engine.outbox.arrangement import SANDBOX, Arrangement, arrange
from scenario_engine.engine.outbox.claims import CLAIM, is_anything_due
from scenario_engine.engine.outbox.delivery import deliver, give_up_unknown
from scenario_engine.engine.outbox.listening import listen
from scenario_engine.engine.outbox.recording import MOST_ATTEMPTS, Delivered
from scenario_engine.engine.outbox.rendering import template_values
from scenario_engine.engine.outbox.reports import hear, settle_early

__all__ = [
    "CLAIM",
    "MOST_ATTEMPTS",
    "SANDBOX",
    "Arrangement",
    "Delivered",
    "arrange",
    "deliver",
    "give_up_unknown",
    "hear",
    "is_anything_due",
    "listen",
    "settle_early",
    "template_values",
]
