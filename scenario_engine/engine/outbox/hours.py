"""Hours of contact, asked once more when messages leave: the guard let them pass when they were written, but they may
have waited since, for a pause, another attempt, or somebody who sent them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.contacts.stops import NO_CONTACT
from scenario_engine.engine.outbox.claims import Taken
from scenario_engine.engine.outbox.rendering import People
from scenario_engine.models import Version
from scenario_engine.policies.shelf import policy_in_force
from scenario_engine.policies.shipped import USUAL


def too_early(session: Session, messages: Sequence[Taken], people: People, now: datetime) -> Mapping[int, datetime]:
    """Those of the messages, by id, that would come outside the hours, and when they may leave."""
    contacts = [message for message in messages if message.channel not in NO_CONTACT]
    if not contacts:
        return {}
    settings = Version.document["settings"]["policy"].as_string()
    versions = select(Version.id, settings).where(Version.id.in_({each.version_id for each in contacts}))
    keys = {row[0]: row[1] or USUAL for row in session.execute(versions)}
    policies = {key: policy_in_force(session, key, now) for key in set(keys.values())}
    zones = {each.loan_id: people[each.loan_id].borrower.time_zone for each in contacts}
    moments = {
        (key, zone): policy.next_moment(now, zone) for key, policy in policies.items() for zone in set(zones.values())
    }
    found = {each.id: moments[keys[each.version_id], zones[each.loan_id]] for each in contacts}
    return {message_id: moment for message_id, moment in found.items() if moment > now}
