"""Scenarios: list, draft, and what happens to them before and after publishing."""

from __future__ import annotations

import json
from typing import Any

from flask.wrappers import Response
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from console import repetition
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Json, Key, Line
from console.api.listing import ListQuery, answer
from console.api.shapes import scenarios as shapes
from console.clock import now, today
from console.context import database, settings
from console.errors import answer_error
from console.queries.pauses import pause_reason
from console.queries.scenarios import (
    live_version,
    require_scenario,
    scenario_list,
    submitted_versions,
    version_item,
    versions_of,
)
from scenario_engine import authoring
from scenario_engine.models import Scenario, Version


class ScenarioQuery(ListQuery):
    """Filters of the list."""

    state = Line(longest=100)


class NewScenario(Schema):
    """A new scenario: empty, from a document, or a copy."""

    name = Line(required=True)
    key = Line(longest=64, load_default=None, allow_none=True)
    document = Json(load_default=None, allow_none=True)
    copy_of = Key(load_default=None, allow_none=True)


class ImportedScenario(Schema):
    """A document that was exported somewhere."""

    document = fields.Raw(required=True)
    key = Line(longest=64, load_default=None, allow_none=True)
    name = Line(load_default=None, allow_none=True)


class Draft(Schema):
    """A draft, and the revision that it was made from."""

    document = fields.Raw(required=True, allow_none=True)
    revision = Key(required=True)


class Submission(Schema):
    """The revision that goes into review."""

    revision = Key(required=True)
    comment = Line(longest=10_000, load_default="", allow_none=True)


class Reason(Schema):
    """Why."""

    reason = Line(longest=10_000, required=True)


class ScenariosApi(Api):
    """Scenarios and their drafts."""

    resource_name = "scenarios"

    @route("GET", "", right="scenario.read", query=ScenarioQuery, answer=shapes.ScenarioPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """The scenarios with their numbers of the last 30 days."""
        day = today(now(), settings().time_zone)
        return answer(database(), scenario_list(query, day, actor.language), query, actor)

    @route("POST", "", right="scenario.edit", body=NewScenario, answer=shapes.Scenario, status=201, repeatable=True)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """A new scenario."""
        moment = now()

        def write(session: Session) -> dict[str, Any]:
            made = authoring.create(session, **body, may_add=actor.may("template.edit"), actor=actor.name, now=moment)
            return scenario_card(session, made, actor.language)

        return repetition.once(database(), actor.name, moment, write)

    @route(
        "POST",
        "/import",
        right="scenario.edit",
        body=ImportedScenario,
        answer=shapes.Scenario,
        status=201,
        repeatable=True,
    )
    def import_(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """A new scenario from an exported document."""
        moment = now()

        def write(session: Session) -> dict[str, Any]:
            made = authoring.import_(session, **body, may_add=actor.may("template.edit"), actor=actor.name, now=moment)
            return scenario_card(session, made, actor.language)

        return repetition.once(database(), actor.name, moment, write)

    @route("GET", "/<key:scenario_id>", right="scenario.read", answer=shapes.Scenario)
    def get(self, *, actor: Actor, scenario_id: int) -> dict[str, Any]:
        """A scenario with its draft and what is wrong with it."""
        with database().read() as session:
            return scenario_card(session, require_scenario(session, scenario_id), actor.language)

    @route("DELETE", "/<key:scenario_id>", right="scenario.edit", status=204)
    def delete(self, *, actor: Actor, scenario_id: int) -> Response:
        """Delete a scenario that was never published."""
        with database().write() as session:
            authoring.delete(session, scenario_id, actor=actor.name, now=now())
        return Response(status=204)

    @route("PUT", "/<key:scenario_id>/draft", right="scenario.edit", body=Draft, answer=shapes.Saved)
    def put_draft(self, *, actor: Actor, scenario_id: int, body: dict[str, Any]) -> Any:
        """Save the draft; 409 with `theirs` when somebody else saved meanwhile."""
        try:
            with database().write() as session:
                saved = authoring.save_draft(session, scenario_id, **body, actor=actor.name, now=now())
                analysis = authoring.analyse(session, saved.draft, now=now(), scenario_key=saved.key)
                return {"revision": saved.revision, "analysis": analysis.as_dict(actor.language)}
        except authoring.StaleDraft as error:
            return answer_error(error, theirs=error.theirs)

    @route(
        "POST",
        "/<key:scenario_id>/submit",
        right="scenario.submit",
        body=Submission,
        answer=shapes.VersionItem,
        status=201,
    )
    def submit(self, *, actor: Actor, scenario_id: int, body: dict[str, Any]) -> Any:
        """Put the draft up for review."""
        try:
            with database().write() as session:
                version = authoring.submit(
                    session,
                    scenario_id,
                    revision=body["revision"],
                    comment=body["comment"] or "",
                    actor=actor.name,
                    now=now(),
                )
                return version_item(version, 0)
        except authoring.StaleDraft as error:
            return answer_error(error, theirs=error.theirs)

    @route("POST", "/<key:scenario_id>/pause", right="scenario.pause", body=Reason, answer=shapes.Scenario)
    def pause(self, *, actor: Actor, scenario_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Stop a live scenario where it stands."""
        with database().write() as session:
            found = authoring.pause(session, scenario_id, reason=body["reason"], actor=actor.name, now=now())
            return scenario_card(session, found, actor.language)

    @route("POST", "/<key:scenario_id>/resume", right="scenario.pause", answer=shapes.Scenario)
    def resume(self, *, actor: Actor, scenario_id: int) -> dict[str, Any]:
        """Let a paused scenario go on."""
        with database().write() as session:
            found = authoring.resume(session, scenario_id, actor=actor.name, now=now())
            return scenario_card(session, found, actor.language)

    @route("POST", "/<key:scenario_id>/archive", right="scenario.pause", answer=shapes.Scenario)
    def archive(self, *, actor: Actor, scenario_id: int) -> dict[str, Any]:
        """Put a scenario away for good; its active cases end."""
        zone = settings().time_zone
        with database().write() as session:
            authoring.archive(session, scenario_id, actor=actor.name, now=now(), time_zone=zone)
            return scenario_card(session, require_scenario(session, scenario_id), actor.language)

    @route("GET", "/<key:scenario_id>/export", right="scenario.read", files=("application/json",))
    def export(self, *, actor: Actor, scenario_id: int) -> Response:
        """The draft as a file."""
        with database().write() as session:
            key = require_scenario(session, scenario_id).key
            document = authoring.export(session, scenario_id, actor=actor.name, now=now())
        return document_file(document, key)

    @route("GET", "/<key:scenario_id>/versions", right="scenario.read", answer=shapes.Versions)
    def versions(self, *, actor: Actor, scenario_id: int) -> dict[str, Any]:
        """The versions of a scenario, the newest first."""
        with database().read() as session:
            require_scenario(session, scenario_id)
            return {"items": versions_of(session, scenario_id)}


def document_file(document: dict[str, Any], name: str) -> Response:
    """A document as a file to keep, `name` without its ending."""
    response = Response(json.dumps(document, ensure_ascii=False, indent=2), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def scenario_card(session: Session, scenario: Scenario, language: str) -> dict[str, Any]:
    """A scenario as its page shows it."""
    live = session.get(Version, scenario.live_version_id) if scenario.live_version_id is not None else None
    analysis = authoring.analyse(session, scenario.draft, now=now(), scenario_key=scenario.key)
    return {
        "id": scenario.id,
        "key": scenario.key,
        "name": scenario.name,
        "state": scenario.state,
        "pause_reason": pause_reason(scenario, language),
        "draft": scenario.draft,
        "revision": scenario.revision,
        "draft_by": scenario.draft_by,
        "draft_at": scenario.draft_at,
        "live_version": live_version(live),
        "submitted_version": submitted_versions(session, [scenario.id]).get(scenario.id),
        "analysis": analysis.as_dict(language),
        "demo": scenario.demo,
    }
