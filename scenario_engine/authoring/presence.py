"""Who has a scenario open: every tab says so, the database remembers it for a while, and any web process can answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scenario_engine.authoring.found import find_scenario
from scenario_engine.models import Presence

#: a tab that was silent for so long is taken to be gone; tabs speak every ten seconds
GONE_AFTER = timedelta(seconds=35)


def arrive(
    session: Session,
    scenario_id: int,
    *,
    tab: str,
    person: str,
    full_name: str,
    node: str | None,
    editing: bool,
    now: datetime,
) -> Sequence[Presence]:
    """Note that a tab has the scenario open; the other tabs that have, the oldest name first.

    `NotFound` when there is no such scenario.
    """
    find_scenario(session, scenario_id)
    values = {"person": person, "full_name": full_name, "node": node, "editing": editing, "seen_at": now}
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(
        dialect.insert(Presence)
        .values(scenario_id=scenario_id, tab=tab, **values)
        .on_conflict_do_update(index_elements=["scenario_id", "tab"], set_=values, where=Presence.person == person)
    )
    quiet = {"synchronize_session": False}
    session.execute(delete(Presence).where(Presence.seen_at < now - GONE_AFTER).execution_options(**quiet))
    others = select(Presence).where(Presence.scenario_id == scenario_id, Presence.tab != tab)
    return session.scalars(others.order_by(Presence.full_name, Presence.tab)).all()


def leave(session: Session, scenario_id: int, *, tab: str, person: str) -> None:
    """Note that a person's tab has closed the scenario."""
    mine = (Presence.scenario_id == scenario_id, Presence.tab == tab, Presence.person == person)
    session.execute(delete(Presence).where(*mine).execution_options(synchronize_session=False))
