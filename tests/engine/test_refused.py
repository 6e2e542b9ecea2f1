"""Random invalid graphs never publish."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from scenario_engine import authoring
from scenario_engine.database import Database
from scenario_engine.errors import Invalid
from scenario_engine.graph.checks import analyse
from scenario_engine.graph.drawable import completed
from scenario_engine.models import Version
from scenario_engine.nodes.base import CheckScope
from scenario_engine.nodes.catalogue import load_catalogue
from tests.engine.scenarios import NOON
from tests.graph.strategies import broken_documents, spoilt_documents, valid_documents


def submitted(database: Database, document: Any) -> str | None:
    """The hash of the version that came of submitting the document; None when it was refused."""
    with database.write() as session:
        try:
            scenario = authoring.create(session, name="Random", document=document, actor="manager", now=NOON)
            version = authoring.submit(session, scenario.id, revision=scenario.revision, actor="manager", now=NOON)
        except Invalid:
            session.rollback()
            return None
        session.rollback()
        return version.content_hash


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(broken=broken_documents())
def test_a_graph_with_something_wrong_is_never_submitted(
    sqlite_database: Database, broken: tuple[dict[str, Any], str]
) -> None:
    document, _code = broken
    assert submitted(sqlite_database, document) is None
    with sqlite_database.read() as session:
        assert session.scalars(select(Version.id)).all() == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=valid_documents())
def test_a_sound_graph_is_submitted(sqlite_database: Database, document: dict[str, Any]) -> None:
    assert submitted(sqlite_database, document)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=spoilt_documents())
def test_a_spoilt_document_is_refused_or_sound_and_never_breaks_the_program(
    sqlite_database: Database, document: dict[str, Any]
) -> None:
    was_submitted = submitted(sqlite_database, document) is not None
    draft = completed(document | {"name": "Random"}) if was_submitted else document
    assert was_submitted <= analyse(draft, load_catalogue(), CheckScope()).publishable
