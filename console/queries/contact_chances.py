"""Whether a borrower may be contacted now, in words."""

from __future__ import annotations

from typing import Any

from scenario_engine.manual_contacts import Chance
from scenario_engine.policies.reasons import in_words


def chance_facts(chance: Chance, language: str) -> dict[str, Any]:
    """What the guard says of one channel."""
    return {
        "channel": chance.channel,
        "kind": chance.kind,
        "allowed": chance.answer.allowed,
        "code": chance.answer.code,
        "text": in_words(chance.answer.code).say(language),
        "until": chance.answer.until,
    }
