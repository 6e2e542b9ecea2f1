"""Products as lists and cards, and the rules that they are held to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from console.api.listing import Listing, searches
from console.export import Column
from scenario_engine.errors import NotFound
from scenario_engine.models import Loan, Product
from scenario_engine.registry.lending import law, offer
from scenario_engine.registry.lending.terms import KINDS, read
from scenario_engine.rules.condition import check_rule
from scenario_engine.rules.words import rule_in_words
from scenario_engine.texts import Text

_KINDS = {**KINDS, "revolving": Text("revolving", "возобновляемый")}
EXPORTED = (
    Column(Text("Code", "Код"), "code"),
    Column(Text("Product", "Продукт"), "name"),
    Column(Text("Kind", "Вид"), "kind", words=_KINDS),
    Column(Text("Offered", "Выдаётся"), "offered"),
    Column(Text("Open loans", "Действующих займов"), "open_loans"),
    Column(Text("Loans in all", "Всего займов"), "loans"),
)


def _products() -> tuple[Select[*tuple[Any, ...]], Any, Any]:
    counted = (
        select(
            Loan.product_id,
            func.count().label("loans"),
            func.count().filter(Loan.state == "open").label("open_loans"),
        )
        .group_by(Loan.product_id)
        .subquery("counted")
    )
    loans, open_loans = func.coalesce(counted.c.loans, 0), func.coalesce(counted.c.open_loans, 0)
    statement = select(
        Product.id,
        Product.code,
        Product.name,
        Product.kind,
        Product.offered,
        Product.terms,
        Product.revision,
        Product.decision,
        Product.demo,
        loans.label("loans"),
        open_loans.label("open_loans"),
    ).outerjoin(counted, counted.c.product_id == Product.id)
    return statement, loans, open_loans


def product_list(filters: Mapping[str, Any]) -> Listing:
    """The products that fit the filters."""
    statement, loans, open_loans = _products()
    where: list[ColumnElement[bool]] = []
    if filters.get("kind"):
        where.append(Product.kind.in_(filters["kind"].split(",")))
    if filters.get("offered") is not None:
        where.append(Product.offered.is_(filters["offered"]))
    if filters.get("q", "").strip():
        where.append(searches(filters["q"], Product.code, Product.name))
    return Listing(
        select=statement.where(*where),
        count=select(func.count()).select_from(Product).where(*where),
        sorts={
            "id": Product.id,
            "code": Product.code,
            "name": Product.name,
            "kind": Product.kind,
            "offered": Product.offered,
            "open_loans": open_loans,
            "loans": loans,
        },
        order="name",
        tie=Product.id,
        item=product_item,
        columns=EXPORTED,
        file_name="products",
    )


def product_item(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """A row of the list as JSON."""
    return {
        "id": row.id,
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "offered": row.offered,
        "terms": row.terms and read(row.terms).as_document(),
        "loans": row.loans,
        "open_loans": row.open_loans,
        "demo": row.demo,
    }


def product_card(session: Session, product_id: int, language: str, *, on: date) -> dict[str, Any]:
    """A product, and what would be wrong with its terms today and from each day on which a limit changes."""
    row = session.execute(_products()[0].where(Product.id == product_id)).one_or_none()
    if row is None:
        raise NotFound(Text("There is no such product.", "Такого продукта нет."), code="product.unknown")
    forecast = []
    if row.terms is not None:
        terms = read(row.terms)
        for day in (on, *law.pack_of(terms.policy).changes_after(on)):
            problems = offer.problems_of(terms, on=day)
            if problems:
                forecast.append({"on": day, "problems": [each.as_dict(language) for each in problems]})
    return {
        **product_item(row),
        "revision": row.revision,
        "decision": row.decision and decision_facts(row.decision, language),
        "forecast": forecast,
    }


def decision_facts(decision: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The rules of a product with each in words; one that the catalogue no longer knows has none."""
    return {
        **decision,
        "rules": [{**one, "words": "" if check_rule(one["rule"]) else rule_in_words(one["rule"], language)}
                  for one in decision["rules"]],
    }  # fmt: skip


def _place(cap: law.Cap) -> tuple[bool, int, int]:
    """The ordinary limits before the special ones, by measure, the newest first."""
    return (cap.regime != "ordinary", list(law.MEASURES).index(cap.measure), -cap.valid_from.toordinal())


def policies(language: str, *, on: date) -> dict[str, Any]:
    """Every pack with its limits, the newest first."""
    return {
        "items": [
            {
                "key": pack.key,
                "title": pack.title.say(language),
                "caps": [
                    {
                        "measure": cap.measure,
                        "title": law.MEASURES[cap.measure].say(language),
                        "limit_ppm": cap.limit_ppm,
                        "valid_from": cap.valid_from,
                        "valid_to": cap.valid_to,
                        "source": cap.source.say(language),
                        "regime": cap.regime,
                        "in_force": cap.holds(on),
                    }
                    for cap in sorted(pack.caps, key=_place)
                ],
                "order": None if pack.order is None else list(pack.order),
                "order_source": pack.order_source and pack.order_source.say(language),
            }
            for pack in law.PACKS
        ]
    }


def preview_facts(found: offer.Preview) -> dict[str, Any]:
    """A loan as it would be."""
    schedule = found.schedule
    return {
        "issued_on": schedule.issued_on,
        "principal": schedule.principal,
        "issue_fee": schedule.issue_fee,
        "charges": schedule.charges,
        "total": schedule.principal + schedule.charges,
        "ends_on": schedule.ends_on,
        "cost": {"rate": found.cost.rate, "amount": found.cost.amount},
        "lines": [
            {
                "number": line.number,
                "due_on": line.due_on,
                "amount": line.amount,
                "principal": line.principal,
                "interest": line.interest,
                "fee": line.fee,
                "left": line.left,
            }
            for line in schedule.lines
        ],
    }
