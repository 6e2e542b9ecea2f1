"""The list of loans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from console import state_words
from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.queries.buckets import moved
from console.queries.visibility import Veil, seen_loans
from scenario_engine.models import Borrower, Case, Loan, LoanTag, Product, Scenario
from scenario_engine.texts import Text

_COLUMNS = (
    Loan.id,
    Loan.external_id,
    Loan.channel,
    Loan.principal,
    Loan.balance,
    Loan.overdue,
    Loan.dpd,
    Loan.bucket,
    Loan.next_due_on,
    Loan.next_due_amount,
    Loan.last_payment_on,
    Loan.state,
    Loan.demo,
    Borrower.id.label("borrower_id"),
    Borrower.full_name,
    Borrower.region,
    Product.code,
    Product.name,
)
SORTS: dict[str, SQLColumnExpression[Any]] = {
    "id": Loan.id,
    "external_id": Loan.external_id,
    "borrower": Borrower.full_name,
    "product": Product.name,
    "region": Borrower.region,
    "channel": Loan.channel,
    "principal": Loan.principal,
    "balance": Loan.balance,
    "overdue": Loan.overdue,
    "dpd": Loan.dpd,
    "bucket": Loan.dpd,
    "next_due_on": Loan.next_due_on,
    "next_due_amount": Loan.next_due_amount,
    "last_payment_on": Loan.last_payment_on,
    "state": Loan.state,
}
EXPORTED = (
    Column(Text("Loan", "Займ"), "external_id"),
    Column(Text("Borrower", "Заёмщик"), "borrower.name"),
    Column(Text("Product", "Продукт"), "product.name"),
    Column(Text("Region", "Регион"), "region"),
    Column(Text("Channel of issue", "Канал выдачи"), "channel", words=state_words.CHANNELS_OF_ISSUE),
    Column(Text("Principal, ₽", "Сумма займа, ₽"), "principal", money=True),
    Column(Text("Balance, ₽", "Остаток, ₽"), "balance", money=True),
    Column(Text("Overdue, ₽", "Просрочено, ₽"), "overdue", money=True),
    Column(Text("Days past due", "Дней просрочки"), "dpd"),
    Column(Text("Bucket", "Корзина"), "bucket", words=state_words.BUCKETS),
    Column(Text("Next payment on", "Следующий платёж"), "next_due_on"),
    Column(Text("Next payment, ₽", "Следующий платёж, ₽"), "next_due_amount", money=True),
    Column(Text("Last payment on", "Последний платёж"), "last_payment_on"),
    Column(Text("State", "Состояние"), "state", words=state_words.LOANS),
    Column(Text("Demo", "Демо"), "demo"),
)


def loan_list(actor: Actor, filters: Mapping[str, Any]) -> Listing:
    """The loans that the actor may see and that fit the filters."""
    where = [seen_loans(actor), *_conditions(actor, filters)]
    return Listing(
        select=_joined(select(*_COLUMNS)).where(*where),
        count=_joined(select(func.count())).where(*where),
        sorts=SORTS,
        order="-dpd",
        tie=Loan.id,
        item=lambda row: loan_item(row, Veil(actor)),
        enrich=count_active_cases,
        columns=EXPORTED,
        file_name="loans",
    )


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(Loan)
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .join(Product, Product.id == Loan.product_id)
    )


def _conditions(actor: Actor, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, column in (
        ("bucket", Loan.bucket),
        ("product", Product.code),
        ("region", Borrower.region),
        ("state", Loan.state),
        ("channel", Loan.channel),
    ):
        if filters.get(name):
            found.append(column.in_(filters[name].split(",")))
    if filters.get("dpd_min") is not None:
        found.append(Loan.dpd >= filters["dpd_min"])
    if filters.get("dpd_max") is not None:
        found.append(Loan.dpd <= filters["dpd_max"])
    found += moved(filters)
    if filters.get("borrower"):
        found.append(Loan.borrower_id == filters["borrower"])
    if filters.get("tag"):
        found.append(Loan.id.in_(select(LoanTag.loan_id).where(LoanTag.tag == filters["tag"])))
    if filters.get("scenario"):
        found.append(Loan.id.in_(_in_scenario(filters["scenario"])))
    if filters.get("q", "").strip():
        found.append(loan_search(actor, filters["q"]))
    return found


def _in_scenario(scenario: str) -> Select[int]:
    active = select(Case.loan_id).where(Case.ended_at.is_(None))
    if scenario.isdecimal() and len(scenario) < 19:
        return active.where(Case.scenario_id == int(scenario))
    return active.where(Case.scenario_id.in_(select(Scenario.id).where(Scenario.key == scenario)))


def loan_search(actor: Actor, words: str) -> ColumnElement[bool]:
    """Over `Loan` and `Borrower`: by number; by name and phone only for those who may see them."""
    columns: list[Any] = [Loan.external_id, Borrower.external_id]
    if actor.may("person.read"):
        columns += [Borrower.full_name, Borrower.phone]
    return searches(words, *columns)


def loan_item(row: Row[*tuple[Any, ...]], veil: Veil) -> dict[str, Any]:
    """A row of the list as JSON; `active_cases` is filled in for the whole page at once."""
    return {
        "id": row.id,
        "external_id": row.external_id,
        "borrower": {"id": row.borrower_id, "name": veil.name(row.full_name)},
        "product": {"code": row.code, "name": row.name},
        "region": row.region,
        "channel": row.channel,
        "principal": row.principal,
        "balance": row.balance,
        "overdue": row.overdue,
        "dpd": row.dpd,
        "bucket": row.bucket,
        "next_due_on": row.next_due_on,
        "next_due_amount": row.next_due_amount,
        "last_payment_on": row.last_payment_on,
        "state": row.state,
        "active_cases": 0,
        "demo": row.demo,
    }


def count_active_cases(session: Session, items: list[dict[str, Any]]) -> None:
    """Fill in the active cases of every item of a page with one statement."""
    counted = session.execute(
        select(Case.loan_id, func.count())
        .where(Case.loan_id.in_([item["id"] for item in items]), Case.ended_at.is_(None))
        .group_by(Case.loan_id)
    )
    by_loan = {loan_id: cases for loan_id, cases in counted}
    for item in items:
        item["active_cases"] = by_loan.get(item["id"], 0)
