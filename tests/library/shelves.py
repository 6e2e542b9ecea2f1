"""Short ways to a template, and to a scenario that sends it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from scenario_engine import library
from scenario_engine.models import MessageTemplate
from tests.engine.scenarios import NOON, a_document, overdue_rule

RU = "{{ first_name }}, просрочено {{ overdue }}. {{ creditor_name }}, {{ creditor_phone }}"
EN = "{{ first_name }}, {{ overdue }} is overdue. {{ creditor_name }}, {{ creditor_phone }}"
BOTH = {"ru": {"body": RU}, "en": {"body": EN}}


def a_template(session: Session, **over: Any) -> MessageTemplate:
    """An SMS in both languages, under the key ``soft``."""
    values: dict[str, Any] = {
        "title": "Мягко", "channel": "sms", "texts": BOTH, "key": "soft", "actor": "manager", "now": NOON,
    }  # fmt: skip
    return library.create(session, **values | over)


def revised(session: Session, found: MessageTemplate, texts: Any, **over: Any) -> MessageTemplate:
    """Other texts for a template, from its newest revision."""
    values: dict[str, Any] = {"revision": found.revision, "title": found.title, "actor": "manager", "now": NOON}
    return library.revise(session, found.id, texts=texts, **values | over)


def a_scenario_with(library_text: Any, kind: str = "sms", **params: Any) -> dict[str, Any]:
    """A document whose one message takes that text of the library."""
    return a_document(
        {
            "in": ("entry.segment", {"rule": overdue_rule(1)}),
            "say": (kind, {"library": library_text, **params}),
            "out": ("exit", {"reason": "x"}),
        },
        ["in:next>say", "say:sent>out", "say:blocked>out", "say:no_address>out"],
    )
