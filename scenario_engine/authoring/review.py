"""Versions: submitted by one person, approved or returned by another."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine.authoring.found import (
    find_version,
    invalid,
    lock_scenario,
    must_be_fresh,
    must_be_submitted,
    must_not_be,
    note,
    read_text,
)
from scenario_engine.authoring.scope import must_be_publishable
from scenario_engine.engine.publication import publish
from scenario_engine.errors import Conflict, Forbidden
from scenario_engine.graph import document
from scenario_engine.models import AuditEntry, Version
from scenario_engine.texts import Text

MAX_COMMENT = 4_000


def submit(
    session: Session, scenario_id: int, *, revision: int, comment: str = "", actor: str, now: datetime
) -> Version:
    """Put the draft up for review; a version that is under review already is replaced by it.

    Raises `StaleDraft`, and `Invalid` with all problems when the draft may not be published.
    """
    scenario = lock_scenario(session, scenario_id)
    must_not_be(scenario, "archived")
    must_be_fresh(scenario, revision)
    comment = read_text(comment, MAX_COMMENT, required=False)
    must_be_publishable(session, scenario, scenario.draft, now)
    waiting = select(Version).where(Version.scenario_id == scenario.id, Version.state == "submitted")
    version = session.scalar(waiting.with_for_update().execution_options(populate_existing=True))
    replaced = version.content_hash if version is not None else None
    if version is None:
        last = session.scalar(select(func.max(Version.number)).where(Version.scenario_id == scenario.id))
        version = Version(scenario_id=scenario.id, number=(last or 0) + 1, state="submitted")
        session.add(version)
    version.document = deepcopy(scenario.draft)
    version.content_hash = document.content_hash(scenario.draft)
    version.comment = comment
    version.submitted_by = actor
    version.submitted_at = now
    session.flush()
    note(
        session,
        "version.submitted",
        version,
        actor,
        now,
        scenario=scenario.key,
        number=version.number,
        content_hash=version.content_hash,
        edited_by=scenario.draft_by,
        replaced=replaced,
    )
    return version


def approve(
    session: Session,
    version_id: int,
    *,
    content_hash: str,
    actor: str,
    now: datetime,
    comment: str = "",
) -> Version:
    """Publish a submitted version; the one that was live is retired.

    `content_hash` is that of the document the reviewer saw. Raises `Forbidden` when the actor submitted it or edited
    the draft last, `Conflict` when it is not under review or is another document by now, `Invalid` when it can no
    longer be published (a sub-scenario is gone, …).
    """
    scenario = lock_scenario(session, find_version(session, version_id).scenario_id)
    version = find_version(session, version_id, lock=True)
    must_be_submitted(version)
    must_not_be(scenario, "archived")
    if actor in {version.submitted_by, scenario.draft_by, _edited_by(session, version)}:
        raise Forbidden(
            Text(
                "Another person has to approve this version: you drew or submitted it.",
                "Эту версию должен утвердить другой сотрудник: вы её рисовали или отправили.",
            ),
            code="four_eyes",
        )
    now_is = document.content_hash(version.document)
    if content_hash != version.content_hash or now_is != version.content_hash:
        raise Conflict(
            Text(
                "The version has changed since you opened it. Look at it again.",
                "Версия изменилась после того, как вы её открыли. Посмотрите её ещё раз.",
            ),
            code="version.changed",
        )
    must_be_publishable(session, scenario, version.document, now)
    version.review_comment = read_text(comment, MAX_COMMENT, required=False) or None
    publish(session, version, now=now, actor=actor)
    note(
        session,
        "version.approved",
        version,
        actor,
        now,
        scenario=scenario.key,
        number=version.number,
        content_hash=version.content_hash,
        submitted_by=version.submitted_by,
    )
    return version


def return_(
    session: Session, version_id: int, *, reason: str, actor: str, now: datetime, node: str | None = None
) -> Version:
    """Send a submitted version back with a reason, perhaps at one of its nodes. Raises `Conflict`, `Invalid`."""
    scenario = lock_scenario(session, find_version(session, version_id).scenario_id)
    version = find_version(session, version_id, lock=True)
    must_be_submitted(version)
    reason = read_text(reason, MAX_COMMENT)
    nodes = {item["id"] for item in version.document["nodes"]}
    if node is not None and node not in nodes:
        raise invalid("node", "The version has no such node.", "В этой версии нет такого узла.")
    version.state = "returned"
    version.reviewed_by, version.reviewed_at = actor, now
    version.review_comment, version.review_node = reason, node
    note(session, "version.returned", version, actor, now, scenario=scenario.key, number=version.number, node=node)
    session.flush()
    return version


def _edited_by(session: Session, version: Version) -> str | None:
    """Who had edited the draft last when the version was submitted; the trail knows, whatever happened since."""
    details = session.scalar(
        select(AuditEntry.details)
        .where(
            AuditEntry.subject_type == "version",
            AuditEntry.subject_id == str(version.id),
            AuditEntry.action == "version.submitted",
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return details.get("edited_by") if details else None
