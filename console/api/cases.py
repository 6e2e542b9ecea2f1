"""Cases: one loan's way through a version."""

from __future__ import annotations

from typing import Any

from console.analysis import sentences_of
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.shapes import loans as shapes
from console.context import database
from console.queries.cases import case_card, version_document_of


class CasesApi(Api):
    """Cases."""

    resource_name = "cases"

    @route("GET", "/<key:case_id>", right="loan.read", answer=shapes.CaseCard)
    def get(self, *, actor: Actor, case_id: int) -> dict[str, Any]:
        """A case with every stay at a node, and what the rules saw there."""
        with database().read() as session:
            sentences = sentences_of(version_document_of(session, actor, case_id), actor.language)
            return case_card(session, actor, case_id, sentences)
