"""What other systems send: borrowers, loans, payments and signals, one at a time or thousands, safe to repeat."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session

from console import repetition
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import refuse_unstorable
from console.api.shapes import intake as shapes
from console.clock import now, today
from console.context import database, settings
from console.jobs.bring_in import note_end
from scenario_engine import audit
from scenario_engine.engine.events import react
from scenario_engine.models import FileImport
from scenario_engine.registry import imports
from scenario_engine.registry.imports.records import MOST_RECORDS, Brought, bring, field_names
from scenario_engine.registry.imports.telling import Telling

#: how the history of imports calls a bulk request
API = "API"
_TYPES: Mapping[str, dict[str, Any]] = {
    "money": {"type": "integer", "format": "int64", "description": "kopecks"},
    "days": {"type": "integer"},
    "number": {"type": "integer"},
    "day": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "document": {"type": "object"},
}


def record_shape(kind: str) -> dict[str, Any]:
    """A record of the kind as JSON Schema, from the targets that a file's columns become."""
    names = field_names(kind)
    targets = imports.TARGETS[kind]
    properties = {}
    for target in targets:
        shape = dict(_TYPES.get(target.type, {"type": "string", "maxLength": target.limit}))
        if target.choices:
            shape = {"type": "string", "enum": list(target.choices)}
        about = f"{target.title.en}. {target.help.en}"
        shape["description"] = f"{about} In {shape['description']}." if "description" in shape else about
        shape["nullable"] = not target.required
        properties[names[target.key]] = shape
    required = [names[target.key] for target in targets if target.required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


class _Record(fields.Dict):
    """One record; its fields are checked by the readers of imports, which say what is wrong in each."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__(validate=refuse_unstorable, metadata=record_shape(kind), **options)


class _Records(fields.List):
    """Records of a kind; every row has the same fields."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__(
            fields.Raw(metadata=record_shape(kind)), validate=[validate.Length(1, MOST_RECORDS), _are_records],
            **options,
        )  # fmt: skip


def _are_records(rows: Sequence[Any]) -> None:
    wrong = {number: ["Enter an object."] for number, row in enumerate(rows, 1) if not isinstance(row, dict)}
    if wrong:
        raise ValidationError(wrong)


def _one(kind: str) -> type[Schema]:
    return Schema.from_dict({"record": _Record(kind, required=True)}, name=f"One{kind.capitalize()}")


def _many(kind: str) -> type[Schema]:
    made = {
        "rows": _Records(kind, required=True),
        # The class has a `partial` of its own.
        "right_rows": fields.Boolean(load_default=False, data_key="partial"),
    }
    return Schema.from_dict(made, name=f"Many{kind.capitalize()}")


class IntakeApi(Api):
    """Records that other systems send."""

    resource_name = "intake"

    @route("POST", "/borrowers", right="import.run", body=_many("borrowers"), answer=shapes.Intake, repeatable=True)
    def borrowers(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Add borrowers and change those that are known: all rows or, with `partial`, the right ones."""
        return _take(actor, "borrowers", **body)

    @route("POST", "/borrowers/one", right="import.run", body=_one("borrowers"), answer=shapes.Outcome, repeatable=True)
    def borrower(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Add a borrower, or change the one of that id."""
        return _take_one(actor, "borrowers", body["record"])

    @route("POST", "/loans", right="import.run", body=_many("loans"), answer=shapes.Intake, repeatable=True)
    def loans(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Add loans and change known ones, with their borrowers: all rows or, with `partial`, the right ones."""
        return _take(actor, "loans", **body)

    @route("POST", "/loans/one", right="import.run", body=_one("loans"), answer=shapes.Outcome, repeatable=True)
    def loan(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Add a loan with its borrower, or change the one of that id."""
        return _take_one(actor, "loans", body["record"])

    @route("POST", "/payments", right="payment.record", body=_many("payments"), answer=shapes.Intake, repeatable=True)
    def payments(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Record payments; known ones are left alone: all rows or, with `partial`, the right ones."""
        return _take(actor, "payments", **body)

    @route(
        "POST", "/payments/one", right="payment.record", body=_one("payments"), answer=shapes.Outcome, repeatable=True
    )
    def payment(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Record a payment; a known one is left alone."""
        return _take_one(actor, "payments", body["record"])

    @route("POST", "/signals", right="signal.record", body=_many("signals"), answer=shapes.Intake, repeatable=True)
    def signals(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Note what happened to loans; known signals are left alone: all rows or, with `partial`, the right ones."""
        actor.require("loan.all")
        return _take(actor, "signals", **body)

    @route("POST", "/signals/one", right="signal.record", body=_one("signals"), answer=shapes.Outcome, repeatable=True)
    def signal(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Note what happened to a loan; a known signal is left alone."""
        actor.require("loan.all")
        return _take_one(actor, "signals", body["record"])


def _take(actor: Actor, kind: str, rows: list[dict[str, Any]], right_rows: bool) -> dict[str, Any]:
    """The answer to a bulk request, which stands in the history of imports."""
    moment, answer = now(), dict[str, Any]()

    def note(session: Session, brought: Brought) -> None:
        row = FileImport(
            kind=kind, file_name=API, file_hash=hashlib.sha256(request.get_data(cache=True)).hexdigest(),
            state="done", dry_run=False, mapping={}, actor=actor.name, started_at=moment, finished_at=now(),
            rows_read=len(rows), rows_total=len(rows), rows_added=brought.added, rows_updated=brought.updated,
            rows_wrong=brought.wrong,
        )  # fmt: skip
        session.add(row)
        session.flush()
        note_end(session, row, moment)
        answer.update(_counted(brought), import_id=row.id)
        answer["problems"] = [problem.as_dict(actor.language) for problem in brought.problems]
        repetition.keep(session, actor.name, answer, 200)

    _bring(actor, kind, rows, partial=right_rows, after=note)
    return answer


def _take_one(actor: Actor, kind: str, record: dict[str, Any]) -> dict[str, Any]:
    """The answer for a single record, which only the audit tells of."""
    answer = dict[str, Any]()

    def note(session: Session, brought: Brought) -> None:
        outcome = "added" if brought.added else "updated" if brought.updated else "unchanged"
        answer.update(outcome=outcome)
        if outcome != "unchanged":
            audit.record(
                session, at=now(), actor=actor.name, action=f"record.{outcome}", subject_type=kind.removesuffix("s"),
                subject_id=str(record["external_id"])[:64], source=API,
            )  # fmt: skip
        repetition.keep(session, actor.name, answer, 200)

    _bring(actor, kind, [record], partial=False, after=note)
    return answer


def _bring(actor: Actor, kind: str, rows: list[dict[str, Any]], *, partial: bool, after: Any) -> None:
    moment, zone = now(), settings().time_zone

    def settle(session: Session, brought: Brought) -> None:
        # A payment that cures a loan ends its cases in the transaction that records it.
        react(session, now=moment, time_zone=zone)
        after(session, brought)

    bring(
        database(),
        kind,
        rows,
        told=Telling(source="api", mark=f"api:{uuid.uuid4().hex}"),
        partial=partial,
        time_zone=zone,
        today=today(moment, zone),
        now=moment,
        before=lambda session: repetition.claim(session, actor.name, moment),
        after=settle,
    )


def _counted(brought: Brought) -> dict[str, int]:
    return {name: getattr(brought, name) for name in ("added", "updated", "unchanged", "wrong")}
