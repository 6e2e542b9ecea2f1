"""Applications as a list and a card that says why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from console import state_words
from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.queries.visibility import Veil
from scenario_engine.errors import NotFound
from scenario_engine.models import Borrower, Loan, LoanApplication, Product
from scenario_engine.rules.application import title_of
from scenario_engine.rules.condition import check_rule
from scenario_engine.rules.fields import FIELDS
from scenario_engine.rules.words import rule_in_words, value_in_words
from scenario_engine.texts import Text

STATES = {
    "waiting": Text("waits for a person", "ждёт решения"),
    "approved": Text("approved", "одобрена"),
    "confirming": Text("waits for confirmation", "ждёт подтверждения"),
    "issued": Text("issued", "выдана"),
    "refused": Text("refused", "отказ"),
    "withdrawn": Text("withdrawn", "отозвана"),
}
_OLD = aliased(Loan)
_COLUMNS = (
    LoanApplication.id,
    LoanApplication.principal,
    LoanApplication.term,
    LoanApplication.channel,
    LoanApplication.state,
    LoanApplication.decision,
    LoanApplication.filed_at,
    LoanApplication.filed_by,
    LoanApplication.decided_at,
    LoanApplication.decided_by,
    LoanApplication.note,
    LoanApplication.requested_at,
    LoanApplication.requested_by,
    LoanApplication.confirmed_by,
    LoanApplication.loan_id,
    LoanApplication.refinanced_id,
    Loan.external_id.label("loan"),
    _OLD.external_id.label("refinanced"),
    Borrower.id.label("borrower_id"),
    Borrower.full_name,
    Product.code.label("product_code"),
    Product.name.label("product_name"),
    Product.terms,
)
EXPORTED = (
    Column(Text("No.", "№"), "id"),
    Column(Text("Borrower", "Заёмщик"), "borrower.name"),
    Column(Text("Product", "Продукт"), "product.name"),
    Column(Text("Sum, ₽", "Сумма, ₽"), "principal", money=True),
    Column(Text("Term", "Срок"), "term"),
    Column(Text("Channel", "Канал"), "channel", words=state_words.CHANNELS_OF_ISSUE),
    Column(Text("State", "Состояние"), "state", words=STATES),
    Column(Text("Why", "Почему"), "reason"),
    Column(Text("Filed at", "Подана"), "filed_at"),
    Column(Text("Filed by", "Кто подал"), "filed_by"),
    Column(Text("Decided by", "Кто решил"), "decided_by"),
    Column(Text("Confirmed by", "Кто подтвердил"), "confirmed_by"),
    Column(Text("Loan", "Займ"), "loan.external_id"),
)


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(LoanApplication)
        .join(Borrower, Borrower.id == LoanApplication.borrower_id)
        .join(Product, Product.id == LoanApplication.product_id)
        .outerjoin(Loan, Loan.id == LoanApplication.loan_id)
        .outerjoin(_OLD, _OLD.id == LoanApplication.refinanced_id)
    )


def application_list(actor: Actor, filters: Mapping[str, Any]) -> Listing:
    """The applications that fit the filters."""
    where: list[ColumnElement[bool]] = []
    if filters.get("state"):
        where.append(LoanApplication.state.in_(filters["state"].split(",")))
    if filters.get("product"):
        where.append(Product.code.in_(filters["product"].split(",")))
    if filters.get("borrower"):
        where.append(LoanApplication.borrower_id == filters["borrower"])
    if filters.get("q", "").strip():
        persons = (Borrower.full_name, Borrower.phone) if actor.may("person.read") else ()
        where.append(
            searches(filters["q"], LoanApplication.external_id, Loan.external_id, Borrower.external_id, *persons)
        )
    return Listing(
        select=_joined(select(*_COLUMNS)).where(*where),
        count=_joined(select(func.count())).where(*where),
        sorts={
            "id": LoanApplication.id,
            "borrower": Borrower.full_name,
            "product": Product.name,
            "principal": LoanApplication.principal,
            "term": LoanApplication.term,
            "state": LoanApplication.state,
            "filed_at": LoanApplication.filed_at,
            "filed_by": LoanApplication.filed_by,
            "decided_by": LoanApplication.decided_by,
            "loan": Loan.external_id,
        },
        order="-filed_at",
        tie=LoanApplication.id,
        item=lambda row: application_item(row, actor),
        columns=EXPORTED,
        file_name="applications",
    )


def application_item(row: Row[*tuple[Any, ...]], actor: Actor) -> dict[str, Any]:
    """A row of the list as JSON."""
    return {
        "id": row.id,
        "borrower": {"id": row.borrower_id, "name": Veil(actor).name(row.full_name)},
        "product": {"code": row.product_code, "name": row.product_name},
        "principal": row.principal,
        "term": row.term,
        "unit": (row.terms or {}).get("unit"),
        "channel": row.channel,
        "state": row.state,
        "reason": _reason(row, actor.language),
        "filed_at": row.filed_at,
        "filed_by": row.filed_by,
        "decided_by": row.decided_by,
        "confirmed_by": row.confirmed_by,
        "loan": row.loan_id and {"id": row.loan_id, "external_id": row.loan},
    }


def _reason(row: Row[*tuple[Any, ...]], language: str) -> str | None:
    """Why it stands as it does, in one line: a person's word, else what speaks against it, else the rule's."""
    if row.note:
        return str(row.note)
    against = _against(row.decision, language)
    rule = row.decision["rule"]
    return " ".join(against) or (rule["reason"] if rule and rule["reason"] else None)


def _against(decision: Mapping[str, Any], language: str) -> list[str]:
    return [Text(one["en"], one["ru"]).say(language) for one in decision["against"]]


def application_card(session: Session, actor: Actor, application_id: int) -> dict[str, Any]:
    """One application with everything that explains it."""
    row = session.execute(_joined(select(*_COLUMNS)).where(LoanApplication.id == application_id)).one_or_none()
    if row is None:
        raise NotFound(Text("There is no such application.", "Такой заявки нет."), code="application.unknown")
    found = session.get_one(LoanApplication, application_id)
    decision, language = row.decision, actor.language
    rule = decision["rule"]
    return {
        **application_item(row, actor),
        "external_id": found.external_id,
        "risk_score": found.risk_score,
        "debt_burden": found.debt_burden,
        "note": row.note,
        "decided_at": row.decided_at,
        "requested_at": row.requested_at,
        "requested_by": row.requested_by,
        "refinanced": row.refinanced_id and {"id": row.refinanced_id, "external_id": row.refinanced},
        "product_revision": found.product_revision,
        "against": _against(decision, language),
        "rule": rule
        and {
            "number": rule["number"],
            "outcome": rule["outcome"],
            "reason": rule["reason"],
            "words": "" if check_rule(rule["rule"]) else rule_in_words(rule["rule"], language),
        },
        "seen": [_seen(key, value, language) for key, value in decision["seen"].items()],
        "full_cost": decision["full_cost"],
        "charges": decision["charges"],
        "pays_off": decision["pays_off"],
        # the one who filed it does not decide it
        "may_settle": row.state == "waiting" and actor.may("application.decide") and row.filed_by != actor.name,
        # the one who asked for the issue does not confirm it
        "may_confirm": row.state == "confirming" and actor.may("loan.confirm") and row.requested_by != actor.name,
    }


def _seen(key: str, value: Any, language: str) -> dict[str, str | None]:
    field = FIELDS.get(key)
    if field is None:
        return {"title": key, "value": None if value is None else str(value)}
    if isinstance(value, str) and field.type == "date":
        value = date.fromisoformat(value)
    said = None if value is None else value_in_words(field, value, language)
    return {"title": title_of(field).say(language), "value": said}
