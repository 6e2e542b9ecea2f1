"""A draft becomes a live version by two people, and nobody's work is lost on the way."""

from __future__ import annotations

import copy
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scenario_engine import authoring
from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.errors import Conflict, Forbidden, Invalid, NotFound
from scenario_engine.graph.document import content_hash
from scenario_engine.models import AuditEntry, Case, Scenario, Task, Version, VersionNode
from tests.builders import a_loan
from tests.engine.scenarios import NOON, SETTINGS, a_document, overdue_rule

ZONE = SETTINGS.time_zone
SOUND = a_document(
    {
        "in": ("entry.segment", {"rule": overdue_rule(1)}),
        "rest": ("wait.duration", {"days": 3}),
        "out": ("exit", {"reason": "done"}),
    },
    ["in:next>rest", "rest:next>out"],
)
UNFINISHED = a_document({"in": ("entry.segment", {"rule": overdue_rule(1)})}, [])


def renamed(name: str) -> dict[str, Any]:
    return SOUND | {"name": name}


def a_scenario(session: Session, document: dict[str, Any] = SOUND, actor: str = "manager") -> Scenario:
    return authoring.create(session, name="Test", document=document, actor=actor, now=NOON)


def submitted(session: Session, scenario: Scenario, actor: str = "manager") -> Version:
    return authoring.submit(session, scenario.id, revision=scenario.revision, actor=actor, now=NOON)


def approved(session: Session, version: Version, actor: str = "compliance") -> Version:
    return authoring.approve(session, version.id, content_hash=version.content_hash, actor=actor, now=NOON)


def a_live_scenario(session: Session) -> Scenario:
    scenario = a_scenario(session)
    approved(session, submitted(session, scenario))
    return scenario


def acts(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(AuditEntry.action, AuditEntry.actor).order_by(AuditEntry.id))
    return [(row[0], row[1]) for row in rows]


# -- drafts -----------------------------------------------------------------------------------------------------


def test_a_key_is_made_of_the_name_and_is_never_taken_twice(database: Database) -> None:
    with database.write() as session:
        keys = [authoring.create(session, name="Мягкое 1–30!", actor="m", now=NOON).key for _ in range(3)]
        keys.append(authoring.create(session, name="日本", actor="m", now=NOON).key)
        keys.append(authoring.create(session, name="x" * 250, actor="m", now=NOON).key)
    assert keys[:4] == ["myagkoe-1-30", "myagkoe-1-30-2", "myagkoe-1-30-3", "scenario"]
    assert len(keys[4]) == 48


def test_a_key_that_is_taken_or_unfit_is_refused(database: Database) -> None:
    with database.write() as session:
        authoring.create(session, name="A", key="soft", actor="m", now=NOON)
        with pytest.raises(Conflict):
            authoring.create(session, name="B", key="soft", actor="m", now=NOON)
        for key in ("", "Soft", "a b", "-a", "x" * 65, "мягкое"):
            with pytest.raises(Invalid):
                authoring.create(session, name="B", key=key, actor="m", now=NOON)
        assert session.scalar(select(func.count()).select_from(Scenario)) == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 251, "a\0b", "a\nb", "\ud800", None, 7])
def test_a_name_must_be_one_that_can_be_shown(database: Database, name: Any) -> None:
    with database.write() as session, pytest.raises(Invalid):
        authoring.create(session, name=name, actor="m", now=NOON)


def test_a_copy_starts_from_the_other_draft(database: Database) -> None:
    with database.write() as session:
        source = a_scenario(session)
        copied = authoring.create(session, name="Copy", copy_of=source.id, actor="m", now=NOON)
        assert copied.draft == SOUND | {"name": "Copy"}
        assert copied.key == "copy"
        with pytest.raises(NotFound):
            authoring.create(session, name="Copy", copy_of=999, actor="m", now=NOON)


def test_saving_grows_the_revision_and_follows_the_name(database: Database) -> None:
    with database.write() as session:
        scenario = a_scenario(session)
        authoring.save_draft(session, scenario.id, document=renamed("Новое имя"), revision=1, actor="other", now=NOON)
        assert (scenario.revision, scenario.draft_by, scenario.name) == (2, "other", "Новое имя")
        authoring.save_draft(session, scenario.id, document=renamed("Новое имя"), revision=2, actor="m", now=NOON)
        assert (scenario.revision, scenario.draft_by) == (2, "other")
        assert acts(session) == [("scenario.created", "manager"), ("scenario.saved", "other")]


def test_whoever_saves_second_gets_the_work_of_the_first(database: Database) -> None:
    with database.write() as session:
        scenario_id = a_scenario(session).id
    with database.write() as session:
        authoring.save_draft(session, scenario_id, document=renamed("Hers"), revision=1, actor="her", now=NOON)
    with database.write() as session, pytest.raises(authoring.StaleDraft) as raised:
        authoring.save_draft(session, scenario_id, document=renamed("His"), revision=1, actor="him", now=NOON)
    assert raised.value.theirs == {
        "document": renamed("Hers"),
        "revision": 2,
        "draft_by": "her",
        "draft_at": NOON,
    }
    assert raised.value.code == "conflict"
    with database.read() as session:
        assert session.get_one(Scenario, scenario_id).draft["name"] == "Hers"


def test_of_many_who_save_at_once_one_wins_and_the_others_are_told(database: Database) -> None:
    with database.write() as session:
        scenario_id = a_scenario(session).id
    together = threading.Barrier(4)

    def save(who: str) -> str:
        together.wait(10)
        try:
            with database.write() as session:
                authoring.save_draft(session, scenario_id, document=renamed(who), revision=1, actor=who, now=NOON)
        except authoring.StaleDraft as stale:
            return f"lost to {stale.theirs['draft_by']}"
        return who

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(save, ["a", "b", "c", "d"]))
    (winner,) = [answer for answer in answers if not answer.startswith("lost")]
    assert answers.count(f"lost to {winner}") == 3


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "not JSON",
        7,
        {"x": float("nan")},
        {"x": "a\0b"},
        {"x": "\ud800"},
        {"x": "y" * 5_100_000},
        {"x": 10**400},
        {"nodes": "?"},
        {"nodes": [7]},
        {"nodes": [{"id": "n1", "type": "exit"}] * 2_001},
        {"edges": [{"id": "e1", "source": "n1"}]},
        {"notes": [{"id": "t1", "position": {"x": "left", "y": 0}}]},
        {"notes": [{"id": "t1", "position": {"x": 0, "y": 0}, "width": "wide"}]},
        {"settings": []},
    ],
    ids=[
        "null",
        "list",
        "text",
        "number",
        "nan",
        "nul",
        "surrogate",
        "huge",
        "big-number",
        "no-list",
        "no-node",
        "too-many",
        "half-an-edge",
        "nowhere",
        "no-width",
        "no-settings",
    ],
)
def test_a_draft_must_be_an_object_that_can_be_stored(database: Database, document: Any) -> None:
    with database.write() as session:
        scenario = a_scenario(session)
        with pytest.raises(Invalid) as raised:
            authoring.save_draft(session, scenario.id, document=document, revision=1, actor="m", now=NOON)
        assert raised.value.problems
        assert scenario.revision == 1


def test_a_draft_may_be_unfinished(database: Database) -> None:
    with database.write() as session:
        scenario = a_scenario(session)
        for revision, document in enumerate(
            [UNFINISHED, {"nodes": [{"id": "n1", "type": "nobody knows"}]}, {}], start=1
        ):
            authoring.save_draft(session, scenario.id, document=document, revision=revision, actor="m", now=NOON)
        assert scenario.draft == {"name": "", "settings": {}, "nodes": [], "edges": [], "notes": []}


def test_what_is_exported_can_be_brought_in_again(database: Database) -> None:
    with database.write() as session:
        scenario = a_scenario(session)
        document = authoring.export(session, scenario.id, actor="m", now=NOON)
        brought = authoring.import_(session, document=document, actor="m", now=NOON)
        assert brought.draft == scenario.draft
        assert brought.key == "test-2"
        assert acts(session)[-2:] == [("scenario.exported", "m"), ("scenario.imported", "m")]


@pytest.mark.parametrize("document", [b"\xff", "[1, 2", "[]", {"format": 99}, {"format": 1, "nodes": 3}])
def test_what_is_no_document_is_not_brought_in(database: Database, document: Any) -> None:
    with database.write() as session:
        with pytest.raises(Invalid) as raised:
            authoring.import_(session, document=document, actor="m", now=NOON)
        assert raised.value.problems
        assert session.scalar(select(func.count()).select_from(Scenario)) == 0


def test_only_what_was_never_published_can_be_deleted(database: Database) -> None:
    with database.write() as session:
        scenario = a_scenario(session)
        authoring.return_(session, submitted(session, scenario).id, reason="no", actor="c", now=NOON)
        submitted(session, scenario)
        authoring.delete(session, scenario.id, actor="m", now=NOON)
        assert session.scalar(select(func.count()).select_from(Version)) == 0
        live = a_live_scenario(session)
        with pytest.raises(Conflict):
            authoring.delete(session, live.id, actor="m", now=NOON)
        with pytest.raises(NotFound):
            authoring.delete(session, 999, actor="m", now=NOON)


# -- review -----------------------------------------------------------------------------------------------------


def test_a_version_goes_live_by_two_people(database: Database) -> None:
    with database.write() as session:
        scenario = a_scenario(session)
        version = submitted(session, scenario)
        assert (version.number, version.state, version.content_hash) == (1, "submitted", content_hash(SOUND))
        approved(session, version)
        assert (version.state, version.reviewed_by) == ("published", "compliance")
        assert (scenario.state, scenario.live_version_id) == ("live", version.id)
        nodes = session.scalars(select(VersionNode.key).where(VersionNode.version_id == version.id))
        assert set(nodes) == {"in", "rest", "out"}
        assert acts(session) == [
            ("scenario.created", "manager"),
            ("version.submitted", "manager"),
            ("version.approved", "compliance"),
        ]


def test_what_cannot_be_published_cannot_be_submitted(database: Database) -> None:
    with database.write() as session:
        scenario = a_scenario(session, UNFINISHED)
        with pytest.raises(Invalid) as raised:
            submitted(session, scenario)
        assert any(problem.node == "in" for problem in raised.value.problems)
        assert session.scalar(select(func.count()).select_from(Version)) == 0


def test_a_stale_draft_cannot_be_submitted(database: Database) -> None:
    with database.write() as session:
        scenario = a_scenario(session)
        authoring.save_draft(session, scenario.id, document=renamed("B"), revision=1, actor="b", now=NOON)
        with pytest.raises(authoring.StaleDraft):
            authoring.submit(session, scenario.id, revision=1, actor="manager", now=NOON)


def test_submitting_again_replaces_what_is_under_review(database: Database) -> None:
    with database.write() as session:
        scenario = a_scenario(session)
        first = submitted(session, scenario)
        seen, number = first.content_hash, first.number
        authoring.save_draft(session, scenario.id, document=renamed("B"), revision=1, actor="manager", now=NOON)
        second = submitted(session, scenario)
        assert (second.id, second.number) == (first.id, number)
        with pytest.raises(Conflict):
            authoring.approve(session, second.id, content_hash=seen, actor="compliance", now=NOON)
        assert approved(session, second).document["name"] == "B"


@pytest.mark.parametrize("actor", ["submitter", "drawer", "later"])
def test_nobody_approves_their_own_work(database: Database, actor: str) -> None:
    with database.write() as session:
        scenario = a_scenario(session, actor="drawer")
        version = submitted(session, scenario, actor="submitter")
        authoring.save_draft(session, scenario.id, document=renamed("Next"), revision=1, actor="later", now=NOON)
        with pytest.raises(Forbidden):
            approved(session, version, actor=actor)
        assert version.state == "submitted"
        assert scenario.live_version_id is None
        assert approved(session, version, actor="compliance").state == "published"


def test_a_returned_version_says_why_and_where(database: Database) -> None:
    with database.write() as session:
        scenario = a_scenario(session)
        version = submitted(session, scenario)
        for reason, node in (("", None), ("  ", None), ("why", "nowhere")):
            with pytest.raises(Invalid):
                authoring.return_(session, version.id, reason=reason, node=node, actor="c", now=NOON)
        authoring.return_(session, version.id, reason="Too often", node="rest", actor="c", now=NOON)
        assert (version.state, version.review_comment, version.review_node) == ("returned", "Too often", "rest")
        with pytest.raises(Conflict):
            approved(session, version)
        assert submitted(session, scenario).number == 2


def test_a_new_version_retires_the_old_and_restore_brings_it_back(database: Database) -> None:
    with database.write() as session:
        scenario = a_live_scenario(session)
        first = session.scalars(select(Version)).one()
        authoring.save_draft(session, scenario.id, document=renamed("B"), revision=1, actor="manager", now=NOON)
        second = approved(session, submitted(session, scenario))
        assert (first.state, second.state, scenario.live_version_id) == ("retired", "published", second.id)
        authoring.restore(session, first.id, actor="manager", now=NOON)
        assert (scenario.draft, scenario.revision) == (SOUND, 3)
        with pytest.raises(authoring.StaleDraft):
            authoring.restore(session, first.id, actor="manager", now=NOON, revision=2)


def test_a_version_whose_sub_scenario_is_gone_cannot_be_approved(database: Database) -> None:
    calling = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "sub": ("sub_scenario", {"scenario": "test"}),
            "out": ("exit", {"reason": "done"}),
        },
        ["in:next>sub", "sub:done>out", "sub:skipped>out"],
    )
    with database.write() as session:
        child, other = a_live_scenario(session), a_live_scenario(session)
        parent = authoring.create(session, name="Parent", document=calling, actor="manager", now=NOON)
        version = submitted(session, parent)
        assert authoring.check_scope(session, now=NOON).scenarios == {child.key: (), other.key: ()}
        authoring.archive(session, child.id, actor="m", now=NOON, time_zone=ZONE)
        with pytest.raises(Invalid):
            approved(session, version)
        assert version.state == "submitted"


# -- running ----------------------------------------------------------------------------------------------------


def test_pausing_needs_a_reason_and_a_live_scenario(database: Database) -> None:
    with database.write() as session:
        draft, live = a_scenario(session), a_live_scenario(session)
        with pytest.raises(Conflict):
            authoring.pause(session, draft.id, reason="x", actor="m", now=NOON)
        with pytest.raises(Invalid):
            authoring.pause(session, live.id, reason=" ", actor="m", now=NOON)
        authoring.pause(session, live.id, reason="Check the texts", actor="m", now=NOON)
        assert (live.state, live.pause_reason) == ("paused", "Check the texts")
        with pytest.raises(Conflict):
            authoring.pause(session, live.id, reason="x", actor="m", now=NOON)
        authoring.resume(session, live.id, actor="m", now=NOON)
        assert (live.state, live.pause_reason) == ("live", None)
        with pytest.raises(Conflict):
            authoring.resume(session, live.id, actor="m", now=NOON)


def test_an_archived_scenario_lets_its_cases_go_and_takes_no_act_any_more(database: Database) -> None:
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        scenario_id = a_live_scenario(session).id
    run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    with database.write() as session:
        scenario = session.get_one(Scenario, scenario_id)
        version = submitted(session, scenario)
        assert authoring.archive(session, scenario_id, actor="m", now=NOON, time_zone=ZONE) == 1
        case = session.scalars(select(Case)).one()
        assert (case.end_reason, case.ended_at, case.due_at) == ("stopped", NOON, None)
        assert session.get_one(Version, version.id).state == "returned"
        for act in (
            lambda: authoring.archive(session, scenario_id, actor="m", now=NOON, time_zone=ZONE),
            lambda: authoring.resume(session, scenario_id, actor="m", now=NOON),
            lambda: submitted(session, session.get_one(Scenario, scenario_id)),
            lambda: authoring.save_draft(session, scenario_id, document={}, revision=1, actor="m", now=NOON),
        ):
            with pytest.raises(Conflict):
                act()
    later = NOON + timedelta(days=5)
    assert run_tick(database, now=later, settings=SETTINGS, timer=lambda: 0.0).enrolled == 0


def test_a_parent_goes_on_when_its_sub_scenario_is_archived(database: Database) -> None:
    child_document = a_document(
        {
            "in": ("entry.signal", {"signal_kind": "reply"}),
            "rest": ("wait.duration", {"days": 30}),
            "out": ("exit", {"reason": "done"}),
        },
        ["in:next>rest", "rest:next>out"],
    )
    parent_document = a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "sub": ("sub_scenario", {"scenario": "child"}),
            "call": (
                "task",
                {
                    "title": "Call",
                    "dispositions": [{"key": "ok", "title": "ok"}],
                    "expires": {"days": 1},
                },
            ),
            "out": ("exit", {"reason": "done"}),
        },
        ["in:next>sub", "sub:done>call", "sub:skipped>out", "call:ok>out", "call:expired>out"],
    )
    with database.write() as session:
        a_loan(session, dpd=5, overdue=100_00)
        child = authoring.create(session, name="Child", document=child_document, actor="manager", now=NOON)
        approved(session, submitted(session, child))
        parent = authoring.create(session, name="Parent", document=parent_document, actor="manager", now=NOON)
        approved(session, submitted(session, parent))
        child_id = child.id
    for _ in range(2):
        run_tick(database, now=NOON, settings=SETTINGS, timer=lambda: 0.0)
    with database.write() as session:
        assert authoring.archive(session, child_id, actor="m", now=NOON, time_zone=ZONE) == 1
    run_tick(database, now=NOON + timedelta(hours=1), settings=SETTINGS, timer=lambda: 0.0)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Task)) == 1


def test_no_act_changes_a_document_that_the_caller_still_holds(database: Database) -> None:
    document = copy.deepcopy(SOUND)
    with database.write() as session:
        scenario = a_scenario(session, document)
        approved(session, submitted(session, scenario))
        authoring.export(session, scenario.id, actor="m", now=NOON)["nodes"].clear()
        assert scenario.draft["nodes"] == SOUND["nodes"]
    assert document == SOUND
