"""One case with its visits, and the cases that stand at a node."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import Listing
from console.export import Column
from console.queries.loan_card import case_facts
from console.queries.visibility import Veil, seen_loans
from scenario_engine.engine.history import trails_of
from scenario_engine.engine.paths import SYSTEM_PORTS
from scenario_engine.errors import NotFound
from scenario_engine.models import Batch, Borrower, Case, Loan, PathHop, Scenario, Trail, Version, VersionNode
from scenario_engine.models.scenario import shown_name
from scenario_engine.policies.reasons import SEEN_AS, in_words
from scenario_engine.texts import Text

#: a case lives through this many ticks at most on its page; the newest are kept
_TRAILS = 2000


def case_card(session: Session, actor: Actor, case_id: int, sentences: Mapping[str, str]) -> dict[str, Any]:
    """The case and its visits, oldest first. `sentences` say what each node of the version does."""
    case, scenario, name, number, key, label, loan_number = _find(session, actor, case_id)
    return {
        **case_facts(case, scenario, name, number, key, label, actor.language),
        "loan": {"id": case.loan_id, "external_id": loan_number},
        "visits": visits(session, case_id, sentences, actor.language),
    }


def _find(session: Session, actor: Actor, case_id: int) -> Row[*tuple[Any, ...]]:
    found = session.execute(
        select(Case, Scenario, shown_name(), Version.number, VersionNode.key, VersionNode.label, Loan.external_id)
        .join(Scenario, Scenario.id == Case.scenario_id)
        .join(Version, Version.id == Case.version_id)
        .join(Loan, Loan.id == Case.loan_id)
        .outerjoin(VersionNode, VersionNode.id == Case.node_id)
        .where(Case.id == case_id, seen_loans(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(Text("There is no such case.", "Такого дела нет."))
    return found


def version_document_of(session: Session, actor: Actor, case_id: int) -> dict[str, Any]:
    """The document of the version that a case is in; NotFound as for the case."""
    case = _find(session, actor, case_id)[0]
    return session.get_one(Version, case.version_id).document


def visits(session: Session, case_id: int, sentences: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    """Every stay of the case at a node, read from its trails."""
    trail = trails_of(select(Case.id.label("case_id"), Case.batch_id).where(Case.id == case_id)).c
    rows = session.execute(
        select(trail.at, trail.seen, PathHop.port, PathHop.entered, VersionNode.key, VersionNode.label)
        .join(PathHop, PathHop.path_id == trail.path_id)
        .join(VersionNode, VersionNode.id == PathHop.node_id)
        .order_by(trail.back, PathHop.hop.desc())
        .limit(_TRAILS)
    ).all()
    found: list[dict[str, Any]] = []
    for row in reversed(rows):
        if row.entered or not found:
            found.append(
                {
                    "node": {"key": row.key, "label": row.label},
                    "entered_at": row.at if row.entered else None,
                    "left_at": None,
                    "port": None,
                    "seen": {},
                    "guard": None,
                    "words": sentences.get(row.key),
                }
            )
        visit = found[-1]
        seen = _seen_at(row.seen, row.key)
        code = seen.pop(SEEN_AS, None)
        visit["guard"] = visit["guard"] if code is None else in_words(str(code)).say(language)
        visit["seen"] |= seen
        if row.port is not None:
            visit["left_at"], visit["port"] = row.at, row.port
    return found


def _seen_at(seen: str | None, key: str) -> dict[str, Any]:
    """What the rules of one node saw: the trail holds all nodes of a tick together."""
    if not seen:
        return {}
    try:
        by_node = json.loads(seen)
    except ValueError:
        return {}
    inner = by_node.get(key) if isinstance(by_node, dict) else None
    return inner if isinstance(inner, dict) else {}


def node_cases(
    actor: Actor,
    version_id: int,
    node_id: int,
    *,
    state: str,
    port: str | None,
    days: tuple[str, str],
    which: ColumnElement[bool],
) -> Listing:
    """The cases that stand at a node or were set aside there, and those that entered or left it (by a port) within the
    local `days`, both included. `which` narrows them further.
    """
    veil = Veil(actor)
    statement = (
        select(
            Case.id,
            Case.loan_id,
            Loan.external_id,
            Borrower.full_name,
            Loan.dpd,
            Loan.overdue,
            Case.entered_at,
            Case.due_at,
            Case.error,
        )
        .join(Loan, Loan.id == Case.loan_id)
        .join(Borrower, Borrower.id == Case.borrower_id)
        .where(Case.version_id == version_id, seen_loans(actor), which)
    )
    if state == "here":
        statement = statement.where(Case.node_id == node_id, Case.ended_at.is_(None))
    elif state == "failed":
        statement = statement.where(Case.node_id == node_id, Case.end_reason == "failed")
    else:
        walked = Case.id.in_(_walked(version_id, node_id, state, port, days))
        statement = statement.where(walked if state == "entered" else or_(walked, _ended_at(node_id, port)))
    return Listing(
        select=statement,
        sorts={
            "case_id": Case.id,
            "loan_external_id": Loan.external_id,
            "dpd": Loan.dpd,
            "overdue": Loan.overdue,
            "entered_at": Case.entered_at,
            "due_at": Case.due_at,
        },
        order="-entered_at",
        tie=Case.id,
        item=lambda row: {
            "case_id": row.id,
            "loan_id": row.loan_id,
            "loan_external_id": row.external_id,
            "borrower_name": veil.name(row.full_name),
            "dpd": row.dpd,
            "overdue": row.overdue,
            "entered_at": row.entered_at,
            "due_at": row.due_at,
            "error": row.error,
        },
        columns=(
            Column(Text("Case", "Дело"), "case_id"),
            Column(Text("Loan", "Займ"), "loan_external_id"),
            Column(Text("Borrower", "Заёмщик"), "borrower_name"),
            Column(Text("Days past due", "Дней просрочки"), "dpd"),
            Column(Text("Overdue, ₽", "Просрочено, ₽"), "overdue", money=True),
            Column(Text("Entered at", "Вход"), "entered_at"),
            Column(Text("Due at", "Следующий шаг"), "due_at"),
            Column(Text("Error", "Ошибка"), "error"),
        ),
        file_name="cases",
    )


def _walked(version_id: int, node_id: int, state: str, port: str | None, days: tuple[str, str]) -> Select[int]:
    """Cases that a tick of those days brought to the node, or took out of it, by the batches of their version."""
    # nobody rests at an entry: who leaves it has entered it
    at_entry = and_(PathHop.hop == 0, VersionNode.type.like("entry.%"))
    moved = or_(PathHop.entered, at_entry) if state == "entered" else PathHop.port.is_not(None)
    return (
        select(Trail.case_id)
        .join(Batch, and_(Batch.id == Trail.batch_id, Batch.at == Trail.at))
        .join(PathHop, PathHop.path_id == Trail.path_id)
        .join(VersionNode, VersionNode.id == PathHop.node_id)
        .where(
            Batch.version_id == version_id, Batch.day >= days[0], Batch.day <= days[1], PathHop.node_id == node_id,
            moved, PathHop.port == port if port else true(),
        )
    )  # fmt: skip


def _ended_at(node_id: int, port: str | None) -> ColumnElement[bool]:
    """Cases that the engine itself ended at the node, whenever: their batches are of no version."""
    ports = [each for each in SYSTEM_PORTS if port in (None, each)]
    return and_(Case.node_id == node_id, Case.end_reason.in_(ports))
